"""Our own entries of the character table: what letters of other scripts look like, and what Unicode's data leaves out.

`STRICT` holds letters that cannot be told from a Latin one: a word made only of them is read as Latin inside a Latin
text. `FAUX` holds letters that merely pass for one (И for N): they are read so only inside a word that mixes scripts.
Read by `make_table` alone; the service reads the frozen table.
"""


def _pairs(groups: dict[str, str]) -> dict[str, str]:
    return {char: target for target, chars in groups.items() for char in chars}


_CYRILLIC = {
    "a": "АаӐӒ", "b": "ВЬ", "c": "СсҪҫ", "d": "ԁԀ", "e": "ЕеҼҽЁё", "f": "Ғ", "g": "ԌԍҌ", "h": "НҺһӇӉҢ",
    "i": "ІіЇї", "j": "ЈјЈ", "k": "КкҚқҜҝҞҟҠҡӃӄԞԟ", "l": "ӀӏӀ", "m": "МӍ", "o": "ОоӦӧ",
    "p": "РрҎҏ", "q": "Ԛԛ", "s": "Ѕѕ", "t": "ТҬ", "u": "", "v": "Ѵѵ", "w": "ԜԝѠѡ", "x": "ХхҲҳӼӽӾӿ", "y": "УуҮүҰұӮӯ",
}  # fmt: skip
_GREEK = {
    "a": "Αα", "b": "Β", "c": "Ϲϲ", "e": "Ε", "h": "Η", "i": "Ιιϊΐ", "j": "Ϳϳ", "k": "Κ", "m": "Μ", "n": "Ν", "o": "Οο",
    "p": "Ρ", "t": "Τ", "u": "", "v": "ν", "x": "Χ", "y": "Υϒ", "z": "Ζ",
}  # fmt: skip
_OTHER_STRICT = {
    # Cherokee, both cases, and Lisu, Canadian syllabics, Carian, Lycian, Lydian, Old Italic, Coptic, Deseret, Warang Citi…
    "a": "Ꭺꭺꓮᗅᗩᗋ𐊠𐌀Ⲁⲁ", "b": "ᏴꮃꓐᗷᗹᏏ𐊂𐊡𐌁Ⲃ", "c": "Ꮯꮯꓚᑕᑢ𐊢𐌂Ⲥⲥ𐐕𐐽", "d": "ᎠꭰꓓᗞᗪᎴꮷᑯ", "e": "ᎬꭼꓰᏋ𐊆Ⲉⲉ𐑢",
    "f": "ꓝᖴᎦ𐊇𐊥𐔥Ϝ", "g": "ᏀꮐᏳᏵꓖᘜᎶ", "h": "ᎻꮋꓧᕼᏂ𐋏Ⲏⲏ", "i": "ᎥꭵꓲᏆᎨ𐊊𐌉Ⲓⲓ", "j": "ᎫꭻꓙᒍᒎᏧ", "k": "ᏦꮶꓗᏥ𐊋Ⲕⲕ",
    "l": "ᏞꮮꓡᒪᏓ𐑃𐐛ᒺ", "m": "ᎷꮇꓟᗰᗑᎺ𐊰𐌑Ⲙ", "n": "ᏁꓠᑎᏍ𐔓Ⲛ", "o": "ᎾᎤꓳᝪᎧ𐊒𐊫𐐄𐐬Ⲟⲟ𐓂𐓪", "p": "ᏢꮲꓑᑭᎮ𐊕Ⲣⲣᑶ", "q": "ᕴᑫᎩ",
    "r": "ᎡᏒꭱꮢꓣᖇᏤ𐒴", "s": "ᏚꮪᏕꓢᔕᎦ𐊖𐐠𐑈", "t": "ᎢꭲꓔᎿᏖ𐊗𐊱𐌕Ⲧⲧ", "u": "ꓴᑌᏌ𐓎𐓶ᑘ", "v": "ᏙᏉꮩꓦᐯ𐔝", "w": "ᎳᏔꮃꓪᗯᏇ",
    "x": "ꓫ᙭᙭ᚷ𐊐𐊴𐌗𐌢Ⲭⲭ", "y": "ᎩᎽꮍꓬᎩ𐊲Ⲩⲩ", "z": "Ꮓꮓꓜᏽᘔ𐋵Ⲍⲍ",
}  # fmt: skip
_FAUX = {
    "a": "ДдДѦѧդҨ卂ค₳ﾑムΛλΔΔא", "b": "вьЪъБбЂѢѣβϐ乃๒฿בɃᏰѣҍ", "c": "ς匚ㄷ₵ርҀҁєЄ©¢", "d": "刀๔₫ძδԂ", "e": "эЭєЄеεϵΣξ乇モ€ҽξέɛє",
    "f": "ғſ千下₣ƒϝ", "g": "ﻮ厶ム₲ցפ", "h": "нђћҥӈ卄んђ卄ⴼЋЂ", "i": "ɪ工丨ﾉเוіίΐΊ", "j": "ﾌذל丿נوןյ", "k": "κк長ズ₭ҝ",
    "l": "ㄥ乚ﾚ₤£ןլІן", "m": "мⲙ爪从๓₥ﾶ", "n": "ийпИЙПηπήΠ几刀ภ₦ռղոחהՌ𝇌ทհ", "o": "фσθΘφΦδΩøФѲѳÓöσõôòόΌοㄖ口๏סօסⵔ૦๐໐೦ᴑ",
    "p": "рρ卩尸קթ₱ρрφ", "q": "ԛգզ", "r": "гяЯГѓ尺ﾁгրЃɾ®ʀ", "s": "丂ร₴ѕֆʂςՏտ§ЅՖ", "t": "тҭτҬㄒ丅ｲイ₮էтեτ†ԵŦ",
    "u": "цЦџЏμυυύՍսцㄩ凵ยપմυ", "v": "ѵѴѷע", "w": "шщШЩωώѡѽ山ฬ₩ωϢшשաยɯω", "x": "жЖҗӝχ乂メ×ӼӾჯ",
    "y": "уўУЎγЎγ丫ㄚץע¥уүყվՎ", "z": "乙ζΖ", "ae": "ӕӔ", "lo": "Ю", "io": "ю",
}  # fmt: skip
_LETTER_LIKE = _pairs({**_FAUX})

STRICT = {
    **_pairs(_OTHER_STRICT),
    **_pairs(_GREEK),
    **_pairs(_CYRILLIC),
    **_pairs({"o": "Օօഠ", "s": "Ѕѕ", "u": "Սս", "n": "ո", "h": "հ", "q": "զ", "g": "ց", "l": "Լ"}),
}
FAUX = {char: target for char, target in _LETTER_LIKE.items() if char not in STRICT and not char.isascii()}

_REGIONAL = {chr(0x1F1E6 + n): chr(0x1F1E6 + n) for n in range(26)}
_OUTLINED = {chr(0x1CCD6 + n): chr(97 + n) for n in range(26)} | {chr(0x1CCF0 + n): str(n) for n in range(10)}

# What Unicode's own mappings leave out or would do worse. Regional indicators stay here: the fold tells flags apart.
OVERRIDES = {
    **_REGIONAL,
    **_OUTLINED,
    **_pairs({
        "a": "ɐⱯ∀ɑ🅰æÆ"[:4] + "🅰", "b": "🅱ʙɓß"[:2], "c": "ↄↃɔƆ", "e": "ǝƎəƏɘɛɜ∃", "f": "ⅎℲɟ", "g": "ƃɡɢ⅁", "h": "ɥħ",
        "i": "ᴉıɩɪɨİ", "j": "ɾȷſ"[:2], "k": "ʞ", "l": "ꞁ⅂ʟɭɫłʅ", "m": "ɯƜ", "n": "ŋɲɴ", "o": "🅾ɵøØ⌀", "p": "🅿", "r": "ɹʁɿᴚ", "s": "ſʃꜱƨƧ",
        "t": "ʇ", "u": "ʊ∩", "v": "ʌʋ", "w": "ʍ", "y": "ʎ⅄ʏ", "z": "ʒƷʐ", "ab": "🆎", "th": "þÞðÐ"[:2], "d": "ðÐđĐ", "ae": "æÆ", "oe": "œŒ",
        "": "™℠",
        "'": "’‘‛ʼ`´ʻʹ′＇", '"': "“”„‟«»″", "-": "‐‑‒–—―−⁃﹣－", "...": "…", ".": "․。｡", "!": "ǃ！", "|": "｜∣ǀ❘❙❚┃│", "*": "∗⁎✱✲＊",
        ":": "：ː︰", ",": "，、",
    }),
}  # fmt: skip

# Characters that draw nothing but take room.
BLANK = {0x2800, 0x3164, 0xFFA0, 0x115F, 0x1160, 0x1D159}

FLAGS = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv bw by bz "
    "ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm fo "
    "fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm "
    "jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp mq "
    "mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re "
    "ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt "
    "tv tw tz ua ug um un us uy uz va vc ve vg vi vn vu wf ws xk ye yt za zm zw"
)

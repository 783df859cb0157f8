"""Our own entries of the character table: what letters of other scripts look like, and what Unicode's data leaves out.

`STRICT` holds letters that can hardly be told from a Latin one: a word made only of them is read as Latin inside a
Latin text. `FAUX` holds letters that merely pass for one (И for N): they are read so only inside a word that mixes
scripts. In each group the first letter is what the others look like. Read by `make_table` alone; the service reads the
frozen table.
"""

# Hangul syllables whose code point, with the bit that a 16-bit program lost, is a mathematical letter: 퐒 was 𝐒.
_TRUNCATED = [*range(0xD400, 0xD6A4), *range(0xD7CE, 0xD800)]
_COMMON_SYLLABLES = "하한해호화"


def _groups(*lines: str) -> dict[str, str]:
    return {char: group[0] for line in lines for group in line.split() for char in group[1:]}


STRICT = _groups(
    # Cyrillic
    "aАаӐӑӒӓ bВЬ cСсҪҫ dԀԁ eЕеҼҽЁё fҒ gԌԍ hНҺһӇӉҢ iІіЇї lӀӏ jЈј kКкҚқҜҝҞҟҠҡӃӄԞԟ mМӍ oОоӦӧ pРрҎҏ",
    "qԚԛ sЅѕ tТҬ vѴѵ wԜԝѠѡ xХхҲҳӼӽӾӿ yУуҮүҰұӮӯ",
    # Greek and Armenian
    "aΑα bΒ cϹϲ eΕ hΗ iΙι jͿϳ kΚ mΜ nΝ oΟο pΡ tΤ vν xΧ yΥϒ zΖ oՕօ sՏ uՍս nո hհ qզ gց lԼ",
    # Cherokee
    "aᎪꭺ bᏴᏏᏸ cᏟꮯ dᎠꭰᎴꮷ eᎬꭼᏋ fᎦ gᏀꮐᏳᏵᎶ hᎻꮋᏂ iᎥꭵᎨᏆ jᎫꭻᎧ kᏦꮶᏥ lᏞꮮᏓ mᎷꮇᎺ nᏁᏍ oᎾᎤ pᏢꮲᎮ qᎩ rᎡᏒꭱꮢᏤ sᏚꮪᏕ tᎢꭲᎿᏖ",
    "uᏌ vᏙꮩᏉ wᎳᏔꮃᏇ yᎽꮍ zᏃꮓᏽ",
    # Lisu
    "aꓮ bꓐ cꓚ dꓓ eꓰ fꓝ gꓖ hꓧ iꓲ jꓙ kꓗ lꓡ mꓟ nꓠ oꓳ pꓑ rꓣ sꓢ tꓔ uꓴ vꓦ wꓪ xꓫ yꓬ zꓜ",
    # Canadian syllabics
    "aᗅᗩᗋᗑᐃ bᗷᗹ cᑕᑢᑦ dᗞᗪᑯᗫ eᗴᕮᗕ fᖴ gᘜᏩ hᕼ iᓰ jᒍᒎᒚ kᐽᛕ lᒪᒺ mᗰᘻ nᑎᘉ oᝪᗝ pᑭᑶᕈ qᕴᑫᕳ rᖇᖈ sᔕᔑᔆ tᒋ uᑌᑘᕰ vᐯᐺ wᗯᘺ x᙭ᕽ yᖻ zᘔᘕ",
    # Carian, Lycian, Lydian, Old Italic, Gothic, Coptic, Deseret, Osage, Elbasan, Warang Citi, Runic
    "a𐊠𐌀Ⲁⲁ b𐊂𐊡𐌁Ⲃ c𐊢𐌂Ⲥⲥ𐐕𐐽 e𐊆Ⲉⲉ𐑢𐌄 f𐊇𐊥𐔥 h𐋏Ⲏⲏ i𐊊𐌉Ⲓⲓ k𐊋Ⲕⲕ l𐑃𐐛 m𐊰𐌑Ⲙⲙ n𐔓Ⲛⲛ o𐊒𐊫𐐄𐐬Ⲟⲟ𐓂𐓪 p𐊕Ⲣⲣ r𐒴 s𐊖𐐠𐑈 t𐊗𐊱𐌕Ⲧⲧ",
    "u𐓎𐓶 v𐔝 x𐊐𐊴𐌗𐌢Ⲭⲭᚷ y𐊲Ⲩⲩ z𐋵Ⲍⲍ fᚠ bᛒ iᛁ mᛖ rᚱ",
    # Tai Le, Limbu, Tai Viet and others of the "cursed" fonts
    "aᥲꪖ b᥇ cᥴ dᦔ eᥱꫀ fᠻ gᧁ hꫝ j꠹ lᥣꪶ mꪑ nᥒꪀ oꪮ᥆ qꪇ rꪹᖆ sᦓ tꪻ uᥙꪊ vꪜ᥎ w᭙ x᥊ yᥡꪗ zᤁ",
    # CJK strokes, bopomofo and rare Han that serve as letters
    "a卂 b乃 c匚ㄷ e乇 g厶 h卄 iㄧ lㄥ乚 m爪 n几 oㄖ p卩 r尺 s丂 tㄒ uㄩ凵 wㄚ y丫ㄚ",
)
FAUX = _groups(
    # Cyrillic
    "aДдѦѧ bвьЪъБбЂѢѣҍ cҀҁ eэЭєЄ fғ gҔҕ hнђћҥӈЋӊ lЛл mмӎ nийпИЙПҋ oфФѲѳӨө rгяЯГѓЃ tтҭ uцЦџЏ vѶѷ wшщШЩѽѼ xжЖҗӝ yўЎ kӸ",
    # Greek
    "aΛλΔ bβϐ cς dδ eεϵΣξέΞ fϝϜ hή iίΐΊϊ kκϰ lΙ nηΠπ oσθΘφΦΩό pρφ rΓ sς tτ uυμύ wωώϢϣ xχ yγλ zζ",
    # Armenian, Hebrew, Arabic, Thai, Lao, Georgian, Kana, Han, Hangul, Indic digits that look like o
    "aդ dձժԵ eէ fֆ gգ hհ jյ kկ lլ mՊ nռղՌ rր sֆՖՏ tէ uմՄ vՎ wա xՃ yվՎ bՅ",
    "aא bב cכ nחה iו jנ lן oסם pק tת uט vעץ wש xא yץע zז hה rר kך sצ",
    "lا oه jل gﻮ iﺃ wس yل nں vﻻ",
    "aค b๒฿ c໒ dส๔ eє fŦ gง hђ kк lɭ m๓ nภทก o๏໐๐ pק rг tՇ uยน wฬພ xא yץ vש sร",
    "aﾑムア cᄃ dりᄼ eモ fキ千下 gム hん iノﾉ丨工 jﾌ kズ長 lレﾚ mﾶ从 n几刀 oロ口 pア q u山ひ rｲ卩ァ tナイｲ丅テｷ ww山 xメ乂 yﾘ zて乙",
    "o૦೦ഠ௦០൦ b乃 d刀",
    # Georgian, Ethiopic, Myanmar, Tifinagh, Warang Citi, Miao, more Cherokee and syllabics
    "tႠ qႭႳ sႽട oთჿ yყ zჳ uሀ oዐ cငၚ oတဝ၀ oⴱⵁⵔ aⴷ vⴸ eⴹⴺ sⵉ lⵏ qⵕ xⵝ hᎨᏀ oᏫ eᏋ bᏏᑲᑳᖯ dᕷ fᖷ aᗄ uᘮ",
    "v𑢠𑣀 f𑢢𑣂 l𑢣𑢲 y𑢤𑣜 e𑢦𑢮𑣎 z𑢩𑣄 o𑢵𑣈𑣗 u𑢸𑣘 t𑢼 s𑣁 i𑣃 x𑣬 w𑣯 c𑣲 v𖼈 t𖼊 l𖼖𖼨 e𖼭 r𖼵 s𖼺 a𖼽𖽀 u𖽂 y𖽃 dꓒ aꓥꓯ eꓱ",
    # Signs
    "a₳ bɃ฿ cC₵¢© d∂₫ e€∈ f₣ƒ g₲ h♄ iℹ k₭ l₤£ mℳ₥ n₦∩ o¤∅⊘ p₱℗ r®℟ s₴§ t₮† uц∪ w₩ x×╳⨯ y¥ s∑∫ v∨⋁ t⊤ u⋃ a⍺ i⍳ w⍵",
)
FAUX = {char: target for char, target in FAUX.items() if char not in STRICT and not char.isascii()}
STRICT |= {chr(c): chr(c + 0x10000) for c in _TRUNCATED if chr(c) not in _COMMON_SYLLABLES}
FAUX |= {char: chr(ord(char) + 0x10000) for char in _COMMON_SYLLABLES}

_OUTLINED = {chr(0x1CCD6 + n): chr(97 + n) for n in range(26)} | {chr(0x1CCF0 + n): str(n) for n in range(10)}
# The mathematical alphabets, with the places that Unicode leaves empty since the letter stands elsewhere.
_MATHEMATICAL = {chr(0x1D400 + n): chr(97 + n % 26) for n in range(0x2A4)}

# What Unicode's own mappings leave out or would do worse.
OVERRIDES = {
    **_OUTLINED,
    **_MATHEMATICAL,
    **_groups(
        "a🅰ʌⱯ∀ɑ b🅱 cɔƆↄↃ eəƏɘ∃ɜɝɞ f℔ gƃ⅁ iᴉıİ jȷ lꞁ⅂ɫɮ n₪ oɵ⌀ p🅿 sſʃꜱƨƧꙅꙄ uʊ wɯ yʎ⅄ɣˠ zʒƷ iɩƖᵻᵼᶥ uɄʉᵾᵿꞟ fꬵ rꝛꝚꭇꭈ xꭓꞳ bƄƅꞴꞵ pƿǷ aɅ oꬽꬾ",
        "'’‘‛ʼ´ʻʹ′＇ʽ \"“”„‟«»″〝〞 -‐‑‒–—―−⁃﹣－➖ .․。｡．﹒ !ǃ！ |｜∣ǀ❘❙❚┃│︱ *∗⁎✱✲＊﹡⁕ :：ː︰∶꞉ ,，、﹐ ·∙⋅・･‧•●∘⋆ᆢᆞㆍ᛫‣◦",
        "[【〔「『〖〚⟦［ ]】〕」』〗〛⟧］ (（﹙❨ )）﹚❩ ~～〜∼ @＠﹫",
    ),
    "🆎": "ab", "þ": "th", "Þ": "th", "ð": "d", "Ð": "d", "đ": "d", "Đ": "d", "æ": "ae", "Æ": "ae", "œ": "oe",
    "Œ": "oe", "ŋ": "n", "Ŋ": "n", "…": "...", "™": "", "℠": "", "\ufffd": "", "ℓ": "l", "℮": "e",
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

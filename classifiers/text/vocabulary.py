"""The words that the fold knows: chat spellings, words often disguised, legit doubles, endings of domains."""

from typing import Final


def _set(lines: str) -> frozenset[str]:
    return frozenset(lines.split())


def _spellings(lines: str) -> dict[str, str]:
    pairs = (line.split(":") for line in lines.strip().splitlines())
    return {short: word.strip() for word, spellings in pairs for short in spellings.split()}


# Indonesian chat spelling, each line `word: its spellings`. Left out: English words (no, so, to).
CHAT: Final = _spellings("""
yang: yg yng
banget: bgt bngt bgtt bget banged bangett bngtt
tidak: gk ga gak ngga nggak ngg engga enggak enggk tdk tdak tida kaga kagak gaa gax nda ndak
dengan: dgn dg dgan dngn dng
jangan: jgn jngn jgan jangn
karena: krn karna krna karn krena
untuk: utk utuk untk
sudah: sdh udh udah uda sdah sudh dah udahh dh
belum: blm blom blum belom blon
dalam: dlm dlam
orang: org orng
tapi: tp tpi
kalau: klo kalo klw klu kalw klau kaloo
bisa: bs bsa bsaa
saja: aj aja sja ajah aje
sama: sm sma
jadi: jd jdi
dari: dr dri
pada: pd
kepada: kpd kpada
bapak: bpk bpak
pak: pk
ibu: bu
saya: sy sya
lagi: lg lgi
tadi: td tdi
nih: ni nie
itu: tu
kamu: kmu
aku: aq akuh
kita: kt kta
mereka: mrk mrka
dia: dy
siapa: siapaa
kenapa: knp knapa
bagaimana: gmn gimana gmana bgmn bagaimna
di mana: dmn
mana: mn
kapan: kpn
banyak: bnyk byk bnyak
semua: smua smw
sekarang: skrg skrang skg skr
seperti: sprti sprt spti
begitu: gitu gtu bgitu
begini: gini bgini
terus: trs trus
harus: hrs hrus
masih: msh msih
juga: jg jga
lebih: lbh lbih
kurang: krg krang
sangat: sgt sngt
paling: plg plng
baru: bru
lama: lma
benar: bnr bner bener benr
betul: btul btl
salah: slh
bagus: bgus bgs
jelek: jlek
besar: bsr besr
kecil: kcl kecl
mau: mw mauu
punya: pny pnya
kerja: krja
makan: mkn
minum: mnum
tahu: tau taw
lihat: liat lht
dapat: dpt dapet dpet
pakai: pake pke pkai
sampai: sampe smpai smpe
ramai: rame
cuma: cma cuman
hanya: hny hnya
memang: emang mmg emg
sebab: sbb
sebelum: sblm sblum
sesudah: ssdh
setelah: stlh stelah
selalu: sll slalu
sering: srg srng
kadang: kdg
tetap: ttp tetep ttap
tentang: ttg tntang
antara: antra
supaya: spya
biar: biyar
semoga: smoga moga
mungkin: mgkn mngkn mungkn
pasti: psti
teman: tmn temen tman
kawan: kwn
anak: ank
rumah: rmh rmah
jalan: jln jlan
negara: ngara ngra
rakyat: rkyt rakyt
pemerintah: pmrintah pemrintah
presiden: presidn prsiden
masyarakat: masy mayarakat msyarakat masyrakat
indonesia: indo indonesa
terima kasih: makasih mksh makasi mksih trims tq tks tengkyu trimakasih terimakasih
tolong: tlg tlng
maaf: maap maf
selamat: slmt slamat
pagi: pgi
malam: mlm malem
siang: siank
hari: hri
minggu: mggu
bulan: bln
tahun: thn taun
kali: kli
langsung: lgsg lgsng lngsung
daripada: drpd
sedang: sdg
sendiri: sndri sendri
lain: laen
bukan: bkn bukn
nomor: nmr nomer
telepon: tlp telp tlpn
hubungi: hbungi
tempat: tmpt tmpat
bohong: bhong
cepat: cpt cepet
hidup: idup
habis: abis
hilang: ilang
hitung: itung
senang: seneng snang
mantap: mantab mntap mntp mantul
kok: koq ko
dong: donk
sih: sich
lah: lh
guys: gaes gais gaess
setuju: stuju
percaya: pcaya prcaya
""")

# Words so often disguised that a doubtful digit or sign inside them is read as a letter.
OFTEN_DISGUISED: Final = _set(
    """
slot slots gacor judi judol togel toto jackpot maxwin scatter bonus deposit depo withdraw casino kasino poker domino
bola sbobet zeus mahjong rtp link login daftar situs agen bandar toto totoo menang jepe jepey petir olympus sweet
bonanza
pragmatic gratis promo member website online hoki dewa dewi raja ratu sultan cuan cair receh modal spin jp wede pola
bet bets win wins winner king vip pro kakek merah hitam kredit pinjaman pinjol dana klik cek profil bio viral jitu
taruhan resmi terpercaya garansi saldo rungkad rungkat gcr gacorr gacir wild freespin parlay mix sabung ayam tembak
ikan
anjing anjg anjir anying bangsat babi bajingan brengsek kontol kntl memek mmk ngentot ngentod entot tolol goblok
goblog
bego idiot bodoh kampret kampang asu jancok jancuk cuk pepek puki pukimak pantek tai taik lonte pelacur perek bencong
banci setan iblis dajjal kafir sex seks porn bokep ngewe colmek sange bugil telanjang shit fuck fucking bitch ass
asshole
dick pussy cunt whore slut nigger nigga faggot fag retard bastard kill rape die
saya aku kamu kami kita dia yang tidak bisa ada apa ini itu dari sama juga tapi kalau sudah belum jangan orang
indonesia presiden menteri korupsi koruptor maling rakyat negara
"""
)

# Words that keep two of a letter where it was stretched: `maaaaf` is maaf, `goooood` is good.
DOUBLES: Final = _set(
    """
maaf saat taat manfaat maafkan keadaan perbedaan kenyataan kekuasaan pertanyaan perusahaan kebijaksanaan pemeriksaan
good cool see free book food look need week feel too took been keep sleep google room soon boss ass pass kiss miss
less
mess happy funny hello all call small ball fall tall well tell sell hell kill still will full pull bull shit really
three tree green seen queen meet street sweet speed deep feed feet door poor school root shoot mood wood boot fool
pool
tool loser looser stupid off stuff bitterly agree coffee committee beer cheese allah alloh assalamu subhanallah
alhamdulillah masyaallah insyaallah barakallah bookk hmm
"""
)

# Where a digit after the letters counts or names something: never the sign of a doubled word (`anak2`), never
# a letter.
NUMBERED: Final = _set(
    """
rt rw no nomor km blok gg jl jln jalan sd sdn smp smpn sma sman smk smkn min mts man kelas kls bab pasal ayat jilid
part
tahap level lv lvl tipe type versi season episode eps gen seri grup group top lantai lt kodim koramil divisi liga
tahun thn bulan bln hari jam menit pukul tgl tanggal juli mei juni maret april agustus oktober desember januari
februari
covid windows ps mp mpo xl im go web bet fc kg gb mb tb nokia oppo vivo redmi poco iphone samsung note
"""
)
# Words in which a digit between letters is a digit.
NUMERIC: Final = _set(
    """
mp3 mp4 p3k p2k h2o co2 b2b b2c c2c p2p k13 g30s h5n1 h1n1 pm10 f1 s1 s2 s3 d3 d4 g20 g7 u17 u19 u20 u23 y2k n1 k3
e2e i18n
p3a p3m d2d l10n r2d2 a1 bp2mi p3ki p4 bp3 p3 ka2 a2dp
"""
)
# What follows a number without a space: `5g`, `4d`, `10rb`, `3kali`.
UNITS: Final = _set(
    """
rb ribu jt juta m miliar milyar t triliun k d g x gb mb kb tb kg gr gram km cm mm m2 ml l lt liter jam menit dtk
detik hari
hr hri minggu bln bulan th thn tahun kali x periode orang org persen th nd st rd an pm am v w wh kwh mah mp mhz ghz
rupiah usd
rban jtan ribuan jutaan ratus puluh belas kalinya unit ekor buah biji lembar bungkus anak
"""
)

TLDS: Final = _set(
    """
com net org info biz id co io me cc tv us uk eu de nl fr ru cn jp kr in my sg au ca br ph th vn tk ml ga cf gq ws
la ly to gg
fm am gl be it es se no ch at pl cz pt gr tr ir il ae sa xyz site online top club vip pro live link shop store fun
icu win bet
asia mobi app dev page blog web click space website tech press news today world life love ink lol wiki work works
zone games
game casino poker bingo lat sbs cfd bond rest quest monster buzz cyou wtf one ltd agency digital media email cloud
host
hosting server network center company group team social chat studio design art photo pics video movie music show tube
money cash loan loans credit finance insurance bank gold rich luxe gift deals sale promo discount cheap review
reviews guide
help support gov go mil edu ac sch web or desa int arpa name cat tel jobs travel xxx sex adult porn dating
"""
)
MAIL_HOSTS: Final = _set("gmail yahoo ymail hotmail outlook icloud proton protonmail rocketmail live")

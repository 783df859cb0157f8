"""Comments of every shape, for tests that must hold for any."""

from classifiers import Document

ODD = [
    "",
    " \t\n ",
    "a",
    "😀😀👍🏽",
    "1234567890 77 2024",
    "\ud800 lone \udfff",
    "z̷̢̛͙a̸̡lgo",
    "привет κόσμε 你好 שלום سلام",
    "\x00\x02\x03\x11\x12",
    "a" * 10_000,
    "...///@@@???!!!",
]
ORDINARY = [
    Document("Terima kasih, Pak. Semoga jalannya cepat diperbaiki!"),
    Document("Dasar goblok, pejabat kok kayak anjing lu"),
    Document("G4C0R parah di KEMIRI88, depo 10rb langsung WD!! cek kemiri88.com/daftar"),
    Document("You are a fucking idiot, shut up", author="Bob"),
    Document("Artikel bagus", author="Slot Gacor 88", url="https://www.slot88.com/login", email="a@slot88.com"),
    Document("𝓢𝓵𝓸𝓽 ｇａｃｏｒ s l o t g.a.c.o.r", language="id"),
    Document("MAIN DI KEMIRI88 PASTI CAIR, GACOR 𝓹𝓪𝓻𝓪𝓱", author="SLOT GACOR"),
    Document("Aku ora ngerti, piye iki? dmn sih bgt"),
]
ALL = [
    *(Document(text) for text in ODD),
    *(Document("x", author=text, url=text, email=text) for text in ODD),
    *ORDINARY,
]

"""Brands are found by their looks, and a split by brand shares none."""

from __future__ import annotations

import itertools

import numpy as np

from classifiers import LABELS, Document
from classifiers.evaluate.brands import Brands, find_brands, skeleton, split_by_brand
from classifiers.evaluate.sets import LabelledSet

NAMES = ("KELUWIH88", "rantaubet", "AMPERA4D", "ulintogel", "KANDU777", "melayuhoki", "BAKUT138", "paringwin")
SPAM = (
    "main di {} pasti cair",
    "cuma {} yang gacor malam ini",
    "makasih {} cicilan lunas",
    "coba {} deh bosku",
)
CLEAN = (
    "jalan di kampung kami rusak lagi",
    "semoga yang menang tetap rendah hati",
    "harga beras naik 15 persen",
    "pertandingan tadi malam seru sekali",
    "tahun 2024 banjir, tahun 2026 banjir juga",
)


def labelled(rows: list[tuple[str, int]]) -> LabelledSet:
    labels = np.full((len(rows), len(LABELS)), np.nan)
    labels[:, LABELS.index("spam")] = [spam for _, spam in rows]
    return LabelledSet("judol", tuple(Document(text=text) for text, _ in rows), labels)


def judol() -> LabelledSet:
    spam = [(line.format(name), 1) for name, line in itertools.product(NAMES, SPAM)]
    return labelled(spam + [(line, 0) for line in CLEAN] + [("modal receh langsung cair", 1)])


def test_names_with_numbers_and_compounds_are_found() -> None:
    brands = find_brands([judol()])

    assert all(brands.named_in(Document(text=name)) for name in NAMES)


def test_ordinary_words_and_words_of_the_trade_are_no_brands() -> None:
    brands = find_brands([judol()])

    for text in (*CLEAN, "modal receh scatter gacor maxwin", "jackpot tahun ini", "bandar togel ditangkap"):
        assert not brands.named_in(Document(text=text))


def test_a_name_that_clean_comments_use_is_no_brand() -> None:
    rows = [("ayo ke pasarjp sekarang", 1)] * 3 + [("pasarjp itu nama toko saya", 0)] * 3

    assert not find_brands([labelled(rows)]).skeletons


def test_a_name_met_once_is_no_brand() -> None:
    assert not find_brands([labelled([("main di KELUWIH88", 1)])]).skeletons


def test_a_brand_is_recognised_however_it_is_written() -> None:
    brands = find_brands([judol()])

    for text in ("𝐊𝐄𝐋𝐔𝐖𝐈𝐇𝟖𝟖", "K E L U W I H 8 8", "keluwih-88", "ＫＥＬＵＷＩＨ８８nya", "ul1nt0g3l"):
        assert brands.named_in(Document(text=f"gas ke {text} sekarang")), text


def test_a_brand_is_recognised_in_the_author_name_and_the_url() -> None:
    brands = find_brands([judol()])

    assert brands.named_in(Document(text="mantap", author="Admin Rantaubet"))
    assert brands.named_in(Document(text="mantap", url="https://rantaubet.example/daftar"))


def test_short_skeletons_are_dropped_since_they_sit_in_ordinary_words() -> None:
    assert Brands.of(["jp", "qq88"]).skeletons == frozenset()


def test_a_brand_that_holds_another_is_the_other() -> None:
    assert Brands.of(["dipulau777", "pulau777", "rantaubet"]).skeletons == {"pulau777", "rantaubet"}


def test_a_split_shares_no_brand_and_loses_no_row() -> None:
    rows = judol()
    brands = find_brands([rows])
    for seed in range(6):
        split = split_by_brand(rows, test_share=0.3, seed=seed)

        seen = {brand for index in split.train for brand in brands.named_in(rows.documents[index])}
        asked = {brand for index in split.test for brand in brands.named_in(rows.documents[index])}
        assert asked and seen and not asked & seen
        assert sorted((*split.train, *split.test, *split.left_out)) == list(range(len(rows.documents)))


def test_rows_that_name_brands_of_both_sides_are_left_out() -> None:
    both = [(f"{one} atau {other}", 1) for one, other in itertools.permutations(NAMES, 2)]
    rows = labelled([(line.format(name), 1) for name, line in itertools.product(NAMES, SPAM)] + both)
    brands = find_brands([rows])

    split = split_by_brand(rows, test_share=0.4, seed=1)

    seen = {brand for index in split.train for brand in brands.named_in(rows.documents[index])}
    assert split.left_out
    assert all(brands.named_in(rows.documents[index]) & seen for index in split.left_out)


def test_spam_that_hides_its_brand_is_trained_on_and_never_tested() -> None:
    rows = judol()
    hidden = len(rows.documents) - 1

    for seed in range(6):
        assert hidden in split_by_brand(rows, seed=seed).train


def test_clean_copies_stay_on_one_side() -> None:
    rows = labelled([(line.format(name), 1) for name, line in itertools.product(NAMES, SPAM)] + [(CLEAN[0], 0)] * 9)

    for seed in range(6):
        split = split_by_brand(rows, test_share=0.5, seed=seed)
        copies = set(range(len(NAMES) * len(SPAM), len(rows.documents)))
        assert copies <= set(split.train) or copies <= set(split.test)


def test_the_same_seed_gives_the_same_split() -> None:
    assert split_by_brand(judol(), seed=5) == split_by_brand(judol(), seed=5)
    assert split_by_brand(judol(), seed=5) != split_by_brand(judol(), seed=6)


def test_a_name_shouted_amid_small_letters_is_a_brand_whatever_its_shape() -> None:
    shouted = [(line.format("RENGGANIS"), 1) for line in SPAM]
    angry = [(line.upper(), 1) for line in ("TOLONG JANGAN LUPA CAIRKAN UANG SAYA",) * 4]

    assert find_brands([labelled(shouted + angry)]).skeletons == {skeleton("rengganis")}


def test_a_skeleton_keeps_letters_and_digits_only() -> None:
    assert skeleton("K-E-L U.W I H 8 8!") == "keiuwih88"

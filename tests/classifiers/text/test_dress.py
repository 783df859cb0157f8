"""Letters in fancy dress: told from ordinary signs, and read as plain letters all the same."""

import random

import pytest

from classifiers.text import fold_text
from classifiers.text.dress import dress, dressed


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("main di 𝐊𝐔𝐓𝐔𝟖𝟖 yuk", (8, 14)),
        ("ｓｌｏｔ", (0, 4)),
        ("cek 𝕊 𝕃 𝕆 𝕋 sini", (4, 11)),
        ("ᴍᴀɪɴ", (0, 4)),
        ("ⓗⓐⓘ", (0, 3)),
    ],
)
def test_fancy_letters_are_found_where_they_stand(text: str, span: tuple[int, int]) -> None:
    assert dressed(text) == span


@pytest.mark.parametrize(
    "text", ["", "jalan rusak", "café Übung ñ", "Привет", "سلام", "👍🏽🇮🇩 merdeka", "x² + ½", "𝐊 saja", "日本語"]
)
def test_other_letters_signs_and_emoji_wear_no_fancy_dress(text: str) -> None:
    assert dressed(text) is None


def test_a_dressed_text_reads_as_before() -> None:
    rng = random.Random(1)
    texts = [dress("selamat pagi semua", rng) for _ in range(30)]
    assert len(set(texts)) == 10
    assert all(dressed(text) and fold_text(text) == "selamat pagi semua" for text in texts)

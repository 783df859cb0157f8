"""The level of a text's capitals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.text.capitals import capitals


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("", 0),
        ("12 34 !?", 0),
        ("Pagi ini air sungai surut, warga mulai menanam", 0),
        ("Pak Camat", 1),
        ("Promo AKHIR Pekan di Toko KAMI", 2),
        ("AYO DAFTAR SEKARANG!!! 100%", 3),
        ("МОСКВА", 0),
    ],
)
def test_it_is_the_share_of_the_letters_from_a_to_z(text: str, level: int) -> None:
    assert capitals(text) == level


@given(st.text())
def test_any_string_has_one_and_only_letters_count(text: str) -> None:
    assert 0 <= capitals(text) <= 3
    assert capitals(text.lower()) <= capitals(text)
    assert capitals(f"{text} \ud800 123 ñ") == capitals(text)

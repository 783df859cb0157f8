"""The canonical form, blankness, ids, kinds and priorities."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.assessment import UNSCORED, Assessment
from service.domain.case import KINDS, kind_of, priority_of
from service.domain.comment import canonical, canonical_line, is_blank
from service.domain.ids import ENTROPY_BYTES, Tag, digest, new_tag, tag_of, timed_id
from service.domain.policy import Judgement, Reason, Verdict


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  halo \n", "halo"),
        ("satu\r\ndua\rtiga", "satu\ndua\ntiga"),
        ("a\x00b\x07c\x1bd\x7fe\x85f", "abcdef"),
        ("tab\tdan\nbaris", "tab\tdan\nbaris"),
        ("cafe\u0301", "café"),
        ("nol\u200blebar \u202etfel\u202c", "nol\u200blebar \u202etfel\u202c"),
        ("\u3000lebar\u3000", "lebar"),
    ],
)
def test_the_canonical_form_loses_only_what_nobody_would_miss(typed: str, kept: str) -> None:
    assert canonical(typed) == kept


@given(st.text())
def test_the_canonical_form_is_stable_and_normal(text: str) -> None:
    once = canonical(text)

    assert canonical(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert not any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in once)


def test_a_line_has_no_breaks() -> None:
    assert canonical_line("Siti\n\tAminah") == "Siti Aminah"


@pytest.mark.parametrize("text", ["", "  ", "\u200b\u200b", "\u2800", "\u3164", "\U000e0041", "\u202e \u200d"])
def test_what_draws_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", ".", "🙏", "سلام", "\u200ba"])
def test_what_draws_something_is_not_blank(text: str) -> None:
    assert not is_blank(text)


@given(
    a=st.integers(0, 2**48), b=st.integers(0, 2**48), entropy=st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)
)
def test_ids_sort_by_time_and_carry_their_site(a: int, b: int, entropy: bytes) -> None:
    tag = new_tag(b"abcdefgh")

    first, second = (timed_id("c", tag, at, entropy) for at in sorted((a, b)))

    assert first <= second
    assert tag_of(first) == tag


@pytest.mark.parametrize(
    "text", ["", "c_", "c_ABCDE", "x_00000" + "0" * 24, "c_00000" + "0" * 23, "c_0000u" + "0" * 24]
)
def test_what_is_no_id_has_no_tag(text: str) -> None:
    assert tag_of(text) is None


def test_digests_tell_where_a_part_ends() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def judgement(*codes: str) -> Judgement:
    return Judgement(Verdict.HOLD, tuple(Reason(code, Verdict.HOLD) for code in codes), 1)


@pytest.mark.parametrize(
    ("codes", "scores", "kind"),
    [
        (["band.spam"], {"spam": 0.9}, "spam"),
        (["band.spam", "band.abuse"], {"spam": 0.6, "abuse": 0.9}, "abuse"),
        (["band.insult"], {"insult": 0.9}, "abuse"),
        (["first_time"], {}, "first_time"),
        (["links", "first_time"], {}, "links"),
        (["first_time", "unscored"], {}, "unscored"),
        ([], {}, "other"),
    ],
)
def test_a_case_is_of_the_kind_a_moderator_would_name(codes: list[str], scores: dict[str, float], kind: str) -> None:
    assert kind_of(judgement(*codes), Assessment(scores)) == kind
    assert kind in KINDS


def test_threats_come_first_and_sure_spam_last() -> None:
    order = [
        priority_of("abuse", Assessment({"threat": 0.9, "abuse": 0.9})),
        priority_of("abuse", Assessment({"hate": 0.9, "abuse": 0.9})),
        priority_of("abuse", Assessment({"abuse": 0.9})),
        priority_of("abuse", Assessment({"abuse": 0.5})),
        priority_of("first_time", UNSCORED),
        priority_of("spam", Assessment({"spam": 0.5})),
        priority_of("spam", Assessment({"spam": 0.97})),
    ]

    assert order == sorted(order, reverse=True)
    assert all(0 <= priority <= 100 for priority in order)


def test_a_tag_is_five_characters() -> None:
    assert new_tag(b"\xff" * 8) == Tag("zzzzz")

"""What holds of the fold of any string: its own fold, with a map in order and within the original."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers.text import fold, fold_many, fold_text, words
from classifiers.text.table import ALWAYS, FAUX, INVISIBLE, KIND, STRICT
from classifiers.text.vocabulary import CHAT, OFTEN_DISGUISED

# What the fold's rules look for, so that chance meets them: letters of every kind and the pieces of every trick.
PIECES = [
    *"abcdegilnorstuy0123456789 .-_*|!@$,/:;~'\"()<>",
    *("  ", "\n", "\t", "\0", "\u200b", "\u0336", "\ufe0f", "\u20e3", "\u202e", "\u2800", "\u3164", "\ud800"),
    *("yg", "bgt", "gk", "dr", "slot", "gacor", "orang2", "g4c0r", "jud1", "aaa", "maaaf", "wkwkwk", "hahaha"),
    *("http://", "https://", "www.", ".com", "x@y.com", "[.]", "(dot)", "s-l-o-t", "g.a.c.o.r", "4d", "77", "10rb"),
    *("🔥", "😂", "👍🏽", "🇮🇩", "🇸", "𝐀", "ɐ", "ɹ", "а", "О", "я", "д", "й", "λ", "Ω"),
    *("Ꮪ", "卂", "漢", "字", "ひ", "한", "퐒", "\U000e0061"),
    *("ไ", "ท", "ค", "ا", "ع", "\u064e", "ש", "क", "\u093f", "₴", "€", "²", "ﬁ", "ß", "İ", "…", "—"),
]  # fmt: skip
pieced = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
invisible = [chr(point) for point, kind in enumerate(KIND) if kind == INVISIBLE][::50]
tabled = st.lists(st.sampled_from([*ALWAYS, *STRICT, *FAUX, *invisible, " ", "a", "b"]), max_size=12).map("".join)
anything = st.text(st.characters(exclude_categories=()), max_size=24)
texts = st.one_of(pieced, tabled, anything, st.tuples(pieced, anything, tabled).map("".join))


@settings(max_examples=600, deadline=None)
@given(texts)
@example("a a a  b b b  c c c")
@example("S L O T  🔥  G A C O R")
@example("S L O T  -  G A C O R")
@example("judi\u309b")
@example("😂a b🔥 c")
@example("x\u202ey")
def test_a_fold_is_its_own_fold(text: str) -> None:
    folded = fold_text(text)

    assert fold_text(folded) == folded


@settings(max_examples=600, deadline=None)
@given(texts)
def test_the_map_runs_forward_and_stays_within_the_original(text: str) -> None:
    folded = fold(text)

    assert folded.begins.dtype == folded.ends.dtype == np.int32
    assert folded.begins.shape == folded.ends.shape == (len(folded.text),)
    assert np.all(folded.begins >= 0)
    assert np.all(folded.begins < folded.ends)
    assert np.all(folded.ends <= len(text))
    assert np.all(np.diff(folded.begins) >= 0)
    assert np.all(np.diff(folded.ends) >= 0)


@settings(max_examples=600, deadline=None)
@given(texts)
def test_the_map_does_not_change_what_is_read(text: str) -> None:
    assert fold(text).text == fold_text(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(texts, max_size=6))
def test_many_are_folded_as_each_alone(several: list[str]) -> None:
    assert fold_many(several) == [fold_text(text) for text in several]


@settings(max_examples=300, deadline=None)
@given(texts)
def test_a_fold_can_be_written_to_any_file(text: str) -> None:
    folded = fold_text(text)

    assert folded.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass") == folded
    assert "\0" not in folded
    assert folded == " ".join(folded.split())


@settings(max_examples=300, deadline=None)
@given(texts)
def test_whole_words_stand_in_the_folded_text_in_their_order(text: str) -> None:
    folded = fold_text(text)

    end = 0
    for word in words(folded):
        end = folded.index(word, end) + len(word)


@settings(max_examples=300, deadline=None)
@given(texts)
def test_no_word_goes_on_after_a_blank(text: str) -> None:
    folded = fold_text(text)

    assert words(folded) == [word for piece in folded.split() for word in words(piece)]


LETTERS: list[Callable[[str], str]] = [
    str.upper,
    lambda word: "".join(chr(0x1D400 + ord(letter) - ord("a")) for letter in word),
    lambda word: "".join(chr(0x1F170 + ord(letter) - ord("a")) for letter in word),
    lambda word: "".join(chr(0xFF21 + ord(letter) - ord("a")) for letter in word),
    lambda word: word.translate(str.maketrans("aeopcx", "аеорсх")),
]
BETWEEN = [" ", "  ", "\u200b", "\u200b ", "-", ".", "*", "·", "🔥", " 🔥 ", " - ", "\u0336\u0301", "\u2800"]
BAITS = ["gacor", "maxwin", "togel", "deposit", "bangsat", "jackpot"]


@pytest.mark.parametrize("disguise", LETTERS)
@pytest.mark.parametrize("word", BAITS)
def test_a_word_in_other_letters_reads_as_the_word(word: str, disguise: Callable[[str], str]) -> None:
    assert fold_text(f"main {disguise(word)} yuk") == f"main {word} yuk"


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize("disguise", LETTERS)
@pytest.mark.parametrize("word", BAITS)
def test_a_word_parted_letter_by_letter_reads_as_the_word(
    word: str, disguise: Callable[[str], str], between: str
) -> None:
    assert fold_text(f"main {between.join(disguise(word))} yuk") == f"main {word} yuk"


def test_every_known_spelling_leads_to_a_word_that_stays() -> None:
    for short, word in CHAT.items():
        assert fold_text(short) == word
        assert fold_text(word) == word


def test_words_that_are_often_disguised_stay_themselves() -> None:
    changed = {word: fold_text(word) for word in OFTEN_DISGUISED if fold_text(word) != word}

    assert set(changed) <= set(CHAT)


def test_two_processes_read_alike() -> None:
    assert fold_text("𝐒𝐋𝐎𝐓 g4c0r, yg mantaaap") == "slot gacor, yang mantap"
    assert words("slot gacor, yang mantap 😂 orang-orang jum'at 77") == [
        "slot", "gacor", "yang", "mantap", "😂", "orang", "orang", "jum'at", "77",
    ]  # fmt: skip

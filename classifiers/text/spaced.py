"""Words that are written letter by letter, over several words of a text: `S L O T`, `s - l - o - t`, `S 🔥 L 🔥 O 🔥 T`."""

from itertools import pairwise
from typing import Final

from classifiers.text.spelling import leet
from classifiers.text.table import EMOJI, KIND
from classifiers.text.vocabulary import OFTEN_DISGUISED

SIGNS: Final = ".-_*|~•·^+`"
SINGLE: Final = frozenset("abcdefghijklmnopqrstuvwxyz")
SIGNED: Final = frozenset(letter + sign for letter in SINGLE for sign in SIGNS)
_DIGITS: Final = frozenset("0123456789")
_STARTS: Final = SINGLE | SIGNED | _DIGITS
_LONGEST_WITH_DIGIT: Final = 32  # parts of a run that begins with a digit; such a run must spell a known word


def is_between(word: str) -> bool:
    """Whether a folded word may stand between spaced letters: a digit, a sign or an emoji."""
    return len(word) == 1 and (word in _DIGITS or word in SIGNS or KIND[ord(word)] == EMOJI)


def spaced_words(parts: list[str], gaps: list[int]) -> list[tuple[int, int]]:
    """The half-open ranges of folded words that spell one word together.

    `gaps` is the white space before each. A gap wider than the narrowest ends a word: `s l o t   g a c o r`.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    while begin < len(parts):
        if parts[begin] not in _STARTS:
            begin += 1
            continue
        end = _end_of_run(parts, begin)
        if end > begin + 1 and _is_spelled(parts[begin:end]):
            narrowest = min(gaps[begin + 1 : end])
            cuts = [i for i in range(begin + 1, end) if gaps[i] > narrowest]
            found += pairwise([begin, *cuts, end])
        elif parts[begin] in _DIGITS:
            end = begin + 1  # the letters after it may be a word without it
        begin = max(end, begin + 1)
    return found


def letters_of(run: list[str]) -> str:
    """The letters and digits of such a range, signs and emoji left out."""
    return "".join(part[0] for part in run if part in _STARTS)


def _end_of_run(parts: list[str], begin: int) -> int:
    """Where the run of single letters from `begin` ends; signs and emoji at its end are not of it."""
    if parts[begin] in _DIGITS and (begin + 1 == len(parts) or parts[begin + 1] not in SINGLE):
        return begin
    end = i = begin
    while i < len(parts):
        if parts[i] in _STARTS:
            end = i = i + 1
        elif is_between(parts[i]):
            i += 1
        else:
            break
    return end


def _is_spelled(run: list[str]) -> bool:
    """Three letters make a word, or two that a digit completes; where each has a dot (initials) it takes four."""
    if run[0] in _DIGITS:
        return len(run) <= _LONGEST_WITH_DIGIT and leet(letters_of(run)) in OFTEN_DISGUISED
    signed = sum(part in SIGNED for part in run)
    count = sum(part in SINGLE for part in run) + signed
    return count >= (4 if signed else 3) or (count == 2 and leet(letters_of(run)) in OFTEN_DISGUISED)

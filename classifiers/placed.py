"""Where the words of a comment stand in what its author typed. Knows units by their number alone, and no weights."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from itertools import accumulate
from typing import Final, NamedTuple

from classifiers.document import Document
from classifiers.text import fold, fold_text, parts
from classifiers.text.capitals import capitals
from classifiers.text.dress import dressed
from classifiers.text.memo import CAPACITY, Memo
from classifiers.tokens import CUTTERS, Cutter, Span, fields

Place = tuple[str, int, int]
"""A field, and a half-open span in it in code points."""

_NOWHERE: Final = ("", 0, 0)


class Placed(NamedTuple):
    """The words of a comment in the order of their units. BEGIN and END around the body are words that stand nowhere,
    and so is, as the last one, the level of capitals: it is of the whole text.
    """

    places: list[Place]
    sizes: list[int]
    """so many units each word is: most often one"""

    @property
    def n_shown(self) -> int:
        """So many words, the first ones, may be shown."""
        return len(self.places) - (self.places[-1] is _NOWHERE)


def placed(document: Document, cuts: Sequence[Sequence[Sized]]) -> Placed:
    """The words of a comment; `cuts` are the units of each part of each of its fields."""
    places: list[Place] = [_NOWHERE]
    sizes = [1]
    for (field, text, offset), cut in zip(fields(document), cuts, strict=True):
        originals = parts(text).originals
        words_of = _WORDS[field]
        for begin, original, units in zip(_begins_of(text, originals, offset), originals, cut, strict=True):
            if len(units) == 1 and original.isalnum():
                places.append((field, begin, begin + len(original)))
                sizes.append(1)
            else:
                for first, last, n_units in words_of(original):
                    places.append((field, begin + first, begin + last))
                    sizes.append(n_units)
        if field == "body":
            places.append(_NOWHERE)
            sizes.append(1)
    if span := dressed(document.text):
        places.append(("body", *span))
        sizes.append(1)
    if capitals(document.text):
        places.append(_NOWHERE)
        sizes.append(1)
    return Placed(places, sizes)


def text_at(document: Document, place: Place) -> str:
    """What stands there."""
    field, begin, end = place
    text = document.text if field == "body" else getattr(document, field)
    return str(text[begin:end])


def _begins_of(text: str, originals: Sequence[str], offset: int) -> list[int]:
    """Where the parts of a text begin, counted from `offset`."""
    begins = list(accumulate(map(len, originals), lambda begin, length: begin + length + 1, initial=offset))
    if begins[-1] == offset + len(text) + 1:  # nothing but one space between any two
        return begins[:-1]
    begins, end = [], 0
    for original in originals:
        begin = text.index(original, end)
        begins.append(offset + begin)
        end = begin + len(original)
    return begins


class _Words:
    """The words of the parts of one field, as they stand in the original."""

    def __init__(self, cutter: Cutter) -> None:
        self._cutter = cutter

    def __call__(self, original: str) -> tuple[Span, ...]:
        """Where words overlap in the original (one chat word that is read as two), they are one."""
        folded_text = fold_text(original)
        if original.isascii() and folded_text == original.lower():  # nothing moved
            return self._cutter(folded_text).words
        folded = fold(original)
        begins, ends = folded.begins.tolist(), folded.ends.tolist()
        words: list[Span] = []
        for first, last, n_units in self._cutter(folded.text).words:
            begin, end = begins[first], ends[last - 1]
            if words and begin < words[-1][1]:
                before = words.pop()
                begin, end, n_units = before[0], max(before[1], end), before[2] + n_units
            words.append((begin, end, n_units))
        return tuple(words)


_WORDS: Final = {field: Memo(_Words(cutter), CAPACITY // 4).__getitem__ for field, cutter in CUTTERS.items()}

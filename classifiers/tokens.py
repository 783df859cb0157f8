"""What a comment is cut into: units (words, signs, parts of links) and the pairs of neighbours among them.

A unit is a string: a folded word, or a word behind a mark that names the field it comes from, so that "slot" in a
name and "slot" in a text are different features. Knows nothing of hashing or weights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from classifiers.document import Document
from classifiers.text import fold, fold_text, parts
from classifiers.text.folding import Parts
from classifiers.text.memo import CAPACITY, Memo

BEGIN: Final = "\x02"
END: Final = "\x03"
AUTHOR: Final = "\x11"
URL: Final = "\x12"
EMAIL: Final = "\x13"
FIELD_MARKS: Final = AUTHOR + URL + EMAIL

LONGEST: Final = 64
"""A word is read up to here: enough for any word, and a bomb of letters costs no more than a sentence."""

_ENDINGS = (
    "com|net|org|info|biz|xyz|site|online|live|vip|club|top|link|click|io|app|dev|me|ly|gg|cc|tv|id|co|us|uk|ru|cn|in|"
    "my|sg|shop|store|fun|pro|win|bet|asia|example|test|invalid"
)
_TOKEN = re.compile(
    r"(?:https?://|www\.)\S+"  # a link
    rf"|[\w-]++(?:\.[\w-]+)*\.(?:{_ENDINGS})\b(?:/\S*)?"  # a bare domain
    r"|@\w+"  # a mention
    r"|\w+(?:['’]\w+)*"
    r"|[!?]+"
    r"|[^\w\s]"
)
# A text without these has no link, domain or mention in it, and is cut three times as fast without looking for them.
_MAY_LINK = re.compile(r"\.\S|@|://")
_PLAIN_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[!?]+|[^\w\s]")
_WORD = re.compile(r"\w+")
_SCHEMES = frozenset({"http", "https", "www"})
# Publishers of data sets put these in place of names and links: they tell the data set, not the comment.
_MASKS = frozenset({"user", "url", "rt"})


class Units(NamedTuple):
    """The units of a comment: `body` in order with repeats (pairs are taken from it), `fields` of all other fields."""

    body: list[str]
    fields: list[str]


Place = tuple[str, int, int]
"""Where a word stands in what its author typed: its field, and its half-open span there."""

_Span = tuple[int, int, int]
"""Where a word stands in its part of a text, half-open, and how many units it was cut into."""

_Token = tuple[list[str], int, int]
"""The units of a token of a folded text, and where it begins and ends there."""


class _Cutter:
    """Cuts the texts of one field. A plain word is one unit behind `mark`, or none if it is among `ignored`; `tokens`
    finds what else there is in a folded text.
    """

    def __init__(self, mark: str, ignored: frozenset[str], tokens: Callable[[str], Iterable[_Token]]) -> None:
        self._mark = mark
        self._ignored = ignored
        self._tokens = tokens
        self._units = Memo(self._units_of).__getitem__
        self._words = Memo(self._words_of, CAPACITY // 2).__getitem__

    def units(self, text: str) -> list[str]:
        """The units of a text in order."""
        units: list[str] = []
        for folded in self._parts(text).folded:
            if self._is_plain(folded):
                units.append(self._mark + folded)
            else:
                units += self._units(folded)
        return units

    def words(self, text: str) -> Iterator[_Span]:
        """The words of a text in the order of their units."""
        end = 0
        parts = self._parts(text)
        for original, folded in zip(parts.originals, parts.folded, strict=True):
            begin = text.index(original, end)
            end = begin + len(original)
            if self._is_plain(folded) and original.isalnum() and original.isascii():
                yield begin, end, 1
            else:
                for first, last, n_units in self._words(original):
                    yield begin + first, begin + last, n_units

    def _parts(self, text: str) -> Parts:
        return parts(text)

    def _is_plain(self, folded: str) -> bool:
        return folded.isalpha() and folded not in self._ignored and len(folded) <= LONGEST

    def _units_of(self, folded: str) -> tuple[str, ...]:
        return tuple(unit for units, _, _ in self._tokens(folded) for unit in units)

    def _words_of(self, original: str) -> tuple[_Span, ...]:
        """Units that overlap in the original (parts of a link, one chat word read as two) are of one word."""
        folded = fold(original)
        begins, ends = folded.begins.tolist(), folded.ends.tolist()
        words: list[_Span] = []
        for units, first, last in self._tokens(folded.text):
            begin, end, n_units = begins[first], ends[last - 1], len(units)
            if units and words and begin < words[-1][1]:
                before = words.pop()
                begin, end, n_units = before[0], max(before[1], end), before[2] + n_units
            if units:
                words.append((begin, end, n_units))
        return tuple(words)


class _EmailCutter(_Cutter):
    """An e-mail address is one part, since only the domain is read: what stands before the last @ is the person's."""

    def _parts(self, text: str) -> Parts:
        return Parts([text], [fold_text(text)], lean=True)


def _body_tokens(folded: str) -> Iterator[_Token]:
    for match in (_TOKEN if _MAY_LINK.search(folded) else _PLAIN_TOKEN).finditer(folded):
        yield _body_units(match[0]), *match.span()


def _body_units(token: str) -> list[str]:
    if len(token) > 3 and token[0] != "@" and ("/" in token or "." in token):
        return [URL, *(URL + part[:LONGEST] for part in _WORD.findall(token) if part not in _SCHEMES)]
    if token[0] == "@" or token in _MASKS:
        return []
    return [token[:LONGEST]]


def _author_tokens(folded: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(folded):
        yield [AUTHOR + match[0][:LONGEST]], *match.span()


def _url_tokens(folded: str) -> Iterator[_Token]:
    return _parts(URL, folded, 0)


def _email_tokens(folded: str) -> Iterator[_Token]:
    """Only the domain is read: the part before the @ is the person's own."""
    return _parts(EMAIL, folded, folded.rfind("@") + 1)


def _parts(mark: str, folded: str, start: int) -> Iterator[_Token]:
    for match in _WORD.finditer(folded, start):
        if match[0] not in _SCHEMES:
            yield [mark + match[0][:LONGEST]], *match.span()


_CUTTERS: Final = {
    "body": _Cutter("", _MASKS, _body_tokens),
    "author": _Cutter(AUTHOR, frozenset(), _author_tokens),
    "url": _Cutter(URL, _SCHEMES, _url_tokens),
    "email": _EmailCutter(EMAIL, _SCHEMES, _email_tokens),
}


def fields(document: Document) -> dict[str, str]:
    """The text of each field that is not empty, the body's always."""
    texts = {"body": document.text, "author": document.author, "url": document.url, "email": document.email}
    return {field: text for field, text in texts.items() if text or field == "body"}


def units(document: Document) -> Units:
    """The units of a comment. Linear in its length; any string will do."""
    body, *others = (_CUTTERS[field].units(text) for field, text in fields(document).items())
    return Units(body, list(chain.from_iterable(others)))


def placed(document: Document) -> tuple[list[Place], list[int]]:
    """The words of a comment in the order of their units, and how many units each was cut into.

    BEGIN and END stand around the body as in `Batch`, as words of no field.
    """
    places: list[Place] = [("", 0, 0)]
    sizes = [1]
    for field, text in fields(document).items():
        for begin, end, n_units in _CUTTERS[field].words(text):
            places.append((field, begin, end))
            sizes.append(n_units)
        if field == "body":
            places.append(("", 0, 0))
            sizes.append(1)
    return places, sizes

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
from classifiers.text.dress import dressed
from classifiers.text.folding import Parts
from classifiers.text.memo import CAPACITY, Memo

BEGIN: Final = "\x02"
END: Final = "\x03"
AUTHOR: Final = "\x11"
URL: Final = "\x12"
EMAIL: Final = "\x13"
DRESSED: Final = "\x14"
"""The unit of a text some of whose letters are in fancy dress: a fact about the whole of it, behind all fields."""

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


Word = tuple[str, int, int, int]
"""Where a word stands in what its author typed: its field, its half-open span there, and how many units it is."""
_MARK: Final[Word] = ("", 0, 0, 1)

_Span = tuple[int, int, int]
"""Where a word stands in its part of a text, half-open, and how many units it was cut into."""

_Token = tuple[list[str], int, int]
"""The units of a token of a folded text, and where it begins and ends there."""


class _Cut(NamedTuple):
    """What a folded part was cut into; the spans of its words are in the folded text."""

    units: tuple[str, ...]
    words: tuple[_Span, ...]


class _Cutter:
    """Cuts the texts of one field. A plain word is one unit behind `mark`, or none if it is among `ignored`; `tokens`
    finds what else there is in a folded text.
    """

    def __init__(
        self, field: str, mark: str, ignored: frozenset[str], tokens: Callable[[str], Iterable[_Token]]
    ) -> None:
        self._field = field
        self._mark = mark
        self._ignored = ignored
        self._tokens = tokens
        self._cut = Memo(self._cut_of).__getitem__
        self._mapped = Memo(self._mapped_of, CAPACITY // 4).__getitem__

    def units(self, text: str) -> list[str]:
        """The units of a text in order."""
        mark, ignored, units = self._mark, self._ignored, []
        for folded in self._parts(text).folded:
            if folded.isalpha() and folded not in ignored and len(folded) <= LONGEST:
                units.append(mark + folded)
            else:
                units += self._cut(folded).units
        return units

    def words(self, text: str) -> list[Word]:
        """The words of a text in the order of their units."""
        field, ignored, end = self._field, self._ignored, 0
        words: list[Word] = []
        parts = self._parts(text)
        for original, folded in zip(parts.originals, parts.folded, strict=True):
            begin = text.index(original, end)
            end = begin + len(original)
            if not (original.isascii() and folded == original.lower()):
                words += [(field, begin + first, begin + last, n) for first, last, n in self._mapped(original)]
            elif folded.isalpha() and folded not in ignored and len(folded) <= LONGEST:
                words.append((field, begin, end, 1))
            else:  # nothing moved: words stand where they stand in the folded text
                words += [(field, begin + first, begin + last, n) for first, last, n in self._cut(folded).words]
        return words

    def _parts(self, text: str) -> Parts:
        return parts(text)

    def _cut_of(self, folded: str) -> _Cut:
        tokens = [token for token in self._tokens(folded) if token[0]]
        return _Cut(
            tuple(unit for units, _, _ in tokens for unit in units),
            tuple((begin, end, len(units)) for units, begin, end in tokens),
        )

    def _mapped_of(self, original: str) -> tuple[_Span, ...]:
        """The words of a part as they stand in the original. Where they overlap there (one chat word that is read as
        two), they are one.
        """
        folded = fold(original)
        begins, ends = folded.begins.tolist(), folded.ends.tolist()
        words: list[_Span] = []
        for first, last, n_units in self._cut(folded.text).words:
            begin, end = begins[first], ends[last - 1]
            if words and begin < words[-1][1]:
                before = words.pop()
                begin, end, n_units = before[0], max(before[1], end), before[2] + n_units
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
    "body": _Cutter("body", "", _MASKS, _body_tokens),
    "author": _Cutter("author", AUTHOR, frozenset(), _author_tokens),
    "url": _Cutter("url", URL, _SCHEMES, _url_tokens),
    "email": _EmailCutter("email", EMAIL, _SCHEMES, _email_tokens),
}


def fields(document: Document) -> dict[str, str]:
    """The text of each field that is not empty, the body's always."""
    texts = {"body": document.text, "author": document.author, "url": document.url, "email": document.email}
    return {field: text for field, text in texts.items() if text or field == "body"}


def units(document: Document) -> Units:
    """The units of a comment. Linear in its length; any string will do."""
    body, *others = (_CUTTERS[field].units(text) for field, text in fields(document).items())
    facts = [DRESSED] if dressed(document.text) else []
    return Units(body, [*chain.from_iterable(others), *facts])


def placed(document: Document) -> list[Word]:
    """The words of a comment in the order of their units. BEGIN and END stand around the body, as words of no field."""
    body, *others = (_CUTTERS[field].words(text) for field, text in fields(document).items())
    span = dressed(document.text)
    facts: list[Word] = [("body", *span, 1)] if span else []
    return [_MARK, *body, _MARK, *chain.from_iterable(others), *facts]

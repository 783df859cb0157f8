"""What a comment is cut into: units (words, signs, parts of links) and the pairs of neighbours among them.

A unit is a string: a folded word, or a word behind a mark that names the field it comes from, so that "slot" in a
name and "slot" in a text are different features. Knows nothing of hashing or weights.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, chain
from typing import Final, NamedTuple

from classifiers.document import Document
from classifiers.text import Parts, fold, fold_text, parts
from classifiers.text.capitals import capitals
from classifiers.text.dress import dressed
from classifiers.text.memo import CAPACITY, Memo

BEGIN: Final = "\x02"
END: Final = "\x03"
AUTHOR: Final = "\x11"
URL: Final = "\x12"
EMAIL: Final = "\x13"
DRESSED: Final = "\x14"
"""The unit of a text some of whose letters are in fancy dress: a fact about the whole of it, behind all fields."""
CAPITALS: Final = ("", "\x15", "\x16", "\x17")
"""The unit of a text by the level of its capitals (see `classifiers.text.capitals`): a fact that the fold takes away.
Spam is told better by it; abuse worse, since each set of abuse has its own custom of letter case."""

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


_Span = tuple[int, int, int]
"""Where a word stands in its part of a text, half-open, and how many units it was cut into."""
_ALONE: Final[tuple[_Span, ...]] = ((0, 0, 1),)
"""The words of a part that is one unit, while nobody asks where it stands; of a mark, which stands nowhere, too."""

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

    def __init__(self, mark: str, ignored: frozenset[str], tokens: Callable[[str], Iterable[_Token]]) -> None:
        self._mark = mark
        self._ignored = ignored
        self._tokens = tokens
        self._cut = Memo(self._cut_of, CAPACITY // 4).__getitem__
        self._units = Memo(self._units_of, CAPACITY // 2).__getitem__
        self.words_of = Memo(self._words_of, CAPACITY // 4).__getitem__
        """the words of one part as they stand in the original"""

    def units(self, text: str) -> Iterator[str]:
        """The units of a text in order."""
        return chain.from_iterable(map(self._units, parts(text).folded))

    def words(self, taken: Parts) -> Iterator[tuple[_Span, ...]]:
        """The words of each part of a text, in the order of their units; `_ALONE` for a part that is one unit."""
        for units, original in zip(map(self._units, taken.folded), taken.originals, strict=True):
            yield _ALONE if len(units) == 1 else self.words_of(original)

    def _is_plain(self, folded: str) -> bool:
        return folded.isalnum() and len(folded) <= LONGEST and folded not in self._ignored

    def _units_of(self, folded: str) -> tuple[str, ...]:
        return (self._mark + folded,) if self._is_plain(folded) else self._cut(folded).units

    def _cut_of(self, folded: str) -> _Cut:
        if self._is_plain(folded):
            return _Cut((self._mark + folded,), _whole(len(folded)))
        tokens = [token for token in self._tokens(folded) if token[0]]
        return _Cut(
            tuple(unit for units, _, _ in tokens for unit in units),
            tuple((begin, end, len(units)) for units, begin, end in tokens),
        )

    def _words_of(self, original: str) -> tuple[_Span, ...]:
        """Where words overlap in the original (one chat word that is read as two), they are one."""
        folded_text = fold_text(original)
        if original.isascii() and folded_text == original.lower():  # nothing moved
            return _whole(len(original)) if self._is_plain(folded_text) else self._cut(folded_text).words
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


@lru_cache(maxsize=LONGEST + 1)
def _whole(length: int) -> tuple[_Span, ...]:
    """A part that is one word, which is one unit."""
    return ((0, length, 1),)


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
    return _words(URL, folded)


def _email_tokens(folded: str) -> Iterator[_Token]:
    return _words(EMAIL, folded)


def _words(mark: str, folded: str) -> Iterator[_Token]:
    for match in _WORD.finditer(folded):
        if match[0] not in _SCHEMES:
            yield [mark + match[0][:LONGEST]], *match.span()


_CUTTERS: Final = {
    "body": _Cutter("", _MASKS, _body_tokens),
    "author": _Cutter(AUTHOR, frozenset(), _author_tokens),
    "url": _Cutter(URL, _SCHEMES, _url_tokens),
    "email": _Cutter(EMAIL, _SCHEMES, _email_tokens),
}


def fields(document: Document) -> list[tuple[str, str, int]]:
    """Of each field that is not empty, and always of the body: its name, what of it is read, and where that begins.

    Of an e-mail address only the domain is read: what stands before the @ is the person's own.
    """
    read = [("body", document.text, 0)]
    if document.author:
        read.append(("author", document.author, 0))
    if document.url:
        read.append(("url", document.url, 0))
    if document.email:
        begin = document.email.rfind("@") + 1
        read.append(("email", document.email[begin:], begin))
    return read


def units(document: Document) -> Units:
    """The units of a comment. Linear in its length; any string will do."""
    body, *others = [_CUTTERS[field].units(text) for field, text, _ in fields(document)]
    facts = [DRESSED] if dressed(document.text) else []
    if level := capitals(document.text):
        facts.append(CAPITALS[level])
    return Units(list(body), [*chain.from_iterable(others), *facts])


class Placed:
    """The words of a comment in the order of their units, found in what its author typed.

    BEGIN and END stand around the body, as words of no field. Where a word stands is looked up only when it is asked
    for: few are ever shown.
    """

    def __init__(self, document: Document) -> None:
        self._fields = fields(document)
        self._taken = [parts(text) for _, text, _ in self._fields]
        self._parts: list[tuple[_Span, ...]] = [_ALONE]
        self._firsts: list[int] = []  # of each field, its first part
        for (field, _, _), taken in zip(self._fields, self._taken, strict=True):
            self._firsts.append(len(self._parts))
            self._parts += _CUTTERS[field].words(taken)
            if field == "body":
                self._parts.append(_ALONE)
        self._dressed = len(self._parts)
        if span := dressed(document.text):
            self._parts.append(((*span, 1),))
        is_of_capitals = capitals(document.text) > 0
        if is_of_capitals:
            self._parts.append(_ALONE)
        self._ends = list(accumulate(map(len, self._parts)))
        self._found: dict[int, tuple[str, int, int, str]] = {}
        self._begins: dict[int, list[int]] = {}
        self.n_shown = self._ends[-1] - is_of_capitals
        """so many words, the first ones, stand somewhere: the level of capitals is of the whole text"""

    def __len__(self) -> int:
        """How many words there are."""
        return self._ends[-1]

    def sizes(self) -> list[int]:
        """Of each word, how many units it is: most often one."""
        return [n_units for part in self._parts for _, _, n_units in part]

    def __getitem__(self, number: int) -> tuple[str, int, int, str]:
        """Of a word that is no mark: its field, its half-open span there, and what stands there."""
        found = self._found.get(number)
        if found is None:
            found = self._found[number] = self._find(number)
        return found

    def _find(self, number: int) -> tuple[str, int, int, str]:
        part = bisect_right(self._ends, number)
        if part == self._dressed:
            first, last, _ = self._parts[part][0]
            return "body", first, last, self._fields[0][1][first:last]
        at = bisect_right(self._firsts, part) - 1
        field, text, offset = self._fields[at]
        part_in_field = part - self._firsts[at]
        words = self._parts[part]
        if words is _ALONE:
            words = _CUTTERS[field].words_of(self._taken[at].originals[part_in_field])
        begin = self._begins_in(at)[part_in_field]
        first, last, _ = words[number - self._ends[part]]
        first, last = begin + first, begin + last
        return field, offset + first, offset + last, text[first:last]

    def _begins_in(self, at: int) -> list[int]:
        """Where the parts of a field begin."""
        begins = self._begins.get(at)
        if begins is None:
            begins = self._begins[at] = _begins_of(self._fields[at][1], self._taken[at].originals)
        return begins


def _begins_of(text: str, originals: list[str]) -> list[int]:
    lengths = [len(original) + 1 for original in originals]
    if sum(lengths) == len(text) + 1:  # nothing but one space between any two
        return [0, *accumulate(lengths)]
    begins, end = [], 0
    for original in originals:
        begins.append(text.index(original, end))
        end = begins[-1] + len(original)
    return begins

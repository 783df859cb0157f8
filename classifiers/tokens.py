"""What a comment is cut into: units (words, signs, parts of links) and the pairs of neighbours among them.

A unit is a string: a folded word, or a word behind a mark that names the field it comes from, so that "slot" in a
name and "slot" in a text are different features. Knows nothing of hashing or weights.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

from classifiers.document import Document
from classifiers.text import parts
from classifiers.text.capitals import capitals
from classifiers.text.dress import dressed
from classifiers.text.memo import Memo

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
# With one of these behind it a word is still a word, and the sign another: nearly all that is not a word alone.
_SIGNS = frozenset(".,!?;:)\"'")
_SCHEMES = frozenset({"http", "https", "www"})
# Publishers of data sets put these in place of names and links: they tell the data set, not the comment.
_MASKS = frozenset({"user", "url", "rt"})


class Units(NamedTuple):
    """The units of a comment: `body` in order with repeats (pairs are taken from it), `fields` of all other fields."""

    body: list[str]
    fields: list[str]


Span = tuple[int, int, int]
"""Where a word stands in a text, half-open, and how many units it was cut into."""

_Token = tuple[list[str], int, int]
"""The units of a token of a folded text, and where it begins and ends there."""


class Cut(NamedTuple):
    """What a part of a folded text was cut into; the spans of its words are in that part."""

    units: tuple[str, ...]
    words: tuple[Span, ...]


class Cutter:
    """Cuts the parts of one field. A plain word is one unit behind `mark`, or none if it is among `ignored`; `signs`
    are what may follow it as a unit of its own; `tokens` finds what else there is in a folded part.
    """

    def __init__(
        self, mark: str, ignored: frozenset[str], signs: frozenset[str], tokens: Callable[[str], Iterable[_Token]]
    ) -> None:
        self._mark = mark
        self._ignored = ignored
        self._signs = signs
        self._tokens = tokens
        self.units_of = Memo(lambda folded: self(folded).units).__getitem__
        """The units of a part, remembered."""

    def __call__(self, folded: str) -> Cut:
        """A part of a folded text, cut."""
        if self._is_plain(folded):
            return Cut((self._mark + folded,), _whole(len(folded)))
        if folded[-1:] in self._signs and self._is_plain(folded[:-1]):
            return Cut((self._mark + folded[:-1], self._mark + folded[-1]), _with_sign(len(folded)))
        tokens = [token for token in self._tokens(folded) if token[0]]
        return Cut(
            tuple(unit for units, _, _ in tokens for unit in units),
            tuple((begin, end, len(units)) for units, begin, end in tokens),
        )

    def _is_plain(self, folded: str) -> bool:
        return folded.isalnum() and len(folded) <= LONGEST and folded not in self._ignored


@lru_cache(maxsize=LONGEST + 1)
def _whole(length: int) -> tuple[Span, ...]:
    """A part that is one word, which is one unit."""
    return ((0, length, 1),)


@lru_cache(maxsize=LONGEST + 2)
def _with_sign(length: int) -> tuple[Span, ...]:
    """A part that is one word and a sign behind it."""
    return ((0, length - 1, 1), (length - 1, length, 1))


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


CUTTERS: Final = {
    "body": Cutter("", _MASKS, _SIGNS, _body_tokens),
    "author": Cutter(AUTHOR, frozenset(), _SIGNS, _author_tokens),
    "url": Cutter(URL, _SCHEMES, frozenset(), _url_tokens),
    "email": Cutter(EMAIL, _SCHEMES, frozenset(), _email_tokens),
}
"""By field, in the order in which fields are read."""


def fields(document: Document) -> list[tuple[str, str, int]]:
    """Of the body, and of each other field that is not empty: its name, what of it is read, and where that begins.

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


def facts(text: str) -> list[str]:
    """The units that tell something of the whole of a text."""
    found = [DRESSED] if dressed(text) else []
    if level := capitals(text):
        found.append(CAPITALS[level])
    return found


def units(document: Document) -> Units:
    """The units of a comment. Linear in its length; any string will do."""
    body, *others = [
        chain.from_iterable(map(CUTTERS[field].units_of, parts(text).folded)) for field, text, _ in fields(document)
    ]
    return Units(list(body), [*chain.from_iterable(others), *facts(document.text)])

"""What a comment is cut into: units (words, signs, parts of links) and the pairs of neighbours among them.

A unit is a string: a folded word, or a word behind a mark that names the field it comes from, so that "slot" in a
name and "slot" in a text are different features. Knows nothing of hashing or weights.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from classifiers.document import Document
from classifiers.text import fold, fold_text

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
    rf"|[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})\b(?:/\S*)?"  # a bare domain
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


class Places(NamedTuple):
    """Where units stand: the field of each, and its half-open span there. The first `n_body` are of the body."""

    spans: list[tuple[str, int, int]]
    n_body: int


def units(document: Document) -> Units:
    """The units of a comment. Linear in its length; any string will do."""
    folded = fold_text(document.text)
    if _MAY_LINK.search(folded):
        body = [unit for token in _TOKEN.findall(folded) for unit in _body_units(token)]
    else:
        body = [token[:LONGEST] for token in _PLAIN_TOKEN.findall(folded) if token not in _MASKS]
    return Units(body, [unit for field, text in _others(document) for unit in _field_units(field, fold_text(text))])


def placed(document: Document) -> Places:
    """The places of the units of `units`, in the same order (body, then fields), in the original text."""
    folded = fold(document.text)
    begins, ends = folded.begins.tolist(), folded.ends.tolist()
    spans = []
    if _MAY_LINK.search(folded.text):
        for match in _TOKEN.finditer(folded.text):
            spans += [("body", begins[match.start()], ends[match.end() - 1])] * len(_body_units(match[0]))
    else:
        for match in _PLAIN_TOKEN.finditer(folded.text):
            if match[0] not in _MASKS:
                begin, end = match.span()
                spans.append(("body", begins[begin], ends[end - 1]))
    n_body = len(spans)
    for field, text in _others(document):
        folded = fold(text)
        begins, ends = folded.begins.tolist(), folded.ends.tolist()
        spans += [(field, begins[begin], ends[end - 1]) for _, begin, end in _field_spans(field, folded.text)]
    return Places(spans, n_body)


def _others(document: Document) -> Iterator[tuple[str, str]]:
    if document.author:
        yield "author", document.author
    if document.url:
        yield "url", document.url
    if document.email:
        yield "email", document.email


def _body_units(token: str) -> list[str]:
    if len(token) > 3 and token[0] != "@" and ("/" in token or "." in token):
        return [URL, *(URL + part[:LONGEST] for part in _WORD.findall(token) if part not in _SCHEMES)]
    if token[0] == "@" or token in _MASKS:
        return []
    return [token[:LONGEST]]


def _field_units(field: str, folded: str) -> list[str]:
    return [unit for unit, _, _ in _field_spans(field, folded)]


def _field_spans(field: str, folded: str) -> Iterator[tuple[str, int, int]]:
    """Of an e-mail address only the domain is read: the part before the @ is the person's own."""
    if field == "author":
        for match in _TOKEN.finditer(folded):
            yield AUTHOR + match[0][:LONGEST], match.start(), match.end()
        return
    mark = URL if field == "url" else EMAIL
    start = folded.rfind("@") + 1 if field == "email" else 0
    for match in _WORD.finditer(folded, start):
        if match[0] not in _SCHEMES:
            yield mark + match[0][:LONGEST], match.start(), match.end()

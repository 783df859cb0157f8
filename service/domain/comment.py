"""What a reader sent (submission) and what is kept of it (comment)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from service.domain.assessment import Assessment, Facts
from service.domain.ids import CommentId
from service.domain.policy import Judgement

NAME_MAX = 80
EMAIL_MAX = 254
BODY_MAX = 10_000
URL_MAX = 2_000
REF_MAX = 200

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_BREAKS = re.compile("[\t\n]+")
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me", "Zs", "Zl", "Zp", "Cn", "Co", "Cs"})
# Blank letters: they belong to a visible category, yet nothing is drawn.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


class Status(StrEnum):
    """Where a comment stands; only `approved` ones are shown to readers."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


def canonical(text: str) -> str:
    """What we keep and show: NFC, LF line ends, no control characters but tab and newline, outer blanks trimmed.

    Loses nothing that a reader would miss; zero-width, bidi and tag characters stay. Idempotent.
    """
    if text.isascii() and text.isprintable():  # as most are
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", text).strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text).strip()


def canonical_line(text: str) -> str:
    """`canonical`, on one line: for names and titles."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return _LINE_BREAKS.sub(" ", canonical(text))


def is_blank(text: str) -> bool:
    """Whether nothing of `text` would be drawn: empty, blanks, or invisible characters alone."""
    if text.isascii():
        return not text.strip()
    return all(c in _BLANK_LETTERS or unicodedata.category(c) in _INVISIBLE for c in text)


class Article(NamedTuple):
    """The article under which a comment stands; `id` is the newspaper's own."""

    id: str
    url: str = ""
    title: str = ""
    published_ms: int | None = None


class Author(NamedTuple):
    """Who wrote: display name, e-mail address (personal data), optional website as typed."""

    name: str
    email: str
    url: str = ""


class Submission(NamedTuple):
    """A comment as it arrived, canonical. `address` is the reader's IP, "" where nobody trustworthy told it."""

    article: Article
    author: Author
    body: str
    parent_id: str = ""
    address: str = ""
    user_agent: str = ""
    referrer: str = ""
    submitted_ms: int | None = None
    client_ref: str = ""
    honeypot: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said, and when (epoch milliseconds); `by` is an account's or a key's id."""

    decision: str
    by: str
    at_ms: int
    reason: str = ""
    note: str = ""
    batch: str = ""


class Comment(NamedTuple):
    """A stored comment with what the machine said, what the policy said, and where it stands."""

    id: CommentId
    submission: Submission
    assessment: Assessment
    facts: Facts
    judgement: Judgement
    created_ms: int
    status: Status
    version: int
    kind: str
    priority: int
    escalated: bool = False
    claimed_by: str = ""
    claimed_until_ms: int = 0
    standing: tuple[Decision, ...] = ()

    @property
    def decision(self) -> Decision | None:
        """The decision that stands, or None where no person has decided."""
        return self.standing[-1] if self.standing else None

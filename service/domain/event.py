"""Events: the site's facts in order, in the past tense. They never carry names, addresses or text."""

from __future__ import annotations

from dataclasses import dataclass

SUBMITTED = "comment.submitted"
APPROVED = "comment.approved"
REJECTED = "comment.rejected"
REOPENED = "comment.reopened"
EXPIRED = "comment.expired"
TYPES = (SUBMITTED, APPROVED, REJECTED, REOPENED, EXPIRED)


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. `number` counts the site's events from 1 without a gap, and is the cursor."""

    number: int
    type: str
    at_ms: int
    comment_id: str
    client_ref: str
    status: str
    version: int
    by: str
    reason: str

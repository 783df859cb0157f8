"""The shapes of answers, for the OpenAPI document; the views write plain JSON, and a test holds it against these."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class TermOut(BaseModel):
    field: Literal["body", "author", "url", "email", "rest", "bias"]
    begin: int
    end: int
    text: str
    weight: float


class ReasonOut(BaseModel):
    code: str
    verdict: Literal["hold", "reject"]
    label: str
    detail: str
    terms: list[TermOut]


class Scores(BaseModel):
    """Calibrated probabilities; empty where the machine did not answer."""

    spam: float | None = None
    abuse: float | None = None
    insult: float | None = None
    hate: float | None = None
    threat: float | None = None
    obscene: float | None = None


class ScoredOut(BaseModel):
    verdict: Literal["approve", "hold", "reject"]
    reasons: list[ReasonOut]
    scores: Scores
    language: str
    model: str
    policy_version: int


class SubmittedOut(BaseModel):
    """The answer to a submission; a public key gets id, status and message only."""

    id: str
    status: Literal["pending", "approved", "rejected", "expired"]
    message: str
    verdict: Literal["approve", "hold", "reject"] | None = None
    reasons: list[ReasonOut] | None = None
    scores: Scores | None = None
    language: str | None = None
    model: str | None = None
    policy_version: int | None = None
    version: int | None = None
    created_at: datetime | None = None


class ArticleOut(BaseModel):
    id: str
    url: str
    title: str
    published_at: datetime | None


class AuthorOut(BaseModel):
    id: str
    name: str
    url: str
    email: str | None = Field(None, description="For secret keys and people who may decide.")


class DecisionOut(BaseModel):
    decision: Literal["approve", "reject"]
    by: str
    at: datetime
    reason: str
    note: str
    batch: str


class HistoryOut(BaseModel):
    what: Literal["submitted", "approve", "reject", "undo", "escalate"]
    by: str
    at: datetime
    version: int
    status: str
    reason: str
    note: str
    batch: str


class CommentOut(ScoredOut):
    id: str
    status: Literal["pending", "approved", "rejected", "expired"]
    version: int
    created_at: datetime
    article: ArticleOut
    author: AuthorOut
    body: str
    parent_id: str | None
    client_ref: str
    submitted_at: datetime | None
    kind: str
    priority: int
    escalated: bool
    claimed_by: str | None
    claimed_until: datetime | None
    decision: DecisionOut | None
    ip: str | None = Field(None, description="For secret keys and people who may decide.")
    user_agent: str | None = None
    referrer: str | None = None
    history: list[HistoryOut] | None = None


class CommentsOut(BaseModel):
    comments: list[CommentOut]
    cursor: str | None


class QueueOut(BaseModel):
    cases: list[CaseOut]
    counts: dict[str, int]


class CaseOut(BaseModel):
    comment: CommentOut
    version: int
    priority: int
    claimed_until: datetime | None
    claimed_by: str | None


class ClaimOut(BaseModel):
    cases: list[CaseOut]


class ReleasedOut(BaseModel):
    released: list[str]


class OutcomeOut(BaseModel):
    id: str
    status: Literal["pending", "approved", "rejected", "expired"]
    version: int


class FieldErrorOut(BaseModel):
    pointer: str
    code: str
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[FieldErrorOut] | None = None
    current: dict[str, Any] | None = None
    limit: str | None = None


class ResultOut(BaseModel):
    comment_id: str
    status: Literal["pending", "approved", "rejected", "expired"] | None = None
    version: int | None = None
    problem: ProblemOut | None = None


class DecisionsOut(BaseModel):
    batch: str
    results: list[ResultOut]


class EventDataOut(BaseModel):
    comment_id: str
    client_ref: str
    status: Literal["pending", "approved", "rejected", "expired"]
    version: int
    by: str
    reason: str


class EventOut(BaseModel):
    id: str
    type: Literal["comment.submitted", "comment.approved", "comment.rejected", "comment.reopened", "comment.expired"]
    timestamp: datetime
    data: EventDataOut


class EventsOut(BaseModel):
    events: list[EventOut]
    next: str


class HourOut(BaseModel):
    """What came in within an hour, by the policy's verdict."""

    hour: datetime
    submitted: int
    approve: int
    hold: int
    reject: int


class VerdictsOut(BaseModel):
    approve: int
    hold: int
    reject: int


class DeciderOut(BaseModel):
    """Decisions that stand, by who made them."""

    by: str
    approved: int
    rejected: int


class WaitOut(BaseModel):
    """Seconds; None where nothing waited."""

    median_s: float | None = Field(description="From a held comment's coming in to its decision.")
    oldest_s: float | None = Field(description="Of the comment that waits longest now.")
    pending: int


class OverturnOut(BaseModel):
    """How often people decided otherwise than the policy, by the first reason of its verdict."""

    reason: str = Field(description="A reason's code; `published` for what the policy let through.")
    decided: int
    overturned: int
    rate: float


class BusyArticleOut(BaseModel):
    id: str
    url: str
    title: str
    submitted: int


class StatsOut(BaseModel):
    from_: datetime = Field(alias="from")
    to: datetime
    counted_from: datetime = Field(
        description="From here on all is counted: `from`, or later where more than 50,000 events happened."
    )
    inflow: list[HourOut]
    verdicts: VerdictsOut
    decisions: list[DeciderOut]
    wait: WaitOut
    overturns: list[OverturnOut]
    articles: list[BusyArticleOut]


class HealthOut(BaseModel):
    status: Literal["ok", "unavailable"]
    store: bool | None = None
    model: str | None = None

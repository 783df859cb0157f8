"""A comment's case: which kind it is, how soon a person should see it, and what people did to it."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.assessment import Assessment, Facts
from service.domain.comment import Comment, Status, Submission
from service.domain.ids import CommentId
from service.domain.policy import Judgement, Policy, Verdict, judge

# What the queue is divided by; the first reason a moderator would name.
KINDS = (
    "spam", "abuse", "word_list", "domain_list", "blocked_author",
    "links", "first_time", "closed_article", "honeypot", "unscored", "other",
)  # fmt: skip
REJECT_REASONS = (
    "spam", "insult", "hate", "threat", "obscene", "off_topic", "personal_data", "duplicate", "illegal", "other",
)  # fmt: skip

_STATUS = {Verdict.APPROVE: Status.APPROVED, Verdict.HOLD: Status.PENDING, Verdict.REJECT: Status.REJECTED}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What a person did to a comment."""

    what: str
    by: str
    at_ms: int
    version: int
    status: str
    reason: str = ""
    note: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a comment stands after a change."""

    comment_id: str
    status: str
    version: int


def judged(
    comment_id: CommentId, submission: Submission, assessment: Assessment, facts: Facts, policy: Policy, now_ms: int
) -> Comment:
    """The comment that a submission becomes under a policy: where it begins its life, as which kind, how soon seen."""
    judgement = judge(policy, assessment, facts)
    kind = kind_of(judgement, assessment)
    return Comment(
        id=comment_id,
        submission=submission,
        assessment=assessment,
        facts=facts,
        judgement=judgement,
        created_ms=now_ms,
        status=opening_status(judgement),
        version=1,
        kind=kind,
        priority=priority_of(kind, assessment),
    )


def opening_status(judgement: Judgement) -> Status:
    """Where a comment begins its life."""
    return _STATUS[judgement.verdict]


def kind_of(judgement: Judgement, assessment: Assessment) -> str:
    """The kind of a case: spam or abuse where a band speaks (the higher score), else the first reason's code."""
    codes = [reason.code for reason in judgement.reasons]
    if "unscored" in codes:
        return "unscored"
    bands = {"spam" if code == "band.spam" else "abuse" for code in codes if code.startswith("band.")}
    if bands:
        return max(sorted(bands), key=lambda label: assessment.scores.get(label, 0.0))
    return codes[0] if codes and codes[0] in KINDS else "other"


def priority_of(kind: str, assessment: Assessment) -> int:
    """0–100, seen first: threats and hate, then abuse, then what waits on a person alone, and sure spam last.

    A threat left standing harms somebody; a decent comment left waiting harms the paper; spam can wait.
    """
    scores = assessment.scores
    if scores.get("threat", 0.0) >= 0.5:
        return 95
    if scores.get("hate", 0.0) >= 0.5:
        return 85
    if kind == "abuse":
        return 60 + round(20 * scores.get("abuse", 0.0))
    if kind == "spam":
        return 40 - round(30 * scores.get("spam", 0.0))
    return 50

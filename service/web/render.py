"""Domain things as the JSON that clients see. Addresses are given to those alone who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.domain.case import HistoryEntry, Outcome
from service.domain.comment import Comment
from service.domain.event import Event
from service.errors import SaringError
from service.web.problems import problem_of
from service.web.wording import moment, reason_sentence, status_message


def _moment(ms: int | None) -> str | None:
    return moment(ms) if ms else None


def scored(comment: Comment, language: str) -> dict[str, Any]:
    """What the machine and the policy said."""
    assessment, judgement = comment.assessment, comment.judgement
    return {
        "verdict": judgement.verdict,
        "reasons": reasons(comment, language),
        "scores": dict(assessment.scores),
        "language": assessment.language,
        "model": assessment.model,
        "policy_version": judgement.policy_version,
    }


def reasons(comment: Comment, language: str) -> list[dict[str, Any]]:
    """Every reason that holds, as a sentence, with the terms that moved its label's score."""
    told = []
    for reason in comment.judgement.reasons:
        terms = [term for term in comment.assessment.terms if term.label == reason.label]
        told.append(
            {
                "code": reason.code,
                "verdict": reason.verdict,
                "label": reason.label,
                "detail": reason_sentence(reason, terms, language),
                "terms": [
                    {"field": t.field, "begin": t.begin, "end": t.end, "text": t.text, "weight": t.weight}
                    for t in terms
                ],
            }
        )
    return told


def receipt(comment: Comment, language: str) -> dict[str, Any]:
    """The answer to a submission by a secret key."""
    return {
        "id": comment.id,
        "status": comment.status,
        "message": status_message(comment.status, language),
        **scored(comment, language),
        "version": comment.version,
        "created_at": moment(comment.created_ms),
    }


def public_receipt(comment: Comment, language: str) -> dict[str, Any]:
    """The answer to a public key; a rejection reads as pending, since it would teach spammers."""
    status = comment.status if comment.status == "approved" else type(comment.status).PENDING
    return {"id": comment.id, "status": status, "message": status_message(status, language)}


def comment(comment: Comment, language: str, *, author_id: str, with_personal_data: bool) -> dict[str, Any]:
    """A comment with all that is known of it."""
    s, decision = comment.submission, comment.decision
    author: dict[str, Any] = {"id": author_id, "name": s.author.name, "url": s.author.url}
    if with_personal_data:
        author["email"] = s.author.email
    rendered = {
        "id": comment.id,
        "status": comment.status,
        **scored(comment, language),
        "version": comment.version,
        "created_at": moment(comment.created_ms),
        "article": {
            "id": s.article.id,
            "url": s.article.url,
            "title": s.article.title,
            "published_at": _moment(s.article.published_ms),
        },
        "author": author,
        "body": s.body,
        "parent_id": s.parent_id or None,
        "client_ref": s.client_ref,
        "submitted_at": _moment(s.submitted_ms),
        "kind": comment.kind,
        "priority": comment.priority,
        "escalated": comment.escalated,
        "claimed_by": comment.claimed_by or None,
        "claimed_until": _moment(comment.claimed_until_ms),
        "decision": decision
        and {
            "decision": decision.decision,
            "by": decision.by,
            "at": moment(decision.at_ms),
            "reason": decision.reason,
            "note": decision.note,
            "batch": decision.batch,
        },
    }
    if with_personal_data:
        rendered |= {"ip": s.address, "user_agent": s.user_agent, "referrer": s.referrer}
    return rendered


def history(comment: Comment, entries: Sequence[HistoryEntry]) -> list[dict[str, Any]]:
    """What happened to a comment, oldest first; the machine's verdict opens."""
    opening = {
        "what": "submitted",
        "by": "machine",
        "at": moment(comment.created_ms),
        "version": 1,
        "status": {"approve": "approved", "hold": "pending", "reject": "rejected"}[comment.judgement.verdict],
        "reason": comment.judgement.reasons[0].code if comment.judgement.reasons else "",
        "note": "",
        "batch": "",
    }
    people = [
        {
            "what": entry.what,
            "by": entry.by,
            "at": moment(entry.at_ms),
            "version": entry.version,
            "status": entry.status,
            "reason": entry.reason,
            "note": entry.note,
            "batch": entry.batch,
        }
        for entry in entries
    ]
    return [opening, *people]


def case(rendered: dict[str, Any]) -> dict[str, Any]:
    """A case: its comment, and what one needs to decide it."""
    return {
        "comment": rendered,
        "version": rendered["version"],
        "priority": rendered["priority"],
        "claimed_until": rendered["claimed_until"],
        "claimed_by": rendered["claimed_by"],
    }


def outcome(done: Outcome) -> dict[str, Any]:
    """Where a comment stands after a change."""
    return {"id": done.comment_id, "status": done.status, "version": done.version}


def results(
    outcomes: Sequence[tuple[str, Outcome | SaringError]], language: str, request_id: str
) -> list[dict[str, Any]]:
    """Each of many decisions, answered on its own."""
    told: list[dict[str, Any]] = []
    for comment_id, done in outcomes:
        if isinstance(done, SaringError):
            told.append({"comment_id": comment_id, "problem": problem_of(done, language, request_id)})
        else:
            told.append({"comment_id": comment_id, "status": done.status, "version": done.version})
    return told


def event(happened: Event) -> dict[str, Any]:
    """A fact of the site."""
    return {
        "id": str(happened.number),
        "type": happened.type,
        "timestamp": moment(happened.at_ms),
        "data": {
            "comment_id": happened.comment_id,
            "client_ref": happened.client_ref,
            "status": happened.status,
            "version": happened.version,
            "by": happened.by,
            "reason": happened.reason,
        },
    }

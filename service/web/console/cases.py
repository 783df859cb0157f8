"""A case as the console shows it: every word ready, every field of the commenter escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from service.domain.assessment import Term
from service.domain.comment import Comment
from service.flow.desk import LEVELS, Laid, level
from service.web.console.door import Visit
from service.web.console.wording import excerpt, is_long, marked, masked
from service.web.wording import reason_sentence

KINDS = {
    "spam": "Spam",
    "abuse": "Abusive",
    "word_list": "Word list",
    "domain_list": "Domain list",
    "blocked_author": "Blocked author",
    "links": "Links",
    "first_time": "New author",
    "closed_article": "Old article",
    "honeypot": "Trap field",
    "unscored": "Not scored",
    "other": "Other",
}
# In the order of their digits: 1 to 9, then 0.
REASONS = {
    "spam": "Spam",
    "insult": "Insult",
    "hate": "Hate",
    "threat": "Threat",
    "obscene": "Obscene",
    "off_topic": "Off topic",
    "personal_data": "Personal data",
    "duplicate": "Said already",
    "illegal": "Unlawful",
    "other": "Other",
}
VERDICTS = {"approve": "Publish", "hold": "Hold", "reject": "Reject"}
STATUSES = {"pending": "Waiting", "approved": "Approved", "rejected": "Rejected", "expired": "Expired"}
LABELS = {
    "spam": "Spam",
    "abuse": "Abusive",
    "insult": "Insult",
    "hate": "Hate",
    "threat": "Threat",
    "obscene": "Obscene",
}
_MEDIUM = LEVELS["medium"]
LEVEL_WORDS = {"low": "low", "medium": "medium", "high": "high"}
_STEPS = 5


@dataclass(frozen=True, slots=True)
class Gauge:
    """A score in a word, in five steps, and as a number for who asks."""

    label: str
    name: str
    word: str
    level: str
    filled: int
    number: str


@dataclass(frozen=True, slots=True)
class Told:
    """A reason as a sentence; `label` ties it to the marks in the text."""

    label: str
    sentence: Markup


@dataclass(frozen=True, slots=True)
class Shown:
    """What the template needs of a case."""

    id: str
    version: int
    status: str
    status_word: str
    kind: str
    kind_word: str
    name: Markup
    email: str
    url: Markup
    author_id: str
    body: Markup
    excerpt: Markup
    is_long: bool
    article_id: str
    article: Markup
    article_url: str
    iso: str
    when: str
    ago: str
    reasons: list[Told]
    gauges: list[Gauge]
    model: str
    policy_version: int
    language: str
    n_all: int
    n_approved: int
    n_rejected: int
    first_seen: str
    parent_name: Markup
    parent: Markup
    n_alike: int
    held_by: str
    escalated: bool
    decided: str


def shown(visit: Visit, laid: Laid, names: Mapping[str, str]) -> Shown:
    """The case in the visitor's language; the author's address in full only for who may decide."""
    comment, words, now_ms = laid.comment, visit.words, visit.services.clock()
    s, a = comment.submission, comment.assessment
    return Shown(
        id=comment.id,
        version=comment.version,
        status=comment.status,
        status_word=visit.say(STATUSES[comment.status]),
        kind=comment.kind,
        kind_word=visit.say(KINDS.get(comment.kind, "Other")),
        name=marked(s.author.name, _terms(comment, "author")),
        email=s.author.email if visit.may_decide else masked(s.author.email),
        url=marked(s.author.url, _terms(comment, "url")),
        author_id=laid.author_id,
        body=marked(s.body, _terms(comment, "body")),
        excerpt=excerpt(s.body),
        is_long=is_long(s.body),
        article_id=s.article.id,
        article=marked(s.article.title or s.article.id),
        article_url=s.article.url,
        iso=words.iso(comment.created_ms),
        when=words.when(comment.created_ms),
        ago=words.ago(comment.created_ms, now_ms),
        reasons=reasons_told(visit, comment),
        gauges=_gauges(visit, comment),
        model=a.model,
        policy_version=comment.judgement.policy_version,
        language=a.language,
        n_all=laid.reputation.n_all,
        n_approved=laid.reputation.n_approved,
        n_rejected=laid.reputation.n_rejected,
        first_seen=words.ago(laid.reputation.first_seen_ms, now_ms) if laid.reputation.first_seen_ms else "",
        parent_name=marked(laid.parent.submission.author.name) if laid.parent else Markup(""),
        parent=excerpt(laid.parent.submission.body) if laid.parent else Markup(""),
        n_alike=laid.n_alike,
        held_by=names.get(laid.held_by, laid.held_by),
        escalated=comment.escalated,
        decided=decided(visit, comment, names),
    )


def decided(visit: Visit, comment: Comment, names: Mapping[str, str]) -> str:
    """Who decided what, in a sentence; "" where no decision stands."""
    if comment.decision is None:
        return ""
    d = comment.decision
    who = names.get(d.by, d.by)
    at = visit.words.when(d.at_ms)
    if d.decision == "approve":
        return visit.say("Approved by {who}, {at}", who=who, at=at)
    if not d.reason:
        return visit.say("Rejected by {who}, {at}", who=who, at=at)
    return visit.say("Rejected by {who}, {at}: {reason}", who=who, at=at, reason=visit.say(REASONS[d.reason]))


def _terms(comment: Comment, field: str) -> list[Term]:
    return [term for term in comment.assessment.terms if term.field == field]


def reasons_told(visit: Visit, comment: Comment) -> list[Told]:
    """Why the policy says what it says, a sentence each."""
    told = []
    for reason in comment.judgement.reasons:
        terms = [term for term in comment.assessment.terms if term.label == reason.label]
        told.append(Told(reason.label, marked(reason_sentence(reason, terms, visit.language))))
    return told


def _gauges(visit: Visit, comment: Comment) -> list[Gauge]:
    scores = comment.assessment.scores
    wanted = ["spam", "abuse", *(label for label in list(LABELS)[2:] if scores.get(label, 0.0) >= _MEDIUM)]
    return [
        Gauge(
            label=label,
            name=visit.say(LABELS[label]),
            word=visit.say(LEVEL_WORDS[level(scores[label])]),
            level=level(scores[label]),
            filled=min(_STEPS, int(scores[label] * _STEPS + 0.5)),
            number=f"{scores[label]:.3f}",
        )
        for label in wanted
        if label in scores
    ]

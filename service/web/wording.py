"""How domain words are told to people: reasons as sentences, statuses as messages, times as RFC 3339."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from service.domain.assessment import Term
from service.domain.comment import Status
from service.domain.policy import Reason
from service.i18n import say

_STATUS_MESSAGES = {
    Status.APPROVED: "Your comment is published.",
    Status.PENDING: "Your comment awaits moderation.",
    Status.REJECTED: "Your comment was not accepted.",
    Status.EXPIRED: "Your comment was not reviewed in time.",
}
REASONS = {
    "band.spam": "Looks like advertising or spam ({score:.0%})",
    "band.abuse": "Looks abusive ({score:.0%})",
    "band.insult": "Looks like an insult ({score:.0%})",
    "band.hate": "Looks like hate ({score:.0%})",
    "band.threat": "Looks like a threat ({score:.0%})",
    "band.obscene": "Looks obscene ({score:.0%})",
    "word_list": "On the word list: “{value}”",
    "domain_list": "On the domain list: “{value}”",
    "blocked_author": "On the block list: “{value}”",
    "first_time": "First comment by this author",
    "links": "Contains links: {n_links}",
    "closed_article": "The article is older than {days:.0f} days",
    "honeypot": "A field that people do not see was filled in",
    "unscored": "Could not be scored; a person must look",
}
_FIELDS = {
    "body": "“{text}”",
    "author": "author's name: “{text}”",
    "url": "website: “{text}”",
    "email": "e-mail: “{text}”",
}
_TERMS_TOLD = 3


@lru_cache(maxsize=256)
def _second(s: int) -> str:
    return datetime.fromtimestamp(s, UTC).isoformat()[:19]


def moment(ms: int) -> str:
    """Epoch milliseconds as RFC 3339 in UTC, to the millisecond."""
    return f"{_second(ms // 1000)}.{ms % 1000:03d}Z"


def status_message(status: Status, language: str) -> str:
    """What an author is told of his comment."""
    return say(language, _STATUS_MESSAGES[status])


def reason_sentence(reason: Reason, terms: Sequence[Term], language: str) -> str:
    """Why, in a sentence a moderator understands, with the words that spoke loudest."""
    sentence = say(language, REASONS[reason.code], **reason.params)
    loudest = [t for t in terms if t.field in _FIELDS and t.weight > 0][:_TERMS_TOLD]
    if not loudest:
        return sentence
    told = ", ".join(say(language, _FIELDS[t.field]).format(text=t.text) for t in loudest)
    return f"{sentence}: {told}"


def actor(by: str) -> str:
    """Who did it, as far as an id tells."""
    return by

"""Pages to read: one comment with its history, a search, and what was decided lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from service.domain.case import HistoryEntry
from service.domain.comment import Comment, Status
from service.flow.read import Filter
from service.web.console.cases import REASONS, STATUSES, Shown, shown
from service.web.console.door import Visit

_PAGE = 50
_WHAT = {"approve": "Approved", "reject": "Rejected", "undo": "Taken back", "escalate": "Handed to the editors"}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a comment."""

    what: str
    who: str
    iso: str
    when: str
    reason: str
    note: str


async def comment(visit: Visit) -> web.StreamResponse:
    """A comment, why it was held, what happened to it, and its neighbours under the article."""
    services = visit.services
    found, history = await services.read.one(visit.tag, visit.request.match_info["id"])
    names = await services.desk.names(visit.tag)
    article = found.submission.article.id
    beside = await services.read.many(visit.tag, Filter(article=article), None, 6)
    return visit.page(
        "comment.html",
        at="",
        case=(await laid(visit, [found], names))[0],
        steps=_steps(visit, found, history, names),
        neighbours=await laid(visit, [each for each in beside.comments if each.id != found.id][:5], names),
        reasons=[(str((at + 1) % 10), code, visit.say(word)) for at, (code, word) in enumerate(REASONS.items())],
        may_decide=visit.may_decide,
        may_undo=visit.may_decide and (bool(found.standing) or found.escalated),
    )


async def search(visit: Visit) -> web.StreamResponse:
    """By id, e-mail address, or whole words of body, name and website."""
    query = visit.request.query
    asked = query.get("q", "").strip()[:200]
    status = query.get("status", "")
    wanted = Status(status) if status in STATUSES else None
    cases: list[Shown] = []
    has_more = False
    if asked:
        by_author = "@" in asked and " " not in asked
        wish = Filter(wanted, author=asked) if by_author else Filter(wanted, q=asked)
        page = await visit.services.read.many(visit.tag, wish, None, _PAGE)
        has_more = page.before is not None
        cases = await laid(visit, page.comments, await visit.services.desk.names(visit.tag))
    statuses = [(value, visit.say(word)) for value, word in STATUSES.items()]
    return visit.page(
        "search.html", at="search", q=asked, chosen=status, statuses=statuses, cases=cases, has_more=has_more
    )


async def history(visit: Visit) -> web.StreamResponse:
    """What people decided lately."""
    comments = await visit.services.desk.recently_decided(visit.tag, _PAGE)
    cases = await laid(visit, comments, await visit.services.desk.names(visit.tag))
    return visit.page("history.html", at="history", cases=cases, may_decide=visit.may_decide)


async def laid(visit: Visit, comments: list[Comment], names: Mapping[str, str]) -> list[Shown]:
    """Comments as the pages show them."""
    cases = await visit.services.desk.lay(visit.tag, comments, visit.person.id)
    return [shown(visit, each, names) for each in cases]


def _steps(visit: Visit, found: Comment, history: list[HistoryEntry], names: Mapping[str, str]) -> list[Step]:
    words = visit.words
    verdicts = {"approve": "Published by the policy", "hold": "Held by the policy", "reject": "Rejected by the policy"}
    opening = Step(
        visit.say(verdicts[found.judgement.verdict]),
        "",
        words.iso(found.created_ms),
        words.when(found.created_ms),
        "",
        "",
    )
    return [
        opening,
        *(
            Step(
                visit.say(_WHAT.get(entry.what, entry.what)),
                names.get(entry.by, entry.by),
                words.iso(entry.at_ms),
                words.when(entry.at_ms),
                visit.say(REASONS[entry.reason]) if entry.reason in REASONS else "",
                entry.note,
            )
            for entry in history
        ),
    ]

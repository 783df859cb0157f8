"""The queue: the page, more of it, decisions and their undo, and what happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import orjson
from aiohttp import web
from aiohttp_sse import sse_response

from service.domain.case import KINDS as ALL_KINDS
from service.domain.case import REJECT_REASONS, Outcome
from service.domain.comment import Comment
from service.domain.ids import tag_of
from service.domain.site import Role
from service.errors import CaseAlreadyDecided, FieldError, InvalidInput, NotFound, SaringError
from service.flow.desk import LEVELS, Wanted
from service.flow.review import Call, view_names
from service.web.api.events import STREAMS
from service.web.console.cases import KINDS, LEVEL_WORDS, REASONS, decided, shown
from service.web.console.door import Visit
from service.web.console.wording import excerpt, marked
from service.web.context import REQUEST_ID
from service.web.parse import whole_number
from service.web.problems import problem_of

_CARDS = 50
_MOST = 500
_LOOK_EVERY_S = 1.0
_STREAM_S = 300.0  # then the browser comes back, and is looked at again
_ORDERS: dict[str, Literal["priority", "oldest", "newest"]] = {
    "priority": "priority",
    "oldest": "oldest",
    "newest": "newest",
}


async def page(visit: Visit) -> web.StreamResponse:
    """The queue with its first fifty cases."""
    return await _render(visit, "queue.html")


async def more(visit: Visit) -> web.StreamResponse:
    """The first fifty as they are now, without the page around: the script takes those it does not have."""
    return await _render(visit, "_cases.html")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases the page's address asks for, in which order; "" asks nothing."""

    order: Literal["priority", "oldest", "newest"]
    kind: str
    article: str
    wanted: Wanted
    begin: int | None = None

    @property
    def is_escalated(self) -> bool:
        return self.kind == "escalated"

    def query(self, **changes: object) -> str:
        """The address's query, with changes; a new question begins at the first case."""
        told = {"kind": self.kind, "article": self.article, **asdict(self.wanted)}
        told |= {"order": self.order if self.order != "priority" else ""}
        return urlencode({name: value for name, value in (told | changes).items() if value})


def _asked(visit: Visit) -> Asked:
    query = visit.request.query
    kind = query.get("kind", "")
    is_kind = kind in ALL_KINDS or (kind == "escalated" and visit.role.includes(Role.EDITOR))
    spam, abuse = (query.get(label, "") if query.get(label) in LEVELS else "" for label in ("spam", "abuse"))
    wanted = Wanted(query.get("language", "")[:8], spam, abuse, query.get("author", "")[:40])
    article = query.get("article", "")[:200]
    return Asked(
        _ORDERS.get(query.get("order", ""), "priority"),
        kind if is_kind else "",
        article,
        wanted,
        whole_number(query.get("begin", "")),
    )


async def _render(visit: Visit, template: str) -> web.Response:
    asked = _asked(visit)
    kind, article, wanted = asked.kind, asked.article, asked.wanted
    spread = await visit.services.desk.spread(
        visit.tag,
        visit.person.id,
        order=asked.order,
        views=view_names("" if asked.is_escalated else kind, article, asked.is_escalated),
        wanted=wanted,
        limit=_CARDS,
        claims=visit.may_decide,
        begin=asked.begin,
    )
    names = await visit.services.desk.names(visit.tag)
    counts = dict(spread.counts)
    return visit.page(
        template,
        at="queue",
        cases=[shown(visit, laid, names) for laid in spread.cases],
        counts=counts,
        kinds=[(k, visit.say(word), counts.get(k, 0)) for k, word in KINDS.items() if counts.get(k) or k == kind],
        kind=kind,
        asked=asked,
        order=asked.order,
        article=article,
        wanted=wanted,
        n_filters=sum(bool(value) for value in (article, *asdict(wanted).values())),
        languages=[(code, visit.words.language_name(code), n) for code, n in spread.languages],
        levels=[(code, visit.say(word)) for code, word in LEVEL_WORDS.items()],
        articles=[(a.id, (a.title or a.id)[:60], n) for a, n in spread.articles],
        reasons=[(str((at + 1) % 10), code, visit.say(word)) for at, (code, word) in enumerate(REASONS.items())],
        last_event=spread.last_event,
        beyond=spread.beyond,
        n_walked=visit.words.number(spread.n_walked),
        may_decide=visit.may_decide,
    )


async def decide(visit: Visit) -> web.StreamResponse:
    """`{"cases": [{"id", "version"}], "decision", "reason"}` ≤ 500: one by itself, several as one batch."""
    body = await visit.json()
    cases, decision, reason = body.get("cases"), body.get("decision"), body.get("reason") or ""
    if decision not in ("approve", "reject") or (reason and reason not in REJECT_REASONS):
        raise InvalidInput([FieldError("/decision", "invalid")])
    calls = [Call(each, decision, reason, "", version) for each, version in _cases(visit, cases)]
    for _ in calls:
        visit.services.meter.decided(visit.site.site.slug, decision)
    if len(calls) == 1:
        try:
            done: Outcome | SaringError = await visit.services.review.decide(visit.tag, visit.person.id, calls[0])
        except CaseAlreadyDecided as error:
            done = error
        return web.json_response({"batch": "", "results": await _results(visit, [(calls[0].comment_id, done)])})
    batch, outcomes = await visit.services.review.decide_many(visit.tag, visit.person.id, calls)
    decided_each = [(call.comment_id, outcome) for call, outcome in zip(calls, outcomes, strict=True)]
    return web.json_response({"batch": batch, "results": await _results(visit, decided_each)})


async def undo(visit: Visit) -> web.StreamResponse:
    """`{"id", "version"}` or `{"batch"}`: takes it back, where it still stands as it was left."""
    body = await visit.json()
    review = visit.services.review
    if body.get("batch"):
        if tag_of(str(body["batch"])) != visit.tag:
            raise NotFound("batch")
        undone = await review.undo_batch(visit.tag, visit.person.id, str(body["batch"]))
        return web.json_response({"results": await _results(visit, undone)})
    ((comment_id, version),) = _cases(visit, [body])
    done = await review.undo(visit.tag, visit.person.id, comment_id, version)
    return web.json_response({"results": [_result(visit, comment_id, done)]})


async def release(visit: Visit) -> web.StreamResponse:
    """`{"id"}`: skipped, for somebody else to take."""
    ((comment_id, _),) = _cases(visit, [await visit.json()])
    released = await visit.services.review.release(visit.tag, visit.person.id, [comment_id])
    return web.json_response({"released": released})


async def escalate(visit: Visit) -> web.StreamResponse:
    """`{"id"}`: to the editors' queue."""
    ((comment_id, _),) = _cases(visit, [await visit.json()])
    done = await visit.services.review.escalate(visit.tag, visit.person.id, comment_id, "")
    return web.json_response({"results": [_result(visit, comment_id, done)]})


async def alike(visit: Visit) -> web.StreamResponse:
    """The pending comments that share a link, a number or their text with one, as a preview; at most 500."""
    comment, _ = await visit.services.read.one(visit.tag, visit.request.match_info["id"])
    found = await visit.services.desk.alike(visit.tag, comment)
    return web.json_response(
        {
            "cases": [
                {
                    "id": each.id,
                    "version": each.version,
                    "html": f"<bdi>{marked(each.submission.author.name)}</bdi> — {excerpt(each.submission.body)}",
                }
                for each in found[:_MOST]
            ]
        }
    )


async def stream(visit: Visit) -> web.StreamResponse:
    """Server-sent events: counts and what became of comments, after the event that the page has seen."""
    told = visit.request.headers.get("Last-Event-ID") or visit.request.query.get("after", "0")
    last = whole_number(told) or 0
    asked = _asked(visit)
    loop = asyncio.get_running_loop()
    until = loop.time() + _STREAM_S
    streams = visit.request.app[STREAMS]
    async with sse_response(visit.request) as response:
        streams.add(response)
        try:
            while response.is_connected() and loop.time() < until:
                news, last = await _news(visit, asked, last)
                if news:
                    await response.send(orjson.dumps(news).decode(), id=str(last))
                await asyncio.sleep(_LOOK_EVERY_S)
        except ConnectionError:
            pass  # the page has gone, or will come back with Last-Event-ID
        finally:
            streams.discard(response)
    return response


async def _news(visit: Visit, asked: Asked, last: int) -> tuple[dict[str, Any] | None, int]:
    services = visit.services
    events = await services.read.events(visit.tag, last, 200)
    if not events:
        return None, last
    comments = {c.id: c for c in await services.read.some(visit.tag, sorted({e.comment_id for e in events}))}
    names = await services.desk.names(visit.tag)
    changes = [
        {
            "id": comment.id,
            "ours": _is_asked(visit, asked, comment),
            "status": comment.status,
            "version": comment.version,
            "mine": any(e.comment_id == comment.id and e.by == visit.person.id for e in events),
            "sentence": decided(visit, comment, names),
        }
        for comment in comments.values()
    ]
    return {"counts": await services.desk.counts(visit.tag), "changes": changes}, events[-1].number


def _is_asked(visit: Visit, asked: Asked, comment: Comment) -> bool:
    """Whether the page, as it is filtered, would show the case."""
    is_kind = comment.escalated if asked.is_escalated else not comment.escalated and asked.kind in ("", comment.kind)
    is_article = asked.article in ("", comment.submission.article.id)
    return is_kind and is_article and visit.services.desk.wants(asked.wanted, comment)


def _cases(visit: Visit, raw: object) -> list[tuple[str, int | None]]:
    """Ids of this site's comments with the versions that were seen. Raises InvalidInput, NotFound."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= _MOST:
        raise InvalidInput([FieldError("/cases", "too_many", (("max", _MOST),))])
    found: list[tuple[str, int | None]] = []
    for each in raw:
        version = each.get("version") if isinstance(each, dict) else None
        is_version = version is None or type(version) is int  # true is an int, and no version
        if not isinstance(each, dict) or not isinstance(each.get("id"), str) or not is_version:
            raise InvalidInput([FieldError("/cases", "invalid")])
        if tag_of(each["id"]) != visit.tag:
            raise NotFound(each["id"])
        found.append((each["id"], version))
    return found


async def _results(visit: Visit, outcomes: Sequence[tuple[str, Outcome | SaringError]]) -> list[dict[str, Any]]:
    """Each outcome; where a colleague was first, the sentence that says so."""
    ids = [each for each, outcome in outcomes if isinstance(outcome, CaseAlreadyDecided)]
    names = await visit.services.desk.names(visit.tag) if ids else {}
    comments: dict[str, Comment] = {c.id: c for c in await visit.services.read.some(visit.tag, ids)} if ids else {}
    told = []
    for each, outcome in outcomes:
        row = _result(visit, each, outcome)
        if isinstance(outcome, CaseAlreadyDecided) and each in comments:
            row["problem"] = decided(visit, comments[each], names) or row["problem"]
        told.append(row)
    return told


def _result(visit: Visit, comment_id: str, outcome: Outcome | SaringError) -> dict[str, Any]:
    if isinstance(outcome, SaringError):
        return {"id": comment_id, "problem": problem_of(outcome, visit.language, visit.request[REQUEST_ID])["detail"]}
    return {"id": comment_id, "status": outcome.status, "version": outcome.version}


__all__ = ["alike", "decide", "escalate", "more", "page", "release", "stream", "undo"]

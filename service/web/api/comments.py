"""Reading comments, and what people say of one or of many."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Literal

from aiohttp import web

from service.domain.comment import Comment, Status
from service.errors import FieldError, InvalidInput, NotFound, SaringError
from service.flow.read import Filter, Point
from service.flow.review import Call, view_names
from service.web import render
from service.web.answer import json_answer
from service.web.context import Context


async def one(context: Context) -> web.StreamResponse:
    """A comment with its history."""
    comment, entries = await context.services.read.one(context.tag, context.comment_id)
    return json_answer(_rendered(context, comment) | {"history": render.history(comment, entries)})


async def many(context: Context) -> web.StreamResponse:
    """Comments by filters, newest first."""
    query = context.query
    wanted = Filter(Status(query.status) if query.status else None, query.article, query.author, query.q)
    page = await context.services.read.many(context.tag, wanted, _point(query.cursor), query.limit)
    return json_answer(
        {
            "comments": [_rendered(context, comment) for comment in page.comments],
            "cursor": _cursor(page.before),
        }
    )


async def approve(context: Context) -> web.StreamResponse:
    """A person says: publish."""
    return await _decide(context, "approve")


async def reject(context: Context) -> web.StreamResponse:
    """A person says: do not publish."""
    return await _decide(context, "reject")


async def undo(context: Context) -> web.StreamResponse:
    """Takes back what stands."""
    done = await context.services.review.undo(
        context.tag, context.caller.by, context.comment_id, context.body.expected_version
    )
    return json_answer(render.outcome(done))


async def escalate(context: Context) -> web.StreamResponse:
    """Hands the case to the editors."""
    done = await context.services.review.escalate(context.tag, context.caller.by, context.comment_id, context.body.note)
    return json_answer(render.outcome(done))


async def decide_many(context: Context) -> web.StreamResponse:
    """Many decisions under one batch, each answered on its own."""
    calls = [Call(d.comment_id, d.decision, d.reason or "", "", d.expected_version) for d in context.body.decisions]
    batch, outcomes = await context.services.review.decide_many(context.tag, context.caller.by, calls)
    for call, done in zip(calls, outcomes, strict=True):
        if not isinstance(done, SaringError):
            context.services.meter.decided(context.site.site.slug, call.decision)
    decided = [(call.comment_id, outcome) for call, outcome in zip(calls, outcomes, strict=True)]
    results = render.results(decided, context.language, context.request_id)
    return json_answer({"batch": batch, "results": results})


async def undo_many(context: Context) -> web.StreamResponse:
    """Takes back a batch, where it still stands as the batch left it."""
    batch = context.request.match_info["id"]
    undone = await context.services.review.undo_batch(context.tag, context.caller.by, batch)
    results = render.results(undone, context.language, context.request_id)
    return json_answer({"batch": batch, "results": results})


async def queue(context: Context) -> web.StreamResponse:
    """Pending cases in order, and how many there are of each kind."""
    query = context.query
    found = await context.services.review.queue(
        context.tag,
        order=query.order,
        views=view_names(query.label, query.article, query.escalated),
        limit=query.limit,
    )
    return json_answer({"cases": _cases(context, found.comments), "counts": found.counts})


async def claim(context: Context) -> web.StreamResponse:
    """The next cases, for five minutes nobody else's."""
    body = context.body
    comments = await context.services.review.claim(
        context.tag,
        context.caller.by,
        n=body.n,
        order=body.order,
        views=view_names(body.label, body.article, body.escalated),
    )
    return json_answer({"cases": _cases(context, comments)})


async def release(context: Context) -> web.StreamResponse:
    """Gives cases back to the queue."""
    ids = context.body.comment_ids
    released = [] if ids == [] else await context.services.review.release(context.tag, context.caller.by, ids or [])
    return json_answer({"released": released})


async def _decide(context: Context, decision: Literal["approve", "reject"]) -> web.StreamResponse:
    body = context.body
    call = Call(context.comment_id, decision, body.reason or "", body.note, body.expected_version)
    done = await context.services.review.decide(context.tag, context.caller.by, call)
    context.services.meter.decided(context.site.site.slug, decision)
    return json_answer(render.outcome(done))


def _cases(context: Context, comments: list[Comment]) -> list[dict[str, Any]]:
    return [render.case(_rendered(context, comment)) for comment in comments]


def _rendered(context: Context, comment: Comment) -> dict[str, Any]:
    return render.comment(
        comment,
        context.language,
        author_id=context.services.read.author_id(comment),
        with_personal_data=context.caller.may_see_personal_data(context.tag),
    )


def _cursor(point: Point | None) -> str | None:
    return None if point is None else base64.urlsafe_b64encode(f"{point[0]}:{point[1]}".encode()).decode().rstrip("=")


def _point(cursor: str) -> Point | None:
    if not cursor:
        return None
    try:
        created, _, comment_id = base64.urlsafe_b64decode(cursor + "==").decode().partition(":")
        return int(created), comment_id
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise InvalidInput([FieldError("/cursor", "invalid")]) from error


__all__ = [
    "NotFound", "approve", "claim", "decide_many", "escalate", "many", "one", "queue", "reject", "release", "undo",
    "undo_many",
]  # fmt: skip

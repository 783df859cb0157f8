"""The site's facts in order: a page at a time, or as they happen."""

from __future__ import annotations

import asyncio

import orjson
from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from service.errors import FieldError, InvalidInput
from service.web import render
from service.web.answer import json_answer
from service.web.context import Context
from service.web.parse import whole_number

STREAMS: web.AppKey[set[EventSourceResponse]] = web.AppKey("streams")
_PAGE = 100
_LOOK_EVERY_S = 0.5


async def after(context: Context) -> web.StreamResponse:
    """Events after a cursor; an empty page has `next` = `after`."""
    query = context.query
    found = await context.services.read.events(context.tag, query.after, query.limit)
    last = found[-1].number if found else query.after
    return json_answer({"events": [render.event(event) for event in found], "next": str(last)})


async def stream(context: Context) -> web.StreamResponse:
    """The same as server-sent events; a client that comes back says Last-Event-ID and misses nothing."""
    last = _last_event_id(context)
    open_streams = context.request.app[STREAMS]
    # A cursor too old is told as a problem, which is possible only before the stream has begun.
    await context.services.read.events(context.tag, last, 1)
    async with sse_response(context.request) as response:
        open_streams.add(response)
        try:
            while response.is_connected():
                found = await context.services.read.events(context.tag, last, _PAGE)
                for event in found:
                    data = orjson.dumps(render.event(event)).decode()
                    await response.send(data, id=str(event.number), event=event.type)
                    last = event.number
                if len(found) < _PAGE:
                    await asyncio.sleep(_LOOK_EVERY_S)
        except ConnectionError:
            pass  # the client has gone: it will come back with Last-Event-ID
        finally:
            open_streams.discard(response)
    return response


def _last_event_id(context: Context) -> int:
    value = context.request.headers.get("Last-Event-ID")
    if value is None:
        return int(context.query.after)
    told = whole_number(value)
    if told is None:
        raise InvalidInput([FieldError("/Last-Event-ID", "invalid")])
    return told


async def close_streams(app: web.Application) -> None:
    """At shutdown: an open stream would hold it up."""
    streams = app[STREAMS]
    for response in list(streams):
        response.stop_streaming()

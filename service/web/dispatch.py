"""From the route table to aiohttp: admission, parsing, the view, and every error as a problem, once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from random import getrandbits

import structlog
from aiohttp import web

from service.domain.ids import tag_of
from service.domain.site import SiteConfig
from service.errors import NotFound, SaringError, Unauthenticated
from service.flow.admit import Caller, allow
from service.i18n import negotiate
from service.web.context import LANGUAGE, REQUEST_ID, SERVICES, Context, Route
from service.web.parse import parse_body, parse_query
from service.web.problems import BAD_REQUEST, HTTP_ROWS, INTERNAL, document, problem_response, response_of
from service.web.room import refusal
from service.web.services import Services

_log = structlog.get_logger()
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_BODILESS = frozenset({"GET", "HEAD", "DELETE"})


def credential(request: web.Request) -> str:
    """What stands behind `Authorization: Bearer`. Raises Unauthenticated."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise Unauthenticated("no bearer")
    return value.strip()


def handler(route: Route, services: Services) -> Handler:
    """The aiohttp handler of a route."""

    async def handle(request: web.Request) -> web.StreamResponse:
        context = Context(request, services, request[LANGUAGE], request[REQUEST_ID])
        if not route.is_open and route.reads_body:
            await _admit(context, route)
        if route.query is not None:
            context.query = parse_query(request, route.query)
        if route.body is not None and route.reads_body and request.method not in _BODILESS:
            context.body = await parse_body(request.clone(client_max_size=route.most_bytes), route.body)
        return await route.view(context)

    return handle


async def _admit(context: Context, route: Route) -> None:
    caller = context.caller = await context.services.admit.caller(credential(context.request))
    context.settle(await _site(context, caller))
    allow(caller, context.tag, kinds=route.keys, role=route.role)


async def _site(context: Context, caller: Caller) -> SiteConfig:
    """The site that the request speaks of: by the id or the slug in its path, else by ?site=."""
    admit, info = context.services.admit, context.request.match_info
    if "id" not in info:
        return await admit.site(caller, slug=info.get("slug") or context.request.query.get("site", ""))
    tag = tag_of(info["id"])
    if tag is None:
        raise NotFound("no id of ours")
    return await admit.site(caller, tag=tag)


@web.middleware
async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives the request its id and language, turns errors into problems, and writes one line and one figure."""
    began = time.perf_counter()
    services = request.app[SERVICES]
    request_id = request[REQUEST_ID] = f"{getrandbits(64):016x}"  # names a request, guards nothing
    request[LANGUAGE] = negotiate(request.headers.get("Accept-Language", ""))
    if (refused := refusal(request, services)) is not None:
        return refused
    try:
        answer = await handler(request)
    except SaringError as error:
        answer = response_of(error, request[LANGUAGE], request_id)
    except web.HTTPRedirection:
        raise
    except web.HTTPException as error:
        row = HTTP_ROWS.get(error.status, BAD_REQUEST if error.status < 500 else INTERNAL)
        answer = problem_response(document(row, request[LANGUAGE], request_id))
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
    except ConnectionResetError:  # the client hung up before its body was here: nobody hears this
        answer = problem_response(document(BAD_REQUEST, request[LANGUAGE], request_id))
    except Exception:
        _log.exception("bug", request_id=request_id)
        answer = problem_response(document(INTERNAL, request[LANGUAGE], request_id))
    seconds = time.perf_counter() - began
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "unknown"
    if not answer.prepared:
        answer.headers["X-Request-Id"] = request_id
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    services.meter.answered(request.method, route, answer.status, seconds)
    _log.info(
        "request",
        request_id=request_id,
        method=request.method,
        route=route,
        status=answer.status,
        ms=round(seconds * 1000, 2),
    )
    return answer

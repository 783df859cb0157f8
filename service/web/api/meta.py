"""About the service itself: is it well, what does it count, what can one ask of it."""

from __future__ import annotations

from functools import cache

import orjson
from aiohttp import web

from service.errors import Forbidden
from service.web.address import client_address, is_within
from service.web.answer import json_answer
from service.web.context import Context
from service.web.templates import render_template


async def healthz(context: Context) -> web.StreamResponse:
    """This process is alive."""
    return json_answer({"status": "ok"})


async def readyz(context: Context) -> web.StreamResponse:
    """Whether comments can be taken in: the store answers. Without a model they are held, hence still ready."""
    store = await context.services.store_answers()
    told = {"status": "ok" if store else "unavailable", "store": store, "model": context.services.model()}
    return json_answer(told, status=200 if store else 503)


async def metrics(context: Context) -> web.StreamResponse:
    """Prometheus' text format, for trusted networks."""
    settings = context.services.settings
    if not is_within(client_address(context.request, settings.trusted_proxies), settings.metrics_networks):
        raise Forbidden("not from this network")
    return web.Response(body=context.services.meter.exposition(), headers={"Content-Type": "text/plain; version=0.0.4"})


async def openapi(context: Context) -> web.StreamResponse:
    """The OpenAPI 3.1 document, made from the route table."""
    return web.Response(body=_document(), content_type="application/json")


async def docs(context: Context) -> web.StreamResponse:
    """The document as a page to read and try."""
    answer = web.Response(text=render_template("docs.html", context.language), content_type="text/html")
    # Swagger UI sets inline styles; scripts come from here alone.
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return answer


@cache
def _document() -> bytes:
    from service.web.openapi import build  # takes as long to import as the rest of the web; few ever ask
    from service.web.routes import ROUTES

    return orjson.dumps(build(ROUTES))

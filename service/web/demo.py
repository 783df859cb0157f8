"""The demo article: a newspaper's page with a comment form like WordPress's, for the site `demo` alone."""

from __future__ import annotations

from aiohttp import web

from service.domain.comment import Status
from service.errors import NotFound, UnknownSite
from service.flow.read import Filter
from service.web.context import Context, Route
from service.web.templates import render_template
from service.web.wording import moment

ARTICLE_ID = "demo-1"
SLUG = "demo"
_SHOWN = 100


async def article(context: Context) -> web.StreamResponse:
    """The article, the comments that are approved, and the form."""
    services = context.services
    if not services.settings.demo:
        raise NotFound("no demo here")
    try:
        config = await services.directory.by_slug(SLUG)
    except UnknownSite as error:
        raise NotFound("no demo here") from error
    page = await services.read.many(config.site.tag, Filter(Status.APPROVED, ARTICLE_ID), None, _SHOWN)
    html = render_template(
        "demo.html",
        context.language,
        article_id=ARTICLE_ID,
        key=services.demo_key(config.site.tag),
        comments=[
            {"name": c.submission.author.name, "body": c.submission.body, "at": moment(c.created_ms)}
            for c in reversed(page.comments)
        ],
    )
    answer = web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return answer


ROUTES = (Route("GET", "/demo", article, "The demo article", "Demo", content="text/html"),)

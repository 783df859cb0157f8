"""POST /v1/comments and /v1/score: a newspaper's server, a page's script or a plain HTML form hands in a comment."""

from __future__ import annotations

from aiohttp import web

from service.domain.comment import Submission
from service.domain.ids import tag_of
from service.errors import (
    FieldError,
    Forbidden,
    InvalidInput,
    OriginNotAllowed,
    SaringError,
    Unauthenticated,
    UnsupportedMediaType,
)
from service.flow.admit import allow
from service.flow.submit import Arrival, Receipt
from service.web import render
from service.web.address import client_address, origin_of, page_origin
from service.web.answer import json_answer
from service.web.context import SECRET, SECRET_OR_PUBLIC, Context
from service.web.dispatch import credential
from service.web.forms import error_page
from service.web.parse import FORM_TYPES, nested, parse_json, read_body, read_form
from service.web.problems import response_of, row_of
from service.web.requests import SubmissionIn

_FORM_NAMES = (
    "article.id", "article.url", "article.title", "author.name", "author.email", "author.url", "body", "parent_id",
    "honeypot",
)  # fmt: skip
_AHEAD_MS = 5 * 60_000
_PUBLISHED_AHEAD_MS = 86_400_000
_KEY_LENGTH = 200


async def submit(context: Context) -> web.StreamResponse:
    """Takes a comment in; 201 for a new one, 200 for one that was sent before."""
    request = context.request
    is_form = request.content_type in FORM_TYPES
    fields: dict[str, str] = {}
    try:
        if is_form:
            fields = await read_form(request)
        await _admit(context, fields.get("key", ""))
        raw = _form(context, fields) if is_form else await _json(request)
        receipt = await _submitted(context, raw)
    except SaringError as error:
        context.services.meter.submission_refused(row_of(error).slug)
        if is_form and _wants_html(request):
            return error_page(error, fields, context.language)
        return _readable_by_page(context, response_of(error, context.language, context.request_id))
    if is_form and context.caller.is_public and _wants_html(request):
        return _back_to_article(context, receipt)
    told = render.public_receipt if context.caller.is_public else render.receipt
    answer = json_answer(told(receipt.comment, context.language), status=201 if receipt.is_new else 200)
    return _readable_by_page(context, answer)


async def score(context: Context) -> web.StreamResponse:
    """What would be said of a comment; nothing is stored."""
    await _admit(context, "")
    allow(context.caller, context.tag, kinds=SECRET, role=None)
    comment = await context.services.preview.preview(_arrival(context, await _json(context.request)))
    return json_answer(render.scored(comment, context.language))


async def preflight(context: Context) -> web.StreamResponse:
    """A browser asks whether a page may send JSON here with a public key."""
    origin = origin_of(context.request.headers.get("Origin", ""))
    if not origin or not await context.services.directory.has_origin(origin):
        raise OriginNotAllowed(origin)
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        },
    )


async def _json(request: web.Request) -> bytes:
    if request.content_type != "application/json":
        raise UnsupportedMediaType(request.content_type)
    return await read_body(request)


async def _admit(context: Context, form_key: str) -> None:
    if form_key and not form_key.startswith("pk_"):
        raise Unauthenticated("only a public key may stand in a form")
    key = form_key or credential(context.request)
    caller = context.caller = await context.services.admit.caller(key, may_be_old=True)
    if caller.config is None:
        raise Forbidden("people do not submit")
    context.settle(caller.config)
    allow(caller, context.tag, kinds=SECRET_OR_PUBLIC, role=None)
    if caller.is_public and (page := page_origin(context.request)) not in _pages(context):
        context.settle(await context.services.directory.current(context.tag))  # it may have got a page since
        if page not in _pages(context):
            raise OriginNotAllowed("not one of the site's pages")


def _pages(context: Context) -> tuple[str, ...]:
    """Whose pages may submit: the site's, and our own, from which the form of an error page comes again."""
    origins = context.site.site.origins
    is_form = context.request.content_type in FORM_TYPES
    return (*origins, origin_of(context.services.settings.base_url)) if is_form else origins


async def _submitted(context: Context, raw: bytes) -> Receipt:
    receipt = await context.services.submit(_arrival(context, raw), context.tag)
    if receipt.is_new:
        comment = receipt.comment
        context.services.meter.comment_accepted(
            context.site.site.slug, comment.judgement.verdict, is_scored=comment.assessment.is_scored
        )
    return receipt


def _arrival(context: Context, raw: bytes) -> Arrival:
    request, caller = context.request, context.caller
    assert caller.key is not None
    sent = parse_json(raw, SubmissionIn)
    submission = (
        sent.told()
        if not caller.is_public
        else sent.seen(
            address=client_address(request, context.services.settings.trusted_proxies),
            user_agent=request.headers.get("User-Agent", "")[:500],
            referrer=request.headers.get("Referer", "")[:500],
        )
    )
    _check(context, submission)
    return Arrival(submission, context.site, caller.key, _idempotency_key(request))


def _check(context: Context, submission: Submission) -> None:
    """What the fields alone do not tell: times in the future, a parent of another site."""
    now_ms = context.services.clock()
    errors = []
    if (submission.submitted_ms or 0) > now_ms + _AHEAD_MS:
        errors.append(FieldError("/submitted_at", "in_the_future"))
    if (submission.article.published_ms or 0) > now_ms + _PUBLISHED_AHEAD_MS:
        errors.append(FieldError("/article/published_at", "in_the_future"))
    if tag_of(submission.parent_id) not in (None, context.tag):
        errors.append(FieldError("/parent_id", "invalid"))
    if errors:
        raise InvalidInput(errors)


def _idempotency_key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > _KEY_LENGTH:
        raise InvalidInput([FieldError("/Idempotency-Key", "too_long", (("max", _KEY_LENGTH),))])
    return key


def _form(context: Context, fields: dict[str, str]) -> bytes:
    referrer = context.request.headers.get("Referer", "")
    if not fields.get("article.url") and origin_of(referrer) in context.site.site.origins:
        fields["article.url"] = referrer
    return nested(fields, _FORM_NAMES)


def _wants_html(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _back_to_article(context: Context, receipt: Receipt) -> web.Response:
    """303 to the article, on the site's own origins only; the fragment tells the page what to say."""
    url = receipt.comment.submission.article.url
    origins = context.site.site.origins
    if origin_of(url) not in origins:
        page = page_origin(context.request)
        url = (page if page in origins else origins[0]) + "/"
    status = render.public_receipt(receipt.comment, context.language)["status"]
    target = f"{url.partition('#')[0]}#saring-{status}"
    return web.Response(status=303, headers={"Location": target, "Cache-Control": "no-store"})


def _readable_by_page(context: Context, answer: web.Response) -> web.Response:
    sent = context.request.headers.get("Origin")
    if sent and context.config is not None and (origin := origin_of(sent)) in context.config.site.origins:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Vary"] = "Origin"
    return answer

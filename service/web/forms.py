"""The page that a reader sees when the comment of his plain HTML form could not be taken: nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from service.errors import InvalidInput, SaringError
from service.i18n import say
from service.web.problems import field_message, retry_after, row_of
from service.web.templates import render_template

_SHOWN = (
    ("author.name", "Name", "text"),
    ("author.email", "E-mail", "email"),
    ("author.url", "Website", "text"),
    ("body", "Comment", "textarea"),
)
_HIDDEN = ("article.id", "article.url", "article.title", "parent_id", "key")


def error_page(error: SaringError, fields: Mapping[str, str], language: str) -> web.Response:
    """What was typed, with each field's message, in a form that can be sent again."""
    messages: dict[str, str] = {}
    if isinstance(error, InvalidInput):
        for field in error.errors:
            messages[field.pointer.strip("/").replace("/", ".")] = field_message(field, language)
    row = row_of(error)
    shown = [
        {"name": name, "label": say(language, label), "kind": kind, "value": fields.get(name, "")}
        for name, label, kind in _SHOWN
    ]
    other = {name: message for name, message in messages.items() if name not in {n for n, _, _ in _SHOWN}}
    html = render_template(
        "form_error.html",
        language,
        title=say(language, row.title),
        detail=say(language, row.detail),
        shown=shown,
        messages=messages,
        other=other,
        hidden={name: fields[name] for name in _HIDDEN if name in fields},
    )
    answer = web.Response(text=html, status=row.status, content_type="text/html")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(retry_after(error))
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer

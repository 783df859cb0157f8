"""Reading requests: JSON, forms (our names or WordPress's), queries.

What is wrong is told field by field; the input is never echoed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.multipart import BodyPartReader
from pydantic import BaseModel, ValidationError

from service.errors import FieldError, InvalidInput, MalformedInput, UnsupportedMediaType

M = TypeVar("M", bound=BaseModel)

_WHOLE = re.compile(r"[0-9]{1,16}")  # what `int` and the store read exactly; "²".isdigit() is true, and no number

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# WordPress's comment form, in our names.
_WORDPRESS = {
    "author": "author.name",
    "email": "author.email",
    "url": "author.url",
    "comment": "body",
    "comment_post_ID": "article.id",
    "comment_parent": "parent_id",
}
# What aiohttp raises where a body is not the form that it says it is.
NO_FORM = (HttpProcessingError, ValueError, LookupError, AssertionError)
_CODES = {
    "missing": "required",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "too_short": "too_few",
    "extra_forbidden": "unknown_field",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
}
_CONTEXT = {"max": ("max", "max_length"), "min": ("min", "min_length")}


async def read_body(request: web.Request) -> bytes:
    """The whole body. Raises HTTPRequestEntityTooLarge."""
    if request.content_length is not None and request.content_length > request.client_max_size:
        raise web.HTTPRequestEntityTooLarge(request.client_max_size, request.content_length)
    if not request.content.is_eof():
        return await request.read()
    raw = request.content.read_nowait()  # all of it has come, as with nearly every comment: nothing to wait for
    if len(raw) > request.client_max_size:
        raise web.HTTPRequestEntityTooLarge(request.client_max_size, len(raw))
    return raw


async def parse_body(request: web.Request, model: type[M]) -> M:
    """The JSON body as `model`; an empty body is an empty object. Raises what is wrong with it."""
    if request.content_type not in ("application/json", "application/octet-stream") and request.can_read_body:
        raise UnsupportedMediaType(request.content_type)
    return parse_json(await read_body(request) or b"{}", model)


def parse_json(raw: bytes, model: type[M]) -> M:
    """JSON bytes as `model`. Raises MalformedInput, InvalidInput."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise invalid(error) from None
    except RecursionError:
        raise MalformedInput("too deep") from None


def parse_query(request: web.Request, model: type[M]) -> M:
    """The query as `model`. Raises InvalidInput; pointers name the parameter."""
    query: dict[str, str] = {}
    for name, value in request.query.items():
        if name in query:
            raise InvalidInput([FieldError(f"/{_escaped(name)}", "repeated")])
        query[name] = value
    try:
        return model.model_validate(query)
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError) -> InvalidInput | MalformedInput:
    """Pydantic's findings in our codes, with RFC 6901 pointers, one for each bad field."""
    found: dict[str, FieldError] = {}
    for entry in error.errors(include_input=False, include_url=False):
        if entry["type"] == "json_invalid":
            return MalformedInput("not JSON")
        pointer = "".join(f"/{_escaped(str(part))}" for part in entry["loc"])
        context = entry.get("ctx", {})
        code = context.get("code") or _CODES.get(entry["type"], "invalid")  # our own validators tell theirs
        params = tuple((name, context[key]) for name, keys in _CONTEXT.items() for key in keys if key in context)
        found.setdefault(pointer, FieldError(pointer, code, params))
    return InvalidInput(list(found.values()))


def whole_number(text: str) -> int | None:
    """The whole number that `text` spells in at most sixteen ASCII digits; None where it spells none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


async def read_form(request: web.Request) -> dict[str, str]:
    """A form's text fields, each given once, under our dotted names. Raises MalformedInput, InvalidInput."""
    pairs = await _multipart(request) if request.content_type == "multipart/form-data" else await _urlencoded(request)
    fields: dict[str, str] = {}
    repeated: list[FieldError] = []
    for name, value in pairs:
        name = _WORDPRESS.get(name, name)
        if name in fields:
            repeated.append(FieldError("/" + name.replace(".", "/"), "repeated"))
        fields[name] = value
    if repeated:
        raise InvalidInput(repeated)
    return fields


def nested(fields: Mapping[str, str], names: Iterable[str]) -> bytes:
    """Dotted names as nested JSON; other fields of the form are passed over."""
    root: dict[str, Any] = {"article": {}, "author": {}}
    for name in names:
        if name in fields:
            head, dot, tail = name.partition(".")
            (root[head] if dot else root)[tail or head] = fields[name]
    return orjson.dumps(root)


async def _urlencoded(request: web.Request) -> list[tuple[str, str]]:
    raw = await read_body(request)
    try:  # by hand, since request.post() takes broken UTF-8 for U+FFFD
        return parse_qsl(raw.decode(request.charset or "utf-8"), keep_blank_values=True, errors="strict")
    except (ValueError, LookupError) as error:
        raise MalformedInput("not a form") from error


async def _multipart(request: web.Request) -> list[tuple[str, str]]:
    # By hand, since request.post() writes file parts to disk: a comment form has none.
    pairs: list[tuple[str, str]] = []
    size = 0
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            raw = await _part(part, request.client_max_size - size)
            size += len(raw)
            if part.filename is None:
                pairs.append((part.name, raw.decode(part.get_charset("utf-8"))))
    except NO_FORM as error:
        raise MalformedInput("not a form") from error
    return pairs


async def _part(part: BodyPartReader, room: int) -> bytes:
    raw = bytearray()
    while chunk := await part.read_chunk():
        raw += chunk
        if len(raw) > room:
            raise web.HTTPRequestEntityTooLarge(room, len(raw))
    return bytes(raw)

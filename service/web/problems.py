"""Errors as clients are told them: the one table of status codes (RFC 9457, `application/problem+json`).

Nothing of the input is repeated in a problem, so nothing of a comment can leak through one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from service import errors
from service.i18n import say
from service.web.answer import Whole
from service.web.wording import actor, moment

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Row:
    """How an error is told: status, a slug for its `type`, title and detail (messages to be translated)."""

    status: int
    slug: str
    title: str
    detail: str


TABLE: Mapping[type[Exception], Row] = {
    errors.MalformedInput: Row(400, "malformed", "Malformed request", "The request body cannot be read."),
    errors.SiteAmbiguous: Row(400, "site-ambiguous", "Which site?", "Say which site is meant, with ?site=."),
    errors.Unauthenticated: Row(
        401, "unauthenticated", "Not signed in", "Send a valid key or token: Authorization: Bearer …"
    ),
    errors.OriginNotAllowed: Row(
        403, "origin-not-allowed", "Origin not allowed", "This public key may only be used from its site's own pages."
    ),
    errors.Forbidden: Row(403, "forbidden", "Not allowed", "Your key or role does not allow this."),
    errors.NotFound: Row(404, "not-found", "Not found", "There is no such thing here."),
    errors.Duplicate: Row(409, "duplicate", "Duplicate comment", "It looks as though you have already said that."),
    errors.RepeatedWithOtherBody: Row(
        409, "repeated-with-other-body", "Repeated with another body", "This reference was used for another comment."
    ),
    errors.CaseAlreadyDecided: Row(
        409, "already-decided", "Already decided", "The comment has moved on since you saw it."
    ),
    errors.NothingToUndo: Row(409, "nothing-to-undo", "Nothing to undo", "No decision stands that could be undone."),
    errors.NotPending: Row(409, "not-pending", "Not pending", "The comment has been decided already."),
    errors.VersionConflict: Row(
        412, "version-conflict", "Changed meanwhile", "Somebody changed this since you read it; read it again."
    ),
    errors.AlreadyExists: Row(409, "already-exists", "Already exists", "This name is taken."),
    errors.LastEditor: Row(409, "last-editor", "Last editor", "A site needs an editor who can sign in."),
    errors.CursorExpired: Row(410, "cursor-expired", "Cursor too old", "Events after this cursor are no longer kept."),
    errors.UnsupportedMediaType: Row(
        415, "unsupported-media-type", "Unsupported media type", "Send application/json or a form."
    ),
    errors.InvalidInput: Row(422, "invalid", "Invalid input", "Some fields need your attention."),
    errors.TooManySubmissions: Row(
        429, "too-many-submissions", "Too many comments", "You are commenting too fast. Wait a moment, then try again."
    ),
    errors.StoreFull: Row(503, "store-full", "No room", "The service has no room for new comments now."),
    errors.Overloaded: Row(503, "overloaded", "Too busy", "The service is too busy. Try again in a moment."),
    errors.StoreUnavailable: Row(
        503, "store-unavailable", "Temporarily unavailable", "The service is not available now. Try again in a moment."
    ),
}
HTTP_ROWS: Mapping[int, Row] = {
    404: Row(404, "not-found", "Not found", "There is no such thing here."),
    405: Row(405, "method-not-allowed", "Method not allowed", "This address does not take that method."),
    413: Row(413, "too-large", "Too large", "The request is larger than 256 KiB."),
    417: Row(417, "expectation-failed", "Expectation failed", "The Expect header asks for something unknown."),
}
BAD_REQUEST = Row(400, "malformed", "Malformed request", "The request cannot be read.")
INTERNAL = Row(500, "internal", "Internal error", "Something went wrong here. Tell us the request's id.")

# What is wrong with a field, by its code.
FIELD_MESSAGES: Mapping[str, str] = {
    "required": "This field is required.",
    "too_long": "This field is too long: at most {max} characters.",
    "too_short": "This field is too short: at least {min}.",
    "invalid": "This value is not valid.",
    "invalid_email": "This e-mail address is not valid.",
    "invalid_url": "This web address is not valid.",
    "in_the_future": "This time lies in the future.",
    "repeated": "This field was given more than once.",
    "too_many": "At most {max} are allowed.",
    "too_few": "At least {min} must be given.",
    "out_of_range": "This number is out of range.",
    "unknown_field": "There is no such field.",
    "unknown_rule": "There is no such rule.",
    "overlapping_bands": "Bands of one label may not overlap.",
}
# Codes that the contract names; finer ones are told by their message alone.
_PUBLIC_CODE = {"invalid_email": "invalid", "invalid_url": "invalid", "in_the_future": "invalid"}


def row_of(error: Exception) -> Row:
    """The row of an error: its own class's, or its nearest ancestor's."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return INTERNAL


def field_message(error: errors.FieldError, language: str) -> str:
    """What is wrong with the field, in a sentence."""
    return say(language, FIELD_MESSAGES[error.code], **dict(error.params))


def document(row: Row, language: str, request_id: str, **extra: Any) -> dict[str, Any]:
    """A problem as a JSON object."""
    return {
        "type": f"urn:saring:problem:{row.slug}",
        "title": say(language, row.title),
        "status": row.status,
        "detail": extra.pop("detail", None) or say(language, row.detail),
        "request_id": request_id,
        **extra,
    }


def problem_of(error: Exception, language: str, request_id: str) -> dict[str, Any]:
    """An error of the trade as a problem."""
    details = _EXTRAS.get(type(error), _no_extra)(error, language)
    return document(row_of(error), language, request_id, **details)


def response_of(error: Exception, language: str, request_id: str) -> web.Response:
    """An error of the trade as an HTTP answer."""
    row = row_of(error)
    answer = problem_response(problem_of(error, language, request_id))
    answer.headers.update(retry_after(error))
    if row.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="saring"'
    return answer


def retry_after(error: Exception) -> dict[str, str]:
    """The Retry-After header of an error that passes by itself."""
    seconds = getattr(error, "retry_after_s", None)
    return {} if seconds is None else {"Retry-After": str(max(1, math.ceil(seconds)))}


def problem_response(problem: Mapping[str, Any]) -> web.Response:
    """A problem document as an HTTP answer."""
    return Whole(
        body=orjson.dumps(problem),
        status=problem["status"],
        headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"},
    )


def _no_extra(_error: Any, _language: str) -> dict[str, Any]:
    return {}


def _invalid(error: errors.InvalidInput, language: str) -> dict[str, Any]:
    return {
        "errors": [
            {
                "pointer": field.pointer,
                "code": _PUBLIC_CODE.get(field.code, field.code),
                "detail": field_message(field, language),
            }
            for field in error.errors
        ]
    }


def _decided(error: errors.CaseAlreadyDecided, language: str) -> dict[str, Any]:
    standing = error.standing
    current: dict[str, Any] = {"status": error.status, "version": error.version, "decision": None}
    if standing is None:
        return {"current": current}
    current["decision"] = {
        "decision": standing.decision,
        "by": standing.by,
        "at": moment(standing.at_ms),
        "reason": standing.reason,
    }
    said = "Rejected by {who} at {when}." if standing.decision == "reject" else "Approved by {who} at {when}."
    detail = say(language, said, who=actor(standing.by), when=moment(standing.at_ms))
    return {"detail": detail, "current": current}


_EXTRAS: Mapping[type[Exception], Callable[[Any, str], dict[str, Any]]] = {
    errors.InvalidInput: _invalid,
    errors.CaseAlreadyDecided: _decided,
    errors.VersionConflict: lambda error, _: {"current": {"version": error.version}},
    errors.TooManySubmissions: lambda error, _: {"limit": error.limit},
}

"""Whether there is room for a submission, asked before anything else is done for it.

A refusal must cost far less than a submission: else, when much more comes than can be done, it is refusals alone that a
process is busy with. Hence nothing is looked up here, parsed or logged, only counted.
"""

from __future__ import annotations

from aiohttp import web

from service.domain.ids import TAG_LENGTH
from service.errors import Overloaded
from service.web.context import LANGUAGE, REQUEST_ID
from service.web.problems import response_of, row_of
from service.web.services import Services

_PATH = "/v1/comments"
_BEGINS = len("Bearer sk_")
_OVERLOADED = Overloaded("no room")
_ROW = row_of(_OVERLOADED)


def refusal(request: web.Request, services: Services) -> web.Response | None:
    """The answer to a submission that has no room, else None.

    Which site is meant is taken on trust: a key that is none is found out later, if there is room. A page's own script
    (`Origin`) may read only an answer that names its site, and is therefore not answered here; nor is a form, whose key
    is in its body.
    """
    if request.path != _PATH or request.method != "POST" or "Origin" in request.headers:
        return None
    tag = request.headers.get("Authorization", "")[_BEGINS : _BEGINS + TAG_LENGTH]
    if not tag or not tag.isascii() or services.submit.has_room(tag):
        return None
    services.meter.submission_refused(_ROW.slug)
    services.meter.answered(request.method, _PATH, _ROW.status, 0.0)
    answer = response_of(_OVERLOADED, request[LANGUAGE], request[REQUEST_ID])
    answer.headers["X-Request-Id"] = request[REQUEST_ID]
    return answer

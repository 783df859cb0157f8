"""A site's policy and lists: read, and replaced as a whole by whoever has seen the current version."""

from __future__ import annotations

import re

from aiohttp import web

from service.errors import FieldError, InvalidInput
from service.web.answer import json_answer
from service.web.context import Context
from service.web.requests import KeysModel, ListsModel, PeopleModel, PolicyModel

Versioned = PolicyModel | ListsModel | PeopleModel | KeysModel
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


async def get_policy(context: Context) -> web.StreamResponse:
    """The policy in force."""
    return versioned(PolicyModel.of(context.site.policy))


async def put_policy(context: Context) -> web.StreamResponse:
    """A new policy, in force at once in every process."""
    policy = await context.services.configure.put_policy(
        context.tag, context.body.policy(), follows(context), context.caller.by
    )
    return versioned(PolicyModel.of(policy))


async def get_lists(context: Context) -> web.StreamResponse:
    """The lists in force."""
    return versioned(ListsModel.of(context.site.lists))


async def put_lists(context: Context) -> web.StreamResponse:
    """New lists, in force at once in every process."""
    lists = await context.services.configure.put_lists(
        context.tag, context.body.lists(), follows(context), context.caller.by
    )
    return versioned(ListsModel.of(lists))


def versioned(model: Versioned) -> web.Response:
    """The document, with its version as its ETag."""
    return json_answer(model.model_dump(mode="json"), headers={"ETag": f'"{model.version}"'})


def follows(context: Context) -> int | None:
    """The version that the caller has seen: If-Match, else the document's own; None: whatever stands."""
    match = context.request.headers.get("If-Match")
    if match is None or match.strip() == "*":
        version: int | None = context.body.version if match is None else None
        return version
    found = _ETAG.fullmatch(match.strip())
    if found is None:
        raise InvalidInput([FieldError("/If-Match", "invalid")])
    return int(found[1])

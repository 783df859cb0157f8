"""The OpenAPI 3.1 document, made from the route table and the pydantic models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from openapi_pydantic import OpenAPI
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel

from service.domain.site import KeyKind
from service.web.answers import ProblemOut
from service.web.context import Route
from service.web.problems import CONTENT_TYPE, HTTP_ROWS, TABLE

_PARAMETERS = {
    "id": "An id of ours; it tells its site.",
    "slug": "A site's slug.",
}
_HEADERS = {
    "Idempotency-Key": "The same key gives the same comment again, for 24 hours.",
    "If-Match": "The ETag that you read.",
    "Last-Event-ID": "The id of the last event you know.",
}
_FORM = {
    "type": "object",
    "description": "A plain form: our names dotted, or WordPress's.",
    "properties": {
        name: {"type": "string"}
        for name in (
            "key", "article.id", "article.url", "author.name", "author.email", "author.url", "body", "parent_id",
            "honeypot", "author", "email", "url", "comment", "comment_post_ID", "comment_parent",
        )
    },
}  # fmt: skip


def build(routes: Sequence[Route]) -> dict[str, Any]:
    """The whole document as plain JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    document = OpenAPI.model_validate(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Saring",
                "version": version("saring"),
                "summary": "Comment moderation that a newsroom runs itself.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "paths": paths,
            "components": {
                "securitySchemes": {
                    "key": {"type": "http", "scheme": "bearer", "description": "A secret (sk_…) or public (pk_…) key."},
                    "token": {"type": "http", "scheme": "bearer", "description": "A person's token (mt_…)."},
                }
            },
        }
    )
    whole = construct_open_api_with_schema_class(document)
    dumped: dict[str, Any] = whole.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
    return dumped


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{route.view.__name__}_{re.sub('[^a-z0-9]+', '_', route.path.lower()).strip('_')}",
        "summary": route.summary,
        "description": (route.view.__doc__ or "").strip(),
        "tags": [route.tag],
        "responses": _responses(route),
    }
    parameters = [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)]
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        content: dict[str, Any] = {"application/json": {"schema": _schema(route.body)}}
        if KeyKind.PUBLIC in route.keys:
            content["application/x-www-form-urlencoded"] = {"schema": _FORM}
            content["multipart/form-data"] = {"schema": _FORM}
        operation["requestBody"] = {"content": content, "required": _is_required(route.body)}
    if not route.is_open:
        schemes = (["key"] if route.keys else []) + (["token"] if route.role else [])
        operation["security"] = [{scheme: []} for scheme in schemes]
    return operation


def _schema(model: type[BaseModel]) -> PydanticSchema[Any]:
    return PydanticSchema(schema_class=model)  # type: ignore[call-arg]


def _is_required(model: type[BaseModel]) -> bool:
    return any(field.is_required() for field in model.model_fields.values())


def _responses(route: Route) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, model in route.answers.items():
        responses[str(status)] = {"description": route.summary}
        if model is not None:
            responses[str(status)]["content"] = {route.content: {"schema": _schema(model)}}
        elif status != 204:
            responses[str(status)]["content"] = {route.content: {}}
    if KeyKind.PUBLIC in route.keys:
        responses["303"] = {"description": "Back to the article, for a plain HTML form"}
    titles = {row.status: row.title for row in (*HTTP_ROWS.values(), *list(TABLE.values())[::-1])}
    for status in route.problems:
        content: dict[str, Any] = {CONTENT_TYPE: {"schema": _schema(ProblemOut)}}
        if KeyKind.PUBLIC in route.keys:
            content["text/html"] = {}  # for a plain HTML form
        responses[str(status)] = {"description": titles[status], "content": content}
    return responses


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PARAMETERS[name],
            "schema": {"type": "string", "minLength": 1, "pattern": "^[a-z0-9_-]+$"},
        }
        for name in re.findall(r"{(\w+)}", route.path)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": of_field.pop("description", ""),
            "schema": {key: value for key, value in of_field.items() if key != "title"},
        }
        for name, of_field in schema["properties"].items()
    ]


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": False, "description": _HEADERS[name], "schema": {"type": "string"}}
        for name in route.headers
    ]

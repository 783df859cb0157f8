"""Hand-made requests to the console: whatever stands in a query, a header, a form or JSON, no page breaks."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.site import ListEntry, Lists, Role
from service.web.console.pages import PAGES
from tests.conftest import Desk
from tests.web.console import Visitor, visitor

PUBLIC = {"/console/sign-out"}  # it would end the visit
PATHS = {"slug": "koran", "token": "x", "author": "x"}
QUERY = (
    "kind", "article", "order", "spam", "abuse", "language", "author", "q", "status", "period", "table", "list",
    "added", "after", "next", "saved", "page", "before",
)  # fmt: skip
ODD = ("²", "٣", "-1", "1e9", "9" * 5_000, "\x00", "{}", "9999999999999999", "🜁" * 300, "' OR 1=1")
FORMS: dict[str, list[dict[str, str]]] = {
    "/console/{slug}/lists": [
        {"do": "add", "list": "words", "values": "x"},
        {"do": "remove", "list": "words", "at": "0"},
        {"do": "try", "list": "words", "comment": "x"},
    ],
    "/console/{slug}/people": [{"do": "invite", "email": "a@example.com", "role": "reader"}, {"do": "role"}],
    "/console/{slug}/keys": [{"do": "revoke", "id": "x"}],
    "/console/{slug}/policy": [{"do": "save"}],
    "/console/{slug}/authors/{author}": [{"do": "put", "verdict": "hold", "days": "7"}, {"do": "note", "text": "x"}],
}
FIELDS = (
    "version",
    "at",
    "until",
    "days",
    "id",
    "role",
    "do",
    "list",
    "verdict",
    "spam.hold",
    "rule.links.max",
    "status",
)
JSON = (
    {"cases": [{"id": "\ud800", "version": 1}], "decision": "approve"},
    {"cases": [{"id": "{id}", "version": True}], "decision": "approve"},
    {"cases": [{"id": "{id}", "version": 10**400}], "decision": "approve"},
    {"cases": [{"id": "{id}", "version": -1}], "decision": "approve", "reason": ["spam"]},
    {"cases": {"id": "{id}"}, "decision": {}},
    {"id": "\ud800"},
    {"id": "{id}", "version": "²"},
    {"batch": "\ud800"},
    {"batch": ["b"]},
)


@pytest_asyncio.fixture
async def editor(web: TestClient[Any, Any], house: House, desk: Desk) -> Visitor:
    await house.configure.put_lists(desk.newsroom.tag, Lists(words=(ListEntry("pinjol"),)), None, "host")
    return await visitor(web, house, desk.newsroom.tag, Role.EDITOR)


async def paths(desk: Desk, method: str) -> list[str]:
    """Every path of the console but those that end the visit; ids are of a living comment."""
    comment = (await desk.submit()).comment
    names = {**PATHS, "id": comment.id, "author": desk.house.services.read.author_id(comment)}
    rows = [page.path for page in PAGES if page.method == method and page.path not in PUBLIC]
    return [path.format(**names) for path in rows if not path.endswith("/stream")]


async def test_no_query_breaks_a_page(desk: Desk, editor: Visitor) -> None:
    for path in await paths(desk, "GET"):
        for odd in ODD:
            told = await editor.get(path, **dict.fromkeys(QUERY, odd))

            assert told.status < 500, (path, odd[:20])


async def test_no_path_breaks_a_page(desk: Desk, editor: Visitor) -> None:
    for page in PAGES:
        for odd in ("%C2%B2", "%ED%A0%80", "%00", "9" * 500, "c_%2F..", "%FF"):
            told = await editor.ask(page.method, page.path.format(slug="koran", id=odd, author=odd, token=odd))

            assert told.status < 500, (page.path, odd)


@pytest.mark.parametrize("path", FORMS)
async def test_no_form_breaks_a_page(desk: Desk, editor: Visitor, path: str) -> None:
    comment = (await desk.submit()).comment
    where = path.format(slug="koran", author=desk.house.services.read.author_id(comment))
    for form in FORMS[path]:
        for field in FIELDS:
            for odd in ODD:
                told = await editor.post(where, **{**form, field: odd})

                assert told.status < 500, (form, field, odd[:20])


@pytest.mark.parametrize("verb", ["decide", "undo", "release", "escalate"])
async def test_no_json_breaks_a_verb(desk: Desk, editor: Visitor, verb: str) -> None:
    comment = (await desk.submit()).comment
    for body in JSON:
        told = await editor.ask("POST", f"/{verb}", json=_of(comment.id, body))

        assert told.status < 500, body


def _of(comment_id: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _of(comment_id, each) for name, each in value.items()}
    return (
        [_of(comment_id, each) for each in value]
        if isinstance(value, list)
        else comment_id
        if value == "{id}"
        else value
    )


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("application/x-www-form-urlencoded; charset=klingon", b"version=1"),
        ("application/x-www-form-urlencoded", b"version=\xff"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"--x"),
    ],
)
async def test_what_is_no_form_is_refused(editor: Visitor, kind: str, raw: bytes) -> None:
    for path in ("/lists", "/lists.csv", "/people", "/policy"):
        told = await editor.ask("POST", path, data=raw, type=kind)

        assert told.status in (400, 412, 422), path


async def test_a_version_in_no_digits_of_ours_is_no_version(editor: Visitor, house: House, desk: Desk) -> None:
    told = await editor.post("/lists", do="add", list="words", values="slot", version="²")

    assert told.status == 303
    config = await house.directory.current(desk.newsroom.tag)
    assert [entry.value for entry in config.lists.words] == ["pinjol", "slot"]

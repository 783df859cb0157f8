"""Calling the application as its clients do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import TestClient

from tests.conftest import Newsroom
from tests.web.edge import Edge


@dataclass(slots=True)
class Answer:
    """An HTTP answer, read."""

    status: int
    headers: Any
    body: Any
    text: str = field(repr=False, default="")

    @property
    def pointers(self) -> dict[str, str]:
        """Codes by pointer of a problem's bad fields."""
        return {error["pointer"]: error["code"] for error in self.body.get("errors", [])}


Call = Callable[..., Awaitable[Answer]]


@pytest.fixture
def call(web: TestClient, newsroom: Newsroom) -> Call:  # type: ignore[type-arg]
    """Calls a route; with the secret key unless `key` says otherwise ("" for none)."""

    async def do(method: str, path: str, *, key: str | None = None, **options: Any) -> Answer:
        headers = dict(options.pop("headers", {}))
        key = newsroom.secret if key is None else key
        if key:
            headers.setdefault("Authorization", f"Bearer {key}")
        async with web.request(method, path, headers=headers, allow_redirects=False, **options) as answer:
            text = (await answer.read()).decode()
            body = await answer.json() if "json" in answer.content_type else text
            return Answer(answer.status, answer.headers, body, text)

    return do


@pytest.fixture
def comment() -> Callable[..., dict[str, Any]]:
    """A submission's JSON; another author and text each time, unless told."""
    number = 0

    def make(**changes: Any) -> dict[str, Any]:
        nonlocal number
        number += 1
        made = {
            "article": {"id": "12345", "url": "https://koran.example/a", "title": "Sungai dibersihkan"},
            "author": {"name": f"Siti {number}", "email": f"siti{number}@example.com", "url": ""},
            "body": f"Semoga merata sampai ke desa, terima kasih ({number})",
        }
        for dotted, value in changes.items():
            target = made
            *path, last = dotted.split("__")
            for part in path:
                target = target[part]  # type: ignore[assignment]
            target[last] = value
        return made

    return make


@pytest.fixture
def edge(web: TestClient, newsroom: Newsroom) -> Edge:  # type: ignore[type-arg]
    """Requests of a newspaper and its pages."""
    return Edge(web, newsroom)


@pytest.fixture
def people(web: TestClient, staffed: Newsroom) -> Edge:  # type: ignore[type-arg]
    """The same, and requests of its people."""
    return Edge(web, staffed)


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """Everything that is logged while the test runs."""
    with structlog.testing.capture_logs() as lines:
        yield lines

"""More comes than can be done: a submission without room is refused before anything is done for it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from service.app import House
from service.settings import Settings, load_settings
from tests.conftest import wait_until
from tests.web.edge import PAGE, Edge


@pytest.fixture
def settings() -> Settings:
    """One may wait."""
    limits = {"flood_address_per_min": 0, "flood_email_per_min": 0, "flood_site_per_s": 0}
    return load_settings(**limits, queue_capacity=1, queue_wait_ms=60_000, demo=False)


@pytest.fixture
def gate(house: House, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until it is set, the store does not answer what submissions ask."""
    gate = asyncio.Event()
    write = house.store.comments.write

    async def write_later(*given: Any, **named: Any) -> Any:
        await gate.wait()
        return await write(*given, **named)

    monkeypatch.setattr(house.store.comments, "write", write_later)
    return gate


async def crowded(edge: Edge, house: House) -> list[asyncio.Task[Any]]:
    """As many submissions as there is room for."""
    tasks = []
    while house.submissions.has_room(edge.newsroom.tag):
        tasks.append(asyncio.create_task(edge.submit()))
        n_sent = len(tasks)
        grouped = house.submissions._of(edge.newsroom.tag)
        await wait_until(lambda: _n_inside(grouped) == n_sent, description="it has come in")  # noqa: B023
    return tasks


def _n_inside(grouped: Any) -> int:
    return int(grouped._n_waiting + len(grouped._running))


async def test_a_submission_without_room_is_refused_unread_and_asked_to_come_back(
    edge: Edge, house: House, gate: asyncio.Event, logged: list[Any]
) -> None:
    tasks = await crowded(edge, house)

    for body in (edge.comment(), "not even a comment"):
        refused = await edge.submit(body)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "1")
        assert refused.content_type == "application/problem+json"
        problem = await refused.json()
        assert problem["type"] == "urn:saring:problem:overloaded"
        assert problem["request_id"] == refused.headers["X-Request-Id"]

    assert logged == []  # who floods us does not flood the log
    metrics = await (await edge.call("GET", "/metrics")).text()
    assert 'saring_refused_total{problem="overloaded"} 2.0' in metrics
    assert 'saring_request_seconds_count{method="POST",route="/v1/comments",status="503"} 2.0' in metrics
    gate.set()
    assert [(await task).status for task in tasks] == [201] * len(tasks)
    assert (await edge.submit()).status == 201


async def test_pages_and_forms_are_refused_in_words_that_they_can_read(
    edge: Edge, house: House, gate: asyncio.Event
) -> None:
    tasks = await crowded(edge, house)

    page = await edge.submit(credential=edge.newsroom.public)
    form = {"key": edge.newsroom.public, "article.id": "1", "author.name": "Siti", "author.email": "siti@example.com"}
    headers = {"Origin": PAGE, "Accept": "text/html"}
    plain = await edge.call("POST", "/v1/comments", data={**form, "body": "Salam"}, headers=headers)

    assert (page.status, page.headers["Access-Control-Allow-Origin"]) == (503, PAGE)
    assert (plain.status, plain.content_type) == (503, "text/html")
    gate.set()
    await asyncio.gather(*tasks)


async def test_meanwhile_people_read_and_decide(edge: Edge, house: House, gate: asyncio.Event) -> None:
    gate.set()
    waiting = await edge.held()
    gate.clear()
    tasks = await crowded(edge, house)

    (case,) = (await edge.post("/v1/queue/claim", n=1))["cases"]
    decided = await edge.post(f"/v1/comments/{waiting}/approve", expected_version=case["version"])

    assert (case["comment"]["id"], decided["status"]) == (waiting, "approved")
    gate.set()
    await asyncio.gather(*tasks)

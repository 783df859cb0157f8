"""The service about itself, and what it says while its store is away."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from classifiers import Classifier
from service.app import House, application, furnish
from service.scoring import Scorer
from service.secret import Secret
from service.settings import Settings, load_settings
from service.store.embedded import Embedded
from tests.conftest import open_newsroom, wait_until
from tests.web.edge import Edge


async def test_it_tells_how_it_is(edge: Edge) -> None:
    assert await edge.get("/healthz") == {"status": "ok"}
    ready = await edge.get("/readyz")
    assert (ready["status"], ready["store"]) == ("ok", True)
    assert ready["model"]


@pytest.mark.parametrize(
    ("version", "wish", "told", "stays"),
    [
        ("1.1", "", None, True),
        ("1.1", "Connection: close\r\n", "close", False),
        ("1.0", "", None, False),
        ("1.0", "Connection: keep-alive\r\n", "keep-alive", True),
    ],
)
async def test_a_connection_ends_as_its_client_wishes(
    web: TestClient,  # type: ignore[type-arg]
    version: str,
    wish: str,
    told: str | None,
    stays: bool,
) -> None:
    reader, writer = await asyncio.open_connection(web.host, web.port)
    ask = f"GET /healthz HTTP/{version}\r\nHost: koran.example\r\n{wish}\r\n".encode()

    for _ in range(2 if stays else 1):
        writer.write(ask)
        line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(header.split(": ", 1) for header in rest if header)

        assert line == f"HTTP/{version} 200 OK"
        assert await reader.readexactly(int(headers["Content-Length"])) == b'{"status":"ok"}'
        assert headers.get("Connection") == told
        assert {"Date", "Server", "X-Request-Id"} < headers.keys()
    if not stays:
        assert await reader.read() == b""
    writer.close()


async def test_its_document_and_pages_need_no_key_and_no_other_host(edge: Edge) -> None:
    document = await edge.call("GET", "/openapi.json")
    docs = await edge.call("GET", "/docs")
    html = await docs.text()
    assert (document.status, docs.status) == (200, 200)
    assert (await document.json())["openapi"].startswith("3.1")
    assert "https://" not in html.replace("https://www.w3.org", "")
    assert "default-src 'none'" in docs.headers["Content-Security-Policy"]


async def test_metrics_count_comments_and_decisions(edge: Edge) -> None:
    comment = await edge.held()
    await edge.post("/v1/decisions", decisions=[
        {"comment_id": comment, "decision": "approve"}, {"comment_id": "c_nothing", "decision": "approve"},
    ])  # fmt: skip
    await edge.submit({})
    text = await (await edge.call("GET", "/metrics")).text()
    assert 'saring_comments_total{site="koran",verdict="hold"} 1.0' in text
    assert 'saring_decisions_total{decision="approve",site="koran"} 1.0' in text
    assert 'saring_refused_total{problem="invalid"} 1.0' in text
    assert comment not in text


class TestMetricsBehindAProxy:
    @pytest.fixture
    def settings(self) -> Settings:
        return load_settings(trusted_proxies="127.0.0.1", metrics_networks="10.0.0.0/8", demo=False)

    @pytest.mark.parametrize(
        ("forwarded", "status"), [("", 403), ("10.1.2.3", 200), ("203.0.113.7", 403), ("10.1.2.3, 203.0.113.7", 403)]
    )
    async def test_they_are_for_trusted_networks(self, edge: Edge, forwarded: str, status: int) -> None:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        assert (await edge.call("GET", "/metrics", headers=headers)).status == status


async def test_an_unknown_address_or_method_is_a_problem(edge: Edge) -> None:
    unknown = await edge.call("GET", "/v1/nothing")
    method = await edge.call("DELETE", "/v1/comments")
    assert (unknown.status, method.status) == (404, 405)
    assert {unknown.content_type, method.content_type} == {"application/problem+json"}
    assert "GET" in method.headers["Allow"]
    assert unknown.headers["X-Content-Type-Options"] == "nosniff"


@pytest_asyncio.fixture
async def alone(tmp_path: Path, secret: Secret, classifier: Classifier) -> AsyncIterator[tuple[Edge, House, Embedded]]:
    """An application on a Valkey of its own, which the test may stop."""
    server = Embedded(tmp_path)
    server.own()
    server.start()
    settings = load_settings(flood_email_per_min=0, flood_site_per_s=0, store_timeout_s=0.5, demo=False)
    house = furnish(settings, server.url, secret, scorer=Scorer(classifier, settings.score_deadline_ms))
    async with TestClient(TestServer(application(house, with_loops=False))) as web:
        yield Edge(web, await open_newsroom(house)), house, server
    server.stop()


async def unavailable(answer: Any) -> bool:
    told = await answer.json()
    return answer.status == 503 and int(answer.headers["Retry-After"]) > 0 and told["status"] == 503


async def test_while_the_store_is_away_all_are_asked_to_come_back(alone: tuple[Edge, House, Embedded]) -> None:
    edge, _, server = alone
    comment = edge.comment()
    assert (await edge.submit(comment)).status == 201
    server.stop()
    assert await unavailable(await edge.submit())
    assert await unavailable(await edge.call("GET", "/v1/comments", edge.newsroom.secret))
    assert (await edge.call("GET", "/healthz")).status == 200
    assert (await edge.call("GET", "/readyz")).status == 503
    # when it comes back, all is there
    server.own()
    server.start()
    assert (await edge.call("GET", "/readyz")).status == 200
    assert (await edge.submit(comment)).status == 409
    assert len((await edge.get("/v1/comments"))["comments"]) == 1


async def test_a_store_that_dies_in_mid_request_leaves_nothing_half_written(
    alone: tuple[Edge, House, Embedded],
) -> None:
    edge, house, server = alone
    assert server.pid is not None
    # given a store that hangs, and comments on their way
    os.kill(server.pid, signal.SIGSTOP)
    comments = [edge.comment(client_ref=f"wp-{at}") for at in range(20)]
    tasks = [asyncio.create_task(edge.submit(comment)) for comment in comments]
    answers = await asyncio.gather(*tasks)
    assert all([await unavailable(answer) for answer in answers])
    # when it is killed and started again, and the newspaper sends all again
    os.kill(server.pid, signal.SIGKILL)
    await wait_until(server.has_ended, "the store is gone")
    server.start()
    again = [await edge.submit(comment) for comment in comments]
    # then each comment is there once, with its event and its case
    assert {answer.status for answer in again} <= {200, 201}
    listed = (await edge.get("/v1/comments?limit=200"))["comments"]
    assert sorted(c["client_ref"] for c in listed) == sorted(c["client_ref"] for c in comments)
    events = (await edge.get("/v1/events"))["events"]
    assert sorted(e["data"]["comment_id"] for e in events) == sorted(c["id"] for c in listed)
    queue = await house.services.review.queue(edge.newsroom.tag, order="oldest", views=["all"], limit=200)
    assert len(queue.comments) == sum(c["status"] == "pending" for c in listed)

"""A full store: comments are refused with a time to come back, what people do still works, and it is said before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from service.app import House, application
from service.cli import doctor
from service.domain.site import Role
from service.store.memory import Memory, read_memory
from tests.cli.host import Host
from tests.conftest import Desk, wait_until
from tests.store.servers import PrivateServer

Web = TestClient[Any, Any]


@pytest_asyncio.fixture
async def web(frail: House) -> AsyncIterator[Web]:
    async with TestClient(TestServer(application(frail, with_loops=False, closes_house=False))) as client:
        yield client


async def limit(house: House, share_used: float) -> None:
    """Sets the store's limit so that this share of it is used."""
    used = (await read_memory(house.store.client)).used
    await house.store.client.call("CONFIG", "SET", "maxmemory", int(used / share_used))


async def test_at_the_limit_comments_wait_and_people_go_on(frail: House, frail_desk: Desk, web: Web) -> None:
    ids = [(await frail_desk.submit()).comment.id for _ in range(8)]
    invited = await frail.configure.create_user(frail_desk.newsroom.tag, "rina@example.com", Role.EDITOR)
    newspaper = {"Authorization": f"Bearer {frail_desk.newsroom.secret}"}
    moderator = {"Authorization": f"Bearer {invited.token}"}
    comment = {"article": {"id": "1"}, "author": {"name": "Siti", "email": "siti@example.com"}, "body": "Semoga lekas"}

    async def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with web.request(method, path, json=body, headers=moderator) as answer:
            return answer.status, await answer.json()

    await limit(frail, 1.1)
    async with web.post("/v1/comments", json=comment, headers=newspaper) as refused:
        assert refused.status == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert (await refused.json())["type"] == "urn:saring:problem:store-full"

    # Reading
    for path in (f"/v1/comments/{ids[0]}", "/v1/comments", "/v1/queue", "/v1/events", "/readyz", "/metrics"):
        async with web.get(path, headers=moderator) as answer:
            assert answer.status == 200, path
    # and all that people do
    status, told = await ask("POST", "/v1/queue/claim", {"n": 3})
    assert (status, len(told["cases"])) == (200, 3)
    assert (await ask("POST", "/v1/queue/release", {}))[0] == 200
    assert (await ask("POST", f"/v1/comments/{ids[0]}/approve", {}))[0] == 200
    assert (await ask("POST", f"/v1/comments/{ids[1]}/reject", {"reason": "spam"}))[0] == 200
    assert (await ask("POST", f"/v1/comments/{ids[1]}/undo", {}))[1]["status"] == "pending"
    assert (await ask("POST", f"/v1/comments/{ids[2]}/escalate", {"note": "ragu"}))[0] == 200
    many = {"decisions": [{"comment_id": cid, "decision": "approve"} for cid in ids[3:]]}
    status, told = await ask("POST", "/v1/decisions", many)
    assert status == 200
    assert all(result["status"] == "approved" for result in told["results"])
    assert (await ask("POST", f"/v1/decisions/{told['batch']}/undo", {}))[0] == 200
    # and time: what is over makes room.
    await frail.sweep()

    await frail.store.client.call("CONFIG", "SET", "maxmemory", 0)
    async with web.post("/v1/comments", json=comment, headers=newspaper) as taken:
        assert taken.status == 201


@pytest.mark.parametrize(("share", "warns"), [(0.7, False), (0.9, True)])
async def test_doctor_warns_from_four_fifths(frail: House, private: PrivateServer, share: float, warns: bool) -> None:
    await limit(frail, share)

    findings = {finding.what: finding for finding in await doctor._asked(private.url, 1.0)}

    assert findings["memory"].is_well is not warns
    assert ("raise maxmemory" in findings["memory"].mend) is warns


async def test_the_metrics_tell_memory_and_limit(frail: House, web: Web) -> None:
    await limit(frail, 0.5)

    memory = await frail.watch()

    async with web.get("/metrics") as answer:
        lines = dict(line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if not line.startswith("#"))
    assert float(lines["saring_store_memory_bytes"]) == memory.used > 0
    assert float(lines["saring_store_memory_limit_bytes"]) == memory.most > memory.used


@pytest.mark.parametrize(("share", "warns"), [(0.5, False), (0.9, True)])
async def test_the_service_warns_in_its_log(
    frail: House, private: PrivateServer, tmp_path: Path, share: float, warns: bool
) -> None:
    await limit(frail, share)
    (tmp_path / "secret").write_text("p" * 64)
    own = {"SARING_REDIS_URL": private.url, "SARING_SECRET_FILE": str(tmp_path / "secret"), "SARING_LOG_LEVEL": "debug"}
    host = Host(tmp_path, settings={**own, "SARING_DEMO": ""})

    def told() -> set[str]:
        return {orjson.loads(line)["event"] for line in (tmp_path / "err").read_bytes().splitlines()}

    try:
        await asyncio.to_thread(host.serve)
        await wait_until(lambda: "swept" in told(), "the loops have gone round")
        assert ("store_nearly_full" in told()) is warns
    finally:
        host.end()


def test_a_store_without_a_limit_is_never_nearly_full() -> None:
    assert not Memory(used=2**40, most=0).is_nearly_full


async def test_the_embedded_store_has_a_limit_below_the_machines_memory(frail: House) -> None:
    memory = await read_memory(frail.store.client)

    assert memory.used < memory.most

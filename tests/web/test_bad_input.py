"""What comes in broken: the right status, a problem that helps, nothing stored and nothing repeated."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from aiohttp import web

from service.app import House, application
from service.domain.site import KeyKind
from tests.conftest import Newsroom, open_newsroom, wait_until
from tests.web.edge import PAGE, Edge


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"author": None}, "/author", "required"),
        ({"article": None}, "/article", "required"),
        ({"author__name": "\u200b\u2060\ufeff"}, "/author/name", "required"),
        ({"author__name": "\u3164"}, "/author/name", "required"),
        ({"author__name": "\u202e\u202c"}, "/author/name", "required"),
        ({"author__email": "a" * 250 + "@example.com"}, "/author/email", "too_long"),
        ({"author__email": "siti@localhost"}, "/author/email", "invalid"),
        ({"author__email": 7}, "/author/email", "invalid"),
        ({"author__name": ["Siti"]}, "/author/name", "invalid"),
        ({"author": "Siti"}, "/author", "invalid"),
        ({"body": {"text": "x"}}, "/body", "invalid"),
        ({"body": "\x00\x01\x9f"}, "/body", "required"),
        ({"article__url": "ftp://koran.example"}, "/article/url", "invalid"),
        ({"submitted_at": "2126-01-01T00:00:00Z"}, "/submitted_at", "invalid"),
        ({"submitted_at": "2026-01-01T00:00:00"}, "/submitted_at", "invalid"),
        ({"submitted_at": "0001-01-01T00:00:00+14:00"}, "/submitted_at", "invalid"),
        ({"article__published_at": "2126-01-01T00:00:00Z"}, "/article/published_at", "invalid"),
        ({"client_ref": "r" * 201}, "/client_ref", "too_long"),
    ],
)
async def test_a_bad_field_is_named(edge: Edge, changes: dict[str, Any], pointer: str, code: str) -> None:
    answer = await edge.submit(edge.comment(**changes))
    told = await answer.json()
    assert answer.status == 422, told
    assert {error["pointer"]: error["code"] for error in told["errors"]} == {pointer: code}


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"[" * 100_000, 400),
        (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, 400),
        (b'{"body": "\\ud800"}', 400),
        (b'{"article": {"id": ' + b"9" * 5000 + b"}}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
    ],
)
async def test_json_that_is_no_comment_is_a_problem(edge: Edge, raw: bytes, status: int) -> None:
    headers = edge.bearer(edge.newsroom.secret, Content_Type="application/json")
    answer = await edge.web.post("/v1/comments", data=raw, headers=headers)
    assert answer.status == status
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
async def test_a_megabyte_in_chunks_is_too_large(edge: Edge, kind: str) -> None:
    async def parts() -> Any:
        for _ in range(20):
            yield b"a" * 50_000

    headers = edge.bearer(edge.newsroom.secret, Content_Type=kind)
    answer = await edge.web.post("/v1/comments", data=parts(), headers=headers)
    assert answer.status == 413
    assert answer.content_type == "application/problem+json"


async def test_what_was_sent_is_repeated_in_no_problem_no_log_and_no_metric(edge: Edge, logged: list[Any]) -> None:
    # given words that occur nowhere else, and each way to fail
    author = {"name": "Zubaedahkuning", "email": "zubaedahkuning@", "url": "javascript:rahasiaurl"}
    bad = {"article": {"id": "rahasiaid" * 40}, "author": author, "body": "rahasiabesar" * 1_000}
    good = edge.comment(
        author__name="Zubaedahkuning", author__email="zubaedahkuning@example.com", body="rahasiabesar sekali"
    )
    json = edge.bearer(edge.newsroom.secret, Content_Type="application/json")
    # when all are tried
    answers = [
        await edge.submit(bad),
        await edge.submit(good, "sk_rahasiabesar"),
        await edge.submit(good, Idempotency_Key="1"),
        await edge.submit(good),
        await edge.submit({**good, "body": "rahasiabesar lain"}, Idempotency_Key="1"),
        await edge.web.post("/v1/comments", data=b'{"body": rahasiabesar', headers=json),
        await edge.call("GET", "/v1/comments?q=rahasiabesar&limit=rahasiabesar", edge.newsroom.secret),
        await edge.call("GET", "/v1/comments/rahasiabesar", edge.newsroom.secret),
        await edge.call("GET", "/rahasiabesar", edge.newsroom.secret),
    ]
    # then none of the words comes back
    assert [answer.status for answer in answers] == [422, 401, 201, 409, 409, 400, 422, 404, 404]
    told = [await answer.text() for answer in answers if answer.status != 201]
    metrics = await (await edge.call("GET", "/metrics")).text()
    assert logged
    for text in (*told, orjson.dumps(logged, default=repr).decode(), metrics):
        assert "rahasia" not in text.lower()
        assert "zubaedah" not in text.lower()
    assert len((await edge.get("/v1/comments"))["comments"]) == 1


async def test_a_bug_is_told_without_its_words(
    edge: Edge, house: House, logged: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a bug, whose message holds a reader's words
    comment = await edge.held()

    async def buggy(*_: Any) -> Any:
        raise RuntimeError("rahasiabesar")

    monkeypatch.setattr(house.services.read, "one", buggy)
    # when it strikes
    answer = await edge.call("GET", f"/v1/comments/{comment}", edge.newsroom.secret)
    # then the answer names the request, and the message is nowhere
    assert answer.status == 500
    assert (await answer.json())["request_id"] == answer.headers["X-Request-Id"]
    assert "rahasia" not in await answer.text()
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["bug"]
    assert "rahasia" not in str(logged)


@pytest.mark.parametrize("path", ["/v1/comments", "/v1/queue/claim"])
async def test_a_client_that_hangs_up_amid_its_body_is_no_bug_of_ours(
    house: House, newsroom: Newsroom, logged: list[Any], path: str
) -> None:
    # given a request whose head was read, to a server that lets its handlers end (aiohttp's for tests would not)
    runner = web.AppRunner(application(house, with_loops=False, closes_house=False))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection(*runner.addresses[0])
    head = f"POST {path} HTTP/1.1\r\nHost: koran\r\nAuthorization: Bearer {newsroom.secret}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"
    writer.write(head.encode() + b'{"n":')
    assert b" 100 " in await reader.readline()
    # when its client goes away
    writer.close()
    # then that is the client's matter
    await wait_until(lambda: any(line["event"] == "request" for line in logged), description="it is over")
    assert [(line["event"], line.get("status")) for line in logged] == [("request", 400)]
    await runner.cleanup()


async def test_who_wishes_for_no_language_is_told_in_the_sites(edge: Edge, house: Any) -> None:
    site = await house.configure.create_site("paper", "Paper", (PAGE,), "en", "Europe/London")
    key = (await house.configure.create_key(site.tag, KeyKind.SECRET)).key
    refused = await edge.submit(edge.comment(author__name=""), key)
    taken = await edge.submit(edge.comment(), key)
    indonesian = await edge.submit(edge.comment(), key, Accept_Language="id")
    missing = await edge.call("GET", "/v1/comments/c_x", key)
    assert (await refused.json())["errors"][0]["detail"] == "This field is required."
    assert (await taken.json())["message"] == "Your comment awaits moderation."
    assert (await indonesian.json())["message"] == "Komentar Anda menunggu moderasi."
    assert missing.status == 404


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("id", "Ruas ini wajib diisi."),
        ("fr, en;q=0.5", "This field is required."),
        ("id;q=0.1, en", "This field is required."),
        ("zz;q=x,,;;q=", "Ruas ini wajib diisi."),
        ("en;q=nan", "Ruas ini wajib diisi."),
    ],
)
async def test_messages_follow_what_the_reader_wishes_most(edge: Edge, wish: str, message: str) -> None:
    answer = await edge.submit(edge.comment(author__name=""), Accept_Language=wish)
    assert (await answer.json())["errors"][0]["detail"] == message


async def test_a_reference_of_one_site_says_nothing_at_another(edge: Edge, house: Any) -> None:
    other = await open_newsroom(house, "lain")
    comment = edge.comment(client_ref="wp-1")
    first, second = await edge.submit(comment), await edge.submit(comment, other.secret)
    assert (first.status, second.status) == (201, 201)
    assert (await first.json())["id"] != (await second.json())["id"]


async def test_a_parent_of_another_site_is_refused(edge: Edge, house: Any) -> None:
    other = Edge(edge.web, await open_newsroom(house, "lain"))
    answer = await edge.submit(edge.comment(parent_id=await other.held()))
    assert answer.status == 422
    assert (await answer.json())["errors"][0]["pointer"] == "/parent_id"

"""The site's facts in order, and its policy and lists."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import orjson
import pytest

from service.app import House
from tests.conftest import Clock
from tests.web.edge import Edge


async def test_events_are_told_in_order_from_a_cursor(edge: Edge) -> None:
    comment = (await edge.accepted(client_ref="wp-1"))["id"]
    await edge.post(f"/v1/comments/{comment}/approve")
    await edge.post(f"/v1/comments/{comment}/undo")
    page = await edge.get("/v1/events?limit=2")
    rest = await edge.get(f"/v1/events?after={page['next']}")
    empty = await edge.get(f"/v1/events?after={rest['next']}")
    events = page["events"] + rest["events"]
    assert [event["type"] for event in events] == ["comment.submitted", "comment.approved", "comment.reopened"]
    assert [event["id"] for event in events] == ["1", "2", "3"]
    assert [event["data"]["version"] for event in events] == [1, 2, 3]
    assert {event["data"]["client_ref"] for event in events} == {"wp-1"}
    assert empty == {"events": [], "next": rest["next"]}
    assert set(events[0]["data"]) == {"comment_id", "client_ref", "status", "version", "by", "reason"}


async def test_a_cursor_that_is_no_longer_kept_is_410_for_pages_and_streams(
    edge: Edge, house: House, clock: Clock
) -> None:
    await edge.held()
    await edge.held()
    clock.pass_(days=91)
    await edge.held()
    await edge.held()
    await house.store.events.trim(edge.newsroom.tag, clock.now_ms - 1_000)
    for path in ("/v1/events", "/v1/events/stream"):
        answer = await edge.call("GET", f"{path}?after=1", edge.newsroom.secret)
        assert answer.status == 410
        assert answer.content_type == "application/problem+json"


async def read_stream(edge: Edge, n: int, path: str = "/v1/events/stream", **headers: str) -> list[dict[str, str]]:
    """The next `n` events of the stream, as their fields."""
    sent = edge.bearer(edge.newsroom.secret, **headers)
    found: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    async with edge.web.get(path, headers=sent) as answer:
        assert answer.content_type == "text/event-stream"
        async for line in answer.content:
            name, _, value = line.decode().strip().partition(": ")
            if name:
                fields[name] = value
            elif fields:
                found.append(fields)
                fields = {}
                if len(found) == n:
                    break
    return found


async def test_a_stream_goes_on_where_its_reader_was_cut_off(edge: Edge) -> None:
    for _ in range(3):
        await edge.held()
    first = await read_stream(edge, 2)
    rest = await read_stream(edge, 1, Last_Event_ID=first[-1]["id"])
    assert [event["id"] for event in first + rest] == ["1", "2", "3"]
    page = await edge.get("/v1/events")
    assert [orjson.loads(event["data"]) for event in first + rest] == page["events"]
    assert rest[0]["event"] == "comment.submitted"


@pytest.mark.parametrize("value", ["-1", "x", "１", "9" * 30])
async def test_a_bad_cursor_is_named(edge: Edge, value: str) -> None:
    page = await edge.call("GET", "/v1/events", edge.newsroom.secret, params={"after": value})
    assert page.status == 422


BAND = {"label": "spam", "low": 0.5, "high": 1.0, "verdict": "hold"}


async def put(people: Edge, path: str, body: Any, **headers: str) -> Any:
    headers = people.bearer(people.newsroom.editor, Content_Type="application/json", **headers)
    return await people.web.put(path, data=BytesIO(orjson.dumps(body)), headers=headers)


async def test_a_policy_is_replaced_by_who_has_seen_it_and_holds_from_then(people: Edge) -> None:
    path = "/v1/sites/koran/policy"
    got = await people.call("GET", path, people.newsroom.editor)
    assert got.headers["ETag"] == '"1"'
    body = {"bands": [], "rules": []}
    changed = await put(people, path, body, If_Match=got.headers["ETag"])
    again = await put(people, path, body, If_Match=got.headers["ETag"])  # the same content is no conflict
    other = {"bands": [BAND], "rules": []}
    stale = await put(people, path, other, If_Match=got.headers["ETag"])
    own = await put(people, path, {**other, "version": 1})
    assert (changed.status, again.status, stale.status, own.status) == (200, 200, 412, 412)
    assert changed.headers["ETag"] == '"2"'
    assert (await stale.json())["current"] == {"version": 2}
    told = await people.accepted()
    assert (told["status"], told["policy_version"]) == ("approved", 2)


async def test_lists_hold_from_the_next_comment_on(people: Edge) -> None:
    path = "/v1/sites/koran/lists"
    sent = {
        "words": [{"value": "togel", "verdict": "reject"}],
        "emails": [{"value": "@spam.example.com", "verdict": ""}],
    }
    answer = await put(people, path, sent)
    assert answer.status in (200, 422)
    sent["emails"] = [{"value": "jahat@example.com", "verdict": "reject"}]
    assert (await put(people, path, sent)).status == 200
    word = await people.accepted(body="Ayo main T0GEL di sini")
    author = await people.accepted(author__email="Jahat@example.com")
    assert (word["status"], author["status"]) == ("rejected", "rejected")
    assert "word_list" in {reason["code"] for reason in word["reasons"]}
    assert (await people.call("GET", path, people.newsroom.editor)).headers["ETag"] != '"1"'


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("policy", {"bands": [BAND, {**BAND, "low": 0.9}], "rules": []}, ""),
        ("policy", {"bands": [{**BAND, "high": 0.4}], "rules": []}, ""),
        ("policy", {"bands": [{**BAND, "low": -0.1}], "rules": []}, "/bands/0/low"),
        ("policy", {"bands": [{**BAND, "label": "rude"}], "rules": []}, "/bands/0/label"),
        ("policy", {"bands": [], "rules": [{"code": "nonsense", "verdict": "hold"}]}, "/rules/0"),
        ("policy", {"bands": [], "rules": [], "extra": 1}, "/extra"),
        ("policy", {"rules": []}, "/bands"),
        ("lists", {"words": [{"value": ""}]}, "/words/0/value"),
        ("lists", {"words": [{"value": "x", "until": "9999-12-31T23:59:59-14:00"}]}, "/words/0/until"),
        ("lists", {"addresses": [{"value": "300.1.1.1"}]}, "/addresses"),
        ("lists", {"emails": [{"value": "nobody"}]}, "/emails"),
        ("lists", {"wrods": []}, "/wrods"),
    ],
)
async def test_a_document_is_taken_whole_or_not_at_all(people: Edge, path: str, body: Any, pointer: str) -> None:
    answer = await put(people, f"/v1/sites/koran/{path}", body)
    told = await answer.json()
    assert answer.status == 422, told
    assert [error["pointer"] for error in told["errors"]] == [pointer]
    kept = await people.call("GET", f"/v1/sites/koran/{path}", people.newsroom.editor)
    assert kept.headers["ETag"] == '"1"'


@pytest.mark.parametrize("etag", ["1", '"x"', '"1", "2"'])
async def test_an_etag_that_is_none_is_refused(people: Edge, etag: str) -> None:
    answer = await put(people, "/v1/sites/koran/policy", {"bands": [], "rules": []}, If_Match=etag)
    assert answer.status == 422


async def test_four_lists_of_ten_thousand_entries_are_taken_and_read_again(people: Edge) -> None:
    path = "/v1/sites/koran/lists"

    def entries(value: str) -> list[dict[str, str]]:
        return [{"value": value.format(n=n), "verdict": "hold", "note": "dari daftar lama"} for n in range(10_000)]

    lists = {
        "words": entries("judulslot{n}"),
        "domains": entries("judi{n}.example"),
        "addresses": [{"value": f"10.0.{n // 250}.{n % 250}"} for n in range(10_000)],
        "emails": entries("nama{n}@example.com"),
    }
    answer = await put(people, path, lists)
    assert answer.status == 200, await answer.text()
    told = await people.get(path, people.newsroom.editor)
    assert {name: len(told[name]) for name in lists} == dict.fromkeys(lists, 10_000)
    # and one more is refused, with the limit told
    answer = await put(people, path, {"words": [*lists["words"], {"value": "lagi"}]})
    assert answer.status == 422 and (await answer.json())["errors"][0]["code"] == "too_many"

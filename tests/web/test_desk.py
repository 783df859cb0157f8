"""The moderators' work by the API: claims, decisions, bulk, undo, escalation."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.conftest import Clock
from tests.web.edge import Edge


async def claimed(people: Edge, token: str, n: int) -> list[str]:
    told = await people.post("/v1/queue/claim", token, n=n)
    return [case["comment"]["id"] for case in told["cases"]]


async def test_two_moderators_at_once_never_get_the_same_case(people: Edge) -> None:
    room = people.newsroom
    waiting = {await people.held() for _ in range(30)}
    taken = await asyncio.gather(*(claimed(people, who, 3) for who in (room.moderator, room.colleague) * 5))
    flat = [comment for some in taken for comment in some]
    assert sorted(flat) == sorted(waiting)
    assert await claimed(people, room.moderator, 50) == []


async def test_of_two_who_decide_differently_at_once_one_is_told_who_was_first(people: Edge) -> None:
    room = people.newsroom
    for _ in range(10):
        comment = await people.held()
        answers = await asyncio.gather(
            people.call("POST", f"/v1/comments/{comment}/approve", room.moderator, json={}),
            people.call("POST", f"/v1/comments/{comment}/reject", room.colleague, json={"reason": "spam"}),
        )
        assert sorted(answer.status for answer in answers) == [200, 409]
        won, lost = [await answer.json() for answer in sorted(answers, key=lambda answer: answer.status)]
        assert lost["current"]["status"] == won["status"]
        assert lost["current"]["version"] == won["version"] == 2
        assert lost["current"]["decision"]["by"].startswith("u_")
        assert len((await people.get(f"/v1/comments/{comment}"))["history"]) == 2


async def test_the_same_decision_again_is_no_conflict_and_the_right_version_overrules(people: Edge) -> None:
    room = people.newsroom
    comment = await people.held()
    path = f"/v1/comments/{comment}"
    first = await people.post(f"{path}/approve", room.moderator)
    again = await people.post(f"{path}/approve", room.colleague)
    over = await people.post(f"{path}/reject", room.colleague, reason="hate", expected_version=first["version"])
    assert again == first == {"id": comment, "status": "approved", "version": 2}
    assert over == {"id": comment, "status": "rejected", "version": 3}


async def test_a_claim_is_given_back_or_comes_back_by_itself(people: Edge, clock: Clock) -> None:
    room = people.newsroom
    one, two = await people.held(), await people.held()
    assert set(await claimed(people, room.moderator, 2)) == {one, two}
    assert (await people.post("/v1/queue/release", room.moderator, comment_ids=[one]))["released"] == [one]
    assert await claimed(people, room.colleague, 2) == [one]
    clock.pass_(s=301)
    assert set(await claimed(people, room.colleague, 2)) == {one, two}


async def test_a_machines_verdict_is_no_decision(people: Edge) -> None:
    told = await people.accepted(honeypot="x")
    assert told["status"] == "rejected"
    done = await people.post(f"/v1/comments/{told['id']}/approve", people.newsroom.moderator)
    assert done["status"] == "approved"


async def test_undo_takes_back_to_the_queue_with_its_rank(people: Edge) -> None:
    room = people.newsroom
    ids = [await people.held() for _ in range(3)]
    before = await people.get("/v1/queue", room.reader)
    await people.post(f"/v1/comments/{ids[1]}/reject", room.moderator, reason="spam", note="catatan")
    undone = await people.post(f"/v1/comments/{ids[1]}/undo", room.moderator)
    after = await people.get("/v1/queue", room.reader)
    assert undone == {"id": ids[1], "status": "pending", "version": 3}
    assert [c["comment"]["id"] for c in after["cases"]] == [c["comment"]["id"] for c in before["cases"]]
    assert after["counts"] == before["counts"]
    nothing = await people.call("POST", f"/v1/comments/{ids[1]}/undo", room.moderator, json={})
    assert nothing.status == 409
    history = (await people.get(f"/v1/comments/{ids[1]}"))["history"]
    assert [entry["what"] for entry in history] == ["submitted", "reject", "undo"]
    assert history[1]["note"] == "catatan"


async def test_bulk_is_answered_one_by_one_and_its_undo_spares_what_moved_on(people: Edge) -> None:
    room = people.newsroom
    ids = [await people.held() for _ in range(3)]
    decisions = [{"comment_id": id_, "decision": "reject", "reason": "spam"} for id_ in [*ids, "c_nothing"]]
    done = await people.post("/v1/decisions", room.moderator, decisions=decisions)
    assert [result.get("status") for result in done["results"]] == ["rejected"] * 3 + [None]
    assert done["results"][3]["problem"]["status"] == 404
    # when one is overruled before the batch is undone
    await people.post(f"/v1/comments/{ids[0]}/approve", room.colleague, expected_version=2)
    undone = await people.post(f"/v1/decisions/{done['batch']}/undo", room.moderator)
    results = {result["comment_id"]: result for result in undone["results"]}
    assert results[ids[0]]["problem"]["status"] == 409
    assert {results[id_]["status"] for id_ in ids[1:]} == {"pending"}
    assert (await people.get(f"/v1/comments/{ids[0]}"))["status"] == "approved"


async def test_an_escalated_case_is_the_editors(people: Edge) -> None:
    room = people.newsroom
    comment = await people.held()
    await people.post(f"/v1/comments/{comment}/escalate", room.moderator, note="Tanya hukum")
    assert await claimed(people, room.colleague, 5) == []
    (case,) = (await people.get("/v1/queue?escalated=true", room.editor))["cases"]
    assert case["comment"]["id"] == comment
    assert case["comment"]["escalated"] is True


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/queue/claim", {"n": 51}, "/n"),
        ("/v1/queue/claim", {"n": 0}, "/n"),
        ("/v1/queue/claim", {"order": "random"}, "/order"),
        ("/v1/decisions", {"decisions": []}, "/decisions"),
        ("/v1/decisions", {"decisions": [{"comment_id": "c", "decision": "approve"}] * 501}, "/decisions"),
        ("/v1/decisions", {"decisions": [{"comment_id": "c", "decision": "maybe"}]}, "/decisions/0/decision"),
        ("/v1/comments/{id}/reject", {"reason": "because"}, "/reason"),
        ("/v1/comments/{id}/reject", {"note": "x" * 2001}, "/note"),
        ("/v1/comments/{id}/reject", {"expected_version": "2"}, "/expected_version"),
        ("/v1/comments/{id}/reject", {"expected_version": 0}, "/expected_version"),
    ],
)
async def test_a_bad_field_is_named(edge: Edge, path: str, body: Any, pointer: str) -> None:
    path = path.replace("{id}", await edge.held())
    answer = await edge.call("POST", path, edge.newsroom.secret, json=body)
    told = await answer.json()
    assert answer.status == 422, told
    assert [error["pointer"] for error in told["errors"]] == [pointer]


async def test_comments_are_listed_by_pages_without_a_gap_and_found_by_words(edge: Edge, clock: Clock) -> None:
    ids = []
    for at in range(7):
        ids.append((await edge.accepted(body=f"Jembatan nomor {40 + at} rusak parah"))["id"])
        clock.pass_(ms=at % 2)
    seen, cursor = [], ""
    while cursor is not None:
        page = await edge.get(f"/v1/comments?limit=3&cursor={cursor}")
        seen += [comment["id"] for comment in page["comments"]]
        cursor = page["cursor"]
    assert sorted(seen) == sorted(ids)
    found = await edge.get("/v1/comments?q=JEMBATAN%20nomor%2044")
    assert [comment["id"] for comment in found["comments"]] == [ids[4]]
    bad = await edge.call("GET", "/v1/comments?cursor=%00", edge.newsroom.secret)
    assert bad.status == 422

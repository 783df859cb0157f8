"""What the machine is unsure of waits in a queue; people take cases, decide, and may think again."""

from __future__ import annotations

import asyncio

import pytest

from service.app import House
from tests.conftest import Clock, Desk, open_newsroom
from tests.fundamentals.people import Moderator, Newspaper, Refused


async def test_a_decision_changes_the_comment_and_tells_the_newspaper(paper: Newspaper, rina: Moderator) -> None:
    comment = await paper.sends()

    await rina.rejects(comment, "off_topic", note="bukan soal sungai")

    seen = await paper.sees(comment)
    assert (seen["status"], seen["version"]) == ("rejected", 2)
    assert (seen["decision"]["by"], seen["decision"]["reason"]) == (rina.id, "off_topic")
    assert [entry["what"] for entry in seen["history"]] == ["submitted", "reject"]
    assert await paper.hears() == [("comment.submitted", comment["id"]), ("comment.rejected", comment["id"])]


async def test_a_claimed_case_is_nobody_elses(paper: Newspaper, rina: Moderator, budi: Moderator) -> None:
    ids = [(await paper.sends())["id"] for _ in range(5)]

    mine, yours = await asyncio.gather(rina.claims(3), budi.claims(3))

    assert sorted([*mine, *yours]) == sorted(ids)


async def test_a_claim_that_expired_can_be_taken_by_another(
    paper: Newspaper, rina: Moderator, budi: Moderator, clock: Clock
) -> None:
    comment = await paper.sends()
    await rina.claims(1)

    clock.pass_(s=299)
    assert await budi.claims(1) == []
    clock.pass_(s=1)
    assert await budi.claims(1) == [comment["id"]]


async def test_a_case_given_back_is_free_at_once(paper: Newspaper, rina: Moderator, budi: Moderator) -> None:
    comment = await paper.sends()
    await rina.claims(1)

    assert await rina.releases() == [comment["id"]]

    assert await budi.claims(1) == [comment["id"]]


async def test_one_cannot_give_back_what_another_holds(paper: Newspaper, rina: Moderator, budi: Moderator) -> None:
    comment = await paper.sends()
    await rina.claims(1)

    assert await budi.releases(comment) == []
    assert await budi.claims(1) == []


async def test_no_claim_is_needed_and_a_decision_ends_any(paper: Newspaper, rina: Moderator, budi: Moderator) -> None:
    comment = await paper.sends()
    await rina.claims(1)

    await budi.approves(comment)

    assert await rina.releases() == []


async def test_saying_the_same_again_is_no_conflict(paper: Newspaper, rina: Moderator, budi: Moderator) -> None:
    comment = await paper.sends()

    assert await rina.approves(comment) == await budi.approves(comment)


async def test_saying_otherwise_is_told_who_decided_what_and_when(
    paper: Newspaper, rina: Moderator, budi: Moderator
) -> None:
    comment = await paper.sends()
    await rina.rejects(comment, "insult")

    with pytest.raises(Refused) as refused:
        await budi.approves(comment)

    assert refused.value.status == 409
    current = refused.value.problem["current"]
    assert (current["status"], current["version"]) == ("rejected", 2)
    assert (current["decision"]["decision"], current["decision"]["by"]) == ("reject", rina.id)
    assert current["decision"]["at"] == (await paper.sees(comment))["decision"]["at"]


async def test_who_has_seen_the_decision_may_overturn_it(paper: Newspaper, rina: Moderator, budi: Moderator) -> None:
    comment = await paper.sends()
    seen = await rina.rejects(comment, "insult")

    assert (await budi.approves(comment, expected_version=seen["version"]))["status"] == "approved"


async def test_a_machines_verdict_never_stands_in_the_way(paper: Newspaper, rina: Moderator) -> None:
    comment = await paper.sends(honeypot="saya robot")
    assert comment["status"] == "rejected"

    assert (await rina.approves(comment))["status"] == "approved"


async def test_an_undo_brings_the_case_back_to_its_place(paper: Newspaper, rina: Moderator, clock: Clock) -> None:
    comments = []
    for _ in range(3):
        comments.append(await paper.sends())
        clock.pass_(s=1)
    before = await rina.queue()
    await rina.rejects(comments[1], "spam")

    await rina.undoes(comments[1])

    assert await rina.queue() == before
    assert (await paper.hears())[-1] == ("comment.reopened", comments[1]["id"])


async def test_decisions_are_taken_back_one_at_a_time(paper: Newspaper, rina: Moderator, budi: Moderator) -> None:
    comment = await paper.sends()
    await rina.rejects(comment, "other")
    await budi.approves(comment, expected_version=2)

    assert (await rina.undoes(comment))["status"] == "rejected"
    assert (await rina.undoes(comment))["status"] == "pending"
    with pytest.raises(Refused) as refused:
        await rina.undoes(comment)
    assert refused.value.status == 409


async def test_a_hard_case_goes_to_the_editors(paper: Newspaper, rina: Moderator, editor: Moderator) -> None:
    comment = await paper.sends()

    await rina.escalates(comment, "menyebut nama anak")

    assert await rina.queue() == []
    assert await editor.queue(escalated="true") == [comment["id"]]
    assert await editor.claims(1, escalated=True) == [comment["id"]]


async def test_many_are_decided_at_once_and_taken_back_at_once(paper: Newspaper, rina: Moderator) -> None:
    comments = [await paper.sends() for _ in range(3)]
    decisions = [{"comment_id": c["id"], "decision": "reject", "reason": "spam"} for c in comments]

    done = await rina.post("/v1/decisions", {"decisions": [*decisions, decisions[0] | {"comment_id": "c_nope"}]})

    assert [result.get("status") for result in done["results"]] == ["rejected"] * 3 + [None]
    assert done["results"][3]["problem"]["status"] == 404
    undone = await rina.post(f"/v1/decisions/{done['batch']}/undo")
    assert {result["status"] for result in undone["results"]} == {"pending"}


async def test_threats_are_seen_before_a_newcomers_thanks(paper: Newspaper, rina: Moderator, clock: Clock) -> None:
    polite = await paper.sends("Terima kasih atas liputannya")
    clock.pass_(s=1)
    threat = await paper.sends("Awas kau, nanti malam kudatangi rumahmu, kubunuh kau sekeluarga")
    assert threat["scores"]["threat"] >= 0.5, "the shipped model knows a threat"

    assert await rina.queue() == [threat["id"], polite["id"]]
    assert await rina.queue(order="oldest") == [polite["id"], threat["id"]]


async def test_a_pending_comment_never_goes_silently(
    paper: Newspaper, rina: Moderator, house: House, clock: Clock
) -> None:
    comment = await paper.sends()
    clock.pass_(days=91)

    await house.sweep()

    assert (await paper.sees(comment))["status"] == "expired"
    assert await rina.queue() == []
    assert ("comment.expired", comment["id"]) in await paper.hears(after=1)


async def test_a_decided_comment_is_forgotten_after_ninety_days(
    paper: Newspaper, rina: Moderator, house: House, clock: Clock
) -> None:
    comment = await paper.sends()
    await rina.rejects(comment, "spam")
    clock.pass_(days=91)

    await house.sweep()

    with pytest.raises(Refused) as refused:
        await paper.sees(comment)
    assert refused.value.status == 404


async def test_another_newspapers_comments_are_not_there(paper: Newspaper, rina: Moderator, house: House) -> None:
    elsewhere = Desk(house, await open_newsroom(house, "lain"))
    foreign = {"id": (await elsewhere.submit()).comment.id}

    for attempt in (paper.sees(foreign), rina.approves(foreign), rina.undoes(foreign), rina.escalates(foreign, "")):
        with pytest.raises(Refused) as refused:
            await attempt
        assert refused.value.status == 404


async def test_the_events_tell_everything_in_order_and_without_a_gap(paper: Newspaper, rina: Moderator) -> None:
    comment = await paper.sends(client_ref="wp-1")
    await rina.rejects(comment, "spam")
    await rina.undoes(comment)
    await rina.approves(comment)

    told = await paper.get("/v1/events", after=0)

    assert [(event["id"], event["type"], event["data"]["status"]) for event in told["events"]] == [
        ("1", "comment.submitted", "pending"),
        ("2", "comment.rejected", "rejected"),
        ("3", "comment.reopened", "pending"),
        ("4", "comment.approved", "approved"),
    ]
    assert {event["data"]["client_ref"] for event in told["events"]} == {"wp-1"}
    assert (await paper.get("/v1/events", after=4)) == {"events": [], "next": "4"}

"""A client that heard no answer asks again: the store did it once, and the client gets the answer that it missed."""

from __future__ import annotations

import pytest

from service.app import House
from service.domain.case import Outcome
from service.domain.policy import DEFAULT_POLICY
from service.domain.site import KeyKind, ListEntry, Lists
from service.flow.review import Call
from tests.chaos.proxy import Proxy
from tests.conftest import Desk

RINA, BUDI = "u_rina", "u_budi"


@pytest.fixture
def far(wired: House, desk: Desk) -> Desk:
    """A desk at the end of the wire, of the same newsroom."""
    return Desk(wired, desk.newsroom)


async def history(house: House, desk: Desk, comment_id: str) -> list[str]:
    _, entries = await house.services.read.one(desk.newsroom.tag, comment_id)
    return [entry.what for entry in entries]


async def event_types(house: House, desk: Desk) -> list[str]:
    return [event.type for event in await house.services.read.events(desk.newsroom.tag, 0, 100)]


async def test_a_submission_is_stored_once(house: House, wire: Proxy, far: Desk) -> None:
    arrival = await far.arrival(far.submission("Sekali saja"))
    wire.cut_next_reply = True  # of the write, which the server does and the client does not hear of
    (receipt,) = await far.house.services.preview([arrival])

    assert wire.n_cut == 1
    assert receipt.is_new  # type: ignore[union-attr]
    assert (await house.store.comments.status_counts(far.newsroom.tag))["pending"] == 1
    assert await event_types(house, far) == ["comment.submitted"]


async def test_a_whole_group_of_submissions_is_stored_once(house: House, wire: Proxy, far: Desk) -> None:
    arrivals = [await far.arrival(far.submission()) for _ in range(20)]
    wire.cut_next_reply = True

    receipts = await far.house.services.preview(arrivals)

    assert wire.n_cut == 1
    assert all(receipt.is_new for receipt in receipts)  # type: ignore[union-attr]
    assert await event_types(house, far) == ["comment.submitted"] * 20


async def test_a_decision_is_made_once(house: House, desk: Desk, wire: Proxy, wired: House) -> None:
    cid = (await desk.submit()).comment.id
    wire.cut_next_reply = True

    outcome = await wired.services.review.decide(desk.newsroom.tag, RINA, Call(cid, "reject", "insult"))

    assert wire.n_cut == 1
    assert outcome == Outcome(cid, "rejected", 2)
    assert await history(house, desk, cid) == ["reject"]
    assert await event_types(house, desk) == ["comment.submitted", "comment.rejected"]


async def test_a_decision_that_was_overturned_meanwhile_is_not_made_again(house: House, desk: Desk) -> None:
    """The retry comes late: in between somebody else has decided. It must not strike twice, nor complain."""
    from service.store.reviews import Ruling

    cid = (await desk.submit()).comment.id
    ruling = Ruling(cid, "operation-1", "reject", RINA, expected_version=1)
    (first,) = await house.store.reviews.decide(desk.newsroom.tag, [ruling], 0)
    await house.services.review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve", expected_version=2))

    (again,) = await house.store.reviews.decide(desk.newsroom.tag, [ruling], 0)

    assert again == first == Outcome(cid, "rejected", 2)
    (comment,) = await house.store.comments.get(desk.newsroom.tag, [cid])
    assert comment is not None
    assert (comment.status, comment.version) == ("approved", 3)


async def test_an_undo_takes_back_one_decision_not_two(house: House, desk: Desk, wire: Proxy, wired: House) -> None:
    cid = (await desk.submit()).comment.id
    await house.services.review.decide(desk.newsroom.tag, RINA, Call(cid, "reject", "insult"))
    await house.services.review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve", expected_version=2))
    wire.cut_next_reply = True

    outcome = await wired.services.review.undo(desk.newsroom.tag, BUDI, cid)

    assert wire.n_cut == 1
    assert outcome == Outcome(cid, "rejected", 4)
    assert await history(house, desk, cid) == ["reject", "approve", "undo"]


async def test_a_batch_and_its_undo_are_done_once(house: House, desk: Desk, wire: Proxy, wired: House) -> None:
    ids = [(await desk.submit()).comment.id for _ in range(5)]
    wire.cut_next_reply = True
    batch, results = await wired.services.review.decide_many(
        desk.newsroom.tag, RINA, [Call(cid, "reject", "spam") for cid in ids]
    )
    assert wire.n_cut == 1
    assert results == [Outcome(cid, "rejected", 2) for cid in ids]

    left = await wired.store.reviews.batch(desk.newsroom.tag, batch)
    wire.cut_next_reply = True
    undone = await wired.store.reviews.undo(
        desk.newsroom.tag, [(cid, f"undo-{cid}", version) for cid, version in left.items()], RINA, 0
    )

    assert wire.n_cut == 2
    assert undone == [Outcome(cid, "pending", 3) for cid in left]


async def test_an_escalation_is_done_once_and_its_answer_comes_again(
    house: House, desk: Desk, wire: Proxy, wired: House
) -> None:
    cid = (await desk.submit()).comment.id
    wire.cut_next_reply = True

    outcome = await wired.services.review.escalate(desk.newsroom.tag, RINA, cid, "ragu")

    assert wire.n_cut == 1
    assert outcome == Outcome(cid, "pending", 2)
    assert await history(house, desk, cid) == ["escalate"]


async def test_an_escalation_that_was_taken_back_meanwhile_is_not_done_again(house: House, desk: Desk) -> None:
    cid = (await desk.submit()).comment.id
    first = await house.store.reviews.escalate(desk.newsroom.tag, cid, "operation-1", RINA, "", 0)
    await house.services.review.undo(desk.newsroom.tag, BUDI, cid)

    again = await house.store.reviews.escalate(desk.newsroom.tag, cid, "operation-1", RINA, "", 0)

    assert again == first
    (comment,) = await house.store.comments.get(desk.newsroom.tag, [cid])
    assert comment is not None and not comment.escalated


async def test_a_claim_gives_the_same_cases_again_and_no_more(
    house: House, desk: Desk, wire: Proxy, wired: House
) -> None:
    for _ in range(6):
        await desk.submit()
    wire.cut_next_reply = True

    mine = await wired.services.review.claim(desk.newsroom.tag, RINA, n=3, order="oldest", views=["all"])

    assert wire.n_cut == 1
    assert len(mine) == 3
    others = await house.services.review.claim(desk.newsroom.tag, BUDI, n=6, order="oldest", views=["all"])
    assert len(others) == 3
    assert {comment.id for comment in mine}.isdisjoint(comment.id for comment in others)


async def test_a_release_tells_again_what_was_given_back(house: House, desk: Desk, wire: Proxy, wired: House) -> None:
    cid = (await desk.submit()).comment.id
    await house.services.review.claim(desk.newsroom.tag, RINA, n=1, order="oldest", views=["all"])
    wire.cut_next_reply = True

    given = await wired.services.review.release(desk.newsroom.tag, RINA, [])

    assert wire.n_cut == 1
    assert given == [cid]


async def test_a_new_policy_is_put_once(house: House, desk: Desk, wire: Proxy, wired: House) -> None:
    config = await house.directory.current(desk.newsroom.tag)
    wire.cut_next_reply = True

    policy = await wired.configure.put_policy(
        desk.newsroom.tag, type(DEFAULT_POLICY)(1, DEFAULT_POLICY.bands[:1], ()), config.policy.version, "u_1"
    )

    assert wire.n_cut == 1
    assert policy.version == config.policy.version + 1
    assert (await house.directory.current(desk.newsroom.tag)).revision == config.revision + 1


async def test_keys_and_lists_are_put_once(house: House, desk: Desk, wire: Proxy, wired: House) -> None:
    revision = (await house.directory.current(desk.newsroom.tag)).revision
    wire.cut_next_reply = True
    await wired.configure.create_key(desk.newsroom.tag, KeyKind.SECRET)
    wire.cut_next_reply = True
    await wired.configure.put_lists(desk.newsroom.tag, Lists(words=(ListEntry("slot"),)), None, "u_1")

    assert wire.n_cut == 2
    config = await house.directory.current(desk.newsroom.tag)
    assert (config.revision, len(config.keys)) == (revision + 2, 3)


async def test_a_site_is_made_once(house: House, wire: Proxy, wired: House) -> None:
    put = wired.store.sites._put

    async def put_then_cut(*arguments, **more):  # type: ignore[no-untyped-def]
        version = await put(*arguments, **more)
        wire.cut_next_reply = arguments[1] == "lists"  # that of the taking of the slug
        return version

    wired.store.sites._put = put_then_cut  # type: ignore[method-assign]
    site = await wired.configure.create_site("lain", "Lain", (), "id", "Asia/Makassar")

    assert wire.n_cut == 1
    assert (await house.directory.by_slug("lain")).site == site


async def test_a_sweep_expires_once(house: House, desk: Desk, wire: Proxy, wired: House, clock) -> None:  # type: ignore[no-untyped-def]
    await desk.submit()
    clock.pass_(days=91)
    ended = wired.store.comments.ended

    async def ended_then_cut(*arguments):  # type: ignore[no-untyped-def]
        ids = await ended(*arguments)
        wire.cut_next_reply = bool(ids) and not wire.n_cut
        return ids

    wired.store.comments.ended = ended_then_cut  # type: ignore[method-assign]
    await wired.sweep()

    assert wire.n_cut == 1
    (told,) = await house.services.read.events(desk.newsroom.tag, 1, 100)
    assert (told.number, told.type) == (2, "comment.expired")

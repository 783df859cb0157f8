"""The store freezes, dies, loses its scripts or is full while somebody is at work: a plain error, nothing by halves."""

from __future__ import annotations

import asyncio

import pytest
from redis.exceptions import ResponseError

from service.app import House
from service.domain.ids import digest
from service.errors import StoreFull, StoreUnavailable
from service.flow.review import Call
from service.flow.submit import Receipt
from service.store.client import Client, run
from tests.conftest import Desk, all_keys
from tests.store.servers import PrivateServer

RINA = "u_rina"


async def parts(house: House, desk: Desk) -> dict[str, int]:
    """How many there are of each part that a submission makes: the same number of all, or something is half-written."""
    counts = await house.store.reviews.counts(desk.newsroom.tag)
    root = f"saring:{{{desk.newsroom.tag}}}"
    return {
        "comments": len(await all_keys(house.store.client, f"{root}:comment:*")),
        "authors": len(await all_keys(house.store.client, f"{root}:of:*")),
        "duplicates": len(await all_keys(house.store.client, f"{root}:dup:*")),
        "cases": counts["all"],
        "pending": (await house.store.comments.status_counts(desk.newsroom.tag))["pending"],
        "events": len(await house.services.read.events(desk.newsroom.tag, 0, 1000)),
    }


async def in_turn(client: Client, numbers: range) -> list[bytes]:
    """Echoes, each asked for a turn of the loop after the one before: they need not share a round trip."""
    tasks = []
    for n in numbers:
        tasks.append(asyncio.create_task(client.call("ECHO", f"{n}")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    return await asyncio.gather(*tasks)


def reads(stats: bytes) -> bytes:
    """How often a server has read from its clients."""
    return next(line for line in stats.splitlines() if line.startswith(b"total_reads_processed:"))


async def test_a_store_that_freezes_at_the_write_stores_whole_comments_or_none(
    frail: House, frail_desk: Desk, private: PrivateServer
) -> None:
    submissions = [frail_desk.submission(client_ref=f"wp-{n}") for n in range(8)]
    arrivals = [await frail_desk.arrival(submission) for submission in submissions]
    private.freeze()

    answers = await asyncio.gather(*(frail.submissions(arrival) for arrival in arrivals), return_exceptions=True)
    private.thaw()

    assert all(isinstance(answer, StoreUnavailable) for answer in answers)
    counts = await parts(frail, frail_desk)
    assert len(set(counts.values())) == 1, counts
    # What the newspaper sends again under its reference is there once, whatever had become of it.
    again = await asyncio.gather(*(frail.submissions(arrival) for arrival in arrivals))
    assert len({receipt.comment.id for receipt in again}) == 8
    assert set((await parts(frail, frail_desk)).values()) == {8}


async def test_a_store_killed_at_the_write_comes_back_with_all_it_had_acknowledged(
    frail: House, frail_desk: Desk, private: PrivateServer
) -> None:
    acknowledged = [(await frail_desk.submit()).comment for _ in range(5)]
    arrival = await frail_desk.arrival(frail_desk.submission())
    private.kill()

    with pytest.raises(StoreUnavailable):
        await frail.submissions(arrival)
    private.start()

    stored = await frail.store.comments.get(frail_desk.newsroom.tag, [comment.id for comment in acknowledged])
    assert stored == acknowledged
    assert (await frail.submissions(arrival)).is_new
    assert set((await parts(frail, frail_desk)).values()) == {6}


async def test_decisions_too_fail_plainly_and_work_again_by_themselves(
    frail: House, frail_desk: Desk, private: PrivateServer
) -> None:
    cid = (await frail_desk.submit()).comment.id
    private.kill()
    for attempt in (
        frail.services.review.decide(frail_desk.newsroom.tag, RINA, Call(cid, "approve")),
        frail.services.review.claim(frail_desk.newsroom.tag, RINA, n=1, order="oldest", views=["all"]),
        frail.services.read.one(frail_desk.newsroom.tag, cid),
        frail.sweep(),
    ):
        with pytest.raises(StoreUnavailable):
            await attempt
    private.start()

    outcome = await frail.services.review.decide(frail_desk.newsroom.tag, RINA, Call(cid, "approve"))

    assert outcome.status == "approved"


async def test_a_reply_that_comes_too_late_is_not_taken_for_the_next_ones(frail: House, private: PrivateServer) -> None:
    client = frail.store.client
    await client.call("SET", "late", "no")
    private.freeze()
    with pytest.raises(StoreUnavailable):
        await client.call("GET", "late")
    private.thaw()

    replies = await asyncio.gather(*(client.call("ECHO", f"{n}") for n in range(10)))

    assert replies == [str(n).encode() for n in range(10)]


async def test_connections_that_a_server_took_with_it_are_not_used_again(frail: House, private: PrivateServer) -> None:
    client = frail.store.client
    await in_turn(client, range(10))  # several connections
    private.kill()
    private.start()

    replies = await asyncio.gather(*(client.call("ECHO", f"{n}") for n in range(10)))

    assert replies == [str(n).encode() for n in range(10)]


async def test_more_callers_than_connections_take_turns(private: PrivateServer) -> None:
    client = Client(private.url, max_connections=2)

    replies = await in_turn(client, range(20))

    assert replies == [str(n).encode() for n in range(20)]
    listed = (await client.call("CLIENT", "LIST")).decode()
    assert listed.count("name=saring") == 2
    await client.close()


async def test_who_asks_at_the_same_time_shares_a_round_trip(private: PrivateServer) -> None:
    client = Client(private.url)

    (count,), *replies, (again,) = await asyncio.gather(
        client.group([("INFO", "stats")]),
        *(client.group_each([("ECHO", f"{n}"), ("HGET", "nobody"), ("ECHO", f"{n}!")]) for n in range(20)),
        client.group([("INFO", "stats")]),
    )

    # Each has his own replies, in their order, his errors too; and the server has read from its clients but once.
    for n, (first, error, last) in enumerate(replies):
        assert (first, type(error), last) == (str(n).encode(), ResponseError, f"{n}!".encode())
    assert reads(count) == reads(again)
    await client.close()


async def test_a_caller_who_goes_away_leaves_no_reply_behind(frail: House, private: PrivateServer) -> None:
    client = frail.store.client
    private.freeze()
    task = asyncio.create_task(client.call("ECHO", "gone"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    private.thaw()

    assert await client.call("ECHO", "here") == b"here"


async def test_a_store_without_our_scripts_gets_them_and_the_whole_group_again(
    frail: House, frail_desk: Desk, private: PrivateServer
) -> None:
    await frail_desk.submit()
    arrivals = [await frail_desk.arrival(frail_desk.submission()) for _ in range(10)]
    await frail.store.client.call("SCRIPT", "FLUSH")

    receipts = await frail.services.preview(arrivals)

    assert all(isinstance(receipt, Receipt) and receipt.is_new for receipt in receipts)
    assert set((await parts(frail, frail_desk)).values()) == {11}


async def test_a_group_sent_once_more_does_nothing_twice(
    frail: House, frail_desk: Desk, private: PrivateServer
) -> None:
    first, second = [(await frail_desk.submit()).comment.id for _ in range(2)]
    root = f"saring:{{{frail_desk.newsroom.tag}}}"

    def decide(cid: str):  # type: ignore[no-untyped-def]
        return run("decide", root, cid, 1, f"operation-{cid}", "reject", "spam", "", RINA, "", "", 1000)

    await frail.store.client.call(*decide(first))
    await frail.store.client.call("SCRIPT", "FLUSH")
    replies = await frail.store.client.group([decide(first), decide(second)])

    # As when the first had been done before the scripts were lost: the group was sent whole once more.
    assert replies == [[b"ok", b"rejected", 2]] * 2
    for cid in (first, second):
        _, history = await frail.services.read.one(frail_desk.newsroom.tag, cid)
        assert [entry.what for entry in history] == ["reject"]


async def test_a_full_store_refuses_comments_and_still_takes_decisions(
    frail: House, frail_desk: Desk, private: PrivateServer
) -> None:
    cid = (await frail_desk.submit()).comment.id
    await frail.store.client.call("CONFIG", "SET", "maxmemory", "1mb")
    with pytest.raises(StoreFull) as refused:
        await frail_desk.submit()
    assert refused.value.retry_after_s > 0
    assert set((await parts(frail, frail_desk)).values()) == {1}

    (held,) = await frail.services.review.claim(frail_desk.newsroom.tag, RINA, n=1, order="oldest", views=["all"])
    decided = await frail.services.review.decide(frail_desk.newsroom.tag, RINA, Call(cid, "approve"))
    undone = await frail.services.review.undo(frail_desk.newsroom.tag, RINA, cid)

    assert (held.id, decided.status, undone.status) == (cid, "approved", "pending")


async def test_an_error_of_one_comment_is_not_its_neighbours(house: House, desk: Desk) -> None:
    """Even one that is none of the trade's: somebody has spoilt a key by hand."""
    submissions = [desk.submission(client_ref=f"wp-{n}") for n in range(3)]
    arrivals = [await desk.arrival(submission) for submission in submissions]
    spoilt = f"saring:{{{desk.newsroom.tag}}}:ref:{digest('wp-1')}"
    await house.store.client.call("SADD", spoilt, "not a string")

    answers = await asyncio.gather(*(house.submissions(arrival) for arrival in arrivals), return_exceptions=True)

    await house.store.client.call("DEL", spoilt)
    assert [type(answer) for answer in answers] == [Receipt, ResponseError, Receipt]
    assert set((await parts(house, desk)).values()) == {2}

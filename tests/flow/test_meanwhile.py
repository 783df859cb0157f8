"""What may change while a submission is on its way: configuration, keys, how its author stands, the store itself."""

from __future__ import annotations

from service.app import House
from service.domain.comment import Author, Status
from service.domain.site import ListEntry, Lists
from service.errors import (
    Duplicate,
    Overloaded,
    RepeatedWithOtherBody,
    StoreFull,
    StoreUnavailable,
    Unauthenticated,
)
from service.flow.review import Call
from service.flow.submit import Receipt
from tests.conftest import Clock, Desk


async def test_a_site_that_is_reconfigured_all_the_time_is_told_to_wait(desk: Desk, house: House) -> None:
    arrival = await desk.arrival(desk.submission())
    write = house.store.comments.write
    n = 0

    async def reconfigure_then_write(*given, **named):  # type: ignore[no-untyped-def]
        nonlocal n
        n += 1
        await house.configure.put_lists(desk.newsroom.tag, Lists(words=(ListEntry(f"kata{n}"),)), None, "u_1")
        return await write(*given, **named)

    house.store.comments.write = reconfigure_then_write  # type: ignore[method-assign]
    (result,) = await house.services.preview([arrival])

    assert isinstance(result, Overloaded)
    assert await house.services.read.events(desk.newsroom.tag, 0, 10) == []


async def test_an_author_blocked_on_the_way_is_judged_by_the_new_lists(desk: Desk, house: House) -> None:
    arrival = await desk.arrival(desk.submission(author=Author("Budi", "budi@example.com")))
    lists = Lists(emails=(ListEntry("budi@example.com", "reject"),))
    await house.configure.put_lists(desk.newsroom.tag, lists, None, "u_1")

    (result,) = await house.services.preview([arrival])

    assert isinstance(result, Receipt)
    assert result.comment.status is Status.REJECTED


async def test_a_key_revoked_on_the_way_opens_nothing(desk: Desk, house: House) -> None:
    arrival = await desk.arrival(desk.submission())
    await house.configure.revoke_key(desk.newsroom.tag, arrival.key.id)

    (result,) = await house.services.preview([arrival])

    assert isinstance(result, Unauthenticated)
    assert (await house.store.comments.status_counts(desk.newsroom.tag))["pending"] == 0


async def test_who_is_not_as_he_was_last_heard_of_is_judged_once_more(
    desk: Desk, house: House, other_process: House, round_trips: list[list[object]]
) -> None:
    """Decided on by another process: this one guesses wrong, is told by the write, and judges by what holds."""
    siti = Author("Siti", "siti@example.com")
    first = await desk.submit("Semoga jalannya lekas baik", author=siti)
    assert "first_time" in _codes(first)
    await other_process.services.review.decide(desk.newsroom.tag, "u_1", Call(first.comment.id, "approve"))
    round_trips.clear()

    second = await desk.submit("Sudah mulai diperbaiki", author=siti)

    assert _writes(round_trips) == [1, 1]
    assert (second.comment.facts.n_approved, "first_time" in _codes(second)) == (1, False)
    round_trips.clear()
    await desk.submit("Terima kasih kabarnya", author=siti)
    assert _writes(round_trips) == [1]  # and remembers


async def test_comments_of_one_author_in_one_group_each_count_for_the_next(
    desk: Desk, house: House, round_trips: list[list[object]]
) -> None:
    siti = Author("Siti", "siti@example.com")
    first = await desk.submit("Semoga jalannya lekas baik", author=siti)
    await house.services.review.decide(desk.newsroom.tag, "u_1", Call(first.comment.id, "approve"))
    round_trips.clear()

    results = await desk.results(*(desk.submission(f"Kabar baik nomor {n}", author=siti) for n in range(12)))

    assert [result.comment.facts.n_approved for result in results] == list(range(1, 13))  # type: ignore[union-attr]
    assert {result.comment.status for result in results} == {Status.APPROVED}  # type: ignore[union-attr]
    assert _writes(round_trips) == [12, 12]  # the first write tells of the decision


async def test_comments_that_come_twice_in_a_group_hold_up_nobody(desk: Desk, house: House) -> None:
    """Each second one is not counted after all, so all behind it were judged by one too many."""
    siti = Author("Siti", "siti@example.com")
    first = await desk.submit("Semoga jalannya lekas baik", author=siti)
    await house.services.review.decide(desk.newsroom.tag, "u_1", Call(first.comment.id, "approve"))
    submissions = [desk.submission(f"Kabar baik nomor {n}", author=siti) for n in range(20)]

    results = await desk.results(*(each for submission in submissions for each in (submission, submission)))

    assert {type(result) for result in results[::2]} == {Receipt}
    assert {type(result) for result in results[1::2]} == {Duplicate}


async def test_an_author_who_is_never_as_he_was_is_judged_by_what_was_told_last(desk: Desk, house: House) -> None:
    submission = desk.submission(author=Author("Siti", "siti@example.com"))
    arrival = await desk.arrival(submission)
    write, client = house.store.comments.write, house.store.client
    author = f"saring:{{{desk.newsroom.tag}}}:author:{house.secret.author('siti@example.com')}"

    async def count_then_write(*given, **named):  # type: ignore[no-untyped-def]
        await client.call("HINCRBY", author, "approved", 1)
        return await write(*given, **named)

    house.store.comments.write = count_then_write  # type: ignore[method-assign]
    (result,) = await house.services.preview([arrival])

    assert isinstance(result, Receipt)
    assert result.comment.facts.n_approved == 4  # of five by then
    assert [event.type for event in await house.services.read.events(desk.newsroom.tag, 0, 10)] == ["comment.submitted"]


async def test_an_error_at_the_second_try_is_of_those_alone_who_needed_one(
    desk: Desk, house: House, other_process: House
) -> None:
    siti = Author("Siti", "siti@example.com")
    first = await desk.submit("Semoga jalannya lekas baik", author=siti)
    await other_process.services.review.decide(desk.newsroom.tag, "u_1", Call(first.comment.id, "approve"))
    arrivals = [await desk.arrival(desk.submission(author=siti)), await desk.arrival(desk.submission())]
    write = house.store.comments.write

    async def write_once(*given, **named):  # type: ignore[no-untyped-def]
        house.store.comments.write = no_more
        return await write(*given, **named)

    async def no_more(*_, **__):  # type: ignore[no-untyped-def]
        raise StoreUnavailable("gone")

    house.store.comments.write = write_once  # type: ignore[method-assign]
    known, stranger = await house.services.preview(arrivals)

    assert isinstance(known, StoreUnavailable)
    assert isinstance(stranger, Receipt)
    assert stranger.is_new


async def test_a_full_store_still_tells_what_it_has(desk: Desk, house: House) -> None:
    submission = desk.submission("Sudah ada", client_ref="wp-1")
    (first,) = await desk.results(submission)
    assert isinstance(first, Receipt)
    await house.store.client.call("CONFIG", "SET", "maxmemory", "1mb")
    try:
        results = await desk.results(
            submission, submission._replace(client_ref=""), submission._replace(body="Lain"), desk.submission("Baru")
        )
    finally:
        await house.store.client.call("CONFIG", "SET", "maxmemory", "0")

    assert results[0] == Receipt(first.comment, is_new=False)
    assert [type(result) for result in results[1:]] == [Duplicate, RepeatedWithOtherBody, StoreFull]


async def test_an_article_is_as_old_as_its_first_comment_whoever_took_it(
    desk: Desk, house: House, other_process: House, clock: Clock
) -> None:
    await other_process.services.preview([await desk.arrival(desk.submission())])
    clock.pass_(days=3)

    receipt = await desk.submit("Baru sekarang saya baca")

    assert receipt.comment.facts.article_age_days == 3


def _writes(round_trips: list[list[object]]) -> list[int]:
    """How many scripts ran in each trip that had any."""
    return [len(trip) for trip in round_trips if trip[0] == "EVALSHA"]


def _codes(receipt: Receipt) -> set[str]:
    return {reason.code for reason in receipt.comment.judgement.reasons}

"""Listing, searching, retention."""

from __future__ import annotations

import pytest

from service.app import House
from service.domain.comment import Article, Author, Status
from service.errors import CursorExpired, NotFound
from service.flow.read import Filter
from service.flow.review import Call
from service.flow.sweep import Swept
from tests.conftest import Clock, Desk, open_newsroom


async def everything(house: House, desk: Desk, wanted: Filter, limit: int) -> list[str]:
    found: list[str] = []
    before = None
    while True:
        page = await house.services.read.many(desk.newsroom.tag, wanted, before, limit)
        found += [comment.id for comment in page.comments]
        before = page.before
        if before is None:
            return found


@pytest.mark.parametrize("limit", [1, 7, 200])
async def test_pages_hold_every_comment_once_even_those_of_one_millisecond(
    house: House, desk: Desk, clock: Clock, limit: int
) -> None:
    made = []
    for _ in range(3):
        results = await desk.results(*(desk.submission() for _ in range(11)))
        made += [result.comment.id for result in results]  # type: ignore[union-attr]
        clock.pass_(ms=1)

    found = await everything(house, desk, Filter(), limit)

    assert len(found) == len(set(found)) == 33
    assert set(found) == set(made)


async def test_filters_narrow_what_is_listed(house: House, desk: Desk) -> None:
    siti = Author("Siti", "siti@example.com")
    mine = (await desk.submit("satu dua", author=siti, article=Article("a"))).comment
    other = (await desk.submit("tiga", article=Article("a"))).comment
    far = (await desk.submit("empat", author=siti, article=Article("b"))).comment
    await house.services.review.decide(desk.newsroom.tag, "u_1", Call(other.id, "approve"))

    async def ids(**wanted: object) -> set[str]:
        return set(await everything(house, desk, Filter(**wanted), 50))  # type: ignore[arg-type]

    assert await ids(article="a") == {mine.id, other.id}
    assert await ids(author="SITI@example.com") == {mine.id, far.id}
    assert await ids(author=house.services.read.author_id(mine)) == {mine.id, far.id}
    assert await ids(author="siti@example.com", article="b") == {far.id}
    assert await ids(status=Status.APPROVED) == {other.id}
    assert await ids(status=Status.PENDING, article="a") == {mine.id}


async def test_a_search_finds_whole_folded_words(house: House, desk: Desk) -> None:
    hit = (await desk.submit("Jembatannya 𝗥𝗨𝗦𝗔𝗞 parah")).comment
    await desk.submit("kerusakan besar")

    async def ids(q: str) -> list[str]:
        return await everything(house, desk, Filter(q=q), 50)

    assert await ids("rusak") == [hit.id]
    assert await ids("parah RUSAK") == [hit.id]
    assert await ids("rusak sekali") == []
    assert await ids(hit.id) == [hit.id]


async def test_another_sites_comment_is_not_there(house: House, desk: Desk) -> None:
    other = Desk(house, await open_newsroom(house, "lain"))
    foreign = (await other.submit()).comment

    with pytest.raises(NotFound):
        await house.services.read.one(desk.newsroom.tag, foreign.id)
    assert await everything(house, desk, Filter(q=foreign.id), 10) == []


async def test_a_pending_comment_never_goes_silently(house: House, desk: Desk, clock: Clock) -> None:
    cid = (await desk.submit(client_ref="wp-1")).comment.id
    clock.pass_(days=91)

    swept = await house.sweep()

    (comment,) = await house.store.comments.get(desk.newsroom.tag, [cid])
    assert comment is not None
    assert (swept.n_expired, comment.status) == (1, Status.EXPIRED)
    assert (await house.services.read.events(desk.newsroom.tag, 1, 10))[-1].type == "comment.expired"
    assert (await house.services.review.queue(desk.newsroom.tag, order="oldest", views=["all"], limit=9)).comments == []


async def test_a_decided_comment_leaves_nothing_behind_but_its_authors_counts(
    house: House, desk: Desk, clock: Clock
) -> None:
    cid = (await desk.submit(client_ref="wp-1")).comment.id
    await house.services.review.decide(desk.newsroom.tag, "u_1", Call(cid, "reject", "other"))
    clock.pass_(days=89)
    assert (await house.sweep()).n_deleted == 0
    clock.pass_(days=2)

    assert (await house.sweep()).n_deleted == 1

    names = await house.store.client.call("KEYS", f"saring:{{{desk.newsroom.tag}}}:*")
    left = {name.decode().split("}:")[1].split(":")[0] for name in names}
    assert left <= {"site", "keys", "audit", "author", "events", "dup", "op"}
    assert (await desk.submit(client_ref="wp-1")).is_new


async def test_what_was_reopened_waits_as_long_as_if_it_had_just_come(house: House, desk: Desk, clock: Clock) -> None:
    review, tag = house.services.review, desk.newsroom.tag
    cid = (await desk.submit()).comment.id
    clock.pass_(days=85)
    await review.decide(tag, "u_1", Call(cid, "reject", "other"))
    clock.pass_(days=10)
    await review.undo(tag, "u_1", cid)

    assert (await house.sweep()).n_expired == 0
    clock.pass_(days=91)
    assert (await house.sweep()).n_expired == 1


async def test_a_decision_on_an_expired_comment_is_undone_to_expired_and_kept(
    house: House, desk: Desk, clock: Clock
) -> None:
    review, tag = house.services.review, desk.newsroom.tag
    cid = (await desk.submit()).comment.id
    clock.pass_(days=91)
    await house.sweep()
    await review.decide(tag, "u_1", Call(cid, "approve"))

    assert (await review.undo(tag, "u_1", cid)).status == "expired"

    assert (await house.sweep()).n_deleted == 0
    clock.pass_(days=91)
    assert (await house.sweep()).n_deleted == 1


async def test_an_escalated_case_expires_too(house: House, desk: Desk, clock: Clock) -> None:
    cid = (await desk.submit()).comment.id
    await house.services.review.escalate(desk.newsroom.tag, "u_1", cid, "ragu")
    clock.pass_(days=91)

    assert (await house.sweep()).n_expired == 1

    queue = await house.services.review.queue(desk.newsroom.tag, order="oldest", views=["escalated"], limit=9)
    assert (queue.comments, queue.counts) == ([], {"all": 0, "escalated": 0})


async def test_a_sweep_looks_at_every_site_and_at_all_that_is_over(house: House, desk: Desk, clock: Clock) -> None:
    other = Desk(house, await open_newsroom(house, "lain"))
    for each in (desk, other):
        await each.results(*(each.submission() for _ in range(250)))
    await house.services.review.decide_many(desk.newsroom.tag, "u_1", await _approvals(house, desk, 100))
    clock.pass_(days=91)

    swept = await house.sweep()

    assert (swept.n_expired, swept.n_deleted) == (400, 100)
    assert await house.sweep() == Swept()


async def _approvals(house: House, desk: Desk, n: int) -> list[Call]:
    page = await house.services.read.many(desk.newsroom.tag, Filter(), None, n)
    return [Call(comment.id, "approve") for comment in page.comments]


async def test_old_events_are_dropped_and_an_old_cursor_is_told(house: House, desk: Desk, clock: Clock) -> None:
    await desk.submit()
    await desk.submit()
    clock.pass_(days=91)
    await desk.submit()

    await house.sweep()

    events = await house.services.read.events(desk.newsroom.tag, 0, 100)
    assert events[0].number > 2
    with pytest.raises(CursorExpired):
        await house.services.read.events(desk.newsroom.tag, 1, 100)
    assert await house.services.read.events(desk.newsroom.tag, events[-1].number, 100) == []


async def test_more_than_a_thousand_old_events_go_in_one_sweep(house: House, desk: Desk, clock: Clock) -> None:
    for _ in range(12):
        await desk.results(*(desk.submission() for _ in range(100)))
    clock.pass_(days=91)
    await desk.submit()

    swept = await house.sweep()

    # Those of the comments that the same sweep expired are new, and stay.
    assert (swept.n_expired, swept.n_events) == (1200, 1200)
    numbers = [event.number for event in await house.services.read.events(desk.newsroom.tag, 0, 2000)]
    assert numbers == list(range(1201, 2402))


async def test_a_clock_that_jumped_ahead_makes_no_hole_in_the_events(house: House, desk: Desk, clock: Clock) -> None:
    await desk.submit()
    clock.pass_(days=30)
    await desk.submit()
    clock.pass_(days=-30)
    await desk.submit()
    await desk.submit()
    clock.pass_(days=91)

    await house.sweep()

    # The second event, from the time of the wrong clock, is not old yet: it and all after it stay.
    numbers = [event.number for event in await house.services.read.events(desk.newsroom.tag, 0, 100)]
    assert numbers == list(range(2, numbers[-1] + 1))
    assert [event.number for event in await house.services.read.events(desk.newsroom.tag, 1, 100)] == numbers


async def test_the_newest_event_stays_so_that_the_count_goes_on(house: House, desk: Desk, clock: Clock) -> None:
    await desk.submit(honeypot=True)
    await desk.submit(honeypot=True)
    clock.pass_(days=91)
    await house.sweep()
    await house.sweep()
    assert await house.store.events.last(desk.newsroom.tag) == 2

    await desk.submit()

    assert await house.store.events.last(desk.newsroom.tag) == 3

"""Figures between two moments, from the site's own events and comments."""

from __future__ import annotations

import pytest

from service.app import House
from service.domain.comment import Article, Author
from service.domain.figures import HOUR_MS, Decider, Overturn
from service.domain.policy import Verdict
from service.flow import measure as measure_module
from service.flow.measure import Measure
from service.flow.review import Call
from tests.conftest import Clock, Desk

RINA, BUDI = "u_rina", "u_budi"


@pytest.fixture
def measure(house: House) -> Measure:
    return house.services.measure


async def decide(house: House, desk: Desk, comment_id: str, decision: str, by: str = RINA) -> None:
    await house.services.review.decide(desk.newsroom.tag, by, Call(comment_id, decision))  # type: ignore[arg-type]


async def test_inflow_is_counted_by_hour_and_verdict(desk: Desk, measure: Measure, clock: Clock) -> None:
    begin = clock() - clock() % HOUR_MS
    clock.now_ms = begin + 1
    await desk.submit()
    clock.pass_(s=2 * 3600)
    await desk.submit(honeypot=True)

    found = await measure(desk.newsroom.tag, begin, begin + 3 * HOUR_MS)

    assert [(hour.begin_ms, hour.n_approve, hour.n_hold, hour.n_reject) for hour in found.hours] == [
        (begin, 0, 1, 0),
        (begin + HOUR_MS, 0, 0, 0),
        (begin + 2 * HOUR_MS, 0, 0, 1),
    ]
    assert found.verdicts == {Verdict.APPROVE: 0, Verdict.HOLD: 1, Verdict.REJECT: 1}


async def test_what_lies_outside_is_not_counted(house: House, desk: Desk, measure: Measure, clock: Clock) -> None:
    old = (await desk.submit()).comment.id
    await decide(house, desk, old, "approve")
    clock.pass_(days=1)
    begin = clock()
    await desk.submit()
    clock.pass_(s=60)
    end = clock()
    await desk.submit()

    found = await measure(desk.newsroom.tag, begin, end)

    assert sum(found.verdicts.values()) == 1
    assert found.deciders == []


async def test_decisions_count_while_they_stand_for_whoever_made_them(
    house: House, desk: Desk, measure: Measure, clock: Clock
) -> None:
    begin = clock()
    kept, undone, overruled = [(await desk.submit()).comment.id for _ in range(3)]
    await decide(house, desk, kept, "approve")
    await decide(house, desk, undone, "reject")
    await house.services.review.undo(desk.newsroom.tag, RINA, undone)
    await decide(house, desk, overruled, "reject")
    await house.services.review.decide(desk.newsroom.tag, BUDI, Call(overruled, "approve", expected_version=2))

    found = await measure(desk.newsroom.tag, begin, clock() + 1)

    assert found.deciders == [Decider(BUDI, 1, 0), Decider(RINA, 1, 0)]
    assert found.overturns == [Overturn("first_time", 2, 2)]
    assert found.n_pending == 1


async def test_overturns_are_told_by_the_first_reason(house: House, desk: Desk, measure: Measure, clock: Clock) -> None:
    begin = clock()
    for decision in ("approve", "reject", "reject"):
        await decide(house, desk, (await desk.submit()).comment.id, decision)
    known = Author("Siti", "siti@example.com")
    await decide(house, desk, (await desk.submit(author=known)).comment.id, "approve")
    published = (await desk.submit(author=known)).comment
    assert published.status == "approved"
    await decide(house, desk, published.id, "reject")

    found = await measure(desk.newsroom.tag, begin, clock() + 1)

    assert found.overturns == [Overturn("first_time", 4, 2), Overturn("published", 1, 1)]
    assert [each.rate for each in found.overturns] == [0.5, 1.0]


async def test_waits_are_of_the_held_and_of_those_that_wait_still(
    house: House, desk: Desk, measure: Measure, clock: Clock
) -> None:
    begin = clock()
    for seconds in (10, 60, 3600):
        waiting = (await desk.submit()).comment.id
        clock.pass_(s=seconds)
        await decide(house, desk, waiting, "approve")
    await desk.submit()
    editors = (await desk.submit()).comment.id
    clock.pass_(s=5)
    await house.services.review.escalate(desk.newsroom.tag, RINA, editors, "")

    found = await measure(desk.newsroom.tag, begin, clock() + 1)

    assert (found.median_wait_s, found.oldest_wait_s, found.n_pending) == (60, 5, 2)


async def test_the_busiest_articles_are_told_by_their_newest_title(desk: Desk, measure: Measure, clock: Clock) -> None:
    for n, article in enumerate((Article("a"), Article("b", title="Lama"), Article("b", title="Jalan desa"))):
        await desk.submit(f"Semoga lancar dan merata ({n})", article=article)

    found = await measure(desk.newsroom.tag, clock(), clock() + 1)

    assert [(article.id, article.title, n) for article, n in found.articles] == [("b", "Jalan desa", 2), ("a", "", 1)]


async def test_many_events_are_read_from_where_the_time_begins(
    house: House, desk: Desk, measure: Measure, clock: Clock, round_trips: list[list[object]]
) -> None:
    for _ in range(12):
        await desk.results(*(desk.submission() for _ in range(100)))
        clock.pass_(s=3600)
    begin = clock() - 3 * HOUR_MS
    round_trips.clear()

    found = await measure(desk.newsroom.tag, begin, clock())

    assert sum(found.verdicts.values()) == 300
    assert len(round_trips) < 30  # no walk over all of them
    for at_ms in (0, begin, clock() + 1):
        cursor = await house.store.events.older(desk.newsroom.tag, at_ms)
        assert cursor == {0: 0, begin: 900, clock() + 1: 1200}[at_ms]


async def test_a_site_without_comments_has_figures_too(desk: Desk, measure: Measure, clock: Clock) -> None:
    found = await measure(desk.newsroom.tag, clock() - HOUR_MS, clock())

    assert (found.median_wait_s, found.oldest_wait_s, found.n_pending, found.articles) == (None, None, 0, [])


async def test_of_a_range_too_busy_the_newest_is_counted_and_that_is_said(
    house: House, desk: Desk, measure: Measure, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = clock()
    for _ in range(6):
        comment = (await desk.submit()).comment
        clock.pass_(s=1)
        await decide(house, desk, comment.id, "approve")
        clock.pass_(s=3_599)
    whole = await measure(desk.newsroom.tag, begin, clock())
    monkeypatch.setattr(measure_module, "MOST_EVENTS", 4)

    part = await measure(desk.newsroom.tag, begin, clock())

    assert (whole.counted_from_ms, whole.deciders) == (begin, [Decider(RINA, 6, 0)])
    assert (part.counted_from_ms, part.deciders) == (begin + 4 * HOUR_MS, [Decider(RINA, 2, 0)])
    assert [hour.n_hold for hour in part.hours if hour.n_all] == [1, 1]

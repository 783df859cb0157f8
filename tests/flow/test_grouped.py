"""What arrives while a group is under way makes the next; an error is its own caller's; nothing grows for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from service.errors import Overloaded
from service.grouped import Apart, Grouped


@dataclass
class Work:
    """Doubles numbers when the gate is open; remembers the groups that it got."""

    groups: list[list[int]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    n_at_once: int = 0
    most_at_once: int = 0

    async def __call__(self, items: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(items))
        self.n_at_once += 1
        self.most_at_once = max(self.most_at_once, self.n_at_once)
        await self.gate.wait()
        self.n_at_once -= 1
        if 666 in items:
            raise RuntimeError("the whole group")
        return [ValueError(str(item)) if item < 0 else 2 * item for item in items]


async def turns(n: int = 5) -> None:
    """A few turns of the loop."""
    for _ in range(n):
        await asyncio.sleep(0)


@pytest.fixture
def work() -> Work:
    return Work()


async def test_each_caller_gets_his_own_result(work: Work) -> None:
    work.gate.set()
    grouped = Grouped(work, most=7)

    assert await asyncio.gather(*(grouped(n) for n in range(50))) == [2 * n for n in range(50)]
    assert [n for group in work.groups for n in group] == list(range(50))
    assert max(map(len, work.groups)) == 7


async def test_what_arrives_in_one_turn_is_one_group(work: Work) -> None:
    work.gate.set()
    grouped = Grouped(work)

    await asyncio.gather(*(grouped(n) for n in range(5)))

    assert work.groups == [[0, 1, 2, 3, 4]]


async def test_what_arrives_meanwhile_makes_the_next_group(work: Work) -> None:
    grouped = Grouped(work, lanes=1)
    first = asyncio.create_task(grouped(1))
    await turns()
    later = [asyncio.create_task(grouped(n)) for n in (2, 3, 4)]
    await turns()
    assert work.groups == [[1]]

    work.gate.set()
    await asyncio.gather(first, *later)

    assert work.groups == [[1], [2, 3, 4]]


async def test_no_more_groups_at_once_than_lanes(work: Work) -> None:
    grouped = Grouped(work, most=1, lanes=3)
    tasks = []
    for n in range(10):
        tasks.append(asyncio.create_task(grouped(n)))
        await turns()

    work.gate.set()
    await asyncio.gather(*tasks)

    assert work.most_at_once == 3


async def test_a_group_begins_beside_another_once_as_many_wait_as_that_one_took(work: Work) -> None:
    grouped = Grouped(work, lanes=2)
    tasks = [asyncio.create_task(grouped(n)) for n in (1, 2, 3)]
    await turns()
    tasks += [asyncio.create_task(grouped(n)) for n in (4, 5)]
    await turns()
    assert work.groups == [[1, 2, 3]]

    tasks.append(asyncio.create_task(grouped(6)))
    await turns()
    assert work.groups == [[1, 2, 3], [4, 5, 6]]

    work.gate.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10, 12]


async def test_few_who_wait_are_taken_when_a_group_ends(work: Work) -> None:
    grouped = Grouped(work, lanes=2)
    tasks = [asyncio.create_task(grouped(n)) for n in (1, 2, 3)]
    await turns()
    tasks.append(asyncio.create_task(grouped(4)))
    await turns()

    work.gate.set()
    await asyncio.gather(*tasks)

    assert work.groups == [[1, 2, 3], [4]]


async def test_an_error_is_its_own_callers(work: Work) -> None:
    work.gate.set()
    grouped = Grouped(work)

    answers = await asyncio.gather(grouped(1), grouped(-1), grouped(2), return_exceptions=True)

    assert [type(answer) for answer in answers] == [int, ValueError, int]


async def test_where_the_whole_group_fails_all_are_told_and_the_next_goes_on(work: Work) -> None:
    work.gate.set()
    grouped = Grouped(work)

    answers = await asyncio.gather(grouped(1), grouped(666), return_exceptions=True)

    assert [type(answer) for answer in answers] == [RuntimeError, RuntimeError]
    assert await grouped(3) == 6


async def test_a_busy_site_does_not_make_the_others_wait(work: Work) -> None:
    grouped = Grouped(work, most=4, lanes=1)
    first = asyncio.create_task(grouped(0, "busy"))
    await turns()
    busy = [asyncio.create_task(grouped(n, "busy")) for n in range(100, 120)]
    calm = asyncio.create_task(grouped(1, "calm"))
    quiet = asyncio.create_task(grouped(2, "quiet"))
    await turns()

    work.gate.set()
    await asyncio.gather(first, *busy, calm, quiet)

    assert {1, 2} < set(work.groups[1])
    told = [n for group in work.groups for n in group if n >= 100]
    assert told == sorted(told)  # and each site's own keep their order


async def test_beyond_capacity_the_answer_is_fast(work: Work) -> None:
    grouped = Grouped(work, most=1, lanes=1, capacity=3)
    running = asyncio.create_task(grouped(0))
    await turns()
    waiting = [asyncio.create_task(grouped(n)) for n in (1, 2, 3)]
    await turns()

    with pytest.raises(Overloaded) as refused:
        await grouped(4)

    assert refused.value.retry_after_s > 0
    work.gate.set()
    assert await asyncio.gather(running, *waiting) == [0, 2, 4, 6]
    assert await grouped(5) == 10


async def test_a_site_whose_own_wait_too_long_is_refused_and_others_are_not(work: Work) -> None:
    grouped = Grouped(work, most=1, lanes=1, longest_wait_s=0.0)
    running = asyncio.create_task(grouped(0, "loud"))
    await turns()
    waiting = asyncio.create_task(grouped(1, "loud"))  # nobody waits before it
    await turns()

    for n in (2, 3):
        with pytest.raises(Overloaded):
            await grouped(n, "loud")
    calm = asyncio.create_task(grouped(4, "calm"))
    await turns()

    work.gate.set()
    assert await asyncio.gather(running, waiting, calm) == [0, 2, 8]
    assert await grouped(5, "loud") == 10


@dataclass
class Slow:
    """Work that takes as many seconds as it is told, by a clock that it sets itself."""

    seconds: float = 1.0
    now: float = 0.0

    def clock(self) -> float:
        return self.now

    async def __call__(self, items: Sequence[int]) -> list[int | Exception]:
        self.now += self.seconds
        await asyncio.sleep(0)
        return list(items)


async def test_who_would_wait_too_long_at_the_pace_of_the_last_group_is_refused_at_once() -> None:
    work = Slow()
    grouped = Grouped(work, most=2, lanes=1, longest_wait_s=2.0, clock=work.clock)
    await grouped(0)  # a group takes a second

    answers = await asyncio.gather(*(grouped(n) for n in range(8)), return_exceptions=True)

    assert answers[:5] == [0, 1, 2, 3, 4]  # the fifth has two groups before it, as many as two seconds do
    assert [type(answer) for answer in answers[5:]] == [Overloaded] * 3
    assert grouped.has_room()


async def test_a_whole_group_may_always_wait_however_slow_the_store() -> None:
    work = Slow(seconds=1000.0)
    grouped = Grouped(work, most=3, lanes=1, longest_wait_s=0.1, clock=work.clock)
    await grouped(0)

    answers = await asyncio.gather(*(grouped(n) for n in range(5)), return_exceptions=True)

    assert answers[:3] == [0, 1, 2]
    assert [type(answer) for answer in answers[3:]] == [Overloaded, Overloaded]


async def test_how_long_others_wait_is_no_matter_of_a_calm_site() -> None:
    work = Slow(seconds=1000.0)
    grouped = Grouped(work, most=2, lanes=1, longest_wait_s=0.1, clock=work.clock)
    await grouped(0, "loud")
    loud = [asyncio.create_task(grouped(n, "loud")) for n in range(2)]
    await asyncio.sleep(0)
    assert not grouped.has_room("loud")

    assert grouped.has_room("calm")
    assert await grouped(7, "calm") == 7
    assert await asyncio.gather(*loud) == [0, 1]


async def test_slow_groups_are_forgotten() -> None:
    work = Slow(seconds=1000.0)
    grouped = Grouped(work, most=1, lanes=1, longest_wait_s=0.1, clock=work.clock)
    await grouped(0)
    work.seconds = 0.0
    for n in range(100):
        await grouped(n)

    assert await asyncio.gather(*(grouped(n) for n in range(3))) == [0, 1, 2]


async def test_a_caller_who_goes_away_changes_nothing_for_the_others(work: Work) -> None:
    grouped = Grouped(work, lanes=1)
    gone, first = asyncio.create_task(grouped(2)), asyncio.create_task(grouped(1))
    await turns()
    also_gone, waiting = asyncio.create_task(grouped(4)), asyncio.create_task(grouped(3))
    await turns()
    gone.cancel()
    also_gone.cancel()
    await turns()

    work.gate.set()
    async with asyncio.timeout(20):
        assert list(await asyncio.gather(first, waiting)) == [2, 6]
    assert work.groups == [[2, 1], [4, 3]]  # what was accepted is done


async def test_draining_waits_for_all_that_was_accepted(work: Work) -> None:
    grouped = Grouped(work, most=2, lanes=1)
    tasks = [asyncio.create_task(grouped(n)) for n in range(9)]
    await turns()
    drained = asyncio.create_task(grouped.drain())
    await turns()
    assert not drained.done()

    work.gate.set()
    await drained

    assert all(task.done() for task in tasks) or await asyncio.gather(*tasks)
    assert [n for group in work.groups for n in group] == list(range(9))


async def test_draining_what_is_empty_is_done_at_once(work: Work) -> None:
    await Grouped(work).drain()

    assert work.groups == []


class TestApart:
    async def test_a_place_that_hangs_holds_up_its_own_alone(self, work: Work) -> None:
        quick = Work()
        quick.gate.set()
        works = iter([work, quick])
        apart = Apart(lambda: Grouped(next(works)), lambda key: key[0])
        held_up = [asyncio.create_task(apart(n, "a1")) for n in range(5)]
        await turns()

        assert await asyncio.gather(*(apart(n, f"b{n}") for n in range(5))) == [0, 2, 4, 6, 8]

        assert not any(task.done() for task in held_up)
        work.gate.set()
        await apart.drain()
        assert await asyncio.gather(*held_up) == [0, 2, 4, 6, 8]
        assert len(quick.groups) == 1

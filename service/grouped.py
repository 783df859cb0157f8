"""Work done for many callers at once: what arrives while a group is under way makes the next group.

No timer: alone, a caller waits for nothing; under load, groups grow by themselves. A group begins beside another only
once as many wait as that one took: small groups cost the most. Bounded in number and in time, and fair between keys
(sites): a group takes from each in turn, and who has too many of his own waiting is refused alone. Knows nothing of
what the work is.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from service.errors import Overloaded

In = TypeVar("In")
Out = TypeVar("Out")

_FORGETTING = 0.9  # a group: one that was small and quick says little of the next


class Grouped(Generic[In, Out]):
    """Calls `work` with lists of items; a result that is an exception is raised to its own caller alone.

    At most `most` items a group, `lanes` groups under way. Overloaded is raised where `has_room` says no.
    """

    def __init__(
        self,
        work: Callable[[Sequence[In]], Awaitable[Sequence[Out | Exception]]],
        *,
        most: int = 64,
        lanes: int = 2,
        capacity: int = 1024,
        longest_wait_s: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._work = work
        self._most = most
        self._lanes = lanes
        self._capacity = capacity
        self._longest_wait_s = longest_wait_s
        self._clock = clock
        self._waiting: dict[str, deque[tuple[In, asyncio.Future[Out], float]]] = {}
        self._n_waiting = 0
        self._last_took = 0
        self._group_s = 0.0
        self._running: set[asyncio.Task[None]] = set()
        self._scheduled = False

    async def __call__(self, item: In, key: str = "") -> Out:
        """The result for `item`. Cancelling the caller does not stop the work: what was accepted is done."""
        if not self.has_room(key):
            raise Overloaded("too many are waiting, or for too long")
        loop = asyncio.get_running_loop()
        waiting = self._waiting.get(key)
        future: asyncio.Future[Out] = loop.create_future()
        if waiting is None:
            waiting = self._waiting[key] = deque()
        waiting.append((item, future, self._clock()))
        self._n_waiting += 1
        if not self._scheduled and self._may_start():
            self._scheduled = True
            loop.call_soon(self._start)  # after all that this turn of the loop brings
        return await future

    def has_room(self, key: str = "") -> bool:
        """Whether one more of this key is taken in. Cheap to ask: do so before preparing an item.

        Not where `capacity` items wait; nor where the first of its key should have been taken `longest_wait_s` ago, a
        group's time granted; nor where a whole group waits before it, and longer than that by the last ones' pace.
        """
        if self._n_waiting >= self._capacity:
            return False
        own = self._waiting.get(key, ())
        if own and self._clock() - own[0][2] > self._longest_wait_s + self._group_s:
            return False
        n_before = min(self._n_waiting, (len(own) + 1) * len(self._waiting))  # keys take turns
        most_at_once = self._most * self._lanes
        return n_before < self._most or n_before * self._group_s <= self._longest_wait_s * most_at_once

    async def drain(self) -> None:
        """Waits until nothing waits and nothing is under way."""
        while self._running or self._n_waiting:
            self._start()
            await asyncio.gather(*self._running)

    def _may_start(self) -> bool:
        if not self._running:
            return self._n_waiting > 0
        return len(self._running) < self._lanes and self._n_waiting >= self._last_took

    def _start(self) -> None:
        self._scheduled = False
        if self._may_start():
            group = self._take()
            self._last_took = len(group)
            task = asyncio.get_running_loop().create_task(self._run(group))
            self._running.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._start()

    def _take(self) -> list[tuple[In, asyncio.Future[Out], float]]:
        group: list[tuple[In, asyncio.Future[Out], float]] = []
        while self._waiting and len(group) < self._most:
            key = next(iter(self._waiting))
            queue = self._waiting.pop(key)
            group.append(queue.popleft())
            if queue:
                self._waiting[key] = queue  # to the end of the row
        self._n_waiting -= len(group)
        return group

    async def _run(self, group: list[tuple[In, asyncio.Future[Out], float]]) -> None:
        results: Sequence[Out | Exception]
        began = self._clock()
        try:
            results = await self._work([item for item, _, _ in group])
        except Exception as error:
            results = [error] * len(group)
        self._group_s = max(self._clock() - began, _FORGETTING * self._group_s)
        for (_, future, _), result in zip(group, results, strict=True):
            if future.done():  # its caller has gone
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)


class Apart(Generic[In, Out]):
    """A `Grouped` for each place that keys lie in, so that a place which hangs holds up nobody else.

    `place` tells a key's; where it changes meanwhile, what was accepted is done where it was.
    """

    def __init__(self, make: Callable[[], Grouped[In, Out]], place: Callable[[str], Hashable]) -> None:
        self._make = make
        self._place = place
        self._places: dict[Hashable, Grouped[In, Out]] = {}

    async def __call__(self, item: In, key: str = "") -> Out:
        """As `Grouped` does."""
        return await self._of(key)(item, key)

    def has_room(self, key: str = "") -> bool:
        """As `Grouped` does."""
        return self._of(key).has_room(key)

    def _of(self, key: str) -> Grouped[In, Out]:
        place = self._place(key)
        if place not in self._places:
            self._places[place] = self._make()
        return self._places[place]

    async def drain(self) -> None:
        """Waits until nothing waits and nothing is under way, anywhere."""
        for grouped in list(self._places.values()):
            await grouped.drain()

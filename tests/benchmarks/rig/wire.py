"""The load generator: prepared requests on raw sockets, so that it costs little beside what it measures.

`closed` asks again when it is answered, as many at a time as it is told. `open_loop` sends at a rate whatever comes
back, as readers do, and counts from the moment a request was due: one that had to wait for a generator that was late,
or for a connection, has waited.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, cast


class Answer(NamedTuple):
    """What came back, and after how many seconds."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def told(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)


class Line(asyncio.Protocol):
    """A connection that is kept: one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._read = bytearray()
        self._asked: asyncio.Future[tuple[bytes, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not inherit from it

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n") + 4
        if end < 4 or self._asked is None:
            return
        head = bytes(self._read[:end])
        at = head.lower().find(b"content-length: ") + 16
        whole = end + int(head[at : head.index(b"\r", at)])
        if len(self._read) >= whole:
            asked, self._asked, body = self._asked, None, bytes(self._read[end:whole])
            del self._read[:whole]
            asked.set_result((head, body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._asked is not None:
            self._asked.set_exception(ConnectionResetError("the server hung up"))

    async def ask(self, request: bytes, due: float | None = None) -> Answer:
        """Sends, and waits for the answer; seconds are counted from `due`, where it is given."""
        assert self._transport is not None and self._asked is None
        began = due or time.perf_counter()
        self._asked = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        head, body = await self._asked
        return Answer(int(head[9:12]), head, body, time.perf_counter() - began)

    def close(self) -> None:
        """Hangs up."""
        assert self._transport is not None
        self._transport.close()


async def lines(port: int, n: int) -> list[Line]:
    """`n` open connections; few are opened at a time, since a listening socket has room for so many only."""
    loop, opened = asyncio.get_running_loop(), []
    for _ in range(n):
        _, line = await loop.create_connection(Line, "127.0.0.1", port)
        opened.append(line)
    return opened


async def work_on(port: int, n: int, work: Callable[[Line], Awaitable[None]]) -> float:
    """Does `work` on each of `n` connections at the same time; seconds until the last is done."""
    opened = await lines(port, n)
    began = time.perf_counter()
    await asyncio.gather(*(work(line) for line in opened))
    took = time.perf_counter() - began
    for line in opened:
        line.close()
    return took


async def closed(port: int, requests: Iterable[bytes], in_flight: int) -> tuple[float, list[Answer]]:
    """Seconds that all took, and the answers."""
    waiting: Iterator[bytes] = iter(requests)
    answers: list[Answer] = []

    async def work(line: Line) -> None:
        for request in waiting:
            answers.append(await line.ask(request))

    return await work_on(port, in_flight, work), answers


async def open_loop(port: int, requests: Sequence[bytes], rate: float, most: int) -> tuple[float, list[Answer], float]:
    """`rate` requests a second on at most `most` connections; the seconds that all took, the answers, and the seconds
    that we were late at worst.

    Late is what a request waited for us: for this loop, or for a connection of ours.
    """
    every = await lines(port, most)
    answers: list[Answer] = []
    due_ones: asyncio.Queue[tuple[bytes, float] | None] = asyncio.Queue()
    latest = 0.0

    async def work(line: Line) -> None:
        nonlocal latest
        while (due := await due_ones.get()) is not None:
            latest = max(latest, time.perf_counter() - due[1])
            answers.append(await line.ask(*due))

    tasks = [asyncio.create_task(work(line)) for line in every]
    began = time.perf_counter()
    at = 0
    while at < len(requests):
        now = time.perf_counter()
        while at < len(requests) and began + at / rate <= now:
            due_ones.put_nowait((requests[at], began + at / rate))
            at += 1
        await asyncio.sleep(0.001)
    for _ in tasks:
        due_ones.put_nowait(None)
    await asyncio.gather(*tasks)
    took = time.perf_counter() - began
    for line in every:
        line.close()
    return took, answers, latest

"""The store under growth and load: memory a comment, latencies from 1e4 to 1e6 pending, decisions a second, overload.

    python -m tests.benchmarks.store [--only memory growth review backpressure] [--sizes 10000 100000 1000000]

Comments have 200 characters, each with an author and a reference of its own, and wait for a person; everything goes
through the real flow into an embedded Valkey with fsync always. A script's time is the server's own measure
(`INFO commandstats`), which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from service.app import House, furnish
from service.domain.comment import Article, Author, Submission
from service.domain.ids import Tag
from service.domain.site import KeyKind
from service.flow.directory import living_key
from service.flow.review import Call
from service.flow.submit import Arrival, Receipt
from service.scoring import Scorer
from service.secret import Secret
from service.settings import load_settings
from service.store.embedded import Embedded
from service.store.memory import read_memory
from tests.benchmarks.service import _saring, _server, free_port, requests

_LENGTH = 200
_GROUP = 256
_CORPUS = Path("classifiers/corpora/clean.jsonl")


@dataclass(slots=True)
class Newsroom:
    """A site with comments without end."""

    house: House
    tag: Tag
    key: str
    texts: Sequence[str]
    n: int = 0

    async def arrivals(self, n: int) -> list[Arrival]:
        """The next `n`, each by a new author."""
        config = await self.house.directory.current(self.tag)
        key = living_key(config, self.house.secret.key_hash(self.key))
        return [Arrival(self._submission(), config, key) for _ in range(n)]

    def _submission(self) -> Submission:
        self.n += 1
        article = self.n // 1000
        end = f" {self.n}"
        return Submission(
            article=Article(f"artikel-{article}", f"https://koran.example/artikel-{article}", "Sungai dibersihkan"),
            author=Author(f"Pembaca {self.n}", f"pembaca{self.n}@example.com"),
            body=self.texts[self.n % len(self.texts)][: _LENGTH - len(end)] + end,
            client_ref=f"wp-{self.n}",
        )

    async def fill(self, n_pending: int) -> None:
        """Until so many wait."""
        while (there := (await self.pending())) < n_pending:
            for _ in range(0, n_pending - there, _GROUP):
                for result in await self.house.services.preview(await self.arrivals(_GROUP)):
                    if not isinstance(result, Receipt):
                        raise SystemExit(f"a comment was refused: {result!r}")

    async def pending(self) -> int:
        """How many wait."""
        return (await self.house.store.comments.status_counts(self.tag))["pending"]


def texts() -> list[str]:
    """Our own clean comments, joined to pieces of the wanted length."""
    rows = [json.loads(line)["text"] for line in _CORPUS.read_text("utf-8").splitlines()]
    random.Random(7).shuffle(rows)
    joined = " ".join(rows)
    return [joined[at : at + _LENGTH] for at in range(0, len(joined) - _LENGTH, _LENGTH)]


@contextlib.asynccontextmanager
async def newsroom() -> AsyncIterator[Newsroom]:
    """An empty one."""
    settings = load_settings(flood_site_per_s=0, flood_email_per_min=0, flood_address_per_min=0, store_timeout_s=60)
    with tempfile.TemporaryDirectory(prefix="saring-") as folder:
        server = Embedded(Path(folder))
        server.own()
        server.start()
        house = furnish(
            settings, server.url, Secret(b"pepper of a benchmark, long enough"), scorer=Scorer.load(None, 10_000)
        )
        try:
            site = await house.configure.create_site("b", "B", ("https://koran.example",), "id", "Asia/Makassar")
            key = (await house.configure.create_key(site.tag, KeyKind.SECRET)).key
            yield Newsroom(house, site.tag, key, texts())
        finally:
            await house.close()
            server.stop()


async def memory(n: int) -> None:
    """Bytes a pending comment, by kind of key."""
    async with newsroom() as room:
        await room.fill(_GROUP)
        n_before, before = await room.pending(), (await read_memory(room.house.store.client)).used
        await room.fill(n)
        n_more, used = await room.pending() - n_before, (await read_memory(room.house.store.client)).used - before
        print(f"\nmemory: {used / n_more:.0f} bytes a pending comment of {_LENGTH} characters ({n_more} comments)")
        root = f"saring:{{{room.tag}}}"
        each: Counter[str] = Counter()
        rows = await room.house.store.client.call("ZRANGE", f"{root}:status:pending", 0, 99)
        for row in rows:
            comment = f"{root}:comment:{row.decode()}"
            digest, author = await room.house.store.client.call("HMGET", comment, "ref_digest", "author")
            duplicates = await room.house.store.client.call("SCAN", 0, "MATCH", f"{root}:dup:*", "COUNT", 1000)
            names = {"comment": comment, "ref": f"{root}:ref:{digest.decode()}"}
            names |= {"author": f"{root}:author:{author.decode()}", "of": f"{root}:of:{author.decode()}"}
            names |= {"dup": duplicates[1][0].decode()} if duplicates[1] else {}
            for name, key in names.items():
                each[name] += await room.house.store.client.call("MEMORY", "USAGE", key) or 0
        sums = {name: total / len(rows) for name, total in each.items()}
        for name in ("events", "status:pending", "queue:rank:all", "queue:time:all"):
            sums[name] = await room.house.store.client.call("MEMORY", "USAGE", f"{root}:{name}") / (n_more + n_before)
        print("        " + ", ".join(f"{name} {size:.0f}" for name, size in sums.items()))


async def _settled(house: House) -> None:
    """Waits until the append-only file is not being rewritten."""
    while b"aof_rewrite_in_progress:1" in await house.store.client.call("INFO", "persistence"):  # noqa: ASYNC110
        await asyncio.sleep(0.2)


async def _script_us(house: House) -> float:
    stats = (await house.store.client.call("INFO", "commandstats")).decode()
    line = next(line for line in stats.splitlines() if line.startswith("cmdstat_evalsha:"))
    return float(line.split("usec_per_call=")[1].split(",")[0])


async def growth(sizes: Sequence[int], n: int = 400) -> None:
    """Submit, claim and decide at each size, one at a time."""
    print(
        "\ngrowth: one at a time; medians of milliseconds, the script's own microseconds in the server, bytes a comment"
    )
    print(
        f"{'pending':>9} {'submit':>8} {'script':>8} {'claim 10':>9} {'script':>8} {'decide':>8} {'script':>8} "
        f"{'bytes':>6}"
    )
    rows: list[dict[str, float]] = []
    async with newsroom() as room:
        empty = (await read_memory(room.house.store.client)).used
        for size in sizes:
            await room.fill(size)
            await _settled(room.house)
            row = await _grown(room, n)
            used = (await read_memory(room.house.store.client)).used - empty
            rows.append(row)
            print(
                f"{size:9} {row['submit']:8.2f} {row['submit script']:8.1f} {row['claim']:9.2f} "
                f"{row['claim script']:8.1f} {row['decide']:8.2f} {row['decide script']:8.1f} {used / room.n:6.0f}",
                flush=True,
            )
    ratios = {name: rows[-1][name] / rows[0][name] for name in rows[0]}
    print("  last against first: " + ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))


async def _grown(room: Newsroom, n: int) -> dict[str, float]:
    """Medians of milliseconds, and means of the scripts' microseconds."""
    house, tag = room.house, room.tag
    held: list[str] = []

    async def submit() -> None:
        (arrival,) = await room.arrivals(1)
        await house.submissions(arrival)

    async def claim() -> None:
        found = await house.services.review.claim(tag, "u_rina", n=10, order="priority", views=["all"])
        held.extend(comment.id for comment in found)

    async def decide() -> None:
        await house.services.review.decide(tag, "u_rina", Call(held.pop(), "approve"))

    row = {}
    for name, work, times in (("submit", submit, n), ("claim", claim, n // 10), ("decide", decide, n)):
        await house.store.client.call("CONFIG", "RESETSTAT")
        row[name] = await _median_ms(work, times)
        row[f"{name} script"] = await _script_us(house)
    return row


async def _median_ms(work: Callable[[], Awaitable[None]], times: int) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - began)
    return 1e3 * statistics.median(seconds)


async def review(n: int, in_flight: int = 32) -> None:
    """Cases claimed and decided a second, by many at once."""
    async with newsroom() as room:
        await room.fill(n)
        house, tag = room.house, room.tag
        left = n

        async def moderator(who: str) -> None:
            nonlocal left
            while left > 0:
                left -= 10
                cases = await house.services.review.claim(tag, who, n=10, order="priority", views=["all"])
                calls = (Call(case.id, "approve", expected_version=case.version) for case in cases)
                await asyncio.gather(*(house.services.review.decide(tag, who, call) for call in calls))

        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(moderator(f"u_{number}") for number in range(in_flight)))
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        print(
            f"\nreview: {n / took:.0f} cases claimed and decided a second, by {in_flight} moderators, ten a claim; "
            f"{1e6 * cpu / n:.0f} us of our processor time each"
        )


async def _open_loop(
    port: int, prepared: list[bytes], rate: float, connections: int
) -> tuple[Counter[str], list[float]]:
    """Sends at a rate whatever comes back; statuses, and seconds from when accepted ones were due to their answer."""
    statuses: Counter[str] = Counter()
    seconds: list[float] = []
    n_open, door = 0, asyncio.Semaphore(100)
    waiting: asyncio.Queue[tuple[bytes, float] | None] = asyncio.Queue()

    async def connection() -> None:
        nonlocal n_open
        async with door:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        n_open += 1
        while (due := await waiting.get()) is not None:
            writer.write(due[0])
            head = await reader.readuntil(b"\r\n\r\n")
            status = head[9:12].decode()
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
            statuses[status] += 1
            if status == "201":
                seconds.append(time.perf_counter() - due[1])
            elif b"retry-after" not in head.lower():
                raise SystemExit(f"{status} without Retry-After")
        writer.close()

    tasks = [asyncio.create_task(connection()) for _ in range(connections)]
    while n_open < connections:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    began = time.perf_counter()
    for at, request in enumerate(prepared):
        due = began + at / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        waiting.put_nowait((request, due))
    for _ in tasks:
        waiting.put_nowait(None)
    await asyncio.gather(*tasks)
    return statuses, sorted(seconds)


def backpressure(seconds: float) -> None:
    """One process over HTTP: what it can do, then twice as much, as a newspaper's front page would bring it."""
    from tests.benchmarks.service import _load

    with tempfile.TemporaryDirectory(prefix="saring-") as folder:
        port = free_port()
        environment = {"SARING_DATA_DIR": folder, "SARING_PORT": str(port), "SARING_FLOOD_SITE_PER_S": "0"}
        environment |= {"SARING_LOG_LEVEL": "warning"}
        _saring("site", "create", "b", "--name", "B", "--origin", "https://koran.example", environment=environment)
        key = _saring("key", "create", "--site", "b", "--kind", "secret", environment=environment)["key"]
        with _server([sys.executable, "-m", "service", "serve"], port, environment):
            uvloop.run(_load(port, requests(1000, port, key), 64))
            capacity = uvloop.run(_load(port, requests(6000, port, key), 64)).per_second
            print(f"\nbackpressure: {capacity:.0f} accepted a second at 64 in flight")
            for times in (0.5, 1.0, 2.0):
                prepared = requests(int(times * capacity * seconds), port, key)
                statuses, took = uvloop.run(_open_loop(port, prepared, times * capacity, 2000))
                p50, p99 = (1e3 * took[int(len(took) * q)] for q in (0.5, 0.99))
                told = ", ".join(f"{n} × {status}" for status, n in sorted(statuses.items()))
                print(f"  {times:.1f} × capacity: {told}; accepted p50 {p50:.0f} ms, p99 {p99:.0f} ms", flush=True)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = ("memory", "review", "backpressure", "growth")
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    given = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    if "memory" in given.only:
        uvloop.run(memory(10_000))
    if "review" in given.only:
        uvloop.run(review(10_000))
    if "backpressure" in given.only:
        backpressure(10)
    if "growth" in given.only:
        uvloop.run(growth(given.sizes))


if __name__ == "__main__":
    main()

"""The store as it grows: what a comment costs it, and what submitting, claiming and deciding take at 1e4, 1e5 and 1e6.

    python -m tests.benchmarks.store [--only size memory growth] [--sizes 10000 100000 1000000] [--rounds 20]

Comments have 200 characters, each with an author and a reference of its own, and wait for a person. Each size has an
embedded Valkey of its own, with fsync always (but for filling it), and all of them are measured in turn, round after
round, since machines drift. One call at a time goes through the real flow; a script's own time is the server's measure
(`INFO commandstats`), which a busy machine and a slow disk disturb least.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence

import uvloop

from service.app import House
from service.flow.review import Call
from service.flow.submit import Receipt
from service.store.memory import facts_of, read_memory
from tests.benchmarks.rig.newsroom import LENGTH, Newsroom, newsroom
from tests.benchmarks.rig.servers import data_dir, lasting_ms, machine

_FEW = 256
_CLAIM = 10
_CLAIMS = 4
_STEPS = ("submit", "claim", "decide")


async def size(n: int) -> None:
    """What a comment costs a server of the store: its processor's time, which is one processor's, and its memory."""
    with data_dir() as data:
        async with newsroom(data) as room:
            await _submit(room, _FEW)
            n_before, used = await room.pending(), (await read_memory(room.house.store.client)).used
            cpu, began = await _cpu_s(room.house), time.perf_counter()
            await _submit(room, n)
            took, cpu = time.perf_counter() - began, await _cpu_s(room.house) - cpu
            n_more = await room.pending() - n_before
            each = ((await read_memory(room.house.store.client)).used - used) / n_more
    print(
        f"\nsize: a comment takes {1e6 * cpu / n_more:.0f} us of its server's processor: at most {n_more / cpu:.0f} a "
        f"second on one server ({n_more / took:.0f} a second here, beside one process that scores them); "
        f"{each:.0f} bytes while it waits: {2**30 / each:.0f} comments a GiB"
    )


async def _submit(room: Newsroom, n: int) -> None:
    """`n` through the real flow, in groups."""
    for _ in range(0, n, _FEW):
        for result in await room.house.services.preview(await room.arrivals(_FEW)):
            if not isinstance(result, Receipt):
                raise SystemExit(f"a comment was refused: {result!r}")


async def _cpu_s(house: House) -> float:
    told = facts_of(await house.store.client.call("INFO", "cpu"))
    return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])


async def memory(n: int) -> None:
    """Bytes a pending comment, by kind of key."""
    with data_dir() as data:
        async with newsroom(data) as room:
            await _weigh(room, n)


async def _weigh(room: Newsroom, n: int) -> None:
    await room.fill(_FEW)
    n_before, before = await room.pending(), (await read_memory(room.house.store.client)).used
    await room.fill(n)
    n_more, used = await room.pending() - n_before, (await read_memory(room.house.store.client)).used - before
    print(f"\nmemory: {used / n_more:.0f} bytes a pending comment of {LENGTH} characters ({n_more} comments)")
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


async def growth(sizes: Sequence[int], rounds: int) -> None:
    """Submit, claim and decide at each size, one at a time."""
    async with contextlib.AsyncExitStack() as stack:
        rooms: dict[int, Newsroom] = {}
        for size in sizes:
            data = stack.enter_context(data_dir())
            room = rooms[size] = await stack.enter_async_context(newsroom(data))
            began = time.perf_counter()
            await room.fill(size)
            used = (await read_memory(room.house.store.client)).used
            print(f"{size} filled in {time.perf_counter() - began:.0f} s; {used / 1e6:.0f} MB", flush=True)
        print(f"this disk makes a write lasting in {lasting_ms(data):.2f} ms (median)")
        measured: dict[int, dict[str, list[float]]] = {size: defaultdict(list) for size in sizes}
        for room in rooms.values():
            await _round(room)  # warms up
        for _ in range(rounds):
            for size in random.sample(list(rooms), len(rooms)):
                for name, value in (await _round(rooms[size])).items():
                    measured[size][name].append(value)
    _print_growth(measured)


async def _round(room: Newsroom) -> dict[str, float]:
    """Medians of milliseconds, and the means of the scripts' microseconds."""
    house, tag = room.house, room.tag
    held: list[str] = []

    async def submit() -> None:
        (arrival,) = await room.arrivals(1)
        await house.submissions(arrival, tag)

    async def claim() -> None:
        found = await house.services.review.claim(tag, "u_rina", n=_CLAIM, order="priority", views=["all"])
        held.extend(comment.id for comment in found)

    async def decide() -> None:
        await house.services.review.decide(tag, "u_rina", Call(held.pop(), "approve"))

    row: dict[str, float] = {}
    steps = ((submit, _CLAIMS * _CLAIM), (claim, _CLAIMS), (decide, _CLAIMS * _CLAIM))
    for name, (work, times) in zip(_STEPS, steps, strict=True):
        await house.store.client.call("CONFIG", "RESETSTAT")
        row[name] = await _median_ms(work, times)
        row[f"{name} script"] = await _script_us(house)
    return row


async def _script_us(house: House) -> float:
    stats = (await house.store.client.call("INFO", "commandstats")).decode()
    line = next(line for line in stats.splitlines() if line.startswith("cmdstat_evalsha:"))
    return float(line.split("usec_per_call=")[1].split(",")[0])


async def _median_ms(work: Callable[[], Awaitable[None]], times: int) -> float:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - began)
    return 1e3 * statistics.median(seconds)


def _print_growth(measured: dict[int, dict[str, list[float]]]) -> None:
    names = [name for step in _STEPS for name in (step, f"{step} script")]
    print("growth: milliseconds a call, and microseconds of its scripts in the server (medians of the rounds)")
    print(f"{'pending':>9}" + "".join(f"{name:>{len(name) + 3}}" for name in names))
    middle = {size: {name: statistics.median(row[name]) for name in names} for size, row in measured.items()}
    for size, row in middle.items():
        print(f"{size:9}" + "".join(f"{row[name]:{len(name) + 3}.{0 if 'script' in name else 2}f}" for name in names))
    first, *_, last = middle.values()
    print(f"{'ratio':>9}" + "".join(f"{last[name] / first[name]:{len(name) + 3}.2f}" for name in names))


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = ("size", "memory", "growth")
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    print(machine())
    if "size" in given.only:
        uvloop.run(size(20_000))
    if "memory" in given.only:
        uvloop.run(memory(10_000))
    if "growth" in given.only:
        uvloop.run(growth(given.sizes, given.rounds))


if __name__ == "__main__":
    main()

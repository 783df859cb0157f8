"""Accepted submissions a second, beside the bare aiohttp handler, in the same run: one process, and two on one store.

    python -m tests.benchmarks.service [--rounds 5] [--n 2000] [--in-flight 1 16 64 256]

Everything is included: validation, fold, score with reasons, policy, one grouped write with fsync always. Before it is
measured each server takes in 4,000 comments, a busy day's: most words are known then, but for those that nobody used
before, of which each comment brings one. Rounds of the three servers are interleaved, since machines drift; what counts
is the median of the ratios, and the processor time, which a busy machine disturbs least. Where the machine has two
cores, the generator, Valkey and two processes share them: two processes then show what they cost, not what they bring.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections import defaultdict
from collections.abc import Sequence

import uvloop

from tests.benchmarks.rig.newsroom import newsroom_of
from tests.benchmarks.rig.readers import requests
from tests.benchmarks.rig.servers import Round, Server, bare, data_dir, lasting_ms, machine, median, saring
from tests.benchmarks.rig.wire import closed

_BEFORE = 4_000
_LAX = {"queue_wait_ms": "60000", "log_level": "warning"}  # the bare one logs nothing, and refuses nobody


async def _round(server: Server, key: str, n: int, in_flight: int) -> Round:
    prepared = requests(n, server.port, key)
    before = server.cpu_s()
    took, answers = await closed(server.port, prepared, in_flight)
    ours, valkey = (1e6 * (now - then) / n for now, then in zip(server.cpu_s(), before, strict=True))
    for answer in answers:
        if answer.status != 201:
            raise SystemExit(f"{answer.head.decode()}{answer.body.decode()}")
    seconds = sorted(answer.seconds for answer in answers)
    return Round(n / took, 1e3 * seconds[n // 2], 1e3 * seconds[int(n * 0.99)], ours, valkey)


async def _measure(rounds: int, n: int, in_flights: Sequence[int]) -> None:
    with (
        data_dir() as one_dir,
        data_dir() as two_dir,
        bare() as plain,
        saring(one_dir, **_LAX) as one,
        saring(two_dir, workers="2", **_LAX) as two,
    ):
        async with newsroom_of(one_dir) as first, newsroom_of(two_dir) as second:
            print(f"{machine()}; this disk makes a write lasting in {lasting_ms(one_dir):.2f} ms (median)")
            print(_HEAD, flush=True)
            servers = {"bare": (plain, ""), "1": (one, first.key), "2": (two, second.key)}
            for server, key in servers.values():
                await _round(server, key, _BEFORE, 64)
            for in_flight in in_flights:
                n_each = max(200, n // 4) if in_flight == 1 else n
                measured: dict[str, list[Round]] = defaultdict(list)
                for _ in range(rounds):
                    for name, (server, key) in random.sample(list(servers.items()), len(servers)):
                        measured[name].append(await _round(server, key, n_each, in_flight))
                for name in servers:
                    _print(in_flight, name, measured[name], measured["bare"])


_HEAD = "in flight  processes   a second  of bare (min–max)    p50 ms   p99 ms   our µs each   Valkey's"


def _print(in_flight: int, name: str, rounds: Sequence[Round], plain: Sequence[Round]) -> None:
    ratios = sorted(mine.per_second / theirs.per_second for mine, theirs in zip(rounds, plain, strict=True))
    print(
        f"{in_flight:9} {name:>10} {median(rounds, 'per_second'):10.0f}"
        f"  {statistics.median(ratios):7.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
        f" {median(rounds, 'p50_ms'):9.2f} {median(rounds, 'p99_ms'):8.2f}"
        f" {median(rounds, 'ours_us'):13.0f} {median(rounds, 'valkey_us'):10.0f}",
        flush=True,
    )


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[1, 16, 64, 256])
    given = parser.parse_args()
    uvloop.run(_measure(given.rounds, given.n, given.in_flight))


if __name__ == "__main__":
    main()

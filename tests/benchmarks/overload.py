"""What readers see when more comes than one process can do: answers to a load that does not wait for answers.

    python -m tests.benchmarks.overload [--seconds 8] [--times 0.5 1 2 4] [--data FOLDER]

Capacity is what 64 in flight get accepted. Then submissions come at a fixed rate, a multiple of it, whatever is
answered; this process does nothing but send and listen, and an answer's time counts from the moment when its request
was due. "late" is the longest that a request waited for the generator itself: where it is not small beside the times,
they say nothing. The bare aiohttp handler gets the same rate in turn. Settings are the defaults. What is accepted waits
for the disk: a data folder in memory (`--data /dev/shm`) shows what is ours alone.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import uvloop

from tests.benchmarks.rig.newsroom import newsroom_of
from tests.benchmarks.rig.readers import requests
from tests.benchmarks.rig.servers import Server, bare, data_dir, machine, saring
from tests.benchmarks.rig.wire import Answer, closed, open_loop

_LINES = 2000
_HEAD = """\
                     accepted                             refused                             late  % of a core
             rate/s  a second  p50 ms  p99 ms most ms    a second  p50 ms  p99 ms most ms       ms  ours valkey us"""


def _quantiles(answers: Sequence[Answer]) -> str:
    if not answers:
        return f"{'–':>7} {'–':>7} {'–':>7}"
    ms = sorted(1e3 * answer.seconds for answer in answers)
    return " ".join(f"{ms[min(len(ms) - 1, int(len(ms) * q))]:7.0f}" for q in (0.5, 0.99, 1.0))


async def _pour(name: str, server: Server, key: str, rate: float, seconds: float) -> None:
    prepared = requests(int(rate * seconds), server.port, key)
    cpu, mine = server.cpu_s(), time.process_time()
    took, answers, late_s = await open_loop(server.port, prepared, rate, _LINES)
    ours, valkey = ((now - then) / took for now, then in zip(server.cpu_s(), cpu, strict=True))
    accepted = [answer for answer in answers if answer.status == 201]
    refused = [answer for answer in answers if answer.status != 201]
    for answer in refused:
        if answer.status not in (429, 503) or b"retry-after" not in answer.head.lower():
            raise SystemExit(f"neither accepted nor asked to come back: {answer.head.decode()}")
    told = Counter(answer.status for answer in refused)
    print(
        f"{name:12} {rate:6.0f} {len(accepted) / took:9.0f} {_quantiles(accepted)} {len(refused) / took:11.0f}"
        f" {_quantiles(refused)} {1e3 * late_s:8.0f} {100 * ours:5.0f} {100 * valkey:6.0f}"
        f" {100 * (time.process_time() - mine) / took:2.0f}  {dict(told) or ''}",
        flush=True,
    )


async def _cost_us(server: Server, key: str, n: int = 6000) -> tuple[float, float]:
    """Microseconds of processor time of an answer, and the share of answers that accept."""
    prepared = requests(n, server.port, key)
    before, _ = server.cpu_s()
    _, answers = await closed(server.port, prepared, 256)
    return 1e6 * (server.cpu_s()[0] - before) / n, sum(answer.status == 201 for answer in answers) / n


async def _costs(folder: Path | None) -> None:
    """What it costs the process to accept, to refuse, and what aiohttp alone takes."""
    with (
        data_dir(folder) as lax_dir,
        data_dir(folder) as strict_dir,
        bare() as plain,
        saring(lax_dir, queue_wait_ms="60000") as lax,
        saring(strict_dir, queue_capacity="1") as strict,
    ):
        async with newsroom_of(lax_dir) as first, newsroom_of(strict_dir) as second:
            accepting, _ = await _cost_us(lax, first.key)
            refusing, accepted = await _cost_us(strict, second.key)
            answering, _ = await _cost_us(plain, "")
            print(
                f"processor time of ours: {accepting:.0f} µs to accept, {refusing:.0f} µs to refuse"
                f" ({100 * accepted:.1f} % of these were accepted); the bare handler: {answering:.0f} µs"
            )


async def _measure(seconds: float, times: Sequence[float], folder: Path | None) -> None:
    with data_dir(folder) as data, bare() as plain, saring(data) as ours:
        async with newsroom_of(data) as room:
            rates = []
            for _ in range(4):
                prepared = requests(3000, ours.port, room.key)
                took, answers = await closed(ours.port, prepared, 64)
                assert all(answer.status == 201 for answer in answers)
                rates.append(len(answers) / took)
            capacity = max(rates)
            print(f"{machine()}; capacity {capacity:.0f} accepted a second at 64 in flight (best of four)")
            print(_HEAD, flush=True)
            for multiple in times:
                await _pour("bare", plain, room.key, multiple * capacity, seconds)
                await _pour(f"{multiple:g} × ours", ours, room.key, multiple * capacity, seconds)
    await _costs(folder)


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--times", type=float, nargs="+", default=[0.5, 1, 2, 4])
    parser.add_argument("--data", type=Path, help="where the store's folder is made; the system's temporary folder")
    given = parser.parse_args()
    uvloop.run(_measure(given.seconds, given.times, given.data))


if __name__ == "__main__":
    main()

"""Accepted submissions a second of one process, beside the bare aiohttp handler, in the same run.

    python -m tests.benchmarks.service [--rounds 5] [--n 2000]

Everything is included: validation, fold, score with reasons, policy, one grouped read and one grouped write with fsync
always. Rounds of the two servers are interleaved, since machines drift; what counts is the median of the ratios.
The load generator writes prepared requests on raw sockets, so that it costs little beside what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvloop

# What a paper gets: mostly ordinary comments and politics, some spam, some abuse; about one row in four is unwanted.
_CORPUS = [Path(f"classifiers/corpora/{name}.jsonl") for name in ("clean", "news_en", "politics", "balance_id", "spam")]
_NUMBERS = itertools.count()


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: requests a second, and milliseconds at the median and the 99th percentile."""

    per_second: float
    p50_ms: float
    p99_ms: float


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bodies(n: int) -> list[bytes]:
    """`n` submissions of different authors as JSON; texts are our own corpus's, in an order that is always the same."""
    texts = [json.loads(line)["text"] for path in _CORPUS for line in path.read_text("utf-8").splitlines()]
    random.Random(7).shuffle(texts)
    return [
        json.dumps(
            {
                "article": {"id": str(number % 50), "url": "https://koran.example/a", "title": "Sungai dibersihkan"},
                "author": {"name": f"Pembaca {number}", "email": f"reader{number}@example.com", "url": ""},
                "body": f"{texts[number % len(texts)]} {number}",
                "client_ref": f"b-{number}",
            }
        ).encode()
        for number in itertools.islice(_NUMBERS, n)
    ]


def requests(n: int, port: int, key: str) -> list[bytes]:
    """`n` submissions as whole HTTP requests."""
    head = (
        f"POST /v1/comments HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    )
    return [f"{head}{len(body)}\r\n\r\n".encode() + body for body in bodies(n)]


async def _connection(port: int, work: Iterator[bytes], seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in work:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 201 " not in head[:16]:
            raise SystemExit(head.decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        seconds.append(time.perf_counter() - began)
    writer.close()
    await writer.wait_closed()


async def _load(port: int, prepared: list[bytes], in_flight: int) -> Measured:
    seconds: list[float] = []
    work = iter(prepared)
    began = time.perf_counter()
    await asyncio.gather(*(_connection(port, work, seconds) for _ in range(in_flight)))
    took = time.perf_counter() - began
    seconds.sort()
    return Measured(len(prepared) / took, 1e3 * seconds[len(seconds) // 2], 1e3 * seconds[int(len(seconds) * 0.99)])


@contextlib.contextmanager
def _server(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
                if probe.recv(16):
                    break
            if time.monotonic() > deadline:
                raise SystemExit("the server does not answer")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _lasting_s(folder: Path) -> float:
    """Seconds until the disk has a small write for good: with fsync always, no lone submission is faster."""
    seconds = []
    with (folder / "probe").open("ab", buffering=0) as probe:
        for _ in range(100):
            probe.write(b"\n" * 1500)
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _saring(*arguments: str, environment: dict[str, str]) -> dict[str, str]:
    command = [sys.executable, "-m", "service", *arguments, "--json"]
    done = subprocess.run(command, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE)
    told: dict[str, str] = json.loads(done.stdout)
    return told


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[1, 16, 64])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        bare, whole = free_port(), free_port()
        environment = {
            "SARING_DATA_DIR": folder,
            "SARING_PORT": str(whole),
            "SARING_FLOOD_SITE_PER_S": "0",
            "SARING_QUEUE_WAIT_MS": "60000",
            "SARING_LOG_LEVEL": "warning",
        }
        _saring("site", "create", "b", "--name", "B", "--origin", "https://koran.example", environment=environment)
        key = _saring("key", "create", "--site", "b", "--kind", "secret", environment=environment)["key"]
        stack.enter_context(_server([sys.executable, "-m", "tests.benchmarks.rig.bare", str(bare)], bare, {}))
        stack.enter_context(_server([sys.executable, "-m", "service", "serve"], whole, environment))
        machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        print(f"{machine}; this disk makes a write lasting in {1e3 * _lasting_s(Path(folder)):.2f} ms (median)")
        print("in flight   accepted/s   bare/s   ratio (min–max)      p50 ms (bare)    p99 ms (bare)   p99 ratio")
        for in_flight in arguments.in_flight:
            _print(in_flight, _rounds(arguments.rounds, arguments.n, in_flight, bare, whole, key))


def _rounds(rounds: int, n: int, in_flight: int, bare: int, whole: int, key: str) -> list[tuple[Measured, Measured]]:
    n = max(200, n // 4) if in_flight == 1 else n
    uvloop.run(_load(bare, requests(200, bare, key), in_flight))
    uvloop.run(_load(whole, requests(200, whole, key), in_flight))
    measured = []
    for _ in range(rounds):
        pair = {}
        for port in random.sample((bare, whole), 2):
            pair[port] = uvloop.run(_load(port, requests(n, port, key), in_flight))
        measured.append((pair[whole], pair[bare]))
    return measured


def _print(in_flight: int, measured: list[tuple[Measured, Measured]]) -> None:
    ratios = sorted(ours.per_second / theirs.per_second for ours, theirs in measured)
    middle = [
        (
            statistics.median(getattr(ours, name) for ours, _ in measured),
            statistics.median(getattr(t, name) for _, t in measured),
        )
        for name in ("per_second", "p50_ms", "p99_ms")
    ]
    (rate, bare_rate), (p50, bare_p50), (p99, bare_p99) = middle
    tails = statistics.median(ours.p99_ms / theirs.p99_ms for ours, theirs in measured)
    middle_ratio = statistics.median(ratios)
    print(
        f"{in_flight:9d} {rate:12.0f} {bare_rate:8.0f}   {middle_ratio:.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
        f"    {p50:8.2f} ({bare_p50:.2f})   {p99:8.2f} ({bare_p99:.2f})   {tails:.1f}"
    )


if __name__ == "__main__":
    main()

"""`saring replay`: sends comments to a running service as a newspaper would, and tells what became of them.

Reads JSON Lines (plain or gzipped) of either kind: submissions as the API takes them, or a data set's rows with `text`
(and `author`, `url` where they have them). Sets carry no authors: those get made-up ones, a new one for each row.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from service.errors import BadSetting

_IN_FLIGHT = 64
_LABELS = ("spam", "abuse")


def register(subparsers: Any) -> None:
    """Adds `replay`."""
    replay = subparsers.add_parser("replay", help="send comments to a running service as a newspaper would")
    replay.add_argument("file", type=Path, metavar="FILE")
    replay.add_argument("--url", required=True)
    replay.add_argument("--key", required=True)
    replay.add_argument("--rate", type=float, default=0.0, help="comments a second; 0: as fast as it can")
    replay.add_argument("--limit", type=int, default=0, help="only so many rows; 0: all")
    replay.add_argument("--report", type=Path, help="write every acknowledged id here, as JSON Lines")
    replay.set_defaults(run=run)


@dataclass(slots=True)
class Tally:
    """What came back."""

    statuses: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    n_retries: int = 0


def run(arguments: argparse.Namespace) -> int:
    """Sends the file; exit status 1 where something was neither taken nor refused with a reason."""
    if not arguments.file.exists():
        raise BadSetting(f"FILE: there is no {arguments.file}")
    tally = Tally()
    began = time.perf_counter()
    asyncio.run(_replay(arguments, tally))
    if arguments.report:
        arguments.report.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in tally.acknowledged))
    _print(tally, time.perf_counter() - began)
    return 1 if tally.statuses["failed"] else 0


def submissions(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each row as (submission, row)."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                row = orjson.loads(line)
                yield (row if "body" in row else _submission(row, path.name, number)), row


def _submission(row: dict[str, Any], name: str, number: int) -> dict[str, Any]:
    return {
        "article": {"id": f"replay-{name}-{number % 50}", "title": f"Replay of {name}"},
        "author": {
            "name": (str(row.get("author") or "").strip() or f"Pembaca {number}")[:80],
            "email": f"reader{number}@example.com",
            "url": str(row.get("url") or ""),
        },
        "body": row["text"],
        "client_ref": f"{name}:{number}",
    }


async def _replay(arguments: argparse.Namespace, tally: Tally) -> None:
    rows = list(submissions(arguments.file))
    rows = rows[: arguments.limit] if arguments.limit else rows
    gate = asyncio.Semaphore(_IN_FLIGHT)
    headers = {"Authorization": f"Bearer {arguments.key}"}
    url = arguments.url.rstrip("/") + "/v1/comments"
    connector = aiohttp.TCPConnector(limit=_IN_FLIGHT)
    async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
        with Progress(console=Console(stderr=True)) as progress:
            shown = progress.add_task("replay", total=len(rows))

            async def one(submission: dict[str, Any], row: dict[str, Any]) -> None:
                try:
                    await _send(session, url, submission, row, tally)
                finally:
                    gate.release()
                    progress.advance(shown)

            async with asyncio.TaskGroup() as group:
                async for submission, row in _paced(rows, arguments.rate):
                    await gate.acquire()
                    group.create_task(one(submission, row))


async def _paced(
    rows: list[tuple[dict[str, Any], dict[str, Any]]], rate: float
) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any]]]:
    began = time.perf_counter()
    for at, row in enumerate(rows):
        if rate > 0:
            await asyncio.sleep(max(0.0, began + at / rate - time.perf_counter()))
        yield row


async def _send(
    session: aiohttp.ClientSession, url: str, submission: dict[str, Any], row: dict[str, Any], tally: Tally
) -> None:
    """Sends until there is an answer: as newspapers do, again after a 429 or 503, or when nothing came back."""
    for attempt in range(60):
        began = time.perf_counter()
        try:
            async with session.post(url, json=submission) as answer:
                status, told, wait = answer.status, await answer.json(), answer.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError):
            tally.n_retries += 1
            await asyncio.sleep(min(2.0, 0.1 * 2**attempt))
            continue
        if status in (429, 503):
            tally.n_retries += 1
            await asyncio.sleep(float(wait or 1))
            continue
        _count(tally, status, told, row, time.perf_counter() - began)
        return
    tally.statuses["failed"] += 1


def _count(tally: Tally, status: int, told: dict[str, Any], row: dict[str, Any], seconds: float) -> None:
    tally.statuses[str(status)] += 1
    tally.seconds.append(seconds)
    if status in (200, 201):
        tally.acknowledged.append({"id": told["id"], "client_ref": row.get("client_ref"), "status": told["status"]})
        labels = [label for label in _LABELS if row.get(label) == 1] or ["clean or unknown"]
        for label in labels:
            tally.verdicts[label, told.get("verdict", told["status"])] += 1


def _print(tally: Tally, seconds: float) -> None:
    console = Console()
    times = sorted(tally.seconds) or [0.0]
    p50, p95, p99 = (1000 * times[min(len(times) - 1, int(len(times) * q))] for q in (0.5, 0.95, 0.99))
    statuses = ", ".join(f"{n} × {status}" for status, n in sorted(tally.statuses.items()))
    console.print(f"{len(tally.seconds)} answered in {seconds:.1f} s ({statuses}), {tally.n_retries} retries")
    console.print(f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms")
    table = Table("label of the row", "approve", "hold", "reject", title="Verdicts")
    for label in sorted({label for label, _ in tally.verdicts}):
        counts = [str(tally.verdicts[label, verdict]) for verdict in ("approve", "hold", "reject")]
        table.add_row(label, *counts)
    console.print(table)

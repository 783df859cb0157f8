"""A paper's day, cut short: comments flow in, two moderators decide, and in the middle everything is killed.

    python -m tests.chaos.day FILE… [--rows 3500] [--decisions 200] [--rate 150] [--seed 1]

Replays rows of JSON Lines files (plain or gzipped, `text` a row) through `saring replay`, lets two people claim and
decide by the API at once, kills the service with all its processes (SIGKILL) half-way and starts it again. Then a
checker reads everything back and proves: every acknowledged comment exists exactly once with its text, every decision
stands exactly once and as it was answered, nothing was decided by two people, events are in order and without a gap.
Exit status 1 where that does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.chaos.ledger import Row
from tests.chaos.told import everything

SITE = "day"


@dataclass(slots=True)
class Service:
    """A service of its own on a folder of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SARING_DATA_DIR": str(self.folder),
            "SARING_PORT": str(self.port),
            "SARING_FLOOD_SITE_PER_S": "0",
            "SARING_LOG_LEVEL": "error",
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Starts it and waits until it is ready; seconds that took."""
        began = time.monotonic()
        command = [sys.executable, "-m", "service", "serve"]
        self.process = subprocess.Popen(command, env=self.environment, start_new_session=True)
        while not self._is_ready():
            if time.monotonic() - began > 120:
                raise SystemExit("the service does not come up")
            time.sleep(0.02)
        return time.monotonic() - began

    def kill_all(self) -> int:
        """SIGKILL to the parent and all its children at once; how many."""
        assert self.process is not None
        family = [self.process.pid, *_children(self.process.pid)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        return len(family)

    def stop(self) -> None:
        """In order."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def run(self, *arguments: str) -> Row:
        """One administrative command; its JSON."""
        command = [sys.executable, "-m", "service", *arguments, "--json"]
        told: Row = json.loads(subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE).stdout)
        return told

    def _is_ready(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.settimeout(5)
            probe.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
            return b" 200 " in probe.recv(64)
        return False


def _children(pid: int) -> list[int]:
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], stdout=subprocess.PIPE, check=False).stdout
    return [int(child) for child in told.split()]


@dataclass(slots=True)
class Moderator:
    """Somebody who claims cases and decides them, and remembers what was answered."""

    name: str
    token: str
    decided: dict[str, tuple[str, int]] = field(default_factory=dict)
    n_conflicts: int = 0
    n_away: int = 0

    async def work(self, url: str, wanted: int, done: Counter[str], half: asyncio.Event, chance: random.Random) -> None:
        """Until all together have decided enough."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            while done["decisions"] < wanted:
                try:
                    await self._once(session, url, done, chance)
                    if done["decisions"] >= wanted // 2:
                        half.set()
                except (aiohttp.ClientError, TimeoutError, ConnectionError):
                    self.n_away += 1
                    await asyncio.sleep(0.1)

    async def _once(self, session: aiohttp.ClientSession, url: str, done: Counter[str], chance: random.Random) -> None:
        async with session.post(f"{url}/v1/queue/claim", json={"n": 5, "order": "newest"}) as answer:
            cases = (await answer.json())["cases"] if answer.status == 200 else []
        if not cases:
            await asyncio.sleep(0.05)
        for case in cases:
            verb = chance.choice(("approve", "reject"))
            comment_id = case["comment"]["id"]
            status, told = await self._decide(session, f"{url}/v1/comments/{comment_id}/{verb}", case["version"])
            if status == 200:
                self.decided[comment_id] = (verb, told["version"])
                done["decisions"] += 1
            else:
                self.n_conflicts += 1

    async def _decide(self, session: aiohttp.ClientSession, url: str, version: int) -> tuple[int, Row]:
        body = {"reason": "other", "expected_version": version} if url.endswith("reject") else {}
        while True:  # a decision that was not answered is sent again: the same one twice is no conflict
            try:
                async with session.post(url, json=body) as answer:
                    if answer.status != 503:
                        return answer.status, await answer.json()
            except (aiohttp.ClientError, TimeoutError, ConnectionError):
                self.n_away += 1
            await asyncio.sleep(0.1)


def rows_of(paths: list[Path], n: int, seed: int) -> list[Row]:
    """`n` rows, evenly from the files, shuffled."""
    chance = random.Random(seed)
    each: list[list[Row]] = []
    for path in paths:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            found = [json.loads(line) for line in lines if line.strip()]
        chance.shuffle(found)
        each.append(found)
    share = -(-n // len(each))
    rows = [row for found in each for row in found[:share]][:n]
    chance.shuffle(rows)
    return [{**row, "text": row["text"][:10_000]} for row in rows if row["text"].strip()]


async def _day(
    service: Service, people: list[Moderator], wanted: int, seed: int, replay: subprocess.Popen[bytes]
) -> str:
    done: Counter[str] = Counter()
    half = asyncio.Event()
    work = [
        asyncio.create_task(person.work(service.url, wanted, done, half, random.Random(f"{seed}{person.name}")))
        for person in people
    ]
    await half.wait()
    killed = await asyncio.to_thread(service.kill_all)
    took = await asyncio.to_thread(service.start)
    await asyncio.gather(*work)
    await asyncio.to_thread(replay.wait)
    return f"killed {killed} processes after {wanted // 2} decisions; answering again after {took:.1f} s"


def check(
    rows: list[Row], acknowledged: list[Row], people: list[Moderator], comments: dict[str, Row], events: list[Row]
) -> list[str]:
    """What does not hold; empty where all is well."""
    wrong: list[str] = []
    lost = [row["id"] for row in acknowledged if row["id"] not in comments]
    wrong += [f"{len(lost)} acknowledged comments are lost"] if lost else []
    if len({row["id"] for row in acknowledged}) != len(acknowledged):
        wrong.append("one id was acknowledged for two submissions")
    for ref, n in Counter(comment["client_ref"] for comment in comments.values()).items():
        if n > 1:
            wrong.append(f"{ref} exists {n} times")
    decided = {cid: (person.name, *what) for person in people for cid, what in person.decided.items()}
    if len(decided) != sum(len(person.decided) for person in people):
        wrong.append("two people decided the same case")
    for cid, (_, verb, version) in decided.items():
        comment = comments[cid]
        if comment["decision"] is None or comment["decision"]["decision"] != verb or comment["version"] != version:
            wrong.append(f"{cid}: the decision that was answered does not stand")
    numbers = [int(event["id"]) for event in events]
    if numbers != list(range(1, len(numbers) + 1)):
        wrong.append("events have a gap or are out of order")
    opened = Counter(event["data"]["comment_id"] for event in events if event["type"] == "comment.submitted")
    if opened != Counter(dict.fromkeys(comments, 1)):
        wrong.append("not every comment has exactly one opening event")
    closed = Counter(e["data"]["comment_id"] for e in events if e["type"] in ("comment.approved", "comment.rejected"))
    if any(n > 1 for n in closed.values()):
        wrong.append("a case was decided twice")
    undecided = [
        c for c in comments.values() if c["status"] != "pending" and c["decision"] is None and c["verdict"] == "hold"
    ]
    if undecided:
        wrong.append(f"{len(undecided)} held comments were decided by silence")
    return wrong


def verdicts(rows: list[Row], comments: dict[str, Row]) -> Iterator[str]:
    """What the policy said of rows whose label is known, and what the machine alone would have said."""
    by_ref = {comment["client_ref"]: comment for comment in comments.values()}
    table: dict[str, Counter[str]] = {}
    for number, row in enumerate(rows, 1):
        comment = by_ref.get(f"rows.jsonl:{number}")
        if comment is None:
            continue
        labels = [label for label in ("spam", "abuse") if row.get(label) == 1]
        clean = row.get("spam") == 0 and row.get("abuse") in (0, None)
        name = "+".join(labels) or ("spam 0" if clean else "unlabelled")
        counts = table.setdefault(name, Counter())
        counts[comment["verdict"]] += 1
        bands = [reason["verdict"] for reason in comment["reasons"] if reason["code"].startswith("band.")]
        counts["band " + ("reject" if "reject" in bands else "hold" if bands else "none")] += 1
    yield f"{'label':12} {'approve':>8} {'hold':>6} {'reject':>7}   bands alone: {'none':>6} {'hold':>6} {'reject':>7}"
    for name, counts in sorted(table.items()):
        said = (counts["approve"], counts["hold"], counts["reject"])
        alone = (counts["band none"], counts["band hold"], counts["band reject"])
        yield f"{name:12} {said[0]:8} {said[1]:6} {said[2]:7}   {'':12} {alone[0]:6} {alone[1]:6} {alone[2]:7}"


def main() -> int:
    """Runs the day; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rows", type=int, default=3500)
    parser.add_argument("--decisions", type=int, default=200)
    parser.add_argument("--rate", type=float, default=150)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rows = rows_of(arguments.files, arguments.rows, arguments.seed)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        service = Service(Path(folder) / "var", port)
        try:
            return _run(service, rows, arguments, Path(folder))
        finally:
            service.stop()


def _run(service: Service, rows: list[Row], arguments: argparse.Namespace, folder: Path) -> int:
    print(f"first start: answering after {service.start():.1f} s")
    service.run("site", "create", SITE, "--name", "Day", "--origin", "https://koran.example")
    key = service.run("key", "create", "--site", SITE, "--kind", "secret")["key"]
    people = [
        Moderator(
            name,
            service.run("user", "create", "--site", SITE, "--role", "moderator", "--email", f"{name}@example.com")[
                "token"
            ],
        )
        for name in ("rina", "budi")
    ]
    file, report = folder / "rows.jsonl", folder / "report.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    command = [sys.executable, "-m", "service", "replay", str(file), "--url", service.url, "--key", key]
    command += ["--rate", str(arguments.rate), "--report", str(report)]
    replay = subprocess.Popen(command)
    print(asyncio.run(_day(service, people, arguments.decisions, arguments.seed, replay)))
    acknowledged = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    listed, events = asyncio.run(everything(service.url, key))
    comments = {comment["id"]: comment for comment in listed}
    assert len(comments) == len(listed), "a comment is listed twice"
    print("\n".join(verdicts(rows, comments)))
    for person in people:
        print(
            f"{person.name}: {len(person.decided)} decided, {person.n_conflicts} conflicts, {person.n_away} times away"
        )
    wrong = check(rows, acknowledged, people, comments, events)
    print(
        f"{len(acknowledged)} acknowledged, {len(comments)} stored, {len(events)} events; {len(wrong)} promises broken"
    )
    print("\n".join(wrong))
    return 1 if wrong or replay.returncode else 0


if __name__ == "__main__":
    sys.exit(main())

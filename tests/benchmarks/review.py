"""Cases claimed and decided a second by one process over the API, beside the bare aiohttp handler, in the same run.

    python -m tests.benchmarks.review [--rounds 5] [--n 2000]

one by one    moderators decide cases that are known, each as soon as the one before is answered
claims        moderators claim ten, decide each, claim ten more; what counts is cases
in bulk       a hundred decisions a request (`POST /v1/decisions`); what counts is decisions

Each moderator has a token and a connection of his own; "key" is the newspaper's own system, by its secret key. The
number in a row's name is how many are in flight. Rounds of all rows are interleaved, since machines drift; printed are
medians. Processor time is that of our process and of Valkey, a case; a busy machine disturbs it least.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import statistics
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import uvloop

from tests.benchmarks.rig.newsroom import Newsroom, newsroom_of
from tests.benchmarks.rig.servers import Round, Server, bare, data_dir, lasting_ms, machine, median, saring
from tests.benchmarks.rig.wire import Answer, Line, closed, work_on

_BULK = 100
_CLAIM = 10


def request(path: str, credential: str, body: object) -> bytes:
    """A whole HTTP request."""
    raw = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {credential}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n".encode() + raw


@dataclass(slots=True)
class Table:
    """The two servers, and the cases that wait."""

    ours: Server
    bare: Server
    room: Newsroom
    n: int
    cases: Iterator[str]

    def _decision(self, credential: str) -> bytes:
        return request(f"/v1/comments/{next(self.cases)}/approve", credential, {"expected_version": 1})

    async def one_by_one(self, in_flight: int, by_key: bool) -> Round:
        who = [self.room.key] * in_flight if by_key else self.room.tokens[:in_flight]
        requests = [self._decision(who[at % in_flight]) for at in range(self.n)]
        return await _measured(self.ours, self.n, lambda: closed(self.ours.port, requests, in_flight))

    async def claims(self, in_flight: int) -> Round:
        answers: list[Answer] = []
        tokens, left = itertools.cycle(self.room.tokens), iter(range(0, self.n, _CLAIM))

        async def moderator(line: Line) -> None:
            token = next(tokens)
            for _ in left:
                claimed = await line.ask(request("/v1/queue/claim", token, {"n": _CLAIM, "order": "newest"}))
                answers.append(claimed)
                for case in claimed.told["cases"]:
                    path = f"/v1/comments/{case['comment']['id']}/approve"
                    answers.append(await line.ask(request(path, token, {"expected_version": case["version"]})))

        async def load() -> tuple[float, list[Answer]]:
            return await work_on(self.ours.port, in_flight, moderator), answers

        measured = await _measured(self.ours, self.n, load)
        assert len(answers) == self.n + self.n // _CLAIM, "not every claim found ten"
        return measured

    async def in_bulk(self, in_flight: int) -> Round:
        requests = []
        for _ in range(0, self.n, _BULK):
            rows = [{"comment_id": next(self.cases), "decision": "approve"} for _ in range(_BULK)]
            requests.append(request("/v1/decisions", self.room.key, {"decisions": rows}))
        return await _measured(self.ours, self.n, lambda: closed(self.ours.port, requests, in_flight))

    async def plain(self, in_flight: int) -> Round:
        requests = [request("/v1/comments", "x" * 57, {"expected_version": 1})] * self.n
        return await _measured(self.bare, self.n, lambda: closed(self.bare.port, requests, in_flight))


async def _measured(server: Server, n: int, load: Callable[[], Awaitable[tuple[float, list[Answer]]]]) -> Round:
    before = server.cpu_s()
    took, answers = await load()
    ours, valkey = (1e6 * (now - then) / n for now, then in zip(server.cpu_s(), before, strict=True))
    for answer in answers:
        if answer.status not in (200, 201) or b'"problem"' in answer.body:
            raise SystemExit(f"{answer.head.decode()}{answer.body.decode()}")
    seconds = sorted(answer.seconds for answer in answers)
    p50, p99 = (1e3 * seconds[int(len(seconds) * q)] for q in (0.5, 0.99))
    return Round(n / took, p50, p99, ours, valkey)


async def _measure(rounds: int, n: int) -> None:
    with data_dir() as data, bare() as plain, saring(data) as ours:
        print(f"{machine()}; this disk makes a write lasting in {lasting_ms(data):.2f} ms (median)", flush=True)
        async with newsroom_of(data, n_moderators=64) as room:
            n_rows, claimed = 6, 2
            await room.fill(n * n_rows * (rounds + 1))
            # Claims take the newest; the others are given the oldest, so that nobody is in another's way.
            ids = await room.house.store.reviews.queue(
                room.tag, "oldest", ["all"], n * (n_rows - claimed) * (rounds + 1)
            )
            table = Table(ours, plain, room, n, iter(ids))
            rows: dict[str, Callable[[], Awaitable[Round]]] = {
                "one by one, 16": lambda: table.one_by_one(16, by_key=False),
                "one by one, 64": lambda: table.one_by_one(64, by_key=False),
                "one by one, 64, key": lambda: table.one_by_one(64, by_key=True),
                "claims, 16": lambda: table.claims(16),
                "claims, 64": lambda: table.claims(64),
                f"in bulk of {_BULK}, 4": lambda: table.in_bulk(4),
                "bare aiohttp, 64": lambda: table.plain(64),
            }
            measured: dict[str, list[Round]] = defaultdict(list)
            for number in range(rounds + 1):
                for name in random.sample(list(rows), len(rows)):
                    measured[name] += [await rows[name]()] * bool(number)  # the first round warms up
    _print({name: measured[name] for name in rows})


def _print(measured: dict[str, list[Round]]) -> None:
    print(f"{'':20} {'cases/s':>8}  {'of bare':>7} (min–max)    {'p50 ms':>6} {'p99 ms':>7}   our µs a case  Valkey's")
    *_, plain = measured.values()
    for name, rounds in measured.items():
        ratios = sorted(mine.per_second / theirs.per_second for mine, theirs in zip(rounds, plain, strict=True))
        print(
            f"{name:20} {median(rounds, 'per_second'):8.0f}"
            f"  {statistics.median(ratios):7.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
            f"  {median(rounds, 'p50_ms'):6.1f} {median(rounds, 'p99_ms'):7.1f}"
            f"   {median(rounds, 'ours_us'):13.0f}  {median(rounds, 'valkey_us'):8.0f}"
        )


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--n", type=int, default=2000)
    given = parser.parse_args()
    uvloop.run(_measure(given.rounds, given.n))


if __name__ == "__main__":
    main()

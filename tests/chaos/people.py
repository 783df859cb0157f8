"""Newspapers that send comments and moderators that decide them, whatever happens; they note down what they know."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp

from tests.chaos.ledger import Holding, Ledger, Row, Ruling

_TEXTS = (
    "Terima kasih liputannya, semoga jalannya lekas diperbaiki",
    "Saya tidak setuju dengan keputusan wali kota ini",
    "Harga beras di pasar naik lagi, tolong diperhatikan",
    "Slot gacor maxwin malam ini, daftar lewat bio",
    "Dasar pejabat goblok, mundur saja",
)
_AWAY = (aiohttp.ClientError, TimeoutError, ConnectionError)
_TIMEOUT = aiohttp.ClientTimeout(total=20)


@dataclass(slots=True)
class Town:
    """Where the people are: the services' addresses, what is known so far, and whether work goes on."""

    addresses: Callable[[], list[str]]
    ledger: Ledger = field(default_factory=Ledger)
    counts: Counter[str] = field(default_factory=Counter)
    is_over: bool = False
    is_clock_off: bool = False
    clock_changes: list[float] = field(default_factory=list)
    _may_work: asyncio.Event = field(default_factory=asyncio.Event)
    _n_working: int = 0

    def __post_init__(self) -> None:
        self._may_work.set()

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """One piece of work, which `quiet` waits for."""
        await self._may_work.wait()
        self._n_working += 1
        try:
            yield
        finally:
            self._n_working -= 1

    @contextlib.asynccontextmanager
    async def quiet(self) -> AsyncIterator[None]:
        """While nobody works."""
        self._may_work.clear()
        while self._n_working:  # noqa: ASYNC110 - they are many, and it is looked at seldom
            await asyncio.sleep(0.02)
        try:
            yield
        finally:
            self._may_work.set()

    def surprised(self, what: str, status: int, told: Any) -> None:
        """Something answered that must not be."""
        self.ledger.surprises.append(f"{what} was answered {status}: {str(told)[:200]}")


@dataclass(slots=True)
class Person:
    """Somebody with a credential and a stream of chance of his own."""

    town: Town
    name: str
    key: str
    chance: random.Random

    @contextlib.asynccontextmanager
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        headers = {"Authorization": f"Bearer {self.key}"}
        connector = aiohttp.TCPConnector(limit=4, force_close=self.chance.random() < 0.5)
        async with aiohttp.ClientSession(headers=headers, connector=connector, timeout=_TIMEOUT) as session:
            yield session

    async def ask(self, session: aiohttp.ClientSession, path: str, body: Row) -> tuple[int, Any]:
        """Status and JSON from any of the services; (0, None) where no answer came."""
        try:
            async with session.post(f"{self.chance.choice(self.town.addresses())}{path}", json=body) as answer:
                return answer.status, await answer.json(content_type=None)
        except (*_AWAY, ValueError):
            self.town.counts["unanswered"] += 1
            return 0, None

    async def insist(self, session: aiohttp.ClientSession, path: str, body: Row) -> tuple[int, Any]:
        """Asks until there is an answer that is not "later"."""
        while True:
            status, told = await self.ask(session, path, body)
            if status not in (0, 429, 503):
                return status, told
            self.town.counts["later"] += status in (429, 503)
            await asyncio.sleep(self.chance.uniform(0.05, 0.4))


class Newspaper(Person):
    """Sends comments, each until it is acknowledged."""

    async def work(self, pause_s: float) -> None:
        """Until it is over."""
        async with self.session() as session:
            for number in self._numbers():
                async with self.town.working():
                    await self.send(session, f"{self.name}-{number}")
                await asyncio.sleep(self.chance.uniform(0, 2 * pause_s))

    def _numbers(self) -> Iterator[int]:
        number = 0
        while not self.town.is_over:
            yield number
            number += 1

    async def send(self, session: aiohttp.ClientSession, ref: str) -> str:
        """One comment; its id."""
        ledger = self.town.ledger
        text = ledger.sent.setdefault(ref, f"{self.chance.choice(_TEXTS)} — {ref}")
        body = {
            "article": {"id": f"a{sum(ref.encode()) % 20}", "title": "Sungai dibersihkan"},
            "author": {"name": f"Pembaca {ref}", "email": f"{ref}@example.com"},
            "body": text,
            "client_ref": ref,
        }
        status, told = await self.insist(session, "/v1/comments", body)
        if status not in (200, 201):
            self.town.surprised(ref, status, told)
            return ""
        ledger.acknowledged[ref] = told["id"]
        return str(told["id"])


class Moderator(Person):
    """Claims cases; decides, undoes or gives them back. `name` is the account's id."""

    async def work(self, pause_s: float) -> None:
        """Until it is over."""
        async with self.session() as session:
            while not self.town.is_over:
                async with self.town.working():
                    await self._round(session)
                await asyncio.sleep(self.chance.uniform(0, 2 * pause_s))

    async def _round(self, session: aiohttp.ClientSession) -> None:
        town = self.town
        order = self.chance.choice(("newest", "priority", "oldest"))
        was_off, changes = town.is_clock_off, len(town.clock_changes)
        status, told = await self.ask(session, "/v1/queue/claim", {"n": self.chance.randint(1, 10), "order": order})
        if status != 200:
            if status not in (0, 503):
                town.surprised("a claim", status, told)
            return
        now = time.time()
        # A claim is a time: while one service's clock is off, what it gives out may be somebody else's still.
        is_sure = not was_off and changes == len(town.clock_changes)
        cases = {row["comment"]["id"]: row for row in told["cases"]}
        until = {cid: datetime.fromisoformat(row["claimed_until"]).timestamp() for cid, row in cases.items()}
        town.counts["claims"] += len(cases)
        try:
            await self._decide(session, cases, until, now if is_sure else None)
        finally:
            if is_sure:  # what has not been given up is held until its time
                self._held(until, now, float("inf"))

    def _held(self, until: dict[str, float], begin: float | None, end: float) -> None:
        if begin is not None:
            end = min([end, *(at for at in self.town.clock_changes if at > begin)])
            self.town.ledger.holdings += [Holding(cid, self.name, begin, min(end, u)) for cid, u in until.items()]
        until.clear()

    async def _decide(
        self, session: aiohttp.ClientSession, cases: dict[str, Row], until: dict[str, float], begin: float | None
    ) -> None:
        way = self.chance.random()
        if way < 0.1:
            self._held(until, begin, time.time())
            await self.ask(session, "/v1/queue/release", {"comment_ids": list(cases)})
        elif way < 0.3 and cases:
            self._held(until, begin, time.time())
            await self._many(session, cases)
        else:
            for cid, row in cases.items():
                self._held({cid: until.pop(cid)}, begin, time.time())
                await self._one(session, cid, row["version"])

    async def _one(self, session: aiohttp.ClientSession, cid: str, version: int) -> None:
        verb = self.chance.choice(("approve", "reject"))
        body = {"expected_version": version, **({"reason": "other"} if verb == "reject" else {})}
        decided = await self._ruling(session, cid, verb, body, insists=True)
        if decided is not None and self.chance.random() < 0.1:
            await self._ruling(session, cid, "undo", {"expected_version": decided}, insists=False)

    async def _ruling(
        self, session: aiohttp.ClientSession, cid: str, verb: str, body: Row, *, insists: bool
    ) -> int | None:
        version = None
        try:
            status, told = await (self.insist if insists else self.ask)(session, f"/v1/comments/{cid}/{verb}", body)
            if status == 200:
                version = int(told["version"])
                self.town.counts["rulings"] += 1
            elif status == 409:
                self.town.counts["conflicts"] += 1
            elif insists or status not in (0, 503):
                self.town.surprised(f"{verb} {cid}", status, told)
            return version
        finally:
            self.town.ledger.rulings.append(Ruling(cid, self.name, verb, version))

    async def _many(self, session: aiohttp.ClientSession, cases: dict[str, Row]) -> None:
        verb = self.chance.choice(("approve", "reject"))
        rows = [{"comment_id": cid, "decision": verb, "expected_version": r["version"]} for cid, r in cases.items()]
        if verb == "reject":
            rows = [{**row, "reason": "spam"} for row in rows]
        versions: dict[str, int] = {}
        try:
            while True:  # an item whose store was away is asked for again with the others: nothing is done twice
                status, told = await self.insist(session, "/v1/decisions", {"decisions": rows})
                if status != 200:
                    self.town.surprised("a batch", status, told)
                    return
                versions = {each["comment_id"]: each["version"] for each in told["results"] if "version" in each}
                problems = [each["problem"]["status"] for each in told["results"] if "problem" in each]
                self.town.counts["conflicts"] += problems.count(409)
                if 503 not in problems:
                    self.town.counts["rulings"] += len(versions)
                    return
        finally:
            self.town.ledger.rulings += [Ruling(cid, self.name, verb, versions.get(cid)) for cid in cases]

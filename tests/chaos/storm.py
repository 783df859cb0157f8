"""A storm: people work, and meanwhile everything that can break is broken, again and again. Then the books are checked.

    python -m tests.chaos.storm [--faults 200] [--seed 1] [--minutes 60] [--only NAME…] [--logs FOLDER]

Three newspapers and three moderators work through two services on one embedded store while faults strike, one after the
other, in an order that the seed decides. Afterwards `tests/chaos/ledger.py` holds what the clients remember against all
comments and events: every acknowledged comment exists exactly once with its text; every case was decided at most once
between two openings; events are in order and without a gap; no claim was shared; nothing was decided by silence.
Prints what it did. Exit status 1 where a promise is broken, where a service logged a bug of its own, or where the
services do not come back, or time is up.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from service.app import furnish
from service.domain.site import KeyKind, Role
from service.scoring import Scorer
from service.secret import read_secret
from service.settings import load_settings
from tests.chaos.fleet import Fleet
from tests.chaos.ledger import Row
from tests.chaos.people import Moderator, Newspaper, Town
from tests.chaos.proxy import Proxy
from tests.chaos.told import everything

SITE = "storm"
_DISK = "512m"


@dataclass(slots=True)
class Storm:
    """What strikes whom. Each fault is a method that returns when it is over; what it broke is mended afterwards."""

    fleet: Fleet
    town: Town
    chance: random.Random
    key: str
    longest_stop_s: float = 10.0
    recovered_s: list[float] = field(default_factory=list)
    n_lost_with_a_cut: int = 0
    n_bytes_cut: int = 0

    async def valkey_is_killed(self) -> None:
        for pid in self.fleet.valkey():
            self.fleet.kill(pid)

    async def a_worker_is_killed(self) -> None:
        if workers := self.fleet.workers():
            self.fleet.kill(self.chance.choice(workers))

    async def the_second_service_is_killed(self) -> None:
        await asyncio.to_thread(self.fleet.kill_second)

    async def a_service_is_killed_between_script_and_answer(self) -> None:
        struck = asyncio.Event()

        def strike() -> None:
            self.fleet.kill(self.fleet.second.pid)  # type: ignore[union-attr]
            struck.set()

        self.fleet.store.on_cut, self.fleet.store.cut_next_reply = strike, True
        async with asyncio.timeout(30):
            await struck.wait()
        self.fleet.store.on_cut = lambda: None
        await asyncio.to_thread(self.fleet.kill_second)

    async def the_first_service_is_killed_whole(self) -> None:
        await asyncio.to_thread(self.fleet.kill_family)

    async def its_supervisor_is_killed(self) -> None:
        await asyncio.to_thread(self.fleet.kill_parent)

    async def valkey_stops(self) -> None:
        await self._stop(self.fleet.valkey())

    async def a_worker_stops(self) -> None:
        await self._stop(self.fleet.workers()[:1])

    async def _stop(self, pids: Sequence[int]) -> None:
        for pid in pids:
            self.fleet.kill(pid, SIGSTOP)
        await asyncio.sleep(self.chance.uniform(0.5, self.longest_stop_s))
        for pid in pids:
            self.fleet.kill(pid, SIGCONT)

    async def connections_to_the_store_are_cut(self) -> None:
        for _ in range(self.chance.randint(1, 5)):
            self.fleet.store.cut()
            await asyncio.sleep(self.chance.uniform(0.02, 0.3))

    async def an_answer_of_the_store_is_lost(self) -> None:
        self.fleet.store.cut_next_reply = True
        await asyncio.sleep(0.3)

    async def the_store_is_slow(self) -> None:
        await self._slow(self.fleet.store)

    async def connections_of_clients_are_cut(self) -> None:
        for _ in range(self.chance.randint(1, 5)):
            self.fleet.web.cut()
            await asyncio.sleep(self.chance.uniform(0.02, 0.3))

    async def an_answer_to_a_client_is_lost(self) -> None:
        self.fleet.web.cut_next_reply = True
        await asyncio.sleep(0.3)

    async def clients_are_slow(self) -> None:
        await self._slow(self.fleet.web)

    async def _slow(self, proxy: Proxy) -> None:
        proxy.delay_s = self.chance.uniform(0.02, 0.5)
        await asyncio.sleep(self.chance.uniform(0.5, 3))
        proxy.delay_s = 0.0

    async def a_clock_jumps(self) -> None:
        town = self.town
        hours = self.chance.choice((-24.0, -1.0, -0.1, 0.1, 1.0, 24.0))
        town.is_clock_off = True
        town.clock_changes.append(time.time())
        self.fleet.set_clock(int(hours * 3_600_000))
        await asyncio.sleep(self.chance.uniform(0.5, 3))
        self.fleet.set_clock(0)
        await asyncio.sleep(0.2)
        town.clock_changes.append(time.time())
        town.is_clock_off = False

    async def valkey_is_killed_again_and_again(self) -> None:
        for _ in range(3):
            killed = self.fleet.valkey()
            for pid in killed:
                self.fleet.kill(pid)
            async with asyncio.timeout(30):
                while not set(self.fleet.valkey()) - set(killed):  # noqa: ASYNC110 - another process starts it
                    await asyncio.sleep(0.02)

    async def the_last_record_is_torn(self) -> None:
        """After the power has gone: the append-only file lacks its last bytes, and so the last comment may be gone."""
        async with self.town.quiet(), _newspaper(self.town, self.key).session() as session:
            paper = _newspaper(self.town, self.key)
            ref = f"torn-{len(self.recovered_s)}"
            cid = await paper.send(session, ref)
            await asyncio.to_thread(self.fleet.kill_family)
            self.n_bytes_cut += _tear(self.fleet.data, self.chance.randint(1, 60))
            await self.fleet.mended()
            if await paper.send(session, ref) != cid:  # it is another comment now
                self.n_lost_with_a_cut += 1

    async def the_disk_is_full(self) -> None:
        ballast = self.fleet.data / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as sink:
            while True:
                sink.write(b"\0" * 65_536)
        await asyncio.sleep(self.chance.uniform(1, 4))
        ballast.unlink()


FAULTS: dict[str, int] = {
    Storm.valkey_is_killed.__name__: 4,
    Storm.a_worker_is_killed.__name__: 3,
    Storm.the_second_service_is_killed.__name__: 2,
    Storm.a_service_is_killed_between_script_and_answer.__name__: 4,
    Storm.the_first_service_is_killed_whole.__name__: 3,
    Storm.its_supervisor_is_killed.__name__: 2,
    Storm.valkey_stops.__name__: 3,
    Storm.a_worker_stops.__name__: 2,
    Storm.connections_to_the_store_are_cut.__name__: 3,
    Storm.an_answer_of_the_store_is_lost.__name__: 4,
    Storm.the_store_is_slow.__name__: 2,
    Storm.connections_of_clients_are_cut.__name__: 3,
    Storm.an_answer_to_a_client_is_lost.__name__: 4,
    Storm.clients_are_slow.__name__: 2,
    Storm.a_clock_jumps.__name__: 3,
    Storm.valkey_is_killed_again_and_again.__name__: 2,
    Storm.the_last_record_is_torn.__name__: 2,
    Storm.the_disk_is_full.__name__: 2,
}
"""Every fault with how often it comes beside the others."""


def _newspaper(town: Town, key: str) -> Newspaper:
    return Newspaper(town, "torn", key, random.Random(0))


def _tear(data: Path, n_bytes: int) -> int:
    """Cuts the append-only file; how many bytes."""
    file = max((data / "appendonlydir").glob("*.incr.aof"), key=lambda each: int(each.name.split(".")[2]))
    n_bytes = min(n_bytes, file.stat().st_size)
    os.truncate(file, file.stat().st_size - n_bytes)
    return n_bytes


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A small filesystem of its own on `folder`, where that is permitted."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_DISK},mode=700", "tmpfs", str(folder)], capture_output=True, check=False
    )
    try:
        yield mounted.returncode == 0
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "--lazy", str(folder)], check=False)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A site's key, and its moderators' tokens by account."""

    key: str
    moderators: dict[str, str]


async def _newsroom(fleet: Fleet) -> Newsroom:
    settings = load_settings()
    secret = read_secret(fleet.data / "secret", make=False)
    house = furnish(settings, f"unix://{fleet.data}/valkey.sock", secret, scorer=Scorer(None, 500))
    try:
        make = house.configure
        tag = (await make.create_site(SITE, "Storm", ("https://koran.example",), "id", "Asia/Makassar")).tag
        key = await make.create_key(tag, KeyKind.SECRET)
        invited = [
            await make.create_user(tag, f"{name}@example.com", Role.MODERATOR) for name in ("rina", "budi", "ayu")
        ]
        return Newsroom(key.key, {each.account.id: each.token for each in invited})
    finally:
        await house.close()


@contextlib.asynccontextmanager
async def _people(town: Town, newsroom: Newsroom, seed: int, pause_s: float) -> AsyncIterator[None]:
    """Three newspapers and three moderators at work; in the end all have finished what they had begun."""
    work: list[Awaitable[None]] = []
    for name in ("kabar", "harian", "koran"):
        work.append(Newspaper(town, name, newsroom.key, random.Random(f"{seed}{name}")).work(pause_s))
    for number, (account, token) in enumerate(newsroom.moderators.items()):
        work.append(Moderator(town, account, token, random.Random(f"{seed}{number}")).work(pause_s))
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        yield
        town.is_over = True
        for died in await asyncio.gather(*tasks, return_exceptions=True):
            if died is not None:
                town.ledger.surprises.append(f"somebody gave up: {died!r}")
    finally:
        for task in tasks:
            task.cancel()


async def _strike(storm: Storm, names: Sequence[str], struck: Counter[str], *, is_told: bool) -> None:
    for number, name in enumerate(names, 1):
        await asyncio.sleep(storm.chance.uniform(0.1, 1.0))
        strike: Callable[[], Awaitable[None]] = getattr(storm, name)
        await strike()
        took = await storm.fleet.mended()
        storm.recovered_s.append(took)
        struck[name] += 1
        if is_told:
            print(f"{number:4} {name.replace('_', ' ')}: both answer after {took:.1f} s", flush=True)


def _chosen(faults: dict[str, int], n: int, chance: random.Random) -> list[str]:
    """Each at least once where there is room, then by weight; in an order of chance."""
    names = list(faults)[:n] + chance.choices(list(faults), list(faults.values()), k=max(0, n - len(faults)))
    chance.shuffle(names)
    return names


async def storm(names: Sequence[str], seed: int, data: Path, logs: Path, *, longest_stop_s: float = 10.0) -> list[str]:
    """Lets the named faults strike in this order; the promises that are broken."""
    began = time.monotonic()
    fleet = Fleet(data, logs)
    town = Town(lambda: [f"http://127.0.0.1:{port}" for port in (fleet.web.port, fleet.second_port)])
    struck: Counter[str] = Counter()
    async with fleet.web.strung(), fleet.store.strung():
        try:
            fleet.start_first()
            await fleet.mended()
            newsroom = await _newsroom(fleet)
            weather = Storm(fleet, town, random.Random(seed), newsroom.key, longest_stop_s)
            async with _people(town, newsroom, seed, pause_s=0.05):
                await _strike(weather, names, struck, is_told=True)
            comments, events = await everything(f"http://127.0.0.1:{fleet.first_port}", newsroom.key)
        finally:
            await asyncio.to_thread(fleet.end)
    broken = [*town.ledger.broken(comments, events), *(f"a bug was logged: {line}" for line in fleet.bugs())]
    _print(weather, struck, comments, events, time.monotonic() - began)
    return broken


def _print(storm: Storm, struck: Counter[str], comments: list[Row], events: list[Row], seconds: float) -> None:
    ledger, counts = storm.town.ledger, storm.town.counts
    print(f"\n{struck.total()} faults in {seconds:.0f} s")
    for name, n in struck.most_common():
        print(f"{n:4} × {name.replace('_', ' ')}")
    recovered = sorted(storm.recovered_s)
    print(f"ready again after {recovered[len(recovered) // 2]:.1f} s (median), {recovered[-1]:.1f} s (longest)")
    print(f"{len(ledger.sent)} comments sent, {len(ledger.acknowledged)} acknowledged, {len(comments)} stored")
    print(
        f"{counts['claims']} claims, {counts['rulings']} decisions and undos answered, {counts['conflicts']} conflicts"
    )
    print(f"{counts['unanswered']} requests without an answer, {counts['later']} answered 503; {len(events)} events")
    print("logged: " + ", ".join(f"{n} × {event}" for event, n in storm.fleet.told().most_common()))
    print(f"{storm.n_bytes_cut} bytes torn off; {storm.n_lost_with_a_cut} comments lost with them, and sent again")


def main() -> int:
    """Runs the storm; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--only", nargs="+", choices=list(FAULTS), default=list(FAULTS), metavar="NAME")
    parser.add_argument("--logs", type=Path, help="keep there what the services log")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="saring-") as name, small_disk(Path(name) / "d") as is_small:
        faults = {fault: FAULTS[fault] for fault in given.only}
        if not is_small and faults.pop(Storm.the_disk_is_full.__name__, 0):
            print("full disk: not here, since this user may not mount a small one")
        logs: Path = given.logs or Path(name) / "logs"
        logs.mkdir(parents=True)
        names = _chosen(faults, given.faults, random.Random(given.seed))
        run = partial(storm, names, given.seed, Path(name) / "d" / "var", logs)
        try:
            broken = asyncio.run(asyncio.wait_for(run(), 60 * given.minutes))
        except TimeoutError as error:
            print(f"given up: {error or 'time is up'}")
            for log in logs.glob("*.log"):
                print(f"--- {log.name}\n{log.read_text()[-4000:]}")
            return 1
    print("\n".join(broken) or "every promise held")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

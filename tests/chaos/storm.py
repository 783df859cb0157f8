"""A storm: people work, and meanwhile everything that can break is broken, again and again. Then the books are checked.

    python -m tests.chaos.storm [--cluster] [--faults 200] [--seed 1] [--minutes 60] [--only NAME…] [--logs FOLDER]

Three newspapers and three moderators work through two services on one embedded store while faults strike, one after the
other, in an order that the seed decides. With `--cluster` the store is three servers with a site on each, and as many
people at each site; what strikes one server must not hold up the sites of the others. Afterwards the checker,
`tests/chaos/ledger.py`, holds what the clients remember against all comments and events: every acknowledged comment
exists exactly once with its text; every case was decided at most once between two openings; events are in order and
without a gap; no claim was shared; nothing was decided by silence.
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
from service.domain.ids import Tag
from service.domain.site import KeyKind, Role
from service.flow.configure import Configure
from service.scoring import Scorer
from service.secret import read_secret
from service.settings import load_settings
from tests.chaos.fleet import Fleet, WideFleet
from tests.chaos.ledger import Row
from tests.chaos.people import Moderator, Newspaper, Town
from tests.chaos.proxy import Proxy
from tests.chaos.told import everything

SITE = "storm"
_DISK = "512m"
_HELD_UP_S = 15.0  # by far: a busy machine is no failure


@dataclass(slots=True)
class Storm:
    """What strikes whom. Each fault is a method that returns when it is over; what it broke is mended afterwards."""

    fleet: Fleet
    towns: Sequence[Town]
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

    async def a_server_stops_and_the_others_go_on(self) -> None:
        """It stays so until somebody at each of the other sites was heard."""
        assert isinstance(self.fleet, WideFleet)
        number = self.chance.randrange(self.fleet.n_servers)
        others = [town for at, town in enumerate(self.towns) if at != number]
        node = self.fleet.cluster.nodes[number]
        node.freeze()
        try:
            await asyncio.sleep(self.chance.uniform(0.5, self.longest_stop_s))
            counts = [len(town.ledger.acknowledged) for town in others]
            async with asyncio.timeout(_HELD_UP_S):
                while any(len(t.ledger.acknowledged) == n for t, n in zip(others, counts, strict=True)):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            self.towns[0].ledger.surprises.append(f"while server {number} stood still, sites of others were held up")
        finally:
            node.thaw()

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
        hours = self.chance.choice((-24.0, -1.0, -0.1, 0.1, 1.0, 24.0))
        for town in self.towns:
            town.is_clock_off = True
            town.clock_changes.append(time.time())
        self.fleet.set_clock(int(hours * 3_600_000))
        await asyncio.sleep(self.chance.uniform(0.5, 3))
        self.fleet.set_clock(0)
        await asyncio.sleep(0.2)
        for town in self.towns:
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
        (town,) = self.towns
        async with town.quiet(), _newspaper(town, self.key).session() as session:
            paper = _newspaper(town, self.key)
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
"""Every fault of one store with how often it comes beside the others."""

WIDE_FAULTS: dict[str, int] = {
    Storm.valkey_is_killed.__name__: 4,
    Storm.a_server_stops_and_the_others_go_on.__name__: 4,
    Storm.a_worker_is_killed.__name__: 2,
    Storm.the_second_service_is_killed.__name__: 2,
    Storm.the_first_service_is_killed_whole.__name__: 2,
    Storm.connections_to_the_store_are_cut.__name__: 3,
    Storm.an_answer_of_the_store_is_lost.__name__: 4,
    Storm.the_store_is_slow.__name__: 2,
    Storm.an_answer_to_a_client_is_lost.__name__: 2,
    Storm.a_clock_jumps.__name__: 2,
}
"""The same of a cluster; `valkey_is_killed` means one of its servers."""


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


async def _newsrooms(fleet: Fleet) -> list[Newsroom]:
    """One on each of the store's servers. Where a site comes to lie is chance: some are made and left."""
    settings = load_settings()
    secret = read_secret(fleet.data / "secret", make=False)
    house = furnish(settings, fleet.store_url, secret, scorer=Scorer(None, 500))
    found: dict[int, Newsroom] = {}
    try:
        for slug in (f"{SITE}-{number}" for number in range(100)):
            site = await house.configure.create_site(slug, "Storm", ("https://koran.example",), "id", "Asia/Makassar")
            if (number := fleet.number_of(site.tag)) not in found:
                found[number] = await _newsroom(house.configure, site.tag, slug)
            if len(found) == fleet.n_servers:
                return [found[number] for number in sorted(found)]
        raise AssertionError("a hundred sites, and one server got none")
    finally:
        await house.close()


async def _newsroom(make: Configure, tag: Tag, slug: str) -> Newsroom:
    key = await make.create_key(tag, KeyKind.SECRET)
    names = (f"{name}@{slug}.example.com" for name in ("rina", "budi", "ayu"))
    invited = [await make.create_user(tag, name, Role.MODERATOR) for name in names]
    return Newsroom(key.key, {each.account.id: each.token for each in invited})


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


async def storm(fleet: Fleet, names: Sequence[str], seed: int, *, longest_stop_s: float = 10.0) -> list[str]:
    """Lets the named faults strike in this order; the promises that are broken."""
    began = time.monotonic()
    struck: Counter[str] = Counter()
    async with fleet.web.strung(), fleet.store.strung():
        try:
            await asyncio.to_thread(fleet.start_store)
            fleet.start_first()
            await fleet.mended()
            newsrooms = await _newsrooms(fleet)
            towns = [
                Town(lambda: [f"http://127.0.0.1:{port}" for port in (fleet.web.port, fleet.second_port)])
                for _ in newsrooms
            ]
            weather = Storm(fleet, towns, random.Random(seed), newsrooms[0].key, longest_stop_s)
            async with contextlib.AsyncExitStack() as people:
                for town, newsroom in zip(towns, newsrooms, strict=True):
                    await people.enter_async_context(_people(town, newsroom, seed, pause_s=0.05 * len(towns)))
                await _strike(weather, names, struck, is_told=True)
            told = [await everything(f"http://127.0.0.1:{fleet.first_port}", each.key) for each in newsrooms]
        finally:
            await asyncio.to_thread(fleet.end)
    for town, (comments, events) in zip(towns, told, strict=True):
        _print_town(town, comments, events)
    _print(weather, struck, time.monotonic() - began)
    broken = [line for town, rows in zip(towns, told, strict=True) for line in town.ledger.broken(*rows)]
    return [*broken, *(f"a bug was logged: {line}" for line in fleet.bugs())]


def _print_town(town: Town, comments: list[Row], events: list[Row]) -> None:
    ledger, counts = town.ledger, town.counts
    print(f"\n{len(ledger.sent)} comments sent, {len(ledger.acknowledged)} acknowledged, {len(comments)} stored")
    print(
        f"{counts['claims']} claims, {counts['rulings']} decisions and undos answered, {counts['conflicts']} conflicts"
    )
    print(f"{counts['unanswered']} requests without an answer, {counts['later']} answered 503; {len(events)} events")


def _print(storm: Storm, struck: Counter[str], seconds: float) -> None:
    print(f"\n{struck.total()} faults in {seconds:.0f} s")
    for name, n in struck.most_common():
        print(f"{n:4} × {name.replace('_', ' ')}")
    recovered = sorted(storm.recovered_s)
    print(f"ready again after {recovered[len(recovered) // 2]:.1f} s (median), {recovered[-1]:.1f} s (longest)")
    print("logged: " + ", ".join(f"{n} × {event}" for event, n in storm.fleet.told().most_common()))
    print(f"{storm.n_bytes_cut} bytes torn off; {storm.n_lost_with_a_cut} comments lost with them, and sent again")


def main() -> int:
    """Runs the storm; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--only", nargs="+", choices=list(FAULTS | WIDE_FAULTS), metavar="NAME")
    parser.add_argument("--cluster", action="store_true", help="on a store of three servers")
    parser.add_argument("--logs", type=Path, help="keep there what the services log")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="saring-") as name, small_disk(Path(name) / "d") as is_small:
        known = WIDE_FAULTS if given.cluster else FAULTS
        faults = {fault: known[fault] for fault in given.only or known}
        if not is_small and faults.pop(Storm.the_disk_is_full.__name__, 0):
            print("full disk: not here, since this user may not mount a small one")
        logs: Path = given.logs or Path(name) / "logs"
        logs.mkdir(parents=True)
        names = _chosen(faults, given.faults, random.Random(given.seed))
        fleet = (WideFleet if given.cluster else Fleet)(Path(name) / "d" / "var", logs)
        run = partial(storm, fleet, names, given.seed)
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

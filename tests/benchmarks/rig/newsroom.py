"""A site to load: its house, key and moderators; and a filler that brings it a million pending comments in minutes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from service.app import House, furnish
from service.domain.comment import Article, Author, Submission
from service.domain.ids import Tag
from service.domain.site import KeyKind, Role
from service.flow.directory import living_key
from service.flow.submit import Arrival, Receipt
from service.scoring import Scorer
from service.secret import Secret, read_secret
from service.settings import load_settings
from service.store.embedded import Embedded

LENGTH = 200
"""Characters of a comment."""

_BURST = 500
_LANES = 4
_CORPUS = Path("classifiers/corpora/clean.jsonl")


def texts() -> list[str]:
    """Our own clean comments, joined to pieces of one length."""
    rows = [json.loads(line)["text"] for line in _CORPUS.read_text("utf-8").splitlines()]
    random.Random(7).shuffle(rows)
    joined = " ".join(rows)
    return [joined[at : at + LENGTH] for at in range(0, len(joined) - LENGTH, LENGTH)]


@dataclass(slots=True)
class Newsroom:
    """A site with comments without end, each by a new author, a thousand an article; all wait for a person."""

    house: House
    tag: Tag
    key: str
    tokens: Sequence[str] = ()
    _texts: Sequence[str] = field(default_factory=texts)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    async def arrivals(self, n: int) -> list[Arrival]:
        """The next `n`."""
        config = await self.house.directory.current(self.tag)
        key = living_key(config, self.house.secret.key_hash(self.key))
        return [Arrival(self._submission(next(self._numbers)), config, key) for _ in range(n)]

    def _submission(self, number: int) -> Submission:
        article, end = number // 1000, f" {number}"
        return Submission(
            article=Article(f"artikel-{article}", f"https://koran.example/artikel-{article}", "Sungai dibersihkan"),
            author=Author(f"Pembaca {number}", f"pembaca{number}@example.com"),
            body=self._texts[number % len(self._texts)][: LENGTH - len(end)] + end,
            client_ref=f"wp-{number}",
        )

    async def fill(self, n: int) -> None:
        """`n` more, by our own scripts, in bursts. What the model says of the first stands for all, and the disk need
        not have them for good until the last is there: neither changes what is stored.
        """
        (like,) = await self.house.scorer.assess([self._submission(0)])
        client = self.house.store.client
        await client.call("CONFIG", "SET", "appendfsync", "no", "auto-aof-rewrite-percentage", "0")
        sizes = iter([_BURST] * (n // _BURST) + [n % _BURST] * bool(n % _BURST))

        async def lane() -> None:
            for size in sizes:
                for result in await self.house.services.preview.assessed(await self.arrivals(size), [like] * size):
                    if not isinstance(result, Receipt):
                        raise SystemExit(f"a comment was refused: {result!r}")

        await asyncio.gather(*(lane() for _ in range(_LANES)))
        await client.call("CONFIG", "SET", "appendfsync", "always")

    async def pending(self) -> int:
        """How many wait."""
        return (await self.house.store.comments.status_counts(self.tag))["pending"]


async def opened(house: House, n_moderators: int = 0) -> Newsroom:
    """A newsroom in a house that has none."""
    make = house.configure
    site = await make.create_site("b", "B", ("https://koran.example",), "id", "Asia/Makassar")
    key = (await make.create_key(site.tag, KeyKind.SECRET)).key
    names = [f"moderator{number}@example.com" for number in range(n_moderators)]
    invited = [await make.create_user(site.tag, name, Role.MODERATOR) for name in names]
    return Newsroom(house, site.tag, key, [each.token for each in invited])


def _furnished(url: str, secret: Secret) -> House:
    settings = load_settings(flood_site_per_s=0, flood_email_per_min=0, flood_address_per_min=0, store_timeout_s=60)
    return furnish(settings, url, secret, scorer=Scorer.load(None, 10_000))


@contextlib.asynccontextmanager
async def newsroom_of(data: Path, n_moderators: int = 0) -> AsyncIterator[Newsroom]:
    """One at a service that is running on this data directory."""
    house = _furnished(f"unix://{data}/valkey.sock", read_secret(data / "secret", make=False))
    try:
        yield await opened(house, n_moderators)
    finally:
        await house.close()


@contextlib.asynccontextmanager
async def newsroom(data: Path) -> AsyncIterator[Newsroom]:
    """One on a store of its own, without a service."""
    server = Embedded(data)
    server.own()
    server.start()
    house = _furnished(server.url, Secret(b"pepper of a benchmark, long enough"))
    try:
        yield await opened(house)
    finally:
        await house.close()
        server.stop()

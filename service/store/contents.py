"""What there is in a store, read whole, record by record: of a store and its copy it is the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from service.domain.comment import Status
from service.domain.ids import Tag
from service.errors import BackupDamaged
from service.store import codec, keys
from service.store.client import Client
from service.store.people import People

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SiteContents:
    """What there is of a site; `digest` covers every comment with its history, and every event."""

    comments: dict[str, int]
    first_event: int
    last_event: int
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What there is: sites by slug, and the number of accounts."""

    sites: dict[str, SiteContents] = field(default_factory=dict)
    accounts: int = 0

    @property
    def n_comments(self) -> int:
        return sum(sum(site.comments.values()) for site in self.sites.values())

    @property
    def n_events(self) -> int:
        return sum(site.last_event - site.first_event + 1 for site in self.sites.values() if site.last_event)


async def read_back(store: Client) -> Contents:
    """Reads every record. Raises BackupDamaged where one cannot be read or two contradict each other, UnknownSchema."""
    rows = await store.call("HGETALL", keys.SITES)
    tags = {rows[i].decode(): Tag(rows[i + 1].decode()) for i in range(0, len(rows), 2)}
    try:
        sites = {slug: await _site(store, tag) for slug, tag in sorted(tags.items())}
        accounts = await People(store).all()
    except (ValueError, TypeError, KeyError) as error:
        raise BackupDamaged(f"a record cannot be read: {type(error).__name__}: {error}") from error
    return Contents(sites, len(accounts))


async def _site(store: Client, tag: Tag) -> SiteContents:
    digest = sha256()
    comments = {}
    for status in Status:
        comments[status.value] = 0
        async for ids in _index(store, keys.status(tag, status)):
            comments[status.value] += len(ids)
            await _read_comments(store, tag, status, ids, digest)
    first, last = await _read_events(store, tag, digest)
    return SiteContents(comments, first, last, digest.hexdigest())


async def _index(store: Client, name: str) -> AsyncIterator[list[str]]:
    at = 0
    while rows := await store.call("ZRANGE", name, at, at + _AT_ONCE - 1):
        yield [row.decode() for row in rows]
        at += len(rows)


async def _read_comments(store: Client, tag: Tag, status: Status, ids: Sequence[str], digest: Any) -> None:
    calls: list[tuple[str | int, ...]] = []
    for each in ids:
        calls.append(("HMGET", keys.comment(tag, each), *codec.STANDING_FIELDS))
        calls.append(("LRANGE", keys.history(tag, each), 0, -1))
    replies = await store.group(calls)
    for each, fields, history in zip(ids, replies[::2], replies[1::2], strict=True):
        comment = codec.load_comment(each, fields)
        if comment is None or comment.status != status:
            raise BackupDamaged(f"{each} is listed as {status} but is not there as such")
        digest.update(repr((each, fields, history)).encode())


async def _read_events(store: Client, tag: Tag, digest: Any) -> tuple[int, int]:
    first = last = 0
    while rows := await store.call("XRANGE", f"{keys.root(tag)}:events", f"(0-{last}", "+", "COUNT", _AT_ONCE):
        for entry in rows:
            number = codec.load_event(*entry).number
            if first and number != last + 1:
                raise BackupDamaged(f"events {last} and {number} follow each other")
            first, last = first or number, number
        digest.update(repr(rows).encode())
    return first, last

"""Backups: the whole store as one moment saw it, in one file, taken while the service goes on writing.

Of a cluster each server has its own moment: every site is on one, so each is whole, but not all at the same instant.

    FILE (tar) ─┬─ manifest.json   schema, when, what is in it, SHA-256 of the snapshot and of what it holds
                └─ snapshot.rdb    as the server itself writes it to a replica

The server forks and streams the moment of the fork, so nobody waits and nothing is half-written. What came is loaded
into a scratch server and read back whole, record by record, before there is a FILE at all. Restoring goes the same way:
the snapshot into a scratch server, read back, its keys copied, and the copy read back too. Sites are copied
last, hence nobody meets half a site: until all is there the service knows none.

Knows nothing of the pepper of the keys' hashes, which must be kept apart, but its fingerprint.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO

import orjson

from service.errors import BackupDamaged, BackupRefused, StoreUnavailable, UnknownSchema
from service.redis_url import RedisUrl, parse_redis_url
from service.store import keys
from service.store.client import Client, Host
from service.store.contents import Contents, SiteContents, read_back
from service.store.embedded import IN_MEMORY, Embedded
from service.store.snapshot import take_snapshot

SCHEMA = 1
_EVERYTHING = "saring:*"
_MANIFEST, _SNAPSHOT = "manifest.json", "snapshot.rdb"
_LOADED = "dump.rdb"  # the name that a server loads at its start
_PIECE = 1 << 20
_AT_ONCE = 500
_BYTES_AT_ONCE = 8 << 20
_PATIENCE_S = 120.0  # one big index is one reply
_LATE = (keys.SITES, keys.ACCOUNTS, keys.EMAILS, keys.TOKENS)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `taken_ms` is when it was begun, `pepper` the fingerprint of the pepper."""

    v: int
    taken_ms: int
    database: int
    pepper: str
    snapshot_sha256: str
    contents: Contents


async def back_up(url: str, file: Path, *, pepper: str, now_ms: int) -> Manifest:
    """Writes `file` (mode 0600) and reads it back; there is no file where anything goes wrong.

    Raises BackupRefused where the file exists, there is no room, or the store's user may not take a snapshot;
    BackupDamaged where what came cannot be read back; StoreUnavailable.
    """
    _must_be_new(file)
    address = parse_redis_url(url)
    database = address.database
    with _room(file.parent) as folder:
        snapshot, draft = folder / _LOADED, folder / "draft"
        hosts = await _hosts(url)
        if len(hosts) == 1:
            take_snapshot(address, hosts[0], snapshot)
        else:
            await _take_snapshots(address, hosts, snapshot)
        async with _scratch(folder, database) as scratch:
            contents = await read_back(scratch)
        with snapshot.open("rb") as source:
            digest = _sha256(source)
        _pack(draft, Manifest(SCHEMA, now_ms, database, pepper, digest, contents), snapshot)
        with _opened(draft) as (manifest, written):
            _compare(draft, manifest, written)
        draft.rename(file)
    _sync_folder(file.parent)
    return manifest


async def check(file: Path) -> Manifest:
    """Reads a backup whole, restoring nothing. Raises BackupDamaged, BackupRefused."""
    with _room(file.parent) as folder:
        async with _unpacked(file, folder) as (manifest, _):
            return manifest


async def restore(file: Path, url: str, *, replace: bool) -> Manifest:
    """Puts a backup's content into the store at `url`, and reads it back from there.

    Raises BackupRefused where the store is not empty, unless `replace`: then all of Saring's keys are removed first.
    Raises BackupDamaged where the file cannot be read back or the copy differs, StoreUnavailable.
    """
    target = Client(url, timeout_s=_PATIENCE_S)
    try:
        if not replace and await _any(target):
            raise BackupRefused("the store is not empty; --replace removes what is there, for good, and restores")
        with _room(file.parent) as folder:
            async with _unpacked(file, folder) as (manifest, scratch):
                await _clear(target)
                await _copy(scratch, target)
            if await read_back(target) != manifest.contents:
                raise BackupDamaged("what was restored differs from the backup; is anything else writing there?")
            return manifest
    finally:
        await target.close()


async def _hosts(url: str) -> list[Host | None]:
    """Every server, first the one that has the list of all sites: whatever it tells of is there a moment later too."""
    client = Client(url)
    try:
        hosts = [server.host for server in await client.servers()]
        return sorted(hosts, key=lambda host: host != client.place(keys.SITES))
    finally:
        await client.close()


async def _take_snapshots(url: RedisUrl, hosts: Sequence[Host | None], snapshot: Path) -> None:
    """One snapshot of several servers: what each has is put together in a scratch server."""
    with _room(snapshot.parent) as whole:
        async with _scratch(whole, 0) as target:
            for host in hosts:
                with _room(snapshot.parent) as part:
                    take_snapshot(url, host, part / _LOADED)
                    async with _scratch(part, 0) as source:
                        await _copy(source, target)
            take_snapshot(parse_redis_url(Embedded(whole).url), None, snapshot)


def _must_be_new(file: Path) -> None:
    if file.exists():
        raise BackupRefused(f"{file} exists already; choose another name or remove it")


async def _any(store: Client) -> bool:
    async for _ in _names(store):
        return True
    return False


async def _names(store: Client) -> AsyncIterator[list[bytes]]:
    """Every key of ours, some at a time; each at least once."""
    for server in await store.servers():
        cursor: bytes = b"0"
        while True:
            cursor, names = await store.call_at(server, "SCAN", cursor, "MATCH", _EVERYTHING, "COUNT", _AT_ONCE)
            if names:
                yield names
            if cursor == b"0":
                break


async def _clear(store: Client) -> None:
    await store.group([("UNLINK", name) for name in _LATE])  # from here on the service knows no site
    async for names in _names(store):
        await store.group([("UNLINK", name) for name in names])


async def _copy(source: Client, target: Client) -> None:
    sites: list[bytes] = []
    async for names in _names(source):
        early = [name for name in names if name.decode() not in _LATE and not name.endswith(b":site")]
        sites += set(names) - set(early) - {name.encode() for name in _LATE}
        await _copy_keys(source, target, early)
    await _copy_keys(source, target, sites)
    await _copy_keys(source, target, [name.encode() for name in reversed(_LATE)])


async def _copy_keys(source: Client, target: Client, names: Sequence[bytes]) -> None:
    replies = await source.group([call for name in names for call in (("DUMP", name), ("PEXPIRETIME", name))])
    calls: list[tuple[str | bytes | int, ...]] = []
    n_bytes = 0
    for name, payload, ends_ms in zip(names, replies[::2], replies[1::2], strict=True):
        if payload is None:
            continue  # it ended since it was named
        calls.append(("RESTORE", name, max(0, ends_ms), payload, "REPLACE", "ABSTTL"))
        n_bytes += len(payload)
        if n_bytes >= _BYTES_AT_ONCE:
            await target.group(calls)
            calls, n_bytes = [], 0
    if calls:
        await target.group(calls)


@contextlib.contextmanager
def _room(parent: Path) -> Iterator[Path]:
    """A folder of our own in `parent` that is gone afterwards. Raises BackupRefused where the disk says no."""
    try:
        with tempfile.TemporaryDirectory(prefix=".saring-", dir=parent) as name:
            yield Path(name)
    except OSError as error:
        raise BackupRefused(f"cannot write in {parent}: {error.strerror or error}") from error


@contextlib.asynccontextmanager
async def _scratch(folder: Path, database: int) -> AsyncIterator[Client]:
    """A server that has loaded the folder's snapshot and keeps nothing. Raises BackupDamaged where it cannot."""
    server = Embedded(folder, IN_MEMORY)
    client = Client(f"{server.url}?db={database}", timeout_s=_PATIENCE_S)
    try:
        server.own()
        try:
            server.start(timeout_s=3600)
        except StoreUnavailable as error:
            raise BackupDamaged(f"the snapshot cannot be loaded{_last_line(folder / 'valkey.log')}") from error
        yield client
    finally:
        await client.close()
        server.stop()


@contextlib.asynccontextmanager
async def _unpacked(file: Path, folder: Path) -> AsyncIterator[tuple[Manifest, Client]]:
    """What a backup says of itself, and its content in a scratch server, read back."""
    snapshot = folder / _LOADED
    with _opened(file) as (manifest, source), snapshot.open("xb") as sink:
        shutil.copyfileobj(source, sink, _PIECE)
    with snapshot.open("rb") as written:
        _compare(file, manifest, written)
    async with _scratch(folder, manifest.database) as scratch:
        if await read_back(scratch) != manifest.contents:
            raise BackupDamaged(f"{file} does not hold what its manifest tells")
        yield manifest, scratch


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
    return f" ({lines[-1]})" if lines else ""


def _sha256(source: IO[bytes]) -> str:
    digest = sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _pack(draft: Path, manifest: Manifest, snapshot: Path) -> None:
    told = orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
        with tarfile.open(fileobj=sink, mode="w") as tar:
            member = tarfile.TarInfo(_MANIFEST)
            member.size, member.mtime, member.mode = len(told), manifest.taken_ms // 1000, 0o600
            tar.addfile(member, BytesIO(told))
            with snapshot.open("rb") as source:
                member = tarfile.TarInfo(_SNAPSHOT)
                member.size, member.mtime, member.mode = snapshot.stat().st_size, manifest.taken_ms // 1000, 0o600
                tar.addfile(member, source)
        sink.flush()
        os.fsync(sink.fileno())


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """A backup's manifest and its snapshot, to be read. Raises BackupRefused, BackupDamaged, UnknownSchema."""
    try:
        with tarfile.open(file, "r:") as tar:
            yield _manifest(_member(tar, _MANIFEST).read()), _member(tar, _SNAPSHOT)
    except FileNotFoundError as error:
        raise BackupRefused(f"there is no {file}") from error
    except (tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise BackupDamaged(f"{file} is no backup of Saring, or is cut short") from error


def _compare(file: Path, manifest: Manifest, snapshot: IO[bytes]) -> None:
    if _sha256(snapshot) != manifest.snapshot_sha256:
        raise BackupDamaged(f"{file} is damaged: its SHA-256 is not the one that it was written with")


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    member = tar.extractfile(name)
    if member is None:
        raise tarfile.TarError(name)
    return member


def _manifest(raw: bytes) -> Manifest:
    told = orjson.loads(raw)
    if told["v"] != SCHEMA:
        raise UnknownSchema(f"backup of schema {told['v']}; this Saring reads schema {SCHEMA}: upgrade it")
    sites = {slug: SiteContents(**site) for slug, site in told["contents"]["sites"].items()}
    return Manifest(**{**told, "contents": Contents(sites, told["contents"]["accounts"])})


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

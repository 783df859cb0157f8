"""A backup is what one moment saw, whole; it goes into an empty store, or where one says so; damage is told."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from classifiers import Classifier
from service.app import House, furnish
from service.domain.site import Role
from service.errors import BackupDamaged, BackupRefused, StoreUnavailable, UnknownSchema
from service.flow.review import Call
from service.scoring import Scorer
from service.secret import Secret
from service.settings import Settings
from service.store import backup, keys
from service.store.client import Client
from service.store.contents import Contents, read_back
from tests.conftest import Clock, Desk, check_keys, open_newsroom
from tests.store.servers import PrivateServer

RINA = "u_rina"


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    """A second server, empty."""
    server = PrivateServer(tmp_path_factory.mktemp("o"))
    yield server
    server.close()


@pytest_asyncio.fixture
async def target(
    other: PrivateServer, settings: Settings, secret: Secret, clock: Clock, classifier: Classifier
) -> AsyncIterator[House]:
    made = furnish(settings, other.url, secret, scorer=Scorer(classifier, settings.score_deadline_ms), clock=clock)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def busy(frail: House, frail_desk: Desk) -> Desk:
    """A newsroom where something has happened: decided, undone, claimed, waiting."""
    ids = [(await frail_desk.submit(client_ref=f"wp-{n}")).comment.id for n in range(8)]
    review, tag = frail.services.review, frail_desk.newsroom.tag
    for cid, verb in zip(ids, ("approve", "reject", "approve"), strict=False):
        await review.decide(tag, RINA, Call(cid, verb, "spam" if verb == "reject" else ""))
    await review.undo(tag, RINA, ids[2])
    await review.claim(tag, RINA, n=2, order="oldest", views=["all"])
    await frail.configure.create_user(tag, "rina@example.com", Role.EDITOR)
    return frail_desk


async def make(server: PrivateServer, file: Path) -> backup.Manifest:
    return await backup.back_up(server.url, file, pepper="p", now_ms=1)


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def contents(url: str) -> Contents:
    client = Client(url)
    try:
        return await read_back(client)
    finally:
        await client.close()


async def test_what_is_restored_is_what_there_was(
    frail: House, busy: Desk, private: PrivateServer, tmp_path: Path, other: PrivateServer, target: House
) -> None:
    manifest = await make(private, tmp_path / "kabar.tar")
    restored = await backup.restore(tmp_path / "kabar.tar", other.url, replace=False)

    assert restored == manifest
    assert manifest.contents == await contents(private.url) == await contents(other.url)
    site = manifest.contents.sites[busy.newsroom.site.slug]
    assert site.comments == {"pending": 6, "approved": 1, "rejected": 1, "expired": 0}
    assert (site.first_event, site.last_event, manifest.contents.accounts) == (1, 12, 1)
    await check_keys(target.store.client)


async def test_work_goes_on_where_it_stood(
    frail: House, busy: Desk, private: PrivateServer, tmp_path: Path, other: PrivateServer, target: House
) -> None:
    await make(private, tmp_path / "kabar.tar")
    await backup.restore(tmp_path / "kabar.tar", other.url, replace=False)
    there = Desk(target, busy.newsroom, n=100)

    again = await there.submit("Apa saja", client_ref="baru")
    held = await target.services.review.claim(there.newsroom.tag, "u_budi", n=50, order="oldest", views=["all"])
    events = await target.services.read.events(there.newsroom.tag, 12, 10)

    assert again.is_new
    assert len(held) == 5  # 7 are pending, and Rina's claims on 2 still hold
    assert [event.number for event in events] == [13]


async def test_a_backup_is_one_moment_while_comments_keep_coming(
    frail: House, frail_desk: Desk, private: PrivateServer, tmp_path: Path
) -> None:
    done = asyncio.Event()

    async def keep_coming() -> int:
        for n in itertools.count():
            if done.is_set():
                return n
            await frail_desk.submit(f"Terus datang {n}")
        return 0

    coming = asyncio.create_task(keep_coming())
    # In a thread of its own, as it is in a process of its own, so that the comments do not wait for it.
    manifest = await asyncio.to_thread(lambda: asyncio.run(make(private, tmp_path / "kabar.tar")))
    done.set()
    n_all = await coming

    (site,) = manifest.contents.sites.values()
    assert sum(site.comments.values()) == site.last_event <= n_all
    assert (await backup.check(tmp_path / "kabar.tar")).contents == manifest.contents


async def test_a_store_that_is_not_empty_is_left_alone_unless_told(
    frail: House, busy: Desk, private: PrivateServer, tmp_path: Path, other: PrivateServer, target: House
) -> None:
    manifest = await make(private, tmp_path / "kabar.tar")
    theirs = Desk(target, await open_newsroom(target, "harian"))
    await theirs.submit()
    before = await contents(other.url)

    with pytest.raises(BackupRefused, match=r"not empty.*--replace"):
        await backup.restore(tmp_path / "kabar.tar", other.url, replace=False)
    assert await contents(other.url) == before

    await backup.restore(tmp_path / "kabar.tar", other.url, replace=True)
    assert await contents(other.url) == manifest.contents
    assert await target.store.client.call("KEYS", f"*{theirs.newsroom.tag}*") == []


async def test_a_file_that_is_there_is_never_overwritten(
    frail: House, busy: Desk, private: PrivateServer, tmp_path: Path
) -> None:
    file = tmp_path / "kabar.tar"
    await make(private, file)
    before = file.read_bytes()

    with pytest.raises(BackupRefused, match="exists already"):
        await make(private, file)

    assert file.read_bytes() == before
    assert file.stat().st_mode & 0o777 == 0o600
    assert names(tmp_path) == ["kabar.tar"]


@pytest.mark.parametrize("where", [0.1, 0.5, 0.99])
async def test_a_damaged_file_is_told_and_restores_nothing(
    frail: House, busy: Desk, private: PrivateServer, tmp_path: Path, other: PrivateServer, where: float
) -> None:
    file = tmp_path / "kabar.tar"
    await make(private, file)
    raw = bytearray(file.read_bytes())
    raw[int(len(raw.rstrip(b"\0")) * where)] ^= 0x10
    file.write_bytes(raw)

    with pytest.raises(BackupDamaged):
        await backup.check(file)
    with pytest.raises(BackupDamaged):
        await backup.restore(file, other.url, replace=True)

    assert (await contents(other.url)).sites == {}


async def test_a_file_cut_short_is_told(frail: House, busy: Desk, private: PrivateServer, tmp_path: Path) -> None:
    file = tmp_path / "kabar.tar"
    await make(private, file)
    file.write_bytes(file.read_bytes()[:-20_000])

    with pytest.raises(BackupDamaged, match="cut short"):
        await backup.check(file)


async def test_no_file_and_a_file_of_something_else_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Yang terhormat")

    with pytest.raises(BackupDamaged, match="no backup"):
        await backup.check(tmp_path / "letter")
    with pytest.raises(BackupRefused, match="there is no"):
        await backup.check(tmp_path / "nothing")


async def test_a_store_that_contradicts_itself_is_not_backed_up(
    frail: House, busy: Desk, private: PrivateServer, tmp_path: Path
) -> None:
    (first,) = await frail.store.client.call("ZRANGE", keys.status(busy.newsroom.tag, "pending"), 0, 0)
    await frail.store.client.call("DEL", keys.comment(busy.newsroom.tag, first.decode()))

    with pytest.raises(BackupDamaged, match="is not there as such"):
        await make(private, tmp_path / "kabar.tar")

    assert names(tmp_path) == []


async def test_a_backup_of_a_newer_saring_is_refused(
    frail: House, private: PrivateServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "SCHEMA", 2)
    await make(private, tmp_path / "kabar.tar")
    monkeypatch.undo()

    with pytest.raises(UnknownSchema, match="schema 2"):
        await backup.check(tmp_path / "kabar.tar")


async def test_a_store_that_is_away_gives_no_backup_and_leaves_nothing(private: PrivateServer, tmp_path: Path) -> None:
    private.kill()

    with pytest.raises(StoreUnavailable):
        await make(private, tmp_path / "kabar.tar")

    assert names(tmp_path) == []


async def test_a_folder_that_cannot_be_written_is_named(private: PrivateServer, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match=r"cannot write in .*nowhere"):
        await make(private, tmp_path / "nowhere" / "kabar.tar")

"""The embedded server: one owner a folder, orphans are taken over, nothing acknowledged is lost to a kill."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.errors import DataDirInUse
from service.store.client import Client
from service.store.embedded import Embedded, borrowed
from tests.store.servers import PrivateServer


async def ask(url: str, *call: str) -> object:
    client = Client(url)
    try:
        return await client.call(*call)
    finally:
        await client.close()


def test_a_folder_has_one_owner(private: PrivateServer, folder: Path) -> None:
    with pytest.raises(DataDirInUse, match=r"in use by process \d+"):
        Embedded(folder).own()


def test_a_folder_is_free_again_when_its_owner_has_stopped(folder: Path) -> None:
    PrivateServer(folder).close()

    PrivateServer(folder).close()


async def test_what_was_acknowledged_survives_a_kill(private: PrivateServer) -> None:
    for n in range(100):
        await ask(private.url, "SET", f"kept-{n}", "yes")

    private.kill()
    private.start()

    assert await ask(private.url, "DBSIZE") == 100


async def test_a_torn_last_record_is_dropped_alone_and_told(private: PrivateServer, folder: Path) -> None:
    for n in range(5):
        await ask(private.url, "SET", f"kept-{n}", "yes")
    private.kill()
    (aof,) = (folder / "appendonlydir").glob("*.incr.aof")
    whole = aof.read_bytes()
    aof.write_bytes(whole[:-3])

    private.start()

    assert await ask(private.url, "DBSIZE") == 4
    assert private.n_bytes_cut == len(whole[whole.rindex(b"*3") :]) - 3
    private.kill()
    private.start()
    assert private.n_bytes_cut == 0


async def test_a_server_left_over_by_a_killed_parent_is_ended_and_its_data_kept(
    private: PrivateServer, folder: Path
) -> None:
    await ask(private.url, "SET", "kept", "yes")
    heir = Embedded(folder)

    heir.start()  # the lock of a killed parent is free by itself; its server may still be there

    assert heir.pid != private.pid
    assert await ask(heir.url, "GET", "kept") == b"yes"
    heir.stop()


async def test_a_borrower_uses_the_living_server(private: PrivateServer, folder: Path) -> None:
    await ask(private.url, "SET", "kept", "yes")

    with borrowed(folder) as url:
        assert await ask(url, "GET", "kept") == b"yes"

    assert await ask(private.url, "GET", "kept") == b"yes"  # and leaves it running


async def test_a_borrower_starts_one_where_none_lives_and_stops_it(folder: Path) -> None:
    with borrowed(folder) as url:
        await ask(url, "SET", "kept", "yes")
    assert Embedded(folder).ping() is None

    with borrowed(folder) as url:
        assert await ask(url, "GET", "kept") == b"yes"


async def test_a_folder_with_a_long_name_has_its_socket_elsewhere(folder: Path) -> None:
    deep = folder / ("d" * 120)
    with borrowed(deep) as url:
        assert len(url.removeprefix("unix://")) < 108
        assert await ask(url, "PING") == b"PONG"
    assert (deep / "appendonlydir").exists()


def test_the_socket_is_its_owners_alone(private: PrivateServer) -> None:
    mode = Path(private.url.removeprefix("unix://")).stat().st_mode

    assert mode & 0o077 == 0

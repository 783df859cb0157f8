"""The store behind TLS: its certificate is checked, ours is shown, and all goes the same way, backups too.

The embedded server speaks no TLS, so a door in front of it does; for the client it is a real one.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifiers import Classifier
from service.app import furnish
from service.errors import StoreUnavailable
from service.scoring import Scorer
from service.secret import Secret
from service.settings import Settings
from service.store import backup
from service.store.client import Client
from tests.chaos.proxy import Proxy
from tests.conftest import Clock, Desk, open_newsroom
from tests.store.cluster import Cluster, Watched, strung
from tests.store.servers import PrivateServer

TLS = Path(__file__).parent / "tls"
CA = f"ssl_ca_certs={TLS / 'ca.pem'}"
OURS = f"ssl_certfile={TLS / 'server.pem'}&ssl_keyfile={TLS / 'server.key'}"


def door(*, asks_who_comes: bool = False) -> ssl.SSLContext:
    """A server's side of TLS, with the tests' certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(TLS / "ca.pem"))
    context.load_cert_chain(TLS / "server.pem", TLS / "server.key")
    context.verify_mode = ssl.CERT_REQUIRED if asks_who_comes else ssl.CERT_NONE
    return context


@pytest.fixture
def port(private: PrivateServer) -> Iterator[int]:
    """Of a store behind TLS."""
    wire = Proxy([private.url.removeprefix("unix://")], tls=door())
    with strung(wire):
        yield wire.port


async def test_a_comment_and_a_backup_go_through_it(
    port: int, settings: Settings, secret: Secret, clock: Clock, classifier: Classifier, tmp_path: Path
) -> None:
    url = f"rediss://127.0.0.1:{port}/0?{CA}"
    house = furnish(settings, url, secret, scorer=Scorer(classifier, settings.score_deadline_ms), clock=clock)
    desk = Desk(house, await open_newsroom(house))

    receipt = await desk.submit()
    manifest = await backup.back_up(url, tmp_path / "kabar.tar", pepper="", now_ms=1)

    assert receipt.is_new
    assert manifest.contents.n_comments == 1
    await house.close()


@pytest.mark.parametrize(
    ("host", "options"),
    [
        ("127.0.0.1", ""),  # nobody whom the machine knows has signed it
        ("127.0.0.2", f"?{CA}"),  # it is another's
    ],
)
async def test_a_certificate_that_cannot_be_trusted_is_not(port: int, host: str, options: str) -> None:
    client = Client(f"rediss://{host}:{port}/0{options}", timeout_s=20.0)

    with pytest.raises(StoreUnavailable):
        await client.call("PING")

    await client.close()


async def test_plain_words_get_no_answer_at_a_door_of_tls(port: int) -> None:
    client = Client(f"redis://127.0.0.1:{port}/0", timeout_s=20.0)

    with pytest.raises(StoreUnavailable):
        await client.call("PING")

    await client.close()


async def test_a_door_where_nobody_speaks_is_away() -> None:
    heard: list[asyncio.Task[None]] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        heard.append(task)
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(listen, "127.0.0.1", 0)
    where = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
    for url in (f"redis://{where}", f"rediss://{where}", f"redis+cluster://{where}", f"redis+sentinel://{where}/a"):
        client = Client(url, timeout_s=0.2)

        with pytest.raises(StoreUnavailable):
            await client.call("GET", "saring:{sites}:slugs")

        await client.close()
    silent.close()
    await asyncio.gather(*heard)  # until each has heard that its caller is gone


async def test_ours_is_shown_where_one_is_asked_for(private: PrivateServer) -> None:
    async with Proxy([private.url.removeprefix("unix://")], tls=door(asks_who_comes=True)).strung() as wire:
        known = Client(f"rediss://127.0.0.1:{wire.port}/0?{CA}&{OURS}", timeout_s=20.0)
        stranger = Client(f"rediss://127.0.0.1:{wire.port}/0?{CA}", timeout_s=20.0)

        assert await known.call("PING") == b"PONG"
        with pytest.raises(StoreUnavailable):
            await stranger.call("PING")

        await known.close()
        await stranger.close()


async def test_a_cluster_is_reached_by_tls_alone(folder: Path) -> None:
    cluster = Cluster(folder, tls=door())
    with strung(cluster.wire), cluster:
        client = Client(cluster.wire.url.replace("redis+", "rediss+") + f"?{CA}", timeout_s=20.0)

        assert await client.everywhere("PING") == [b"PONG"] * 3
        for n in range(10):
            await client.call("SET", f"saring:{{{n}}}:tries", n)
            assert await client.call("GET", f"saring:{{{n}}}:tries") == b"%d" % n

        await client.close()


async def test_a_sentinel_and_its_primary_are_reached_by_tls_alone(folder: Path) -> None:
    watched = Watched(folder)
    wire = Proxy([watched.sentinel.port, watched.first.port], tls=door())
    with watched:
        async with wire.strung():
            watched.sentinel.ask("SENTINEL", "REMOVE", watched.SERVICE)
            watched.sentinel.ask("SENTINEL", "MONITOR", watched.SERVICE, "127.0.0.1", wire.ports[1], 1)
            client = Client(f"rediss+sentinel://127.0.0.1:{wire.ports[0]}/{watched.SERVICE}?{CA}", timeout_s=20.0)

            assert await client.call("PING") == b"PONG"

            await client.close()

"""Servers of one's own, for tests that hurt them."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from classifiers import Classifier
from service.app import House, furnish
from service.scoring import Scorer
from service.secret import Secret
from service.settings import load_settings
from tests.chaos.proxy import Proxy
from tests.conftest import Clock, Desk, open_newsroom
from tests.store.cluster import Cluster
from tests.store.servers import PrivateServer


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short name: a socket's path may have a hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="saring-") as name:
        yield Path(name)


@pytest.fixture
def private(folder: Path) -> Iterator[PrivateServer]:
    server = PrivateServer(folder)
    yield server
    server.close()


@pytest_asyncio.fixture
async def frail(private: PrivateServer, classifier: Classifier, secret: Secret, clock: Clock) -> AsyncIterator[House]:
    """A house on a server that the test may hurt; it waits half a second for it."""
    settings = load_settings(store_timeout_s=1.0, flood_address_per_min=0, flood_email_per_min=0, flood_site_per_s=0)
    made = furnish(settings, private.url, secret, scorer=Scorer(classifier, settings.score_deadline_ms), clock=clock)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def frail_desk(frail: House) -> Desk:
    return Desk(frail, await open_newsroom(frail))


@pytest.fixture(scope="session")
def valkey(one_or_three: str) -> str:
    """Every test of the store that says nothing else is held on one server, and on a cluster of three."""
    return one_or_three


@pytest_asyncio.fixture
async def wire(one_or_three: str, request: pytest.FixtureRequest) -> AsyncIterator[Proxy]:
    """A wire to the run's server or servers, that cuts replies off."""
    if not one_or_three.startswith("unix://"):
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.wire.n_cut = 0
        yield cluster.wire
        return
    async with Proxy([one_or_three.removeprefix("unix://")]).strung() as strung:
        yield strung


@pytest_asyncio.fixture
async def wired(
    wire: Proxy, house: House, secret: Secret, clock: Clock, classifier: Classifier
) -> AsyncIterator[House]:
    """A second house on the same store, at the end of the wire."""
    settings = house.settings
    made = furnish(settings, wire.url, secret, scorer=Scorer(classifier, settings.score_deadline_ms), clock=clock)
    await made.store.client.everywhere("PING")  # the greeting is over: the next reply is of what the test asks
    yield made
    await made.close()

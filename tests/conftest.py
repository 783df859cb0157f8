"""One real Valkey for the whole run, on a unix socket; a fresh store, clock and house for each test.

After each test every key it left is held against the table of `service/store/keys.py`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import settings as hypothesis_settings

from classifiers import Classifier
from service.app import House, application, furnish
from service.domain.comment import Article, Author, Submission
from service.domain.ids import Tag
from service.domain.site import KeyKind, Role, Site
from service.flow.admit import Caller
from service.flow.submit import Arrival, Receipt
from service.scoring import Scorer
from service.secret import Secret
from service.settings import Settings, load_settings
from service.store import keys
from service.store.client import Client
from service.store.embedded import Embedded
from tests.store.cluster import Cluster, strung

# A busy machine is no failure, hence no deadline; SARING_PROPERTIES=long looks a hundred times longer.
hypothesis_settings.register_profile("quick", deadline=None, max_examples=50)
hypothesis_settings.register_profile("long", deadline=None, max_examples=5_000)
hypothesis_settings.load_profile(os.environ.get("SARING_PROPERTIES", "quick"))

DAY_MS = 86_400_000
BEGIN_MS = 1_795_500_000_000


class Clock:
    """Time that passes when a test says so, in milliseconds."""

    def __init__(self) -> None:
        self.now_ms = BEGIN_MS

    def __call__(self) -> int:
        return self.now_ms

    def pass_(self, *, ms: int = 0, s: float = 0, days: float = 0) -> None:
        self.now_ms += int(ms + 1000 * s + DAY_MS * days)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """A site with one of each credential."""

    site: Site
    secret: str
    public: str
    reader: str = ""
    moderator: str = ""
    colleague: str = ""
    editor: str = ""

    @property
    def tag(self) -> Tag:
        return self.site.tag


@pytest.fixture(scope="session")
def one_server() -> Iterator[str]:
    """The URL of the run's own server."""
    with tempfile.TemporaryDirectory(prefix="saring-tests-") as folder:
        server = Embedded(Path(folder))
        server.own()
        server.start()
        yield server.url
        server.stop()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The run's own cluster; it starts when somebody needs it."""
    with tempfile.TemporaryDirectory(prefix="saring-tests-") as folder:
        made = Cluster(Path(folder))
        with strung(made.wire), made:
            yield made


@pytest.fixture(scope="session", params=["one", "three"])
def one_or_three(request: pytest.FixtureRequest, one_server: str) -> str:
    """The URL of the run's own server, and once more of its cluster: for all that must hold on both."""
    if request.param == "one":
        return one_server
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.wire.url


@pytest.fixture(scope="session")
def valkey(one_server: str) -> str:
    """The URL of the store that a `house` is on."""
    return one_server


@pytest.fixture(scope="session")
def classifier() -> Classifier:
    """The shipped model."""
    return Classifier.load()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secret() -> Secret:
    return Secret(b"pepper of the tests, long enough to be one")


@pytest.fixture
def settings() -> Settings:
    """Without flood limits: tests of those set their own. A busy machine is no failure, hence they wait."""
    limits = {"flood_address_per_min": 0, "flood_email_per_min": 0, "flood_site_per_s": 0}
    return load_settings(**limits, queue_wait_ms=60_000, store_timeout_s=30, demo=False)


@pytest_asyncio.fixture
async def house(
    valkey: str, settings: Settings, secret: Secret, clock: Clock, classifier: Classifier
) -> AsyncIterator[House]:
    """A furnished house on an empty store; its keys are held against the table in the end."""
    made = furnish(settings, valkey, secret, scorer=Scorer(classifier, settings.score_deadline_ms), clock=clock)
    await made.store.client.everywhere("FLUSHALL")
    try:
        yield made
        await made.submissions.drain()
        await check_keys(made.store.client)
    finally:
        await made.close()


@pytest_asyncio.fixture
async def other_process(
    valkey: str, house: House, secret: Secret, clock: Clock, classifier: Classifier
) -> AsyncIterator[House]:
    """A second process on the same store."""
    made = furnish(house.settings, valkey, secret, scorer=Scorer(classifier, 10_000), clock=clock)
    yield made
    await made.close()


async def all_keys(client: Client, pattern: str = "*") -> list[str]:
    """The names of all keys, on every server."""
    return [raw.decode() for names in await client.everywhere("KEYS", pattern) for raw in names]


async def check_keys(client: Client) -> None:
    """Every key has its row in the table, the type that stands there, and ends as it says."""
    names = await all_keys(client)
    told = await client.group([call for key in names for call in (("TYPE", key), ("PTTL", key))])
    for key, kind, ttl in zip(names, told[::2], told[1::2], strict=True):
        if kind == b"none":
            continue  # it ended since it was named, as keys with a ttl do
        rows = [row for row in keys.TABLE if row.matches(key)]
        assert len(rows) == 1, f"{key} has {len(rows)} rows in the table of keys"
        assert kind.decode() == rows[0].type, f"{key} is a {kind}"
        assert (ttl > 0) == (rows[0].ending == "ttl"), f"{key} should be {rows[0].ending}, its ttl is {ttl}"


async def open_newsroom(house: House, slug: str = "koran") -> Newsroom:
    """A site with keys."""
    make = house.configure
    site = await make.create_site(slug, "Koran Banjar", ("https://koran.example",), "id", "Asia/Makassar")
    secret = await make.create_key(site.tag, KeyKind.SECRET)
    public = await make.create_key(site.tag, KeyKind.PUBLIC)
    return Newsroom(site, secret.key, public.key)


async def staff(house: House, newsroom: Newsroom) -> Newsroom:
    """The same with people; their passwords are hashed on purpose slowly, so only who needs them asks."""
    roles = {"reader": Role.READER, "moderator": Role.MODERATOR, "colleague": Role.MODERATOR, "editor": Role.EDITOR}
    made = await asyncio.gather(
        *(
            house.configure.create_user(newsroom.tag, f"{name}@{newsroom.site.slug}.example.com", role)
            for name, role in roles.items()
        )
    )
    reader, moderator, colleague, editor = (invitation.token for invitation in made)
    return replace(newsroom, reader=reader, moderator=moderator, colleague=colleague, editor=editor)


@pytest_asyncio.fixture
async def newsroom(house: House) -> Newsroom:
    return await open_newsroom(house)


@pytest_asyncio.fixture
async def staffed(house: House, newsroom: Newsroom) -> Newsroom:
    return await staff(house, newsroom)


@pytest.fixture
def round_trips(house: House) -> list[list[object]]:
    """The commands that each round trip to the store carried; `clear` it where counting begins."""
    counted: list[list[object]] = []
    burst = house.store.client._burst

    async def count(server, calls):  # type: ignore[no-untyped-def]
        counted.append([call[0] for call in calls])
        return await burst(server, calls)

    house.store.client._burst = count  # type: ignore[method-assign]
    return counted


@dataclass(slots=True)
class Desk:
    """Submitting and deciding without HTTP: for tests of the flows."""

    house: House
    newsroom: Newsroom
    n: int = 0

    async def caller(self, credential: str) -> Caller:
        return await self.house.services.admit.caller(credential)

    def submission(self, body: str = "", **changes: object) -> Submission:
        """A clean comment by a new author, unless told otherwise."""
        self.n += 1
        submission = Submission(
            article=Article("artikel-1", "https://koran.example/artikel-1", "Sungai dibersihkan"),
            author=Author(f"Pembaca {self.n}", f"pembaca{self.n}@example.com"),
            body=body or f"Terima kasih liputannya, semoga jalannya lekas diperbaiki ({self.n})",
        )
        return submission._replace(**changes)  # type: ignore[arg-type]

    async def arrival(self, submission: Submission, idempotency_key: str = "") -> Arrival:
        caller = await self.caller(self.newsroom.secret)
        assert caller.config is not None and caller.key is not None
        return Arrival(submission, caller.config, caller.key, idempotency_key)

    async def submit(self, body: str = "", *, idempotency_key: str = "", **changes: object) -> Receipt:
        """Submits one; its receipt, or its error raised."""
        (result,) = await self.results(self.submission(body, **changes), idempotency_key=idempotency_key)
        if isinstance(result, Exception):
            raise result
        return result

    async def results(self, *submissions: Submission, idempotency_key: str = "") -> list[Receipt | Exception]:
        """Submits a group; what became of each."""
        return await self.house.services.preview([await self.arrival(s, idempotency_key) for s in submissions])


@pytest.fixture
def desk(house: House, newsroom: Newsroom) -> Desk:
    return Desk(house, newsroom)


@pytest_asyncio.fixture
async def web(house: House) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    """A client of the whole application; `Authorization` is the test's own matter."""
    app = application(house, with_loops=False, closes_house=False)
    async with TestClient(TestServer(app)) as client:
        yield client


async def wait_until(
    condition: Callable[[], Awaitable[bool]] | Callable[[], bool], description: str, within_s: float = 20
) -> None:
    """Returns once the condition holds; fails saying what was waited for."""
    deadline = asyncio.get_running_loop().time() + within_s
    while True:
        held = condition()
        if await held if not isinstance(held, bool) else held:
            return
        assert asyncio.get_running_loop().time() < deadline, f"in vain: {description}"
        await asyncio.sleep(0.02)

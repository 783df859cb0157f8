"""A store of several servers: one of them dies, freezes or hands a site over, and the sites of the others go on."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.crc import key_slot

from classifiers import Classifier
from service.app import House, furnish
from service.errors import StoreUnavailable
from service.flow.review import Call
from service.flow.submit import Receipt
from service.scoring import Scorer
from service.secret import Secret
from service.settings import load_settings
from service.store import backup, keys
from service.store.client import Client, run
from tests.conftest import Clock, Desk, all_keys, open_newsroom, wait_until
from tests.store.cluster import KEEPS_NOTHING, Cluster, Process, Watched, strung
from tests.store.servers import PrivateServer


@pytest.fixture(scope="module")
def three() -> Iterator[Cluster]:
    """Three servers that keep what they are told, for the tests here to hurt."""
    with tempfile.TemporaryDirectory(prefix="saring-tests-") as name:
        made = Cluster(Path(name), is_durable=True)
        with strung(made.wire), made:
            yield made


@contextlib.asynccontextmanager
async def house_on(url: str, classifier: Classifier, secret: Secret, clock: Clock) -> AsyncIterator[House]:
    limits = {"flood_address_per_min": 0, "flood_email_per_min": 0, "flood_site_per_s": 0}
    settings = load_settings(store_timeout_s=3.0, queue_wait_ms=60_000, **limits)
    made = furnish(settings, url, secret, scorer=Scorer(classifier, settings.score_deadline_ms), clock=clock)
    yield made
    await made.close()


@pytest_asyncio.fixture
async def house(three: Cluster, classifier: Classifier, secret: Secret, clock: Clock) -> AsyncIterator[House]:
    async with house_on(three.wire.url, classifier, secret, clock) as made:
        await made.store.client.everywhere("FLUSHALL")
        yield made


@pytest_asyncio.fixture
async def desks(three: Cluster, house: House) -> list[Desk]:
    """A desk on each of the three servers, in their order. Where a site comes to lie is chance."""
    found: dict[int, Desk] = {}
    for n in range(100):
        desk = Desk(house, await open_newsroom(house, f"koran{n}"))
        found.setdefault(three.number_of(keys.root(desk.newsroom.tag)), desk)
        if len(found) == len(three.nodes):
            return [found[number] for number in sorted(found)]
    raise AssertionError("a hundred sites, and one server got none")


def other(three: Cluster, number: int) -> int:
    """A server that is neither this one nor the one of the list of all sites."""
    return next(n for n in range(len(three.nodes)) if n not in (number, three.number_of(keys.SITES)))


class TestOneServerIsDead:
    @pytest.fixture
    def number(self, three: Cluster) -> Iterator[int]:
        """Its number; there it is killed, and in the end it is back."""
        number = other(three, -1)
        yield number
        if not three.nodes[number].runs:
            three.nodes[number].start()
        asyncio.run(wait_until(three.is_whole, "the cluster is whole again"))

    async def test_its_sites_alone_wait(self, three: Cluster, house: House, desks: list[Desk], number: int) -> None:
        arrivals = [await desk.arrival(desk.submission()) for desk in desks]
        three.nodes[number].kill()

        answers = await house.services.preview(arrivals)

        kinds = [type(answer) for answer in answers]
        assert kinds == [StoreUnavailable if n == number else Receipt for n in range(3)]
        assert await house.services.store_answers()

    async def test_its_sites_are_back_with_it_and_have_what_was_acknowledged(
        self, three: Cluster, house: House, desks: list[Desk], number: int
    ) -> None:
        desk = desks[number]
        kept = (await desk.submit()).comment
        three.nodes[number].kill()
        with pytest.raises(StoreUnavailable):
            await desk.submit()
        three.nodes[number].start()
        await wait_until(three.is_whole, "the cluster is whole again")

        assert (await desk.submit()).is_new
        assert await house.store.comments.get(desk.newsroom.tag, [kept.id]) == [kept]

    async def test_the_sweep_goes_on_to_the_other_sites(
        self, three: Cluster, house: House, desks: list[Desk], number: int, clock: Clock
    ) -> None:
        for desk in desks:
            await desk.submit()
        clock.pass_(days=91)
        three.nodes[number].kill()

        with pytest.raises(StoreUnavailable):
            await house.sweep()

        for n, desk in enumerate(desks):
            if n != number:
                assert (await house.store.comments.status_counts(desk.newsroom.tag))["expired"] == 1

    async def test_a_page_of_another_site_is_still_known_to_a_fresh_process(
        self, three: Cluster, desks: list[Desk], number: int, classifier: Classifier, secret: Secret, clock: Clock
    ) -> None:
        three.nodes[number].kill()

        async with house_on(three.wire.url, classifier, secret, clock) as fresh:
            assert await fresh.directory.has_origin("https://koran.example")
            assert not await fresh.directory.has_origin("https://elsewhere.example")


async def test_while_one_server_is_frozen_the_others_sites_wait_for_nothing(
    three: Cluster, house: House, desks: list[Desk]
) -> None:
    number = other(three, -1)
    arrivals = [await desk.arrival(desk.submission()) for desk in desks]
    three.nodes[number].freeze()
    frozen = asyncio.create_task(house.submissions(arrivals[number], desks[number].newsroom.tag))
    await asyncio.sleep(0)

    for n, desk in enumerate(desks):
        if n != number:
            assert (await house.submissions(arrivals[n], desk.newsroom.tag)).is_new

    assert not frozen.done()
    with pytest.raises(StoreUnavailable):
        await frozen
    three.nodes[number].thaw()
    await wait_until(three.is_whole, "the cluster is whole again")


async def test_a_server_that_lost_the_scripts_gets_them_and_its_part_of_the_group_again(
    three: Cluster, house: House, desks: list[Desk]
) -> None:
    arrivals = [await desk.arrival(desk.submission()) for desk in desks for _ in range(5)]
    await house.services.preview(arrivals[:1])
    three.nodes[1].ask("SCRIPT", "FLUSH")

    receipts = await house.services.preview(arrivals[1:])

    assert all(isinstance(receipt, Receipt) and receipt.is_new for receipt in receipts)
    for desk in desks:
        assert (await house.store.comments.status_counts(desk.newsroom.tag))["pending"] == 5


async def test_a_site_that_is_handed_over_whole_loses_nothing_and_nobody_notices(
    three: Cluster, house: House, desks: list[Desk]
) -> None:
    desk, target = desks[0], three.nodes[1]
    slot = key_slot(keys.root(desk.newsroom.tag).encode())
    ids = [(await desk.submit()).comment.id for _ in range(20)]

    node_id = target.ask("CLUSTER", "MYID")
    three.nodes[0].ask("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", node_id)
    try:
        while not has(target, slot):
            ids.append((await desk.submit()).comment.id)
        ids.append((await desk.submit()).comment.id)  # to the old address first
        await house.services.review.decide(desk.newsroom.tag, "u_rina", Call(ids[0], "approve"))

        comments = await house.store.comments.get(desk.newsroom.tag, ids)
        events = await house.services.read.events(desk.newsroom.tag, 0, 1000)
        assert [comment.id for comment in comments if comment] == ids
        assert [event.number for event in events] == list(range(1, len(ids) + 2))
    finally:
        back = three.nodes[0].ask("CLUSTER", "MYID")
        target.ask("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", back)
        await wait_until(lambda: has(three.nodes[0], slot), "the slot is back")


def has(node: Process, slot: int) -> bool:
    """Whether a node says that a slot is its own."""
    own = node.ask("CLUSTER", "MYID")
    return any(first <= slot <= last and at[2] == own for first, last, at, *_ in node.ask("CLUSTER", "SLOTS"))


async def test_a_site_that_is_handed_over_key_by_key_waits_and_is_never_half_written(
    three: Cluster, house: House, desks: list[Desk]
) -> None:
    """Following ASK, a script would run where half of its site's keys are."""
    desk = desks[0]
    root = keys.root(desk.newsroom.tag)
    slot = key_slot(root.encode())
    ids = {node.port: node.ask("CLUSTER", "MYID") for node in three.nodes}
    source, target = three.nodes[0], three.nodes[1]
    cid = (await desk.submit()).comment.id
    before = sorted(await all_keys(house.store.client, f"{root}:*"))
    target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source.port])
    source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target.port])
    try:
        with pytest.raises(StoreUnavailable):
            await house.services.review.decide(desk.newsroom.tag, "u_rina", Call(cid, "approve"))
        with pytest.raises(StoreUnavailable):
            await desk.submit()
        assert sorted(await all_keys(house.store.client, f"{root}:*")) == before
        assert not target.ask("CLUSTER", "COUNTKEYSINSLOT", slot)
        (comment,) = await house.store.comments.get(desk.newsroom.tag, [cid])  # what is still there can be read
        assert comment is not None
    finally:
        source.ask("CLUSTER", "SETSLOT", slot, "STABLE")
        target.ask("CLUSTER", "SETSLOT", slot, "STABLE")

    outcome = await house.services.review.decide(desk.newsroom.tag, "u_rina", Call(cid, "approve"))
    assert outcome.status == "approved"


async def test_a_backup_of_the_cluster_goes_into_one_server_and_back(
    three: Cluster, house: House, desks: list[Desk], private: PrivateServer, tmp_path: Path
) -> None:
    for desk in desks:
        await desk.submit()

    made = await backup.back_up(three.wire.url, tmp_path / "kabar.tar", pepper="", now_ms=1)
    in_one = await backup.restore(tmp_path / "kabar.tar", private.url, replace=False)
    again = await backup.back_up(private.url, tmp_path / "kabar-2.tar", pepper="", now_ms=2)
    in_three = await backup.restore(tmp_path / "kabar-2.tar", three.wire.url, replace=True)

    assert made.contents.n_comments == 3
    assert made.contents == in_one.contents == again.contents == in_three.contents
    for desk in desks:
        assert (await desk.submit()).is_new


async def test_one_address_of_the_cluster_is_enough_and_a_dead_one_among_them_does_no_harm(
    three: Cluster, classifier: Classifier, secret: Secret, clock: Clock, house: House, desks: list[Desk]
) -> None:
    url = f"redis+cluster://127.0.0.1:1,127.0.0.1:{three.wire.ports[2]}"

    async with house_on(url, classifier, secret, clock) as further:
        for desk in desks:
            assert (await Desk(further, desk.newsroom, n=100).submit()).is_new


async def test_where_nobody_tells_where_the_cluster_is_the_store_is_away() -> None:
    client = Client("redis+cluster://127.0.0.1:1,127.0.0.1:2", timeout_s=20.0)

    with pytest.raises(StoreUnavailable):
        await client.call("GET", "saring:{sites}:slugs")

    await client.close()


async def test_a_server_that_is_no_cluster_is_told_as_such(folder: Path) -> None:
    server = Process(folder / "alone")
    server.start()
    client = Client(f"redis+cluster://127.0.0.1:{server.port}", timeout_s=20.0)

    with pytest.raises(StoreUnavailable, match="ClusterDownError"):
        await client.call("GET", "saring:{sites}:slugs")

    await client.close()
    server.kill()


async def test_a_primary_that_lost_its_replicas_and_refuses_writes_is_away(folder: Path) -> None:
    server = Process(folder / "one", [*KEEPS_NOTHING, "--min-replicas-to-write", "1"])
    server.start()
    client = Client(f"redis://127.0.0.1:{server.port}", timeout_s=20.0)

    with pytest.raises(StoreUnavailable):
        await client.call("SET", "saring:{people}:tries:x", "1")

    await client.close()
    server.kill()


async def test_a_server_that_became_a_replica_is_away_until_it_is_a_primary_again(folder: Path) -> None:
    server = Process(folder / "one")
    server.start()
    client = Client(f"redis://127.0.0.1:{server.port}", timeout_s=20.0)
    release = run("release", "saring:{k7m2x}", "u_rina", "operation-1")
    assert await client.call(*release) == []
    server.ask("REPLICAOF", "127.0.0.1", "1")

    with pytest.raises(StoreUnavailable, match="ReadOnlyError"):
        await client.call(*release)

    server.ask("REPLICAOF", "NO", "ONE")
    assert await client.call(*release) == []
    await client.close()
    server.kill()


@pytest.fixture
def watched() -> Iterator[Watched]:
    """A primary, its replica, and their Sentinel."""
    with tempfile.TemporaryDirectory(prefix="saring-tests-") as name, Watched(Path(name)) as made:
        yield made


class TestSentinel:
    @pytest_asyncio.fixture
    async def house(
        self, watched: Watched, classifier: Classifier, secret: Secret, clock: Clock
    ) -> AsyncIterator[House]:
        async with house_on(watched.url, classifier, secret, clock) as made:
            yield made

    async def test_after_a_failover_the_new_primary_is_used(self, watched: Watched, house: House) -> None:
        desk = Desk(house, await open_newsroom(house, "harian"))
        kept = (await desk.submit()).comment
        watched.fail_over()

        async def goes_on() -> bool:
            with contextlib.suppress(StoreUnavailable):
                await desk.submit()
            return house.store.client.place("") == ("127.0.0.1", watched.second.port)

        await wait_until(goes_on, "comments reach the new primary", within_s=5)

        assert await house.store.comments.get(desk.newsroom.tag, [kept.id]) == [kept]
        assert watched.first.ask("INFO", "replication")["role"] == "master"  # for ten seconds more: nobody has told it

    async def test_when_the_primary_dies_its_replica_takes_over(self, watched: Watched, house: House) -> None:
        desk = Desk(house, await open_newsroom(house, "kabar"))
        watched.first.kill()
        with pytest.raises(StoreUnavailable):
            await desk.submit()

        async def goes_on() -> bool:
            with contextlib.suppress(StoreUnavailable):
                return (await desk.submit()).is_new
            return False

        await wait_until(goes_on, "comments reach the replica")

    async def test_a_service_that_no_sentinel_watches_is_away(self, watched: Watched) -> None:
        client = Client(watched.url.replace("/saring", "/another"), timeout_s=20.0)

        with pytest.raises(StoreUnavailable, match="MasterNotFoundError"):
            await client.call("PING")

        await client.close()

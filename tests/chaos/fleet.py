"""The processes of a storm: one service with its embedded store, a second one on the same store, and what hurts them.

clients ─► web proxy ─► first service (supervisor, Valkey, two workers)
clients ─────────────► second service (its clock can be set) ─► store proxy ─► the same Valkey

Or both on a cluster, each through the store proxy to all three servers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from service.domain.ids import Tag
from service.store import keys
from tests.chaos.proxy import Proxy
from tests.cli.host import children, free_port
from tests.store.cluster import Cluster

_PATIENCE_S = 120.0
_N_WORKERS = 2


@dataclass(slots=True)
class Fleet:
    """Two services. `data` is where the store is, `logs` where they tell what happens to them."""

    data: Path
    logs: Path
    first_port: int = field(default_factory=free_port)
    second_port: int = field(default_factory=free_port)
    web: Proxy = field(init=False)
    store: Proxy = field(init=False)
    first: subprocess.Popen[bytes] | None = None
    second: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.web = Proxy([self.first_port])
        self.store = Proxy([str(self.data / "valkey.sock")])

    def start_store(self) -> None:
        """Starts what the first service does not bring."""

    def end_store(self) -> None:
        """Ends it."""

    @property
    def store_url(self) -> str:
        """Where the store is, for who sets up the newsrooms."""
        return f"unix://{self.data}/valkey.sock"

    def number_of(self, tag: Tag) -> int:
        """Which of the store's servers a site is on."""
        return 0

    @property
    def n_servers(self) -> int:
        return 1

    @property
    def on_the_store(self) -> dict[str, str]:
        """The settings of a service that reaches the store through the proxy."""
        return {"SARING_REDIS_URL": self.store.url, "SARING_SECRET_FILE": str(self.data / "secret")}

    @property
    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("SARING_")}
        return {
            **own,
            "SARING_DATA_DIR": str(self.data),
            "SARING_PORT": str(self.first_port),
            "SARING_WORKERS": str(_N_WORKERS),
            "SARING_FLOOD_SITE_PER_S": "0",
            "SARING_STORE_TIMEOUT_S": "3",
            "SARING_LOG_LEVEL": "warning",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def start_first(self) -> None:
        """Starts the first service; it may take a while until it answers."""
        with (self.logs / "first.log").open("ab") as log:
            command = [sys.executable, "-m", "service", "serve"]
            self.first = subprocess.Popen(command, env=self.environment, stderr=log, process_group=0)

    def start_second(self) -> None:
        """Starts the second service, its clock set right."""
        self._write_clock(0)
        environment = {**self.environment, **self.on_the_store}
        with (self.logs / "second.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.chaos.clocked", str(self.second_port), str(self.logs / "clock")]
            self.second = subprocess.Popen(command, env=environment, stderr=log, process_group=0)

    def set_clock(self, off_ms: int) -> None:
        """How far the second service's clock is off from now on."""
        self._write_clock(off_ms)
        self.kill(self._second_pid, signal.SIGUSR1)

    def _write_clock(self, off_ms: int) -> None:
        (self.logs / "clock").write_text(str(off_ms))

    @property
    def _first_pid(self) -> int:
        assert self.first is not None
        return self.first.pid

    @property
    def _second_pid(self) -> int:
        assert self.second is not None
        return self.second.pid

    def valkey(self) -> list[int]:
        """The process of the store, while there is one."""
        return [pid for pid, command in children(self._first_pid).items() if "valkey-server" in command]

    def workers(self) -> list[int]:
        """The processes of the first service that answer."""
        return [pid for pid, command in children(self._first_pid).items() if "service serve" in command]

    def kill(self, pid: int, number: signal.Signals = signal.SIGKILL) -> None:
        """A signal to a process that may be gone already."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def kill_family(self) -> int:
        """SIGKILL to the first service whole, its store too; how many processes."""
        family = [self._first_pid, *children(self._first_pid)]
        for pid in family:
            self.kill(pid)
        self._ended(self.first)
        return len(family)

    def kill_parent(self) -> None:
        """SIGKILL to the supervisor alone: its children are told to end."""
        self.kill(self._first_pid)
        self._ended(self.first)

    def kill_second(self) -> None:
        """SIGKILL to the second service."""
        self.kill(self._second_pid)
        self._ended(self.second)

    @staticmethod
    def _ended(process: subprocess.Popen[bytes] | None) -> None:
        if process is not None:
            process.wait(_PATIENCE_S)

    async def mended(self) -> float:
        """Starts again what has ended, waits until both services are ready; the seconds that took."""
        began = time.monotonic()
        # In a thread: the second service reaches its store through us.
        while not await asyncio.to_thread(lambda: self._runs_first() and self._runs_second()):
            if time.monotonic() - began > _PATIENCE_S:
                raise TimeoutError(f"the services do not come back; see {self.logs}")
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    def _runs_first(self) -> bool:
        if self.first is None or self.first.poll() is not None:
            self.start_first()
        # Those that a killed supervisor left behind may still answer: what counts is its heir's own.
        return self._runs_store() and len(self.workers()) == _N_WORKERS and _is_ready(self.first_port)

    def _runs_store(self) -> bool:
        return bool(self.valkey())

    def _runs_second(self) -> bool:
        if self.second is None or self.second.poll() is not None:
            self.start_second()
        return _is_ready(self.second_port)

    def told(self) -> Counter[str]:
        """What both services have logged, by event; whatever is no line of a log counts as `?`."""
        return Counter(json.loads(line)["event"] if line.startswith("{") else "?" for line in self._logged())

    def bugs(self) -> list[str]:
        """The lines in which both services tell of an error of their own."""
        return [line for line in self._logged() if line.startswith("{") and json.loads(line)["level"] == "error"]

    def _logged(self) -> list[str]:
        return [line for log in self.logs.glob("*.log") for line in log.read_text("utf-8").splitlines()]

    def end(self) -> None:
        """Ends everything."""
        for process in (self.second, self.first):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
        self.end_store()


@dataclass(slots=True)
class WideFleet(Fleet):
    """Two services on a cluster of three servers."""

    cluster: Cluster = field(init=False)
    _n_struck: int = 0

    def __post_init__(self) -> None:
        self.web = Proxy([self.first_port])
        self.data.mkdir(parents=True)
        self.cluster = Cluster(self.data, is_durable=True)
        self.store = self.cluster.wire

    def start_store(self) -> None:
        (self.data / "secret").write_text("s" * 64)
        self.cluster.start()

    def end_store(self) -> None:
        self.cluster.stop()

    @property
    def store_url(self) -> str:
        return self.store.url

    def number_of(self, tag: Tag) -> int:
        return self.cluster.number_of(keys.root(tag))

    @property
    def n_servers(self) -> int:
        return len(self.cluster.nodes)

    @property
    def environment(self) -> dict[str, str]:
        return {**Fleet.environment.fget(self), **self.on_the_store}  # type: ignore[attr-defined]

    def valkey(self) -> list[int]:
        """The process of one server, each time the next one's."""
        self._n_struck += 1
        return [self.cluster.nodes[self._n_struck % self.n_servers].pid]

    def _runs_store(self) -> bool:
        for node in self.cluster.nodes:
            if not node.runs:
                node.start()
        return self.cluster.is_whole()


def _is_ready(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
        probe.settimeout(5)
        probe.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
        return b" 200 " in probe.recv(64)
    return False

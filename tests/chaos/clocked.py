"""A whole service whose clock can be set: the second one of a storm, on the store of the first.

    SARING_REDIS_URL=… SARING_SECRET_FILE=… python -m tests.chaos.clocked PORT FILE

FILE holds how many milliseconds its clock is off; on SIGUSR1 it is read again.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from service.app import application, furnish, now_ms
from service.secret import read_secret
from service.settings import load_settings
from service.telemetry import configure_logs


class SetClock:
    """The machine's clock, and so much."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.read()

    def read(self) -> None:
        self._off_ms = int(self._file.read_text() or "0")

    def __call__(self) -> int:
        return now_ms() + self._off_ms


async def _serve(port: int, clock: SetClock) -> None:
    settings = load_settings()
    configure_logs(settings.log_level)
    assert settings.secret_file is not None
    house = furnish(settings, settings.redis_url, read_secret(settings.secret_file, make=False), clock=clock)
    runner = web.AppRunner(application(house, with_loops=True), access_log=None, shutdown_timeout=5)
    await runner.setup()
    await web.SockSite(runner, socket.create_server(("127.0.0.1", port))).start()
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, clock.read)
    await told.wait()
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), SetClock(Path(sys.argv[2]))))

"""Servers that a test may hurt: one of its own to freeze and kill, and a wire to it that cuts replies off."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from service.store.embedded import Embedded


class PrivateServer:
    """An embedded Valkey of one test."""

    def __init__(self, folder: Path) -> None:
        self._server = Embedded(folder)
        self._server.own()
        self._server.start()
        self.url = self._server.url

    @property
    def pid(self) -> int:
        assert self._server.pid is not None
        return self._server.pid

    @property
    def n_bytes_cut(self) -> int:
        return self._server.n_bytes_cut

    def freeze(self) -> None:
        """It takes connections and bytes, and answers nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """As a power cut would."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def start(self) -> None:
        """Again, as its supervisor does once it has seen it end."""
        assert self._server.has_ended()
        self._server.start()

    def close(self) -> None:
        if not self._server.has_ended():
            self.thaw()
        self._server.stop()


@dataclass(slots=True)
class Wire:
    """A wire to a server; `cut_next_reply` lets the next request through, swallows its answer and closes."""

    server: str
    here: str
    cut_next_reply: bool = False
    n_cut: int = 0
    _pumps: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"unix://{self.here}"

    @contextlib.asynccontextmanager
    async def strung(self) -> AsyncIterator[Wire]:
        """The wire, open."""
        async with await asyncio.start_unix_server(self._connected, self.here):
            yield self
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _connected(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(self.server)
        for pump in (self._requests(from_client, to_server), self._replies(from_server, to_client)):
            task = asyncio.create_task(pump)
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _requests(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                sink.write(data)
        sink.close()

    async def _replies(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                if self.cut_next_reply:
                    self.cut_next_reply = False
                    self.n_cut += 1
                    break
                sink.write(data)
        sink.close()

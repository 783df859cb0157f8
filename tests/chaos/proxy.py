"""A TCP proxy between two parties that can be cut and slowed down while they talk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

_PIECE = 65_536


@dataclass(slots=True)
class Proxy:
    """Forwards from a port of 127.0.0.1 to `target` (a port of 127.0.0.1, or a unix socket's path).

    `delay_s` holds every piece back, both ways. `cut_next_reply` swallows the next reply that comes and ends its
    connection: what was asked for is done, and whoever asked does not hear of it. `on_cut` is called then, and `n_cut`
    counts.
    """

    target: int | str
    delay_s: float = 0.0
    cut_next_reply: bool = False
    on_cut: Callable[[], None] = lambda: None
    n_cut: int = 0
    port: int = 0
    _pumps: set[asyncio.Task[None]] = field(default_factory=set)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def strung(self) -> AsyncIterator[Proxy]:
        """The proxy, listening."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for pump in self._pumps:
                pump.cancel()
            await asyncio.gather(*self._pumps, return_exceptions=True)

    @property
    def url(self) -> str:
        """Of a store behind it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def cut(self) -> int:
        """Closes every connection; how many."""
        n = len(self._open)
        for writer in list(self._open):
            writer.transport.abort()
        return n

    async def _connected(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.target, int):
                server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
            else:
                server, to_server = await asyncio.open_unix_connection(self.target)
        except OSError:
            to_client.close()
            return
        self._open |= {to_client, to_server}
        for pump in (self._pump(client, to_server, is_reply=False), self._pump(server, to_client, is_reply=True)):
            task = asyncio.create_task(pump)
            self._pumps.add(task)
            task.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_reply: bool) -> None:
        try:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(_PIECE):
                    if is_reply and self.cut_next_reply:
                        self.cut_next_reply = False
                        self.n_cut += 1
                        self.on_cut()
                        break
                    if self.delay_s:
                        await asyncio.sleep(self.delay_s)
                    sink.write(data)
        finally:  # also of a pump that is cancelled
            self._open.discard(sink)
            sink.close()

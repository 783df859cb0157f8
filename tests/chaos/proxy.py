"""A TCP proxy between parties that can be cut and slowed down while they talk."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

_PIECE = 65_536


@dataclass(slots=True)
class Proxy:
    """Forwards to each of `targets` (a port of 127.0.0.1, or a unix socket's path) from a port of 127.0.0.1 of its own.

    The ports are `ports`; where none are given, free ones are taken. With `tls` they are doors of TLS.

    `delay_s` holds every piece back, both ways. `cut_next_reply` swallows the next reply that comes and ends its
    connection: what was asked for is done, and whoever asked does not hear of it. `on_cut` is called then, and `n_cut`
    counts.
    """

    targets: Sequence[int | str]
    ports: Sequence[int] = ()
    tls: ssl.SSLContext | None = None
    delay_s: float = 0.0
    cut_next_reply: bool = False
    on_cut: Callable[[], None] = lambda: None
    n_cut: int = 0
    _pumps: set[asyncio.Task[None]] = field(default_factory=set)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def strung(self) -> AsyncIterator[Proxy]:
        """The proxy, listening."""
        servers = [
            await asyncio.start_server(partial(self._connected, target), "127.0.0.1", port, ssl=self.tls)
            for target, port in zip(self.targets, self.ports or [0] * len(self.targets), strict=True)
        ]
        self.ports = [server.sockets[0].getsockname()[1] for server in servers]
        try:
            yield self
        finally:
            for server in servers:
                server.close()
            for pump in self._pumps:
                pump.cancel()
            await asyncio.gather(*self._pumps, return_exceptions=True)

    @property
    def port(self) -> int:
        """That of the first target."""
        return self.ports[0]

    @property
    def url(self) -> str:
        """Of the store behind it; several servers are a cluster."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        return f"redis://{hosts}/0" if len(self.ports) == 1 else f"redis+cluster://{hosts}"

    def cut(self) -> int:
        """Closes every connection; how many."""
        n = len(self._open)
        for writer in list(self._open):
            writer.transport.abort()
        return n

    async def _connected(
        self, target: int | str, client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        try:
            if isinstance(target, int):
                server, to_server = await asyncio.open_connection("127.0.0.1", target)
            else:
                server, to_server = await asyncio.open_unix_connection(target)
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

"""Which server a command goes to: the only one, the primary that Sentinels name, or a cluster's by the key's slot."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import ClusterDownError, MovedError, RedisError

from service.errors import Overloaded
from service.redis_url import RedisUrl
from service.store.server import Call, Host, Server

MakeServer = Callable[[Host | None], Server]
Part = tuple[Server | None, Sequence[int]]

_EVERY_S = 1.0
_ASKED_S = 2.0  # a Sentinel that does not answer is passed over
_KEYLESS = frozenset({"CONFIG", "ECHO", "INFO", "PING", "TIME"})
_KEY_AT = {"EVALSHA": 3, "MEMORY": 2, "ZINTER": 2}


def slot_of(call: Call) -> int | None:
    """The slot of a command's first key, 0 to 16383; None where it has none and any server will do."""
    if call[0] in _KEYLESS:
        return None
    key = call[_KEY_AT.get(str(call[0]), 1)]
    return key_slot(key if isinstance(key, bytes) else str(key).encode())


class Topology(ABC):
    """Where the servers are, as far as is known; `look_again` when that seems to be wrong."""

    @abstractmethod
    async def known(self) -> None:
        """Makes sure that something is known. Raises RedisError, OSError."""

    @abstractmethod
    def servers(self) -> list[Server]:
        """Every primary; of a cluster, all that have slots."""

    @abstractmethod
    def split(self, calls: Sequence[Call], which: Sequence[int]) -> list[Part]:
        """Of `calls` those at `which`, by the server that they go to, each part in order; None: nobody has the slot."""

    @abstractmethod
    async def look_again(self, server: Server | None, errors: Sequence[Exception]) -> None:
        """Learns from what `server` answered, or asks. Raises RedisError, OSError where nobody tells."""

    async def close(self) -> None:
        """Closes every connection."""
        await asyncio.gather(*(server.close() for server in self.servers()))


class Alone(Topology):
    """One server. Behind its name there may be another one after a failover: then new connections lead there."""

    def __init__(self, make: MakeServer, host: Host | None) -> None:
        self._server = make(host)

    async def known(self) -> None:
        """It always is."""

    def servers(self) -> list[Server]:
        return [self._server]

    def split(self, calls: Sequence[Call], which: Sequence[int]) -> list[Part]:
        return [(self._server, which)]

    async def look_again(self, server: Server | None, errors: Sequence[Exception]) -> None:
        await self._server.let_go()


class Sentinels(Topology):
    """The primary of a service that Sentinels watch.

    They are asked every second too: one that was replaced while it lives still takes writes, which will be lost.
    """

    def __init__(self, make: MakeServer, url: RedisUrl) -> None:
        self._make = make
        self._service = url.service
        tls = {"ssl": True} if url.transport == "tls" else {}
        patience = {"socket_timeout": _ASKED_S, "socket_connect_timeout": _ASKED_S, "retry": Retry(NoBackoff(), 0)}
        self._sentinel = Sentinel(url.hosts, sentinel_kwargs={**patience, **tls, **url.sentinel_options})  # type: ignore[no-untyped-call]
        self._server: Server | None = None
        self._asking = asyncio.Lock()
        self._asked_at = 0.0
        self._look: asyncio.Task[None] | None = None

    async def known(self) -> None:
        if self._server is None:
            await self._ask(None)
        elif time.monotonic() - self._asked_at > _EVERY_S and (self._look is None or self._look.done()):
            self._look = asyncio.create_task(self._glance(self._server))

    async def _glance(self, server: Server) -> None:
        with contextlib.suppress(RedisError, OSError):  # while the primary answers, nobody need tell where it is
            await self._ask(server)

    def servers(self) -> list[Server]:
        return [self._server] if self._server else []

    def split(self, calls: Sequence[Call], which: Sequence[int]) -> list[Part]:
        return [(self._server, which)]

    async def look_again(self, server: Server | None, errors: Sequence[Exception]) -> None:
        if server is not None:
            await server.let_go()
        await self._ask(server)

    async def _ask(self, server: Server | None) -> None:
        async with self._asking:
            if self._server is not server:
                return  # somebody has just asked
            self._asked_at = time.monotonic()
            host, port = await self._sentinel.discover_master(self._service)
            if server is None or server.host != (host, port):
                self._server = self._make((host, port))
                if server is not None:
                    await server.retire()

    async def close(self) -> None:
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)
        await super().close()
        for each in self._sentinel.sentinels:
            await each.aclose()


class Cluster(Topology):
    """A cluster's primaries by slot. A slot that has moved is learnt from the answer that says so."""

    def __init__(self, make: MakeServer, seeds: Sequence[Host]) -> None:
        self._make = make
        self._seeds = seeds
        self._servers: dict[Host, Server] = {}
        self._slots: dict[int, Server] = {}
        self._asking = asyncio.Lock()
        self._n_asked = 0

    async def known(self) -> None:
        if not self._slots:
            await self._ask(self._n_asked)

    def servers(self) -> list[Server]:
        return list(dict.fromkeys(self._slots.values()))

    def split(self, calls: Sequence[Call], which: Sequence[int]) -> list[Part]:
        parts: dict[Server | None, list[int]] = {}
        for at in which:
            slot = slot_of(calls[at])
            server = next(iter(self._slots.values()), None) if slot is None else self._slots.get(slot)
            parts.setdefault(server, []).append(at)
        return list(parts.items())

    async def look_again(self, server: Server | None, errors: Sequence[Exception]) -> None:
        moved = [error for error in errors if isinstance(error, MovedError)]
        for error in moved:
            self._slots[error.slot_id] = self._server(_host(error.host, error.port, server))
        if not moved:
            await self._ask(self._n_asked)

    async def _ask(self, n_asked: int) -> None:
        async with self._asking:
            if self._n_asked != n_asked:
                return  # somebody has asked since
            self._n_asked += 1
            told = await self._told()
            self._slots = {}
            for first, last, host in told:
                self._slots |= dict.fromkeys(range(first, last + 1), self._server(host))
            for host in self._servers.keys() - {host for _, _, host in told}:
                await self._servers.pop(host).retire()

    async def _told(self) -> list[tuple[int, int, Host]]:
        """The first answer that any of the nodes gives. Raises ClusterDownError where none knows of a slot."""
        asked = [asyncio.create_task(self._ask_one(host)) for host in {*self._seeds, *self._servers}]
        try:
            for answered in asyncio.as_completed(asked):
                if told := await answered:
                    return told
            raise ClusterDownError("no node of the cluster tells where its slots are")
        finally:
            for task in asked:
                task.cancel()

    async def _ask_one(self, host: Host) -> list[tuple[int, int, Host]]:
        server = self._server(host)
        try:
            (rows,) = await server.burst([("CLUSTER", "SLOTS")])
        except (RedisError, OSError, Overloaded):
            return []
        if isinstance(rows, Exception):  # it is loading, or no cluster's node at all
            return []
        return [(row[0], row[1], _host((row[2][0] or b"").decode(), row[2][1], server)) for row in rows]

    def _server(self, host: Host) -> Server:
        if host not in self._servers:
            self._servers[host] = self._make(host)
        return self._servers[host]

    async def close(self) -> None:
        await asyncio.gather(*(server.close() for server in self._servers.values()))


def _host(name: str, port: int, told_by: Server | None) -> Host:
    """Where a node says that another is; where it leaves the name out, it means its own."""
    own = told_by.host[0] if told_by and told_by.host else ""
    return (name if name not in ("", "?") else own, port)

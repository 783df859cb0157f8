"""One server of the store: a pool of connections to it, and bursts of commands on them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from hiredis import pack_command
from redis._parsers.hiredis import NOT_ENOUGH_DATA, _AsyncHiredisParser
from redis.asyncio import BlockingConnectionPool
from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ConnectionError

from service.redis_url import RedisUrl, Transport

Call = tuple[str | bytes | int | float, ...]
Reply = Any
Host = tuple[str, int]


class _Punctual(AbstractConnection):
    """A connection for bursts, whose greeting has a clock too: a server that hangs accepts and then says nothing."""

    async def connect(self) -> None:
        if self.is_connected:
            return
        try:
            async with asyncio.timeout(self.socket_connect_timeout):
                await super().connect()  # type: ignore[no-untyped-call]
        except BaseException:  # half greeted, its next user would read the greeting's replies as his own
            await asyncio.shield(self.disconnect(nowait=True))
            raise

    async def replies(self, n: int) -> list[Reply]:
        """The next `n` replies, errors in their places. A coroutine for each would cost more than all their parsing."""
        parser = self._parser
        assert isinstance(parser, _AsyncHiredisParser)  # the default where hiredis is installed, and we require it
        replies: list[Reply] = []
        try:
            while len(replies) < n:
                reply = parser._reader.gets()  # type: ignore[attr-defined]
                if reply is NOT_ENOUGH_DATA:
                    await parser.read_from_socket()  # type: ignore[no-untyped-call]
                elif isinstance(reply, ConnectionError):  # a server that is loading, or has too many clients
                    raise reply
                else:
                    replies.append(reply)
        except OSError as error:
            raise ConnectionError(f"the connection broke: {type(error).__name__}") from error
        return replies


def _punctual(kind: type[AbstractConnection]) -> type[AbstractConnection]:
    return type(f"Punctual{kind.__name__}", (_Punctual, kind), {})


_KINDS: dict[Transport, type[AbstractConnection]] = {
    "tcp": _punctual(Connection),
    "tls": _punctual(SSLConnection),
    "unix": _punctual(UnixDomainSocketConnection),
}


class Server:
    """The server at `host` (None: the socket that the URL names), spoken to as `url` says.

    A burst that takes longer than `timeout_s`, connecting included, ends with TimeoutError.
    """

    def __init__(self, url: RedisUrl, host: Host | None, *, timeout_s: float, max_connections: int) -> None:
        self.host = host
        self._is_retired = False
        self._timeout_s = timeout_s
        whereabouts: Mapping[str, Any] = {"host": host[0], "port": host[1]} if host else {}
        self._pool = BlockingConnectionPool(
            max_connections=max_connections,
            timeout=None,  # one clock for a whole burst: a timer for each reply would cost more than it
            connection_class=_KINDS[url.transport],
            socket_timeout=None,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            client_name="saring",
            driver_info=None,  # a server older than 7.2, and a user with the least rights, do not know what to do with it
            **url.options,
            **whereabouts,
        )

    async def burst(self, calls: Sequence[Call]) -> list[Reply]:
        """Sends all calls in one round trip; the replies in order, errors in their places.

        Twice where need be: a pooled connection may have gone stale. Raises ConnectionError, AuthenticationError among
        them, and TimeoutError.
        """
        async with asyncio.timeout(self._timeout_s):
            try:
                return await self._burst(calls)
            except AuthenticationError:
                raise
            except ConnectionError:
                return await self._burst(calls)

    async def _burst(self, calls: Sequence[Call]) -> list[Reply]:
        connection: _Punctual = await self._pool.get_connection()  # type: ignore[no-untyped-call]
        whole = False
        try:
            packed = [pack_command(call) for call in calls]  # type: ignore[arg-type]  # the stub knows 1-tuples alone
            await connection.send_packed_command(b"".join(packed))
            replies = await connection.replies(len(calls))
            whole = True
            return replies
        finally:
            if not whole or self._is_retired:  # unread replies would answer the next caller
                await asyncio.shield(connection.disconnect(nowait=True))
            await self._pool.release(connection)

    async def let_go(self) -> None:
        """Closes the connections that are idle: new ones may lead elsewhere."""
        for connection in list(self._pool._available_connections):
            await connection.disconnect(nowait=True)

    async def retire(self) -> None:
        """Closes the idle connections, and each of the others when its burst is over."""
        self._is_retired = True
        await self.let_go()

    async def close(self) -> None:
        """Closes every connection."""
        await self._pool.disconnect()

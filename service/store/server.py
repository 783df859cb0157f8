"""One server of the store: connections to it, and bursts of commands on them.

What is asked for while others are on their way shares the next round trip: many moderators at work cost the store, and
us, little more than one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from hiredis import pack_command
from redis._parsers.hiredis import NOT_ENOUGH_DATA, _AsyncHiredisParser
from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, ConnectionError

from service.grouped import Grouped
from service.redis_url import RedisUrl, Transport

Call = tuple[str | bytes | int | float, ...]
Reply = Any
Host = tuple[str, int]

_MOST_WAITING = 4096  # groups; whoever comes then hears at once that it is too much


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

    @property
    def is_quiet(self) -> bool:
        """Whether the server has neither hung up nor said what nobody asked for: this one may be used again."""
        stream, parser = self._reader, self._parser
        assert stream is not None
        return not (stream._eof or stream._exception or stream._buffer or parser._reader.has_data())  # type: ignore[attr-defined]

    async def burst(self, packed: bytes, n: int) -> list[Reply]:
        """Sends calls and reads their `n` replies, errors in their places.

        A coroutine for each reply would cost more than all their parsing.
        """
        parser = self._parser
        assert isinstance(parser, _AsyncHiredisParser)  # the default where hiredis is installed, and we require it
        assert self._writer is not None
        replies: list[Reply] = []
        try:
            self._writer.write(packed)
            await self._writer.drain()
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


def _punctual(kind: type[AbstractConnection]) -> type[_Punctual]:
    return type(f"Punctual{kind.__name__}", (_Punctual, kind), {})


_KINDS: dict[Transport, type[_Punctual]] = {
    "tcp": _punctual(Connection),
    "tls": _punctual(SSLConnection),
    "unix": _punctual(UnixDomainSocketConnection),
}


class Server:
    """The server at `host` (None: the socket that the URL names), spoken to as `url` says.

    A burst that takes longer than `timeout_s`, connecting included, ends with TimeoutError. At most `max_connections`
    round trips are under way, each on its own connection; those are kept here, since the pools of redis-py take longer
    than a round trip to hand one over.
    """

    def __init__(self, url: RedisUrl, host: Host | None, *, timeout_s: float, max_connections: int) -> None:
        self.host = host
        self._timeout_s = timeout_s
        whereabouts: Mapping[str, Any] = {"host": host[0], "port": host[1]} if host else {}
        self._new = partial(
            _KINDS[url.transport],
            socket_timeout=None,  # one clock for a whole burst: a timer for each reply would cost more than it
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            client_name="saring",
            driver_info=None,  # servers before 7.2 do not know the command, nor may our user use it
            **url.options,
            **whereabouts,
        )
        self._together: Grouped[Sequence[Call], list[Reply]] = Grouped(
            self._bursts, lanes=max_connections, capacity=_MOST_WAITING
        )
        self._idle: list[_Punctual] = []
        self._is_retired = False

    async def burst(self, calls: Sequence[Call]) -> list[Reply]:
        """Sends all calls in one round trip; the replies in order, errors in their places.

        Twice where need be: a connection may have gone stale. Raises ConnectionError, AuthenticationError among them,
        TimeoutError, and Overloaded where too many wait.
        """
        async with asyncio.timeout(self._timeout_s):
            try:
                return await self._together(calls)
            except AuthenticationError:
                raise
            except ConnectionError:
                return await self._together(calls)

    async def _bursts(self, groups: Sequence[Sequence[Call]]) -> list[list[Reply]]:
        replies = iter(await self._round_trip([call for group in groups for call in group]))
        return [list(islice(replies, len(group))) for group in groups]

    async def _round_trip(self, calls: Sequence[Call]) -> list[Reply]:
        packed = b"".join([pack_command(call) for call in calls])  # type: ignore[arg-type]  # the stub knows 1-tuples alone
        async with asyncio.timeout(self._timeout_s):
            connection = await self._quiet()
            try:
                replies = await connection.burst(packed, len(calls))
            except BaseException:  # unread replies would answer the next caller
                await asyncio.shield(connection.disconnect(nowait=True))
                raise
            if self._is_retired:
                await connection.disconnect(nowait=True)
            else:
                self._idle.append(connection)
            return replies

    async def _quiet(self) -> _Punctual:
        """A connection that nobody uses; those that the server has left are closed."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_quiet:
                return connection
            await asyncio.shield(connection.disconnect(nowait=True))
        connection = self._new()
        await connection.connect()
        return connection

    async def let_go(self) -> None:
        """Closes the connections that are idle: new ones may lead elsewhere."""
        while self._idle:
            await self._idle.pop().disconnect(nowait=True)

    async def retire(self) -> None:
        """Closes the idle connections, and each of the others when its burst is over."""
        self._is_retired = True
        await self.let_go()

    async def close(self) -> None:
        """Waits for what is under way, then closes every connection."""
        await self._together.drain()
        while self._idle:
            await self._idle.pop().disconnect()

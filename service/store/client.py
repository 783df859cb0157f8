"""The connection to Valkey or Redis: groups of commands in one round trip, and its failures in the trade's words.

What is asked for while others are on their way shares the next round trip: many moderators at work cost the store, and
us, little more than one.

Every write is one idempotent script. A group that met a fresh server (NOSCRIPT) or a connection that had gone stale is
therefore simply sent again, whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from hiredis import pack_command
from redis._parsers.hiredis import NOT_ENOUGH_DATA, _AsyncHiredisParser
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
)

from service.errors import SaringError, StoreFull, StoreUnavailable
from service.grouped import Grouped
from service.store.scripts import NAMES, script

Call = tuple[str | bytes | int | float, ...]
Reply = Any

_MOST_WAITING = 4096  # groups; whoever comes then hears at once that it is too much
_AWAY = (BusyLoadingError, ReadOnlyError, AuthenticationError)


def run(name: str, root: str, *argv: str | bytes | int | float) -> Call:
    """The call of the script `name` for the site whose keys begin with `root`."""
    return ("EVALSHA", script(name).sha, 1, root, *argv)


def _translated(error: Exception) -> Exception:
    if isinstance(error, OutOfMemoryError):
        return StoreFull("the store has reached its memory limit")
    if isinstance(error, _AWAY):
        return StoreUnavailable(f"the store is not ready: {type(error).__name__}")
    return error


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
        return not (stream._eof or stream._buffer or parser._reader.has_data())  # type: ignore[attr-defined]

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


class Client:
    """At most `max_connections` round trips at once, each on its own connection; `group` is the only way in.

    Connections are kept here, since the pools of redis-py take longer than a round trip to hand one over. `url` is
    redis://…, rediss://… or unix:///path. Times out after `timeout_s` with StoreUnavailable.
    """

    def __init__(self, url: str, *, timeout_s: float = 5.0, max_connections: int = 4) -> None:
        self._together: Grouped[Sequence[Call], list[Reply]] = Grouped(
            self._bursts, lanes=max_connections, capacity=_MOST_WAITING
        )
        self._timeout_s = timeout_s
        pool: ConnectionPool = ConnectionPool.from_url(
            url,
            socket_timeout=None,  # one clock for a whole group: a timer for each reply would cost more than it
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            client_name="saring",
        )
        kind = pool.connection_class
        pool.connection_class = type(f"Punctual{kind.__name__}", (_Punctual, kind), {})
        self._new: Callable[[], _Punctual] = pool.make_connection
        self._idle: list[_Punctual] = []

    async def close(self) -> None:
        """Waits for what is under way, then closes every connection."""
        await self._together.drain()
        while self._idle:
            await self._idle.pop().disconnect()

    async def call(self, *call: str | bytes | int | float) -> Reply:
        """One command; its reply, or its error raised."""
        return (await self.group([call]))[0]

    async def group(self, calls: Sequence[Call]) -> list[Reply]:
        """Sends all calls in one round trip; the replies in order. The first error is raised."""
        replies = await self.group_each(calls)
        for reply in replies:
            if isinstance(reply, Exception):
                raise reply
        return replies

    async def group_each(self, calls: Sequence[Call]) -> list[Reply]:
        """Like `group`, but an error of one call stays in its place; StoreUnavailable is raised for the whole."""
        try:
            replies = await self._burst(calls)
        except ConnectionError:
            replies = await self._once_more(calls)  # a pooled connection had gone stale
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"the store does not answer: {type(error).__name__}") from error
        if any(isinstance(reply, NoScriptError) for reply in replies):
            await self._once_more([("SCRIPT", "LOAD", script(name).text) for name in NAMES])
            replies = await self._once_more(calls)
        return [_translated(reply) if isinstance(reply, Exception) else reply for reply in replies]

    async def _once_more(self, calls: Sequence[Call]) -> list[Reply]:
        try:
            return await self._burst(calls)
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"the store is away: {type(error).__name__}") from error

    async def _burst(self, calls: Sequence[Call]) -> list[Reply]:
        async with asyncio.timeout(self._timeout_s):
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
            self._idle.append(connection)
            return replies

    async def _quiet(self) -> _Punctual:
        """A connection that nobody uses; those that a server has left are closed."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_quiet:
                return connection
            await asyncio.shield(connection.disconnect(nowait=True))
        connection = self._new()
        await connection.connect()
        return connection


def reply_error(reply: Reply) -> SaringError | None:
    """The trade's error that a reply of `group_each` is, None for a good one; raises what is a bug of ours."""
    if isinstance(reply, SaringError):
        return reply
    if isinstance(reply, Exception):
        raise reply
    return None

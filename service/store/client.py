"""The way into Valkey or Redis: groups of commands in one round trip to each server, and failures in the trade's words.

Every write is one idempotent script. What met a server without our scripts, a connection that had gone stale, or a
server that is no longer the right one is therefore simply sent again: all that had gone to that server, in its order.
A slot that is moved key by key is waited for, not followed: a script that followed would see half a site.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from redis.exceptions import (
    AskError,
    AuthenticationError,
    ClusterDownError,
    ConnectionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from service.errors import Overloaded, SaringError, StoreFull, StoreUnavailable
from service.redis_url import RedisUrl, parse_redis_url
from service.store.scripts import NAMES, script
from service.store.server import Call, Host, Reply, Server
from service.store.topology import Alone, Cluster, Part, Sentinels, Topology

__all__ = ["Call", "Client", "Host", "Reply", "reply_error", "run"]

_PAUSES_S = (0.0, 0.02, 0.1)  # before what deserves it is sent again
# What deserves another try. MovedError is an AskError; AuthenticationError and BusyLoadingError are ConnectionErrors.
_AGAIN = (ConnectionError, NoScriptError, AskError, ClusterDownError, ReadOnlyError, TryAgainError)
_REFUSALS = ("NOREPLICAS", "MISCONF")  # a primary that lost its replicas, or its disk, takes no writes


def run(name: str, root: str, *argv: str | bytes | int | float) -> Call:
    """The call of the script `name` for the site whose keys begin with `root`."""
    return ("EVALSHA", script(name).sha, 1, root, *argv)


def _deserves_another_try(error: Exception) -> bool:
    return isinstance(error, _AGAIN) and not isinstance(error, AuthenticationError)


def _translated(reply: Reply) -> Reply:
    if not isinstance(reply, Exception) or isinstance(reply, SaringError):
        return reply
    if isinstance(reply, OutOfMemoryError):
        told: SaringError = StoreFull("the store has reached its memory limit")
    elif isinstance(reply, ResponseError) and not isinstance(reply, _AGAIN) and not str(reply).startswith(_REFUSALS):
        return reply  # what is wrong with the command itself
    else:
        told = StoreUnavailable(f"the store is away, or not ready: {type(reply).__name__}")
    told.__cause__ = reply
    return told


def _topology(url: RedisUrl, timeout_s: float, max_connections: int) -> Topology:
    make = partial(Server, url, timeout_s=timeout_s, max_connections=max_connections)
    match url.shape:
        case "alone":
            return Alone(make, url.hosts[0] if url.hosts else None)
        case "sentinel":
            return Sentinels(make, url)
        case "cluster":
            return Cluster(make, url.hosts)


class Client:
    """The store's servers, at most `max_connections` to each; `group` and `group_each` are the way in.

    `url` is one of those of `service/redis_url.py`. A server that takes longer than `timeout_s` is StoreUnavailable.
    """

    def __init__(self, url: str, *, timeout_s: float = 5.0, max_connections: int = 4) -> None:
        self._topology = _topology(parse_redis_url(url), timeout_s, max_connections)

    async def close(self) -> None:
        """Closes every connection."""
        await self._topology.close()

    def place(self, key: str) -> Host | None:
        """Which server a key is on, as far as is known: what lies in one place fails together, and alone."""
        ((server, _),) = self._topology.split([("GET", key)], [0])
        return server.host if server else None

    async def servers(self) -> list[Server]:
        """Every primary. Raises StoreUnavailable where nobody knows."""
        try:
            await self._topology.known()
        except (RedisError, OSError) as error:
            raise StoreUnavailable(f"nobody tells where the store is: {type(error).__name__}") from error
        return self._topology.servers()

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

    async def everywhere(self, *call: str | bytes | int | float) -> list[Reply]:
        """One command to every primary; a reply of each, errors in their places."""
        replies = await asyncio.gather(*(self._answers(server, [call]) for server in await self.servers()))
        return [_translated(reply) for (reply,) in replies]

    async def call_at(self, server: Server, *call: str | bytes | int | float) -> Reply:
        """One command to one of the `servers`; its reply, or its error raised."""
        reply = _translated((await self._answers(server, [call]))[0])
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def group_each(self, calls: Sequence[Call]) -> list[Reply]:
        """Like `group`, but an error of one call stays in its place.

        StoreUnavailable too, where others were answered; where none was, it is raised for the whole.
        """
        replies: list[Reply] = [None] * len(calls)
        open_: Sequence[int] = range(len(calls))
        for pause_s in (*_PAUSES_S, None):
            open_ = await self._sent(calls, open_, replies)
            if not open_ or pause_s is None:
                break
            await asyncio.sleep(pause_s)
        if any(isinstance(reply, Exception) for reply in replies):
            replies = [_translated(reply) for reply in replies]
            if all(isinstance(reply, StoreUnavailable) and not isinstance(reply, StoreFull) for reply in replies):
                raise replies[0]
        return replies

    async def _sent(self, calls: Sequence[Call], which: Sequence[int], replies: list[Reply]) -> list[int]:
        """Sends those at `which` and notes their replies; which of them are to be sent again."""
        try:
            await self._topology.known()
        except (RedisError, OSError) as error:
            for at in which:
                replies[at] = error
            return []
        again: list[int] = []
        parts = self._topology.split(calls, which)
        for (server, part), answer in zip(parts, await self._answers_of(parts, calls), strict=True):
            for at, reply in zip(part, answer, strict=True):
                replies[at] = reply
            errors = [reply for reply in answer if isinstance(reply, Exception) and _deserves_another_try(reply)]
            if errors and await self._mended(server, errors):
                again += part
        return again

    async def _answers_of(self, parts: Sequence[Part], calls: Sequence[Call]) -> list[list[Reply]]:
        asked = [self._answers(server, [calls[at] for at in part]) for server, part in parts]
        # Alone, as it nearly always is, it needs no task of its own, which would cost as much as the whole group.
        return [await asked[0]] if len(asked) == 1 else await asyncio.gather(*asked)

    async def _answers(self, server: Server | None, calls: Sequence[Call]) -> list[Reply]:
        """The replies; where there are none, their error in the place of each."""
        try:
            if server is None:
                raise ClusterDownError("nobody has this slot")
            return await self._burst(server, calls)
        except (RedisError, OSError, Overloaded) as error:
            return [error] * len(calls)

    async def _burst(self, server: Server, calls: Sequence[Call]) -> list[Reply]:
        return await server.burst(calls)

    async def _mended(self, server: Server | None, errors: Sequence[Exception]) -> bool:
        """Does what may help before all is sent again; whether it is worth it."""
        try:
            if server is not None and any(isinstance(error, NoScriptError) for error in errors):
                await self._burst(server, [("SCRIPT", "LOAD", script(name).text) for name in NAMES])
            if elsewhere := [error for error in errors if not isinstance(error, NoScriptError)]:
                await self._topology.look_again(server, elsewhere)
        except (RedisError, OSError, Overloaded):
            return False
        return True


def reply_error(reply: Reply) -> SaringError | None:
    """The trade's error that a reply of `group_each` is, None for a good one; raises what is a bug of ours."""
    if isinstance(reply, SaringError):
        return reply
    if isinstance(reply, Exception):
        raise reply
    return None

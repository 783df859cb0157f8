"""Sessions of the console and the count of failed sign-ins, in the store: any process may answer any request.

A session is kept by the keyed hash of its token; whoever reads the store can sign in with nothing that stands there.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from service.store import keys
from service.store.client import Client

IDLE_MS = 12 * 3_600_000
LIFE_MS = 7 * 86_400_000
WINDOW_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Session:
    """Who signed in, when (epoch milliseconds), and by which password (its hash's digest): a new one ends it."""

    account_id: str
    began_ms: int
    password: str


class Sessions:
    """Opens, finds and ends sessions; counts tries."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def open(self, token_hash: str, session: Session) -> None:
        """Keeps a session; it ends after twelve idle hours."""
        record = orjson.dumps({"account": session.account_id, "began": session.began_ms, "password": session.password})
        own = keys.sessions_of(session.account_id)
        await self._client.group(
            [
                ("SET", keys.session(token_hash), record, "PX", IDLE_MS),
                ("ZADD", own, session.began_ms, token_hash),
                ("ZREMRANGEBYSCORE", own, "-inf", session.began_ms - LIFE_MS),
                ("PEXPIRE", own, LIFE_MS),
            ]
        )

    async def find(self, token_hash: str) -> Session | None:
        """The session, its idle time begun anew; None where it has ended."""
        raw = await self._client.call("GETEX", keys.session(token_hash), "PX", IDLE_MS)
        if raw is None:
            return None
        record = orjson.loads(raw)
        return Session(record["account"], record["began"], record["password"])

    async def end(self, account_id: str, token_hash: str) -> None:
        """Ends one session."""
        await self._client.group(
            [("DEL", keys.session(token_hash)), ("ZREM", keys.sessions_of(account_id), token_hash)]
        )

    async def end_all(self, account_id: str) -> int:
        """Ends every session of a person; how many there were."""
        own = keys.sessions_of(account_id)
        hashes = [row.decode() for row in await self._client.call("ZRANGE", own, 0, -1)]
        await self._client.group([("DEL", keys.session(each)) for each in hashes] + [("DEL", own)])
        return len(hashes)

    async def tried(self, who: str) -> tuple[int, int]:
        """Counts one more try by `who`; how many there were in the window, and the milliseconds until it ends."""
        name = keys.tries(who)
        # NX: the window stands where its first try began it, and a count that lost its end gets one again.
        n, _, left_ms = await self._client.group([("INCR", name), ("PEXPIRE", name, WINDOW_MS, "NX"), ("PTTL", name)])
        return int(n), int(left_ms)

    async def forgive(self, who: str) -> None:
        """Forgets the tries of `who`, who has proved himself."""
        await self._client.call("DEL", keys.tries(who))

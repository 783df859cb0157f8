"""Invitations in the store: a link's keyed hash, good once and for three days, stands for an account."""

from __future__ import annotations

from service.store import keys
from service.store.client import Client

LIFE_MS = 3 * 86_400_000


class Invitations:
    """Opens, finds and takes invitations."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def open(self, token_hash: str, account_id: str) -> None:
        """Keeps an invitation."""
        await self._client.call("SET", keys.invitation(token_hash), account_id, "PX", LIFE_MS)

    async def find(self, token_hash: str) -> str:
        """The account that is invited; "" where the invitation has ended or was taken."""
        found = await self._client.call("GET", keys.invitation(token_hash))
        return found.decode() if found else ""

    async def take(self, token_hash: str) -> bool:
        """Ends the invitation; whether it was still good, and so ours alone."""
        return bool(await self._client.call("DEL", keys.invitation(token_hash)))

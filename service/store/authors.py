"""What the store knows of authors: their comments counted by status, and when they were first seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.ids import Tag
from service.store import keys
from service.store.client import Client


@dataclass(frozen=True, slots=True)
class Reputation:
    """An author's comments by where they stand; `first_seen_ms` 0 where nobody knows."""

    n_approved: int = 0
    n_rejected: int = 0
    n_pending: int = 0
    first_seen_ms: int = 0

    @property
    def n_all(self) -> int:
        return self.n_approved + self.n_rejected + self.n_pending


class Authors:
    """Reads authors."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def reputations(self, tag: Tag, author_ids: Sequence[str]) -> list[Reputation]:
        """Each author's reputation, in order; one round trip."""
        if not author_ids:
            return []
        replies = await self._client.group(
            [
                ("HMGET", f"{keys.root(tag)}:author:{each}", "approved", "rejected", "pending", "first_seen")
                for each in author_ids
            ]
        )
        return [Reputation(*(max(0, int(value or 0)) for value in reply)) for reply in replies]

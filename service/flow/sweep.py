"""What time does: pending comments expire, decided ones are deleted, old events are dropped.

Safe to run anywhere, as often as one likes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.domain.comment import Status
from service.domain.ids import Tag
from service.errors import StoreUnavailable
from service.store.store import Store

_DAY_MS = 86_400_000
EVENTS_KEPT_MS = 90 * _DAY_MS
_CHUNK = 100


@dataclass(frozen=True, slots=True)
class Swept:
    """How much one sweep ended."""

    n_expired: int = 0
    n_deleted: int = 0
    n_events: int = 0

    def __add__(self, other: Swept) -> Swept:
        return Swept(self.n_expired + other.n_expired, self.n_deleted + other.n_deleted, self.n_events + other.n_events)


class Sweep:
    """Ends what is over, a site at a time, in small steps."""

    def __init__(self, store: Store, retention_days: int, clock: Callable[[], int]) -> None:
        self._store = store
        self._retention_ms = retention_days * _DAY_MS
        self._clock = clock

    async def __call__(self) -> Swept:
        """Sweeps every site once. Raises StoreUnavailable in the end where a site's server was away."""
        swept = Swept()
        away: StoreUnavailable | None = None
        for tag in await self._store.sites.tags():
            try:
                swept += await self._site(tag)
            except StoreUnavailable as error:
                away = error
        if away is not None:
            raise away
        return swept

    async def _site(self, tag: Tag) -> Swept:
        n_expired = n_deleted = n_events = 0
        for status in Status:
            expired, deleted = await self._retire(tag, status)
            n_expired, n_deleted = n_expired + expired, n_deleted + deleted
        while n := await self._store.events.trim(tag, self._clock() - EVENTS_KEPT_MS):
            n_events += n
        return Swept(n_expired, n_deleted, n_events)

    async def _retire(self, tag: Tag, status: Status) -> tuple[int, int]:
        now_ms = self._clock()
        before_ms = now_ms - self._retention_ms
        n_expired = n_deleted = offset = 0
        while ids := await self._store.comments.ended(tag, status, before_ms, _CHUNK, offset):
            expired, deleted = await self._store.comments.retire(
                tag, ids, now_ms=now_ms, expire_before_ms=before_ms, delete_before_ms=before_ms
            )
            n_expired, n_deleted = n_expired + expired, n_deleted + deleted
            offset += len(ids) - expired - deleted  # what stays was decided later: go past it
        return n_expired, n_deleted

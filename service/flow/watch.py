"""Watches how full the store is: what is measured, and what is said before new comments must be refused."""

from __future__ import annotations

from service.store.memory import Memory, read_memory
from service.store.store import Store
from service.telemetry import Meter


class Watch:
    """Looks at the store's memory."""

    def __init__(self, store: Store, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    async def __call__(self) -> Memory:
        """The store's memory, which is measured too. Raises StoreUnavailable."""
        memory = await read_memory(self._store.client)
        self._meter.store_memory(memory.used, memory.most)
        return memory

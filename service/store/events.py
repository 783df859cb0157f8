"""The site's events in the store: a stream that counts them without a gap."""

from __future__ import annotations

from itertools import takewhile

from service.domain.event import Event
from service.domain.ids import Tag
from service.errors import CursorExpired
from service.store import codec, keys
from service.store.client import Client

_TRIM_AT_ONCE = 1_000


class Events:
    """Reads and trims a site's events."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def after(self, tag: Tag, number: int, limit: int) -> list[Event]:
        """Up to `limit` events that follow event `number` (0: from the first).

        Raises CursorExpired where some of those that followed are no longer kept.
        """
        name = f"{keys.root(tag)}:events"
        rows, first = await self._client.group(
            [("XRANGE", name, f"(0-{number}", "+", "COUNT", limit), ("XRANGE", name, "-", "+", "COUNT", 1)]
        )
        if first and codec.load_event(*first[0]).number > number + 1 and number > 0:
            raise CursorExpired(str(number))
        return [codec.load_event(entry_id, fields) for entry_id, fields in rows]

    async def last(self, tag: Tag) -> int:
        """The number of the newest event, 0 where there is none."""
        rows = await self._client.call("XREVRANGE", f"{keys.root(tag)}:events", "+", "-", "COUNT", 1)
        return codec.load_event(*rows[0]).number if rows else 0

    async def older(self, tag: Tag, at_ms: int) -> int:
        """The number of the newest event that is older than a time, as their order tells it: the cursor of that time.

        Halves what is left with each read, some twenty times for a million events.
        """
        name = f"{keys.root(tag)}:events"
        first = await self._client.call("XRANGE", name, "-", "+", "COUNT", 1)
        low = codec.load_event(*first[0]).number - 1 if first else 0
        high = await self.last(tag)
        while low < high:
            middle = (low + high + 1) // 2
            ((entry_id, fields),) = await self._client.call("XRANGE", name, f"0-{middle}", "+", "COUNT", 1)
            found = codec.load_event(entry_id, fields)
            if found.at_ms < at_ms:
                low = found.number
            else:
                high = middle - 1
        return low

    async def trim(self, tag: Tag, before_ms: int) -> int:
        """Drops the oldest events while they are older than a time, at most a thousand a call; how many.

        Only from the front, whatever the clocks did meanwhile: a hole in the middle would go unnoticed by readers.
        """
        name = f"{keys.root(tag)}:events"
        rows = await self._client.call("XRANGE", name, "-", "+", "COUNT", _TRIM_AT_ONCE)
        old = [row[0] for row in takewhile(lambda row: codec.load_event(*row).at_ms < before_ms, rows)]
        # The newest event stays, so that the stream goes on counting where it was even if it is copied elsewhere.
        if len(old) == len(rows):
            old = old[:-1]
        return int(await self._client.call("XDEL", name, *old)) if old else 0

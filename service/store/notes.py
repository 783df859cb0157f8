"""Notes on authors in the store: what people of the site told each other."""

from __future__ import annotations

import orjson

from service.domain.ids import Tag
from service.domain.note import Note
from service.store import keys
from service.store.client import Client

_KEPT = 200


class Notes:
    """Reads and adds notes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def of(self, tag: Tag, author_id: str) -> list[Note]:
        """An author's notes, the newest first."""
        rows = await self._client.call("LRANGE", keys.notes(tag, author_id), 0, -1)
        records = [orjson.loads(row) for row in rows]
        return [Note(record["by"], record["at"], record["text"]) for record in records]

    async def add(self, tag: Tag, author_id: str, note: Note) -> None:
        """Adds a note; the newest two hundred are kept. The same note twice, after an answer that was lost, is one."""
        name = keys.notes(tag, author_id)
        record = orjson.dumps({"by": note.by, "at": note.at_ms, "text": note.text})
        await self._client.group([("LREM", name, 0, record), ("LPUSH", name, record), ("LTRIM", name, 0, _KEPT - 1)])

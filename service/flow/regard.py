"""What the newsroom thinks of an author: notes, trust and blocks, the last two as entries of the site's e-mail list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from service.domain.ids import Tag
from service.domain.note import Note
from service.domain.policy import Verdict
from service.domain.site import ListEntry, SiteConfig
from service.errors import VersionConflict
from service.flow.configure import Configure
from service.flow.directory import Directory
from service.store.store import Store

_TRIES = 5


class Regard:
    """Notes, trusts and blocks."""

    def __init__(self, store: Store, directory: Directory, configure: Configure, clock: Callable[[], int]) -> None:
        self._store = store
        self._directory = directory
        self._configure = configure
        self._clock = clock

    async def notes(self, tag: Tag, author_id: str) -> list[Note]:
        """What was noted of an author, the newest first."""
        return await self._store.notes.of(tag, author_id)

    async def note(self, tag: Tag, author_id: str, by: str, text: str) -> None:
        """Notes something for the colleagues."""
        await self._store.notes.add(tag, author_id, Note(by, self._clock(), text))

    def standing(self, config: SiteConfig, email: str) -> ListEntry | None:
        """The entry by which the site trusts, holds or blocks this very address; None where none is in force."""
        folded, now_ms = email.casefold(), self._clock()
        found = [e for e in config.lists.emails if e.value.casefold() == folded and e.applies(now_ms)]
        return found[-1] if found else None

    async def put(self, tag: Tag, email: str, verdict: Verdict | None, until_ms: int | None, by: str) -> None:
        """Trusts (approve), holds or blocks (reject) an author until a time; None takes it back.

        Whoever changes the lists at the same time loses nothing. Raises VersionConflict where that goes on and on.
        """
        for left in reversed(range(_TRIES)):
            lists = (await self._directory.current(tag)).lists
            others = tuple(entry for entry in lists.emails if entry.value.casefold() != email.casefold())
            mine = () if verdict is None else (ListEntry(email, verdict.value, until_ms),)
            try:
                await self._configure.put_lists(tag, replace(lists, emails=(*others, *mine)), lists.version, by)
                return
            except VersionConflict:
                if not left:
                    raise

"""Reading comments and events: one with its history, many by filters, whole folded words over the newest ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from classifiers.text import fold_text, words
from service.domain.case import HistoryEntry
from service.domain.comment import Comment, Status
from service.domain.event import Event
from service.domain.ids import Tag, digest, tag_of
from service.errors import NotFound
from service.secret import Secret
from service.store.comments import Page
from service.store.store import Store

SEARCHED_AT_ONCE = 10_000
_CHUNK = 200

Point = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which comments; empty fields ask nothing. `author` is an e-mail address or an author's id."""

    status: Status | None = None
    article: str = ""
    author: str = ""
    q: str = ""


class Read:
    """Looks, and changes nothing."""

    def __init__(self, store: Store, secret: Secret) -> None:
        self._store = store
        self._secret = secret

    async def one(self, tag: Tag, comment_id: str) -> tuple[Comment, list[HistoryEntry]]:
        """A comment and what people did to it. Raises NotFound."""
        comment = (await self._store.comments.get(tag, [comment_id]))[0] if tag_of(comment_id) == tag else None
        if comment is None:
            raise NotFound(comment_id)
        return comment, await self._store.comments.history(tag, comment_id)

    async def some(self, tag: Tag, comment_ids: Sequence[str]) -> list[Comment]:
        """Those of the comments that there are."""
        return [comment for comment in await self._store.comments.get(tag, comment_ids) if comment is not None]

    async def many(self, tag: Tag, wanted: Filter, before: Point | None, limit: int) -> Page:
        """Comments that pass the filter, newest first, from the point on.

        A search by words looks at 10,000 comments a call; where it found too few, the page's point goes on from there.
        """
        if wanted.q.startswith("c_") and tag_of(wanted.q) == tag:
            found = (await self._store.comments.get(tag, [wanted.q]))[0]
            return Page([found] if found else [])
        asked = frozenset(words(fold_text(wanted.q)))
        comments: list[Comment] = []
        for _ in range(SEARCHED_AT_ONCE // _CHUNK):
            points = await self._points(tag, wanted, before, _CHUNK)
            for point, comment in zip(points, await self._load(tag, points), strict=True):
                before = point
                if comment is not None and self._passes(comment, wanted, asked):
                    comments.append(comment)
                    if len(comments) == limit:
                        return Page(comments, before)
            if len(points) < _CHUNK:
                return Page(comments)
        return Page(comments, before)

    async def events(self, tag: Tag, after: int, limit: int) -> list[Event]:
        """The site's facts after a cursor, in order. Raises CursorExpired."""
        return await self._store.events.after(tag, after, limit)

    def author_id(self, comment: Comment) -> str:
        """The author's name in the store, by which other comments can be asked for without the e-mail address."""
        return self._secret.author(comment.submission.author.email)

    async def _load(self, tag: Tag, points: list[Point]) -> list[Comment | None]:
        return await self._store.comments.get(tag, [comment_id for _, comment_id in points])

    async def _points(self, tag: Tag, wanted: Filter, before: Point | None, limit: int) -> list[Point]:
        # The narrowest index that the filter names; the rest is told by the comments themselves.
        if wanted.author:
            indexes = [f"of:{self._author(wanted.author)}"]
        elif wanted.article:
            indexes = [f"under:{digest(wanted.article)}"]
        else:
            indexes = [f"status:{status}" for status in ([wanted.status] if wanted.status else Status)]
        found = [point for index in indexes for point in await self._store.comments.newest(tag, index, before, limit)]
        return sorted(found, reverse=True)[:limit]

    def _author(self, author: str) -> str:
        return self._secret.author(author) if "@" in author else author

    @staticmethod
    def _passes(comment: Comment, wanted: Filter, asked: frozenset[str]) -> bool:
        s = comment.submission
        if wanted.status and comment.status is not wanted.status:
            return False
        if wanted.article and s.article.id != wanted.article:
            return False
        return not asked or asked <= set(words(fold_text(f"{s.body}\n{s.author.name}\n{s.author.url}")))

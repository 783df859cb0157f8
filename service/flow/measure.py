"""A site's figures, from its events when somebody asks: nothing is counted beforehand, so nothing can drift."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable

from service.domain.comment import Article, Comment
from service.domain.event import APPROVED, REJECTED, SUBMITTED, Event
from service.domain.figures import Figures, deciders, hours, median_wait_s, overturns
from service.domain.ids import Tag, digest
from service.store.store import Store

LONGEST_DAYS = 92
MOST_EVENTS = 50_000  # of a busier range the newest are counted, and that is said
_AT_ONCE = 1_000
_TOP = 10
# Several processes write events, each with its clock: their order and their times may differ by that much.
_CLOCKS_MS = 60_000


class Measure:
    """Reads, and counts."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, tag: Tag, from_ms: int, to_ms: int) -> Figures:
        """The figures of [from, to); the caller has seen to it that these are not too far apart.

        Where more happened than is counted at once, `counted_from_ms` tells from when on all of it is.
        """
        begin, end, counted_from_ms = await self._bounds(tag, from_ms, to_ms)
        submitted: list[Event] = []
        touched: dict[str, None] = {}
        articles: Counter[str] = Counter()
        async for page in self._pages(tag, begin, end, counted_from_ms, to_ms):
            new = [event for event in page if event.type == SUBMITTED]
            submitted += new
            touched |= dict.fromkeys(event.comment_id for event in page if event.type in (APPROVED, REJECTED))
            if new:
                articles.update(await self._store.articles.under(tag, [event.comment_id for event in new]))
        decided = [comment async for comment in self._decided(tag, list(touched), counted_from_ms, to_ms)]
        oldest_ms, n_pending = await self._waiting(tag)
        return Figures(
            from_ms=from_ms,
            to_ms=to_ms,
            counted_from_ms=counted_from_ms,
            hours=hours(submitted, counted_from_ms, to_ms),
            deciders=deciders(decided),
            overturns=overturns(decided),
            articles=await self._told(tag, articles),
            median_wait_s=median_wait_s(decided),
            oldest_wait_s=None if oldest_ms is None else max(0, self._clock() - oldest_ms) / 1000,
            n_pending=n_pending,
        )

    async def _bounds(self, tag: Tag, from_ms: int, to_ms: int) -> tuple[int, int, int]:
        """The events to count, from behind one number up to another, and the time from which on these are all."""
        events, is_over = self._store.events, to_ms + _CLOCKS_MS < self._clock()
        first = await events.older(tag, from_ms - _CLOCKS_MS)
        end = await (events.older(tag, to_ms + _CLOCKS_MS) if is_over else events.last(tag))
        begin = max(first, end - MOST_EVENTS)
        if begin == first:
            return first, end, from_ms
        (oldest,) = await events.after(tag, begin, 1)
        return begin, end, max(from_ms, oldest.at_ms)

    async def _pages(self, tag: Tag, begin: int, end: int, from_ms: int, to_ms: int) -> AsyncIterator[list[Event]]:
        """Of the events from behind one number up to another those of [from, to), a thousand at a time."""
        while begin < end and (events := await self._store.events.after(tag, begin, min(_AT_ONCE, end - begin))):
            begin = events[-1].number
            yield [event for event in events if from_ms <= event.at_ms < to_ms]

    async def _decided(self, tag: Tag, ids: list[str], from_ms: int, to_ms: int) -> AsyncIterator[Comment]:
        """Of these comments those whose standing decision was made in [from, to)."""
        for at in range(0, len(ids), _AT_ONCE):
            for comment in await self._store.comments.get(tag, ids[at : at + _AT_ONCE]):
                if comment is not None and comment.decision and from_ms <= comment.decision.at_ms < to_ms:
                    yield comment

    async def _waiting(self, tag: Tag) -> tuple[int | None, int]:
        """When the oldest pending comment came in, and how many are pending; the editors' queue counts too."""
        counts = await self._store.reviews.counts(tag)
        heads = [await self._store.reviews.queue(tag, "oldest", [view], 1) for view in ("all", "escalated")]
        comments = await self._store.comments.get(tag, [comment_id for head in heads for comment_id in head])
        created = [comment.created_ms for comment in comments if comment is not None]
        return min(created, default=None), counts["all"] + counts["escalated"]

    async def _told(self, tag: Tag, counted: Counter[str]) -> list[tuple[Article, int]]:
        top = [(name, n) for name, n in counted.most_common(_TOP + 1) if name][:_TOP]
        names = [name for name, _ in top]
        known = {digest(article.id): article for article in await self._store.articles.get(tag, names)} if names else {}
        return [(known[name], n) for name, n in top if name in known]

"""People decide. Each verb is one change of state in the store; who may call it is the web's matter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from service.domain.case import Outcome
from service.domain.comment import Comment
from service.domain.ids import ENTROPY_BYTES, BatchId, Tag, digest, tag_of, timed_id
from service.errors import NotFound, SaringError
from service.store.reviews import Order, Ruling, raised
from service.store.store import Store

CLAIM_MS = 5 * 60_000
_READ_AT_ONCE = 250


@dataclass(frozen=True, slots=True)
class Call:
    """What a person says of one comment."""

    comment_id: str
    decision: Literal["approve", "reject"]
    reason: str = ""
    note: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """Pending cases in order, and how many there are by kind."""

    comments: list[Comment]
    counts: dict[str, int]


def view_names(label: str, article: str, escalated: bool) -> list[str]:
    """The views of the queue that a filter stands for."""
    if escalated:
        return ["escalated"]
    views = [f"kind:{label}"] if label else []
    views += [f"article:{digest(article)}"] if article else []
    return views or ["all"]


class Review:
    """The queue, claims, decisions and undo."""

    def __init__(self, store: Store, clock: Callable[[], int], entropy: Callable[[int], bytes]) -> None:
        self._store = store
        self._clock = clock
        self._entropy = entropy

    async def queue(self, tag: Tag, *, order: Order, views: Sequence[str], limit: int) -> Queue:
        """The pending cases that a view shows, claimed or not."""
        ids = await self._store.reviews.queue(tag, order, views, limit)
        return Queue(await self._living(tag, ids), await self._store.reviews.counts(tag))

    async def walk(
        self, tag: Tag, *, order: Order, views: Sequence[str], begin: int | None, limit: int
    ) -> AsyncIterator[tuple[int, Comment | None]]:
        """Walks the last view, the narrowest, from a score on: at most `limit` scores, each with its case.

        None stands for a case that the other views do not show. Comments are read as they are needed.
        """
        points = await self._store.reviews.ranked(tag, order, views[-1], begin, limit)
        kinds = [view for view in views[:-1] if view.startswith("kind:")]
        for at in range(0, len(points), _READ_AT_ONCE):
            part = points[at : at + _READ_AT_ONCE]
            comments = await self._store.comments.get(tag, [comment_id for _, comment_id in part])
            for (score, _), comment in zip(part, comments, strict=True):
                shows = comment is not None and all(f"kind:{comment.kind}" == kind for kind in kinds)
                yield score, comment if shows else None

    async def claim(self, tag: Tag, by: str, *, n: int, order: Order, views: Sequence[str]) -> list[Comment]:
        """Up to `n` cases, for five minutes nobody else's; those that somebody decided in this moment are left out."""
        now_ms = self._clock()
        ids = await self._store.reviews.claim(
            tag, by, self._operation(), n=n, order=order, views=views, now_ms=now_ms, until_ms=now_ms + CLAIM_MS
        )
        return [comment for comment in await self._living(tag, ids) if comment.claimed_by == by]

    async def hold(self, tag: Tag, by: str, comments: Sequence[Comment]) -> list[Comment]:
        """These cases as they are once `by` holds those that nobody else does, for five minutes."""
        now_ms = self._clock()
        ids = [comment.id for comment in comments]
        held = await self._store.reviews.hold(
            tag, by, self._operation(), ids, now_ms=now_ms, until_ms=now_ms + CLAIM_MS
        )
        mine = set(held)
        return [
            comment._replace(claimed_by=by, claimed_until_ms=now_ms + CLAIM_MS) if comment.id in mine else comment
            for comment in comments
        ]

    async def release(self, tag: Tag, by: str, comment_ids: Sequence[str]) -> list[str]:
        """Gives cases back (none named: all); the ids that were given back."""
        return await self._store.reviews.release(tag, by, self._operation(), comment_ids)

    async def decide(self, tag: Tag, by: str, call: Call) -> Outcome:
        """One decision. Raises NotFound, CaseAlreadyDecided."""
        return raised((await self._store.reviews.decide(tag, [self._ruling(by, call)], self._clock()))[0])

    async def decide_many(
        self, tag: Tag, by: str, calls: Sequence[Call]
    ) -> tuple[BatchId, list[Outcome | SaringError]]:
        """Many decisions under one batch id, each answered on its own."""
        now_ms = self._clock()
        batch = BatchId(timed_id("b", tag, now_ms, self._entropy(ENTROPY_BYTES)))
        mine = [at for at, call in enumerate(calls) if tag_of(call.comment_id) == tag]
        rulings = [replace(self._ruling(by, calls[at]), batch=batch) for at in mine]
        outcomes = await self._store.reviews.decide(tag, rulings, now_ms) if rulings else []
        results: list[Outcome | SaringError] = [NotFound(call.comment_id) for call in calls]
        for at, outcome in zip(mine, outcomes, strict=True):
            results[at] = outcome
        return batch, results

    async def undo(self, tag: Tag, by: str, comment_id: str, expected_version: int | None = None) -> Outcome:
        """Takes back what stands. Raises NotFound, NothingToUndo, CaseAlreadyDecided."""
        undos = [(comment_id, self._operation(), expected_version)]
        return raised((await self._store.reviews.undo(tag, undos, by, self._clock()))[0])

    async def undo_batch(self, tag: Tag, by: str, batch_id: str) -> list[tuple[str, Outcome | SaringError]]:
        """Takes back the decisions of a batch that stand as the batch left them, by comment id. Raises NotFound."""
        left = await self._store.reviews.batch(tag, batch_id)
        if not left:
            raise NotFound(batch_id)
        undos = [(comment_id, self._operation(), version) for comment_id, version in left.items()]
        outcomes = await self._store.reviews.undo(tag, undos, by, self._clock())
        return list(zip(left, outcomes, strict=True))

    async def escalate(self, tag: Tag, by: str, comment_id: str, note: str) -> Outcome:
        """Hands a case to the editors. Raises NotFound, NotPending."""
        return await self._store.reviews.escalate(tag, comment_id, self._operation(), by, note, self._clock())

    async def _living(self, tag: Tag, ids: Sequence[str]) -> list[Comment]:
        return [comment for comment in await self._store.comments.get(tag, ids) if comment is not None]

    def _ruling(self, by: str, call: Call) -> Ruling:
        return Ruling(
            comment_id=call.comment_id,
            operation=self._operation(),
            decision=call.decision,
            by=by,
            reason=call.reason,
            note=call.note,
            expected_version=call.expected_version,
        )

    def _operation(self) -> str:
        return self._entropy(12).hex()

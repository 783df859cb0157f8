"""The moderator's desk: the queue with all that one needs to decide a case, and claims that nobody has to think of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from service.domain.comment import Article, Comment, Status
from service.domain.ids import Tag
from service.flow.alike import fingerprints
from service.flow.review import Review
from service.secret import Secret
from service.store.authors import Reputation
from service.store.reviews import Order
from service.store.store import Store

SCANNED = 500
WALKED = 5_000  # cases that one look at a filtered queue reads at most
_CLAIMED_AHEAD = 10
# Scores in a word: from where on each begins.
LEVELS = {"low": 0.0, "medium": 0.3, "high": 0.7}


def level(score: float) -> str:
    """low, medium or high."""
    return next(name for name in reversed(LEVELS) if score >= LEVELS[name])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases of a view; empty fields ask nothing. `spam` and `abuse` are levels, `author` an author's id."""

    language: str = ""
    spam: str = ""
    abuse: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """A case on the desk; `n_alike` others of the queue's first 500 share a link, a number or its text."""

    comment: Comment
    author_id: str
    reputation: Reputation
    parent: Comment | None = None
    n_alike: int = 0
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """What lies on the desk: the cases, the counts by kind, and the articles that wait most.

    `beyond` is the score from which on the queue was not looked at, None where enough was found or nothing is left;
    `n_walked` cases were looked at.
    """

    cases: list[Laid]
    counts: dict[str, int]
    articles: list[tuple[Article, int]] = field(default_factory=list)
    languages: list[tuple[str, int]] = field(default_factory=list)
    last_event: int = 0
    beyond: int | None = None
    n_walked: int = 0


class Desk:
    """Lays out cases for people."""

    def __init__(self, store: Store, secret: Secret, review: Review, clock: Callable[[], int]) -> None:
        self._store = store
        self._secret = secret
        self._review = review
        self._clock = clock

    async def spread(
        self,
        tag: Tag,
        by: str,
        *,
        order: Order,
        views: Sequence[str],
        wanted: Wanted,
        limit: int,
        claims: bool,
        begin: int | None = None,
    ) -> Spread:
        """The first cases of a view that are wanted; those held by others come last.

        With `claims` the ten that lie uppermost are held for `by`. A walk looks at 500 cases, and goes on where too few
        of them are wanted, up to 5,000; `begin` is where another left off.
        """
        last_event = await self._store.events.last(tag)  # before the queue: what happens meanwhile is told again
        counts = await self.counts(tag)
        comments: list[Comment] = []
        found: list[Comment] = []
        n_walked, beyond = 0, None
        async for score, comment in self._review.walk(tag, order=order, views=views, begin=begin, limit=WALKED + 1):
            if len(found) >= limit and n_walked >= SCANNED:
                break
            if n_walked == WALKED:
                beyond = score
                break
            n_walked += 1
            if comment is not None and len(comments) < SCANNED:
                comments.append(comment)
            if comment is not None and self.wants(wanted, comment):
                found.append(comment)
        shown = sorted(found, key=lambda comment: bool(self._holder(comment, by)))[:limit]
        if claims and shown:
            shown = [*await self._review.hold(tag, by, shown[:_CLAIMED_AHEAD]), *shown[_CLAIMED_AHEAD:]]
        articles = Counter(comment.submission.article.id for comment in comments)
        known = {comment.submission.article.id: comment.submission.article for comment in comments}
        return Spread(
            await self.lay(tag, shown, by, among=comments),
            counts,
            [(known[article_id], n) for article_id, n in articles.most_common(30)],
            Counter(c.assessment.language for c in comments if c.assessment.language).most_common(),
            last_event,
            beyond,
            n_walked,
        )

    def wants(self, wanted: Wanted, comment: Comment) -> bool:
        """Whether a case is one of those."""
        a = comment.assessment
        return (
            wanted.language in ("", a.language)
            and wanted.spam in ("", level(a.scores.get("spam", 0.0)))
            and wanted.abuse in ("", level(a.scores.get("abuse", 0.0)))
            and wanted.author in ("", self._secret.author(comment.submission.author.email))
        )

    async def lay(self, tag: Tag, comments: Sequence[Comment], by: str, among: Sequence[Comment] = ()) -> list[Laid]:
        """Comments with their authors' reputations and what they answer."""
        author_ids = [self._secret.author(c.submission.author.email) for c in comments]
        reputations = await self._store.authors.reputations(tag, author_ids)
        asked = [c.submission.parent_id for c in comments]
        parents = await self._store.comments.get(tag, [parent for parent in asked if parent.startswith("c_")])
        by_id = {parent.id: parent for parent in parents if parent is not None}
        marks = [fingerprints(comment) for comment in among]
        shared = Counter(mark for each in marks for mark in each)
        of_each = dict(zip((comment.id for comment in among), marks, strict=True))
        return [
            Laid(
                comment,
                author_id,
                reputation,
                by_id.get(parent),  # type: ignore[call-overload]  # an id as a reader's form sent it
                self._n_alike(of_each.get(comment.id, frozenset()), shared, marks),
                self._holder(comment, by),
            )
            for comment, author_id, reputation, parent in zip(comments, author_ids, reputations, asked, strict=True)
        ]

    async def alike(self, tag: Tag, comment: Comment) -> list[Comment]:
        """The pending comments that share something with this one, itself first; at most 500."""
        queue = await self._review.queue(tag, order="priority", views=["all"], limit=SCANNED)
        mine = fingerprints(comment)
        others = [c for c in queue.comments if c.id != comment.id and fingerprints(c) & mine]
        own = [c for c in queue.comments if c.id == comment.id]
        return [*own, *others]

    async def names(self, tag: Tag) -> dict[str, str]:
        """What the people of a site are called, by account id: the part of the address before the @."""
        people = await self._store.people.all()
        return {account.id: account.email.partition("@")[0] for account in people if tag in account.roles}

    async def counts(self, tag: Tag) -> dict[str, int]:
        """How many cases are pending, by kind."""
        return await self._store.reviews.counts(tag)

    async def recently_decided(self, tag: Tag, limit: int) -> list[Comment]:
        """Comments that people decided, the newest decision first: of the newest thousand that ended."""
        found: list[Comment] = []
        for status in (Status.APPROVED, Status.REJECTED):
            points = await self._store.comments.newest(tag, f"status:{status}", None, SCANNED)
            loaded = await self._store.comments.get(tag, [comment_id for _, comment_id in points])
            found += [comment for comment in loaded if comment is not None and comment.decision is not None]
        return sorted(found, key=lambda c: -(c.decision.at_ms if c.decision else 0))[:limit]

    @staticmethod
    def _n_alike(mine: frozenset[str], shared: Counter[str], marks: Sequence[frozenset[str]]) -> int:
        told = [mark for mark in mine if shared[mark] > 1]
        if not told:
            return 0
        return sum(bool(mine & other) for other in marks) - 1

    def _holder(self, comment: Comment, by: str) -> str:
        """Who else holds the case now, "" where nobody does."""
        if comment.claimed_by in ("", by) or comment.claimed_until_ms <= self._clock():
            return ""
        return comment.claimed_by

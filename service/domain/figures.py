"""A site's figures between two moments: what came in, what the policy said, what people decided, how long it waited.

Pure: from events and comments to numbers. A decision counts while it stands, for whoever made it; one that was taken
back counts for nobody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from service.domain.comment import Article, Comment
from service.domain.event import SUBMITTED, Event
from service.domain.policy import Verdict

HOUR_MS = 3_600_000
PUBLISHED = "published"  # the reason of those that the policy published: it gave none
_VERDICT = {"approved": Verdict.APPROVE, "pending": Verdict.HOLD, "rejected": Verdict.REJECT}


@dataclass(frozen=True, slots=True)
class Hour:
    """The comments of an hour, by the policy's verdict."""

    begin_ms: int
    n_approve: int = 0
    n_hold: int = 0
    n_reject: int = 0

    @property
    def n_all(self) -> int:
        return self.n_approve + self.n_hold + self.n_reject


@dataclass(frozen=True, slots=True)
class Decider:
    """What a person or key decided; `by` is an account's or key's id."""

    by: str
    n_approved: int
    n_rejected: int

    @property
    def n_all(self) -> int:
        return self.n_approved + self.n_rejected


@dataclass(frozen=True, slots=True)
class Overturn:
    """How often people said otherwise than the policy, for one reason of its verdict (its first)."""

    reason: str
    n_decided: int
    n_overturned: int

    @property
    def rate(self) -> float:
        return self.n_overturned / self.n_decided


@dataclass(frozen=True, slots=True)
class Figures:
    """All of it from `counted_from_ms` on: the beginning, or later where more happened than is counted.

    Waits are in seconds, None where nothing waited: the median of those decided, the longest now.
    """

    from_ms: int
    to_ms: int
    counted_from_ms: int
    hours: Sequence[Hour]
    deciders: Sequence[Decider]
    overturns: Sequence[Overturn]
    articles: Sequence[tuple[Article, int]]
    median_wait_s: float | None
    oldest_wait_s: float | None
    n_pending: int

    @property
    def verdicts(self) -> dict[Verdict, int]:
        """The comments that came in, by the policy's verdict."""
        return {
            Verdict.APPROVE: sum(hour.n_approve for hour in self.hours),
            Verdict.HOLD: sum(hour.n_hold for hour in self.hours),
            Verdict.REJECT: sum(hour.n_reject for hour in self.hours),
        }


def hours(events: Iterable[Event], from_ms: int, to_ms: int) -> list[Hour]:
    """Every hour from the one of `from_ms` on, with what came in; hours begin where those of UTC do."""
    begin = from_ms - from_ms % HOUR_MS
    counted: Counter[tuple[int, Verdict]] = Counter()
    for event in events:
        if event.type == SUBMITTED and from_ms <= event.at_ms < to_ms:
            counted[event.at_ms - event.at_ms % HOUR_MS, _VERDICT[event.status]] += 1
    return [
        Hour(at, counted[at, Verdict.APPROVE], counted[at, Verdict.HOLD], counted[at, Verdict.REJECT])
        for at in range(begin, to_ms, HOUR_MS)
    ]


def deciders(decided: Iterable[Comment]) -> list[Decider]:
    """Who decided how many, the busiest first."""
    approved: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    for comment in decided:
        if comment.decision is not None:
            (approved if comment.decision.decision == "approve" else rejected)[comment.decision.by] += 1
    found = [Decider(by, approved[by], rejected[by]) for by in {*approved, *rejected}]
    return sorted(found, key=lambda each: (-each.n_all, each.by))


def overturns(decided: Iterable[Comment]) -> list[Overturn]:
    """By the first reason of the policy's verdict, the most decided first."""
    n_decided: Counter[str] = Counter()
    n_overturned: Counter[str] = Counter()
    for comment in decided:
        if comment.decision is None:
            continue
        reason = comment.judgement.reasons[0].code if comment.judgement.reasons else PUBLISHED
        n_decided[reason] += 1
        n_overturned[reason] += (comment.judgement.verdict is Verdict.APPROVE) != (
            comment.decision.decision == "approve"
        )
    found = [Overturn(reason, n, n_overturned[reason]) for reason, n in n_decided.items()]
    return sorted(found, key=lambda each: (-each.n_decided, each.reason))


def median_wait_s(decided: Iterable[Comment]) -> float | None:
    """From a held comment's coming in to its decision; None where there was none."""
    waits = [
        (comment.decision.at_ms - comment.created_ms) / 1000
        for comment in decided
        if comment.decision is not None and comment.judgement.verdict is Verdict.HOLD
    ]
    return median(waits) if waits else None

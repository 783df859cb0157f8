"""The queue, claims, decisions, undo, escalation, expiry and retention of one site, told in plain Python.

Slow, whole in memory, and without a word of Redis: what the store does is held against it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from service.domain.ids import digest

CLAIM_MS = 300_000
KEPT_MS = 90 * 86_400_000


@dataclass
class Said:
    """A decision that stands."""

    decision: str
    by: str
    reason: str
    was: str


@dataclass
class Case:
    """A comment as a moderator thinks of it."""

    id: str
    author: str
    article: str
    status: str
    kind: str
    priority: int
    created: int
    ref: str
    since: int
    version: int = 1
    escalated: bool = False
    claimed_by: str = ""
    claimed_until: int = 0
    standing: list[Said] = field(default_factory=list)
    history: list[str] = field(default_factory=list)

    def is_held(self, now: int) -> bool:
        return bool(self.claimed_by) and self.claimed_until > now


@dataclass(frozen=True)
class Conflict:
    """Somebody has decided otherwise, or the comment has moved on."""

    status: str
    version: int
    standing_by: str


Told = tuple[str, str, str, int]  # type, comment, status, version
Answer = tuple[str, int] | Conflict | str


class Site:
    """All that is true of one site."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.refs: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.said: set[tuple[str, str, str]] = set()
        self.authors: dict[str, Counter[str]] = {}
        self.events: list[tuple[int, Told]] = []
        self.n_dropped = 0
        self.batches: dict[str, dict[str, int]] = {}

    # --- what happens

    def open(self, case: Case, at: int) -> None:
        self.cases[case.id] = case
        self.authors.setdefault(case.author, Counter())[case.status] += 1
        self._tell("comment.submitted", case, at)

    def claim(self, by: str, n: int, order: str, views: list[str], now: int) -> list[str]:
        free = [case for case in self.queue(order, views) if not case.is_held(now)][:n]
        for case in free:
            case.claimed_by, case.claimed_until = by, now + CLAIM_MS
        return [case.id for case in free]

    def release(self, by: str, ids: list[str]) -> set[str]:
        mine = [case for case in self.cases.values() if case.claimed_by == by and (not ids or case.id in ids)]
        for case in mine:
            case.claimed_by = ""
        return {case.id for case in mine}

    def decide(
        self, cid: str, by: str, decision: str, reason: str, expected: int | None, batch: str, now: int
    ) -> Answer:
        case = self.cases.get(cid)
        if case is None:
            return "missing"
        top = case.standing[-1] if case.standing else None
        if top and top.decision == decision and (not reason or reason == top.reason or expected is None):
            return case.status, case.version
        if (expected is not None and expected != case.version) or (top and expected is None):
            return Conflict(case.status, case.version, top.by if top else "")
        case.standing.append(Said(decision, by, reason, case.status))
        self._move(case, "approved" if decision == "approve" else "rejected", now)
        case.history.append(decision)
        self._tell(f"comment.{case.status}", case, now)
        if batch:
            self.batches.setdefault(batch, {})[cid] = case.version
        return case.status, case.version

    def undo(self, cid: str, expected: int | None, now: int) -> Answer:
        case = self.cases.get(cid)
        if case is None:
            return "missing"
        top = case.standing[-1] if case.standing else None
        if expected is not None and expected != case.version:
            return Conflict(case.status, case.version, top.by if top else "")
        if top is None and not (case.escalated and case.status == "pending"):
            return "nothing"
        if top:
            case.standing.pop()
        else:
            case.escalated = False
        self._move(case, top.was if top else case.status, now)
        case.history.append("undo")
        if top:
            self._tell("comment.reopened", case, now)
        return case.status, case.version

    def escalate(self, cid: str) -> Answer:
        case = self.cases.get(cid)
        if case is None:
            return "missing"
        if case.status != "pending":
            return "decided"
        if not case.escalated:
            case.escalated, case.claimed_by = True, ""
            case.version += 1
            case.history.append("escalate")
        return case.status, case.version

    def sweep(self, now: int) -> tuple[int, int, int]:
        """How many expired, were deleted, and how many events were dropped."""
        before = now - KEPT_MS
        old = [case for case in sorted(self.cases.values(), key=lambda c: (c.created, c.id)) if case.since < before]
        expiring = [case for case in old if case.status == "pending"]
        ended = [case for case in old if case.status != "pending"]
        for case in expiring:
            self._move(case, "expired", now)
            self._tell("comment.expired", case, now)
        for case in ended:
            del self.cases[case.id]
            self.refs.pop(case.ref, None)
        n_dropped = 0
        while len(self.events) > 1 and self.events[0][0] < before:
            del self.events[0]
            n_dropped += 1
        self.n_dropped += n_dropped
        return len(expiring), len(ended), n_dropped

    # --- what one sees

    def queue(self, order: str, views: list[str]) -> list[Case]:
        def key(case: Case) -> tuple[int, ...] | tuple[int, str] | tuple[int, int, str]:
            return (case.priority, -case.created, case.id) if order == "priority" else (case.created, case.id)

        shown = [case for case in self.cases.values() if case.status == "pending" and set(views) <= self._views(case)]
        return sorted(shown, key=key, reverse=order != "oldest")

    def counts(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for case in self.cases.values():
            if case.status == "pending":
                found.update(["escalated"] if case.escalated else ["all", case.kind])
        return {"all": 0, "escalated": 0} | dict(found)

    @staticmethod
    def _views(case: Case) -> set[str]:
        if case.escalated:
            return {"escalated"}
        return {"all", f"kind:{case.kind}", f"article:{digest(case.article)}"}

    def _move(self, case: Case, status: str, now: int) -> None:
        self.authors[case.author][case.status] -= 1
        self.authors[case.author][status] += 1
        case.status, case.since, case.claimed_by = status, now, ""
        case.version += 1

    def _tell(self, kind: str, case: Case, at: int) -> None:
        self.events.append((at, (kind, case.id, case.status, case.version)))

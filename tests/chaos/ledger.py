"""What was asked and answered during a storm, and the checker that holds the store against it.

Knows nothing of how the storm was made: it takes what clients remember and what the service tells afterwards.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
_DECIDED = {"comment.approved": "approve", "comment.rejected": "reject"}
_OPENS = {"comment.submitted", "comment.reopened"}


@dataclass(frozen=True, slots=True)
class Holding:
    """A claim that somebody was told of: from the answer until it was given up or ended by itself (seconds)."""

    case: str
    who: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision or an undo (`verb`) as its sender knows it; `version` None: no answer came."""

    case: str
    who: str
    verb: str
    version: int | None


@dataclass(slots=True)
class Ledger:
    """All that the clients remember. `sent`: text by reference; `acknowledged`: comment id by reference."""

    sent: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    holdings: list[Holding] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    def broken(self, comments: list[Row], events: list[Row]) -> list[str]:
        """Every promise that does not hold; empty where all do."""
        return [
            *self.surprises,
            *self._comments(comments),
            *_sequence(comments, events),
            *self._decisions(comments, events),
            *_shared(self.holdings),
        ]

    def _comments(self, comments: list[Row]) -> Iterator[str]:
        by_id = {comment["id"]: comment for comment in comments}
        if len(by_id) != len(comments):
            yield "a comment is listed twice"
        for ref, n in Counter(comment["client_ref"] for comment in comments).items():
            if n > 1:
                yield f"{ref} exists {n} times"
            if ref not in self.sent:
                yield f"{ref} was never sent"
        for ref, cid in self.acknowledged.items():
            if cid not in by_id:
                yield f"{ref} was acknowledged as {cid} and is lost"
            elif by_id[cid]["client_ref"] != ref:
                yield f"{cid} was acknowledged for {ref} and is {by_id[cid]['client_ref']}"
            elif by_id[cid]["body"] != self.sent[ref]:
                yield f"{cid} has another text"

    def _decisions(self, comments: list[Row], events: list[Row]) -> Iterator[str]:
        told = _by_case(events)
        asked = {(r.case, r.who, r.verb) for r in self.rulings}
        for case, rows in told.items():
            yield from _once(case, rows)
            for row in rows:
                if (verb := _verb(row)) and (case, row["data"]["by"], verb) not in asked:
                    yield f"{case}: nobody asked for {row['type']} by {row['data']['by']}"
        for r in self.rulings:
            if r.version is None:
                continue
            # The same decision as somebody has just made is no conflict: then that one stands, and is answered.
            same = [row for row in told[r.case] if row["data"]["version"] == r.version and _verb(row) == r.verb]
            if len(same) != 1:
                yield f"{r.case}: {r.who}'s {r.verb} at version {r.version} has {len(same)} events"
        for comment in comments:
            last = told[comment["id"]][-1] if told[comment["id"]] else None
            if last is not None and last["data"]["status"] != comment["status"]:
                yield f"{comment['id']} is {comment['status']}, its last event says {last['data']['status']}"
            if comment["verdict"] == "hold" and comment["status"] != "pending" and not _is_ruled(told[comment["id"]]):
                yield f"{comment['id']} was held and is {comment['status']} by silence"


def _verb(row: Row) -> str:
    return _DECIDED.get(row["type"], "undo" if row["type"] == "comment.reopened" else "")


def _sequence(comments: list[Row], events: list[Row]) -> Iterator[str]:
    numbers = [int(event["id"]) for event in events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "events have a gap or are out of order"
    opened = Counter(event["data"]["comment_id"] for event in events if event["type"] == "comment.submitted")
    if opened != Counter({comment["id"]: 1 for comment in comments}):
        yield "not every comment has exactly one opening event"


def _by_case(events: list[Row]) -> defaultdict[str, list[Row]]:
    told: defaultdict[str, list[Row]] = defaultdict(list)
    for event in events:
        told[event["data"]["comment_id"]].append(event)
    return told


def _once(case: str, rows: list[Row]) -> Iterator[str]:
    """Versions only grow, and between two decisions somebody reopened the case."""
    is_open = False
    version = 0
    for row in rows:
        if row["data"]["version"] <= version:
            yield f"{case}: version {row['data']['version']} follows {version}"
        version = row["data"]["version"]
        if row["type"] in _DECIDED and not is_open:
            yield f"{case} was decided twice"
        is_open = row["type"] in _OPENS


def _is_ruled(rows: Iterable[Row]) -> bool:
    return any(row["type"] in _DECIDED and row["data"]["by"] for row in rows)


def _shared(holdings: Iterable[Holding]) -> Iterator[str]:
    by_case: defaultdict[str, list[Holding]] = defaultdict(list)
    for holding in holdings:
        by_case[holding.case].append(holding)
    for case, held in by_case.items():
        held.sort(key=lambda holding: holding.begin)
        longest = held[0]
        for holding in held[1:]:
            if holding.begin < longest.end:
                yield f"{case} was held by {longest.who} and by {holding.who} at once"
            longest = max(longest, holding, key=lambda each: each.end)

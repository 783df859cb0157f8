"""The checker sees what it is there to see: one made-up violation of each promise."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.chaos.ledger import Holding, Ledger, Ruling

Row = dict[str, Any]


def event(number: int, kind: str, case: str, status: str, version: int, by: str = "machine") -> Row:
    data = {"comment_id": case, "status": status, "version": version, "by": by}
    return {"id": str(number), "type": f"comment.{kind}", "data": data}


def comment(case: str, ref: str, status: str) -> Row:
    return {"id": case, "client_ref": ref, "body": f"teks {ref}", "status": status, "verdict": "hold"}


COMMENTS = [comment("c1", "r1", "rejected"), comment("c2", "r2", "pending")]
EVENTS = [
    event(1, "submitted", "c1", "pending", 1),
    event(2, "submitted", "c2", "pending", 1),
    event(3, "approved", "c1", "approved", 2, "rina"),
    event(4, "reopened", "c1", "pending", 3, "rina"),
    event(5, "rejected", "c1", "rejected", 4, "budi"),
]
LEDGER = Ledger(
    sent={"r1": "teks r1", "r2": "teks r2"},
    acknowledged={"r1": "c1", "r2": "c2"},
    holdings=[Holding("c1", "rina", 1, 2), Holding("c1", "budi", 2, 3)],
    rulings=[
        Ruling("c1", "rina", "approve", 2),
        Ruling("c1", "rina", "undo", 3),
        Ruling("c1", "budi", "reject", 4),
        Ruling("c2", "budi", "reject", None),
    ],
)


def test_a_store_that_kept_its_promises_is_found_well() -> None:
    assert LEDGER.broken(COMMENTS, EVENTS) == []


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda _, comments, __: comments.pop(1), "is lost"),
        (lambda _, comments, __: comments.append(dict(comments[1])), "listed twice"),
        (lambda _, comments, __: comments.append(comment("c3", "r2", "pending")), "exists 2 times"),
        (lambda _, comments, __: comments.append(comment("c3", "r3", "pending")), "never sent"),
        (lambda _, comments, __: comments[0].update(body="lain"), "another text"),
        (lambda ledger, _, __: ledger.acknowledged.update(r1="c2"), "was acknowledged for r1"),
        (lambda _, __, events: events.pop(2), "gap"),
        (lambda _, __, events: events.append(event(6, "submitted", "c2", "pending", 1)), "opening event"),
        (lambda _, __, events: events.append(event(6, "approved", "c1", "approved", 5, "rina")), "decided twice"),
        (lambda _, __, events: events.append(event(6, "rejected", "c2", "rejected", 2, "ayu")), "nobody asked"),
        (lambda _, __, events: events[4]["data"].update(version=2), "follows"),
        (lambda ledger, _, __: ledger.rulings.append(Ruling("c2", "ayu", "approve", 2)), "has 0 events"),
        (lambda _, comments, __: comments[1].update(status="approved"), "by silence"),
        (lambda _, comments, __: comments[0].update(status="approved"), "its last event says"),
        (lambda ledger, _, __: ledger.holdings.append(Holding("c1", "ayu", 1.5, 1.6)), "at once"),
        (lambda ledger, _, __: ledger.surprises.append("r9 was answered 500"), "answered 500"),
    ],
)
def test_a_broken_promise_is_found(harm: Any, told: str) -> None:
    ledger, comments, events = deepcopy((LEDGER, COMMENTS, EVENTS))
    harm(ledger, comments, events)

    broken = ledger.broken(comments, events)

    assert any(told in line for line in broken), broken

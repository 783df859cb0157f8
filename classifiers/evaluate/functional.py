"""Functional checks in the manner of HateCheck (Röttger et al. 2021): one ability of a model, a handful of written
cases each.

A test set tells how often a model errs, a functional check what it does not understand: negation, quoting,
counter-speech, fancy letters … The cases in `functional.jsonl` were written by hand for Saring, each judged on its
own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from classifiers import LABELS, Document
from classifiers.evaluate.evaluation import BANDS
from classifiers.evaluate.metrics import FloatArray


@dataclass(frozen=True, slots=True)
class Check:
    """One written case: `label` should reach its hold band (`expected` 1) or stay under it (0)."""

    id: str
    category: str
    label: str
    expected: int
    document: Document


@dataclass(frozen=True, slots=True)
class Tallied:
    """How many cases of a category came out as expected, and the ids of those that did not."""

    category: str
    label: str
    expected: int
    passed: int
    total: int
    failed: tuple[str, ...]


def load_checks() -> list[Check]:
    """The shipped cases, in the order of the file."""
    lines = resources.files(__package__).joinpath("functional.jsonl").read_text(encoding="utf-8").splitlines()
    return [_check(json.loads(line)) for line in lines]


def passed(checks: Sequence[Check], scores: FloatArray) -> list[bool]:
    """Whether each case came out as expected, by (n_checks, n_labels) scores, at the hold band that ships."""
    hold = {band.label: band.threshold for band in BANDS if band.name == "hold"}
    return [
        bool(scores[index, LABELS.index(check.label)] >= hold[check.label]) == bool(check.expected)
        for index, check in enumerate(checks)
    ]


def tally(checks: Sequence[Check], outcomes: Sequence[bool]) -> list[Tallied]:
    """Counts by category, label and expected side, in the order of the file."""
    groups: dict[tuple[str, str, int], dict[str, bool]] = {}
    for check, outcome in zip(checks, outcomes, strict=True):
        groups.setdefault((check.category, check.label, check.expected), {})[check.id] = outcome
    return [
        Tallied(*group, sum(found.values()), len(found), tuple(id for id, outcome in found.items() if not outcome))
        for group, found in groups.items()
    ]


def _check(row: dict[str, str | int]) -> Check:
    text, author, url, language = (str(row.get(name, "")) for name in ("text", "author", "url", "language"))
    return Check(
        str(row["id"]),
        str(row["category"]),
        str(row["label"]),
        int(row["expected"]),
        Document(text=text, author=author, url=url, language=language),
    )

"""The worst errors of a model, for a person to read at the terminal.

They are other people's comments: nothing here writes to a file, and the report never holds them. The functional
checks are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.markup import escape

from classifiers import LABELS, Document
from classifiers.evaluate.functional import Check
from classifiers.evaluate.metrics import FloatArray
from classifiers.evaluate.sets import LabelledSet


@dataclass(frozen=True, slots=True)
class Errors:
    """The clean comments that score highest and the positive ones that score lowest, as (score, document)."""

    label: str
    false_alarms: Sequence[tuple[float, Document]]
    misses: Sequence[tuple[float, Document]]


def worst(labelled: LabelledSet, scores: FloatArray, label: str, count: int) -> Errors:
    """Up to `count` of each kind, worst first, by (n_samples, n_labels) scores."""
    truth, values = labelled.column(label), scores[:, LABELS.index(label)]
    clean, positive = np.flatnonzero(truth == 0), np.flatnonzero(truth == 1)
    alarms = clean[np.argsort(-values[clean], kind="stable")][:count]
    misses = positive[np.argsort(values[positive], kind="stable")][:count]
    return Errors(
        label,
        [(float(values[index]), labelled.documents[index]) for index in alarms],
        [(float(values[index]), labelled.documents[index]) for index in misses],
    )


def show(name: str, errors: Errors, console: Console) -> None:
    """Prints both lists, a comment a line."""
    for title, found in (("false alarms", errors.false_alarms), ("misses", errors.misses)):
        if found:
            console.print(f"\n[bold]{escape(name)} · {errors.label} · worst {title}[/bold]")
        for score, document in found:
            console.print(f"  {score:.3f}  {escape(_line(document))}", soft_wrap=True, highlight=False)


def show_failed(checks: Sequence[Check], outcomes: Sequence[bool], scores: FloatArray, console: Console) -> None:
    """Prints the functional checks that came out wrong, by (n_checks, n_labels) scores, in the file's order."""
    console.print("\n[bold]functional checks that failed[/bold]")
    for check, outcome, row in zip(checks, outcomes, scores, strict=True):
        if not outcome:
            score = row[LABELS.index(check.label)]
            console.print(
                f"  {score:.3f}  {check.id}: {escape(_line(check.document))}", soft_wrap=True, highlight=False
            )


def _line(document: Document) -> str:
    """Author, URL and text on one line; control characters are shown and not obeyed."""
    parts = [part for part in (document.author, document.url) if part]
    head = f"[{' · '.join(parts)}] " if parts else ""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in head + document.text)

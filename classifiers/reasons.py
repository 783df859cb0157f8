"""Why a comment scores as it does: the words that moved it most, as spans of what its author typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classifiers.document import Document, Term
from classifiers.tokens import placed

Doubles = npt.NDArray[np.float64]

MOST: Final = 5
"""So many words are shown for a label: what a moderator takes in at a glance."""


class _Spans(NamedTuple):
    """Words as they stand in the original: `weights`, shape (n_spans, n_labels), by `field`, `begin` and `end`."""

    places: list[tuple[str, int, int]]
    weights: Doubles


def terms_of(
    document: Document, labels: Sequence[str], weights: Doubles, bias: Doubles, log_odds: Doubles
) -> tuple[Term, ...]:
    """For each label its strongest words, then "rest", then "bias"; they sum to its log-odds.

    `weights`, shape (n_places, n_labels), are those of the document's units: the body, then END, then other fields.
    """
    spans = _merged(document, weights)
    return tuple(
        term
        for column, label in enumerate(labels)
        for term in _label_terms(document, label, spans, column, float(bias[column]), float(log_odds[column]))
    )


def _label_terms(
    document: Document, label: str, spans: _Spans, column: int, bias: float, log_odds: float
) -> Iterator[Term]:
    weights = spans.weights[:, column]
    shown = 0.0
    for i in np.argsort(-np.abs(weights), kind="stable")[:MOST].tolist():
        field, begin, end = spans.places[i]
        weight = float(weights[i])
        if weight:
            shown += weight
            yield Term(label, field, begin, end, _text(document, field)[begin:end], weight)
    yield Term(label, "rest", 0, 0, "", log_odds - bias - shown)
    yield Term(label, "bias", 0, 0, "", bias)


def _merged(document: Document, weights: Doubles) -> _Spans:
    """One span a word: units that overlap in the original (parts of a link, one chat word read as two) are one."""
    spans, n_body = placed(document)
    merged: list[tuple[str, int, int]] = []
    firsts: list[int] = []
    for number, span in enumerate(spans):
        if merged and span[1] < merged[-1][2] and span[0] == merged[-1][0]:
            field, begin, end = merged[-1]
            merged[-1] = (field, begin, max(end, span[2]))
        else:
            merged.append(span)
            firsts.append(number)
    if not merged:
        return _Spans([], np.zeros((0, weights.shape[1])))
    # Behind the body stands END, which has no span.
    of_units = np.concatenate((weights[:n_body], weights[n_body + 1 :]))
    return _Spans(merged, np.add.reduceat(of_units, firsts, axis=0))


def _text(document: Document, field: str) -> str:
    return {"body": document.text, "author": document.author, "url": document.url, "email": document.email}[field]

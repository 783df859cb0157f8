"""Why a comment scores as it does: the words that moved it most, as spans of what its author typed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classifiers.document import DIGITS, Document, Term
from classifiers.tokens import Placed

Doubles = npt.NDArray[np.float64]

MOST: Final = 5
"""So many words are shown for a label: what a moderator takes in at a glance."""


class Margin(NamedTuple):
    """The log-odds of a label, to be explained."""

    label: str
    weights: Doubles
    """of each place of the document, shape (n_places,)"""
    bias: float
    log_odds: float


def terms_of(document: Document, margins: Iterable[Margin]) -> tuple[Term, ...]:
    """For each label its strongest words, then "rest", then "bias"; they sum to its log-odds."""
    placed = Placed(document)
    firsts: list[int] | None = None
    terms: list[Term] = []
    for label, weights, bias, log_odds in margins:
        if len(weights) == len(placed):
            of_words = weights.tolist()
        else:
            firsts = firsts or [0, *accumulate(placed.sizes()[:-1])]
            of_words = np.add.reduceat(weights, firsts).tolist()
        shown = 0.0
        for i in _strongest(of_words[: placed.n_shown]):
            weight = of_words[i]
            shown += weight
            terms.append(Term(label, *placed[i], weight))
        terms.append(Term(label, "rest", 0, 0, "", round(log_odds - bias - shown, DIGITS)))
        terms.append(Term(label, "bias", 0, 0, "", bias))
    return tuple(terms)


def _strongest(weights: list[float]) -> list[int]:
    """Where the largest weights stand, by size and then place; none of them zero."""
    sizes = list(map(abs, weights))
    strongest = sorted(range(len(sizes)), key=sizes.__getitem__, reverse=True)[:MOST]
    return [i for i in strongest if sizes[i]]

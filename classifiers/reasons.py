"""Why a comment scores as it does: the words that moved it most, as spans of what its author typed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classifiers.document import DIGITS, Document, Term
from classifiers.placed import Placed, text_at

Doubles = npt.NDArray[np.float64]

MOST: Final = 5
"""So many words are shown for a label: what a moderator takes in at a glance."""


class Margin(NamedTuple):
    """The log-odds of a label, to be explained."""

    label: str
    bias: float
    log_odds: float


def terms_of(document: Document, words: Placed, margins: Sequence[Margin], weights: Doubles) -> tuple[Term, ...]:
    """For each label its strongest words, then "rest", then "bias"; they sum to its log-odds.

    `weights`: what each place of the document adds to each margin, shape (n_margins, n_places).
    """
    if not words.has_one_unit_each:
        weights = np.add.reduceat(weights, [0, *accumulate(words.sizes[:-1])], axis=1)
    weights = weights[:, : words.n_shown].round(DIGITS)
    strongest = (-np.abs(weights)).argsort(axis=1, kind="stable")[:, :MOST].tolist()
    terms: list[Term] = []
    for (label, bias, log_odds), of_words, order in zip(margins, weights.tolist(), strongest, strict=True):
        rest = log_odds - bias
        for i in order:
            if weight := of_words[i]:
                field, begin, end = place = words.places[i]
                terms.append(Term(label, field, begin, end, text_at(document, place), weight))
                rest -= weight
        terms.append(Term(label, "rest", 0, 0, "", round(rest, DIGITS)))
        terms.append(Term(label, "bias", 0, 0, "", bias))
    return tuple(terms)

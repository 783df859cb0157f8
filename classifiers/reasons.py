"""Why comments score as they do: the words that moved them most, as spans of what their authors typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
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

    number: int
    label: str
    bias: float
    log_odds: float


class Question(NamedTuple):
    """A document to explain: where its words stand, and the margins that ask for it."""

    document: Document
    words: Placed
    margins: Sequence[Margin]


def explain(questions: Sequence[Question], weights: Doubles) -> Iterator[tuple[Term, ...]]:
    """For each margin of each document its strongest words, then "rest", then "bias"; they sum to its log-odds.

    `weights`: what each place of these documents, and of no other, adds to the log-odds of each label, shape
    (n_labels, n_places).
    """
    sizes = list(chain.from_iterable(question.words.sizes for question in questions))
    assert sum(sizes) == weights.shape[1], "each unit is in a word"
    if len(sizes) < weights.shape[1]:
        weights = np.add.reduceat(weights, list(accumulate(sizes[:-1], initial=0)), axis=1)
    weights = weights.round(DIGITS)
    told, sizes_first = weights.tolist(), -np.abs(weights)
    begin = 0
    for document, words, margins in questions:
        end = begin + words.n_shown
        numbers = [margin.number for margin in margins]
        strongest = sizes_first[numbers, begin:end].argsort(axis=1, kind="stable")[:, :MOST].tolist()
        yield tuple(
            chain.from_iterable(
                _terms(document, words, margin, [(i, told[margin.number][begin + i]) for i in order])
                for margin, order in zip(margins, strongest, strict=True)
            )
        )
        begin += len(words.sizes)


def _terms(document: Document, words: Placed, margin: Margin, shown: Iterable[tuple[int, float]]) -> list[Term]:
    rest = margin.log_odds - margin.bias
    terms: list[Term] = []
    for i, weight in shown:
        if weight:
            field, begin, end = place = words.places[i]
            terms.append(Term(margin.label, field, begin, end, text_at(document, place), weight))
            rest -= weight
    terms.append(Term(margin.label, "rest", 0, 0, "", round(rest, DIGITS)))
    terms.append(Term(margin.label, "bias", 0, 0, "", margin.bias))
    return terms

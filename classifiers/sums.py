"""The linear sums of a batch of documents, and how they divide over its words. Knows no scores and no terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.document import Document
from classifiers.hashing import Indices, pair_buckets
from classifiers.parameters import Parameters
from classifiers.unit_table import BEGIN_ID, END_ID, Floats, Ids, UnitTable

Doubles = npt.NDArray[np.float64]

_ID_BITS = 24


@dataclass(frozen=True, slots=True)
class Batch:
    """The sums of a batch, and what they were taken over.

    Places are the units of all documents in order, each document as BEGIN, its body, END, its other fields. A unit
    or pair counts once a document, where it stands first.
    """

    sums: Doubles
    """(n_documents, n_labels + n_languages), already divided by the square root of the number of features"""
    factors: Doubles
    """(n_documents,): one over that square root"""
    starts: Indices
    """(n_documents + 1,): the places of document i are `starts[i]` to `starts[i + 1]`"""
    ids: Indices
    """(n_places,): what stands there, as `UnitTable` numbers units"""
    cuts: list[list[list[Ids]]]
    """the units of each part of each field of each document, by number"""
    first_units: Indices
    """places at which a unit stands for the first time in its document"""
    unit_rows: Floats
    """what `UnitTable` knows of each of them"""
    first_pairs: Indices
    """places at which a pair begins for the first time in its document"""
    pair_weights: Floats
    """the weights of each of them, shape (n_first_pairs, n_labels)"""


class Summer:
    """Sums the weights of the features of documents."""

    def __init__(self, parameters: Parameters) -> None:
        self._scheme = parameters.scheme
        self._n_labels = len(parameters.labels)
        self._table = UnitTable(parameters.unit_weights, parameters.scheme)
        self._pair_weights = parameters.pair_weights

    def sums(self, documents: Sequence[Document]) -> Batch:
        """The sums of a batch of at least one; equal for a document whatever stands beside it."""
        ids, begins, ends, cuts, rows, hashes = self._table.look_up(documents)
        starts = np.array([*begins, len(ids)])
        lengths = starts[1:] - starts[:-1]
        owner = np.arange(len(documents)).repeat(lengths) << _ID_BITS
        first_units = first_of_each(owner | ids)
        unit_rows = rows.take(ids.take(first_units), axis=0)
        sums = np.add.reduceat(unit_rows, first_units.searchsorted(starts[:-1]), axis=0).astype(np.float64)

        left = (np.arange(len(ids)) < np.array(ends).repeat(lengths)).nonzero()[0]
        buckets = pair_buckets(hashes.take(ids.take(left)), hashes.take(ids.take(left + 1)), self._scheme)
        kept = first_of_each(owner.take(left) | buckets)
        first_pairs = left.take(kept)
        pair_weights = self._pair_weights.take(buckets.take(kept), axis=0).astype(np.float32)
        runs = first_pairs.searchsorted(starts)
        sums[:, : self._n_labels] += np.add.reduceat(pair_weights, runs[:-1], axis=0)

        factors = 1 / np.sqrt(sums[:, -1] + (runs[1:] - runs[:-1]))
        sums = sums[:, :-1] * factors[:, None]
        return Batch(sums, factors, starts, ids, cuts, first_units, unit_rows, first_pairs, pair_weights)

    def weights_by_place(self, batch: Batch, slopes: Doubles, is_asked: npt.NDArray[np.bool_]) -> Doubles:
        """What each place of the documents asked for adds to the log-odds of the labels, shape (n_labels, n_places of
        these); `slopes` as in `Parameters`, shape (n_documents, n_labels).

        A pair is shared by the two units in it; one with BEGIN or END belongs to the other unit.
        """
        weights = np.zeros((len(batch.ids), self._n_labels))
        weights[batch.first_units] = batch.unit_rows[:, : self._n_labels]
        left, right = batch.first_pairs, batch.first_pairs + 1
        to_left = np.full((len(left), 1), 0.5)
        to_left[batch.ids.take(right) == END_ID] = 1
        to_left[batch.ids.take(left) == BEGIN_ID] = 0
        of_left = batch.pair_weights * to_left
        weights[left] += of_left
        weights[right] += batch.pair_weights - of_left
        weights[batch.ids <= END_ID] = 0  # the one pair of an empty body is of no word
        lengths = batch.starts[1:] - batch.starts[:-1]
        scales = (slopes * batch.factors[:, None])[is_asked]
        return (weights[is_asked.repeat(lengths)] * scales.repeat(lengths[is_asked], axis=0)).T.copy()


def first_of_each(keys: Indices) -> Indices:
    """The places at which each distinct key stands first, in order."""
    order = keys.argsort(kind="stable")
    ordered = keys.take(order)
    is_first = np.ones(len(keys), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    places = order[is_first]
    places.sort()
    return places

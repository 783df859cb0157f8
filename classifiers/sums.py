"""The linear sums of a batch of documents, and how they divide over its words. Knows no scores and no terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.document import Document
from classifiers.hashing import Indices, pair_buckets
from classifiers.parameters import Parameters
from classifiers.tokens import BEGIN, END, units
from classifiers.unit_table import BEGIN_ID, END_ID, Looked, UnitTable

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
    looked: Looked
    first_units: Indices
    """places at which a unit stands for the first time in its document"""
    first_pairs: Indices
    """places at which a pair begins for the first time in its document"""
    pairs: Indices
    """the feature bucket of each of them"""

    def span(self, document: int) -> slice:
        """The places of a document, without BEGIN."""
        return slice(int(self.starts[document]) + 1, int(self.starts[document + 1]))


class Summer:
    """Sums the weights of the features of documents."""

    def __init__(self, parameters: Parameters) -> None:
        self._scheme = parameters.scheme
        self._n_labels = len(parameters.labels)
        self._table = UnitTable(parameters.unit_weights, parameters.scheme)
        self._pair_weights = parameters.pair_weights

    def sums(self, documents: Sequence[Document]) -> Batch:
        """The sums of a batch; equal for a document whatever stands beside it."""
        places: list[str] = []
        starts = [0]
        bodies = []
        for document in documents:
            body, fields = units(document)
            places.append(BEGIN)
            places += body
            places.append(END)
            places += fields
            bodies.append(len(body) + 1)
            starts.append(len(places))
        looked = self._table.look_up(places)
        edges = np.array(starts, np.int64)
        owner = np.repeat(np.arange(len(documents)), np.diff(edges))
        first_units = first_of_each(owner << _ID_BITS | looked.ids)
        begins_pair = np.arange(len(places)) - edges[owner] < np.array(bodies)[owner]
        first_pairs, pairs = self._pairs(looked, owner, np.flatnonzero(begins_pair))
        rows = looked.rows[looked.ids[first_units]]
        sums = np.add.reduceat(rows, _runs(owner[first_units]), axis=0).astype(np.float64)
        pair_runs = _runs(owner[first_pairs])
        sums[:, : self._n_labels] += np.add.reduceat(self._pair_weights[pairs], pair_runs, axis=0)
        n_features = sums[:, -1] + np.diff(np.append(pair_runs, len(first_pairs)))
        factors = 1 / np.sqrt(n_features)
        return Batch(sums[:, :-1] * factors[:, None], factors, edges, looked, first_units, first_pairs, pairs)

    def weights_by_place(self, batch: Batch) -> Doubles:
        """What each place adds to the sums of the labels, shape (n_places, n_labels).

        A pair is shared by the two units in it; one with BEGIN or END belongs to the other unit.
        """
        ids = batch.looked.ids
        weights = np.zeros((len(ids), self._n_labels))
        weights[batch.first_units] = batch.looked.rows[ids[batch.first_units], : self._n_labels]
        left = batch.first_pairs
        share = np.where(ids[left] == BEGIN_ID, 0.0, np.where(ids[left + 1] == END_ID, 1.0, 0.5))[:, None]
        of_pairs = self._pair_weights[batch.pairs]
        weights[left] += of_pairs * share
        weights[left + 1] += of_pairs * (1 - share)
        return weights * np.repeat(batch.factors, np.diff(batch.starts))[:, None]

    def _pairs(self, looked: Looked, owner: Indices, left: Indices) -> tuple[Indices, Indices]:
        first, second = looked.ids[left], looked.ids[left + 1]
        buckets = pair_buckets(looked.hashes[first], looked.hashes[second], self._scheme)
        kept = first_of_each(owner[left] << _ID_BITS | buckets)
        return left[kept], buckets[kept]


def first_of_each(keys: Indices) -> Indices:
    """The places at which each distinct key stands first, in order."""
    _, places = np.unique(keys, return_index=True)
    places.sort()
    return places


def _runs(owner: Indices) -> Indices:
    """Where the run of each document begins; every document has one."""
    return np.flatnonzero(np.diff(owner, prepend=-1))

"""The weights of whole units, remembered: a word met before costs one look-up instead of a score of hashed features.

Language repeats itself, so a few ten thousand remembered units serve nearly every word of nearly every comment.
What is remembered is a function of the unit alone: a comment scores the same whether its words were known or new.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classifiers.document import Document
from classifiers.hashing import HashingScheme, Indices, UInts, unit_features
from classifiers.parameters import Halves
from classifiers.text import parts
from classifiers.text.memo import LONGEST
from classifiers.tokens import BEGIN, CUTTERS, END, Cutter, facts, fields

Floats = npt.NDArray[np.float32]

BEGIN_ID: Final = 0
END_ID: Final = 1
CAPACITY: Final = 1 << 16
"""So many units, or parts of one field, are remembered (about 25 MB) before all are forgotten and learnt anew."""

Ids = tuple[int, ...]


class Looked(NamedTuple):
    """The places of a batch of documents (see `Batch`), and what is known of the units in them: unit i has row
    `rows[i]` and hash `hashes[i]`.

    A row holds the summed weights of the unit's features and last their number; shape (n_known, n_columns + 1).
    """

    ids: Indices
    """(n_places,)"""
    begins: list[int]
    """the places of each document's BEGIN"""
    ends: list[int]
    """and of its END"""
    cuts: list[list[list[Ids]]]
    """the units of each part of each field of each document"""
    rows: Floats
    hashes: UInts


class _Numbers(dict[str, int]):
    """Numbers units in the order in which they are first asked for; `new` are those not yet learnt."""

    def __init__(self) -> None:
        self.new: list[str] = []

    def __missing__(self, unit: str) -> int:
        self[unit] = number = len(self)
        self.new.append(unit)
        return number


class _Parts(dict[str, Ids]):
    """The numbers of the units that a part of a folded text is cut into."""

    def __init__(self, cut: Cutter, numbers: _Numbers) -> None:
        self._cut = cut
        self._numbers = numbers

    def __missing__(self, folded: str) -> Ids:
        ids = tuple(map(self._numbers.__getitem__, self._cut(folded).units))
        if len(folded) <= LONGEST:
            self[folded] = ids
        return ids


class UnitTable:
    """Summed weights and hash of every unit asked for, computed once. Safe to use from several threads."""

    def __init__(self, weights: Halves, scheme: HashingScheme) -> None:
        """`weights`, shape (2**scheme.unit_bits, n_columns): one row a feature bucket."""
        self._weights = weights
        self._scheme = scheme
        self._lock = Lock()
        self._forget()

    def look_up(self, documents: Sequence[Document]) -> Looked:
        """The units of these documents. The rows of BEGIN and END are zeros: the two count in pairs alone."""
        # Folded before the lock is taken: a long text may not keep others waiting.
        read = [
            ([(field, parts(text).folded) for field, text, _ in fields(document)], facts(document.text))
            for document in documents
        ]
        with self._lock:
            if max(len(self._numbers), *(len(known) for known in self._parts.values())) >= CAPACITY:
                self._forget()
            places: list[int] = []
            begins, ends, cuts = [], [], []
            number, parts_of = self._numbers.__getitem__, self._parts
            for folded_fields, units_of_text in read:
                begins.append(len(places))
                places.append(BEGIN_ID)
                of_fields: list[list[Ids]] = []
                for field, folded in folded_fields:
                    cut = list(map(parts_of[field].__getitem__, folded))
                    places += chain.from_iterable(cut)
                    if not of_fields:
                        ends.append(len(places))
                        places.append(END_ID)
                    of_fields.append(cut)
                places += map(number, units_of_text)
                cuts.append(of_fields)
            if self._numbers.new:
                self._learn()
            return Looked(np.array(places), begins, ends, cuts, self._rows, self._hashes)

    def _forget(self) -> None:
        # New arrays, so that rows handed out before stay as they are.
        self._numbers = _Numbers()
        self._parts = {field: _Parts(cutter, self._numbers) for field, cutter in CUTTERS.items()}
        self._rows: Floats = np.zeros((1024, self._weights.shape[1] + 1), np.float32)
        self._hashes: UInts = np.zeros(1024, np.uint32)
        for mark in (BEGIN, END):
            self._numbers[mark]
        self._learn()
        self._rows[[BEGIN_ID, END_ID]] = 0

    def _learn(self) -> None:
        new, end = self._numbers.new, len(self._numbers)
        begin = end - len(new)
        self._make_room(end)
        features = unit_features(new, self._scheme)
        weights = self._weights.take(features.buckets, axis=0).astype(np.float32)
        self._rows[begin:end, :-1] = np.add.reduceat(weights, features.starts[:-1], axis=0)
        self._rows[begin:end, -1] = np.diff(features.starts)
        self._hashes[begin:end] = features.hashes
        new.clear()

    def _make_room(self, count: int) -> None:
        room = len(self._rows)
        if count <= room:
            return
        while room < count:
            room *= 2
        rows = np.zeros((room, self._rows.shape[1]), np.float32)
        hashes = np.zeros(room, np.uint32)
        rows[: len(self._rows)], hashes[: len(self._hashes)] = self._rows, self._hashes
        self._rows, self._hashes = rows, hashes

"""The weights of whole units, remembered: a word met before costs one look-up instead of a score of hashed features.

Language repeats itself, so a few ten thousand remembered units serve nearly every word of nearly every comment.
What is remembered is a function of the unit alone: a comment scores the same whether its words were known or new.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classifiers.hashing import HashingScheme, Indices, UInts, unit_features
from classifiers.parameters import Halves
from classifiers.tokens import BEGIN, END

Floats = npt.NDArray[np.float32]

BEGIN_ID: Final = 0
END_ID: Final = 1
CAPACITY: Final = 1 << 16
"""So many units are remembered (about 16 MB) before all are forgotten and learnt anew."""


class Looked(NamedTuple):
    """What is known of a sequence of units: unit i has row `rows[ids[i]]` and hash `hashes[ids[i]]`.

    A row holds the summed weights of the unit's features and last their number; shape (n_known, n_columns + 1).
    """

    ids: Indices
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


class UnitTable:
    """Summed weights and hash of every unit asked for, computed once. Safe to use from several threads."""

    def __init__(self, weights: Halves, scheme: HashingScheme) -> None:
        """`weights`, shape (2**scheme.unit_bits, n_columns): one row a feature bucket."""
        self._weights = weights
        self._scheme = scheme
        self._lock = Lock()
        self._forget()

    def look_up(self, units: Sequence[str]) -> Looked:
        """The rows of these units. Those of BEGIN and END are zeros: the two count in pairs alone."""
        with self._lock:
            if len(self._ids) >= CAPACITY:
                self._forget()
            ids = np.fromiter(map(self._ids.__getitem__, units), np.int64, len(units))
            if self._ids.new:
                self._learn()
            return Looked(ids, self._rows, self._hashes)

    def _forget(self) -> None:
        # New arrays, so that rows handed out before stay as they are.
        self._ids = _Numbers()
        self._rows: Floats = np.zeros((1024, self._weights.shape[1] + 1), np.float32)
        self._hashes: UInts = np.zeros(1024, np.uint32)
        for mark in (BEGIN, END):
            self._ids[mark]
        self._learn()
        self._rows[[BEGIN_ID, END_ID]] = 0

    def _learn(self) -> None:
        new, end = self._ids.new, len(self._ids)
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

"""The features as a scikit-learn transformer, for training. Serving computes the same sums without this module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
import scipy.sparse as sparse  # type: ignore[import-untyped]
from sklearn.base import BaseEstimator, TransformerMixin  # type: ignore[import-untyped]
from sklearn.utils import Tags  # type: ignore[import-untyped]

from classifiers.document import Document
from classifiers.hashing import HashingScheme, Indices, pair_buckets, unit_features, whole_buckets
from classifiers.sums import first_of_each
from classifiers.tokens import BEGIN, END, Units, units


class CommentFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Comments as rows of hashed features: those of their distinct units, then their distinct pairs of neighbours.

    A row holds counts divided by the square root of their sum. Stateless: `fit` only checks its input.
    """

    def __init__(
        self, shortest: int = 3, longest: int = 5, unit_bits: int = 20, pair_bits: int = 19, whole: int = 2
    ) -> None:
        self.shortest = shortest
        self.longest = longest
        self.unit_bits = unit_bits
        self.pair_bits = pair_bits
        self.whole = whole

    @property
    def scheme(self) -> HashingScheme:
        """The same, as serving knows it."""
        return HashingScheme(self.shortest, self.longest, self.unit_bits, self.pair_bits, self.whole)

    def fit(self, X: Iterable[Document | str], y: object = None) -> Self:
        """Nothing is learnt; `X` is checked."""
        _documents(X)
        return self

    def transform(self, X: Iterable[Document | str]) -> sparse.csr_matrix:
        """Features of shape (n_samples, 2**unit_bits + 2**pair_bits), float32."""
        return self.transform_units([units(document) for document in _documents(X)])

    def transform_units(self, read: Sequence[Units]) -> sparse.csr_matrix:
        """The same for comments already cut into units."""
        ids: dict[str, int] = {BEGIN: 0, END: 1}
        of_units, of_pairs = _Rows(), _Rows()
        for body, fields in read:
            numbers = [ids.setdefault(unit, len(ids)) for unit in body]
            others = [ids.setdefault(unit, len(ids)) for unit in fields]
            of_units.append(list(dict.fromkeys(numbers + others)))
            of_pairs.append([number for pair in pairwise([0, *numbers, 1]) for number in pair])
        features = unit_features(list(ids), self.scheme)
        by_unit = sparse.csr_matrix(
            (np.ones(len(features.buckets), np.float32), features.buckets, features.starts),
            shape=(len(ids), 2**self.unit_bits),
        )
        first, second = of_pairs.numbers().reshape(-1, 2).T
        buckets = pair_buckets(features.hashes[first], features.hashes[second], self.scheme)
        owner = np.repeat(np.arange(len(read)), of_pairs.lengths() // 2)
        kept = first_of_each(owner << 32 | buckets)
        pairs = sparse.csr_matrix(
            (np.ones(len(kept), np.float32), (owner[kept], buckets[kept])), shape=(len(read), 2**self.pair_bits)
        )
        counts = sparse.hstack([of_units.matrix(len(ids)) @ by_unit, pairs], format="csr")
        counts.data /= np.repeat(np.sqrt(counts.sum(axis=1).A1), np.diff(counts.indptr))
        return counts

    def wholes(self, words: Sequence[str]) -> Indices:
        """The column in which each of these units counts as a whole; `words` must not be empty."""
        return whole_buckets(unit_features(words, self.scheme).hashes, self.scheme)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


class _Rows:
    """Numbers gathered row by row."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._lengths: list[int] = []

    def append(self, row: list[int]) -> None:
        self._numbers += row
        self._lengths.append(len(row))

    def numbers(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array(self._numbers, np.int64)

    def lengths(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array(self._lengths, np.int64)

    def matrix(self, n_columns: int) -> sparse.csr_matrix:
        starts = np.concatenate(([0], np.cumsum(self.lengths())))
        return sparse.csr_matrix(
            (np.ones(len(self._numbers), np.float32), self.numbers(), starts), shape=(len(self._lengths), n_columns)
        )


def _documents(X: Iterable[Document | str]) -> list[Document]:
    if isinstance(X, str | Document):
        raise ValueError("A list of comments is wanted, not a single one.")
    documents = [Document(x) if isinstance(x, str) else x for x in X]
    if not all(isinstance(document, Document) for document in documents):
        raise ValueError("Comments are wanted: documents or strings.")
    return documents

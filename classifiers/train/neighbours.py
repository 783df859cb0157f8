"""Word vectors from the company that words keep: what is learnt of a word is lent to those used like it.

Positive pointwise mutual information of neighbouring words, reduced by a truncated singular value decomposition (Levy
& Goldberg 2014). Labels are never read. Serving knows nothing of vectors: what a fit makes of them folds into the
weights of whole words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse  # type: ignore[import-untyped]
from sklearn.decomposition import TruncatedSVD  # type: ignore[import-untyped]

from classifiers.features import CommentFeatures

Floats = npt.NDArray[np.float32]

DIMENSIONS: Final = 100
FEWEST: Final = 8
"""A word that stands in fewer comments has too little company to be known by."""
REACH: Final = 5
"""How far a neighbour may stand; it counts one over its distance."""
_LONGEST: Final = 150
"""Of a comment so many words are read: a flood of one word would drown its neighbours."""
_SMOOTHED: Final = 0.75
"""The power that keeps rare neighbours from looking telling, as word2vec has it."""


def word_vectors(bodies: Sequence[Sequence[str]], features: CommentFeatures, *, seed: int) -> sparse.csr_matrix:
    """A vector for each feature, shape (n_features, DIMENSIONS); zero for all but whole words that are common enough.

    With X the features of comments, `X @ vectors` are the sums of their words' vectors, each of length one, over the
    root of the number of features. `bodies` are the units of comments in order.
    """
    counts = Counter(chain.from_iterable(map(frozenset, bodies)))
    words = [word for word, count in counts.items() if count >= FEWEST]
    n_features = 2**features.unit_bits + 2**features.pair_bits
    if len(words) <= DIMENSIONS:
        return sparse.csr_matrix((n_features, DIMENSIONS), dtype=np.float32)
    company = _company(bodies, {word: number for number, word in enumerate(sorted(words))})
    reduction = TruncatedSVD(DIMENSIONS, n_iter=4, random_state=seed)
    vectors = reduction.fit_transform(company) / np.sqrt(reduction.singular_values_)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    whole = features.wholes(sorted(words))
    # A whole word counts `whole` times in X, its vector once.
    spread = sparse.csr_matrix(
        (np.full(len(whole), 1 / features.whole, np.float32), (whole, np.arange(len(whole)))), (n_features, len(whole))
    )
    return spread @ sparse.csr_matrix(vectors.astype(np.float32))


def _company(bodies: Sequence[Sequence[str]], numbers: dict[str, int]) -> sparse.csr_matrix:
    """The positive pointwise mutual information of words and their neighbours, shape (n_words, n_words)."""
    apart = [-1] * REACH
    places = np.array([n for body in bodies for n in (*(numbers.get(unit, -1) for unit in body[:_LONGEST]), *apart)])
    together = sparse.csr_matrix((len(numbers), len(numbers)), dtype=np.float32)
    for distance in range(1, REACH + 1):
        left, right = places[:-distance], places[distance:]
        known = (left >= 0) & (right >= 0)
        weights = np.full(known.sum(), 1 / distance, np.float32)
        together += sparse.csr_matrix((weights, (left[known], right[known])), together.shape)
    together = (together + together.T).tocoo()
    often = np.asarray(together.sum(axis=1)).ravel()
    smoothed = often**_SMOOTHED
    expected = often[together.row] * smoothed[together.col] / smoothed.sum()
    information = np.log(together.data / expected)
    telling = information > 0
    return sparse.csr_matrix(
        (information[telling], (together.row[telling], together.col[telling])), together.shape, dtype=np.float32
    )

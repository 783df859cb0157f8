"""Fitting: a logistic regression a label, over features weighted by how well each tells the label.

The weighting is that of NB-SVM (Wang & Manning 2012): a feature is scaled by the absolute log-ratio of its
frequency among the two classes, so that few examples suffice for a telling one. It folds into the weights. As they
do, the fitted model may be interpolated with naive Bayes itself, which takes each feature by itself: it follows a set
less closely, and carries further to sets by others. Where vectors of words are given, their sums over a comment are
features too; as they are linear in the others, what the fit makes of them folds into the weights as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse  # type: ignore[import-untyped]
from sklearn.exceptions import ConvergenceWarning  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of shape (n_features,) and a bias: the margin of x is `x @ weights + bias`."""

    weights: Doubles
    bias: float

    def margins(self, X: sparse.csr_matrix) -> Doubles:
        """Margins of shape (n_samples,)."""
        margins: Doubles = X @ self.weights + self.bias
        return margins


def fit_label(
    X: sparse.csr_matrix,
    y: npt.NDArray[np.int64],
    sample_weight: Doubles,
    *,
    C: float,
    power: float = 1.0,
    vectors: sparse.csr_matrix | None = None,
) -> LinearModel:
    """The model of one label; `y` is 0 or 1, shape (n_samples,). `power` 0 switches the weighting off.

    `vectors`, shape (n_features, n_dimensions), say which features are alike; the longer, the more it counts.
    """
    scales = log_ratio_scales(X, y, sample_weight) ** power
    seen = _seen(X)
    scaled = X[:, seen]
    scaled.data *= scales[seen][scaled.indices].astype(scaled.dtype)
    if vectors is not None:
        scaled = sparse.hstack([scaled, X @ vectors], format="csr")
    # Stopped at 1e-4 it has not arrived: false alarms are a third more, and differ with every line of data. 400
    # rounds bound the time: one fit in twelve would take more, and is used as it is then.
    fitted = LogisticRegression(C=C, solver="lbfgs", max_iter=400, tol=1e-5)
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", r"lbfgs failed to converge after \d+ iteration\(s\) \(status=1\)", ConvergenceWarning
        )
        fitted.fit(scaled, y, sample_weight=sample_weight)
    weights = np.zeros(X.shape[1])
    weights[seen] = fitted.coef_[0, : len(seen)] * scales[seen]
    if vectors is not None:
        weights += vectors @ fitted.coef_[0, len(seen) :]
    return LinearModel(weights, float(fitted.intercept_[0]))


def with_naive_bayes(
    fitted: LinearModel, X: sparse.csr_matrix, y: npt.NDArray[np.int64], sample_weight: Doubles, *, share: float
) -> LinearModel:
    """The fitted model and `share` of naive Bayes on the same rows, both on the scale of the fitted one's margins."""
    evidence = naive_bayes(X, y, sample_weight)
    by_evidence = share * float(np.std(fitted.margins(X)) / np.std(evidence.margins(X)))
    return LinearModel(fitted.weights + by_evidence * evidence.weights, fitted.bias + by_evidence * evidence.bias)


def naive_bayes(X: sparse.csr_matrix, y: npt.NDArray[np.int64], sample_weight: Doubles) -> LinearModel:
    """For each feature the log-ratio of the smoothed shares of positive and of negative rows that have it.

    A feature that no row has weighs nothing. The bias is that of the prior.
    """
    present = _presence(X)
    positive, negative = sample_weight * (y == 1), sample_weight * (y == 0)
    odds = positive.sum() / negative.sum()
    ratios: Doubles = np.log((present @ positive + odds) / (present @ negative + 1)) - np.log(odds)
    return LinearModel(ratios, float(np.log(odds)))


def log_ratio_scales(X: sparse.csr_matrix, y: npt.NDArray[np.int64], sample_weight: Doubles) -> Doubles:
    """For each feature the absolute log-ratio of its smoothed share of the positive and of the negative rows."""
    present = _presence(X)
    positive = present @ (sample_weight * (y == 1)) + 1
    negative = present @ (sample_weight * (y == 0)) + 1
    ratios: Doubles = np.abs(np.log((positive / positive.sum()) / (negative / negative.sum())))
    return ratios


def _seen(X: sparse.csr_matrix) -> npt.NDArray[np.int64]:
    """The features that some row has: all others weigh nothing, and without them a fit is many times faster."""
    return np.flatnonzero(np.bincount(X.indices, minlength=X.shape[1]))


def _presence(X: sparse.csr_matrix) -> sparse.csr_matrix:
    """Which row has which feature, shape (n_features, n_samples)."""
    return sparse.csr_matrix((np.ones_like(X.data), X.indices, X.indptr), X.shape).T.tocsr()


def fit_languages(X: sparse.csr_matrix, languages: Sequence[str], names: Sequence[str]) -> tuple[Doubles, Doubles]:
    """The language head: weights of shape (n_features, n_languages) and biases, in the order of `names`."""
    seen = _seen(X)
    fitted: Any = LogisticRegression(C=3, solver="lbfgs", max_iter=100, tol=1e-3, class_weight="balanced")
    fitted.fit(X[:, seen], np.array([names.index(language) for language in languages]))
    weights = np.zeros((X.shape[1], len(names)))
    weights[seen] = fitted.coef_.T
    return weights, fitted.intercept_.astype(np.float64)

"""What a score is worth, as plain functions over a tally of labels and scores.

A tally counts the positives and negatives at each distinct score. It may count many resamples at once (a row each),
so the figure itself and its bootstrap run through the same lines. Knows nothing of texts, labels' names, files or
models.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]

CALIBRATION_BINS = 15
"""Equal-width bins of the calibration error, as many as Guo et al. (2017) use."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Positives and negatives at each distinct score, highest score first.

    `scores` has shape (n_scores,); `positives` and `negatives` have shape (n_resamples, n_scores) and count examples.
    """

    scores: FloatArray
    positives: FloatArray
    negatives: FloatArray

    @property
    def n_positive(self) -> FloatArray:
        """Positives in all, shape (n_resamples,)."""
        return np.asarray(self.positives.sum(axis=1))

    @property
    def n_negative(self) -> FloatArray:
        """Negatives in all, shape (n_resamples,)."""
        return np.asarray(self.negatives.sum(axis=1))


Metric: TypeAlias = Callable[[Tally], FloatArray]
"""From a tally to one figure a resample, shape (n_resamples,); NaN where the figure is undefined."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Examples in the order of their scores: sorted once, tallied as often as one resamples."""

    scores: FloatArray
    order: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]
    is_positive: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, labels: npt.ArrayLike, scores: npt.ArrayLike) -> Ranking:
        """Sorts (n_samples,) labels of 0 and 1 by their scores; ValueError where these are unequal or not finite."""
        truth, values = np.asarray(labels, dtype=np.float64), np.asarray(scores, dtype=np.float64)
        if truth.shape != values.shape or truth.ndim != 1:
            raise ValueError(f"labels {truth.shape} and scores {values.shape} must be vectors of one length")
        if not np.isin(truth, (0.0, 1.0)).all() or not np.isfinite(values).all():
            raise ValueError("labels must be 0 or 1 and scores finite: leave unknown labels out first")
        order = np.argsort(-values, kind="stable")
        ranked = values[order]
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if ranked.size else np.zeros(0, dtype=np.intp)
        return cls(ranked[starts], order, starts, truth[order] == 1.0)

    def tally(self, counts: npt.ArrayLike | None = None) -> Tally:
        """The tally when example i counts `counts[:, i]` times, shape (n_resamples, n_samples), by default once."""
        if not self.order.size:
            return Tally(self.scores, np.zeros((1, 0)), np.zeros((1, 0)))
        weights = (
            np.ones((1, self.order.size)) if counts is None else np.asarray(counts, dtype=np.float64)[:, self.order]
        )
        positives = np.add.reduceat(np.where(self.is_positive, weights, 0.0), self.starts, axis=1)
        negatives = np.add.reduceat(np.where(self.is_positive, 0.0, weights), self.starts, axis=1)
        return Tally(self.scores, positives, negatives)


def tally(labels: npt.ArrayLike, scores: npt.ArrayLike) -> Tally:
    """The tally of (n_samples,) labels and scores as they are, one row."""
    return Ranking.of(labels, scores).tally()


def roc_auc(tally: Tally) -> FloatArray:
    """The chance that a positive scores above a negative, a tie counting half (Mann and Whitney 1947; Hanley and
    McNeil 1982).

    NaN without positives or without negatives.
    """
    above = np.cumsum(tally.positives, axis=1) - tally.positives / 2
    return _share((tally.negatives * above).sum(axis=1), tally.n_positive * tally.n_negative, tally)


def average_precision(tally: Tally) -> FloatArray:
    """Precision averaged over the steps in recall, without interpolation, as scikit-learn's
    `average_precision_score`.

    The precision of a chance ranking is the share of positives, so read it beside that share. NaN in a single-class
    set.
    """
    hits = np.cumsum(tally.positives, axis=1)
    flagged = hits + np.cumsum(tally.negatives, axis=1)
    precision = np.divide(hits, flagged, out=np.zeros_like(hits), where=flagged > 0)
    return _share((tally.positives * precision).sum(axis=1), tally.n_positive, tally)


def recall_at_false_alarms(rate: float) -> Metric:
    """The greatest share of positives found by any threshold that flags at most `rate` (0–1) of the negatives.

    A point of the ROC curve; tied scores are flagged together, never in part. NaN in a single-class set.
    """

    def recall(tally: Tally) -> FloatArray:
        hits, alarms = np.cumsum(tally.positives, axis=1), np.cumsum(tally.negatives, axis=1)
        # The tiny allowance keeps 1 % of 700 at 7 and not at 6.999….
        allowed = alarms <= rate * tally.n_negative[:, None] + 1e-9
        return _share(np.max(hits * allowed, axis=1, initial=0.0), tally.n_positive, tally)

    return recall


def precision_at(threshold: float) -> Metric:
    """The share of positives among what scores `threshold` or more; NaN where nothing does."""

    def precision(tally: Tally) -> FloatArray:
        flagged = tally.scores >= threshold
        hits, alarms = tally.positives[:, flagged].sum(axis=1), tally.negatives[:, flagged].sum(axis=1)
        return _divide(hits, hits + alarms)

    return precision


def recall_at(threshold: float) -> Metric:
    """The share of the positives that score `threshold` or more; NaN without positives."""

    def recall(tally: Tally) -> FloatArray:
        return _divide(tally.positives[:, tally.scores >= threshold].sum(axis=1), tally.n_positive)

    return recall


def false_alarms_at(threshold: float) -> Metric:
    """The share of the negatives that score `threshold` or more; NaN without negatives."""

    def false_alarms(tally: Tally) -> FloatArray:
        return _divide(tally.negatives[:, tally.scores >= threshold].sum(axis=1), tally.n_negative)

    return false_alarms


def expected_calibration_error(tally: Tally) -> FloatArray:
    """How far scores lie from the share of positives, averaged over 15 equal-width bins by their size (0 best, 1
    worst).

    Naeini et al. (2015), for the positive class; the scores must be probabilities in [0, 1], and 1 falls in the last
    bin. NaN for an empty set.
    """
    counts, truth, scored = _bins(tally)
    return _divide(np.abs(truth - scored).sum(axis=1), counts.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability diagram: per filled bin its examples, their mean score and their share of positives; shapes
    (n_bins,)."""

    counts: FloatArray
    mean_scores: FloatArray
    positive_shares: FloatArray


def reliability(tally: Tally) -> Reliability:
    """The reliability diagram (DeGroot and Fienberg 1983) of a tally's first row, 15 equal-width bins."""
    counts, truth, scored = (bins[0] for bins in _bins(tally))
    filled = counts > 0
    return Reliability(counts[filled], scored[filled] / counts[filled], truth[filled] / counts[filled])


@dataclass(frozen=True, slots=True)
class Curves:
    """The ROC and the precision-recall curve, a point a distinct score, from the strictest threshold on; shapes
    (n_scores,)."""

    thresholds: FloatArray
    recall: FloatArray
    false_alarms: FloatArray
    precision: FloatArray


def curves(tally: Tally) -> Curves:
    """Both curves of a tally's first row; ValueError in a single-class set, which has none."""
    if not (tally.n_positive[0] and tally.n_negative[0]):
        raise ValueError("a curve needs positives and negatives")
    hits, alarms = np.cumsum(tally.positives[0]), np.cumsum(tally.negatives[0])
    return Curves(tally.scores, hits / hits[-1], alarms / alarms[-1], hits / (hits + alarms))


def _bins(tally: Tally) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per resample and bin the examples, the positives and the sum of scores, each of shape (n_resamples, n_bins)."""
    bins = np.minimum((tally.scores * CALIBRATION_BINS).astype(np.intp), CALIBRATION_BINS - 1)
    member = (bins[:, None] == np.arange(CALIBRATION_BINS)).astype(np.float64)
    examples = tally.positives + tally.negatives
    return examples @ member, tally.positives @ member, (examples * tally.scores) @ member


def _share(part: FloatArray, whole: FloatArray, tally: Tally) -> FloatArray:
    """part / whole, NaN in rows that hold a single class."""
    both = (tally.n_positive > 0) & (tally.n_negative > 0)
    return _divide(part, np.where(both, whole, 0.0))


def _divide(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)

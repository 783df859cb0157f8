"""How sure a figure is: seeded bootstrap intervals for metrics, and Wilson's for plain shares.

Resamples are drawn as counts (how often each example was drawn) and tallied in groups, so a thousand cost about as
much as one sort of the set each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
import numpy.typing as npt

from classifiers.evaluate.metrics import FloatArray, Metric, Ranking

RARE = 100
"""Below so many examples of its rarer class a set is resampled class by class, lest resamples lose the class."""

_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its interval, `low` ≤ truth ≤ `high` with the confidence asked for; NaN where undefined."""

    value: float
    low: float
    high: float


def estimate(
    labels: npt.ArrayLike,
    scores: npt.ArrayLike,
    metrics: Mapping[str, Metric],
    *,
    n_resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
) -> dict[str, Figure]:
    """Each metric over (n_samples,) labels and scores with its percentile bootstrap interval (Efron and Tibshirani
    1993, ch. 13).

    All metrics share the resamples. Examples are taken as independent, so near-copies in a set make its intervals too
    narrow. Resamples in which a metric is undefined are left out of its interval. Raises what `Ranking.of` raises.
    """
    ranking = Ranking.of(labels, scores)
    whole = ranking.tally()
    values = {name: float(metric(whole)[0]) for name, metric in metrics.items()}
    drawn: dict[str, list[FloatArray]] = {name: [] for name in metrics}
    for counts in _resamples(np.asarray(labels) == 1, n_resamples, np.random.default_rng(seed)):
        resampled = ranking.tally(counts)
        for name, metric in metrics.items():
            drawn[name].append(metric(resampled))
    return {name: _interval(values[name], drawn[name], confidence) for name in metrics}


def wilson(hits: int, total: int, z: float = 1.96) -> Figure:
    """A share and its score interval (Wilson 1927), 95 % for z = 1.96, honest at 0 of n where a bootstrap would say
    0–0."""
    if total == 0:
        return Figure(nan, nan, nan)
    share = hits / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z / (1 + z * z / total) * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return Figure(share, max(0.0, centre - reach), min(1.0, centre + reach))


def _resamples(is_positive: npt.NDArray[np.bool_], n_resamples: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Groups of counts, each (n_of_the_group, n_samples)."""
    n_samples = is_positive.size
    if not n_samples:
        return
    rare = min(int(is_positive.sum()), int((~is_positive).sum())) < RARE
    strata = [np.flatnonzero(is_positive), np.flatnonzero(~is_positive)] if rare else [np.arange(n_samples)]
    at_once = max(1, _CELLS_AT_ONCE // n_samples)
    for begin in range(0, n_resamples, at_once):
        yield _draw(strata, n_samples, min(at_once, n_resamples - begin), rng)


def _draw(strata: list[npt.NDArray[np.intp]], n_samples: int, n_resamples: int, rng: np.random.Generator) -> FloatArray:
    """How often each example was drawn when every stratum is drawn with replacement, shape (n_resamples,
    n_samples)."""
    counts = np.zeros(n_resamples * n_samples)
    rows = np.arange(n_resamples)[:, None] * n_samples
    for members in strata:
        if members.size:
            drawn = members[rng.integers(0, members.size, (n_resamples, members.size))] + rows
            counts += np.bincount(drawn.ravel(), minlength=counts.size)
    return counts.reshape(n_resamples, n_samples)


def _interval(value: float, drawn: list[FloatArray], confidence: float) -> Figure:
    defined = np.concatenate(drawn) if drawn else np.zeros(0)
    defined = defined[~np.isnan(defined)]
    if np.isnan(value) or not defined.size:
        return Figure(value, nan, nan)
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Figure(value, float(low), float(high))

"""Intervals: the same for the same seed, equal to resampling rows, covering the truth as often as they say."""

from __future__ import annotations

from math import erf

import numpy as np
import pytest

from classifiers.evaluate.bootstrap import estimate, wilson
from classifiers.evaluate.metrics import (
    Ranking,
    average_precision,
    expected_calibration_error,
    precision_at,
    recall_at_false_alarms,
    roc_auc,
    tally,
)

METRICS = {
    "auc": roc_auc,
    "ap": average_precision,
    "recall": recall_at_false_alarms(0.05),
    "precision": precision_at(0.5),
    "ece": expected_calibration_error,
}


def test_counting_a_row_twice_is_the_same_as_having_it_twice() -> None:
    rng = np.random.default_rng(5)
    labels, scores = (rng.random(80) < 0.4).astype(float), rng.random(80).round(2)
    drawn = rng.integers(0, 80, (6, 80))
    counts = np.array([np.bincount(row, minlength=80) for row in drawn])

    together = Ranking.of(labels, scores).tally(counts)

    for metric in METRICS.values():
        apart = [metric(tally(labels[row], scores[row]))[0] for row in drawn]
        assert metric(together) == pytest.approx(np.array(apart))


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others() -> None:
    rng = np.random.default_rng(1)
    labels, scores = (rng.random(300) < 0.5).astype(float), rng.random(300)

    first, again = (estimate(labels, scores, METRICS, n_resamples=100, seed=3) for _ in range(2))
    other = estimate(labels, scores, METRICS, n_resamples=100, seed=4)

    assert first == again
    assert first["auc"] != other["auc"]


def test_intervals_hold_their_figure_and_narrow_with_more_comments() -> None:
    rng = np.random.default_rng(2)
    labels = (rng.random(4_000) < 0.3).astype(float)
    scores = np.clip(0.4 * labels + 0.6 * rng.random(4_000), 0, 1)

    few = estimate(labels[:200], scores[:200], METRICS, n_resamples=200)
    many = estimate(labels, scores, METRICS, n_resamples=200)

    for name in ("auc", "ap", "recall", "precision"):
        assert many[name].low <= many[name].value <= many[name].high
        assert many[name].high - many[name].low < few[name].high - few[name].low


def test_intervals_cover_the_true_auc_about_as_often_as_they_say() -> None:
    truth, n_sets = 0.5 * (1 + erf(0.5)), 150
    covered = 0
    for seed in range(n_sets):
        rng = np.random.default_rng(seed)
        labels = np.r_[np.ones(60), np.zeros(140)]
        scores = 1 / (1 + np.exp(-(labels + rng.standard_normal(200))))

        auc = estimate(labels, scores, {"auc": roc_auc}, n_resamples=200, seed=seed)["auc"]
        covered += auc.low <= truth <= auc.high

    assert covered / n_sets > 0.89


def test_a_rare_class_is_in_every_resample() -> None:
    labels = np.r_[np.ones(2), np.zeros(500)]
    scores = np.linspace(0.9, 0.1, 502)

    auc = estimate(labels, scores, {"auc": roc_auc}, n_resamples=300)["auc"]

    assert (auc.value, auc.low, auc.high) == pytest.approx((1, 1, 1), abs=0.01)


def test_an_undefined_figure_has_no_interval() -> None:
    figure = estimate([0, 0, 0], [0.1, 0.2, 0.3], {"auc": roc_auc})["auc"]

    assert np.isnan([figure.value, figure.low, figure.high]).all()


def test_an_empty_set_has_no_interval() -> None:
    figures = estimate([], [], METRICS)

    assert all(np.isnan(figure.low) for figure in figures.values())


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"), [(0, 10, 0.0, 0.2775), (8, 10, 0.4902, 0.9433), (10, 10, 0.7225, 1.0)]
)
def test_shares_have_wilsons_interval(hits: int, total: int, low: float, high: float) -> None:
    figure = wilson(hits, total)

    assert (figure.low, figure.high) == pytest.approx((low, high), abs=1e-3)


def test_a_share_of_nothing_is_unknown() -> None:
    assert np.isnan(wilson(0, 0).value)

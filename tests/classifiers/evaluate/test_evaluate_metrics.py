"""The metrics say what scikit-learn says, and say nothing where there is nothing to say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_score, recall_score, roc_auc_score, roc_curve

from classifiers.evaluate.metrics import (
    CALIBRATION_BINS,
    FloatArray,
    average_precision,
    curves,
    expected_calibration_error,
    false_alarms_at,
    precision_at,
    recall_at,
    recall_at_false_alarms,
    reliability,
    roc_auc,
    tally,
)


def random_set(seed: int, *, decimals: int) -> tuple[FloatArray, FloatArray]:
    """Labels and scores that know a little of each other; few decimals make many ties."""
    rng = np.random.default_rng(seed)
    n_samples = int(rng.integers(20, 400))
    labels = (rng.random(n_samples) < rng.uniform(0.1, 0.9)).astype(float)
    labels[:2] = 0, 1
    scores = np.clip(0.3 * labels + 0.7 * rng.random(n_samples), 0, 1).round(decimals)
    return labels, scores


@pytest.mark.parametrize("decimals", [1, 2, 12])
@pytest.mark.parametrize("seed", range(8))
def test_ranking_figures_equal_scikit_learns(seed: int, decimals: int) -> None:
    labels, scores = random_set(seed, decimals=decimals)

    counted = tally(labels, scores)

    assert roc_auc(counted)[0] == pytest.approx(roc_auc_score(labels, scores))
    assert average_precision(counted)[0] == pytest.approx(average_precision_score(labels, scores))


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.5])
@pytest.mark.parametrize("seed", range(8))
def test_recall_at_a_false_alarm_rate_is_the_best_allowed_point_of_the_roc_curve(seed: int, rate: float) -> None:
    labels, scores = random_set(seed, decimals=2)
    false_alarms, recalls, _ = roc_curve(labels, scores, drop_intermediate=False)

    recall = recall_at_false_alarms(rate)(tally(labels, scores))[0]

    assert recall == pytest.approx(recalls[false_alarms <= rate + 1e-9].max())


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("seed", range(4))
def test_figures_at_a_threshold_equal_scikit_learns(seed: int, threshold: float) -> None:
    labels, scores = random_set(seed, decimals=1)
    flagged = scores >= threshold

    counted = tally(labels, scores)

    assert precision_at(threshold)(counted)[0] == pytest.approx(precision_score(labels, flagged))
    assert recall_at(threshold)(counted)[0] == pytest.approx(recall_score(labels, flagged))
    assert false_alarms_at(threshold)(counted)[0] == pytest.approx(flagged[labels == 0].mean())


@pytest.mark.parametrize("decimals", [1, 12])
@pytest.mark.parametrize("seed", range(4))
def test_calibration_error_equals_a_slow_reading_of_its_definition(seed: int, decimals: int) -> None:
    labels, scores = random_set(seed, decimals=decimals)
    expected = 0.0
    for number in range(CALIBRATION_BINS):
        last = number == CALIBRATION_BINS - 1
        inside = [
            (label, score)
            for label, score in zip(labels, scores, strict=True)
            if int(score * CALIBRATION_BINS) == number or (last and score == 1.0)
        ]
        if inside:
            gap = abs(sum(label for label, _ in inside) - sum(score for _, score in inside)) / len(inside)
            expected += gap * len(inside) / len(labels)

    error = expected_calibration_error(tally(labels, scores))[0]

    assert error == pytest.approx(expected)


def test_scores_that_are_the_true_chances_are_calibrated() -> None:
    rng = np.random.default_rng(7)
    scores = rng.random(200_000)
    labels = (rng.random(200_000) < scores).astype(float)

    error = expected_calibration_error(tally(labels, scores))[0]

    assert error < 0.01


def test_reliability_bins_hold_every_example_once() -> None:
    labels, scores = random_set(3, decimals=2)

    diagram = reliability(tally(labels, scores))

    assert diagram.counts.sum() == labels.size
    assert (diagram.counts * diagram.positive_shares).sum() == pytest.approx(labels.sum())


SCORED = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.integers(0, 20)), min_size=1, max_size=60)


@given(SCORED)
def test_ranking_figures_look_at_the_order_of_scores_alone(scored: list[tuple[float, int]]) -> None:
    labels, steps = zip(*scored, strict=True)
    plain, bent = tally(labels, np.divide(steps, 20)), tally(labels, np.exp(steps))

    for metric in (roc_auc, average_precision, recall_at_false_alarms(0.2)):
        assert metric(plain) == pytest.approx(metric(bent), nan_ok=True)


@given(SCORED)
def test_turning_labels_round_turns_the_auc_round(scored: list[tuple[float, int]]) -> None:
    labels, steps = zip(*scored, strict=True)
    auc, turned = (roc_auc(tally(truth, steps))[0] for truth in (labels, [1 - label for label in labels]))

    assert auc == pytest.approx(1 - turned, nan_ok=True)


@given(SCORED)
def test_every_figure_is_a_share_or_undefined(scored: list[tuple[float, int]]) -> None:
    labels, steps = zip(*scored, strict=True)
    counted = tally(labels, np.divide(steps, 20))

    metrics = (roc_auc, average_precision, recall_at_false_alarms(0.1), precision_at(0.5), recall_at(0.5))
    for metric in (*metrics, false_alarms_at(0.5), expected_calibration_error):
        figure = metric(counted)[0]
        assert np.isnan(figure) or 0 <= figure <= 1


def test_equal_scores_are_worth_a_coin_toss() -> None:
    labels, scores = [0, 1, 0, 1, 1], [0.5] * 5

    counted = tally(labels, scores)

    assert roc_auc(counted)[0] == 0.5
    assert average_precision(counted)[0] == pytest.approx(0.6)


def test_tied_comments_are_flagged_together_or_not_at_all() -> None:
    labels, scores = [1, 1, 0, 0], [0.9, 0.4, 0.4, 0.1]

    recall = recall_at_false_alarms(0.4)(tally(labels, scores))[0]

    assert recall == 0.5


def test_one_percent_of_seven_hundred_allows_seven_false_alarms() -> None:
    scores = np.linspace(1, 0.5, 707)
    labels = np.r_[np.zeros(6), 1, np.zeros(1), 1, np.zeros(1), 1, np.zeros(692), np.ones(4)]

    recall = recall_at_false_alarms(0.01)(tally(labels, scores))[0]

    assert recall == pytest.approx(2 / 7)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_set_of_one_class_has_no_ranking_figures(label: float) -> None:
    counted = tally([label] * 3, [0.1, 0.5, 0.9])

    for metric in (roc_auc, average_precision, recall_at_false_alarms(0.01)):
        assert np.isnan(metric(counted)[0])
    with pytest.raises(ValueError, match="positives and negatives"):
        curves(counted)


def test_an_empty_set_has_no_figures() -> None:
    counted = tally([], [])

    metrics = (roc_auc, average_precision, recall_at_false_alarms(0.05), precision_at(0.5), recall_at(0.5))
    for metric in (*metrics, false_alarms_at(0.5), expected_calibration_error):
        assert np.isnan(metric(counted)[0])


def test_precision_is_undefined_where_nothing_is_flagged() -> None:
    counted = tally([0, 1], [0.1, 0.2])

    assert np.isnan(precision_at(0.5)(counted)[0])
    assert recall_at(0.5)(counted)[0] == 0


@pytest.mark.parametrize(
    ("labels", "scores"), [([0, 1], [0.5]), ([0, np.nan], [0.1, 0.2]), ([0, 2], [0.1, 0.2]), ([0, 1], [0.1, np.nan])]
)
def test_unknown_labels_and_broken_scores_are_refused(labels: list[float], scores: list[float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        tally(labels, scores)

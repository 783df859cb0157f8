"""What the recipe reaches on blocks of our own corpus that it never saw: order, calibration, political criticism.

Run as `python -m classifiers.train.held_back TRAINING-FOLDER`; prints one table, in Markdown. The calibration of each
half of the held-back blocks is learnt on the other half, so no comment is measured by what it taught.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from classifiers.document import LABELS
from classifiers.evaluate.bootstrap import estimate
from classifiers.evaluate.metrics import Metric, expected_calibration_error, false_alarms_at, roc_auc
from classifiers.features import CommentFeatures
from classifiers.parameters import LANGUAGES
from classifiers.train.augment import augmented
from classifiers.train.calibrate import calibrate, language_numbers
from classifiers.train.examples import Example, fold_number
from classifiers.train.pipeline import FOLDS, STRENGTH, fit_one, truth_of, with_kinds
from classifiers.train.sources import verified, weighted_examples

Doubles = npt.NDArray[np.float64]
POLITICAL: Final = frozenset({"politics", "partisan"})
HOLD: Final = 0.5


def main(words: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("training", type=Path)
    parser.add_argument("--seed", type=int, default=20261124)
    args = parser.parse_args(words)
    examples = augmented(weighted_examples(verified(args.training)), seed=args.seed)
    scores = held_back_scores(examples)
    print(
        "| label | AUC, own corpus | calibration error, own corpus | calibration error, all sources | clean over hold |"
    )
    print("|---|---|---|---|---|")
    for label in LABELS:
        y = truth_of(examples, label)
        rows = np.flatnonzero(~np.isnan(scores[label]))
        own = rows[["own" in examples[row].traits for row in rows]]
        cells = [
            _told(roc_auc, y[own], scores[label][own]),
            _told(expected_calibration_error, y[own], scores[label][own]),
            _told(expected_calibration_error, y[rows], scores[label][rows]),
            _told(false_alarms_at(HOLD), y[own], scores[label][own]),
        ]
        print(f"| {label} | {' | '.join(cells)} |")
    y, abuse = truth_of(examples, "abuse"), scores["abuse"]
    political = [row for row in np.flatnonzero(~np.isnan(abuse)) if _is_criticism(examples[row])]
    share = _told(false_alarms_at(HOLD), y[political], abuse[political])
    print(f"\nPolitical criticism over the hold band for abuse: {share}, {len(political)} comments")


def held_back_scores(examples: Sequence[Example]) -> dict[str, Doubles]:
    """Calibrated scores of the held-back examples that bear a label, NaN for all others; (n_samples,) a label."""
    X = CommentFeatures().transform([example.document for example in examples])
    weight = np.array([example.weight for example in examples])
    held_back = np.array([fold_number(example.block, FOLDS) == 0 for example in examples])
    copied = np.array(["copy" in example.traits for example in examples])
    languages = language_numbers([example.document.language for example in examples], LANGUAGES)
    half = np.array([fold_number(f"half of {example.block}", 2) for example in examples])
    truths = {label: truth_of(examples, label) for label in LABELS}
    models = {
        label: fit_one(X, truths[label], weight, (truths[label] >= 0) & ~held_back, STRENGTH[label]) for label in LABELS
    }
    scores = {}
    for label in LABELS:
        margins = with_kinds(label, models).margins(X)
        scores[label] = np.full(len(examples), np.nan)
        shown = (truths[label] >= 0) & held_back & ~copied
        for side in (0, 1):
            learn, measure = shown & (half != side), shown & (half == side)
            slopes, intercepts = calibrate(
                margins[learn], truths[label][learn], np.minimum(weight[learn], 1), languages[learn], len(LANGUAGES)
            )
            # A language that nobody knows is read as the first, as serving reads it when no other is likelier.
            language = np.maximum(languages[measure], 0)
            log_odds = slopes[language] * margins[measure] + intercepts[language]
            scores[label][measure] = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return scores


def _is_criticism(example: Example) -> bool:
    return "own" in example.traits and example.source in POLITICAL and example.labels.get("abuse") == 0


def _told(metric: Metric, y: npt.NDArray[np.int64], scores: Doubles) -> str:
    figure = estimate(y, scores, {"it": metric})["it"]
    return f"{figure.value:.3f} ({figure.low:.3f}–{figure.high:.3f})"


if __name__ == "__main__":
    main()

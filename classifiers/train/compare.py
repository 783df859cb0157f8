"""What was tried: each way of training measured on sets by others that no model was trained on.

Run as `python -m classifiers.train.compare TRAINING-FOLDER DEV-FOLDER`; prints one table a label, in Markdown.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse  # type: ignore[import-untyped]
from sklearn.linear_model import SGDClassifier  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from classifiers.features import CommentFeatures
from classifiers.train.augment import augmented
from classifiers.train.examples import Example, fold_number, read_examples
from classifiers.train.fit import LinearModel, fit_label, log_ratio_scales
from classifiers.train.sources import verified, weighted_examples

Doubles = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
OWN: Final = "own, held back"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of training."""

    name: str
    fit: Callable[[sparse.csr_matrix, Labels, Doubles], LinearModel]
    weighted: bool = True
    copies: bool = False


def _sgd(X: sparse.csr_matrix, y: Labels, weight: Doubles) -> LinearModel:
    scales = log_ratio_scales(X, y, weight)
    model = SGDClassifier(
        loss="log_loss", penalty="elasticnet", l1_ratio=0.15, alpha=2e-6, max_iter=15, tol=1e-4, random_state=1
    )
    model.fit(X @ sparse.diags(scales), y, sample_weight=weight)
    return LinearModel(model.coef_[0] * scales, float(model.intercept_[0]))


def _logistic(C: float, power: float = 1.0) -> Callable[[sparse.csr_matrix, Labels, Doubles], LinearModel]:
    return lambda X, y, weight: fit_label(X, y, weight, C=C, power=power)


VARIANTS: Final = (
    Variant("logistic regression, C=4, all sources alike", _logistic(4, 0), weighted=False),
    Variant("NB weighting, C=4, all sources alike", _logistic(4), weighted=False),
    Variant("logistic regression, C=4, source weights", _logistic(4, 0)),
    Variant("SGD, elastic net, NB weighting, source weights", _sgd),
    Variant("NB weighting, C=1, source weights", _logistic(1)),
    Variant("NB weighting, C=4, source weights", _logistic(4)),
    Variant("NB weighting, C=12, source weights", _logistic(12)),
    Variant("the same, with brand copies and clean twins", _logistic(12), copies=True),
)


def main(words: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("training", type=Path)
    parser.add_argument("dev", type=Path)
    args = parser.parse_args(words)
    examples = weighted_examples(verified(args.training))
    held_back = [one for one in examples if _is_own(one) and fold_number(one.block, 5) == 0]
    kept = [one for one in examples if not (_is_own(one) and fold_number(one.block, 5) == 0)]
    tests = {path.name.split(".")[0]: read_examples([path]) for path in sorted(args.dev.glob("*.jsonl.gz"))}
    for label in ("spam", "abuse"):
        compare(label, kept, {**tests, OWN: held_back})


def compare(label: str, examples: Sequence[Example], tests: dict[str, list[Example]]) -> None:
    """One table: a line a variant, a column a test set that holds both classes of the label, AUC in each cell."""
    features = CommentFeatures()
    known = [one for one in augmented(examples, seed=1) if label in one.labels]
    is_copy = np.array([not _is_whole(one) for one in known])
    X = features.transform([one.document for one in known])
    y = np.array([one.labels[label] for one in known])
    weights = np.array([one.weight for one in known])
    columns = {}
    for name, test in tests.items():
        rows = [one for one in test if label in one.labels]
        truth = np.array([one.labels[label] for one in rows])
        if 0 < truth.sum() < len(truth):
            columns[name] = features.transform([one.document for one in rows]), truth
    print(f"\n| {label} | {' | '.join(columns)} | mean |\n|---|{'---|' * (len(columns) + 1)}")
    for variant in VARIANTS:
        taken = np.full(len(y), True) if variant.copies else ~is_copy
        weight = weights[taken] if variant.weighted else np.ones(taken.sum())
        model = variant.fit(X[taken], y[taken], weight)
        figures = {name: roc_auc_score(truth, model.margins(T)) for name, (T, truth) in columns.items()}
        mean = np.mean([figure for name, figure in figures.items() if name != OWN])
        print(f"| {variant.name} | {' | '.join(f'{f:.3f}' for f in figures.values())} | {mean:.3f} |", flush=True)


def _is_own(example: Example) -> bool:
    return bool(example.traits.get("own"))


def _is_whole(example: Example) -> bool:
    return not example.traits.get("copy")


if __name__ == "__main__":
    main()

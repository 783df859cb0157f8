"""What was tried: each way of training measured on sets by others that no model was trained on.

Run as `python -m classifiers.train.compare TRAINING-FOLDER DEV-FOLDER`; prints one table a label, in Markdown.
`--label abuse` prints that of one label.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse  # type: ignore[import-untyped]
from sklearn.linear_model import SGDClassifier  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from classifiers.document import KINDS
from classifiers.features import CommentFeatures
from classifiers.tokens import units
from classifiers.train.augment import augmented
from classifiers.train.examples import Example, fold_number, read_examples
from classifiers.train.fit import LinearModel, fit_label, log_ratio_scales, with_naive_bayes
from classifiers.train.neighbours import word_vectors
from classifiers.train.pipeline import CAPITALS_TELL, truth_of, without_capitals
from classifiers.train.sources import verified, weighted_examples, weights_of

Doubles = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
OWN: Final = "own, held back"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a variant learns from: features, truths by label (-1 where unknown), weights, and the vectors of words."""

    label: str
    X: sparse.csr_matrix
    truths: Mapping[str, Labels]
    weight: Doubles
    vectors: sparse.csr_matrix

    def of(self, label: str) -> tuple[sparse.csr_matrix, Labels, Doubles]:
        """Features, truths and weights of the rows that know this label."""
        rows = self.truths[label] >= 0
        return self.X[rows], self.truths[label][rows], self.weight[rows]


Fit = Callable[[Lesson], LinearModel]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of training."""

    name: str
    fit: Fit
    weighted: bool = True
    copies: bool = False
    capitals: bool = True
    features: CommentFeatures = CommentFeatures()  # noqa: RUF009 (it is never changed)
    labels: tuple[str, ...] = ("spam", "abuse")


def _sgd(lesson: Lesson) -> LinearModel:
    X, y, weight = lesson.of(lesson.label)
    scales = log_ratio_scales(X, y, weight)
    model = SGDClassifier(
        loss="log_loss", penalty="elasticnet", l1_ratio=0.15, alpha=2e-6, max_iter=15, tol=1e-4, random_state=1
    )
    model.fit(X @ sparse.diags(scales), y, sample_weight=weight)
    return LinearModel(model.coef_[0] * scales, float(model.intercept_[0]))


def _logistic(C: float, power: float = 1.0) -> Fit:
    return lambda lesson: fit_label(*lesson.of(lesson.label), C=C, power=power)


def _mixed(evidence: float = 0.0, company: float = 0.0, *, C: float = 4, **kinds: float) -> Fit:
    """Logistic regression with word vectors of length `company`, a share of naive Bayes, and shares of the kinds."""

    def fit(lesson: Lesson) -> LinearModel:
        known = lesson.of(lesson.label)
        model = fit_label(*known, C=C, vectors=company * lesson.vectors if company else None)
        if evidence:
            model = with_naive_bayes(model, *known, share=evidence)
        for kind, share in kinds.items():
            of_kind = fit_label(*lesson.of(kind), C=4)
            model = LinearModel(model.weights + share * of_kind.weights, model.bias + share * of_kind.bias)
        return model

    return fit


def _spam(name: str, fit: Fit, *, copies: bool = False, capitals: bool = True) -> Variant:
    return Variant(name, fit, copies=copies, capitals=capitals, labels=("spam",))


def _abuse(name: str, fit: Fit, features: CommentFeatures = CommentFeatures()) -> Variant:  # noqa: B008 (as above)
    return Variant(name, fit, features=features, labels=("abuse",))


_WAS: Final = CommentFeatures(shortest=2, unit_bits=18, pair_bits=18, whole=1)
VARIANTS: Final = (
    Variant("logistic regression, C=4, all sources alike", _logistic(4, 0), weighted=False),
    Variant("NB weighting, C=4, all sources alike", _logistic(4), weighted=False),
    Variant("logistic regression, C=4, source weights", _logistic(4, 0)),
    Variant("SGD, elastic net, NB weighting, source weights", _sgd),
    Variant("NB weighting, C=1, source weights", _logistic(1)),
    Variant("NB weighting, C=4, source weights", _logistic(4)),
    Variant("NB weighting, C=12, source weights", _logistic(12)),
    _spam("C=12, without the level of capitals", _logistic(12), capitals=False),
    _spam("C=12, with copies and twins", _logistic(12), copies=True),
    _spam("C=12, with copies and twins, naive Bayes .1", _mixed(0.1, C=12), copies=True),
    _spam("C=12, with copies and twins, naive Bayes .4", _mixed(0.4, C=12), copies=True),
    Variant("C=4, n-grams of 2–5, tables of 2¹⁸", _logistic(4), features=_WAS),
    Variant("C=4, a whole word counts once", _logistic(4), features=CommentFeatures(whole=1)),
    Variant("C=4, tables of 2¹⁸", _logistic(4), features=CommentFeatures(unit_bits=18, pair_bits=18)),
    _abuse("C=4, word vectors ×1", _mixed(company=1)),
    _abuse("C=4, word vectors ×2", _mixed(company=2)),
    _abuse("vectors ×2, naive Bayes .25", _mixed(0.25, 2)),
    _abuse("vectors ×2, naive Bayes .4", _mixed(0.4, 2)),
    _abuse("vectors ×2, naive Bayes .75", _mixed(0.75, 2)),
    *(_abuse(f"vectors ×2, naive Bayes .4, {kind} .1", _mixed(0.4, 2, **{kind: 0.1})) for kind in KINDS),
    _abuse("vectors ×2, naive Bayes .4, obscene .3", _mixed(0.4, 2, obscene=0.3)),
)


def main(words: Sequence[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("training", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--label", choices=("spam", "abuse"), action="append")
    args = parser.parse_args(words)
    examples = weighted_examples(verified(args.training))
    held_back = [one for one in examples if _is_own(one) and fold_number(one.block, 5) == 0]
    kept = [one for one in examples if not (_is_own(one) and fold_number(one.block, 5) == 0)]
    tests = {path.name.split(".")[0]: read_examples([path]) for path in sorted(args.dev.glob("*.jsonl.gz"))}
    for label in args.label or ("spam", "abuse"):
        compare(label, kept, {**tests, OWN: held_back})


def compare(label: str, examples: Sequence[Example], tests: Mapping[str, Sequence[Example]]) -> None:
    """One table: a line a variant, a column a test set that holds both classes of the label, AUC in each cell."""
    known = [one for one in augmented(examples, seed=1) if label in one.labels]
    whole = np.array(["copy" not in one.traits or one.traits.get("style") == "word" for one in known])
    read = [units(one.document) for one in known]
    columns: dict[str, tuple[Sequence[Example], Labels]] = {}
    for name, test in tests.items():
        # A word alone is never judged on: it stands in training alone.
        rows = [one for one in test if label in one.labels and "copy" not in one.traits]
        truth = truth_of(rows, label)
        if 0 < truth.sum() < len(truth):
            columns[name] = rows, truth
    print(f"\n| {label} | {' | '.join(columns)} | mean |\n|---|{'---|' * (len(columns) + 1)}")
    variants = [variant for variant in VARIANTS if label in variant.labels]
    for scheme in dict.fromkeys(variant.features.scheme for variant in variants):
        alike = [variant for variant in variants if variant.features.scheme == scheme]
        features = alike[0].features
        X = features.transform_units(read)
        vectors = word_vectors([read[i].body for i in np.flatnonzero(whole)], features, seed=1)
        measured = {
            name: (features.transform([one.document for one in rows]), truth) for name, (rows, truth) in columns.items()
        }
        for variant in alike:
            taken = np.flatnonzero(whole | variant.copies)
            some = [known[i] for i in taken]
            weight = weights_of(some, label) if variant.weighted else np.ones(len(some))
            truths = {name: truth_of(some, name) for name in (label, *KINDS)}
            told = variant.capitals and label in CAPITALS_TELL
            seen = X if told else without_capitals(X, features)
            model = variant.fit(Lesson(label, seen[taken], truths, weight, vectors))
            figures = {name: roc_auc_score(truth, model.margins(T)) for name, (T, truth) in measured.items()}
            mean = np.mean([figure for name, figure in figures.items() if name != OWN])
            print(f"| {variant.name} | {' | '.join(f'{f:.3f}' for f in figures.values())} | {mean:.3f} |", flush=True)


def _is_own(example: Example) -> bool:
    return bool(example.traits.get("own"))


if __name__ == "__main__":
    main()

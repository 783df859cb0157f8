"""What the recipe reaches on what it never saw: blocks of comments, and gambling spam whose brands were held out.

No comment is measured by what it taught: each half of the held-out blocks is calibrated on the other half, and where
brands are held out, on training blocks of which the model saw nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from classifiers.document import LABELS
from classifiers.evaluate.brands import split_by_brand
from classifiers.evaluate.evaluation import FEWEST, Row, evaluate_set
from classifiers.evaluate.sets import LabelledSet
from classifiers.features import CommentFeatures
from classifiers.parameters import LANGUAGES
from classifiers.tokens import units
from classifiers.train.augment import augmented
from classifiers.train.calibrate import calibrate, language_numbers
from classifiers.train.examples import Example, fold_number
from classifiers.train.neighbours import word_vectors
from classifiers.train.pipeline import FOLDS, PREVALENCE, as_expected, fit_one, truth_of, with_kinds
from classifiers.train.sources import is_criticism, weights_of

Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

STEPS: Final = len(LABELS) + 3
"""So many times `progress` is told of a step."""


def held_out_rows(
    examples: Sequence[Example],
    *,
    seed: int,
    n_resamples: int = 500,
    progress: Callable[[str], None] = lambda step: None,
) -> list[Row]:
    """The figures of the recipe on held-out blocks (our own corpus, all sources, political criticism) and, for each
    source with gambling spam, on brands held out."""
    sets = [*_of_blocks(examples, seed, progress), *_of_brands(examples, seed, progress)]
    progress("resample")
    return [row for labelled, scores in sets for row in evaluate_set(labelled, scores, n_resamples=n_resamples)]


def _of_blocks(
    examples: Sequence[Example], seed: int, progress: Callable[[str], None]
) -> list[tuple[LabelledSet, Doubles]]:
    progress("blocks held out")
    # The originals stand in front, so their rows are the examples.
    more = augmented(examples, seed=seed)
    scores = _block_scores(more, seed, progress)[: len(examples)]
    held_out = ~np.isnan(scores[:, 0])
    own = np.array(["own" in one.traits for one in examples])
    political = np.array([is_criticism(one) for one in examples])
    members = {"own corpus": held_out & own, "all sources": held_out, "political criticism": held_out & own & political}
    found: list[tuple[str, Mask, Sequence[str]]] = [
        (name, rows, LABELS) for name, rows in members.items() if rows.any()
    ]
    found += [
        (f"{label} as frequent as expected", rows, (label,))
        for label in PREVALENCE
        if (rows := _as_expected_rows(label, examples, held_out, seed)).any()
    ]
    return [
        (_labelled(f"{name}, blocks held out", [more[i] for i in np.flatnonzero(rows)], labels), scores[rows])
        for name, rows, labels in found
    ]


def _as_expected_rows(label: str, examples: Sequence[Example], held_out: Mask, seed: int) -> Mask:
    """Of the held-out rows so many, drawn by their weight, that the label is as frequent as it was calibrated for."""
    y = truth_of(examples, label)
    rows = np.flatnonzero(held_out & (y >= 0))
    counted = as_expected(label, y[rows], np.minimum(weights_of(examples, label)[rows], 1))
    drawn = np.zeros(len(examples), bool)
    drawn[rows] = np.random.default_rng(seed).random(len(rows)) < counted / counted.max()
    return drawn


def _block_scores(examples: Sequence[Example], seed: int, progress: Callable[[str], None]) -> Doubles:
    """Calibrated scores of the held-out examples, NaN for all others and for copies; (n_samples, n_labels)."""
    features = CommentFeatures()
    read = [units(one.document) for one in examples]
    X = features.transform_units(read)
    shown = np.array([fold_number(one.block, FOLDS) == 0 and "copy" not in one.traits for one in examples])
    learnt = np.array([fold_number(one.block, FOLDS) != 0 for one in examples])
    languages = language_numbers([one.document.language for one in examples], LANGUAGES)
    half = np.array([fold_number(f"half of {one.block}", 2) for one in examples])
    truths = {label: truth_of(examples, label) for label in LABELS}
    weights = {label: weights_of(examples, label) for label in LABELS}
    whole = np.array(["copy" not in one.traits for one in examples])
    vectors = word_vectors([read[i].body for i in np.flatnonzero(learnt & whole)], features, seed=seed)
    models = {}
    for label in LABELS:
        progress(label)
        models[label] = fit_one(label, X, truths[label], weights[label], (truths[label] >= 0) & learnt, vectors)
    scores = np.full((len(examples), len(LABELS)), np.nan)
    for column, label in enumerate(LABELS):
        margins = with_kinds(label, models).margins(X)
        for side in (0, 1):
            teach, measure = shown & (half != side) & (truths[label] >= 0), shown & (half == side)
            scores[measure, column] = _calibrated(
                label, margins, truths[label], weights[label], languages, teach, measure
            )
    return scores


def _of_brands(
    examples: Sequence[Example], seed: int, progress: Callable[[str], None]
) -> list[tuple[LabelledSet, Doubles]]:
    """Spam alone: a quarter of the brands, and of the clean comments, are kept from training; a set a source."""
    progress("brands held out")
    known = [one for one in examples if "spam" in one.labels]
    split = split_by_brand(_labelled("", known), seed=seed)
    test = [known[i] for i in split.test]
    more = [*augmented([known[i] for i in split.train], seed=seed), *test]
    X = CommentFeatures().transform([one.document for one in more])
    y, weight = truth_of(more, "spam"), weights_of(more, "spam")
    languages = language_numbers([one.document.language for one in more], LANGUAGES)
    measure = np.arange(len(more)) >= len(more) - len(test)
    aside = np.array([fold_number(one.block, FOLDS) == 0 for one in more])
    copied = np.array(["copy" in one.traits for one in more])
    margins = fit_one("spam", X, y, weight, ~measure & ~aside).margins(X)
    spam = _calibrated("spam", margins, y, weight, languages, ~measure & aside & ~copied, measure)
    found = []
    for source in dict.fromkeys(one.source for one in test):
        rows = [i for i, one in enumerate(test) if one.source == source]
        if min(sum(test[i].labels["spam"] == side for i in rows) for side in (0, 1)) >= FEWEST:
            scores = np.full((len(rows), len(LABELS)), np.nan)
            scores[:, LABELS.index("spam")] = spam[rows]
            alone = _labelled(f"{source}, brands held out", [test[i] for i in rows], ("spam",))
            found.append((alone, scores))
    return found


def _calibrated(
    label: str,
    margins: Doubles,
    y: npt.NDArray[np.int64],
    weight: Doubles,
    languages: npt.NDArray[np.int64],
    teach: Mask,
    measure: Mask,
) -> Doubles:
    """The probabilities of the rows `measure`, calibrated on the rows `teach`."""
    counted = as_expected(label, y[teach], np.minimum(weight[teach], 1))
    slopes, intercepts = calibrate(margins[teach], y[teach], counted, languages[teach], len(LANGUAGES))
    # A language that nobody knows is read as the first, as serving reads it when no other is likelier.
    language = np.maximum(languages[measure], 0)
    log_odds = slopes[language] * margins[measure] + intercepts[language]
    probabilities: Doubles = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return probabilities


def _labelled(name: str, examples: Sequence[Example], labels: Sequence[str] = LABELS) -> LabelledSet:
    """The examples as `evaluate_set` takes them; `labels` that are not named count as unknown."""
    table = [[one.labels.get(label, np.nan) if label in labels else np.nan for label in LABELS] for one in examples]
    documents = tuple(one.document for one in examples)
    return LabelledSet(name, documents, np.asarray(table, np.float64).reshape(len(examples), len(LABELS)))

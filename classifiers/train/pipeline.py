"""From examples to parameters: features, a model a label, a language head, calibration on what was held back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse  # type: ignore[import-untyped]

from classifiers.archive import rounded
from classifiers.document import LABELS
from classifiers.features import CommentFeatures
from classifiers.parameters import LANGUAGES, Floats, Parameters
from classifiers.train.calibrate import calibrate, language_numbers
from classifiers.train.examples import Example, fold_number
from classifiers.train.fit import LinearModel, fit_label, fit_languages

Doubles = npt.NDArray[np.float64]

STRENGTH: Final = {"spam": 4.0, "abuse": 4.0, "insult": 4.0, "hate": 4.0, "threat": 4.0, "obscene": 4.0}
"""C of each label: how freely its model may follow the examples."""
FOLDS: Final = 5
"""One block in so many is held back for calibration; then the model is fitted again on all."""
LANGUAGE_EXAMPLES: Final = 6000
"""So many a language are enough for the language head."""
_SMALLEST: Final = 1e-3
"""Weights below this change no score that anybody sees, and files without them are half as long."""


def train(examples: Sequence[Example], *, seed: int, progress: Callable[[str], None] = lambda step: None) -> Parameters:
    """The parameters of a model trained on these examples. The same examples and seed give the same parameters."""
    features = CommentFeatures()
    progress("features")
    X = features.transform([example.document for example in examples])
    languages = language_numbers([example.document.language for example in examples], LANGUAGES)
    held_back = np.array([fold_number(example.block, FOLDS) == 0 for example in examples])
    weight = np.array([example.weight for example in examples])
    models, slopes, intercepts = [], [], []
    for label in LABELS:
        progress(label)
        y = np.array([example.labels.get(label, -1) for example in examples])
        models.append(_fit(X, y, weight, y >= 0, STRENGTH[label]))
        margins = _fit(X, y, weight, (y >= 0) & ~held_back, STRENGTH[label]).margins(X)
        rows = (y >= 0) & held_back
        slope, intercept = calibrate(margins[rows], y[rows], weight[rows], languages[rows], len(LANGUAGES))
        slopes.append(slope)
        intercepts.append(intercept)
    progress("language")
    head, head_bias = _language_head(X, languages, 2**features.unit_bits, seed)
    table = np.column_stack([model.weights for model in models])
    return Parameters(
        scheme=features.scheme,
        labels=LABELS,
        languages=LANGUAGES,
        unit_weights=_pruned(np.hstack([table[: 2**features.unit_bits], head])),
        pair_weights=_pruned(table[2**features.unit_bits :]),
        bias=_as_stored(np.append([model.bias for model in models], head_bias)),
        slopes=_as_stored(np.array(slopes).T),
        intercepts=_as_stored(np.array(intercepts).T),
    )


def _fit(
    X: sparse.csr_matrix, y: npt.NDArray[np.int64], weight: Doubles, rows: npt.NDArray[np.bool_], C: float
) -> LinearModel:
    return fit_label(X[rows], y[rows], weight[rows], C=C)


def _language_head(
    X: sparse.csr_matrix, languages: npt.NDArray[np.int64], n_columns: int, seed: int
) -> tuple[Doubles, Doubles]:
    drawn = np.random.default_rng(seed).permutation(len(languages))
    rows = np.concatenate([drawn[languages[drawn] == number][:LANGUAGE_EXAMPLES] for number in range(len(LANGUAGES))])
    names = [LANGUAGES[number] for number in languages[rows]]
    return fit_languages(X[rows][:, :n_columns], names, LANGUAGES)


def _pruned(numbers: Doubles) -> Floats:
    return _as_stored(np.where(np.abs(numbers) < _SMALLEST, 0, numbers))


def _as_stored(numbers: Doubles) -> Floats:
    return rounded(numbers.astype(np.float32)).astype(np.float32)

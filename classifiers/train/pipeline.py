"""From examples to parameters: features, a model a label, a language head, calibration on what was held back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sparse  # type: ignore[import-untyped]

from classifiers.document import LABELS
from classifiers.features import CommentFeatures
from classifiers.hashing import unit_features
from classifiers.parameters import LANGUAGES, Halves, Parameters
from classifiers.tokens import CAPITALS, units
from classifiers.train.calibrate import at_prevalence, calibrate, language_numbers
from classifiers.train.examples import Example, fold_number
from classifiers.train.fit import LinearModel, fit_label, fit_languages, with_naive_bayes
from classifiers.train.neighbours import word_vectors
from classifiers.train.sources import weights_of

Doubles = npt.NDArray[np.float64]

STRENGTH: Final = {"spam": 12.0, "abuse": 4.0, "insult": 4.0, "hate": 4.0, "threat": 4.0, "obscene": 4.0}
"""C of each label: how freely its model may follow the examples."""
EVIDENCE: Final = {"spam": 0.1, "abuse": 0.4}
"""The share of naive Bayes in the model of a label. Abuse differs from site to site more than a fit can know, spam a
little; the kinds of abuse are told better by the fit alone."""
KIND_SHARES: Final = {"abuse": {"obscene": 0.1}}
"""What the model of a label takes from those of its kinds: swear words of every language are worth more than their
share of abuse, and this lifts most sets by others (see docs/explanation/model.md)."""
COMPANY: Final = {"abuse": 2.0}
"""How long word vectors are in the model of a label: the longer, the more a word is told by the company it keeps."""
PREVALENCE: Final = {"spam": 0.08, "abuse": 0.25}
"""The share of a label for which its scores are calibrated: a newsroom sees less spam than the eighth that the sources
hold, as they are weighed, and less abuse than their third. Less than a quarter of abuse would let too much of it pass,
less than a twelfth of spam too much of that (see docs/explanation/model.md)."""
FOLDS: Final = 5
"""One block in so many is held back for calibration; then the model is fitted again on all."""
LANGUAGE_EXAMPLES: Final = 6000
"""So many a language are enough for the language head."""
CAPITALS_TELL: Final = frozenset({"spam"})
"""The labels that the level of capitals tells. Each set of abuse has its own custom of letter case, so that it would
tell the set: Indonesian Twitter lost .009 by it, Javanese and Sundanese .010."""
STEPS: Final = len(LABELS) + 3
"""So many times `progress` is told of a step."""
_SMALLEST: Final = 1e-3
"""Weights below this change no score that anybody sees, and files without them are half as long."""


def train_parameters(
    examples: Sequence[Example], *, seed: int, progress: Callable[[str], None] = lambda step: None
) -> Parameters:
    """The parameters of a model trained on these examples. The same examples and seed give the same parameters."""
    features = CommentFeatures()
    progress("features")
    read = [units(example.document) for example in examples]
    X = features.transform_units(read)
    languages = language_numbers([example.document.language for example in examples], LANGUAGES)
    held_back = np.array([fold_number(example.block, FOLDS) == 0 for example in examples])
    copied = np.array(["copy" in example.traits for example in examples])
    progress("neighbours")
    vectors = word_vectors([read[i].body for i in np.flatnonzero(~copied)], features, seed=seed)
    truths = {label: truth_of(examples, label) for label in LABELS}
    weights = {label: weights_of(examples, label) for label in LABELS}
    whole, partial = {}, {}
    for label in LABELS:
        progress(label)
        y, weight = truths[label], weights[label]
        whole[label] = fit_one(label, X, y, weight, y >= 0, vectors)
        partial[label] = fit_one(label, X, y, weight, (y >= 0) & ~held_back, vectors)
    slopes, intercepts = [], []
    for label in LABELS:
        y = truths[label]
        rows = (y >= 0) & held_back & ~copied
        margins = with_kinds(label, partial).margins(X[rows])
        # Our own corpus holds far more unwanted comments than any site: weighing it up would teach the wrong prior.
        expected = as_expected(label, y[rows], np.minimum(weights[label][rows], 1))
        slope, intercept = calibrate(margins, y[rows], expected, languages[rows], len(LANGUAGES))
        slopes.append(slope)
        intercepts.append(intercept)
    models = [with_kinds(label, whole) for label in LABELS]
    progress("language")
    head, head_bias = _language_head(without_capitals(X, features), languages, 2**features.unit_bits, seed)
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


def truth_of(examples: Sequence[Example], label: str) -> npt.NDArray[np.int64]:
    return np.array([example.labels.get(label, -1) for example in examples], np.int64)


def with_kinds(label: str, models: Mapping[str, LinearModel]) -> LinearModel:
    """The model of a label, and a share of those of the kinds that help to tell it; sums of linear are linear."""
    shares = {label: 1.0, **KIND_SHARES.get(label, {})}
    weights = sum(
        (share * models[name].weights for name, share in shares.items()), np.zeros_like(models[label].weights)
    )
    return LinearModel(weights, sum(share * models[name].bias for name, share in shares.items()))


def as_expected(label: str, y: npt.NDArray[np.int64], weight: Doubles) -> Doubles:
    """The weights of rows for calibration, such that the label is as frequent as a newsroom is thought to see it."""
    return at_prevalence(weight, y, PREVALENCE[label]) if label in PREVALENCE else weight


def fit_one(
    label: str,
    X: sparse.csr_matrix,
    y: npt.NDArray[np.int64],
    weight: Doubles,
    rows: npt.NDArray[np.bool_],
    vectors: sparse.csr_matrix | None = None,
) -> LinearModel:
    """The model of a label by its recipe, learnt from these rows. `vectors`, as `word_vectors` gives them, are wanted
    for the labels in `COMPANY`.
    """
    seen = X[rows] if label in CAPITALS_TELL else without_capitals(X[rows], CommentFeatures())
    known = seen, y[rows], weight[rows]
    alike = COMPANY[label] * vectors if label in COMPANY and vectors is not None else None
    fitted = fit_label(*known, C=STRENGTH[label], vectors=alike)
    share = EVIDENCE.get(label, 0.0)
    return with_naive_bayes(fitted, *known, share=share) if share else fitted


def without_capitals(X: sparse.csr_matrix, features: CommentFeatures) -> sparse.csr_matrix:
    """What `features` made of comments, but for the level of their capitals."""
    is_hidden = np.zeros(X.shape[1], np.bool_)
    is_hidden[unit_features(CAPITALS[1:], features.scheme).buckets] = True
    kept = X.copy()
    kept.data[is_hidden[kept.indices]] = 0
    kept.eliminate_zeros()
    return kept


def _language_head(
    X: sparse.csr_matrix, languages: npt.NDArray[np.int64], n_columns: int, seed: int
) -> tuple[Doubles, Doubles]:
    drawn = np.random.default_rng(seed).permutation(len(languages))
    rows = np.concatenate([drawn[languages[drawn] == number][:LANGUAGE_EXAMPLES] for number in range(len(LANGUAGES))])
    names = [LANGUAGES[number] for number in languages[rows]]
    return fit_languages(X[rows][:, :n_columns], names, LANGUAGES)


def _pruned(numbers: Doubles) -> Halves:
    return _as_stored(np.where(np.abs(numbers) < _SMALLEST, 0, numbers))


def _as_stored(numbers: Doubles) -> Halves:
    return numbers.astype(np.float32).astype(np.float16)

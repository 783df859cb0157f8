"""What is measured: per set, label and language the figures that tell how far to trust a model.

Turns scores and labels into rows of figures; knows neither files nor how they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from classifiers import LABELS, Classifier, Document
from classifiers.evaluate.bootstrap import Figure, estimate, wilson
from classifiers.evaluate.metrics import (
    FloatArray,
    Metric,
    average_precision,
    expected_calibration_error,
    precision_at,
    recall_at,
    recall_at_false_alarms,
    roc_auc,
)
from classifiers.evaluate.sets import LabelledSet

ALL_LANGUAGES = "*"
FEWEST = 20
"""A language is told apart only with so many examples of a label: figures over fewer would say nothing."""
_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Band:
    """Where the shipped policy begins to act: comments scoring `threshold` or more for `label`."""

    label: str
    name: str
    threshold: float


BANDS = (Band("spam", "hold", 0.5), Band("spam", "reject", 0.98), Band("abuse", "hold", 0.5))
"""The policy that ships: spam is held from .5 and rejected from .98, abuse is held from .5."""


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one label in one language of one set; what a single class leaves undefined is absent."""

    set: str
    language: str
    label: str
    n_positive: int
    n_negative: int
    n_unknown: int
    assumed: bool
    figures: Mapping[str, Figure] = field(default_factory=dict)


def score(
    model: Classifier, documents: Sequence[Document], advance: Callable[[int], None] = lambda done: None
) -> FloatArray:
    """Scores of all documents, shape (n_samples, n_labels); `advance` hears the size of each batch done.

    The language that a file names is not told to the model, which finds it itself in service too.
    """
    scores = np.empty((len(documents), len(LABELS)))
    for begin in range(0, len(documents), _BATCH):
        batch = [_untold(document) for document in documents[begin : begin + _BATCH]]
        for offset, assessment in enumerate(model.assess(batch, reasons=False)):
            scores[begin + offset] = [assessment.scores[label] for label in LABELS]
        advance(len(batch))
    return scores


def evaluate_set(labelled: LabelledSet, scores: FloatArray, *, n_resamples: int = 500, seed: int = 0) -> list[Row]:
    """A row for each label that the set knows, over all languages, and one for each language."""
    rows = []
    for label in LABELS:
        truth, values = labelled.column(label), scores[:, LABELS.index(label)]
        known = ~np.isnan(truth)
        for language, members in _languages(labelled, known):
            rows.append(_row(labelled, label, language, truth[members], values[members], known, n_resamples, seed))
    return rows


def missing_labels(labelled: LabelledSet) -> tuple[str, ...]:
    """Labels that no row of the set gives."""
    return tuple(label for label in LABELS if np.isnan(labelled.column(label)).all())


def metrics_for(label: str) -> dict[str, Metric]:
    """The metrics of a label by their names in reports."""
    metrics: dict[str, Metric] = {
        "auc": roc_auc,
        "average_precision": average_precision,
        "recall_at_1_percent": recall_at_false_alarms(0.01),
        "recall_at_5_percent": recall_at_false_alarms(0.05),
    }
    for band in BANDS:
        if band.label == label:
            metrics[f"precision_{band.name}"] = precision_at(band.threshold)
            metrics[f"recall_{band.name}"] = recall_at(band.threshold)
    return metrics | {"calibration_error": expected_calibration_error}


def _languages(labelled: LabelledSet, known: npt.NDArray[np.bool_]) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """All languages together, then each with examples enough, when there are several; masks of shape (n_samples,)."""
    if not known.any():
        return []
    language_of = np.array([document.language for document in labelled.documents], dtype=object)
    groups = [(language, (language_of == language) & known) for language in labelled.languages]
    groups = [(language, members) for language, members in groups if members.sum() >= FEWEST]
    return [(ALL_LANGUAGES, known), *(groups if len(labelled.languages) > 1 else [])]


def _row(
    labelled: LabelledSet,
    label: str,
    language: str,
    truth: FloatArray,
    values: FloatArray,
    known: npt.NDArray[np.bool_],
    n_resamples: int,
    seed: int,
) -> Row:
    n_positive, n_negative = int(truth.sum()), int((truth == 0).sum())
    figures = estimate(truth, values, metrics_for(label), n_resamples=n_resamples, seed=seed) if n_positive else {}
    figures |= _false_alarms(label, values[truth == 0])
    figures = {name: figure for name, figure in figures.items() if not np.isnan(figure.value)}
    unknown = int((~known).sum()) if language == ALL_LANGUAGES else 0
    return Row(labelled.name, language, label, n_positive, n_negative, unknown, label in labelled.assumed, figures)


def _false_alarms(label: str, clean: FloatArray) -> dict[str, Figure]:
    """The share of clean comments over each band of the label."""
    return {
        f"false_alarms_{band.name}": wilson(int((clean >= band.threshold).sum()), clean.size)
        for band in BANDS
        if band.label == label
    }


def _untold(document: Document) -> Document:
    return Document(document.text, document.author, document.url, document.email)

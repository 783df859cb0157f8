"""The model at work: documents in, assessments out. Numpy alone; knows nothing of training or of the service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from classifiers.archive import SHIPPED, read_model
from classifiers.document import DIGITS, Assessment, Document, Term
from classifiers.parameters import Parameters
from classifiers.placed import placed
from classifiers.reasons import Margin, Question, explain
from classifiers.sums import Batch, Summer

EXPLAINED_FROM: Final = 0.3
"""Labels scoring as much or more are explained by terms."""
_CHUNK: Final = 256
_HINT: Final = 3.0
"""Log-odds that a language hint adds: it decides between near neighbours, and gives way to a plain text."""


class Classifier:
    """A loaded model. `version` names it, `labels` are what it tells; both are in every assessment."""

    def __init__(self, parameters: Parameters, version: str) -> None:
        self.version = version
        self.labels = parameters.labels
        self._parameters = parameters
        self._summer = Summer(parameters)
        # By language: of the labels' margins the slope, and the bias after it.
        n_labels = len(self.labels)
        self._slopes = parameters.slopes.astype(np.float64)
        self._biases = (self._slopes * parameters.bias[:n_labels] + parameters.intercepts).round(DIGITS)
        self._language_bias = parameters.bias[n_labels:].astype(np.float64)
        self._language_numbers = {language: i for i, language in enumerate(parameters.languages)}

    @classmethod
    def load(cls, folder: Path | None = None) -> Classifier:
        """The model of a folder; of None, the one shipped. Raises ModelProblem where it cannot be used."""
        return cls(*read_model(SHIPPED if folder is None else folder))

    def assess(self, documents: Sequence[Document], *, reasons: bool = True) -> list[Assessment]:
        """An assessment for each document, in order. Any string is taken: empty, lone surrogates, a megabyte.

        Without `reasons` there are no terms, at a third of the cost.
        """
        return [
            assessment
            for begin in range(0, len(documents), _CHUNK)
            for assessment in self._assess(documents[begin : begin + _CHUNK], reasons)
        ]

    def _assess(self, documents: Sequence[Document], reasons: bool) -> list[Assessment]:
        batch = self._summer.sums(documents)
        n_labels = len(self.labels)
        languages = self._languages(documents, batch.sums[:, n_labels:])
        slopes, bias = self._slopes.take(languages, axis=0), self._biases.take(languages, axis=0)
        log_odds = (slopes * batch.sums[:, :n_labels] + bias).round(DIGITS)
        scores = _sigmoid(log_odds).round(DIGITS)
        terms = self._terms(documents, batch, slopes, bias, log_odds, scores) if reasons else {}
        names = self._parameters.languages
        return [
            Assessment(dict(zip(self.labels, row, strict=True)), names[language], terms.get(i, ()), self.version)
            for i, (row, language) in enumerate(zip(scores.tolist(), languages.tolist(), strict=True))
        ]

    def _languages(self, documents: Sequence[Document], sums: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
        margins = sums + self._language_bias
        for i, document in enumerate(documents):
            if document.language and (hinted := self._language_numbers.get(document.language)) is not None:
                margins[i, hinted] += _HINT
        strongest: npt.NDArray[np.intp] = margins.argmax(axis=1)
        return strongest

    def _terms(
        self,
        documents: Sequence[Document],
        batch: Batch,
        slopes: npt.NDArray[np.float64],
        bias: npt.NDArray[np.float64],
        log_odds: npt.NDArray[np.float64],
        scores: npt.NDArray[np.float64],
    ) -> dict[int, tuple[Term, ...]]:
        """The terms of each document that has any, by its number in the batch."""
        explained = scores >= EXPLAINED_FROM
        is_asked = np.asarray(explained.any(axis=1))
        if not is_asked.any():
            return {}
        asked = np.flatnonzero(is_asked).tolist()
        biases, margins, asks = bias.tolist(), log_odds.tolist(), explained.tolist()
        questions = [
            Question(
                documents[i],
                placed(documents[i], batch.cuts[i]),
                [Margin(k, label, biases[i][k], margins[i][k]) for k, label in enumerate(self.labels) if asks[i][k]],
            )
            for i in asked
        ]
        weights = self._summer.weights_by_place(batch, slopes, is_asked)
        return dict(zip(asked, explain(questions, weights), strict=True))


def _sigmoid(log_odds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # By tanh, which never overflows.
    probabilities: npt.NDArray[np.float64] = 0.5 + 0.5 * np.tanh(0.5 * log_odds)
    return probabilities

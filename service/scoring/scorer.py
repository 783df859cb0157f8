"""The machine's word on submissions: the loaded model, asked for many comments at once, with a deadline.

Whatever goes wrong here, a submission does not fail: what could not be scored in time is `UNSCORED`, and the policy
holds it for a person.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, cast

import structlog

from classifiers import Classifier, Document, ModelProblem
from classifiers.text import fold_text
from service.domain.assessment import UNSCORED, Assessment, Term
from service.domain.comment import Submission
from service.domain.ids import digest

_log = structlog.get_logger()

# Handing a group to a thread, and sharing the interpreter with it, costs a sixth of the processor's time. A group so
# small, after one that went so quickly, is scored on the spot; the others may not keep the loop waiting.
_LIGHT: Final = 32_000  # characters
_QUICK_S: Final = 0.02


def fingerprint(author: str, article: str, body: str) -> str:
    """The same for the same folded body by the same author under the same article; needs no model."""
    return digest(author, article, fold_text(body))


class Scorer:
    """Asks the model: on the spot what is light, else in a thread, where `deadline_ms` bounds the wait of a group."""

    def __init__(self, classifier: Classifier | None, deadline_ms: int, folder: Path | None = None) -> None:
        self._classifier = classifier
        self._folder = folder
        self._deadline_s = deadline_ms / 1000
        self._thread = ThreadPoolExecutor(1, "scorer")
        self._last_took_s = float("inf")

    @classmethod
    def load(cls, folder: Path | None, deadline_ms: int) -> Scorer:
        """With the model in `folder` (None: the shipped one); without any where that one cannot be read."""
        try:
            return cls(Classifier.load(folder), deadline_ms, folder)
        except ModelProblem as problem:
            _log.error("model_unusable", problem=str(problem))
            return cls(None, deadline_ms, folder)

    def reload(self) -> None:
        """Reads the model's folder again; where it cannot be used, the model at work stays."""
        try:
            self._classifier = Classifier.load(self._folder)
            _log.info("model_loaded", model=self.model)
        except ModelProblem as problem:
            _log.error("model_unusable", problem=str(problem), kept=self.model)

    @property
    def model(self) -> str:
        """The version of the loaded model, "" where there is none."""
        return self._classifier.version if self._classifier else ""

    def close(self) -> None:
        """Ends the thread; work under way is finished."""
        self._thread.shutdown()

    async def assess(self, submissions: Sequence[Submission]) -> list[Assessment]:
        """One assessment each, `UNSCORED` where the model is missing, fails or is late."""
        if self._classifier is None or not submissions:
            return [UNSCORED] * len(submissions)
        if self._last_took_s < _QUICK_S and sum(len(s.body) for s in submissions) < _LIGHT:
            return self._timed(submissions)
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._timed, submissions)
        try:
            return await asyncio.wait_for(work, self._deadline_s)
        except TimeoutError:
            _log.warning("scoring_late", n_submissions=len(submissions))
            return [UNSCORED] * len(submissions)

    def _timed(self, submissions: Sequence[Submission]) -> list[Assessment]:
        began = time.perf_counter()
        assessments = self._assess(submissions)
        self._last_took_s = time.perf_counter() - began
        return assessments

    def _assess(self, submissions: Sequence[Submission]) -> list[Assessment]:
        assert self._classifier is not None
        documents = [Document(s.body, s.author.name, s.author.url, s.author.email) for s in submissions]
        try:
            return [
                # Not copied, since they are many: the two kinds of Term are one shape (held by a test).
                Assessment(found.scores, found.language, found.model, cast("tuple[Term, ...]", found.terms))
                for found in self._classifier.assess(documents)
            ]
        except Exception:  # one poisonous comment must not leave a whole group unscored, nor fail a submission
            if len(submissions) == 1:
                _log.exception("scoring_failed")
                return [UNSCORED]
            return [self._assess([submission])[0] for submission in submissions]

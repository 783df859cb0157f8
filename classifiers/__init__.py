"""Saring's classifier: text in, calibrated scores and reasons out. Complete without the service.

Importing this package costs nothing: `Classifier` brings in numpy when it is first named, and scikit-learn and scipy
are imported by `classifiers.train` and `classifiers.features` alone, never when a comment is scored.
"""

from typing import TYPE_CHECKING

from classifiers.document import LABELS, Assessment, Document, ModelProblem, Term

if TYPE_CHECKING:
    from classifiers.model import Classifier

__all__ = ["LABELS", "Assessment", "Classifier", "Document", "ModelProblem", "Term"]


def __getattr__(name: str) -> object:
    if name == "Classifier":
        from classifiers.model import Classifier

        return Classifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

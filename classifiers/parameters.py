"""The numbers of a trained model. Knows neither how they were found nor how they are stored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifiers.hashing import HashingScheme

Halves = npt.NDArray[np.float16]
"""Half the memory, and what is lost is far below what calibration can tell."""

LANGUAGES = ("id", "en", "jv", "su", "bjn", "min")
"""The languages that the head tells apart: Indonesian, English, Javanese, Sundanese, Banjar, Minangkabau."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """A linear model over hashed features, and its calibration.

    With x the features of a comment divided by the square root of their number, label k has the log-odds
    `slopes[l, k] * (x @ weights[:, k] + bias[k]) + intercepts[l, k]` in language l.
    """

    scheme: HashingScheme
    labels: tuple[str, ...]
    languages: tuple[str, ...]
    unit_weights: Halves
    """(2**unit_bits, n_labels + n_languages): labels first, then the language head."""
    pair_weights: Halves
    """(2**pair_bits, n_labels)"""
    bias: Halves
    """(n_labels + n_languages,)"""
    slopes: Halves
    """(n_languages, n_labels), all positive"""
    intercepts: Halves
    """(n_languages, n_labels)"""

"""Calibration: per language a slope and an intercept that make 0.8 mean 80 % (Platt scaling on held-back margins).

Both fold into the weights and the bias, so reasons stay exact, and the slope is positive, so order stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize  # type: ignore[import-untyped]

Doubles = npt.NDArray[np.float64]

FEWEST: Final = 40
"""A language with fewer examples of either class than this takes the calibration of all."""
_PULL: Final = 4.0
"""How firmly a language is held to the calibration of all, in examples' worth of curvature."""


def platt(
    margins: Doubles, y: npt.NDArray[np.int64], weight: Doubles, near: tuple[float, float]
) -> tuple[float, float]:
    """Slope (positive) and intercept that fit labels to margins, drawn towards `near`."""

    def loss(parameters: Doubles) -> tuple[float, Doubles]:
        slope = np.exp(parameters[0])
        log_odds = slope * margins + parameters[1]
        away = parameters - np.array([np.log(near[0]), near[1]])
        error = weight * (_probability(log_odds) - y)
        value = weight @ np.logaddexp(0, np.where(y == 1, -log_odds, log_odds)) + _PULL / 2 * (away @ away)
        return float(value), np.array([error @ margins * slope, error.sum()]) + _PULL * away

    found = minimize(loss, np.array([np.log(near[0]), near[1]]), jac=True, method="L-BFGS-B")
    return float(np.exp(found.x[0])), float(found.x[1])


def at_prevalence(weight: Doubles, y: npt.NDArray[np.int64], prevalence: float) -> Doubles:
    """The weights with those of the positive rows scaled so that they are the share `prevalence` of all.

    Where a class is missing they stay as they are.
    """
    positive, negative = weight[y == 1].sum(), weight[y == 0].sum()
    if not (positive and negative):
        return weight
    scaled: Doubles = np.where(y == 1, weight * prevalence / (1 - prevalence) * negative / positive, weight)
    return scaled


def calibrate(
    margins: Doubles, y: npt.NDArray[np.int64], weight: Doubles, languages: npt.NDArray[np.int64], n_languages: int
) -> tuple[Doubles, Doubles]:
    """Slopes and intercepts, each of shape (n_languages,). `languages` are numbers, -1 where none is known."""
    overall = platt(margins, y, weight, (1.0, 0.0))
    fitted = []
    for language in range(n_languages):
        rows = languages == language
        enough = min(np.sum(y[rows] == 1), np.sum(y[rows] == 0)) >= FEWEST
        fitted.append(platt(margins[rows], y[rows], weight[rows], overall) if enough else overall)
    slopes, intercepts = np.array(fitted).T
    return slopes, intercepts


def language_numbers(languages: Sequence[str], names: Sequence[str]) -> npt.NDArray[np.int64]:
    """The number of each language, -1 for others. A mixture such as "id+bjn" counts as its regional part."""
    numbers = {name: i for i, name in enumerate(names)}

    def number(language: str) -> int:
        known = [numbers[part] for part in language.split("+") if part in numbers]
        return max(known) if known else -1

    return np.array([number(language) for language in languages], np.int64)


def _probability(log_odds: Doubles) -> Doubles:
    probability: Doubles = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return probability

"""What goes into the classifier and what comes out of it. Knows nothing of features, weights or files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

KINDS: Final = ("insult", "hate", "threat", "obscene")
"""The kinds of abuse."""

LABELS: Final = ("spam", "abuse", *KINDS)
"""Two labels that the policy acts on, and the kinds of abuse. A comment may bear any number of them."""

DIGITS: Final = 6
"""Scores and log-odds are told to so many decimals: nobody can see more, and they are written down many times."""


@dataclass(frozen=True, slots=True)
class Document:
    """A comment as its author typed it. `language` is a hint such as "id"; empty where nobody knows."""

    text: str
    author: str = ""
    url: str = ""
    email: str = ""
    language: str = ""


class Term(NamedTuple):
    """What a part of the comment adds to the log-odds of `label`.

    `begin` and `end` are half-open, in code points of the field as it was given, and `text` is what stands there.
    Fields "rest" (all that is not shown) and "bias" (what holds for every comment) have no span and no text.
    """

    label: str
    field: str
    begin: int
    end: int
    text: str
    weight: float


class Assessment(NamedTuple):
    """All that the machine says of one comment.

    `scores` are calibrated probabilities by label. `terms` explain each label scoring .3 or more: at most five parts
    of the comment, then "rest", then "bias"; they sum to the log-odds, so `score == sigmoid(sum of weights)`.
    `language` is the one in which the scores were calibrated; `model` the version that gave them.
    """

    scores: dict[str, float]
    language: str
    terms: tuple[Term, ...]
    model: str


class ModelProblem(ValueError):
    """Raised when a model folder cannot be used; the message says why in one sentence, and what to do."""

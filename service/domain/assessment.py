"""What the machine says of a comment (assessment), and what we know besides its text (facts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

LABELS = ("spam", "abuse", "insult", "hate", "threat", "obscene")


class Term(NamedTuple):
    """A stretch of a field that moved a score: half-open span in code points, weight in log-odds.

    `field` is body, author, url or email; `rest` and `bias` carry what no term shows, so that all of a label sum to
    the log-odds of its score.
    """

    label: str
    field: str
    begin: int
    end: int
    text: str
    weight: float


class Assessment(NamedTuple):
    """Scores are calibrated probabilities in [0, 1] by label; none at all means that the machine did not answer."""

    scores: Mapping[str, float] = MappingProxyType({})
    language: str = ""
    model: str = ""
    terms: tuple[Term, ...] = ()

    @property
    def is_scored(self) -> bool:
        return bool(self.scores)


UNSCORED = Assessment()


@dataclass(frozen=True, slots=True)
class ListHit:
    """An entry of the site's lists that applies: which list, the entry, its verdict ("" for the rule's own)."""

    list: str
    value: str
    verdict: str = ""


class Facts(NamedTuple):
    """What we know besides the text; counts are of comments, ages in days."""

    n_links: int = 0
    n_approved: int = 0
    n_rejected: int = 0
    article_age_days: float = 0.0
    honeypot: bool = False
    hits: tuple[ListHit, ...] = ()

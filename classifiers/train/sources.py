"""Where the training data comes from: each source with its licence, digest and weight, and how to read them all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from classifiers.train.examples import Example, own_corpus, read_examples
from classifiers.train.readings import reading_files

OWN_WEIGHT: Final = 3.0
"""Of our own corpus: written for what the service reads, and the only source for most languages and kinds."""
OWN_ABUSE_WEIGHT: Final = 2.0
"""Of the same for abuse and its kinds: with more weight it is told better itself, and sets by others worse."""
POLITICAL: Final = frozenset({"politics", "partisan"})
"""The files of our own corpus about parties, offices and elections."""
CRITICISM_WEIGHT: Final = 10.0
"""Of their clean comments for abuse: to silence criticism harms a newspaper more than to let an insult through."""
READING_WEIGHT: Final = 3.0
"""So many times a comment by others that we have read counts for abuse and its kinds."""
OTHERS_WEIGHT: Final = 1.0
"""Of files that are in no list."""


class SourceProblem(ValueError):
    """Raised when training data is missing or is not what was trained on before."""


@dataclass(frozen=True, slots=True)
class Source:
    """A set by others. `weight` is what one of its rows counts: less where its labels are biased or one-sided.

    `abuse_weight` is what it counts for abuse and its kinds, where that differs: more where labels are even-handed and
    few.
    """

    file: str
    holds: str
    licence: str
    sha256: str
    weight: float
    abuse_weight: float | None = None

    @property
    def name(self) -> str:
        return self.file.split(".")[0]


def sources() -> list[Source]:
    """The sets by others that the shipped model was trained on."""
    return [Source(**row) for row in json.loads(Path(__file__).with_name("sources.json").read_text(encoding="utf-8"))]


def verified(folder: Path) -> list[Path]:
    """The files of all sources in `folder`, each with the digest on the list. Raises SourceProblem."""
    return [_verified(folder / source.file, source) for source in sources()]


def weighted_examples(paths: list[Path], *, with_own: bool = True) -> list[Example]:
    """The examples of these files and of our own corpus, each with its source's weight (see `weights_of`)."""
    weights = {source.name: source.weight for source in sources()}
    others = [replace(one, weight=weights.get(one.source, OTHERS_WEIGHT)) for one in read_examples(paths)]
    if not with_own:
        return others
    own = [replace(one, weight=OWN_WEIGHT, traits={**one.traits, "own": "yes"}) for one in read_examples(own_corpus())]
    return [*others, *own]


def weights_of(examples: Sequence[Example], label: str) -> npt.NDArray[np.float64]:
    """What each of these examples counts for a label. A reading says nothing of spam, and a copy of nothing else."""
    if label == "spam":
        return np.array([one.weight for one in examples])
    of_sources = {source.name: source.abuse_weight for source in sources() if source.abuse_weight is not None}
    return np.array([_abuse_weight(one, of_sources.get(one.source, one.weight)) for one in examples])


def _abuse_weight(example: Example, of_source: float) -> float:
    if "own" in example.traits:
        return CRITICISM_WEIGHT if is_criticism(example) else OWN_ABUSE_WEIGHT
    return of_source * (READING_WEIGHT if "read" in example.traits else 1)


def is_criticism(example: Example) -> bool:
    """Whether this is of our own political comments, and clean."""
    return example.source in POLITICAL and example.labels.get("abuse") == 0


def corpus_digest() -> str:
    """One digest over our own corpus and readings: they grow, and a model names the state it learnt from."""
    total = hashlib.sha256()
    for path in (*own_corpus(), *reading_files()):
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _verified(path: Path, source: Source) -> Path:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise SourceProblem(
            f"{path} cannot be read ({error.strerror}): the sources of the shipped model, listed with licences and "
            "digests in classifiers/train/sources.json, must lie in one folder; name it after --reproduce "
            "or in SARING_TRAINING_DATA."
        ) from error
    if found != source.sha256:
        raise SourceProblem(f"{path} is not the file that the shipped model was trained on: its digest differs.")
    return path

"""Labels of our own for comments by others: read one by one, and kept by digest, since the texts are not ours to keep.

`classifiers/corpora/readings/` holds a file for each source that was read from. A line is the first sixteen digits of
the SHA-256 of a text as its source gives it, and the kinds of abuse in it, or "clean".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from classifiers.document import KINDS

READINGS: Final = Path(__file__).parents[1] / "corpora" / "readings"
_CLEAN: Final = "clean"
_DIGITS: Final = 16


def reading_files() -> list[Path]:
    """All files of readings."""
    return sorted(READINGS.glob("*.txt"))


def reading_of(source: str, text: str) -> Mapping[str, int] | None:
    """The labels that a comment of a source was given by reading it: abuse and each kind; None where nobody did."""
    readings = _readings(source)
    return readings.get(digest_of(text)) if readings else None


def digest_of(text: str) -> str:
    """What a text is known by here."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


@cache
def _readings(source: str) -> Mapping[str, Mapping[str, int]]:
    path = READINGS / f"{source}.txt"
    if not path.exists():
        return {}
    return dict(map(_parsed, path.read_text("ascii").splitlines()))


def _parsed(line: str) -> tuple[str, Mapping[str, int]]:
    digest, _, said = line.partition(" ")
    kinds = () if said == _CLEAN else said.split(",")
    if len(digest) != _DIGITS or not set(kinds) <= set(KINDS):
        raise ValueError(f"not a reading: {line!r}")
    return digest, {"abuse": int(bool(kinds)), **{kind: int(kind in kinds) for kind in KINDS}}

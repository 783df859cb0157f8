"""Labelled comments for training: read from files, freed of what tells the data set instead of the comment."""

from __future__ import annotations

import gzip
import html
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from classifiers.document import LABELS, Document
from classifiers.train.readings import reading_of

CORPORA: Final = Path(__file__).parents[1] / "corpora"
BLOCK: Final = 50
"""Neighbouring lines of a file were written in one sitting: they go to one side of every split."""


@dataclass(frozen=True, slots=True)
class Example:
    """A comment and what is known of it. A label that is missing from `labels` is unknown, not 0."""

    document: Document
    labels: Mapping[str, int]
    source: str
    block: str
    """examples of one block, pairs included, are never split"""
    weight: float = 1.0
    traits: Mapping[str, str] = field(default_factory=dict)
    """what the writers noted (topic, style, spam_kind, pair), and our own "own", "copy" and "read": never features"""


def read_examples(paths: Iterable[Path]) -> list[Example]:
    """The examples of JSON Lines files, gzipped or not, in order."""
    return [example for path in paths for example in _read(path)]


def own_corpus() -> list[Path]:
    """The files of the project's own corpus."""
    return sorted(CORPORA.glob("*.jsonl"))


def fold_number(block: str, n_folds: int) -> int:
    """The side that a block falls on: drawn by its name, so it stays when other files change."""
    return zlib.crc32(block.encode()) % n_folds


def _read(path: Path) -> Iterator[Example]:
    source = path.name.split(".")[0]
    blocks: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            block = f"{source}:{number // BLOCK}"
            if row.get("pair"):
                block = blocks.setdefault(row["pair"], block)
            yield _example(row, source, block)


def _example(row: Mapping[str, Any], source: str, block: str) -> Example:
    reading = reading_of(source, row["text"])
    return Example(
        document=Document(
            text=_cleaned(row["text"]),
            author=row.get("author") or "",
            url=row.get("url") or "",
            email=row.get("email") or "",
            language=row.get("language") or row.get("lang") or "",
        ),
        labels={**{label: int(row[label]) for label in LABELS if row.get(label) in (0, 1)}, **(reading or {})},
        source=source,
        block=block,
        traits=_traits(row) if reading is None else {**_traits(row), "read": "yes"},
    )


def _traits(row: Mapping[str, Any]) -> dict[str, str]:
    traits = {name: row[name] for name in ("topic", "style", "spam_kind", "pair") if row.get(name)}
    # A word alone, of the lexicon, is learnt from like a copy: nothing is calibrated or judged on it.
    return {**traits, "copy": "yes"} if row.get("style") == "word" else traits


def _cleaned(text: str) -> str:
    """Without traces of how a set was published: entities escaped twice, byte-order marks, apostrophes cut off."""
    text = html.unescape(html.unescape(text)).replace("\ufeff", "")
    return _CUT_OFF.sub("'", text)


_CUT_OFF = re.compile(r" [’'] (?=(?:t|s|re|ve|ll|m|d)\b)")

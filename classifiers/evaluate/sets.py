"""Labelled comments from files: JSON Lines, plain or gzipped, read whole into documents and a label table.

A label that a row does not give is unknown, not 0. Knows the files' fields and nothing of scores.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from classifiers import LABELS, Document
from classifiers.evaluate.metrics import FloatArray


class UnreadableSet(Exception):
    """A file of comments is missing, no JSON Lines, or holds a broken row; the message names file and line."""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Comments with what people said of them.

    `labels` has shape (n_samples, n_labels), columns as in `LABELS`, values 0 and 1, NaN for unknown. `assumed` names
    the labels that nobody annotated in some row but that the source's kind suggests (a pool of reviews holds next to
    no spam).
    """

    name: str
    documents: tuple[Document, ...]
    labels: FloatArray
    assumed: frozenset[str] = frozenset()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages named in the set, the commonest first; "" where a row names none."""
        counts: dict[str, int] = {}
        for document in self.documents:
            counts[document.language] = counts.get(document.language, 0) + 1
        return tuple(sorted(counts, key=lambda language: (-counts[language], language)))

    def column(self, label: str) -> FloatArray:
        """One label's values, shape (n_samples,); KeyError for a label that is none of `LABELS`."""
        if label not in LABELS:
            raise KeyError(label)
        return np.asarray(self.labels[:, LABELS.index(label)])

    def subset(self, indices: Sequence[int], name: str | None = None) -> LabelledSet:
        """The rows at these indices, in this order."""
        documents = tuple(self.documents[index] for index in indices)
        return LabelledSet(name or self.name, documents, self.labels[np.asarray(indices, dtype=np.intp)], self.assumed)


def read_set(path: Path) -> LabelledSet:
    """Reads FILE.jsonl or FILE.jsonl.gz; the set is named by the file's stem. Raises UnreadableSet."""
    documents: list[Document] = []
    labels: list[list[float]] = []
    assumed: set[str] = set()
    for number, row in _rows(path):
        try:
            documents.append(_document(row))
            labels.append([_label(row, label) for label in LABELS])
        except ValueError as error:
            raise UnreadableSet(f"{path}, line {number}: {error}") from error
        assumed.update(row.get("assumed") or ())
    table = np.asarray(labels, dtype=np.float64).reshape(len(documents), len(LABELS))
    return LabelledSet(stem(path), tuple(documents), table, frozenset(assumed))


def joined(name: str, sets: Sequence[LabelledSet]) -> LabelledSet:
    """The rows of all sets, one after the other, as one set."""
    documents = tuple(document for one in sets for document in one.documents)
    labels = np.concatenate([np.empty((0, len(LABELS))), *(one.labels for one in sets)])
    return LabelledSet(name, documents, labels, frozenset[str]().union(*(one.assumed for one in sets)))


def stem(path: Path) -> str:
    """The set's name: the file's name without `.jsonl` and `.gz`."""
    return path.name.removesuffix(".gz").removesuffix(".jsonl").removesuffix(".json")


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rows with their line numbers from 1; blank lines are passed over."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _row(path, number, line)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UnreadableSet(f"{path} cannot be read: {error}") from error


def _row(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UnreadableSet(f"{path}, line {number}: no JSON ({error})") from error
    if not isinstance(row, dict):
        raise UnreadableSet(f'{path}, line {number}: a row must be an object, such as {{"text": …, "spam": 0}}')
    return row


def _document(row: Mapping[str, Any]) -> Document:
    if not isinstance(row.get("text"), str):
        raise ValueError('"text" is missing or no string')
    # The project's own corpus says `lang`, the sets by others say `language`.
    language = str(row.get("language") or row.get("lang") or "")
    return Document(
        text=row["text"],
        author=str(row.get("author") or ""),
        url=str(row.get("url") or ""),
        email=str(row.get("email") or ""),
        language=language,
    )


def _label(row: Mapping[str, Any], label: str) -> float:
    value = row.get(label)
    if value is None:
        return float("nan")
    if value not in (0, 1):
        raise ValueError(f'"{label}" must be 0 or 1, or missing when nobody knows')
    return float(value)

"""Labelled comments come in as they are, and what nobody labelled stays unknown."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from classifiers.evaluate.sets import UnreadableSet, joined, read_set


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_missing_label_is_unknown_and_not_clean(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "satu", "spam": 0}, {"text": "dua", "abuse": 1})

    labelled = read_set(path)

    assert labelled.column("spam").tolist() == pytest.approx([0, np.nan], nan_ok=True)
    assert labelled.column("abuse").tolist() == pytest.approx([np.nan, 1], nan_ok=True)


def test_a_null_label_is_unknown_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", {"text": "satu", "spam": None})

    assert np.isnan(read_set(path).labels).all()


def test_every_field_reaches_the_document_whichever_name_the_language_has(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        {"text": "ulun satuju", "lang": "bjn", "author": "Anang", "url": "https://a.example"},
        {"text": "setuju", "language": "id", "email": "a@example.com"},
    )

    first, second = read_set(path).documents

    assert (first.language, first.author, first.url) == ("bjn", "Anang", "https://a.example")
    assert (second.language, second.email) == ("id", "a@example.com")


def test_a_set_is_named_by_its_file_packed_or_not(tmp_path: Path) -> None:
    plain = write(tmp_path / "komentar.jsonl", {"text": "satu", "spam": 1})
    packed = tmp_path / "komentar.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert read_set(plain).name == read_set(packed).name == "komentar"
    assert read_set(packed).documents == read_set(plain).documents


def test_assumed_labels_are_remembered(tmp_path: Path) -> None:
    path = write(tmp_path / "ham.jsonl", {"text": "satu", "spam": 0, "assumed": ["spam"]})

    assert read_set(path).assumed == {"spam"}


def test_languages_come_commonest_first(tmp_path: Path) -> None:
    rows = [{"text": "a", "language": language} for language in ("jv", "id", "id")]

    assert read_set(write(tmp_path / "a.jsonl", *rows)).languages == ("id", "jv")


def test_an_empty_file_is_an_empty_set(tmp_path: Path) -> None:
    labelled = read_set(write(tmp_path / "a.jsonl"))

    assert labelled.documents == ()
    assert labelled.labels.shape == (0, 6)


def test_a_subset_keeps_rows_and_labels_together(tmp_path: Path) -> None:
    labelled = read_set(write(tmp_path / "a.jsonl", *({"text": str(n), "spam": n % 2} for n in range(4))))

    part = labelled.subset([3, 0])

    assert [document.text for document in part.documents] == ["3", "0"]
    assert part.column("spam").tolist() == [1, 0]


def test_joined_sets_keep_their_rows_in_order_and_what_was_assumed(tmp_path: Path) -> None:
    spam = read_set(write(tmp_path / "a.jsonl", {"text": "satu", "spam": 1}))
    ham = read_set(write(tmp_path / "b.jsonl", {"text": "dua", "spam": 0, "assumed": ["spam"]}))

    both = joined("semua", [spam, ham])

    assert [document.text for document in both.documents] == ["satu", "dua"]
    assert both.column("spam").tolist() == [1, 0]
    assert (both.name, both.assumed) == ("semua", {"spam"})
    assert joined("kosong", []).labels.shape == (0, 6)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"text": "a"}\n{"text"', "line 2: no JSON"),
        (b"[1]\n", "line 1: a row must be an object"),
        (b'{"text": 5}\n', 'line 1: "text" is missing'),
        (b'{"text": "a", "spam": 2}\n', 'line 1: "spam" must be 0 or 1'),
        (b'{"text": "a", "spam": "yes"}\n', 'line 1: "spam" must be 0 or 1'),
        (b"\xff\xfe\n", "cannot be read"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)

    with pytest.raises(UnreadableSet, match=complaint):
        read_set(path)


def test_a_missing_file_and_a_truncated_archive_are_refused(tmp_path: Path) -> None:
    truncated = tmp_path / "a.jsonl.gz"
    truncated.write_bytes(gzip.compress(b'{"text": "a"}\n' * 1000)[:-20])

    for path in (tmp_path / "none.jsonl", truncated):
        with pytest.raises(UnreadableSet, match="cannot be read"):
            read_set(path)

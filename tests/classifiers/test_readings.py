"""Labels of our own for comments by others: kept by digest, applied where the source is read."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from classifiers.document import LABELS
from classifiers.train import readings
from classifiers.train.examples import read_examples
from classifiers.train.readings import digest_of, reading_files, reading_of
from classifiers.train.sources import READING_WEIGHT, sources, weights_of


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """No test sees what another one read."""
    readings._readings.cache_clear()
    yield
    readings._readings.cache_clear()


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source of three comments, of which two were read."""
    rows = ["muka lo kaya ember bocor", "ikannya segar banget", "belum ada yang membaca ini"]
    path = tmp_path / "others_set.jsonl"
    path.write_text("".join(json.dumps({"text": text, "language": "id", "spam": 0}) + "\n" for text in rows))
    monkeypatch.setattr(readings, "READINGS", tmp_path)
    (tmp_path / "others_set.txt").write_text(f"{digest_of(rows[0])} insult,obscene\n{digest_of(rows[1])} clean\n")
    return path


def test_a_reading_gives_abuse_and_every_kind(others: Path) -> None:
    insult, clean, unread = read_examples([others])

    assert insult.labels == {"spam": 0, "abuse": 1, "insult": 1, "hate": 0, "threat": 0, "obscene": 1}
    assert clean.labels == {"spam": 0, **dict.fromkeys(LABELS[1:], 0)}
    assert unread.labels == {"spam": 0}


def test_what_was_read_counts_more_for_abuse_and_as_before_for_spam(others: Path) -> None:
    examples = [replace(one, weight=0.5) for one in read_examples([others])]

    assert weights_of(examples, "abuse").tolist() == [0.5 * READING_WEIGHT, 0.5 * READING_WEIGHT, 0.5]
    assert weights_of(examples, "obscene").tolist() == [0.5 * READING_WEIGHT, 0.5 * READING_WEIGHT, 0.5]
    assert weights_of(examples, "spam").tolist() == [0.5, 0.5, 0.5]


def test_a_reading_is_of_one_source(others: Path) -> None:
    text = json.loads(others.read_text().splitlines()[0])["text"]

    assert reading_of("others_set", text) is not None
    assert reading_of("another_set", text) is None


@pytest.mark.parametrize(
    "line", ["0123 clean", "0123456789abcdef rude", "0123456789abcdef", "0123456789abcdef insult;hate"]
)
def test_a_line_that_is_no_reading_is_refused(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "READINGS", tmp_path)
    (tmp_path / "others_set.txt").write_text(line + "\n")

    with pytest.raises(ValueError, match="not a reading"):
        reading_of("others_set", "x")


def test_the_readings_that_are_shipped_hold_digests_of_known_sources_and_no_text() -> None:
    known = {source.name for source in sources()}
    files = reading_files()

    assert files
    for path in files:
        assert path.stem in known
        lines = path.read_text("ascii").splitlines()
        assert lines == sorted(set(lines))
        assert all(readings._parsed(line) for line in lines)
        assert len({line[:16] for line in lines}) == len(lines)

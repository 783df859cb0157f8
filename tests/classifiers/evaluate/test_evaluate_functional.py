"""The functional checks are well formed, many, and stand in no training corpus."""

from __future__ import annotations

import json
from collections import Counter
from importlib import resources

import numpy as np
import pytest

from classifiers import LABELS
from classifiers.evaluate.functional import load_checks, passed, tally


def test_there_are_more_than_three_hundred_checks_each_with_its_own_id_and_text() -> None:
    checks = load_checks()

    assert len(checks) > 300
    assert len({check.id for check in checks}) == len(checks)
    assert len({check.document for check in checks}) == len(checks)


def test_every_check_names_a_label_with_a_hold_band_a_side_and_a_language() -> None:
    for check in load_checks():
        assert check.label in ("spam", "abuse"), check.id
        assert check.expected in (0, 1), check.id
        assert check.document.language in ("id", "bjn", "jv", "su", "en"), check.id
        assert check.document.text.strip(), check.id


def test_every_category_has_enough_checks_for_a_count_to_mean_something() -> None:
    counts = Counter((check.category, check.label) for check in load_checks())

    assert min(counts.values()) >= 5


def test_both_sides_of_both_labels_are_checked_and_indonesian_comes_first() -> None:
    checks = load_checks()
    sides = Counter((check.label, check.expected) for check in checks)
    languages = Counter(check.document.language for check in checks)

    assert all(sides[label, expected] >= 60 for label in ("spam", "abuse") for expected in (0, 1))
    assert languages.most_common(1)[0][0] == "id"
    assert all(languages[language] >= 15 for language in ("bjn", "jv", "su", "en"))


def test_no_check_stands_in_the_training_corpus() -> None:
    corpora = resources.files("classifiers").joinpath("corpora")
    written = {
        json.loads(line)["text"].casefold().strip()
        for file in corpora.iterdir()
        if file.name.endswith(".jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip()
    }
    # A remark such as "mantap jiwa" is anybody's; what must not be shared is a case that shows its side by its text.
    telling = [check for check in load_checks() if not (check.document.author or check.document.url)]

    shared = [check.id for check in telling if check.document.text.casefold().strip() in written]

    assert shared == []


@pytest.mark.parametrize(("score", "side"), [(0.49, 0), (0.5, 1)])
def test_a_check_passes_on_its_side_of_the_hold_band(score: float, side: int) -> None:
    checks = load_checks()

    outcomes = passed(checks, np.full((len(checks), len(LABELS)), score))

    assert [outcome for outcome, check in zip(outcomes, checks, strict=True) if check.expected == side].count(
        False
    ) == 0
    assert [outcome for outcome, check in zip(outcomes, checks, strict=True) if check.expected != side].count(True) == 0


def test_the_counts_of_all_categories_make_all_checks() -> None:
    checks = load_checks()
    outcomes = [check.expected == 1 for check in checks]

    tallied = tally(checks, outcomes)

    assert sum(one.total for one in tallied) == len(checks)
    assert all(one.passed == (one.total if one.expected else 0) for one in tallied)

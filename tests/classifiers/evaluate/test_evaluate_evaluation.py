"""Rows of figures: per set, label and language, with what is unknown left out and said."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers import LABELS, Document
from classifiers.evaluate.evaluation import ALL_LANGUAGES, FEWEST, evaluate_set, missing_labels
from classifiers.evaluate.metrics import FloatArray
from classifiers.evaluate.sets import LabelledSet

SPAM, ABUSE = LABELS.index("spam"), LABELS.index("abuse")


def a_set(
    spam: list[float], languages: list[str] | None = None, assumed: tuple[str, ...] = ()
) -> tuple[LabelledSet, FloatArray]:
    """A set with spam labels alone, and scores that put spam at .9 and everything else at .2."""
    labels = np.full((len(spam), len(LABELS)), np.nan)
    labels[:, SPAM] = spam
    languages = languages or ["id"] * len(spam)
    documents = tuple(
        Document(text=f"komentar {number}", language=language) for number, language in enumerate(languages)
    )
    scores = np.full(labels.shape, 0.2)
    scores[labels[:, SPAM] == 1, SPAM] = 0.9
    return LabelledSet("kecil", documents, labels, frozenset(assumed)), scores


def test_a_label_that_nobody_gave_has_no_row_and_is_said_to_be_missing() -> None:
    labelled, scores = a_set([1, 0, 0])

    rows = evaluate_set(labelled, scores, n_resamples=20)

    assert {row.label for row in rows} == {"spam"}
    assert missing_labels(labelled) == tuple(label for label in LABELS if label != "spam")


def test_comments_whose_label_is_unknown_are_counted_and_left_out() -> None:
    labelled, scores = a_set([1, 0, np.nan, np.nan, 0])

    (row,) = evaluate_set(labelled, scores, n_resamples=20)

    assert (row.n_positive, row.n_negative, row.n_unknown) == (1, 2, 2)
    assert row.figures["auc"].value == 1


def test_a_pool_of_clean_comments_has_its_false_alarms_and_no_ranking() -> None:
    labelled, scores = a_set([0] * 50, assumed=("spam",))
    scores[:2, SPAM] = 0.7

    (row,) = evaluate_set(labelled, scores, n_resamples=20)

    assert set(row.figures) == {"false_alarms_hold", "false_alarms_reject"}
    assert row.figures["false_alarms_hold"].value == pytest.approx(0.04)
    assert 0 < row.figures["false_alarms_reject"].high < 0.1
    assert row.assumed


def test_a_set_of_spam_alone_has_its_recall_and_no_ranking() -> None:
    labelled, scores = a_set([1] * 10)

    (row,) = evaluate_set(labelled, scores, n_resamples=20)

    assert row.figures["recall_hold"].value == 1
    assert row.figures["recall_reject"].value == 0
    assert "auc" not in row.figures and "average_precision" not in row.figures


def test_languages_with_comments_enough_are_told_apart() -> None:
    languages = ["id"] * FEWEST + ["bjn"] * FEWEST + ["jv"] * (FEWEST - 1)
    labelled, scores = a_set([1, 0] * (len(languages) // 2) + [0] * (len(languages) % 2), languages)

    rows = evaluate_set(labelled, scores, n_resamples=20)

    assert [row.language for row in rows] == [ALL_LANGUAGES, "bjn", "id"]
    assert rows[0].n_positive == labelled.column("spam").sum()


def test_a_set_of_one_language_has_one_row_a_label() -> None:
    labelled, scores = a_set([1, 0] * 30)

    assert len(evaluate_set(labelled, scores, n_resamples=20)) == 1


def test_an_empty_set_has_no_rows() -> None:
    labelled = LabelledSet("kosong", (), np.empty((0, len(LABELS))))

    assert evaluate_set(labelled, np.empty((0, len(LABELS)))) == []
    assert missing_labels(labelled) == LABELS


def test_kinds_have_no_band_so_no_figures_at_one() -> None:
    labelled, scores = a_set([1, 0] * 10)
    labelled.labels[:, LABELS.index("insult")] = labelled.column("spam")

    rows = {row.label: row for row in evaluate_set(labelled, scores, n_resamples=20)}

    assert "precision_hold" in rows["spam"].figures
    assert not any("hold" in name for name in rows["insult"].figures)

"""Fitting a label: what naive Bayes adds to a logistic regression."""

import numpy as np
import pytest
import scipy.sparse as sparse  # type: ignore[import-untyped]

from classifiers.features import CommentFeatures
from classifiers.train.fit import fit_label, naive_bayes, with_naive_bayes


def test_naive_bayes_weighs_what_one_class_has_more_often_and_nothing_that_was_never_seen() -> None:
    X = CommentFeatures().transform(["goblok", "goblok lagi", "pasar", "pasar lagi"])
    evidence = naive_bayes(X, np.array([1, 1, 0, 0]), np.ones(4))
    insult, market, both, unseen = evidence.margins(CommentFeatures().transform(["goblok", "pasar", "lagi", "xyz"]))
    assert insult > 1
    assert market < -1
    assert abs(both) < abs(insult) / 2
    assert abs(unseen) < abs(insult) / 2
    assert not evidence.weights[np.bincount(X.indices, minlength=X.shape[1]) == 0].any()


def test_a_share_of_naive_bayes_is_on_the_scale_of_the_fitted_margins() -> None:
    X = CommentFeatures().transform(["goblok", "goblok lagi", "pasar", "pasar lagi"])
    y, weight = np.array([1, 1, 0, 0]), np.ones(4)
    fitted = fit_label(X, y, weight, C=1)
    added = with_naive_bayes(fitted, X, y, weight, share=0.5).margins(X) - fitted.margins(X)
    assert np.std(added) == pytest.approx(np.std(fitted.margins(X)) / 2)
    assert np.corrcoef(added, fitted.margins(X))[0, 1] > 0.9


def test_a_word_that_was_never_labelled_is_told_by_one_that_is_used_like_it() -> None:
    features = CommentFeatures()
    X = features.transform(["goblok", "goblok lagi", "pasar", "pasar lagi"])
    words = features.wholes(["goblok", "dungu", "pasar", "warung"])
    alike = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    vectors = sparse.csr_matrix((alike.ravel(), (words.repeat(2), np.tile([0, 1], 4))), (X.shape[1], 2))
    y, weight = np.array([1, 1, 0, 0]), np.ones(4)
    unseen = features.transform(["dungu", "warung"])
    insult, market = fit_label(X, y, weight, C=4, vectors=vectors).margins(unseen)
    assert insult > market + 0.5
    insult, market = fit_label(X, y, weight, C=4).margins(unseen)
    assert abs(insult - market) < 0.2

"""The features: fast and slow agree, batches and single comments agree, scikit-learn's rules are kept."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import SkipTestWarning
from sklearn.utils.estimator_checks import check_estimator

from classifiers import Document
from classifiers.features import CommentFeatures
from classifiers.hashing import HashingScheme, pair_buckets, shape, unit_features
from tests.classifiers.comments import ALL, ORDINARY
from tests.classifiers.reference import features as slowly
from tests.classifiers.reference import pair_bucket, unit_buckets


def test_fast_features_equal_the_slow_reference() -> None:
    transformer = CommentFeatures(unit_bits=14, pair_bits=12)
    X = transformer.transform(ALL)
    for row, document in enumerate(ALL):
        wanted = slowly(document, transformer.scheme)
        assert dict(zip(X[row].indices.tolist(), X[row].data.tolist(), strict=True)) == pytest.approx(wanted, rel=1e-5)


def test_a_batch_of_units_is_hashed_as_each_unit_alone() -> None:
    scheme = HashingScheme(whole=3)
    units = ["slot", "\x11slot", "\x12", "kemiri88", "a", "b" * 64, "é", "\ud800", "😀"]
    found = unit_features(units, scheme)
    for i, unit in enumerate(units):
        assert sorted(found.buckets[found.starts[i] : found.starts[i + 1]].tolist()) == sorted(
            unit_buckets(unit, scheme)
        )
    pairs = pair_buckets(found.hashes[:-1], found.hashes[1:], scheme).tolist()
    assert pairs == [pair_bucket(a, b, scheme) for a, b in pairwise(units)]


def test_a_word_in_a_name_shares_no_n_gram_with_the_word_in_a_text() -> None:
    scheme = HashingScheme(unit_bits=30)
    found = unit_features(["gacor", "\x11gacor"], scheme)
    of_text, of_name = (set(found.buckets[found.starts[i] : found.starts[i + 1]].tolist()) for i in range(2))
    assert not of_text & of_name


def test_the_column_of_a_whole_word_is_its_own_in_texts_that_hold_it() -> None:
    transformer = CommentFeatures(whole=2)
    first, second = transformer.wholes(["goblok", "pasar"])
    X = transformer.transform(["goblok", "goblokan"])
    assert X[0, first] == 2 * X[0].data.min()
    assert X[1, first] == 0
    assert X[0, second] == 0


def test_the_shape_of_a_word_forgets_its_letters_and_digits() -> None:
    assert shape("promo2024") == shape("diskon1999") == "a0000"


def test_a_batch_equals_one_by_one() -> None:
    transformer = CommentFeatures()
    together = transformer.transform(ORDINARY)
    for row, document in enumerate(ORDINARY):
        alone = transformer.transform([document])
        assert abs(together[row] - alone).max() == 0


def test_rows_have_counts_over_the_root_of_their_sum() -> None:
    X = CommentFeatures().transform(["satu dua satu"])
    counts = X.data * np.sqrt(slow_total := 1 / X.data.min() ** 2)
    assert counts == pytest.approx(np.round(counts), abs=1e-3)
    assert np.round(counts).sum() == pytest.approx(slow_total, rel=1e-4)


def test_strings_and_documents_are_the_same_comment() -> None:
    transformer = CommentFeatures()
    assert abs(transformer.transform(["halo"]) - transformer.transform([Document("halo")])).max() == 0


def test_a_clone_and_a_pickle_give_the_same_features() -> None:
    transformer = CommentFeatures(longest=4, unit_bits=12)
    wanted = transformer.transform(ORDINARY)
    for copy in (clone(transformer), pickle.loads(pickle.dumps(transformer))):
        assert copy.get_params() == transformer.get_params()
        assert abs(copy.fit(ORDINARY).transform(ORDINARY) - wanted).max() == 0


def test_scikit_learn_accepts_the_transformer() -> None:
    # For estimators of strings scikit-learn runs one check and says so; the checks above stand in for the rest.
    with pytest.warns(SkipTestWarning):
        check_estimator(CommentFeatures())


@pytest.mark.parametrize("wrong", ["one string", [1, 2], [None]])
def test_anything_but_comments_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="omment"):
        CommentFeatures().fit(wrong)  # type: ignore[arg-type]

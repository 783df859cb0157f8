"""Word vectors: words that keep the same company are alike."""

import random

import numpy as np

from classifiers.features import CommentFeatures
from classifiers.train.neighbours import DIMENSIONS, word_vectors

ANIMALS = ["kucing", "kelinci", "ayam"]
PLACES = ["pasar", "stasiun", "terminal"]


def bodies() -> list[list[str]]:
    """Sentences in which animals eat and places are far, among many words that tell nothing."""
    rng = random.Random(1)
    filler = [f"kata{letter}{other}" for letter in "abcdefghijklm" for other in "abcdefghij"]
    sentences = [["lapar", rng.choice(ANIMALS), "makan", *rng.sample(filler, 3)] for _ in range(600)]
    sentences += [["jalan", rng.choice(PLACES), "jauh", *rng.sample(filler, 3)] for _ in range(600)]
    return sentences


def test_words_in_the_same_company_are_alike_and_others_are_not() -> None:
    features = CommentFeatures()
    vectors = word_vectors(bodies(), features, seed=1)
    cat, rabbit, market = vectors[features.wholes(["kucing", "kelinci", "pasar"])].toarray() * features.whole
    assert abs(np.linalg.norm(cat) - 1) < 1e-5
    assert cat @ rabbit > 0.7
    assert abs(cat @ market) < 0.3


def test_a_rare_word_has_no_vector_and_few_words_have_none() -> None:
    features = CommentFeatures()
    vectors = word_vectors([*bodies(), ["lapar", "musang", "makan"]], features, seed=1)
    assert not vectors[features.wholes(["musang"])].toarray().any()
    few = word_vectors([["lapar", "kucing", "makan"]] * 20, features, seed=1)
    assert few.shape == (2**features.unit_bits + 2**features.pair_bits, DIMENSIONS)
    assert few.nnz == 0


def test_the_same_texts_give_the_same_vectors() -> None:
    features = CommentFeatures()
    assert abs(word_vectors(bodies(), features, seed=1) - word_vectors(bodies(), features, seed=1)).max() == 0

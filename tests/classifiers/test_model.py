"""The shipped model at work: any string is scored, reasons add up, batches and single comments agree."""

import math
import subprocess
import sys

import pytest

from classifiers import LABELS, Assessment, Classifier, Document
from tests.classifiers.comments import ALL, ODD, ORDINARY


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load()


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def of_label(assessment: Assessment, label: str) -> list[tuple[str, float]]:
    return [(term.field, term.weight) for term in assessment.terms if term.label == label]


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:12]))
def test_any_string_is_scored(classifier: Classifier, text: str) -> None:
    (assessment,) = classifier.assess([Document(text, author=text, url=text, email=text)])
    assert tuple(assessment.scores) == LABELS
    assert all(0 <= score <= 1 for score in assessment.scores.values())


def test_a_megabyte_is_scored(classifier: Classifier) -> None:
    (assessment,) = classifier.assess([Document("kata lain " * 100_000)])
    assert assessment.model == classifier.version


def test_no_documents_give_no_assessments(classifier: Classifier) -> None:
    assert classifier.assess([]) == []


def test_terms_sum_to_the_log_odds_of_each_explained_label(classifier: Classifier) -> None:
    for assessment in classifier.assess(ALL):
        for label, score in assessment.scores.items():
            terms = of_label(assessment, label)
            if score < 0.3:
                assert terms == []
            else:
                assert [field for field, _ in terms[-2:]] == ["rest", "bias"]
                assert len(terms) <= 7
                assert sigmoid(sum(weight for _, weight in terms)) == pytest.approx(score, abs=1e-6)


def test_terms_show_what_stands_in_the_original(classifier: Classifier) -> None:
    for document, assessment in zip(ALL, classifier.assess(ALL), strict=True):
        fields = {"body": document.text, "author": document.author, "url": document.url, "email": document.email}
        for term in assessment.terms:
            if term.field in fields:
                assert term.text == fields[term.field][term.begin : term.end] != ""
            else:
                assert (term.begin, term.end, term.text) == (0, 0, "")


def test_spam_is_explained_by_its_brand_and_abuse_by_its_slur(classifier: Classifier) -> None:
    spam, abuse = classifier.assess([ORDINARY[2], ORDINARY[1]])
    assert any("KEMIRI88" in term.text for term in spam.terms if term.label == "spam")
    assert any(term.text.startswith("goblok") for term in abuse.terms if term.label == "abuse")


def test_a_batch_equals_one_by_one_whatever_was_scored_before(classifier: Classifier) -> None:
    together = classifier.assess(ALL)
    fresh = Classifier.load()
    assert together == [fresh.assess([document])[0] for document in ALL] == classifier.assess(ALL)


def test_scores_are_the_same_without_reasons(classifier: Classifier) -> None:
    plain = classifier.assess(ALL, reasons=False)
    assert [one.scores for one in plain] == [one.scores for one in classifier.assess(ALL)]
    assert all(one.terms == () for one in plain)


def test_the_language_is_told_and_a_hint_decides_between_neighbours(classifier: Classifier) -> None:
    english, indonesian = classifier.assess(
        [Document("I think the article is right"), Document("Saya kira itu benar sekali")]
    )
    assert (english.language, indonesian.language) == ("en", "id")
    (hinted,) = classifier.assess([Document("nggih", language="jv")])
    assert hinted.language == "jv"


def test_an_unknown_language_hint_changes_nothing(classifier: Classifier) -> None:
    assert classifier.assess([Document("halo", language="xx")]) == classifier.assess([Document("halo")])


def test_serving_imports_neither_scikit_learn_nor_scipy() -> None:
    code = (
        "import sys; from classifiers import Classifier, Document; Classifier.load().assess([Document('halo')]);"
        "sys.exit(any(name.split('.')[0] in ('sklearn', 'scipy') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

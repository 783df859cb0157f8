"""What the classifiers say is what the domain means: the scorer hands their terms on as they are."""

import classifiers
from service.domain.assessment import LABELS, Term


def test_terms_have_the_same_fields_in_the_same_order() -> None:
    assert classifiers.Term._fields == Term._fields
    assert classifiers.Term.__annotations__ == Term.__annotations__


def test_labels_are_the_same() -> None:
    assert classifiers.LABELS == LABELS

"""Words are found where their author typed them, whatever the fold made of them."""

import pytest

from classifiers.document import Document
from classifiers.placed import Placed, placed, text_at
from classifiers.text import parts
from classifiers.tokens import CUTTERS, fields, units


def words_of(document: Document) -> Placed:
    cuts = [[CUTTERS[field].units_of(part) for part in parts(text).folded] for field, text, _ in fields(document)]
    return placed(document, cuts)


def shown(document: Document) -> list[tuple[str, int, int, str]]:
    """Every word that stands somewhere, in order; the marks around the body stand nowhere."""
    return [(*place, text_at(document, place)) for place in words_of(document).places if place[0]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kamu itu bodoh", [(0, 4, "kamu"), (5, 8, "itu"), (9, 14, "bodoh")]),
        ("  kamu  itu\n bodoh ", [(2, 6, "kamu"), (8, 11, "itu"), (13, 18, "bodoh")]),
        ("ayo S L O T yuk", [(0, 3, "ayo"), (4, 11, "S L O T"), (12, 15, "yuk")]),
        ("g4c0r banget", [(0, 5, "g4c0r"), (6, 12, "banget")]),
        ("bodoh, ya!", [(0, 5, "bodoh"), (5, 6, ","), (7, 9, "ya"), (9, 10, "!")]),
        ("lihat https://a.example/b ya", [(0, 5, "lihat"), (6, 25, "https://a.example/b"), (26, 28, "ya")]),
        ("bodoh bodoh", [(0, 5, "bodoh"), (6, 11, "bodoh")]),
        ("", []),
    ],
)
def test_a_word_is_found_in_the_body(text: str, words: list[tuple[int, int, str]]) -> None:
    assert shown(Document(text)) == [("body", *word) for word in words]


def test_the_last_word_of_a_long_text_is_found() -> None:
    text = "kata " * 400 + "bodoh"

    assert shown(Document(text))[-1] == ("body", 2000, 2005, "bodoh")


def test_words_of_other_fields_follow_and_an_address_is_read_from_its_domain_on() -> None:
    document = Document("halo", author="Raja Slot", url="https://a.example", email="x@b.example")

    assert shown(document) == [
        ("body", 0, 4, "halo"),
        ("author", 0, 4, "Raja"),
        ("author", 5, 9, "Slot"),
        ("url", 8, 9, "a"),
        ("url", 10, 17, "example"),
        ("email", 2, 3, "b"),
        ("email", 4, 11, "example"),
    ]


def test_letters_in_fancy_dress_are_shown_where_they_begin() -> None:
    assert shown(Document("main 𝗦𝗟𝗢𝗧 yuk"))[-1] == ("body", 5, 9, "𝗦𝗟𝗢𝗧")


def test_there_are_as_many_units_in_the_words_as_in_the_comment() -> None:
    document = Document("Ayo S L O T, lihat https://a.example/b 𝗦𝗟𝗢𝗧 YA GAK", author="Raja", email="x@b.example")
    body, others = units(document)

    assert sum(words_of(document).sizes) == len(body) + len(others) + 2

"""The character table is frozen: it is what was shipped, and does not ask the running Python's Unicode data."""

import hashlib
import string
import sys
import unicodedata
from importlib import resources

from classifiers.text import FOLD_VERSION, fold_text
from classifiers.text.table import ALWAYS, FAUX, KIND, SCRIPTS, STRICT, UNICODE_VERSION

# A new table is a new fold: raise FOLD_VERSION, train again, and write the digest here.
DIGESTS = {2: "c5cf10a4221e54b186a6253bf30cd76f74f4100419625c5622624cf659df66a3"}


def test_the_table_is_the_one_of_this_version_of_the_fold() -> None:
    table = resources.files("classifiers.text").joinpath("table.json").read_bytes()

    assert hashlib.sha256(table).hexdigest() == DIGESTS[FOLD_VERSION]


def test_no_entry_leads_to_another() -> None:
    for target in ALWAYS.values():
        assert "".join(ALWAYS.get(char, char) for char in target) == target


def test_look_alikes_lead_to_plain_letters_and_digits() -> None:
    for target in (*STRICT.values(), *FAUX.values()):
        assert target.isascii()
        assert target.isalnum()
        assert target == target.lower()


def test_no_look_alike_becomes_closer_by_lower_case() -> None:
    for char in FAUX:
        assert char.lower() not in STRICT


def test_plain_text_needs_no_table() -> None:
    for char in string.ascii_lowercase + string.digits + string.punctuation:
        assert char not in ALWAYS


def test_white_space_is_what_python_splits_at() -> None:
    spaces = {chr(c) for c in range(0x80, sys.maxunicode + 1) if chr(c).isspace()}
    read_as_space = {char for char, target in ALWAYS.items() if target == " "}

    assert spaces <= read_as_space


def test_every_letter_of_another_script_has_a_script() -> None:
    assert {"cyrillic", "greek", "arabic", "hebrew", "han", "hangul", "thai", "cherokee", "lisu"} <= set(SCRIPTS)
    assert KIND[ord("ж")] == SCRIPTS["cyrillic"]
    assert KIND[ord("字")] == SCRIPTS["han"]


def test_a_word_of_every_fancy_alphabet_reads_plainly() -> None:
    names = ("MATHEMATICAL BOLD SMALL", "CIRCLED LATIN SMALL LETTER", "FULLWIDTH LATIN SMALL LETTER")
    for name in names:
        word = "".join(unicodedata.lookup(f"{name} {letter}") for letter in "QWERTYUIOPASDFGHJKLZXCVBNM")
        assert fold_text(word) == "qwertyuiopasdfghjklzxcvbnm"


def test_the_table_names_the_unicode_it_was_made_from() -> None:
    assert UNICODE_VERSION == "14.0.0"

"""The page about folding says what the fold does."""

import re
from pathlib import Path

import pytest

from classifiers.text import fold_text

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "folding.md"
EXAMPLES = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize(("written", "read"), EXAMPLES)
def test_an_example_on_the_page_is_read_as_the_page_says(written: str, read: str) -> None:
    assert fold_text(written) == read


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) > 30

"""The fold takes time in proportion to the text, whatever is written: no bomb is worse than its length."""

import time

import pytest

from classifiers.text import fold, fold_text

UNITS = [
    *(
        "a",
        "a ",
        "a" + "\u0336" * 50,
        "4a",
        "g4c0r",
        "a.",
        "a-a-",
        "a-b.",
        "ha",
        "wk",
        "aaabbb",
        "2024",
        "orang2",
        "2a2",
    ),
    *("www.a-", "www.", "http://", "a.com", "a[.]a", "a@", "a@a.", "$", "!", "a!", "a|", "s- ", "a'a", "aa-", "("),
    *("😂", "a😂", "x😂😂y", "🇮🇩", "🇸", "𝐆", "О", "О ", "aО", "ɐ", "한", "ا", "丂ㄥㄖㄒ", "1 ", "a 1 ", "S L O T  "),
    *("a\u2800", "a\u200b", "\u202ea", "\0", "\ud800", "yg ", "yg-", "slot gacor "),
]
SHORT, LONG = 1_500, 12_000  # eight times as long: a quadratic pattern takes 64 times as long


def _seconds(text: str) -> float:
    """The best of three, mapped and unmapped; of long words, which are never remembered."""

    def once() -> float:
        begin = time.process_time()
        fold_text(text)
        fold(text)
        return time.process_time() - begin

    return min(once() for _ in range(3))


@pytest.mark.parametrize("unit", UNITS)
def test_a_text_eight_times_as_long_takes_about_eight_times_as_long(unit: str) -> None:
    short, long = (_seconds((unit * length)[:length]) for length in (SHORT, LONG))

    assert long <= 24 * max(short, 0.001)


@pytest.mark.parametrize("unit", UNITS)
def test_a_bomb_is_its_own_fold(unit: str) -> None:
    folded = fold_text((unit * 10_000)[:10_000] + "x")

    assert fold_text(folded) == folded

"""Words spelled as they sound, or with a slip: what people write to get past lists of words, and in haste.

Indonesian spells by ear: "maxwin" becomes "makswin", "wd" "wede", "scatter" "sekater". A model that has met a word in
some of its spellings knows it by the parts they share. Knows nothing of labels.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

SHARE: Final = 0.5
"""Of the words of a text so many are respelled."""

_VOWELS: Final = "aiueo"
_WORD = re.compile(r"[a-z]{2,}")
_NAMES: Final = "be ce de ef ge ha je ka el em en pe ki er es te fe we eks ye zet".split()  # noqa: SIM905
_LETTER_NAMES: Final = dict(zip("bcdfghjklmnpqrstvwxyz", _NAMES, strict=True))
_BY_EAR: Final = ((re.compile(r"c(?![iehy])|ck|q"), "k"), (re.compile("x"), "ks"), (re.compile("oo"), "u"))
_BY_EAR_EITHER: Final = ((re.compile("ee"), "ie"), (re.compile("z"), "js"), (re.compile("v"), "fp"))


def respelled(text: str, rng: random.Random) -> str:
    """The folded text with about half of its words respelled; never longer than four times itself."""
    return _WORD.sub(lambda match: respell(match[0], rng) if rng.random() < SHARE else match[0], text)


def respell(word: str, rng: random.Random) -> str:
    """The word in another spelling: an abbreviation by the names of its letters, any other by ear or with a slip."""
    if len(word) <= 3 and not any(char in _VOWELS for char in word):
        return "".join(map(_LETTER_NAMES.__getitem__, word))
    heard = _by_ear(word, rng) if rng.random() < 0.7 else word
    heard = heard if len(heard) > 1 else word  # "oo" is heard as a letter, which is no word
    return rng.choices(_SLIPS, (50, 15, 15, 10, 10))[0](heard, rng)


def _by_ear(word: str, rng: random.Random) -> str:
    for sound, letters in _BY_EAR:
        word = sound.sub(letters, word)
    for sound, choices in _BY_EAR_EITHER:
        word = sound.sub(rng.choice(choices), word)
    return word


def _other_vowel(word: str, rng: random.Random) -> str:
    at = _vowel(word, rng)
    return word if at is None else word[:at] + rng.choice(_VOWELS) + word[at + 1 :]


def _dropped_vowel(word: str, rng: random.Random) -> str:
    at = _vowel(word, rng)
    return word if at is None or len(word) <= 3 else word[:at] + word[at + 1 :]


def _doubled(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[: at + 1] + word[at:]


def _opened(word: str, rng: random.Random) -> str:
    """A vowel between the consonants that begin the word, as in "seketer"."""
    return word if word[0] in _VOWELS or word[1] in _VOWELS else word[0] + rng.choice("ea") + word[1:]


def _added_vowel(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    return word[:at] + rng.choice(_VOWELS) + word[at:]


def _vowel(word: str, rng: random.Random) -> int | None:
    places = [at for at, char in enumerate(word) if char in _VOWELS]
    return rng.choice(places) if places else None


_SLIPS: Final[tuple[Callable[[str, random.Random], str], ...]] = (
    _other_vowel,
    _dropped_vowel,
    _doubled,
    _opened,
    _added_vowel,
)

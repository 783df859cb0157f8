"""The fold: what the model reads, with a map back to the original. Knows nothing of labels, features or models.

A text is folded word by word, and folded words are remembered, since words repeat. Only where words lean on each other
is the whole text looked at: letters with spaces between them (`S L O T`), and words that are Latin or not by context.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from classifiers.text import letters
from classifiers.text.reading import Reading, Spans, join, split
from classifiers.text.spelling import spell
from classifiers.text.table import EMOJI, FIRST_SCRIPT, MARK, character_class

FOLD_VERSION: Final = 1
"""Raised whenever the fold of any text changes. A model names the version that it was trained with."""

_ROUNDS: Final = 40  # each round leaves at most a third of the words it joins: enough for 3^40 words
_REMEMBERED: Final = 1 << 16
_REMEMBERED_LENGTH: Final = 40
_CONTEXT: Final = "\0"  # no folded word holds NUL, so it can stand for "ask the whole text"

_SINGLE = frozenset("abcdefghijklmnopqrstuvwxyz")
_SINGLE_SIGNED = frozenset(letter + sign for letter in _SINGLE for sign in ".-_*|~•")
_WATCHED = frozenset({_CONTEXT, *_SINGLE, *_SINGLE_SIGNED})
_GAPS = re.compile(r"\s+")
_FOREIGN = f"{character_class(MARK)}{character_class(above=FIRST_SCRIPT)}"
_WORDS = re.compile(
    f"[a-z0-9{_FOREIGN}]+(?:'[a-z0-9{_FOREIGN}]+)*|[\U0001f1e6-\U0001f1ff]{{2}}|[{character_class(EMOJI)}]"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its code points, the half-open span of the original that it came from.

    `begins` and `ends` are int32 of shape (len(text),), in code points of the original, never decreasing.
    """

    text: str
    begins: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]


class _Words(dict[str, str]):
    """Words already folded. Forgets all when full, so its memory is bounded (some 15 MB)."""

    def __missing__(self, word: str) -> str:
        folded = _alone(word)
        if len(word) <= _REMEMBERED_LENGTH:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = folded
        return folded


def fold_text(text: str) -> str:
    """The fold of any string, without the map."""
    words = list(map(_known, text.split()))
    if _WATCHED.isdisjoint(words):
        return " ".join(words)
    if _CONTEXT not in words and sum(word in _WATCHED for word in words) < 2:
        return " ".join(words)
    return _whole(Reading(text, None)).text


def fold_many(texts: Sequence[str]) -> list[str]:
    """The folds of many strings: `[fold_text(text) for text in texts]`."""
    return list(map(fold_text, texts))


def fold(text: str) -> Folded:
    """The fold of any string with its map: `fold(text).text == fold_text(text)`."""
    reading = _whole(Reading(text, [(i, i + 1) for i in range(len(text))]))
    spans = np.array(reading.spans, dtype=np.int32).reshape(-1, 2)
    return Folded(reading.text, spans[:, 0].copy(), spans[:, 1].copy())


def words(folded: str) -> list[str]:
    """The whole words of a folded text, without punctuation; an emoji is a word, a hyphenated word two."""
    return _WORDS.findall(folded)


def _alone(word: str) -> str:
    """The fold of a word that needs no other, or `_CONTEXT`."""
    if not word.isascii() and letters.needs_context(word):
        return _CONTEXT
    folded = _one(Reading(word, None), set()).text
    if not folded or (" " in folded and not _WATCHED.isdisjoint(folded.split(" "))):
        return _CONTEXT
    return _CONTEXT if not folded.isascii() and letters.needs_context(folded) else folded


def _whole(reading: Reading) -> Reading:
    for _ in range(_ROUNDS):
        folded = _round(reading)
        if folded.text == reading.text:
            break
        reading = folded
    return folded


def _round(reading: Reading) -> Reading:
    """Fold each word, then the words that spaced letters make."""
    genuine = _genuine_scripts(reading.text)
    folded = [_one(word, genuine) for word in split(reading)]
    return _spaced_letters(reading, [part for word in folded for part in split(word)])


def _genuine_scripts(text: str) -> set[int]:
    """Scripts whose doubtful words stay as they are: those the text is really written in, or all without Latin."""
    if text.isascii():
        return set()
    if not letters.has_latin(text):
        return set(range(FIRST_SCRIPT, 256))
    return {kind for word in text.split() if not word.isascii() for kind in letters.foreign_scripts(word)}


def _one(word: Reading, genuine: set[int]) -> Reading:
    for _ in range(_ROUNDS):
        folded = join([spell(_plain(part, genuine)) for part in split(word)])
        if folded.text == word.text or folded.text.isascii():
            break
        word = folded
    return folded


def _plain(word: Reading, genuine: set[int]) -> Reading:
    """The word with plain characters: lower case, no look-alikes, nothing invisible."""
    text, spans = word
    if text.isascii() and text.isprintable():
        return Reading(text.lower(), spans)
    turned = letters.upright(text)
    if turned is not None:
        return Reading(turned, spans and [(spans[0][0], spans[-1][1])] * len(turned))
    parts = letters.read(text, genuine)
    moved: Spans | None = None
    if spans is not None:
        moved = [span for part, span in zip(parts, spans, strict=True) for _ in part]
    return Reading("".join(parts), moved)


def _spaced_letters(original: Reading, parts: list[Reading]) -> Reading:
    """`s l o t` as one word: three single letters or more in a row. A wider gap in the original ends a word."""
    joined: list[Reading] = []
    run: list[Reading] = []
    for part in [*parts, Reading("", None)]:
        if part.text in _SINGLE or (run and part.text.isdigit() and len(part.text) == 1):
            run.append(part)
            continue
        joined += _as_word(run)
        run = []
        if part.text:
            joined.append(part)
    return join(joined)


def _as_word(run: list[Reading]) -> list[Reading]:
    if sum(part.text in _SINGLE for part in run) < 3:
        return run
    text = "".join(part.text for part in run)
    spans = None if run[0].spans is None else [span for part in run for span in part.spans or []]
    return [spell(Reading(text, spans))]


_known = _Words().__getitem__

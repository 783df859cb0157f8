"""The fold: what the model reads, with a map back to the original. Knows nothing of labels, features or models.

A text is folded word by word, and folded words are remembered, since words repeat. Only where words lean on each other
is the whole text looked at: letters with spaces between them (`S L O T`), and words that are Latin or not by context.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classifiers.text import letters
from classifiers.text.memo import CAPACITY, LONGEST, Memo
from classifiers.text.reading import Reading, Spans, join, rewrite, split
from classifiers.text.spaced import SIGNED, SINGLE, is_between, letters_of, spaced_words
from classifiers.text.spelling import is_known_with_i, spell
from classifiers.text.table import APOSTROPHE, DIGIT, EMOJI, FIRST_SCRIPT, LATIN, MARK, kinds
from classifiers.text.vocabulary import CHAT

IntArray = npt.NDArray[np.int32]

FOLD_VERSION: Final = 2
"""Raised whenever the fold of any text changes. A model names the version that it was trained with."""

_ROUNDS: Final = 40  # each round leaves at most a third of the words it joins: enough for 3^40 words
_LONGEST_TEXT: Final = 1_000
_CONTEXT: Final = "\0"  # no folded word holds NUL, so it can stand for "ask the whole text"

_WATCHED = frozenset({_CONTEXT, *SINGLE, *SIGNED})
_watched = set(_WATCHED)  # and the folds of known words of which one part is a single letter: `😂 a`
_SCRIPTS = b"\\x%02x-\\xff" % FIRST_SCRIPT
_EASY = re.compile(r"([(\"]*)([A-Za-z]+|[A-Za-z]{2,}-[A-Za-z]{2,}|[A-Za-z]{2,}'[A-Za-z])([.,!?;:)\"]{0,3})")
_UNEASY = re.compile(r"([a-z])\1\1|^(?:[wk]+|[ah]+|[eh]+|[ih]+|[uh]+|[oh]+|[xi]+)(?:$|-)|-(?:[wk]+|[aeiouxh]+)$")
_NUMBER = re.compile(r"(?:[0-9]|([.,:;/%+-])(?!\1\1\1))+")
_OVERRIDE: Final = "\u202e"  # shown from right to left from here on: `tols` is seen as `slot`
_OVERRIDDEN = re.compile("\u202e([^\u202c\u202d\u202e\u2069\u2029\n\r]*)")
_GAP = re.compile(r"\s+")
_PLACES: Final[IntArray] = np.arange(1024, dtype=np.int32) + np.array([[0], [1]], dtype=np.int32)
_FOLDED_WORDS = re.compile(
    b"[\\x%02x\\x%02x\\x%02x%s]+(?:\\x%02x[\\x%02x\\x%02x\\x%02x%s]+)*|\\x%02x"
    % (LATIN, DIGIT, MARK, _SCRIPTS, APOSTROPHE, LATIN, DIGIT, MARK, _SCRIPTS, EMOJI)
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, for each of its code points, the half-open span of the original that it came from.

    `begins` and `ends` are int32 of shape (len(text),), in code points of the original, never decreasing.
    """

    text: str
    begins: IntArray
    ends: IntArray


class Parts(NamedTuple):
    """What of a text is folded on its own: each word, or the whole text where its words lean on each other."""

    originals: list[str]
    folded: list[str]
    """the fold of each; with a space between them they are the fold of the text"""
    lean: bool


def fold_text(text: str) -> str:
    """The fold of any string, without the map."""
    return " ".join(parts(text).folded)


def parts(text: str) -> Parts:
    """A text taken apart. Of the texts last seen it is remembered: one text is read for more than one purpose."""
    return _last_parts(text) if len(text) <= _LONGEST_TEXT else _parts(text)


def fold_many(texts: Sequence[str]) -> list[str]:
    """The folds of many strings: `[fold_text(text) for text in texts]`."""
    return list(map(fold_text, texts))


def fold(text: str) -> Folded:
    """The fold of any string with its map: `fold(text).text == fold_text(text)`."""
    originals, folded, lean = parts(text)
    joined = " ".join(folded)
    if text.isascii() and joined == text.lower():
        return _folded(joined, _places(len(text)))
    if lean:
        return _folded(joined, _array(_whole(_located(text)).spans or []))
    return _folded(joined, _side_by_side(text, originals))


def _parts(text: str) -> Parts:
    words = text.split()
    folded = list(map(_known, words))
    if _watched.isdisjoint(folded) or not _lean_on_each_other(folded):
        return Parts(words, folded, lean=False)
    return Parts([text], [_whole(Reading(text, None)).text], lean=True)


_last_parts = lru_cache(maxsize=512)(_parts)


def _folded(text: str, places: IntArray) -> Folded:
    return Folded(text, places[0], places[1])


def _array(spans: Spans) -> IntArray:
    """Spans as int32 of shape (2, n): begins, then ends."""
    return np.array(spans, dtype=np.int32).reshape(-1, 2).T.copy()


def _map(word: str) -> IntArray | None:
    """The spans of a folded word, begins and ends; None where each code point stayed in its place."""
    folded = _known(word)
    if len(folded) == len(word) and ((word.isascii() and folded == word.lower()) or _EASY.fullmatch(word)):
        return None
    places = _array(_one(_located(word), frozenset()).spans or [])
    return None if np.array_equal(places, _places(len(word))) else places


def _places(length: int) -> IntArray:
    """The spans of a text whose code points all stay in their places."""
    if length <= _PLACES.shape[1]:
        return _PLACES[:, :length]
    return np.arange(length, dtype=np.int32) + np.array([[0], [1]], dtype=np.int32)


def _side_by_side(text: str, originals: list[str]) -> IntArray:
    """The spans of words folded each on its own; a space between two spans the gap."""
    places = _places(len(text))
    segments: list[IntArray] = []
    kept = end = 0  # from `kept` to `end` all stayed in its place
    for word in originals:
        begin = text.index(word, end)
        if begin != end + 1 or not end:
            segments.append(places[:, kept:end])
            if end:
                segments.append(np.array([[end], [begin]], dtype=np.int32))
            kept = begin
        end = begin + len(word)
        own = _maps(word)
        if own is not None:
            segments += places[:, kept:begin], own + begin
            kept = end
    segments.append(places[:, kept:end])
    return np.concatenate(segments, axis=1)


def words(folded: str) -> list[str]:
    """The whole words of a folded text, without punctuation; an emoji is a word, a hyphenated word two."""
    return [folded[match.start() : match.end()] for match in _FOLDED_WORDS.finditer(kinds(folded))]


def _alone(word: str) -> str:
    """The fold of a word that needs no other, or `_CONTEXT`."""
    plain = _EASY.fullmatch(word)
    if plain is not None:
        core = plain[2].lower()
        if (
            _UNEASY.search(core) is None
            and not is_known_with_i(core + plain[3])
            and (core.isalpha() or CHAT.keys().isdisjoint(core.split("-")))
        ):
            known = core if core == "dr" and plain[3][:1] == "." else CHAT.get(core, core)
            return f"{plain[1]}{known}{plain[3]}"
    elif _NUMBER.fullmatch(word):
        return word
    if not word.isascii() and (_OVERRIDE in word or letters.needs_context(word)):
        return _CONTEXT
    folded = _one(Reading(word, None), frozenset()).text
    if not folded or (not folded.isascii() and letters.needs_context(folded)):
        return _CONTEXT
    singles = sum(part in _WATCHED for part in folded.split(" "))
    if " " in folded and singles == 1 and len(_watched) < CAPACITY:
        _watched.add(folded)
    elif " " in folded and singles:
        return _CONTEXT
    return folded


def _lean_on_each_other(folded: list[str]) -> bool:
    """Whether a word needs the others to be read, or single letters stand in a row."""
    before = False
    for word in folded:
        if word in _watched:
            if before or word is _CONTEXT:
                return True
            before = True
        elif before and not is_between(word):
            before = False
    return False


def _located(text: str) -> Reading:
    """A text as it came: every code point spans itself."""
    return Reading(text, [(i, i + 1) for i in range(len(text))])


def _whole(reading: Reading) -> Reading:
    """Round after round until the words no longer lean on each other, or nothing changes."""
    if _OVERRIDE in reading.text:
        reading = rewrite(reading, _OVERRIDDEN, lambda match: match[1][::-1], as_one=True)
    for _ in range(_ROUNDS):
        folded = _round(reading)
        if folded.text == reading.text:
            break
        reading = folded
        parts = reading.text.split()
        if list(map(_known, parts)) == parts and not _lean_on_each_other(parts):
            break
    return reading


def _round(reading: Reading) -> Reading:
    """Fold each word, then the words that spaced letters make."""
    text, spans = reading
    words = text.split()
    known = list(map(_known, words))
    genuine = _genuine_scripts(text) if _CONTEXT in known else frozenset()
    parts: list[Reading] = []
    gaps: list[int] = []
    end = 0
    for word, folded, gap in zip(words, known, _gaps(text), strict=False):
        begin, end = end + gap, end + gap + len(word)
        if spans is None and folded is not _CONTEXT:
            part = Reading(folded, None)
        else:
            part = _remembered(Reading(word, spans and spans[begin:end]), genuine)
        if part.text and " " not in part.text:
            parts.append(part)
            gaps.append(gap)
        elif part.text:
            pieces = split(part)
            parts += pieces
            gaps += [gap, *[1] * (len(pieces) - 1)]
    return _with_spaced_words(parts, gaps)


def _with_spaced_words(parts: list[Reading], gaps: list[int]) -> Reading:
    joined: list[Reading] = []
    done = 0
    for begin, end in spaced_words([part.text for part in parts], gaps):
        joined += parts[done:begin]
        if (word := _merged(parts[begin:end])).text:  # a sign alone between wide gaps spells nothing
            joined.append(word)
        done = end
    return join(joined + parts[done:])


def _gaps(text: str) -> list[int]:
    """How much white space stands before each word."""
    gaps = list(map(len, _GAP.findall(text)))
    return gaps if text[:1].isspace() else [0, *gaps]


@lru_cache(maxsize=4096)
def _among(word: str, genuine: frozenset[int]) -> Reading:
    """The fold of a word among others, with the map within the word."""
    return _one(_located(word), genuine)


def _remembered(word: Reading, genuine: frozenset[int]) -> Reading:
    """`_one`, from memory where the word has been seen."""
    text, spans = word
    folded = _known(text)
    own: Spans | None = None
    if folded is _CONTEXT:
        folded, own = _among(text, genuine) if len(text) <= LONGEST else _one(_located(text), genuine)
    elif spans is not None and (places := _maps(text)) is not None:
        own = places.T.tolist()
    if spans is None or own is None:
        return Reading(folded, spans)
    return Reading(folded, [(spans[first][0], spans[last - 1][1]) for first, last in own])


def _genuine_scripts(text: str) -> frozenset[int]:
    """Scripts whose doubtful words stay as they are: those the text is really written in, or all without Latin."""
    if text.isascii():
        return frozenset()
    if not letters.has_latin(text):
        return frozenset(range(FIRST_SCRIPT, 256))
    return frozenset(kind for word in text.split() if not word.isascii() for kind in _scripts_of(word))


@lru_cache(maxsize=4096)
def _scripts_of(word: str) -> frozenset[int]:
    return letters.foreign_scripts(word)


def _one(word: Reading, genuine: frozenset[int]) -> Reading:
    for _ in range(_ROUNDS):
        pieces = [spell(_plain(piece, genuine)) for piece in split(word)]
        # A mark alone may be nothing: `゛` reads as a space and one.
        folded = join([piece for piece in pieces if piece.text] or pieces[:1])
        if folded.text == word.text or folded.text.isascii():
            break
        word = folded
    return folded


def _plain(word: Reading, genuine: frozenset[int]) -> Reading:
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


def _merged(run: list[Reading]) -> Reading:
    """The word that the letters of a run spell."""
    text = letters_of([part.text for part in run])
    spans = None if run[0].spans is None else [span for part in run for span in _span_of_letter(part)]
    return _remembered(Reading(text, spans), frozenset())


def _span_of_letter(part: Reading) -> Spans:
    return (part.spans or [])[: len(letters_of([part.text]))]


def _alone_or_itself(word: str) -> str:
    """The fold of a word; the same object where they are equal, so that memory holds it once."""
    folded = _alone(word)
    return word if folded == word else folded


_known = Memo(_alone_or_itself).__getitem__
_maps = Memo(_map, CAPACITY // 2).__getitem__

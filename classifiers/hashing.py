"""From units to feature numbers: one rolling hash, vectorised over a whole batch, the same in training and serving.

Features of a unit: the whole of it, its character n-grams between boundary marks, and its shape where it holds
digits ("kemiri77" → "a00"). A pair of neighbours is one feature, in a table of its own. Knows no weights.
Every step is on unsigned 32-bit integers that wrap around, so it is the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from classifiers.tokens import AUTHOR, BEGIN, EMAIL, END, LONGEST

UInts = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.int64]

_BASE: Final = np.uint32(0x0400064D)
_CHARACTER: Final = 0x1234
_UNIT: Final = 0x0777
_WHOLE: Final = 0x0063
_SHAPE: Final = 0xABCD
_PAIR: Final = 0x0005
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class HashingScheme:
    """Which features there are: character n-grams from `shortest` to `longest`, tables of 2**bits buckets each; the
    whole of a unit counts `whole` times beside its n-grams (once in models that do not tell).
    """

    shortest: int = 2
    longest: int = 5
    unit_bits: int = 18
    pair_bits: int = 18
    whole: int = 1


@dataclass(frozen=True, slots=True)
class UnitFeatures:
    """Feature numbers of a batch of units.

    Those of unit i are `buckets[starts[i] : starts[i + 1]]`, repeats included and never none;
    `hashes`, shape (n_units,), name the units themselves, for pairs.
    """

    buckets: Indices
    starts: Indices
    hashes: UInts


def unit_features(units: Sequence[str], scheme: HashingScheme) -> UnitFeatures:
    """The features of each unit; `tests/classifiers/reference.py` says the same slowly. `units` must not be empty."""
    text = f"{BEGIN}{f'{END}{BEGIN}'.join(units)}{END}"
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    lengths = np.array([len(unit) + 2 for unit in units])
    ends = lengths.cumsum()
    begins = ends - lengths
    position = np.arange(len(codes))
    characters = _LOW_CHARACTERS.take(codes) if codes.max() < len(_LOW_CHARACTERS) else mixed(codes, _CHARACTER)
    powered = characters * _POWERS.take(position - begins.repeat(lengths))
    hashes = mixed(np.add.reduceat(powered, begins, dtype=np.uint32), _UNIT)

    sizes = np.arange(scheme.shortest, scheme.longest + 1)
    grams = _rolled(characters, scheme)
    grams ^= _FIELD_MARKS.take(codes.take(begins + 1), mode="clip").repeat(lengths)[:, None]
    grams += _SIZE_MARKS[scheme.shortest : scheme.longest + 1]
    grams = grams[(ends.repeat(lengths) - position)[:, None] >= sizes]
    shaped = [i for i, unit in enumerate(units) if not unit.isalpha() and _DIGIT.search(unit)]

    # Of each unit the whole, its n-grams, its shape.
    starts = np.zeros(len(units) + 1, np.int64)
    counts = starts[1:]
    np.maximum(lengths[:, None] - (sizes - 1), 0).sum(axis=1, out=counts)
    counts += scheme.whole
    counts[shaped] += 1
    counts.cumsum(out=counts)
    buckets = np.empty(starts[-1], np.int64)
    is_gram = np.ones(len(buckets), np.bool_)
    wholes = whole_buckets(hashes, scheme)
    for i in range(scheme.whole):
        buckets[starts[:-1] + i] = wholes
        is_gram[starts[:-1] + i] = False
    if shaped:
        shapes = np.array([_shape_number(units[i]) for i in shaped], np.uint32)
        buckets[starts[1:][shaped] - 1] = _bucket(shapes, _SHAPE, scheme.unit_bits)
        is_gram[starts[1:][shaped] - 1] = False
    buckets[is_gram] = _bucket(grams, 0, scheme.unit_bits)
    return UnitFeatures(buckets, starts, hashes)


def whole_buckets(hashes: UInts, scheme: HashingScheme) -> Indices:
    """The feature number of the whole of each unit, given their hashes; shape (n_units,)."""
    return _bucket(hashes, _WHOLE, scheme.unit_bits)


def pair_buckets(first: UInts, second: UInts, scheme: HashingScheme) -> Indices:
    """The feature number of each pair of neighbours, given the hashes of both; shape (n_pairs,)."""
    return _bucket(first * np.uint32(0x01000193) ^ (second + np.uint32(0x9E37)), _PAIR, scheme.pair_bits)


def mixed(values: UInts, seed: int) -> UInts:
    """Spreads values over all 32 bits (two rounds of multiply and xor-shift, after MurmurHash3's finaliser)."""
    values = (values ^ np.uint32(seed)) * np.uint32(0x9E3779B1)
    values ^= values >> np.uint32(15)
    values *= np.uint32(0x85EBCA77)
    values ^= values >> np.uint32(13)
    return values


def shape(unit: str) -> str:
    """Letters as one "a", each digit as "0", at most eight characters: "promo2024" and "diskon1999" look alike."""
    return _DIGIT.sub("0", _LETTERS.sub("a", unit))[:8]


def _bucket(values: UInts, seed: int, bits: int) -> Indices:
    return (mixed(values, seed) >> np.uint32(32 - bits)).astype(np.int64)


def _rolled(characters: UInts, scheme: HashingScheme) -> UInts:
    """The hash of the n-gram that begins at each place, shape (n_places, n_sizes); at the end of the text of no use."""
    grams = np.zeros((len(characters), scheme.longest - scheme.shortest + 1), np.uint32)
    rolling = characters
    for size in range(1, scheme.longest + 1):
        if size > 1:
            rolling = rolling[:-1] * _BASE
            rolling += characters[size - 1 :]
        if size >= scheme.shortest:
            grams[: len(rolling), size - scheme.shortest] = rolling
    return grams


def _shape_number(unit: str) -> int:
    number: int = sum(ord(char) * 31**i for i, char in enumerate(shape(unit)))
    return number & 0xFFFFFFFF


def _powers(count: int) -> UInts:
    powers = [1]
    for _ in range(count - 1):
        powers.append(powers[-1] * int(_BASE) & 0xFFFFFFFF)
    return np.array(powers, np.uint32)


_POWERS: Final = _powers(LONGEST + 4)
_LOW_CHARACTERS: Final = mixed(np.arange(256, dtype=np.uint32), _CHARACTER)
_SIZE_MARKS: Final = (np.arange(LONGEST + 4) * 7919).astype(np.uint32)


def _field_marks() -> UInts:
    """What sets the n-grams of fields apart, by the first character of a unit; of text's, nothing."""
    marks = np.zeros(ord(EMAIL) + 2, np.uint32)
    fields = np.arange(ord(AUTHOR), ord(EMAIL) + 1, dtype=np.uint32)
    marks[fields] = fields * np.uint32(0x3779B1)
    return marks


_FIELD_MARKS: Final = _field_marks()

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
    lengths = np.fromiter(map(len, units), np.int64, len(units)) + 2
    ends = lengths.cumsum()
    starts = ends - lengths
    numbers = np.arange(len(units))
    owner = numbers.repeat(lengths)
    position = np.arange(len(codes))
    characters = mixed(codes, _CHARACTER)
    hashes = _whole_hashes(characters, position - starts.take(owner), starts)
    sizes = np.arange(scheme.shortest, scheme.longest + 1)[:, None]
    grams = _rolled(characters, scheme) ^ _marks(codes.take(starts + 1)).take(owner)
    grams += (sizes * 7919).astype(np.uint32)
    inside = ends.take(owner) - position >= sizes
    buckets = [whole_buckets(hashes, scheme)] * scheme.whole + [_bucket(grams[inside], 0, scheme.unit_bits)]
    owners = [numbers] * scheme.whole + [owner.take(inside.nonzero()[1])]
    shaped = [i for i, unit in enumerate(units) if not unit.isalpha() and _DIGIT.search(unit)]
    if shaped:
        shapes = np.fromiter((_shape_number(units[i]) for i in shaped), np.uint32, len(shaped))
        buckets.append(_bucket(shapes, _SHAPE, scheme.unit_bits))
        owners.append(np.array(shaped))
    return _grouped(np.concatenate(buckets), np.concatenate(owners), hashes)


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


def _whole_hashes(characters: UInts, offset: Indices, starts: Indices) -> UInts:
    powered = characters * _POWERS[offset]
    return mixed(np.add.reduceat(powered, starts, dtype=np.uint32), _UNIT)


def _bucket(values: UInts, seed: int, bits: int) -> Indices:
    return (mixed(values, seed) >> np.uint32(32 - bits)).astype(np.int64)


def _rolled(characters: UInts, scheme: HashingScheme) -> UInts:
    """The hash of the n-gram that begins at each place, shape (n_sizes, n_places); at the end of the text of no use."""
    grams = np.zeros((scheme.longest - scheme.shortest + 1, len(characters)), np.uint32)
    rolling = characters
    for size in range(1, scheme.longest + 1):
        if size > 1:
            rolling = rolling[:-1] * _BASE + characters[size - 1 :]
        if size >= scheme.shortest:
            grams[size - scheme.shortest, : len(rolling)] = rolling
    return grams


def _marks(first: UInts) -> UInts:
    """What sets the n-grams of fields apart, by the first character of each unit."""
    return np.where((first >= ord(AUTHOR)) & (first <= ord(EMAIL)), first, 0).astype(np.uint32) * np.uint32(0x3779B1)


def _shape_number(unit: str) -> int:
    number: int = sum(ord(char) * 31**i for i, char in enumerate(shape(unit)))
    return number & 0xFFFFFFFF


def _grouped(buckets: Indices, owners: Indices, hashes: UInts) -> UnitFeatures:
    starts = np.zeros(len(hashes) + 1, np.int64)
    np.bincount(owners, minlength=len(hashes)).cumsum(out=starts[1:])
    return UnitFeatures(buckets.take(owners.argsort(kind="stable")), starts, hashes)


def _powers(count: int) -> UInts:
    powers = [1]
    for _ in range(count - 1):
        powers.append(powers[-1] * int(_BASE) & 0xFFFFFFFF)
    return np.array(powers, np.uint32)


_POWERS: Final = _powers(LONGEST + 4)

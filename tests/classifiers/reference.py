"""The features once more, slowly and one by one, to hold the fast implementation against."""

import re
from collections import Counter
from itertools import pairwise

from classifiers.document import Document
from classifiers.hashing import HashingScheme
from classifiers.tokens import units

_ALL = 0xFFFFFFFF
_BASE = 0x0400064D


def features(document: Document, scheme: HashingScheme) -> dict[int, float]:
    """The non-zero features of a comment by column, as `CommentFeatures` lays them out."""
    body, fields = units(document)
    counts: Counter[int] = Counter()
    for unit in dict.fromkeys([*body, *fields]):
        counts.update(unit_buckets(unit, scheme))
    marked = ["\x02", *body, "\x03"]
    pairs = {pair_bucket(a, b, scheme) for a, b in pairwise(marked)}
    counts.update(2**scheme.unit_bits + pair for pair in pairs)
    norm = sum(counts.values()) ** 0.5
    return {column: count / norm for column, count in counts.items()}


def unit_buckets(unit: str, scheme: HashingScheme) -> list[int]:
    text = f"\x02{unit}\x03"
    mark = ord(unit[0]) if unit[0] in "\x11\x12\x13" else 0
    buckets = [top_bits(mix(unit_hash(unit), 0x63), scheme.unit_bits)] * scheme.whole
    for size in range(scheme.shortest, scheme.longest + 1):
        for begin in range(len(text) - size + 1):
            rolled = 0
            for char in text[begin : begin + size]:
                rolled = (rolled * _BASE + mix(ord(char), 0x1234)) & _ALL
            salted = ((rolled ^ (mark * 0x3779B1 & _ALL)) + size * 7919) & _ALL
            buckets.append(top_bits(mix(salted, 0), scheme.unit_bits))
    if re.search(r"\d", unit):
        shape = re.sub(r"\d", "0", re.sub(r"[^\W\d_]+", "a", unit))[:8]
        number = sum(ord(char) * 31**i for i, char in enumerate(shape)) & _ALL
        buckets.append(top_bits(mix(number, 0xABCD), scheme.unit_bits))
    return buckets


def pair_bucket(first: str, second: str, scheme: HashingScheme) -> int:
    value = (unit_hash(first) * 0x01000193 & _ALL) ^ ((unit_hash(second) + 0x9E37) & _ALL)
    return top_bits(mix(value, 5), scheme.pair_bits)


def unit_hash(unit: str) -> int:
    text = f"\x02{unit}\x03"
    total = sum(mix(ord(char), 0x1234) * pow(_BASE, i, 2**32) for i, char in enumerate(text))
    return mix(total & _ALL, 0x777)


def mix(value: int, seed: int) -> int:
    value = ((value ^ seed) * 0x9E3779B1) & _ALL
    value ^= value >> 15
    value = (value * 0x85EBCA77) & _ALL
    return value ^ (value >> 13)


def top_bits(value: int, bits: int) -> int:
    return value >> (32 - bits)

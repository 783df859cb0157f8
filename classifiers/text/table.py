"""The frozen character table, as the fold looks things up in it. Knows nothing of words.

`ALWAYS` says what a code point reads as wherever it stands, but for the invisible ones of other than ASCII, which are read
as nothing and far too many; `STRICT` and `FAUX` what it looks like among Latin letters; `KIND` its kind, one byte a code
point. All come from `table.json`, never from the running Python's Unicode data.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

OTHER: Final = 0
LATIN: Final = 1
DIGIT: Final = 2
EMOJI: Final = 3
MARK: Final = 4
SYMBOL: Final = 5  # currency and other signs that pass for letters
INVISIBLE: Final = 6  # dropped wherever it stands
APOSTROPHE: Final = 7
FIRST_SCRIPT: Final = 8  # this kind and all above it are letters of scripts other than Latin

_LETTER_BY_LETTER = ("cyrillic", "greek", "coptic")
_WRITTEN_TOGETHER = ({"han", "hiragana", "katakana", "hangul", "bopomofo"}, {"thai", "lao"})


def _points(ranges: str) -> Iterator[tuple[int, int]]:
    for run in ranges.split():
        low, _, high = run.partition("-")
        yield int(low, 16), int(high or low, 16)


def _mapping(groups: dict[str, str]) -> dict[str, str]:
    return {
        chr(c): target
        for target, ranges in groups.items()
        for low, high in _points(ranges)
        for c in range(low, high + 1)
    }


_raw = json.loads(Path(__file__).with_name("table.json").read_text(encoding="utf-8"))

UNICODE_VERSION: Final[str] = _raw["unicode"]
_invisible = list(_points(_raw["always"].pop("")))
ALWAYS: Final[dict[str, str]] = {
    **_mapping(_raw["always"]),
    **{chr(c): "" for low, high in _invisible for c in range(low, min(high + 1, 128))},
}
STRICT: Final[dict[str, str]] = _mapping(_raw["strict"])
FAUX: Final[dict[str, str]] = _mapping(_raw["faux"])
FLAGS: Final = frozenset(
    "".join(chr(0x1F1E6 + ord(letter) - ord("a")) for letter in code) for code in _raw["flags"].split()
)
SCRIPTS: Final[dict[str, int]] = {}


def _kinds() -> bytes:
    kinds = bytearray(0x110000)
    for char in (*STRICT, *FAUX):
        kinds[ord(char)] = SYMBOL
    for name, ranges in _raw["scripts"].items():
        kind = {"latin": LATIN, "mark": MARK}.get(name)
        if kind is None:
            kind = SCRIPTS.setdefault(name, min(FIRST_SCRIPT + len(SCRIPTS), 255))
        for low, high in _points(ranges):
            kinds[low : high + 1] = bytes([kind]) * (high + 1 - low)
    for low, high in _points(_raw["emoji"]):
        kinds[low : high + 1] = bytes([EMOJI]) * (high + 1 - low)
    for low, high in _invisible:
        kinds[low : high + 1] = bytes([INVISIBLE]) * (high + 1 - low)
    for char, target in ALWAYS.items():
        if target.isascii() and target.isalpha():
            kinds[ord(char)] = LATIN
        elif target.isascii() and target.isdigit():
            kinds[ord(char)] = DIGIT
    for c in range(128):
        kinds[c] = LATIN if chr(c).isalpha() else DIGIT if chr(c).isdigit() else OTHER
    kinds[ord("'")] = APOSTROPHE
    return bytes(kinds)


KIND: Final[bytes] = _kinds()
# Cyrillic and Greek words never mix with Latin ones inside a word; words of the other scripts may stand beside them.
LETTER_BY_LETTER: Final = frozenset(SCRIPTS[name] for name in _LETTER_BY_LETTER if name in SCRIPTS)
_FAMILY = {SCRIPTS[name]: number for number, group in enumerate(_WRITTEN_TOGETHER) for name in group if name in SCRIPTS}


def family(kind: int) -> int:
    """Scripts that one language writes side by side (kana and Han) share a family; every other is its own."""
    return -1 - _FAMILY[kind] if kind in _FAMILY else kind


def kinds(text: str) -> bytes:
    """The kind of each code point of `text`; a regular expression over it finds runs of a kind, at equal indices."""
    return bytes(map(KIND.__getitem__, map(ord, text)))


def character_class(kind: int) -> str:
    """The inside of a regular expression's `[…]` for all code points of this kind."""
    runs = re.finditer(re.escape(bytes([kind])) + b"+", KIND)
    return "".join(f"\\U{run.start():08x}-\\U{run.end() - 1:08x}" for run in runs)

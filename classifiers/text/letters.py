"""What characters read as: fancy letters, look-alikes of other scripts, marks, flags, upside-down words."""

import re
from collections.abc import Iterator

from classifiers.text.table import (
    ALWAYS,
    DIGIT,
    FAUX,
    FIRST_SCRIPT,
    FLAGS,
    INVISIBLE,
    KIND,
    LATIN,
    LETTER_BY_LETTER,
    MARK,
    STRICT,
    SYMBOL,
    family,
    kinds,
)
from classifiers.text.vocabulary import OFTEN_DISGUISED

_PIECE = re.compile(
    b"[\\x%02x\\x%02x\\x%02x\\x%02x\\x%02x\\x%02x-\\xff]+" % (LATIN, DIGIT, MARK, SYMBOL, INVISIBLE, FIRST_SCRIPT)
)
_PLAIN = frozenset((LATIN, DIGIT, INVISIBLE))
_NUMBER = re.compile("[0-9]{2}")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]+")
_TURNED = {
    turned: letter
    for letter, all_turned in {
        "a": "ɐⱯ∀", "b": "qᗺ", "c": "ɔƆↃ", "d": "p", "e": "ǝƎ", "f": "ɟℲ", "g": "ƃɓ⅁", "h": "ɥ", "i": "ᴉıI",
        "j": "ɾɿ", "k": "ʞ", "l": "lʅꞁ⅂", "m": "ɯW", "n": "u", "o": "oO", "p": "dԀ", "q": "b", "r": "ɹᴚ", "s": "sS", "t": "ʇ⊥Ʇ",
        "u": "n∩", "v": "ʌΛ", "w": "ʍM", "x": "xX", "y": "ʎ⅄", "z": "zZ", "0": "0", "6": "9", "9": "6", "8": "8", "7": "ㄥ",
        "1": "Ɩ", "3": "Ɛ", "!": "¡", "?": "¿",
    }.items()
    for turned in all_turned
}  # fmt: skip


def needs_context(word: str) -> bool:
    """Whether `word` holds a run of letters that could be Latin or not: the rest of the text decides."""
    return any(_is_undecided(word[begin:end], scripts, found) for begin, end, scripts, found in _foreign_pieces(word))


def foreign_scripts(word: str) -> frozenset[int]:
    """The scripts of which `word` holds a run of letters that cannot be read as Latin."""
    return frozenset(
        script
        for begin, end, scripts, found in _foreign_pieces(word)
        if not _is_mixed(word[begin:end], scripts, found) and not _is_undecided(word[begin:end], scripts, found)
        for script in scripts
    )


def has_latin(text: str) -> bool:
    """Whether any letter of `text` is Latin, fancy ones included."""
    return LATIN in kinds(text)


def read(word: str, genuine: frozenset[int]) -> list[str]:
    """For each code point of `word` what it reads as.

    `genuine` holds the scripts whose undecided words are to be left alone.
    """
    kinds_ = kinds(word)
    parts = ["" if kind == INVISIBLE else ALWAYS.get(char, char) for char, kind in zip(word, kinds_, strict=True)]
    for match in _PIECE.finditer(kinds_):
        found = frozenset(match[0])
        if not found <= _PLAIN:
            _read_piece(word[match.start() : match.end()], found, match.start(), parts, genuine)
    for run in _REGIONAL.finditer(word):
        if not _are_flags(run[0]):
            parts[run.start() : run.end()] = [chr(ord(char) - 0x1F1E6 + 97) for char in run[0]]
    return parts


def upright(word: str) -> str | None:
    """The word that was written upside down, and so from right to left; None where it was not."""
    if not all(map(_TURNED.__contains__, word)):
        return None
    turned = sum(not char.isascii() for char in word)
    text = "".join(_TURNED[char] for char in reversed(word))
    return text if text in OFTEN_DISGUISED or (turned >= 2 and turned * 4 >= len(word)) else None


def _foreign_pieces(word: str) -> Iterator[tuple[int, int, frozenset[int], frozenset[int]]]:
    """Begin, end, scripts and kinds of each run of letters that holds some of another script."""
    for match in _PIECE.finditer(kinds(word)):
        found = frozenset(match[0])
        if max(found) >= FIRST_SCRIPT:
            yield *match.span(), _scripts(found), found


def _scripts(found: frozenset[int]) -> frozenset[int]:
    return frozenset(kind for kind in found if kind >= FIRST_SCRIPT)


def _read_piece(piece: str, found: frozenset[int], begin: int, parts: list[str], genuine: frozenset[int]) -> None:
    scripts = _scripts(found)
    readable = _is_mixed(piece, scripts, found) or (not scripts & genuine and _is_undecided(piece, scripts, found))
    for i, char in enumerate(piece, begin):
        kind = KIND[ord(char)]
        if kind == MARK and (readable or not scripts):
            parts[i] = ""
        elif readable and (kind == SYMBOL or kind >= FIRST_SCRIPT):
            parts[i] = STRICT.get(char) or FAUX.get(char) or parts[i]


def _is_mixed(piece: str, scripts: frozenset[int], found: frozenset[int]) -> bool:
    """Whether letters of another script stand among Latin ones (or among a third script's) to pass for them."""
    if not scripts and SYMBOL not in found:
        return False
    if LATIN not in found and SYMBOL not in found and len({family(kind) for kind in scripts}) < 2:
        return False
    if LATIN not in found and not scripts:
        return False
    if scripts <= LETTER_BY_LETTER:
        return True
    return all(char in STRICT or char in FAUX for char in piece if KIND[ord(char)] >= FIRST_SCRIPT)


def _is_undecided(piece: str, scripts: frozenset[int], found: frozenset[int]) -> bool:
    """Whether all letters are of one other script and could be Latin: each alike, or one alone, or before a number."""
    if LATIN in found or SYMBOL in found or not scripts or _is_mixed(piece, scripts, found):
        return False
    foreign = [char for char in piece if KIND[ord(char)] >= FIRST_SCRIPT]
    if all(char in STRICT for char in foreign):
        return True
    return (len(foreign) == 1 or _NUMBER.search(piece) is not None) and all(
        char in STRICT or char in FAUX for char in foreign
    )


def _are_flags(run: str) -> bool:
    return len(run) % 2 == 0 and all(run[i : i + 2] in FLAGS for i in range(0, len(run), 2))

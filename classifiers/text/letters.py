"""What the characters of a word read as: fancy letters, look-alikes of other scripts, marks, flags, upside-down words."""

import re

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
    character_class,
    family,
)
from classifiers.text.vocabulary import OFTEN_DISGUISED

_SCRIPTS = character_class(above=FIRST_SCRIPT)
_PIECE = re.compile(f"[{character_class(LATIN, DIGIT, MARK, SYMBOL, INVISIBLE)}{_SCRIPTS}]+")
_FOREIGN = re.compile(f"[{_SCRIPTS}]")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]+")
_TURNED = {
    turned: letter
    for letter, all_turned in {
        "a": "ɐⱯ∀", "b": "qᗺ", "c": "ɔƆↃ", "d": "p", "e": "ǝƎ", "f": "ɟℲ", "g": "ƃɓ⅁", "h": "ɥ", "i": "ᴉıI¡", "j": "ɾɿ",
        "k": "ʞ", "l": "lʅꞁ⅂", "m": "ɯW", "n": "u", "o": "oO", "p": "dԀ", "q": "b", "r": "ɹᴚ", "s": "sS", "t": "ʇ⊥Ʇ", "u": "n∩",
        "v": "ʌΛ", "w": "ʍM", "x": "xX", "y": "ʎ⅄", "z": "zZ", "h ": "H", "n ": "N", "0": "0", "6": "9", "9": "6", "8": "8", "7": "ㄥ",
        "1": "Ɩ", "3": "Ɛ", "!": "¡", "?": "¿",
    }.items()
    for turned in all_turned
}  # fmt: skip


def needs_context(word: str) -> bool:
    """Whether `word` holds a run of letters that could be Latin or not: the rest of the text decides."""
    return any(_is_undecided(piece[0]) for piece in _PIECE.finditer(word))


def foreign_scripts(word: str) -> set[int]:
    """The scripts of which `word` holds a run of letters that cannot be read as Latin."""
    return {
        KIND[ord(char)]
        for piece in _PIECE.finditer(word)
        if _FOREIGN.search(piece[0]) and not _is_mixed(piece[0]) and not _is_undecided(piece[0])
        for char in piece[0]
        if KIND[ord(char)] >= FIRST_SCRIPT
    }


def has_latin(word: str) -> bool:
    """Whether any letter of `word` is Latin, fancy ones included."""
    return any(KIND[ord(char)] == LATIN for char in word)


def read(word: str, genuine: set[int]) -> list[str]:
    """For each code point of `word` what it reads as.

    `genuine` holds the scripts whose undecided words are to be left alone.
    """
    parts = [ALWAYS.get(char, char) for char in word]
    for piece in _PIECE.finditer(word):
        _read_piece(piece[0], piece.start(), parts, genuine)
    for run in _REGIONAL.finditer(word):
        if not _are_flags(run[0]):
            parts[run.start() : run.end()] = [chr(ord(char) - 0x1F1E6 + 97) for char in run[0]]
    return parts


def upright(word: str) -> str | None:
    """The word that was written upside down, and so from right to left; None where it was not."""
    if word.isascii() or not all(char in _TURNED for char in word):
        return None
    turned = sum(not char.isascii() for char in word)
    text = "".join(_TURNED[char] for char in reversed(word)).replace(" ", "")
    return text if text in OFTEN_DISGUISED or (turned >= 2 and turned * 4 >= len(word)) else None


def _read_piece(piece: str, begin: int, parts: list[str], genuine: set[int]) -> None:
    scripts = {KIND[ord(char)] for char in piece if KIND[ord(char)] >= FIRST_SCRIPT}
    mixed = _is_mixed(piece)
    readable = mixed or (_is_undecided(piece) and not scripts & genuine)
    if readable:
        for i, char in enumerate(piece, begin):
            look = STRICT.get(char) or FAUX.get(char)
            if look is not None and KIND[ord(char)] != LATIN:
                parts[i] = look
    if readable or not scripts:
        for i, char in enumerate(piece, begin):
            if KIND[ord(char)] == MARK:
                parts[i] = ""


def _is_mixed(piece: str) -> bool:
    """Whether letters of another script stand among Latin ones (or among a third script's) to pass for them."""
    kinds = {KIND[ord(char)] for char in piece}
    scripts = {kind for kind in kinds if kind >= FIRST_SCRIPT}
    if LATIN not in kinds and len({family(kind) for kind in scripts}) < 2:
        return False
    if scripts <= LETTER_BY_LETTER:
        return bool(scripts) or SYMBOL in kinds
    return all(char in STRICT or char in FAUX for char in piece if KIND[ord(char)] >= FIRST_SCRIPT)


def _is_undecided(piece: str) -> bool:
    """Whether all letters are of one script other than Latin, and each could be a Latin one."""
    kinds = {KIND[ord(char)] for char in piece}
    if LATIN in kinds or SYMBOL in kinds or max(kinds) < FIRST_SCRIPT or _is_mixed(piece):
        return False
    return all(char in STRICT for char in piece if KIND[ord(char)] >= FIRST_SCRIPT)


def _are_flags(run: str) -> bool:
    return len(run) % 2 == 0 and all(run[i : i + 2] in FLAGS for i in range(0, len(run), 2))

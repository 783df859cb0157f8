"""Make the frozen character table, `table.json`, from Unicode's data and our own look-alikes.

Run once, by hand, when the table should change: `python -m classifiers.text.make_table`. The service never runs it and
never asks `unicodedata`, so a newer Python with newer Unicode data reads every comment as before. It prints how far
the table agrees with disarm's `strip_obfuscation`, where that package is installed.
"""

import importlib
import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from classifiers.text.lookalikes import BLANK, FAUX, FLAGS, OVERRIDES, STRICT

TABLE = Path(__file__).with_name("table.json")

_ALL = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
# Marks that belong to no script: accents, enclosing marks, zalgo. And those of Arabic and Hebrew, which readers omit.
_GENERIC_MARKS = [
    (0x300, 0x36F),
    (0x483, 0x489),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
]
_OPTIONAL_MARKS = [(0x591, 0x5C7), (0x610, 0x61A), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6ED)]
# Whole blocks, assigned or not: emoji of Unicode versions to come are emoji today.
_EMOJI = [
    (0x231A, 0x231B), (0x2328, 0x2328), (0x23CF, 0x23CF), (0x23E9, 0x23FA), (0x25A0, 0x25FF), (0x2600, 0x27BF),
    (0x2934, 0x2935), (0x2B00, 0x2BFF), (0x303D, 0x303D), (0x3297, 0x3297), (0x3299, 0x3299), (0x1F000, 0x1F0FF),
    (0x1F18E, 0x1F18E), (0x1F191, 0x1F1AD), (0x1F200, 0x1F2FF), (0x1F300, 0x1F3FA), (0x1F400, 0x1FAFF),
]  # fmt: skip
_IGNORABLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0x1F3FB, 0x1F3FF), (0xE0000, 0xE0FFF),
]  # fmt: skip
_NAMED = [
    re.compile(r"(?:NEGATIVE |CROSSED NEGATIVE )?(?:CIRCLED|SQUARED) LATIN (?:CAPITAL|SMALL) LETTER ([A-Z])$"),
    re.compile(r"LATIN LETTER SMALL CAPITAL (?:TURNED |REVERSED |INVERTED )?([A-Z]{1,2})(?: WITH .*)?$"),
    re.compile(r"LATIN (?:CAPITAL|SMALL) LETTER (?:SCRIPT |TURNED |REVERSED |SIDEWAYS |DOTLESS |OPEN |LONG |CLOSED )*"
               r"([A-Z]{1,2})(?: WITH .*)?$"),
    re.compile(r"(?:MODIFIER LETTER|LATIN SUBSCRIPT|SUPERSCRIPT LATIN) (?:SMALL|CAPITAL) (?:LETTER )?(?:SMALL )?"
               r"(?:CAPITAL )?(?:TURNED |REVERSED |SCRIPT )?([A-Z])(?: WITH .*)?$"),
    re.compile(r"(?:PARENTHESIZED|TORTOISE SHELL BRACKETED|CIRCLED ITALIC) LATIN (?:CAPITAL|SMALL) LETTER ([A-Z])$"),
]  # fmt: skip
_WORDLESS = re.compile(
    r"(?:DINGBAT |NEGATIVE |DOUBLE |SANS-SERIF |PARENTHESIZED )*(?:CIRCLED )?(?:SANS-SERIF )?(?:DIGIT|NUMBER) "
)


def _within(c: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(low <= c <= high for low, high in ranges)


def _is_blank(c: int) -> bool:
    return c in BLANK or chr(c).isspace() or unicodedata.category(chr(c)) in ("Zs", "Zl", "Zp")


def _is_dropped(c: int) -> bool:
    if _is_blank(c):
        return False
    return _within(c, _IGNORABLE + _GENERIC_MARKS + _OPTIONAL_MARKS) or unicodedata.category(chr(c)) in ("Cc", "Co")


def _named_letter(char: str) -> str | None:
    """The Latin letter that a character's Unicode name says it is a form of."""
    name = unicodedata.name(char, "")
    for pattern in _NAMED:
        found = pattern.match(name)
        if found:
            return found[1].lower()
    return None


def _named_number(char: str) -> str | None:
    """The ASCII digits of a number: circled, superscript, or in another script."""
    if unicodedata.category(char) == "Nd" and not char.isascii():
        return str(unicodedata.decimal(char))
    if unicodedata.category(char) == "No" and _WORDLESS.match(unicodedata.name(char, "")):
        value = unicodedata.numeric(char, -1.0)
        return str(int(value)) if value >= 0 and value == int(value) else None
    return None


def _stripped(char: str) -> str:
    """Compatibility form without accents. Syllables and vowel signs of other scripts are put together again."""
    if 0xAC00 <= ord(char) <= 0xD7A3:
        return char
    parts = unicodedata.normalize("NFKD", char)
    kept = "".join(part for part in parts if not _is_dropped(ord(part)))
    return unicodedata.normalize("NFC", kept).replace("ß", "ss")


def _always(char: str) -> str:
    """What `char` reads as wherever it stands, look-alikes of other scripts left alone."""
    if char in OVERRIDES:
        return OVERRIDES[char]
    if 0x1F1E6 <= ord(char) <= 0x1F1FF:
        return char  # regional indicators: the fold tells flags from letters
    if _is_blank(ord(char)):
        return " "
    if _is_dropped(ord(char)):
        return ""
    if _within(ord(char), _EMOJI) and _named_letter(char) is None and _named_number(char) is None:
        return char
    found = _named_number(char) or _named_letter(char)
    if found is not None:
        return found
    lowered = "".join(part.lower() for part in _stripped(char))
    return "".join(part for part in lowered if not _is_dropped(ord(part)))


def _closed(char: str) -> str:
    """`_always`, again and again until nothing changes."""
    text = char
    while True:
        folded = " ".join("".join(_always(part) for part in text).split(" "))
        if folded == text:
            return text
        text = folded


def _looks(char: str, table: dict[str, str]) -> str | None:
    """The look-alike of `char`, or of what it is a styled form of (mathematical alpha, accented omicron)."""
    if char in table:
        return _closed(table[char])
    plain = _stripped(char)
    if unicodedata.name(char, "").startswith("CHEROKEE") and char.upper() in table:
        return table[char.upper()]  # its small letters are small capitals
    return _closed(table[plain]) if len(plain) == 1 and not plain.isascii() and plain in table else None


def _ranges(points: Iterable[int]) -> str:
    """`1 2 3 7` as `1-3 7`, in hexadecimal."""
    runs: list[list[int]] = []
    for c in sorted(points):
        if runs and runs[-1][1] == c - 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
    return " ".join(f"{low:x}" if low == high else f"{low:x}-{high:x}" for low, high in runs)


def _grouped(pairs: dict[int, str]) -> dict[str, str]:
    groups: dict[str, list[int]] = {}
    for c, target in pairs.items():
        groups.setdefault(target, []).append(c)
    return {target: _ranges(points) for target, points in sorted(groups.items())}


def _script(char: str) -> str | None:
    """The script of a letter, as the first word of its name; `mark` for signs that sit on such letters."""
    category = unicodedata.category(char)
    if category in ("Mn", "Mc", "Me"):
        return "mark"
    if category[0] != "L" and category != "Nl":
        return None
    first = unicodedata.name(char, "OTHER").split()[0].split("-")[0].lower()
    return {"cjk": "han", "ideographic": "han", "halfwidth": "katakana", "canadian": "canadian"}.get(first, first)


def make() -> dict[str, object]:
    """Give the whole table, ready for JSON."""
    strict: dict[int, str] = {}
    faux: dict[int, str] = {}
    always: dict[int, str] = {}
    scripts: dict[str, list[int]] = {}
    for c in _ALL:
        char = chr(c)
        folded = _closed(char)
        look = _looks(char, STRICT)
        if look is not None and look != folded:
            strict[c] = look
        elif (look := _looks(char, FAUX)) is not None and look != folded:
            faux[c] = look
        if folded != char and not (char.isascii() and char.isspace()):
            always[c] = folded
        script = "hangul" if 0xD7A4 <= c <= 0xD7FF else _script(folded) if len(folded) == 1 else _script(char)
        if script is not None and not (folded.isascii() and folded) and folded:
            scripts.setdefault(script, []).append(c)
    return {
        "unicode": unicodedata.unidata_version,
        "always": _grouped(always),
        "strict": _grouped(strict),
        "faux": _grouped(faux),
        "emoji": _ranges(c for c in _ALL if _within(c, _EMOJI) and c not in always and chr(c) not in OVERRIDES),
        "scripts": {name: _ranges(points) for name, points in sorted(scripts.items())},
        "flags": FLAGS,
    }


def agreement() -> str:
    """Say how often our table and disarm give the same Latin letter or digit for one character in a Latin word."""
    try:
        disarm = importlib.import_module("disarm")
    except ImportError:
        return "disarm is not installed: no comparison"
    from classifiers.text import fold_text

    theirs, same, missing = 0, 0, []
    for c in _ALL[0x80:]:
        plain = disarm.strip_obfuscation(chr(c)).lower()
        if len(plain) != 1 or not plain.isascii() or not plain.isalnum():
            continue
        theirs += 1
        ours = fold_text(f"bd{chr(c)}db")[2:-2]
        if ours == plain or fold_text(f"bd{plain}db")[2:-2] == ours:
            same += 1
        else:
            missing.append(f"{chr(c)}{plain}{ours}")
    return (
        f"{same} of {theirs} characters ({same / theirs:.1%}) as disarm reads them; others: {' '.join(missing[:400])}"
    )


def main() -> None:
    """Write `table.json` beside this module and print the agreement with disarm."""
    TABLE.write_text(json.dumps(make(), ensure_ascii=True, indent=0) + "\n", encoding="utf-8")
    print(agreement())


if __name__ == "__main__":
    main()

"""How a word is spelled once its characters are plain: separators, leet, stretched letters, chat spelling.

Each step is a regular expression and what replaces a match, so that a word can be read with or without its map. Steps
are repeated until nothing changes, which makes the result its own fold.
"""

import re
from typing import Final

from classifiers.text.reading import Reading, join, rewrite, split
from classifiers.text.table import EMOJI, character_class
from classifiers.text.vocabulary import (
    CHAT,
    DOUBLES,
    MAIL_HOSTS,
    NUMBERED,
    NUMERIC,
    OFTEN_DISGUISED,
    TLDS,
    UNITS,
)

_ROUNDS: Final = 12  # far more than any word needs; bounds the time whatever the word

_EMOJI = f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[{character_class(EMOJI)}])"
_EMOJI_RUN = re.compile(f"{_EMOJI}+")
_ONE_EMOJI = re.compile(_EMOJI)

_SCHEME = re.compile(r"(?<![a-z0-9])(?:(?:https?://)+(?:www\.)*|(?:www\.)+)(?=([a-z0-9][a-z0-9.-]{0,252}+))")
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*+")
_BRACKETED_DOT = re.compile(r"(?<=[a-z0-9])(?:\[(?:\.|dot)\]|\((?:\.|dot)\)|\{(?:\.|dot)\})(?=[a-z0-9])")
_MAIL = re.compile(r"[a-z0-9._%+-]@[a-z0-9-]+\.[a-z]")
_HANDLE = re.compile(r"[^a-z0-9@]*(@[a-z0-9_.][a-z0-9@$!|]*)")

_SEPARATED = re.compile(
    r"(?<![a-z0-9$@])[a-z0-9$@](?![a-z0-9$@])(?:[.\-_*~|•·^`,;:+=/\\]{1,3}+[a-z0-9$@](?![a-z0-9$@]))++"
)
_SEPARATOR = re.compile(r"[^a-z0-9$@]+")
_CHUNK = re.compile(r"[a-z0-9@$!|]+")
_DOUBLE = re.compile(r"([a-z])\1")
_THREE = re.compile(r"([a-z])\1\1+")
_LONGEST: Final = 16  # letters on either side of a stretched one that are looked at
_LETTERS_BEFORE = re.compile(r"[a-z]*\Z")
_LETTERS_AFTER = re.compile(r"[a-z]*")
_LAUGHTER = re.compile(r"(?<![a-z0-9])(?:[wk]++|[ah]++|[eh]++|[ih]++|[uh]++|[oh]++|[xi]++)(?![a-z0-9])")
_SAME_SIGN = re.compile(r"([^a-z0-9\s])\1{3,}")
_WORD = re.compile(r"(?<![a-z0-9'])(?!dr\.)[a-z]+(?![a-z0-9'])")  # dr. Siti is a doctor
_DOUBLED = re.compile(r"(?<![a-z0-9_=&#/:|-])([a-z]{3,}+)2(nya|an|ku|mu|kan|lah)?(?![a-z0-9_=&#/|])")
_PARTED_NUMBER = re.compile(r"(?<=[a-z])'(?=[0-9]{2})")
_ROMAN = re.compile(r"[xvi]{2,6}")

_DIGIT_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s",
                  "!": "i", "|": "l"}  # fmt: skip
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_ALPHANUMERIC = _LETTERS | _DIGITS
_VOWELS = frozenset("aiueo")
_VOWEL_OR_Y = _VOWELS | {"y"}


def spell(word: Reading) -> Reading:
    """The fold of a word whose characters are plain; words with one space between them where it falls apart."""
    for _ in range(_ROUNDS):
        spelled = join([_once(part) for part in split(word)])
        if spelled.text == word.text:
            break
        word = spelled
    return spelled


def _once(word: Reading) -> Reading:
    if len(word.text) == 1:
        return word
    if not word.text.isascii():
        word = rewrite(word, _EMOJI_RUN, _spaced_emoji, as_one=True)
        if " " in word.text:
            return word
    text = word.text
    if text.isascii() and text.isalpha():
        return _whole_word(word)
    if "dot" in text or "." in text:
        word = rewrite(word, _BRACKETED_DOT, lambda match: ".")
        word = rewrite(word, _SCHEME, _without_scheme)
        text = word.text
    if is_address(text):
        return word
    word = rewrite(word, _SEPARATED, _joined)
    word = rewrite(word, _CHUNK, _unleet)
    word = rewrite(word, _PARTED_NUMBER, lambda match: "")
    word = rewrite(word, _SAME_SIGN, lambda match: match[0][:3])
    word = rewrite(word, _DOUBLED, _reduplicated)
    return _whole_word(word)


def _whole_word(word: Reading) -> Reading:
    word = rewrite(word, _THREE, _unstretched)
    word = rewrite(word, _LAUGHTER, _short_laughter)
    return rewrite(word, _WORD, lambda match: CHAT.get(match[0], match[0]))


def is_address(text: str) -> bool:
    """Whether `text` holds a web address, an e-mail address or begins with an @handle: read as it stands."""
    if "@" in text and (_MAIL.search(text) or _is_handle(text)):
        return True
    if "://" in text:
        return True
    return "." in text and any(_is_host(match[0]) for match in _HOST.finditer(text))


def _is_handle(text: str) -> bool:
    """`@budi_77`, not a word that begins with @ for a (`@njing`)."""
    found = _HANDLE.match(text)
    return found is not None and not any(word in OFTEN_DISGUISED for word in _candidates(found[1]))


def _is_host(text: str) -> bool:
    name, dot, ending = text.rstrip(".-").rpartition(".")
    return dot != "" and ending in TLDS and name != "" and (name[-1] in _LETTERS or name[-1] in _DIGITS)


def _without_scheme(match: re.Match[str]) -> str:
    return "" if _is_host(match[1]) else match[0]


def _spaced_emoji(match: re.Match[str]) -> str:
    """Nothing where the emoji cuts a word, else one of each neighbour, between spaces."""
    text, (begin, end) = match.string, match.span()
    left, right = _run_before(text, begin), _run_after(text, end)
    if left and right and min(left, right) <= 2:
        return ""
    kept: list[str] = []
    for emoji in _ONE_EMOJI.findall(match[0]):
        if kept[-1:] != [emoji]:
            kept.append(emoji)
    if len(kept) == 1 and match[0] == text:
        return kept[0]
    return f" {' '.join(kept)} "


def _run_before(text: str, end: int) -> int:
    """How many letters and digits stand before `end`, at most 3."""
    count = 0
    while count < 3 and end > count and text[end - count - 1] in _ALPHANUMERIC:
        count += 1
    return count


def _run_after(text: str, begin: int) -> int:
    count = 0
    while count < 3 and begin + count < len(text) and text[begin + count] in _ALPHANUMERIC:
        count += 1
    return count


def _joined(match: re.Match[str]) -> str:
    """`s-l-o-t` as one word; lists (`a/b/c`), numbers and two letters (`p.s`) stay."""
    pieces = _SEPARATOR.split(match[0])
    signs = set(_SEPARATOR.findall(match[0]))
    letters = sum(piece in _LETTERS for piece in pieces)
    text = "".join(pieces)
    if letters < 3 and not (letters == 2 and leet(text) in OFTEN_DISGUISED):
        return match[0]
    if signs & {",", "/", ":", ";"} and len(pieces) < 4:
        return match[0]
    return text


def _unstretched(match: re.Match[str]) -> str:
    """One letter for three or more; two where the word is known to have two."""
    text, letter = match.string, match[1]
    begin, end = match.span()
    left = _LETTERS_BEFORE.search(text, max(0, begin - _LONGEST), begin)
    right = _LETTERS_AFTER.match(text, end, end + _LONGEST)
    if len(match[0]) == 3 and not (left and left[0]) and letter not in _VOWELS:
        return match[0]  # PPPK, www
    before, after = (_THREE.sub(r"\1", found[0]) if found else "" for found in (left, right))
    if _ROMAN.fullmatch(f"{left[0] if left else ''}{match[0]}{right[0] if right else ''}"):
        return match[0]
    return letter * 2 if f"{before}{letter}{letter}{after}" in DOUBLES else letter


def _short_laughter(match: re.Match[str]) -> str:
    """`wkwk` and `haha` for all longer ones."""
    text = match[0]
    if "w" in text:
        return "wkwk" if "k" in text and len(text) > 2 else text
    begin = max(text.find("h", 0, 2), text.find("x", 0, 2), 0)
    short = text[begin : begin + 2] * 2
    return short if len(short) == 4 and short in text else text


def _reduplicated(match: re.Match[str]) -> str:
    stem, suffix = match[1], match[2] or ""
    if stem in NUMBERED or not _VOWELS & set(stem):
        return match[0]
    stem = CHAT.get(stem, stem)
    return f"{stem}-{stem}{suffix}"


def _unleet(match: re.Match[str]) -> str:
    text = match[0]
    if _LETTERS.issuperset(text):
        return text
    core = text.rstrip("!|")
    read = leet(text) if is_known_with_i(text) else leet(core)
    if read is None:
        return text
    return read if core == text or (read in OFTEN_DISGUISED and len(read) == len(text)) else read + text[len(core) :]


def is_known_with_i(text: str) -> bool:
    """Whether the one sign at the end of `jud!` is the last letter of a known word."""
    return len(text) > 3 and text[-1] in "!|" and text[-2] in _LETTERS and leet(text) in OFTEN_DISGUISED


def leet(text: str) -> str | None:
    """The word that digits and signs of `text` spell; None where they are digits and signs."""
    head = text.rstrip("0123456789")
    tail = text[len(head) :]
    if _LETTERS.isdisjoint(text):
        return None
    for word in _candidates(text):
        if word in OFTEN_DISGUISED:
            return word
    if len(tail) >= 2 and head:
        inner = _inner(head, "")
        return None if inner is None else inner + tail
    return _inner(head, tail)


def _candidates(text: str) -> list[str]:
    if len(text) > 14 or sum(char in _LETTERS for char in text) < 2:
        return []
    word = "".join(_DIGIT_LETTERS.get(char, char) for char in text)
    others = ["".join("l" if char in "1!|" else _DIGIT_LETTERS.get(char, char) for char in text)]
    if "10" in text:
        others.append(_plain(text.replace("10", "lo")))
    if "6" in text:
        others.append(_plain(text.replace("6", "b")))
    return [word, *others, *(_DOUBLE.sub(r"\1", other) for other in (word, *others))]


def _plain(text: str) -> str:
    return "".join(_DIGIT_LETTERS.get(char, char) for char in text)


def _inner(head: str, tail: str) -> str | None:
    """Read signs between letters; and, once one was, a digit at either edge."""
    text = head + tail
    if text.removesuffix("nya") in NUMERIC:
        return None
    runs = re.split(r"([^a-z]+)", text)
    letters = sum(len(run) for run in runs[::2])
    changed = False
    for i in range(1, len(runs), 2):
        left, right = runs[i - 1], runs[i + 1]
        if left and right:
            read = _between(left, runs[i], right, letters, runs)
            if read != runs[i]:
                runs[i], changed = read, True
        elif (right and runs[i] in ("$", "@") and len(right) >= 2) or (
            left and runs[i] in ("$", "@") and len(left) >= 3
        ):
            runs[i], changed = _plain(runs[i]), True
    if changed:
        _edges(runs)
    elif runs[0] == "" and len(runs) == 3 and _begins_as_letter(runs[1], runs[2]):
        runs[1], changed = _plain(runs[1]), True
    return "".join(runs) if changed else None


def _edges(runs: list[str]) -> None:
    if runs[0] == "" and len(runs) > 1 and len(runs[1]) == 1 and runs[1] in "01345@$":
        runs[1] = _plain(runs[1])
    if (
        runs[-1] == ""
        and len(runs) > 2
        and len(runs[-2]) == 1
        and runs[-2] in "01345@$"
        and runs[-3][-1:] not in _VOWELS
    ):
        runs[-2] = _plain(runs[-2])


def _begins_as_letter(sign: str, rest: str) -> bool:
    """`0rang`, `4njing`: a first digit that no unit of measure follows."""
    if rest in UNITS or len(rest) < 3:
        return False
    if sign == "0":
        return bool(_VOWELS & set(rest))
    return sign in "134" and bool(re.match(r"n[jdtcgks]|mp|mb", rest)) and len(rest) >= 4


def _between(left: str, sign: str, right: str, letters: int, runs: list[str]) -> str:
    """What `sign` reads as between letters; itself where it is a number or punctuation."""
    first, last = left[-1], right[0]
    vowel_side = first in _VOWELS or last in _VOWELS
    if sign == "!":
        broken = _VOWEL_OR_Y.isdisjoint(left) or _VOWEL_OR_Y.isdisjoint(right)
        return _i_or_l(first, last) if broken and letters <= 10 else sign
    if sign == "@":
        return sign if right in MAIL_HOSTS or (len(left) > 3 and len(right) > 3) else "a"
    if sign == "$":
        return "s"
    if sign == "00":
        return "oo" if letters >= 2 else sign
    if sign == "10" and last == "n" and len(left) > 2:
        return "io"
    if len(sign) != 1 or sign not in _DIGITS or sign == "2":
        return sign
    if sign in "0134":
        return _vowel_digit(left, sign, right, letters, len(runs))
    if letters < 3 or not vowel_side or right in UNITS or (len(left) > 2 and len(right) > 2):
        return sign
    return sign if sign == "6" else _DIGIT_LETTERS[sign]


def _vowel_digit(left: str, sign: str, right: str, letters: int, runs: int) -> str:
    first, last = left[-1], right[0]
    if left in NUMBERED or left in ("ke", "ber", "per") or (sign == "4" and right == "u"):
        return sign
    if sign != "0" and right in ("d", "g") and len(left) > 2 and runs == 3:
        return sign  # the lotteries 4D and 3D, and 4G
    if letters == 2 and runs == 3 and not (sign in "04" and first not in _VOWELS and last not in _VOWELS):
        return sign
    if sign == "1":
        return _i_or_l(first, last)
    if sign == "3" and (first in _VOWELS or last in _VOWELS):
        return sign
    return _DIGIT_LETTERS[sign]


def _i_or_l(first: str, last: str) -> str:
    """`l` after a vowel and before one (`ma1am`), else `i` (`m1n`, `s1apa`)."""
    return "l" if first in _VOWELS and last in _VOWELS else "i"

"""Times, numbers and marked text as a moderator reads them. Everything that a commenter wrote comes out escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import Locale
from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from service.domain.assessment import Term

_LONG_CHARACTERS, _LONG_LINES = 1_200, 18
_EXCERPT = 110
# Drawn as nothing, yet of a visible category; see `domain.comment`.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Joiners belong to ordinary writing: emoji, Arabic and Indic scripts.
_ORDINARY = frozenset("\n\t\u200d\u200c\ufe0f\ufe0e")


@dataclass(frozen=True, slots=True)
class Words:
    """Times and numbers in a language and a zone."""

    language: str
    zone: str

    def when(self, ms: int) -> str:
        """Date and time, short."""
        return format_datetime(self._at(ms), "d MMM y, HH.mm" if self.language == "id" else "d MMM y, HH:mm",
                               locale=self.language)  # fmt: skip

    def iso(self, ms: int) -> str:
        """For a `datetime` attribute."""
        return self._at(ms).isoformat(timespec="seconds")

    def ago(self, ms: int, now_ms: int) -> str:
        """How long ago, in one unit; `now_ms` from the service's clock."""
        past = timedelta(milliseconds=ms - now_ms)
        return format_timedelta(past, add_direction=True, locale=self.language, threshold=0.9)

    def language_name(self, code: str) -> str:
        """A language by its code, or the code where nobody has a name for it."""
        return str(Locale.parse(self.language).languages.get(code, code))

    def hour(self, ms: int) -> str:
        """The time of day."""
        return format_datetime(self._at(ms), "HH.mm" if self.language == "id" else "HH:mm", locale=self.language)

    def day(self, ms: int) -> str:
        """The day, without its year."""
        return format_datetime(self._at(ms), "d MMM", locale=self.language)

    def lasting(self, seconds: float) -> str:
        """A length of time, in one unit."""
        return format_timedelta(timedelta(seconds=seconds), locale=self.language, threshold=0.9)

    def share(self, part: float) -> str:
        """A share of 1 in hundredths."""
        return format_percent(part, locale=self.language)

    def midnight(self, ms: int, days_before: int = 0) -> int:
        """When the day began, or one before it, by the zone's clocks."""
        begin = self._at(ms).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days_before)
        return int(begin.timestamp() * 1000)

    def number(self, n: float) -> str:
        """With the language's separators."""
        return format_decimal(n, locale=self.language)

    def _at(self, ms: int) -> datetime:
        try:
            zone = ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            zone = ZoneInfo("UTC")
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone)


def is_long(text: str) -> bool:
    """Whether a body should fold."""
    return len(text) > _LONG_CHARACTERS or text.count("\n") > _LONG_LINES


def masked(email: str) -> str:
    """An e-mail address that tells no more than needed: ri••@example.com."""
    name, _, domain = email.rpartition("@")
    return f"{name[:2]}••@{domain}"


def excerpt(text: str) -> Markup:
    """The beginning of a text on one line."""
    line = " ".join(text[: 3 * _EXCERPT].split())
    return marked(line if len(line) <= _EXCERPT else line[:_EXCERPT].rstrip() + "…")


def marked(text: str, terms: Sequence[Term] = ()) -> Markup:
    """Escaped text, with the stretches that moved a score underlined and invisible characters shown.

    Where terms overlap, the heavier one has the character. Spans are code points of `text`.
    """
    owner: list[str] = [""] * len(text)
    for term in sorted((t for t in terms if t.weight > 0), key=lambda t: t.weight):
        for at in range(max(0, term.begin), min(len(text), term.end)):
            owner[at] = term.label
    parts: list[Markup] = []
    begin = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or owner[at] != owner[begin]:
            shown = _visible(text[begin:at])
            label = owner[begin]
            kind = "spam" if label == "spam" else "abuse"
            mark = Markup('<mark class="{}" data-label="{}">{}</mark>')
            parts.append(mark.format(kind, label, shown) if label else shown)
            begin = at
    return Markup("").join(parts)


def _visible(text: str) -> Markup:
    if text.isascii():
        return escape(text)
    parts: list[Markup] = []
    plain = ""
    for character in text:
        if _is_invisible(character):
            parts += (escape(plain), _chip(character))
            plain = ""
        else:
            plain += character
    return Markup("").join([*parts, escape(plain)])


def _is_invisible(character: str) -> bool:
    if character in _BLANK_LETTERS:
        return True
    return character not in _ORDINARY and unicodedata.category(character) in ("Cf", "Cc", "Co", "Cn", "Zl", "Zp")


def _chip(character: str) -> Markup:
    name = unicodedata.name(character, "")
    return Markup('<span class="inv" title="{}">U+{:04X}</span>').format(name, ord(character))

"""A text on its way through the fold, and one step of rewriting it. With the map it carries spans; without, none."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

Spans = list[tuple[int, int]]


class Reading(NamedTuple):
    """Text, and for each of its code points the half-open span of the original that it came from (None: no map)."""

    text: str
    spans: Spans | None


def rewrite(
    reading: Reading, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], *, as_one: bool = False
) -> Reading:
    """Replace each match. A replacement of equal length keeps its spans one by one, unless it is read `as_one`; any
    other spans the whole match.
    """
    text, spans = reading
    if spans is None:
        return Reading(pattern.sub(replace, text), None)
    parts: list[str] = []
    moved: Spans = []
    done = 0
    for match in pattern.finditer(text):
        begin, end = match.span()
        new = replace(match)
        parts += text[done:begin], new
        moved += spans[done:begin]
        moved += (
            spans[begin:end]
            if len(new) == end - begin and not as_one
            else [(spans[begin][0], spans[end - 1][1])] * len(new)
        )
        done = end
    if not parts:
        return reading
    parts.append(text[done:])
    moved += spans[done:]
    return Reading("".join(parts), moved)


def split(reading: Reading) -> list[Reading]:
    """The words between spaces; never an empty one."""
    text, spans = reading
    words = text.split()
    if words == [text]:
        return [reading]
    if spans is None:
        return [Reading(word, None) for word in words]
    return [Reading(m[0], spans[m.start() : m.end()]) for m in _WORD.finditer(text)]


def join(readings: Sequence[Reading]) -> Reading:
    """Words with one space between them. A space spans the gap, or else what its left neighbour does."""
    if len(readings) == 1:
        return readings[0]
    text = " ".join([reading.text for reading in readings])
    if not readings or readings[0].spans is None:
        return Reading(text, None if readings and readings[0].spans is None else [])
    spans: Spans = []
    for reading in readings:
        following = reading.spans or []
        if spans:
            begin, end = spans[-1][1], following[0][0]
            spans.append((begin, end) if begin < end else spans[-1])
        spans += following
    return Reading(text, spans)


_WORD = re.compile(r"\S+")

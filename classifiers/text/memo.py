"""What was made of a text before, remembered within bounds: words repeat, and what is made of one depends on it alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

Made = TypeVar("Made")

CAPACITY: Final = 1 << 17
LONGEST: Final = 40
"""Longer texts hardly come again."""


class Memo(dict[str, Made]):
    """`memo[text]` is `make(text)`, mostly without making it again.

    Holds at most `capacity` texts, in two halves: when the newer is full it becomes the older, and what is asked for
    of the older comes back into the newer. So what is common stays. Safe to use from several threads.
    """

    def __init__(self, make: Callable[[str], Made], capacity: int = CAPACITY) -> None:
        self._make = make
        self._half = capacity // 2
        self._older: dict[str, Made] = {}

    def __missing__(self, text: str) -> Made:
        older = self._older
        made = older[text] if text in older else self._make(text)
        if len(text) <= LONGEST:
            if len(self) >= self._half:
                self._older = dict(self)
                self.clear()
            self[text] = made
        return made

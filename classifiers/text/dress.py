"""Letters in fancy dress: mathematical, fullwidth, circled, squared, small capitals. The fold reads them as plain ones.

That they are there at all is worth knowing: seven in ten gambling adverts wear them, and next to no reader does.
"""

from __future__ import annotations

import random
import re
from typing import Final

_RANGES: Final = (
    "\U0001d400-\U0001d7ff"  # mathematical
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"  # fullwidth
    "\u249c-\u24e9\U0001f110-\U0001f189"  # parenthesised, circled, squared
    "\u1d00-\u1d2b\ua730\ua731\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f"  # small capitals
)
_ALPHABETS: Final = (0x1D41A, 0x1D482, 0x1D4EA, 0x1D5BA, 0x1D5EE, 0x1D622, 0x1D656, 0x1D68A, 0xFF41, 0x24D0)
"""where the small letters of some of them begin"""
_DRESSED = re.compile(rf"[{_RANGES}](?:\s?[{_RANGES}])+")


def dressed(text: str) -> tuple[int, int] | None:
    """Where the first two or more letters in fancy dress stand, half-open; None where there are none."""
    if text.isascii():
        return None
    found = _DRESSED.search(text)
    return found.span() if found else None


def dress(text: str, rng: random.Random) -> str:
    """The text with its small letters in one of the fancy alphabets."""
    first = rng.choice(_ALPHABETS)
    return text.translate({ord("a") + i: first + i for i in range(26)})

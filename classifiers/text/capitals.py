"""Capital letters, which the fold takes away: how much of a text they are says something of who wrote it.

Adverts write Brands In Title Case and WHOLE LINES IN CAPITALS; readers do so seldom.
"""

from __future__ import annotations

import string
from bisect import bisect_right
from typing import Final

_CAPITALS: Final = string.ascii_uppercase.encode()
_LETTERS: Final = string.ascii_letters.encode()
_LEVELS: Final = (0.12, 0.4, 0.8)


def capitals(text: str) -> int:
    """The level of its capitals, 0 to 3: whether .12, .4, .8 or more of the letters from A to Z are capitals."""
    letters = text.encode("utf-8", "surrogatepass")
    n_capitals = len(letters) - len(letters.translate(None, _CAPITALS))
    if not n_capitals:
        return 0
    share = n_capitals / (len(letters) - len(letters.translate(None, _LETTERS)))
    return bisect_right(_LEVELS, share)

"""What people of a site tell each other of an author."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted, and when (epoch milliseconds); `by` is an account's id."""

    by: str
    at_ms: int
    text: str

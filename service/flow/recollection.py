"""What this process last heard of authors and articles: guesses, which the store's write confirms or puts right."""

from __future__ import annotations

from typing import Final, TypeVar

from service.domain.ids import Tag
from service.store.comments import Probe, Seen

Key = TypeVar("Key")
Value = TypeVar("Value")

CAPACITY: Final = 1 << 15
"""So many authors, and articles, are remembered; then the ones first heard of go."""


class Recollection:
    """Of a stranger it is guessed that he is new, and of an article that it is."""

    def __init__(self) -> None:
        self._authors: dict[tuple[Tag, str], tuple[int, int]] = {}
        self._articles: dict[tuple[Tag, str], int] = {}

    def seen(self, probe: Probe) -> Seen:
        """What a submission is most likely to be judged by."""
        n_approved, n_rejected = self._authors.get((probe.tag, probe.author), (0, 0))
        return Seen(n_approved, n_rejected, self._articles.get((probe.tag, probe.article)))

    def note(self, probe: Probe, seen: Seen) -> None:
        """Remembers what the store told."""
        counts = (seen.n_approved, seen.n_rejected)
        _keep(self._authors, (probe.tag, probe.author), counts if any(counts) else None)
        _keep(self._articles, (probe.tag, probe.article), seen.article_first_seen_ms)


def _keep(memory: dict[Key, Value], key: Key, value: Value | None) -> None:
    if value is None:
        memory.pop(key, None)
    else:
        if len(memory) >= CAPACITY and key not in memory:
            del memory[next(iter(memory))]
        memory[key] = value

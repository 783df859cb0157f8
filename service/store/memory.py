"""How full the store's memory is. At its limit new comments are refused, so it is told long before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.store.client import Client

NEARLY_FULL = 0.8


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes used, and the most that may be; 0: no limit."""

    used: int
    most: int

    @property
    def share(self) -> float:
        """How full, from 0 to 1; 0 where there is no limit."""
        return self.used / self.most if self.most else 0.0

    @property
    def is_nearly_full(self) -> bool:
        return self.share > NEARLY_FULL


def facts_of(info: bytes) -> dict[str, str]:
    """The server's answer to INFO, by name."""
    return dict(line.split(":", 1) for line in info.decode().splitlines() if ":" in line)


def memory_of(facts: Mapping[str, str]) -> Memory:
    """From what INFO tells."""
    return Memory(int(facts.get("used_memory", 0)), int(facts.get("maxmemory", 0)))


async def read_memory(client: Client) -> Memory:
    """That of the server which is fullest. Raises StoreUnavailable where none answers."""
    replies = await client.everywhere("INFO", "memory")
    told = [memory_of(facts_of(reply)) for reply in replies if isinstance(reply, bytes)]
    if not told:
        raise replies[0]
    return max(told, key=lambda memory: memory.share)

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
    def is_nearly_full(self) -> bool:
        return bool(self.most) and self.used > NEARLY_FULL * self.most


def facts_of(info: bytes) -> dict[str, str]:
    """The server's answer to INFO, by name."""
    return dict(line.split(":", 1) for line in info.decode().splitlines() if ":" in line)


def memory_of(facts: Mapping[str, str]) -> Memory:
    """From what INFO tells."""
    return Memory(int(facts.get("used_memory", 0)), int(facts.get("maxmemory", 0)))


async def read_memory(client: Client) -> Memory:
    """The server's memory."""
    return memory_of(facts_of(await client.call("INFO", "memory")))

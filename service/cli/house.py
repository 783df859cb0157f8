"""The house as the command line uses it: on the living service's store, or on an embedded one started for the task."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from service.cli.serve import secret_path
from service.secret import read_secret
from service.settings import Settings, load_settings
from service.store.embedded import borrowed

if TYPE_CHECKING:
    from service.app import House

T = TypeVar("T")


@contextlib.contextmanager
def store_url(settings: Settings) -> Iterator[str]:
    """Where the store is reached: SARING_REDIS_URL, or the data directory's own server."""
    if settings.redis_url:
        yield settings.redis_url
    else:
        with borrowed(settings.data_dir) as url:
            yield url


def with_house(work: Callable[[House], Awaitable[T]]) -> T:
    """Runs `work` in a house without a model, which administration does not need."""
    from service.app import furnish
    from service.scoring import Scorer

    settings = load_settings()
    secret = read_secret(secret_path(settings), make=not settings.redis_url)
    with store_url(settings) as url:

        async def run() -> T:
            house = furnish(settings, url, secret, scorer=Scorer(None, settings.score_deadline_ms))
            try:
                return await work(house)
            finally:
                await house.close()

        return asyncio.run(run())

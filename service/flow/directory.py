"""What this process knows of its sites: each one's configuration, kept until its revision changes.

A submission is judged by what is known here; the store tells in the same round trip when that is old.
"""

from __future__ import annotations

import contextlib
import time

from service.domain.ids import Tag
from service.domain.site import ApiKey, SiteConfig
from service.errors import StoreUnavailable, Unauthenticated, UnknownSite
from service.scoring import ListMatcher
from service.store.store import Store

_LOOK_AGAIN_S = 5.0


class Directory:
    """Configurations by tag, read once and again when told that they are old."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._configs: dict[Tag, SiteConfig] = {}
        self._swept_at = -_LOOK_AGAIN_S
        self._matchers: dict[Tag, tuple[SiteConfig, ListMatcher]] = {}

    async def known(self, tag: Tag) -> SiteConfig:
        """The configuration as last read; whoever acts on it checks the revision. Raises UnknownSite."""
        return self._configs.get(tag) or await self.reload(tag)

    async def current(self, tag: Tag) -> SiteConfig:
        """The configuration as it stands in the store now. Raises UnknownSite."""
        known = self._configs.get(tag)
        if known is not None and await self._store.sites.revision(tag) == known.revision:
            return known
        return await self.reload(tag)

    async def reload(self, tag: Tag) -> SiteConfig:
        """Reads the configuration anew. Raises UnknownSite."""
        try:
            self._configs[tag] = await self._store.sites.config(tag)
        except UnknownSite:
            self._configs.pop(tag, None)
            raise
        return self._configs[tag]

    async def all(self) -> list[SiteConfig]:
        """Every site's configuration as it stands now."""
        return [await self.current(tag) for tag in await self._store.sites.tags()]

    async def has_origin(self, origin: str) -> bool:
        """Whether some site's pages have this origin; sites made since are looked for at most every few seconds."""
        if any(origin in config.site.origins for config in self._configs.values()):
            return True
        now = time.monotonic()
        if now - self._swept_at < _LOOK_AGAIN_S:
            return False
        self._swept_at = now
        for tag in await self._store.sites.tags():
            with contextlib.suppress(
                StoreUnavailable
            ):  # where one site's server is away, others have pages all the same
                if origin in (await self.current(tag)).site.origins:
                    return True
        return False

    async def by_slug(self, slug: str) -> SiteConfig:
        """The configuration of the site with this slug. Raises UnknownSite."""
        return await self.current(await self._store.sites.tag(slug))

    def matcher(self, config: SiteConfig) -> ListMatcher:
        """The site's lists, prepared for matching."""
        tag = config.site.tag
        prepared = self._matchers.get(tag)
        if prepared is None or prepared[0].lists is not config.lists:
            prepared = self._matchers[tag] = (config, ListMatcher(config.lists))
        return prepared[1]


def living_key(config: SiteConfig, key_hash: str) -> ApiKey:
    """The key with this hash, not revoked. Raises Unauthenticated."""
    key = config.keys.get(key_hash)
    if key is None or key.revoked_ms is not None:
        raise Unauthenticated("no such key, or revoked")
    return key

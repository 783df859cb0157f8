"""Articles in the store: under which one a comment stands, and what its newest comment told of it."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.comment import Article
from service.domain.ids import Tag
from service.store import keys
from service.store.client import Client


class Articles:
    """Reads articles."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def under(self, tag: Tag, comment_ids: Sequence[str]) -> list[str]:
        """Each comment's article, as its name in the store, in order; "" for comments that are gone."""
        replies = await self._client.group([("HGET", keys.comment(tag, each), "article") for each in comment_ids])
        return [reply.decode() if reply else "" for reply in replies]

    async def get(self, tag: Tag, names: Sequence[str]) -> list[Article]:
        """The articles of these names, in order; those that are gone are left out."""
        fields = ("id", "url", "title", "published")
        replies = await self._client.group([("HMGET", f"{keys.root(tag)}:article:{each}", *fields) for each in names])
        return [
            Article(article_id.decode(), url.decode(), title.decode(), int(published) if published else None)
            for article_id, url, title, published in replies
            if article_id is not None
        ]

"""All that a service tells of a site, read page by page as a newspaper would."""

from __future__ import annotations

import aiohttp

from tests.chaos.ledger import Row


async def everything(url: str, key: str) -> tuple[list[Row], list[Row]]:
    """All comments and all events of the key's site, in the order in which the service at `url` tells them."""
    comments: list[Row] = []
    events: list[Row] = []
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as session:
        cursor: str | None = ""
        while cursor is not None:
            query = {"limit": "200", **({"cursor": cursor} if cursor else {})}
            async with session.get(f"{url}/v1/comments", params=query) as answer:
                page = await answer.json()
            comments += page["comments"]
            cursor = page["cursor"]
        after = "0"
        while True:
            async with session.get(f"{url}/v1/events", params={"after": after, "limit": "1000"}) as answer:
                told = await answer.json()
            if not told["events"]:
                return comments, events
            events += told["events"]
            after = told["next"]

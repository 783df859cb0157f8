"""All that can be read and written, a subject each, over one client."""

from __future__ import annotations

from service.domain.ids import Tag
from service.store import keys
from service.store.articles import Articles
from service.store.authors import Authors
from service.store.client import Client, Host
from service.store.comments import Comments
from service.store.events import Events
from service.store.notes import Notes
from service.store.people import People
from service.store.reviews import Reviews
from service.store.sessions import Sessions
from service.store.sites import Sites


class Store:
    """The subjects."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.comments = Comments(client)
        self.reviews = Reviews(client)
        self.events = Events(client)
        self.sites = Sites(client)
        self.people = People(client)
        self.sessions = Sessions(client)
        self.authors = Authors(client)
        self.notes = Notes(client)
        self.articles = Articles(client)

    def place(self, tag: Tag) -> Host | None:
        """The server that a site is on, as far as is known."""
        return self.client.place(keys.root(tag))

    async def close(self) -> None:
        """Closes the connections."""
        await self.client.close()

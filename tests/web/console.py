"""The console as a browser without JavaScript asks it: a signed-in person's pages and forms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import FormData
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.ids import Tag
from service.domain.site import Role
from service.flow.enter import Admitted


@dataclass(slots=True)
class Shown:
    """An answer of the console."""

    status: int
    text: str
    headers: Any

    def hidden(self, name: str) -> str:
        """The first hidden field of that name."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"the page has no field {name}"
        return found[1]


@dataclass(slots=True)
class Visitor:
    """A person with a session; `post` sends a form as one of our own pages would."""

    web: TestClient[Any, Any]
    token: str
    base: str = "/console/koran"

    async def get(self, path: str = "", **query: str) -> Shown:
        return await self.ask("GET", path, params=query)

    async def post(self, path: str, **fields: str) -> Shown:
        return await self.ask("POST", path, data=fields)

    async def send(self, path: str, file: bytes, **fields: str) -> Shown:
        """A form with a file."""
        data = FormData(fields)
        data.add_field("file", file, filename="lists.csv", content_type="text/csv")
        return await self.ask("POST", path, data=data)

    async def ask(self, method: str, path: str, *, type: str = "", **options: Any) -> Shown:
        """Any request; `type` names what `data` is."""
        headers = {"Cookie": f"saring={self.token}", "Accept": "text/html", "Accept-Language": "en"}
        headers["Sec-Fetch-Site"] = "same-origin"
        headers |= {"Content-Type": type} if type else {}
        self.web.session.cookie_jar.clear()  # a visitor has the session that he was given, whatever others were
        path = path if path.startswith("/console") else f"{self.base}{path}"
        async with self.web.request(method, path, headers=headers, allow_redirects=False, **options) as answer:
            return Shown(answer.status, await answer.text(), answer.headers)


async def visitor(web: TestClient[Any, Any], house: House, tag: Tag, role: Role, email: str = "") -> Visitor:
    """Somebody new with a role, signed in."""
    email = email or f"{role}@koran.example"
    invitation = await house.configure.create_user(tag, email, role)
    came = await house.services.enter.sign_in(email, invitation.password, "")
    assert isinstance(came, Admitted)
    return Visitor(web, came.token)

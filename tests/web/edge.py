"""Requests as a newspaper, a page and people send them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from tests.conftest import Newsroom

PAGE = "https://koran.example"


@dataclass(slots=True)
class Edge:
    """The application over a newsroom; answers as aiohttp's client gives them."""

    web: TestClient[Any, Any]
    newsroom: Newsroom
    n: int = 0

    def comment(self, **changes: Any) -> dict[str, Any]:
        """A clean comment by a new author; dotted names (`author__email`) change inner fields, None leaves one out."""
        self.n += 1
        made: dict[str, Any] = {
            "article": {"id": "berita-1", "url": f"{PAGE}/berita-1"},
            "author": {"name": f"Pembaca {self.n}", "email": f"pembaca{self.n}@example.com"},
            "body": f"Terima kasih liputannya, semoga jalannya lekas diperbaiki ({self.n})",
        }
        for name, value in changes.items():
            *parents, last = name.split("__")
            inner = made
            for parent in parents:
                inner = inner[parent]
            inner[last] = value
            if value is None:
                del inner[last]
        return made

    def bearer(self, credential: str, **headers: str) -> dict[str, str]:
        """Headers with a credential ("" for none); `Accept_Language` means Accept-Language."""
        made = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {credential}", **made} if credential else made

    async def call(self, method: str, path: str, credential: str = "", **options: Any) -> ClientResponse:
        headers = self.bearer(credential) | options.pop("headers", {})
        return await self.web.request(method, path, headers=headers, allow_redirects=False, **options)

    async def get(self, path: str, credential: str = "") -> Any:
        """What stands at the path, by the secret key unless told otherwise."""
        answer = await self.call("GET", path, credential or self.newsroom.secret)
        assert answer.status == 200, await answer.text()
        return await answer.json()

    async def post(self, path: str, credential: str = "", **body: Any) -> Any:
        """What is answered to a body that is accepted."""
        answer = await self.call("POST", path, credential or self.newsroom.secret, json=body)
        assert answer.status == 200, await answer.text()
        return await answer.json()

    async def submit(self, comment: Any = None, credential: str = "", **headers: str) -> ClientResponse:
        """JSON, by the secret key unless told otherwise; a public key comes from the site's page."""
        credential = credential or self.newsroom.secret
        if credential.startswith("pk_"):
            headers = {"Origin": PAGE, **headers}
        sent = self.comment() if comment is None else comment
        return await self.web.post("/v1/comments", json=sent, headers=self.bearer(credential, **headers))

    async def accepted(self, comment: Any = None, **changes: Any) -> dict[str, Any]:
        """The answer to a comment that is new."""
        answer = await self.submit(self.comment(**changes) if comment is None else comment)
        assert answer.status == 201, await answer.text()
        told: dict[str, Any] = await answer.json()
        return told

    async def held(self) -> str:
        """The id of a comment that waits for a person: its author is new here."""
        told = await self.accepted()
        assert told["status"] == "pending", told
        return str(told["id"])

    async def form(self, fields: Any, **headers: str) -> ClientResponse:
        """A plain HTML form on the site's page."""
        sent = {"Origin": PAGE, "Referer": f"{PAGE}/berita-1", "Accept": "text/html"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.web.post("/v1/comments", data=fields, headers=sent, allow_redirects=False)

"""A newspaper and its people, as they speak to Saring: over HTTP, with nothing but their credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp.test_utils import TestClient

Json = dict[str, Any]


class Refused(Exception):
    """Saring said no: `status` and the problem (RFC 9457)."""

    def __init__(self, status: int, problem: Json, headers: Any) -> None:
        super().__init__(f"{status} {problem}")
        self.status = status
        self.problem = problem
        self.headers = headers


@dataclass
class Speaker:
    """Somebody with a credential."""

    web: TestClient  # type: ignore[type-arg]
    credential: str

    async def get(self, path: str, **query: Any) -> Json:
        return await self._say("GET", path, params={name: str(value) for name, value in query.items()})

    async def post(self, path: str, body: Json | None = None, **headers: str) -> Json:
        return await self._say("POST", path, json=body or {}, headers=headers)

    async def put(self, path: str, body: Json) -> Json:
        return await self._say("PUT", path, json=body)

    async def _say(self, method: str, path: str, **options: Any) -> Json:
        headers = {"Authorization": f"Bearer {self.credential}", **options.pop("headers", {})}
        async with self.web.request(method, path, headers=headers, **options) as answer:
            told: Json = await answer.json(content_type=None)
            if answer.status >= 400:
                raise Refused(answer.status, told, answer.headers)
            return told


@dataclass
class Newspaper(Speaker):
    """The newspaper's own server, with its secret key."""

    slug: str = "koran"
    n: int = 0

    def comment(self, body: str = "", *, by: str = "", **more: Any) -> Json:
        """A comment as the newspaper sends it; by a new reader each time unless `by` names one."""
        self.n += 1
        reader = by or f"pembaca{self.n}"
        return {
            "article": {"id": "berita-1", "url": "https://koran.example/berita-1"},
            "author": {"name": reader.title(), "email": f"{reader}@example.com"},
            "body": body or f"Terima kasih liputannya, semoga lekas diperbaiki ({self.n})",
            **more,
        }

    async def sends(self, body: str = "", *, by: str = "", **more: Any) -> Json:
        """Submits a comment; Saring's answer."""
        return await self.post("/v1/comments", self.comment(body, by=by, **more))

    async def sees(self, comment: Json) -> Json:
        """The comment as it stands now."""
        return await self.get(f"/v1/comments/{comment['id']}")

    async def hears(self, after: int = 0) -> list[tuple[str, str]]:
        """The events since: type and comment."""
        told = await self.get("/v1/events", after=after)
        return [(event["type"], event["data"]["comment_id"]) for event in told["events"]]


@dataclass
class Moderator(Speaker):
    """A person who decides, with a personal token."""

    id: str = ""

    async def claims(self, n: int = 10, **view: Any) -> list[str]:
        """Takes cases; their ids."""
        told = await self.post("/v1/queue/claim", {"n": n, **view})
        return [case["comment"]["id"] for case in told["cases"]]

    async def releases(self, *comments: Json) -> list[str]:
        body = {"comment_ids": [comment["id"] for comment in comments]} if comments else {}
        return list((await self.post("/v1/queue/release", body))["released"])

    async def approves(self, comment: Json, **more: Any) -> Json:
        return await self.post(f"/v1/comments/{comment['id']}/approve", more)

    async def rejects(self, comment: Json, reason: str = "other", **more: Any) -> Json:
        return await self.post(f"/v1/comments/{comment['id']}/reject", {"reason": reason, **more})

    async def undoes(self, comment: Json) -> Json:
        return await self.post(f"/v1/comments/{comment['id']}/undo")

    async def escalates(self, comment: Json, note: str) -> Json:
        return await self.post(f"/v1/comments/{comment['id']}/escalate", {"note": note})

    async def queue(self, **view: Any) -> list[str]:
        """Ids of the pending cases, most urgent first unless told otherwise."""
        return [case["comment"]["id"] for case in (await self.get("/v1/queue", **view))["cases"]]

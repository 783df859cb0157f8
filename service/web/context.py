"""What a view is given, and what a route says of itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from service.domain.ids import Tag
from service.domain.site import KeyKind, Role, SiteConfig
from service.flow.admit import Caller
from service.i18n import negotiate
from service.web.services import Services

SECRET = frozenset({KeyKind.SECRET})
SECRET_OR_PUBLIC = frozenset({KeyKind.SECRET, KeyKind.PUBLIC})


LANGUAGE: web.RequestKey[str] = web.RequestKey("language", str)
REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
SERVICES: web.AppKey[Services] = web.AppKey("services", Services)


@dataclass(slots=True)
class Context:
    """One request: who asks, of which site, in which language, and what was sent (already parsed)."""

    request: web.Request
    services: Services
    language: str
    request_id: str
    caller: Caller = field(default_factory=Caller)
    config: SiteConfig | None = None
    body: Any = None
    query: Any = None

    def settle(self, config: SiteConfig) -> None:
        """The site is known: where the caller wished for no language of ours, its own is spoken."""
        self.config = config
        self.language = negotiate(self.request.headers.get("Accept-Language", ""), config.site.language)
        self.request[LANGUAGE] = self.language

    @property
    def site(self) -> SiteConfig:
        assert self.config is not None
        return self.config

    @property
    def tag(self) -> Tag:
        return self.site.site.tag

    @property
    def comment_id(self) -> str:
        return self.request.match_info["id"]


MOST_BYTES = 256 * 1024
"""So long may a request's body be, where its route does not say otherwise."""

View = Callable[[Context], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the route table: from it come the router, the checks, and the OpenAPI document.

    No keys and no role: open to all. `reads_body` False leaves reading the body (and who may call) to the view.
    `refuses` names the statuses of problems that the rest of the row does not tell already (`problems` has them all).
    """

    method: str
    path: str
    view: View
    summary: str
    tag: str
    keys: frozenset[KeyKind] = frozenset()
    role: Role | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | None] = field(default_factory=lambda: {200: None})
    refuses: tuple[int, ...] = ()
    reads_body: bool = True
    most_bytes: int = MOST_BYTES
    content: str = "application/json"
    headers: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return not self.keys and self.role is None

    @property
    def problems(self) -> tuple[int, ...]:
        """Every status of a problem that may be answered: what follows from the row, and what the view adds."""
        guarded = () if self.is_open else (401, 403, 503)  # credentials are looked up in the store
        meant = (404,) if not self.is_open and (self.role or "{" in self.path) else ()
        parsed = (400, 413, 415, 422) if self.body else (400, 422) if self.query else ()
        return tuple(sorted({*guarded, *meant, *parsed, *self.refuses}))

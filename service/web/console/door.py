"""The console's door: who comes in, by which session, to which site; headers; errors as pages or as JSON.

A request that changes something must come from our own pages: the cookie is SameSite=Strict, and the browser's own word
(Sec-Fetch-Site, else Origin) is asked besides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import web
from pydantic import ValidationError

from service.domain.ids import Tag
from service.domain.site import Account, Role, SiteConfig
from service.errors import (
    Forbidden,
    InvalidInput,
    MalformedInput,
    NotFound,
    OriginNotAllowed,
    SaringError,
    Unauthenticated,
)
from service.i18n import LANGUAGES, say
from service.web.address import origin_of
from service.web.console.wording import Words
from service.web.context import LANGUAGE as REQUEST_LANGUAGE
from service.web.context import REQUEST_ID
from service.web.parse import NO_FORM, invalid, whole_number
from service.web.problems import INTERNAL, Row, document, field_message, problem_of, row_of
from service.web.services import Services
from service.web.templates import render_template

_log = structlog.get_logger()

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LANGUAGE_COOKIE, THEME_COOKIE, KEYS_COOKIE = "saring_language", "saring_theme", "saring_keys"
_YEAR_S = 365 * 86_400
_DAY_MS = 86_400_000


@dataclass(slots=True)
class Visit:
    """One request of a person: who, with which session, on which site, in which language."""

    request: web.Request
    services: Services
    language: str
    token: str = ""
    account: Account | None = None
    config: SiteConfig | None = None

    @property
    def person(self) -> Account:
        assert self.account is not None
        return self.account

    @property
    def site(self) -> SiteConfig:
        assert self.config is not None
        return self.config

    @property
    def tag(self) -> Tag:
        return self.site.site.tag

    @property
    def role(self) -> Role:
        return self.person.roles[self.tag]

    @property
    def may_decide(self) -> bool:
        return self.role.includes(Role.MODERATOR)

    @property
    def is_secure(self) -> bool:
        return self.services.settings.base_url.startswith("https://")

    @property
    def words(self) -> Words:
        return Words(self.language, self.config.site.time_zone if self.config else "Asia/Makassar")

    def say(self, message: str, **values: object) -> str:
        return say(self.language, message, **values)

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """The template as an answer, with what every page needs."""
        cookies = self.request.cookies
        html = render_template(
            f"console/{template}",
            self.language,
            me=self.account,
            role=self.role if self.config and self.account else None,
            site=self.config.site if self.config else None,
            theme=cookies.get(THEME_COOKIE) if cookies.get(THEME_COOKIE) in ("light", "dark") else "",
            has_keys=cookies.get(KEYS_COOKIE) != "off",
            path=self.request.path_qs,
            words=self.words,
            **{"at": "", **values},
        )
        answer = web.Response(text=html, content_type="text/html", status=status)
        answer.enable_compression()
        return answer

    def keep(self, answer: web.Response, token: str) -> web.Response:
        """The same answer, with the session for the browser to keep ("" takes it away)."""
        name = cookie_name(is_secure=self.is_secure)
        if token:
            answer.set_cookie(name, token, path="/", httponly=True, samesite="Strict", secure=self.is_secure)
        else:
            answer.del_cookie(name, path="/", httponly=True, samesite="Strict", secure=self.is_secure)
        return answer

    async def form(self) -> dict[str, str]:
        """The text fields of a form that our own page sent. Raises MalformedInput."""
        return {name: value for name, value in (await self.fields()).items() if isinstance(value, str)}

    async def fields(self) -> Mapping[str, object]:
        """The same with the files. Raises MalformedInput."""
        try:
            return await self.request.post()
        except NO_FORM as error:
            raise MalformedInput("not a form") from error

    def version(self, form: Mapping[str, str]) -> int | None:
        """The version that the form was made from; None where it tells none."""
        return whole_number(form.get("version", ""))

    def until(self, form: Mapping[str, str], choices: Iterable[int]) -> int | None:
        """When the chosen number of days is over, epoch milliseconds; None where no choice of the page's was made."""
        told = form.get("days", "")
        return self.services.clock() + int(told) * _DAY_MS if told in map(str, choices) else None

    def mistake(self, error: ValidationError) -> str:
        """The first thing that is wrong with what was typed, in a sentence; "" where that can be said of no field."""
        problem = invalid(error)
        return field_message(problem.errors[0], self.language) if isinstance(problem, InvalidInput) else ""

    async def json(self) -> dict[str, Any]:
        """The JSON object that our own script sent. Raises MalformedInput."""
        try:
            body = await self.request.json()
        except ValueError as error:
            raise MalformedInput("not JSON") from error
        if not isinstance(body, dict):
            raise MalformedInput("not an object")
        return body


class Mistyped(Exception):
    """What was typed or uploaded is not acceptable; says why, in the visitor's language."""


View = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Page:
    """A row of the console's table. `role` None: open to people who have not signed in."""

    method: str
    path: str
    view: View
    role: Role | None = Role.READER


def cookie_name(*, is_secure: bool) -> str:
    """The session's cookie; over https a name that no other host of the domain may set."""
    return "__Host-saring" if is_secure else "saring"


def see_other(path: str) -> web.Response:
    """Go on at `path`."""
    return web.Response(status=303, headers={"Location": path})


def remember(answer: web.Response, name: str, value: str) -> web.Response:
    """Keeps a preference in the browser for a year."""
    answer.set_cookie(name, value, path="/console", samesite="Strict", max_age=_YEAR_S)
    return answer


def _language(request: web.Request) -> str:
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else str(request[REQUEST_LANGUAGE])


def _hold_to_own_pages(request: web.Request, base_url: str) -> None:
    """Raises OriginNotAllowed unless the browser says that our own page sent this."""
    told = request.headers.get("Sec-Fetch-Site")
    if told is not None:
        if told != "same-origin":
            raise OriginNotAllowed("another site's page")
        return
    origin = request.headers.get("Origin", "")
    if not origin or (urlsplit(origin).netloc != request.host and origin_of(origin) != origin_of(base_url)):
        raise OriginNotAllowed("no page of ours")


async def _come_in(visit: Visit, page: Page) -> None:
    """The person, by his session, and the site in the path. Raises what keeps him out."""
    services, request = visit.services, visit.request
    visit.token = request.cookies.get(cookie_name(is_secure=visit.is_secure), "")
    if page.role is None:
        return
    visit.account = await services.enter.who(visit.token)
    slug = request.match_info.get("slug")
    if slug is None:
        return
    config = await services.directory.by_slug(slug)
    if config.site.tag not in visit.account.roles:
        raise NotFound("another site's")
    visit.config = config
    if not visit.role.includes(page.role):
        raise Forbidden("not with this role")


def _refused(visit: Visit, error: SaringError) -> web.StreamResponse:
    request = visit.request
    if "text/html" not in request.headers.get("Accept", ""):
        problem = problem_of(error, visit.language, request[REQUEST_ID])
        return web.json_response(problem, status=row_of(error).status, content_type="application/problem+json")
    if isinstance(error, Unauthenticated):
        where = request.path_qs if request.method == "GET" else "/console"
        return see_other(f"/console/sign-in?next={quote(where, safe='')}")
    return _told(visit, row_of(error))


def _told(visit: Visit, row: Row) -> web.Response:
    problem = document(row, visit.language, visit.request[REQUEST_ID])
    return visit.page("problem.html", status=row.status, problem=problem)


def _handler(page: Page, services: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        visit = Visit(request, services, _language(request))
        try:
            if request.method not in ("GET", "HEAD"):
                _hold_to_own_pages(request, services.settings.base_url)
            await _come_in(visit, page)
            answer = await page.view(visit)
        except SaringError as error:
            answer = _refused(visit, error)
        except web.HTTPException:
            raise
        except Exception:
            if "text/html" not in request.headers.get("Accept", ""):
                raise
            _log.exception("bug", request_id=request[REQUEST_ID])
            answer = _told(visit, INTERNAL)
        if not answer.prepared:
            for name, value in HEADERS.items():
                answer.headers.setdefault(name, value)
        return answer

    return handle


def add_console(app: web.Application, services: Services) -> None:
    """The console's pages, below /console."""
    from service.web.console.pages import PAGES

    for page in PAGES:
        app.router.add_route(page.method, page.path, _handler(page, services))

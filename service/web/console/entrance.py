"""Sign-in, sign-out, and a person's own page: password, language, single-key shortcuts."""

from __future__ import annotations

import math

from aiohttp import web

from service.domain.comment import canonical_line, is_blank
from service.flow.enter import PASSWORD_MAX, PASSWORD_MIN, Refused
from service.flow.tokens import MOST
from service.i18n import LANGUAGES
from service.web.address import client_address
from service.web.console.door import KEYS_COOKIE, LANGUAGE_COOKIE, Visit, remember, see_other

_NAME_MAX = 60


def _inner(path: str) -> str:
    """Where to go on: a page of the console, never somewhere else."""
    return path if path.startswith("/console") and not path.startswith("/console/sign-") else "/console"


def _refusal(visit: Visit, refused: Refused, wrong: str) -> str:
    if refused.retry_after_s is None:
        return visit.say(wrong)
    minutes = max(1, math.ceil(refused.retry_after_s / 60))
    return visit.say("Too many tries. Please wait {minutes} minutes, then try again.", minutes=minutes)


async def sign_in_page(visit: Visit) -> web.StreamResponse:
    """The form."""
    return visit.page("sign_in.html", email="", error="", next=_inner(visit.request.query.get("next", "")))


async def sign_in(visit: Visit) -> web.StreamResponse:
    """A fresh session for the right password; else the form again, with the address as typed."""
    form = await visit.form()
    email, onward = form.get("email", "").strip(), _inner(form.get("next", ""))
    address = client_address(visit.request, visit.services.settings.trusted_proxies)
    came = await visit.services.enter.sign_in(email[:254], form.get("password", "")[:PASSWORD_MAX], address)
    if isinstance(came, Refused):
        error = _refusal(visit, came, "This e-mail address and this password do not belong together.")
        status = 429 if came.retry_after_s is not None else 422
        answer = visit.page("sign_in.html", status=status, email=email, error=error, next=onward)
        if came.retry_after_s is not None:
            answer.headers["Retry-After"] = str(math.ceil(came.retry_after_s))
        return answer
    return visit.keep(see_other(onward), came.token)


async def invitation_page(visit: Visit) -> web.StreamResponse:
    """Room for a password, for whoever holds a good link."""
    return await _invitation(visit)


async def accept_invitation(visit: Visit) -> web.StreamResponse:
    """Whoever holds the link comes in by a password of his own; the link has ended, and so have older sessions."""
    new = (await visit.form()).get("new", "")
    if not PASSWORD_MIN <= len(new) <= PASSWORD_MAX:
        error = visit.say("At least {min} characters, please.", min=PASSWORD_MIN)
        return await _invitation(visit, error=error, status=422)
    came = await visit.services.enter.choose_password(visit.request.match_info["token"], new)
    return visit.keep(see_other("/console"), came.token)


async def _invitation(visit: Visit, *, error: str = "", status: int = 200) -> web.Response:
    who = await visit.services.enter.linked(visit.request.match_info["token"])
    is_new = not who.password_hash
    return visit.page("invitation.html", status=status, email=who.email, is_new=is_new, error=error, min=PASSWORD_MIN)


async def sign_out(visit: Visit) -> web.StreamResponse:
    """Ends this session, or every one of the person's; what he held goes back to the queue."""
    form = await visit.form()
    for tag in visit.person.roles:
        await visit.services.review.release(tag, visit.person.id, [])  # type: ignore[arg-type]
    await visit.services.enter.sign_out(visit.person, visit.token, everywhere="everywhere" in form)
    return visit.keep(see_other("/console/sign-in"), "")


async def home(visit: Visit) -> web.StreamResponse:
    """On to the queue of the person's site; with several, they are listed."""
    configs = [await visit.services.directory.current(tag) for tag in visit.person.roles]  # type: ignore[arg-type]
    if len(configs) == 1:
        return see_other(f"/console/{configs[0].site.slug}")
    return visit.page("sites.html", sites=[config.site for config in configs])


async def account_page(visit: Visit) -> web.StreamResponse:
    """The person's own page."""
    return await _account(visit)


async def change_tokens(visit: Visit) -> web.StreamResponse:
    """Makes a token, which this answer alone shows, or revokes one."""
    form = await visit.form()
    if form.get("do") == "revoke":
        await visit.services.tokens.revoke(visit.person, form.get("token", ""))
        return see_other("/console/account#tokens")
    name = canonical_line(form.get("name", ""))[:_NAME_MAX]
    if is_blank(name):
        error = visit.say("What is it for? A name tells one token from another.")
        return await _account(visit, token_error=error, status=422)
    made = await visit.services.tokens.make(visit.person, name)
    if made is None:
        error = visit.say("{n} tokens are the most that a person may have. Revoke one first.", n=MOST)
        return await _account(visit, token_error=error, status=409)
    return await _account(visit, made=made)


async def change_password(visit: Visit) -> web.StreamResponse:
    """A new password; every other session ends."""
    form = await visit.form()
    old, new = form.get("old", ""), form.get("new", "")
    if not PASSWORD_MIN <= len(new) <= PASSWORD_MAX:
        error = visit.say("At least {min} characters, please.", min=PASSWORD_MIN)
        return await _account(visit, error=error, status=422)
    changed = await visit.services.enter.change_password(visit.person, old[:PASSWORD_MAX], new)
    if isinstance(changed, Refused):
        status = 422 if changed.retry_after_s is None else 429
        error = _refusal(visit, changed, "That is not your current password.")
        return await _account(visit, error=error, status=status)
    visit.account = changed.account
    return visit.keep(await _account(visit, done=True), changed.token)


async def choose(visit: Visit) -> web.StreamResponse:
    """Language and shortcuts, kept in the browser."""
    form = await visit.form()
    answer = see_other(_inner(form.get("back", "/console/account")))
    if form.get("language") in LANGUAGES:
        remember(answer, LANGUAGE_COOKIE, form["language"])
    if form.get("keys") in ("on", "off"):
        remember(answer, KEYS_COOKIE, form["keys"])
    return answer


async def _account(
    visit: Visit, *, error: str = "", done: bool = False, made: str = "", token_error: str = "", status: int = 200
) -> web.Response:
    return visit.page(
        "account.html",
        status=status,
        error=error,
        done=done,
        min=PASSWORD_MIN,
        tokens=await visit.services.tokens.of(visit.person),
        made=made,
        token_error=token_error,
        name_max=_NAME_MAX,
    )

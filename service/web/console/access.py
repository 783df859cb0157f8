"""Who may come in: the site's people and its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web
from pydantic import ValidationError

from service.domain.site import Account, ApiKey, KeyKind, Role
from service.errors import Forbidden, LastEditor, NotFound, VersionConflict
from service.flow.configure import IssuedKey
from service.web.api.access import invitation_link
from service.web.console.door import Visit, see_other
from service.web.requests import PersonModel

ROLES = {"reader": "Reader", "moderator": "Moderator", "editor": "Editor"}
ROLE_MEANINGS = {
    "reader": "sees the queue and the figures",
    "moderator": "decides, too",
    "editor": "sets policy, lists, people and keys, too",
}
KEY_KINDS = {"secret": "Secret", "public": "Public", "akismet": "Akismet"}
KEY_MEANINGS = {
    "secret": "from server to server: everything of this site",
    "public": "in a page’s form: may submit comments, from this site’s pages alone",
    "akismet": "for programs that speak to Akismet",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the table shows him."""

    id: str
    email: str
    role: str
    is_me: bool
    is_invited: bool
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Key:
    """A key as the table shows it."""

    id: str
    kind: str
    prefix: str
    created: str
    revoked: str


async def people(visit: Visit) -> web.StreamResponse:
    """Who works for the site, and room to invite somebody."""
    return await _people(visit)


async def change_people(visit: Visit) -> web.StreamResponse:
    """Invites, gives a role, takes it, or makes a link to choose a password, as the button says."""
    form = await visit.form()
    staff = await visit.services.staff.people(visit.tag)
    wanted = {account.email: account.roles[visit.tag] for account in staff}
    try:
        match form.get("do"):
            case "invite":
                wanted[_email(form)] = _role(form)
            case "role":
                wanted[_member(staff, form).email] = _role(form)
            case "remove":
                del wanted[_member(staff, form).email]
            case "link":
                member = _member(staff, form)
                token = await visit.services.staff.link(visit.tag, member, visit.person)
                link = invitation_link(visit.services, token)
                return await _people(visit, links={member.email: link}, is_reset=bool(member.password_hash))
        done = await visit.services.staff.put(visit.tag, wanted, visit.version(form), visit.person.id)
    except (ValidationError, ValueError):
        return await _people(visit, typed=form, error=visit.say("This e-mail address is not valid."), status=422)
    except Forbidden:
        error = visit.say("This person works for other papers too: only the host can give a new password.")
        return await _people(visit, error=error, status=403)
    except LastEditor:
        error = visit.say("A site needs an editor who can sign in.")
        return await _people(visit, error=error, status=409)
    except VersionConflict:
        error = visit.say("Somebody changed this meanwhile. It is shown as it is now; try again.")
        return await _people(visit, typed=form, error=error, status=412)
    if visit.person.id not in {account.id for account in done.people}:
        return see_other("/console")
    emails = {account.id: account.email for account in done.people}
    links = {emails[each]: invitation_link(visit.services, token) for each, token in done.invitations.items()}  # type: ignore[index]
    return await _people(visit, links=links) if links else see_other(f"/console/{visit.site.site.slug}/people")


async def keys(visit: Visit) -> web.StreamResponse:
    """The site's keys, and room to issue one."""
    return await _keys(visit)


async def change_keys(visit: Visit) -> web.StreamResponse:
    """Issues a key, which this answer alone shows, or revokes one."""
    form = await visit.form()
    configure = visit.services.configure
    if form.get("do") == "issue" and form.get("kind") in KEY_KINDS:
        issued = await configure.create_key(visit.tag, KeyKind(form["kind"]), visit.person.id)
        return await _keys(visit, issued=issued)
    if form.get("do") == "revoke":
        await configure.revoke_key(visit.tag, form.get("id", ""), visit.person.id)
    return see_other(f"/console/{visit.site.site.slug}/keys")


def _email(form: Mapping[str, str]) -> str:
    return PersonModel.model_validate({"email": form.get("email", "").strip(), "role": "reader"}).email


def _role(form: Mapping[str, str]) -> Role:
    return Role(form.get("role", ""))


def _member(staff: list[Account], form: Mapping[str, str]) -> Account:
    found = next((account for account in staff if account.id == form.get("id")), None)
    if found is None:
        raise NotFound("nobody of this site")
    return found


async def _people(
    visit: Visit,
    *,
    links: Mapping[str, str] | None = None,
    is_reset: bool = False,
    typed: Mapping[str, str] | None = None,
    error: str = "",
    status: int = 200,
) -> web.Response:
    config = await visit.services.directory.current(visit.tag)
    staff = await visit.services.staff.people(visit.tag)
    return visit.page(
        "people.html",
        status=status,
        at="settings",
        part="people",
        version=config.people_version,
        people=[_person(visit, account) for account in staff],
        roles=[(code, visit.say(word), visit.say(ROLE_MEANINGS[code])) for code, word in ROLES.items()],
        links=links or {},
        is_reset=is_reset,
        typed=typed or {},
        error=error,
    )


def _person(visit: Visit, account: Account) -> Person:
    return Person(
        account.id,
        account.email,
        account.roles[visit.tag],
        account.id == visit.person.id,
        not account.password_hash,
        account.disabled,
    )


async def _keys(visit: Visit, issued: IssuedKey | None = None) -> web.Response:
    config = await visit.services.directory.current(visit.tag)
    shown = sorted(config.keys.values(), key=lambda key: (key.revoked_ms is not None, -key.created_ms))
    return visit.page(
        "keys.html",
        at="settings",
        part="keys",
        keys=[_key(visit, key) for key in shown],
        kinds=[(code, visit.say(word), visit.say(KEY_MEANINGS[code])) for code, word in KEY_KINDS.items()],
        issued=issued,
    )


def _key(visit: Visit, key: ApiKey) -> Key:
    when = visit.words.when
    revoked = "" if key.revoked_ms is None else when(key.revoked_ms)
    return Key(key.id, visit.say(KEY_KINDS[key.kind]), key.prefix, when(key.created_ms), revoked)

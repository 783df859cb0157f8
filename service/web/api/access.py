"""Who may come in: a site's people and its keys, as documents that are read and replaced whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from aiohttp import web

from service.domain.site import Account, ApiKey, KeyKind, Role
from service.errors import FieldError, InvalidInput
from service.flow.configure import IssuedKey
from service.web.api.sites import follows, versioned
from service.web.context import Context
from service.web.requests import KeyModel, KeysModel, PeopleModel, PersonModel
from service.web.services import Services


def invitation_link(services: Services, token: str) -> str:
    """Where the invited person comes in."""
    return f"{services.settings.base_url}/console/invitation/{token}"


async def get_people(context: Context) -> web.StreamResponse:
    """Everybody who works for the site, by e-mail address."""
    people = await context.services.staff.people(context.tag)
    return versioned(PeopleModel(version=context.site.people_version, people=[_person(context, p) for p in people]))


async def put_people(context: Context) -> web.StreamResponse:
    """New people get an invitation, told in this answer alone; whoever is left out loses the role, at once."""
    body: PeopleModel = context.body
    wanted = {person.email: Role(person.role) for person in body.people}
    done = await context.services.staff.put(context.tag, wanted, follows(context), context.caller.by)
    people = [_person(context, person, done.invitations) for person in done.people]
    return versioned(PeopleModel(version=done.version, people=people))


async def get_keys(context: Context) -> web.StreamResponse:
    """Every key of the site, told by its prefix; revoked ones too."""
    return versioned(_keys(context.site.keys.values(), context.site.keys_version))


async def put_keys(context: Context) -> web.StreamResponse:
    """New keys are shown in this answer and never again; those left out open nothing from now on."""
    body: KeysModel = context.body
    known: dict[str, ApiKey] = {key.id: key for key in context.site.keys.values()}
    for at, key in enumerate(body.keys):
        if key.id and (key.id not in known or known[key.id].kind != key.kind):
            raise InvalidInput([FieldError(f"/keys/{at}/id", "invalid")])
    issued, version = await context.services.configure.put_keys(
        context.tag,
        [key.id for key in body.keys if key.id],
        [KeyKind(key.kind) for key in body.keys if not key.id],
        follows(context),
        context.caller.by,
    )
    now = await context.services.directory.current(context.tag)
    return versioned(_keys(now.keys.values(), version, issued))


def _person(context: Context, account: Account, invitations: Mapping[str, str] | None = None) -> PersonModel:
    token = (invitations or {}).get(account.id)
    return PersonModel(
        email=account.email,
        role=account.roles[context.tag].value,
        id=account.id,
        disabled=account.disabled,
        invited=not account.password_hash,
        invitation=invitation_link(context.services, token) if token else None,
    )


def _keys(keys: Iterable[ApiKey], version: int, issued: Sequence[IssuedKey] = ()) -> KeysModel:
    shown = {each.id: each.key for each in issued}
    return KeysModel(
        version=version,
        keys=[
            KeyModel(
                kind=key.kind.value,
                id=key.id,
                prefix=key.prefix,
                created_at=_moment(key.created_ms),
                revoked_at=None if key.revoked_ms is None else _moment(key.revoked_ms),
                key=shown.get(key.id),
            )
            for key in sorted(keys, key=lambda key: key.id)
        ],
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

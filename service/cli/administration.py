"""`saring site|key|user …`: administration on the host, while the service runs or not. Secrets are shown once."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from email_validator import EmailNotValidError, validate_email

from service.cli.house import with_house
from service.domain.site import RESERVED, SLUG, KeyKind, Role, SiteConfig
from service.errors import AlreadyExists, BadSetting, NotFound, UnknownSite
from service.i18n import LANGUAGES
from service.web.address import origin_of
from service.web.wording import moment

if TYPE_CHECKING:
    from service.app import House

Report = dict[str, Any]


def register(subparsers: Any) -> None:
    """Adds `site`, `key` and `user`."""
    site = _group(subparsers, "site", "sites of newspapers")
    _command(site, "create", _site_create, "make a site", *_SITE_ARGUMENTS)
    _command(site, "list", _site_list, "all sites")
    _command(site, "set", _site_set, "change a site", *_SITE_CHANGES)
    key = _group(subparsers, "key", "API keys")
    kinds = [kind.value for kind in KeyKind]
    of_site = ("--site", {"required": True, "metavar": "SLUG"})
    _command(key, "create", _key_create, "make a key", of_site, ("--kind", {"required": True, "choices": kinds}))
    _command(key, "list", _key_list, "all keys", ("--site", {"metavar": "SLUG"}))
    _command(key, "revoke", _key_revoke, "a key opens nothing any more", ("id", {"metavar": "ID"}))
    user = _group(subparsers, "user", "people who work for sites")
    roles = [role.value for role in Role]
    email = ("email", {"metavar": "EMAIL"})
    role = ("--role", {"required": True, "choices": roles})
    _command(user, "create", _user_create, "make an account", of_site, role, ("--email", {"required": True}))
    _command(user, "list", _user_list, "all accounts", ("--site", {"metavar": "SLUG"}))
    _command(user, "password", _user_password, "a new password", email)
    _command(user, "disable", _user_disable, "an account opens nothing any more", email)


_Argument = tuple[str, dict[str, Any]]
_SITE_CHANGES: tuple[_Argument, ...] = (
    ("slug", {"metavar": "SLUG"}),
    ("--name", {}),
    ("--origin", {"action": "append", "metavar": "URL", "help": "scheme://host of its pages; may be repeated"}),
    ("--language", {"choices": list(LANGUAGES)}),
    ("--time-zone", {"metavar": "ZONE"}),
)
_SITE_ARGUMENTS: tuple[_Argument, ...] = (
    _SITE_CHANGES[0],
    ("--name", {"required": True}),
    (_SITE_CHANGES[2][0], {**_SITE_CHANGES[2][1], "required": True}),
    ("--language", {"choices": list(LANGUAGES), "default": "id"}),
    ("--time-zone", {"metavar": "ZONE", "default": "Asia/Makassar"}),
)


def _group(subparsers: Any, name: str, help_: str) -> Any:
    return subparsers.add_parser(name, help=help_).add_subparsers(metavar="ACTION", required=True)


def _command(
    group: Any,
    name: str,
    work: Callable[[House, argparse.Namespace], Awaitable[Report]],
    help_: str,
    *arguments: _Argument,
) -> None:
    command = group.add_parser(name, help=help_)
    for flag, options in arguments:
        command.add_argument(flag, **options)
    command.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def run(parsed: argparse.Namespace) -> int:
        report = with_house(lambda house: work(house, parsed))
        _print(report, as_json=parsed.json)
        return 0

    command.set_defaults(run=run)


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(orjson.dumps(report).decode() + "\n")
        return
    for name, value in report.items():
        if not isinstance(value, list):
            print(f"{name}: {value}")
            continue
        for row in value:
            print("  ".join(f"{key}={_plain(cell)}" for key, cell in row.items()))


def _plain(cell: object) -> str:
    if isinstance(cell, dict):
        return ",".join(f"{key}:{value}" for key, value in cell.items()) or "-"
    return ",".join(map(str, cell)) if isinstance(cell, list) else str(cell)


def _origins(values: Sequence[str]) -> tuple[str, ...]:
    origins = tuple(origin_of(value) for value in values)
    if not all(origins):
        raise BadSetting("--origin: must be scheme://host, like https://koran.example")
    return origins


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSetting(f"--time-zone: unknown zone {name}") from error


async def _config(house: House, slug: str) -> SiteConfig:
    try:
        return await house.directory.by_slug(slug)
    except UnknownSite as error:
        raise UnknownSite(f"there is no site {slug}; see `saring site list`") from error


async def _site_create(house: House, given: argparse.Namespace) -> Report:
    if not SLUG.fullmatch(given.slug):
        raise BadSetting("SLUG: lower-case letters, digits and hyphens, at most 40")
    if given.slug in RESERVED:
        raise BadSetting(f"SLUG: the console has a page of its own at {given.slug}; choose another")
    origins, zone = _origins(given.origin), _zone(given.time_zone)
    try:
        site = await house.configure.create_site(given.slug, given.name, origins, given.language, zone)
    except AlreadyExists as error:
        raise AlreadyExists(f"there is a site {given.slug} already") from error
    return {"id": site.id, "slug": site.slug}


async def _site_list(house: House, _: argparse.Namespace) -> Report:
    rows = [
        {
            "id": config.site.id,
            "slug": config.site.slug,
            "name": config.site.name,
            "origins": list(config.site.origins),
            "language": config.site.language,
            "time_zone": config.site.time_zone,
            "created_at": moment(config.site.created_ms),
        }
        for config in await house.directory.all()
    ]
    return {"sites": sorted(rows, key=lambda row: str(row["slug"]))}


async def _site_set(house: House, given: argparse.Namespace) -> Report:
    site = (await _config(house, given.slug)).site
    changed = replace(
        site,
        name=given.name or site.name,
        origins=_origins(given.origin) if given.origin else site.origins,
        language=given.language or site.language,
        time_zone=_zone(given.time_zone) if given.time_zone else site.time_zone,
    )
    await house.configure.set_site(changed)
    return {"id": site.id, "slug": site.slug}


async def _key_create(house: House, given: argparse.Namespace) -> Report:
    config = await _config(house, given.site)
    issued = await house.configure.create_key(config.site.tag, KeyKind(given.kind))
    return {"id": issued.id, "key": issued.key}


async def _key_list(house: House, given: argparse.Namespace) -> Report:
    configs = [await _config(house, given.site)] if given.site else await house.directory.all()
    return {
        "keys": [
            {
                "id": key.id,
                "site": config.site.slug,
                "kind": key.kind.value,
                "prefix": key.prefix,
                "created_at": moment(key.created_ms),
                "revoked_at": moment(key.revoked_ms) if key.revoked_ms else None,
            }
            for config in configs
            for key in sorted(config.keys.values(), key=lambda key: key.id)
        ]
    }


async def _key_revoke(house: House, given: argparse.Namespace) -> Report:
    for config in await house.directory.all():
        if any(key.id == given.id for key in config.keys.values()):
            await house.configure.revoke_key(config.site.tag, given.id)
            return {"id": given.id, "revoked": True}
    raise NotFound(f"there is no key {given.id}; see `saring key list`")


async def _user_create(house: House, given: argparse.Namespace) -> Report:
    config = await _config(house, given.site)
    try:
        email = validate_email(given.email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadSetting(f"--email: {error}") from error
    try:
        invitation = await house.configure.create_user(config.site.tag, email, Role(given.role))
    except AlreadyExists as error:
        raise AlreadyExists(f"this person works for {given.site} already") from error
    account = invitation.account
    report = {"id": account.id, "email": account.email, "password": invitation.password, "token": invitation.token}
    return {name: value for name, value in report.items() if value}


async def _user_list(house: House, given: argparse.Namespace) -> Report:
    slugs: dict[str, str] = {config.site.tag: config.site.slug for config in await house.directory.all()}
    wanted = (await _config(house, given.site)).site.tag if given.site else None
    return {
        "users": [
            {
                "id": account.id,
                "email": account.email,
                "roles": {slugs.get(tag, tag): role.value for tag, role in account.roles.items()},
                "disabled": account.disabled,
            }
            for account in await house.configure.people()
            if wanted is None or wanted in account.roles
        ]
    }


async def _user_password(house: House, given: argparse.Namespace) -> Report:
    try:
        invitation = await house.configure.reset_password(given.email)
    except NotFound as error:
        raise NotFound(f"there is no account {given.email}") from error
    return {"id": invitation.account.id, "email": invitation.account.email, "password": invitation.password}


async def _user_disable(house: House, given: argparse.Namespace) -> Report:
    try:
        await house.configure.disable_user(given.email)
    except NotFound as error:
        raise NotFound(f"there is no account {given.email}") from error
    return {"email": given.email, "disabled": True}

"""The demo site of a first start: made once on an empty store, its credentials printed once."""

from __future__ import annotations

import asyncio

from service.app import House
from service.domain.site import KeyKind, Role
from service.errors import AlreadyExists
from service.web.demo import SLUG

_EMAIL = "editor@example.com"


async def open_demo(house: House, port: int) -> None:
    """Makes the demo site where there is no site at all, and says where to look."""
    settings = house.settings
    base = settings.public_url or settings.base_url.replace(f":{settings.port}", f":{port}")
    lines = [
        "",
        f"  Saring runs at {base}",
        f"  console        {base}/console",
        f"  demo article   {base}/demo",
        f"  API            {base}/docs",
    ]
    await _store(house)
    if not await house.store.sites.tags():
        lines += await _make(house, base)
    print("\n".join([*lines, ""]), flush=True)


async def _store(house: House) -> None:
    """Waits until the store answers: it may still be loading what it has kept."""
    while not await house.services.store_answers():  # noqa: ASYNC110 - a server that loads tells nobody when it is done
        await asyncio.sleep(0.05)


async def _make(house: House, base: str) -> list[str]:
    try:
        site = await house.configure.create_site(SLUG, "Koran Demo", _origins(base), "id", "Asia/Makassar")
    except AlreadyExists:  # another worker was first
        return []
    invitation = await house.configure.create_user(site.tag, _EMAIL, Role.EDITOR)
    secret = await house.configure.create_key(site.tag, KeyKind.SECRET)
    await house.configure.create_key(site.tag, KeyKind.PUBLIC, key=house.secret.demo_key(site.tag))
    return [
        "",
        "  Made for you, and shown this once:",
        f"    editor       {_EMAIL}",
        f"    password     {invitation.password}",
        f"    token        {invitation.token}",
        f"    secret key   {secret.key}",
    ]


def _origins(base: str) -> tuple[str, ...]:
    other = base.replace("//127.0.0.1", "//localhost") if "//127.0.0.1" in base else base
    return tuple(dict.fromkeys((base, other)))

"""Sites, their lists and keys, and the people who work for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from service.domain.ids import AccountId, KeyId, Tag
from service.domain.policy import Policy

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
# Pages of the console that stand where a site's would: /console/account.
RESERVED = frozenset({"account", "choose", "invitation", "sign-in", "sign-out"})
LISTS = ("words", "domains", "addresses", "emails")


class Role(StrEnum):
    """What a person may do on a site, each including the one before."""

    READER = "reader"
    MODERATOR = "moderator"
    EDITOR = "editor"

    def includes(self, other: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class KeyKind(StrEnum):
    """secret: server to server; public: in a page's form, may only submit; akismet: for Akismet's clients."""

    SECRET = "secret"
    PUBLIC = "public"
    AKISMET = "akismet"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as kept: its keyed hash and a prefix to tell it by; never the key."""

    id: KeyId
    kind: KeyKind
    prefix: str
    hash: str
    created_ms: int
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A newspaper's site. `origins` are scheme://host[:port] of its pages; `tag` binds all its keys to one slot."""

    tag: Tag
    slug: str
    name: str
    origins: tuple[str, ...]
    language: str
    time_zone: str
    created_ms: int

    @property
    def id(self) -> str:
        return f"s_{self.tag}"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a list; `verdict` "" leaves it to the rule; `until_ms` None never ends."""

    value: str
    verdict: str = ""
    until_ms: int | None = None
    note: str = ""

    def applies(self, now_ms: int) -> bool:
        return self.until_ms is None or now_ms < self.until_ms


@dataclass(frozen=True, slots=True)
class Lists:
    """The site's word, domain, address and e-mail lists; `version` counts their changes."""

    version: int = 1
    words: tuple[ListEntry, ...] = ()
    domains: tuple[ListEntry, ...] = ()
    addresses: tuple[ListEntry, ...] = ()
    emails: tuple[ListEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """All that a submission needs to know of its site; `revision` changes whenever any part does."""

    site: Site
    policy: Policy
    lists: Lists
    keys: Mapping[str, ApiKey]  # by hash
    keys_version: int
    people_version: int
    revision: int


@dataclass(frozen=True, slots=True)
class Account:
    """A person; `roles` by site tag."""

    id: AccountId
    email: str
    roles: Mapping[str, Role]
    password_hash: str
    disabled: bool
    created_ms: int


@dataclass(frozen=True, slots=True)
class Token:
    """A person's token as kept: its keyed hash, what he calls it, a prefix to tell it by; never the token.

    `used_ms` is right to five minutes; None: never used.
    """

    hash: str
    account_id: AccountId
    name: str
    prefix: str
    created_ms: int
    used_ms: int | None = None


def network(value: str) -> IPv4Network | IPv6Network:
    """An address or network of a list entry; ValueError where it is none."""
    return ip_network(value, strict=False)


@lru_cache(maxsize=4096)
def address(value: str) -> IPv4Address | IPv6Address | None:
    """The address that `value` spells, IPv4 inside IPv6 unwrapped; None where it is none."""
    try:
        parsed = ip_address(value.strip())
    except ValueError:
        return None
    mapped = getattr(parsed, "ipv4_mapped", None)
    return mapped or parsed

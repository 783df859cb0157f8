"""Sites, keys, people, policy and lists: who may come in and what the site wants."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from argon2 import PasswordHasher

from service.domain.ids import ENTROPY_BYTES, KeyId, Tag, base32, new_account_id, new_secret, new_tag, timed_id
from service.domain.policy import Policy
from service.domain.site import RESERVED, Account, ApiKey, KeyKind, Lists, Role, Site
from service.errors import AlreadyExists, NotFound
from service.flow.directory import Directory
from service.flow.tokens import Tokens
from service.secret import Secret
from service.store.codec import HOST_TOKEN
from service.store.people import Change, newcomer
from service.store.store import Store

HOST = "host"  # `by` of what is done on the command line of the host
_PREFIX = {KeyKind.SECRET: "sk_", KeyKind.PUBLIC: "pk_"}
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key; `key` is shown once and not kept."""

    id: KeyId
    key: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """An account; `password` and `token` are shown once, and "" where the account had them already."""

    account: Account
    password: str = ""
    token: str = ""


class Configure:
    """What administrators do, on the host and by the API."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        secret: Secret,
        clock: Callable[[], int],
        entropy: Callable[[int], bytes],
    ) -> None:
        self._store = store
        self._directory = directory
        self._secret = secret
        self._clock = clock
        self._entropy = entropy
        self._hasher = PasswordHasher()
        self._tokens = Tokens(store, secret, clock, entropy)

    async def create_site(
        self, slug: str, name: str, origins: tuple[str, ...], language: str, time_zone: str, by: str = HOST
    ) -> Site:
        """A new site with the default policy. Raises AlreadyExists, also where the console has a page of that name."""
        if slug in RESERVED:
            raise AlreadyExists(slug)
        taken = set(await self._store.sites.tags())
        tag = new_tag(self._entropy(8))
        while tag in taken:
            tag = new_tag(self._entropy(8))
        site = Site(tag, slug, name, origins, language, time_zone, self._clock())
        await self._store.sites.create(site, by)
        return site

    async def set_site(self, site: Site, by: str = HOST) -> None:
        """Replaces a site's name, origins, language or time zone."""
        await self._store.sites.put_site(site, by, self._clock())

    async def create_key(self, tag: Tag, kind: KeyKind, by: str = HOST, key: str = "") -> IssuedKey:
        """A new key of a kind. Akismet's clients know twelve hex digits only, so those alone do not carry the tag."""
        record, issued = self._new_key(tag, kind, key)
        await self._store.sites.put_keys(tag, [record], None, by, record.created_ms)
        return issued

    async def revoke_key(self, tag: Tag, key_id: str, by: str = HOST) -> None:
        """A key that opens nothing from now on, in every process. Raises NotFound."""
        config = await self._directory.current(tag)
        key = next((key for key in config.keys.values() if key.id == key_id), None)
        if key is None:
            raise NotFound(key_id)
        if key.revoked_ms is None:
            now_ms = self._clock()
            await self._store.sites.put_keys(tag, [replace(key, revoked_ms=now_ms)], None, by, now_ms)

    async def put_keys(
        self, tag: Tag, kept: Collection[str], new: Sequence[KeyKind], follows: int | None, by: str
    ) -> tuple[list[IssuedKey], int]:
        """Keeps the keys of these ids, revokes all others that open something, and issues new ones; all at once.

        The new keys in order, and the version. Raises NotFound for an unknown id, VersionConflict.
        """
        known = {str(key.id): key for key in (await self._directory.current(tag)).keys.values()}
        if unknown := [key_id for key_id in kept if key_id not in known]:
            raise NotFound(unknown[0])
        now_ms = self._clock()
        made = [self._new_key(tag, kind) for kind in new]
        ended = [key for key_id, key in known.items() if key_id not in kept and key.revoked_ms is None]
        changed = [*(replace(key, revoked_ms=now_ms) for key in ended), *(record for record, _ in made)]
        version = await self._store.sites.put_keys(tag, changed, follows, by, now_ms)
        return [issued for _, issued in made], version

    async def put_policy(self, tag: Tag, policy: Policy, follows: int | None, by: str) -> Policy:
        """A new policy for the site. Raises VersionConflict."""
        version = await self._store.sites.put_policy(tag, policy, follows, by, self._clock())
        return replace(policy, version=version)

    async def put_lists(self, tag: Tag, lists: Lists, follows: int | None, by: str) -> Lists:
        """New lists for the site. Raises VersionConflict."""
        version = await self._store.sites.put_lists(tag, lists, follows, by, self._clock())
        return replace(lists, version=version)

    async def create_user(self, tag: Tag, email: str, role: Role) -> Invitation:
        """An account with a role on a site; one that exists already gets the role there and keeps its password.

        Raises AlreadyExists where the account has a role on this site.
        """
        account = await self._store.people.by_email(email)
        if account is not None:
            if tag in account.roles:
                raise AlreadyExists(email)
            await self._store.people.change([Change(account.id, roles={tag: role})])
            await self._note_people(tag)
            return Invitation(replace(account, roles={**account.roles, tag: role}))
        password = _password()
        account = Account(
            id=new_account_id(self._entropy(10)),
            email=email,
            roles={tag: role},
            password_hash=await self._hashed(password),
            disabled=False,
            created_ms=self._clock(),
        )
        token, kept = self._tokens.new(account.id, HOST_TOKEN)
        await self._store.people.change([newcomer(account)], tokens=[kept])
        await self._note_people(tag)
        return Invitation(account, password, token)

    async def reset_password(self, email: str) -> Invitation:
        """A new password. Raises NotFound."""
        account = await self.account(email)
        password = _password()
        hashed = await self._hashed(password)
        await self._store.people.change([Change(account.id, password_hash=hashed, follows=account.password_hash)])
        return Invitation(replace(account, password_hash=hashed), password)

    async def disable_user(self, email: str) -> None:
        """An account whose tokens and password open nothing. Raises NotFound."""
        await self._store.people.change([Change((await self.account(email)).id, disabled=True)])

    async def account(self, email: str) -> Account:
        """The account with this e-mail address. Raises NotFound."""
        account = await self._store.people.by_email(email)
        if account is None:
            raise NotFound(email)
        return account

    async def people(self) -> list[Account]:
        """Every account."""
        return await self._store.people.all()

    async def _note_people(self, tag: Tag) -> None:
        """Counts a version of the site's people: whoever read an older one replaces nothing."""
        roles = {account.id: account.roles[tag] for account in await self.people() if tag in account.roles}
        await self._store.sites.put_people(tag, roles, None, HOST, self._clock())

    def _new_key(self, tag: Tag, kind: KeyKind, key: str = "") -> tuple[ApiKey, IssuedKey]:
        """A key's record, and the key itself."""
        now_ms = self._clock()
        if not key:
            key = secrets.token_hex(6) if kind is KeyKind.AKISMET else f"{_PREFIX[kind]}{tag}{self._random()}"
        key_id = KeyId(timed_id("k", tag, now_ms, self._entropy(ENTROPY_BYTES)))
        shown = key[:4] if kind is KeyKind.AKISMET else key[:_SHOWN]
        return ApiKey(key_id, kind, shown, self._secret.key_hash(key), now_ms), IssuedKey(key_id, key)

    async def _hashed(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password)  # 50 ms and more, on purpose

    def _random(self) -> str:
        return new_secret(self._entropy(32))


def _password() -> str:
    return "-".join(base32(secrets.randbits(20), 4) for _ in range(5))

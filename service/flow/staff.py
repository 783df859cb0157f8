"""The people of a site, as one document: who works there and as what. Whoever is new gets an invitation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from service.domain.ids import AccountId, Tag, new_account_id, new_secret
from service.domain.site import Account, Role
from service.errors import AlreadyExists, LastEditor
from service.secret import Secret
from service.store.store import Store


@dataclass(frozen=True, slots=True)
class Staffed:
    """The people as they are now, the version of that, and by account id the invitations of those who are new.

    An invitation's token is shown once and not kept.
    """

    people: list[Account]
    version: int
    invitations: Mapping[str, str] = field(default_factory=dict)


class Staff:
    """Reads and replaces the people of a site."""

    def __init__(self, store: Store, secret: Secret, clock: Callable[[], int], entropy: Callable[[int], bytes]) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._entropy = entropy

    async def people(self, tag: Tag) -> list[Account]:
        """Who works for the site, by e-mail address."""
        people = [account for account in await self._store.people.all() if tag in account.roles]
        return sorted(people, key=lambda account: account.email.casefold())

    async def put(self, tag: Tag, wanted: Mapping[str, Role], follows: int | None, by: str) -> Staffed:
        """Gives each e-mail address its role, and takes the role of everybody else.

        An address without an account gets one that nobody can use before its invitation is taken. Raises LastEditor,
        VersionConflict.
        """
        roles = {email.casefold(): role for email, role in wanted.items()}
        known = {account.email.casefold(): account for account in await self._store.people.all()}
        typed = {email.casefold(): email for email in wanted}
        staff = {email: known.get(email) or self._invited(typed[email]) for email in roles}
        if not any(role is Role.EDITOR and can_sign_in(staff[email]) for email, role in roles.items()):
            raise LastEditor(tag)
        noted = {staff[email].id: role for email, role in roles.items()}
        version = await self._store.sites.put_people(tag, noted, follows, by, self._clock())
        for email, role in roles.items():
            account = staff[email]
            if account.roles.get(tag) is not role:
                await self._store.people.put(replace(account, roles={**account.roles, tag: role}))
        for email, account in known.items():
            if tag in account.roles and email not in roles:
                left = {each: role for each, role in account.roles.items() if each != tag}
                await self._store.people.put(replace(account, roles=left))
        new = [account.id for email, account in staff.items() if email not in known]
        invitations: dict[str, str] = {account_id: await self._invite(account_id) for account_id in new}
        return Staffed(await self.people(tag), version, invitations)

    async def invite(self, account: Account) -> str:
        """A new link's token for somebody who has not come in yet. Raises AlreadyExists where he has."""
        if account.password_hash:
            raise AlreadyExists("this person has a password")
        return await self._invite(account.id)

    async def _invite(self, account_id: AccountId) -> str:
        token = new_secret(self._entropy(32))
        await self._store.invitations.open(self._secret.key_hash(token), account_id)
        return token

    def _invited(self, email: str) -> Account:
        account_id = new_account_id(self._entropy(10))
        return Account(account_id, email, {}, password_hash="", disabled=False, created_ms=self._clock())


def can_sign_in(account: Account) -> bool:
    """Whether the account has a password and is not disabled."""
    return bool(account.password_hash) and not account.disabled

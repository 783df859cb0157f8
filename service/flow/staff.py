"""The people of a site, as one document: who works there and as what. Whoever is new gets an invitation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.domain.ids import Tag, digest, new_account_id, new_secret
from service.domain.site import Account, Role
from service.errors import Forbidden, LastEditor
from service.secret import Secret
from service.store.people import Change, Link
from service.store.store import Store

INVITATION_MS = 3 * 86_400_000
RESET_MS = 86_400_000


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
        given = [
            Change(account.id, new=None if email in known else account, roles={tag: roles[email]})
            for email, account in staff.items()
            if account.roles.get(tag) is not roles[email]
        ]
        gone = [a for email, a in known.items() if tag in a.roles and email not in roles]
        new = {account.id: self._link(account) for email, account in staff.items() if email not in known}
        # All at once: should we end here, the version alone was raised, and everybody has the role that he had.
        taken = [Change(account.id, roles={tag: None}) for account in gone]
        await self._store.people.change([*given, *taken], links=[link for _, link in new.values()])
        return Staffed(await self.people(tag), version, {account_id: token for account_id, (token, _) in new.items()})

    async def link(self, tag: Tag, account: Account, by: Account) -> str:
        """The token of a link by which the person chooses a password; whoever has it, has the account.

        Therefore nobody makes one for a person who works where he himself is no editor: Forbidden. Which link was made
        by whom is audited.
        """
        if account.disabled or any(by.roles.get(each) is not Role.EDITOR for each in account.roles):
            raise Forbidden("disabled, or at work elsewhere too")
        token, link = self._link(account)
        await self._store.sites.note(tag, f"link:{account.id}", by.id, self._clock())
        await self._store.people.change([], links=[link])
        return token

    def _link(self, account: Account) -> tuple[str, Link]:
        token = new_secret(self._entropy(32))
        life_ms = RESET_MS if account.password_hash else INVITATION_MS
        return token, Link(self._secret.key_hash(token), account.id, digest(account.password_hash), life_ms)

    def _invited(self, email: str) -> Account:
        account_id = new_account_id(self._entropy(10))
        return Account(account_id, email, {}, password_hash="", disabled=False, created_ms=self._clock())


def can_sign_in(account: Account) -> bool:
    """Whether the account has a password and is not disabled."""
    return bool(account.password_hash) and not account.disabled

"""People come in and go out: sign-in by password, sessions, a new password.

The browser holds a session's token, we its keyed hash.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.domain.ids import digest, new_secret
from service.domain.site import Account
from service.errors import NotFound, Unauthenticated
from service.secret import Secret
from service.store.people import Change
from service.store.sessions import LIFE_MS, Session
from service.store.store import Store

PASSWORD_MIN, PASSWORD_MAX = 12, 200
TRIES_BY_EMAIL, TRIES_BY_ADDRESS = 10, 50


@dataclass(frozen=True, slots=True)
class Refused:
    """Why somebody may not come in: wrong, or (with seconds to wait) tried too often."""

    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who came in, with the token that his browser is to keep."""

    account: Account
    token: str


class Enter:
    """Sign-in and sign-out."""

    def __init__(self, store: Store, secret: Secret, clock: Callable[[], int], entropy: Callable[[int], bytes]) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._entropy = entropy
        self._hasher = PasswordHasher()
        self._nobody = ""

    async def sign_in(self, email: str, password: str, address: str) -> Admitted | Refused:
        """A fresh session for the right password. Tries are counted before it is looked at, so that many at once count.

        A wrong address costs the same time as a wrong password: neither tells which accounts there are.
        """
        counted = [(f"email:{self._secret.author(email)}", TRIES_BY_EMAIL)]
        counted += [(f"address:{self._secret.address(address)}", TRIES_BY_ADDRESS)] if address else []
        for who, most in counted:
            n, left_ms = await self._store.sessions.tried(who)
            if n > most:
                return Refused(retry_after_s=left_ms / 1000)
        account = await self._store.people.by_email(email)
        usable = account is not None and not account.disabled
        kept = account.password_hash if account else ""
        is_right = await self._verify(kept or await self._decoy(), password)  # who was only invited has none yet
        if account is None or not usable or not is_right:
            return Refused()
        await self._store.sessions.forgive(counted[0][0])
        return Admitted(account, await self._open(account))

    async def who(self, token: str) -> Account:
        """Whose session this is. Raises Unauthenticated."""
        session = await self._store.sessions.find(self._secret.key_hash(token)) if token else None
        if session is None or self._clock() - session.began_ms > LIFE_MS:
            raise Unauthenticated("no session")
        account = await self._store.people.get(session.account_id)
        if account is None or account.disabled or digest(account.password_hash) != session.password:
            raise Unauthenticated("no such account, or disabled")
        return account

    async def linked(self, token: str) -> Account:
        """Who may choose a password by this link: he has none yet, or is to have a new one.

        Raises NotFound where the link has ended or was taken.
        """
        link = await self._store.people.link(self._secret.key_hash(token))
        account = await self._store.people.get(link.account_id) if link else None
        if link is None or account is None or account.disabled or not account.roles:
            raise NotFound("no such link")
        if link.password != digest(account.password_hash):
            raise NotFound("another password since")
        return account

    async def choose_password(self, token: str, password: str) -> Admitted:
        """Whoever holds the link comes in by a password of his own; the person's sessions end. Raises NotFound.

        `password` has 12 to 200 characters; the caller has looked.
        """
        account = await self.linked(token)
        changed = await self._rehashed(account, password, takes=self._secret.key_hash(token))
        await self._store.sessions.forgive(f"email:{self._secret.author(account.email)}")
        return Admitted(changed, await self._open(changed))

    async def sign_out(self, account: Account, token: str, *, everywhere: bool = False) -> None:
        """Ends this session, or all of the person's."""
        if everywhere:
            await self._store.sessions.end_all(account.id)
        else:
            await self._store.sessions.end(account.id, self._secret.key_hash(token))

    async def change_password(self, account: Account, old: str, new: str) -> Admitted | Refused:
        """A new password; every session ends, and a fresh one begins for whoever changed it.

        `new` has 12 to 200 characters; the caller has looked.
        """
        who = f"email:{self._secret.author(account.email)}"
        n, left_ms = await self._store.sessions.tried(who)
        if n > TRIES_BY_EMAIL:
            return Refused(retry_after_s=left_ms / 1000)
        if not await self._verify(account.password_hash, old):
            return Refused()
        changed = await self._rehashed(account, new)
        await self._store.sessions.forgive(who)
        return Admitted(changed, await self._open(changed))

    async def _rehashed(self, account: Account, password: str, takes: str = "") -> Account:
        """The account with a new password, kept; every session by the old one ends. Raises LinkTaken."""
        hashed = await asyncio.to_thread(self._hasher.hash, password)
        change = Change(account.id, password_hash=hashed, follows=account.password_hash)
        await self._store.people.change([change], takes=takes)
        await self._store.sessions.end_all(account.id)
        return replace(account, password_hash=hashed)

    async def _open(self, account: Account) -> str:
        token = new_secret(self._entropy(32))
        await self._store.sessions.open(self._secret.key_hash(token), self._session(account))
        return token

    def _session(self, account: Account) -> Session:
        return Session(account.id, self._clock(), digest(account.password_hash))

    async def _verify(self, password_hash: str, password: str) -> bool:
        def verify() -> bool:
            try:
                return self._hasher.verify(password_hash, password)
            except (VerificationError, InvalidHashError):
                return False

        return await asyncio.to_thread(verify)  # 50 ms and more, on purpose

    async def _decoy(self) -> str:
        if not self._nobody:
            self._nobody = await asyncio.to_thread(self._hasher.hash, self._entropy(16).hex())
        return self._nobody

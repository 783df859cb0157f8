"""A person's own tokens for the API: made, listed, revoked by himself. Each may all that he may."""

from __future__ import annotations

from collections.abc import Callable

from service.domain.ids import AccountId, new_secret
from service.domain.site import Account, Token
from service.errors import NotFound
from service.secret import Secret
from service.store.store import Store

MOST = 20
_SHOWN = 9


class Tokens:
    """Makes, lists and revokes."""

    def __init__(self, store: Store, secret: Secret, clock: Callable[[], int], entropy: Callable[[int], bytes]) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._entropy = entropy

    async def of(self, account: Account) -> list[Token]:
        """The person's tokens, the newest first."""
        return await self._store.people.tokens(account.id)

    async def make(self, account: Account, name: str) -> str | None:
        """A new token, told here alone; None where the person has twenty already."""
        if len(await self.of(account)) >= MOST:
            return None
        token, kept = self.new(account.id, name)
        await self._store.people.change([], tokens=[kept])
        return token

    async def revoke(self, account: Account, token_hash: str) -> None:
        """One of the person's tokens opens nothing from now on. Raises NotFound where he has no such one."""
        if token_hash not in {token.hash for token in await self.of(account)}:
            raise NotFound("no token of this person")
        await self._store.people.revoke(token_hash)

    def new(self, account_id: AccountId, name: str) -> tuple[str, Token]:
        """A token, and what is to be kept of it."""
        token = f"mt_{new_secret(self._entropy(32))}"
        return token, Token(self._secret.key_hash(token), account_id, name, token[:_SHOWN], self._clock())

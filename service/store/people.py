"""People in the store: accounts, the links by which they come in, and their tokens. Whatever changes is one script."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from service.domain.ids import AccountId
from service.domain.site import Account, Role, Token
from service.errors import AlreadyExists, LinkTaken, NotFound, StoreUnavailable
from service.store import codec, keys
from service.store.client import Client, run

_USED_ANEW_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Change:
    """What changes of an account; what is not named stays, whoever changed it meanwhile.

    `new` is the account where it is a new one. `roles` by site tag; None takes the role. A `password_hash` takes the
    place of `follows`, and of no other.
    """

    account_id: str
    new: Account | None = None
    roles: Mapping[str, Role | None] = field(default_factory=dict)
    disabled: bool | None = None
    password_hash: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link by which somebody chooses a password, by its token's keyed hash.

    `password` is the digest of the password's hash that it is to replace: the link ends with that.
    """

    hash: str
    account_id: str
    password: str
    life_ms: int = 0


class People:
    """Reads and changes accounts."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._owners: dict[str, str] = {}  # of tokens, as last told

    async def by_email(self, email: str) -> Account | None:
        """The account with this e-mail address, whatever its case."""
        account_id = await self._client.call("HGET", keys.EMAILS, email.casefold())
        return await self.get(account_id.decode()) if account_id else None

    async def get(self, account_id: str) -> Account | None:
        """The account by id."""
        raw = await self._client.call("HGET", keys.ACCOUNTS, account_id)
        return codec.load_account(account_id, raw) if raw else None

    async def all(self) -> list[Account]:
        """Every account."""
        rows = await self._client.call("HGETALL", keys.ACCOUNTS)
        return [codec.load_account(rows[i].decode(), rows[i + 1]) for i in range(0, len(rows), 2)]

    async def change(
        self, changes: Sequence[Change], *, links: Sequence[Link] = (), takes: str = "", tokens: Sequence[Token] = ()
    ) -> None:
        """Makes the changes, opens the links, takes one by its hash and adds tokens: all of it or nothing.

        Raises AlreadyExists where a new account's address is taken, NotFound where there is no such account, LinkTaken
        where the link has ended or the password is no longer what the new one was to follow.
        """
        asked = {
            "changes": [_told(change) for change in changes],
            "links": [[link.hash, f"{link.account_id} {link.password}", link.life_ms] for link in links],
            "takes": takes,
            "tokens": [[token.hash, codec.dump_token(token).decode()] for token in tokens],
        }
        reply = await self._client.call(*run("people", keys.PEOPLE, orjson.dumps(asked)))
        match reply[0]:
            case b"exists":
                raise AlreadyExists(reply[1].decode())
            case b"missing":
                raise NotFound(reply[1].decode())
            case b"taken":
                raise LinkTaken("the link has ended, or the password has changed")

    async def link(self, token_hash: str) -> Link | None:
        """The link by its token's hash; None where it has ended or was taken."""
        found = await self._client.call("GET", keys.invitation(token_hash))
        if not found:
            return None
        account_id, _, password = found.decode().partition(" ")
        return Link(token_hash, account_id, password)

    async def by_token(self, token_hash: str, now_ms: int) -> Account | None:
        """The account that a token belongs to, in one round trip where the owner is who he was last time.

        That it was used is noted, to five minutes.
        """
        guess = self._owners.get(token_hash, "")
        raw, used_ms, account = await self._client.group(
            [
                ("HGET", keys.TOKENS, token_hash),
                ("HGET", keys.TOKENS_USED, token_hash),
                ("HGET", keys.ACCOUNTS, guess),
            ]
        )
        if raw is None:
            self._owners.pop(token_hash, None)
            return None
        if now_ms - int(used_ms or 0) >= _USED_ANEW_MS:
            with contextlib.suppress(StoreUnavailable):  # a store that takes no writes, full or not, can still be read
                await self._client.call("HSET", keys.TOKENS_USED, token_hash, now_ms)
        owner = self._owners[token_hash] = codec.load_token(token_hash, raw).account_id
        return codec.load_account(owner, account) if account and owner == guess else await self.get(owner)

    async def tokens(self, account_id: str) -> list[Token]:
        """A person's tokens, the newest first."""
        rows, used = await self._client.group([("HGETALL", keys.TOKENS), ("HGETALL", keys.TOKENS_USED)])
        used_ms = {used[i]: int(used[i + 1]) for i in range(0, len(used), 2)}
        found = [codec.load_token(rows[i].decode(), rows[i + 1], used_ms.get(rows[i])) for i in range(0, len(rows), 2)]
        return sorted((t for t in found if t.account_id == account_id), key=lambda token: -token.created_ms)

    async def revoke(self, token_hash: str) -> None:
        """A token that opens nothing from now on."""
        await self._client.group([("HDEL", keys.TOKENS, token_hash), ("HDEL", keys.TOKENS_USED, token_hash)])


def _told(change: Change) -> dict[str, Any]:
    told: dict[str, Any] = {"id": change.account_id}
    if change.new is not None:
        told["new"] = {"key": change.new.email.casefold(), "record": codec.dump_account(change.new).decode()}
    if change.roles:
        told["roles"] = {tag: role.value if role else "" for tag, role in change.roles.items()}
    if change.disabled is not None:
        told["disabled"] = change.disabled
    if change.password_hash:
        told |= {"password": change.password_hash, "follows": change.follows}
    return told


def newcomer(account: Account) -> Change:
    """An account that there was not before."""
    return Change(AccountId(account.id), new=account)

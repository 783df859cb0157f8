"""Who is calling, and what may he do here? Keys belong to one site; a person may work for several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.domain.ids import ALPHABET, TAG_LENGTH, Tag
from service.domain.site import Account, ApiKey, KeyKind, Role, SiteConfig
from service.errors import Forbidden, NotFound, SiteAmbiguous, Unauthenticated, UnknownSite
from service.flow.directory import Directory, living_key
from service.secret import Secret
from service.store.store import Store

_KEY_BEGINS = ("sk_", "pk_")
_TOKEN_BEGINS = "mt_"
_ALPHABET = frozenset(ALPHABET)


@dataclass(frozen=True, slots=True)
class Caller:
    """A key (with its site's configuration as known) or a person."""

    key: ApiKey | None = None
    config: SiteConfig | None = None
    account: Account | None = None

    @property
    def by(self) -> str:
        """How decisions and events name the caller."""
        return self.key.id if self.key else self.account.id if self.account else ""

    @property
    def is_public(self) -> bool:
        return self.key is not None and self.key.kind is KeyKind.PUBLIC

    def may_see_personal_data(self, tag: Tag) -> bool:
        """Secret keys and those who may decide: they alone get addresses."""
        if self.account is not None:
            return self.account.roles[tag].includes(Role.MODERATOR)
        return self.key is not None and self.key.kind is KeyKind.SECRET


class Admit:
    """Tells callers by their credentials, and the site that they mean."""

    def __init__(self, store: Store, directory: Directory, secret: Secret, clock: Callable[[], int]) -> None:
        self._store = store
        self._directory = directory
        self._secret = secret
        self._clock = clock

    async def caller(self, credential: str, *, may_be_old: bool = False) -> Caller:
        """Who holds this credential. Raises Unauthenticated.

        `may_be_old`: judge a key by what this process knows; the caller then lets the store look once more (a
        submission does, in its own round trip).
        """
        if credential.startswith(_TOKEN_BEGINS):
            return await self._person(credential)
        if credential.startswith(_KEY_BEGINS):
            return await self._key(credential, may_be_old)
        raise Unauthenticated("no credential of ours")

    async def site(self, caller: Caller, *, tag: Tag | None = None, slug: str = "") -> SiteConfig:
        """The site that is meant: by an id's tag or a slug, or the caller's only one.

        Raises NotFound where the caller has no part in it, SiteAmbiguous where he does not say which.
        """
        if caller.config is not None:
            config = caller.config
            if (tag is not None and tag != config.site.tag) or (slug and slug != config.site.slug):
                raise NotFound("another site's")
            return config
        assert caller.account is not None
        roles = caller.account.roles
        if tag is None and slug:
            tag = (await self._directory.by_slug(slug)).site.tag
        if tag is None:
            if len(roles) != 1:
                raise SiteAmbiguous("several sites")
            tag = Tag(next(iter(roles)))
        if tag not in roles:
            raise NotFound("another site's")
        return await self._directory.current(tag)

    async def _person(self, token: str) -> Caller:
        account = await self._store.people.by_token(self._secret.key_hash(token), self._clock())
        if account is None or account.disabled:
            raise Unauthenticated("no such token, or disabled")
        return Caller(account=account)

    async def _key(self, key: str, may_be_old: bool) -> Caller:
        tag = Tag(key[3 : 3 + TAG_LENGTH])
        if len(tag) < TAG_LENGTH or not _ALPHABET.issuperset(tag):
            raise Unauthenticated("not a key")
        hashed = self._secret.key_hash(key)
        try:
            if may_be_old:
                known = await self._directory.known(tag)
                if hashed in known.keys:
                    return Caller(key=living_key(known, hashed), config=known)
            config = await self._directory.current(tag)
        except UnknownSite as error:
            raise Unauthenticated("no such site") from error
        return Caller(key=living_key(config, hashed), config=config)


def allow(caller: Caller, tag: Tag, *, kinds: frozenset[KeyKind], role: Role | None) -> None:
    """Raises Forbidden unless the caller's key is of one of the kinds, or his role includes `role`."""
    if caller.key is not None:
        if caller.key.kind not in kinds:
            raise Forbidden("not with this kind of key")
    elif role is None or caller.account is None or not caller.account.roles[tag].includes(role):
        raise Forbidden("not with this role")

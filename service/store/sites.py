"""Sites in the store: configuration, keys, who works there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from service.domain.ids import AccountId, Tag
from service.domain.policy import DEFAULT_POLICY, Policy
from service.domain.site import ApiKey, Lists, Role, Site, SiteConfig
from service.errors import AlreadyExists, UnknownSite, VersionConflict
from service.store import codec, keys
from service.store.client import Client, Reply, run


class Sites:
    """A site's own configuration, each part versioned, all of it under one revision."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def tag(self, slug: str) -> Tag:
        """The tag of the site with this slug. Raises UnknownSite."""
        tag = await self._client.call("HGET", keys.SITES, slug)
        if tag is None:
            raise UnknownSite(slug)
        return Tag(tag.decode())

    async def tags(self) -> list[Tag]:
        """The tags of all sites."""
        return [Tag(tag.decode()) for tag in await self._client.call("HVALS", keys.SITES)]

    async def create(self, site: Site, by: str) -> None:
        """Writes the site whole, then takes the slug: nobody ever finds half a site, and of two at once one gets it.

        Raises AlreadyExists where the slug is taken.
        """
        await self._put(site.tag, "policy", codec.dump_policy(DEFAULT_POLICY), None, by, site.created_ms, new=site)
        # Written, not only assumed: whoever reads version 1 may then replace just that.
        await self._put(site.tag, "lists", codec.dump_lists(Lists()), None, by, site.created_ms)
        slug = (keys.SITES, site.slug)
        _, owner = await self._client.group([("HSETNX", *slug, site.tag), ("HGET", *slug)])
        if owner.decode() != site.tag:
            await self._client.call("DEL", f"{keys.root(site.tag)}:site", f"{keys.root(site.tag)}:audit")
            raise AlreadyExists(site.slug)

    async def config(self, tag: Tag) -> SiteConfig:
        """All of a site's configuration, as one moment saw it. Raises UnknownSite."""
        root = keys.root(tag)
        fields = (
            "site", "policy", "version:policy", "lists", "version:lists", "version:keys", "version:people", "revision",
        )  # fmt: skip
        while True:
            told, rows, again = await self._client.group(
                [
                    ("HMGET", f"{root}:site", *fields),
                    ("HGETALL", f"{root}:keys"),
                    ("HGET", f"{root}:site", "revision"),
                ]
            )
            site, policy, policy_version, lists, lists_version, keys_version, people_version, revision = told
            if site is None:
                raise UnknownSite(tag)
            if again == revision:
                break
        loaded = [codec.load_key(rows[i].decode(), rows[i + 1]) for i in range(0, len(rows), 2)]
        return SiteConfig(
            site=codec.load_site(tag, site),
            policy=codec.load_policy(policy, int(policy_version)),
            lists=codec.load_lists(lists, int(lists_version)) if lists else Lists(),
            keys={key.hash: key for key in loaded},
            keys_version=int(keys_version or 0),
            people_version=int(people_version or 0),
            revision=int(revision),
        )

    async def revision(self, tag: Tag) -> int:
        """The revision of the site's configuration, 0 where there is no such site."""
        return int(await self._client.call("HGET", f"{keys.root(tag)}:site", "revision") or 0)

    async def put_site(self, site: Site, by: str, now_ms: int) -> None:
        """Replaces what a site is called and where its pages are."""
        await self._put(site.tag, "site", codec.dump_site(site), None, by, now_ms)

    async def put_policy(self, tag: Tag, policy: Policy, follows: int | None, by: str, now_ms: int) -> int:
        """Replaces the policy; its new version. Raises VersionConflict unless the current version is `follows`."""
        return await self._put(tag, "policy", codec.dump_policy(policy), follows, by, now_ms)

    async def put_lists(self, tag: Tag, lists: Lists, follows: int | None, by: str, now_ms: int) -> int:
        """Replaces the lists; their new version. Raises VersionConflict unless the current version is `follows`."""
        return await self._put(tag, "lists", codec.dump_lists(lists), follows, by, now_ms)

    async def put_keys(self, tag: Tag, changed: Sequence[ApiKey], follows: int | None, by: str, now_ms: int) -> int:
        """Adds keys, or replaces them (revoked), all at once; the version of the site's keys.

        Raises VersionConflict unless the current version is `follows`.
        """
        told = [part for key in changed for part in (key.id, codec.dump_key(key))]
        call = run("keys", keys.root(tag), "" if follows is None else follows, by, now_ms, *told)
        return _version(tag, await self._client.call(*call))

    async def put_people(
        self, tag: Tag, roles: Mapping[AccountId, Role], follows: int | None, by: str, now_ms: int
    ) -> int:
        """Notes who works for the site; the version of that. Accounts themselves lie elsewhere and tell what holds.

        Raises VersionConflict unless the current version is `follows`.
        """
        return await self._put(tag, "people", codec.dump_roles(roles), follows, by, now_ms)

    async def note(self, tag: Tag, what: str, by: str, now_ms: int) -> None:
        """Writes into the audit what changed no document of the site."""
        entry = ("at", now_ms, "by", by, "what", what, "version", 0)
        await self._client.call("XADD", f"{keys.root(tag)}:audit", "MAXLEN", "~", 10_000, "*", *entry)

    async def _put(
        self, tag: Tag, field: str, content: bytes, follows: int | None, by: str, now_ms: int, new: Site | None = None
    ) -> int:
        root = keys.root(tag)
        calls = [run("configure", root, "site", codec.dump_site(new), "", by, now_ms, "site")] if new else []
        calls.append(run("configure", root, field, content, "" if follows is None else follows, by, now_ms, field))
        return _version(tag, (await self._client.group(calls))[-1])


def _version(tag: Tag, reply: Reply) -> int:
    match reply[0]:
        case b"conflict":
            raise VersionConflict(int(reply[1]))
        case b"missing":
            raise UnknownSite(tag)
        case _:
            return int(reply[1])

"""The scripts: how they introduce themselves, and that none of them knows the time or leaves its site."""

from __future__ import annotations

import asyncio
import re
from hashlib import sha1

import pytest

from service.app import House
from service.domain.policy import DEFAULT_POLICY
from service.domain.site import KeyKind, ListEntry, Lists, Site
from service.errors import AlreadyExists, UnknownSite, VersionConflict
from service.store.scripts import NAMES, script
from tests.conftest import Clock, Desk, all_keys

# What people do must work when memory is full; only what lets new things in may be refused.
NEEDS_MEMORY = {"submit", "configure"}


@pytest.mark.parametrize("name", NAMES)
def test_a_script_opens_with_its_promise_its_arguments_and_its_answer(name: str) -> None:
    text = script(name).text
    head = text.partition("\n\n-- Shared by all scripts")[0].partition("\nlocal ")[0]

    assert text.startswith("#!lua")
    for part in ("-- Promises: ", "-- KEYS[1]", "-- ARGV[1", "-- Returns "):
        assert part in head, part
    assert "@include" not in text
    assert script(name).sha == sha1(text.encode()).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_a_script_reads_no_clock_and_stays_on_its_site(name: str) -> None:
    text = script(name).text

    assert not re.search(r"call\('(TIME|KEYS|SCAN|RANDOMKEY)'", text)
    assert "KEYS[2]" not in text
    needs_none = {"#!lua flags=allow-oom", "#!lua flags=no-writes"}
    assert (text.splitlines()[0] in needs_none) == (name not in NEEDS_MEMORY)


@pytest.mark.parametrize("name", NAMES)
async def test_the_server_knows_a_script_by_the_name_that_we_reckon(house: House, name: str) -> None:
    loaded = await house.store.client.everywhere("SCRIPT", "LOAD", script(name).text)

    assert {sha.decode() for sha in loaded} == {script(name).sha}


class TestConfigure:
    async def test_nobody_overwrites_what_he_has_not_seen(self, house: House, desk: Desk) -> None:
        tag = desk.newsroom.tag
        first = await house.configure.put_lists(tag, Lists(words=(ListEntry("satu"),)), 1, "u_1")

        with pytest.raises(VersionConflict) as conflict:
            await house.configure.put_lists(tag, Lists(words=(ListEntry("dua"),)), 1, "u_2")

        assert conflict.value.version == first.version == 2
        second = await house.configure.put_lists(tag, Lists(words=(ListEntry("dua"),)), first.version, "u_2")
        assert (await house.directory.current(tag)).lists == second

    async def test_a_late_retry_does_not_bring_the_old_back(self, house: House, desk: Desk) -> None:
        tag = desk.newsroom.tag
        first = await house.configure.put_lists(tag, Lists(words=(ListEntry("satu"),)), 1, "u_1")
        second = await house.configure.put_lists(tag, Lists(words=(ListEntry("dua"),)), first.version, "u_2")

        with pytest.raises(VersionConflict):
            await house.configure.put_lists(tag, Lists(words=(ListEntry("satu"),)), 1, "u_1")

        assert (await house.directory.current(tag)).lists == second

    async def test_policy_lists_and_keys_have_one_revision(self, house: House, desk: Desk) -> None:
        tag = desk.newsroom.tag
        revisions = [(await house.directory.current(tag)).revision]
        key = await house.configure.create_key(tag, KeyKind.PUBLIC)
        revisions.append((await house.directory.current(tag)).revision)
        await house.configure.revoke_key(tag, key.id)
        revisions.append((await house.directory.current(tag)).revision)
        await house.configure.put_policy(tag, type(DEFAULT_POLICY)(1, (), ()), None, "u_1")
        revisions.append((await house.directory.current(tag)).revision)

        assert revisions == list(range(revisions[0], revisions[0] + 4))
        audit = await house.store.client.call("XRANGE", f"saring:{{{tag}}}:audit", "-", "+")
        told = [dict(zip(fields[::2], fields[1::2], strict=True)) for _, fields in audit]
        assert [entry[b"what"] for entry in told][-3:] == [b"key", b"key", b"policy"]
        assert told[-1][b"by"] == b"u_1"

    async def test_a_site_that_is_not_there_cannot_be_configured(self, house: House) -> None:
        from service.domain.ids import Tag

        with pytest.raises(UnknownSite):
            await house.configure.put_lists(Tag("zzzzz"), Lists(), None, "u_1")

    async def test_a_slug_is_taken_once(self, house: House, desk: Desk) -> None:
        slug = desk.newsroom.site.slug
        with pytest.raises(AlreadyExists):
            await house.configure.create_site(slug, "Lain", (), "id", "Asia/Makassar")

        assert (await house.directory.by_slug(slug)).site == desk.newsroom.site

    async def test_of_two_who_want_a_slug_at_once_one_gets_it_and_nothing_of_the_other_stays(
        self, house: House
    ) -> None:
        made = await asyncio.gather(
            *(house.configure.create_site("koran", "Koran", (), "id", "Asia/Makassar") for _ in range(5)),
            return_exceptions=True,
        )

        (site,) = [each for each in made if isinstance(each, Site)]
        assert [type(each) for each in made].count(AlreadyExists) == 4
        assert (await house.directory.by_slug("koran")).site == site
        left = set(await all_keys(house.store.client))
        assert left == {"saring:{sites}:slugs", f"saring:{{{site.tag}}}:site", f"saring:{{{site.tag}}}:audit"}


async def test_a_claims_list_and_its_operation_end_by_themselves(house: House, desk: Desk, clock: Clock) -> None:
    await desk.submit()
    await house.services.review.claim(desk.newsroom.tag, "u_1", n=1, order="oldest", views=["all"])

    for pattern, most in (("*:claims:*", 360_000), ("*:op:*", 60_000)):
        (name,) = await all_keys(house.store.client, pattern)
        assert most - 5_000 < await house.store.client.call("PTTL", name) <= most

"""Who comes in, and for which site; what is taken away is taken away at once, in every process."""

from __future__ import annotations

import pytest

from service.app import House
from service.domain.site import KeyKind, ListEntry, Lists, Role
from service.errors import Forbidden, NotFound, SiteAmbiguous, Unauthenticated, UnknownSite
from service.flow.admit import allow
from tests.conftest import Desk, Newsroom, open_newsroom


@pytest.mark.parametrize(
    "credential",
    ["", "sk_", "pk_zz", "sk_ilou0" + "0" * 52, "sk_zzzzz" + "0" * 52, "mt_nobody", "xx_abcde", "deadbeefcafe", "sk_é"],
)
async def test_what_is_no_credential_of_ours_opens_nothing(house: House, newsroom: Newsroom, credential: str) -> None:
    for may_be_old in (True, False):
        with pytest.raises(Unauthenticated):
            await house.services.admit.caller(credential, may_be_old=may_be_old)


async def test_a_key_with_one_letter_changed_opens_nothing(house: House, newsroom: Newsroom) -> None:
    changed = newsroom.secret[:-1] + ("0" if newsroom.secret[-1] != "0" else "1")

    with pytest.raises(Unauthenticated):
        await house.services.admit.caller(changed)


async def test_no_key_stands_in_the_store(house: House, staffed: Newsroom) -> None:
    secrets = (staffed.secret, staffed.public, staffed.reader, staffed.editor)
    for raw in await house.store.client.call("KEYS", "*"):
        if await house.store.client.call("TYPE", raw) == b"hash":
            told = b"\n".join(await house.store.client.call("HGETALL", raw))
            assert not any(secret.encode() in told for secret in secrets)


async def test_a_revoked_key_is_revoked_in_every_process(
    house: House, other_process: House, newsroom: Newsroom
) -> None:
    caller = await other_process.services.admit.caller(newsroom.secret)
    assert caller.key is not None
    await house.configure.revoke_key(newsroom.tag, caller.key.id)

    with pytest.raises(Unauthenticated):
        await other_process.services.admit.caller(newsroom.secret)


async def test_a_key_revoked_elsewhere_submits_nothing_though_this_process_still_knows_it(
    house: House, other_process: House, newsroom: Newsroom
) -> None:
    there = Desk(other_process, newsroom)
    arrival = await there.arrival(there.submission())
    await house.configure.revoke_key(newsroom.tag, arrival.key.id)
    known = await other_process.services.admit.caller(newsroom.secret, may_be_old=True)
    assert known.key == arrival.key  # the hot path asks the store nothing here: its own trip will tell

    (result,) = await other_process.services.preview([arrival])

    assert isinstance(result, Unauthenticated)
    assert (await house.store.comments.status_counts(newsroom.tag))["pending"] == 0


async def test_a_key_revoked_elsewhere_is_told_nothing_not_even_of_what_it_had_sent(
    house: House, other_process: House, newsroom: Newsroom
) -> None:
    there = Desk(other_process, newsroom)
    said_before = await there.arrival(there.submission("Sudah dikirim", client_ref="wp-1"))
    await other_process.services.preview([said_before])
    duplicate = said_before._replace(submission=said_before.submission._replace(client_ref=""))
    await house.configure.revoke_key(newsroom.tag, said_before.key.id)

    results = await other_process.services.preview([said_before, duplicate])

    assert [type(result) for result in results] == [Unauthenticated, Unauthenticated]


async def test_a_key_revoked_elsewhere_scores_nothing_either(
    house: House, other_process: House, newsroom: Newsroom
) -> None:
    there = Desk(other_process, newsroom)
    arrival = await there.arrival(there.submission())
    await house.configure.revoke_key(newsroom.tag, arrival.key.id)

    with pytest.raises(Unauthenticated):
        await other_process.services.preview.preview(arrival)


async def test_a_score_is_told_by_the_policy_of_now(house: House, other_process: House, newsroom: Newsroom) -> None:
    there = Desk(other_process, newsroom)
    arrival = await there.arrival(there.submission("main slot"))
    await house.configure.put_lists(newsroom.tag, Lists(words=(ListEntry("slot", "reject"),)), None, "u_1")

    comment = await other_process.services.preview.preview(arrival)

    assert comment.judgement.verdict == "reject"


async def test_a_new_key_opens_in_every_process_at_once(house: House, other_process: House, newsroom: Newsroom) -> None:
    await other_process.services.admit.caller(newsroom.secret)
    key = await house.configure.create_key(newsroom.tag, KeyKind.PUBLIC)

    for may_be_old in (True, False):
        caller = await other_process.services.admit.caller(key.key, may_be_old=may_be_old)
        assert caller.is_public


async def test_another_key_of_the_site_lives_on(house: House, newsroom: Newsroom) -> None:
    second = await house.configure.create_key(newsroom.tag, KeyKind.SECRET)
    first = await house.services.admit.caller(newsroom.secret)
    assert first.key is not None
    await house.configure.revoke_key(newsroom.tag, first.key.id)

    assert (await house.services.admit.caller(second.key)).key is not None


async def test_revoking_twice_is_revoking_once_and_an_unknown_key_is_told(house: House, newsroom: Newsroom) -> None:
    key = await house.configure.create_key(newsroom.tag, KeyKind.SECRET)
    await house.configure.revoke_key(newsroom.tag, key.id)
    revision = (await house.directory.current(newsroom.tag)).revision

    await house.configure.revoke_key(newsroom.tag, key.id)

    assert (await house.directory.current(newsroom.tag)).revision == revision
    with pytest.raises(NotFound):
        await house.configure.revoke_key(newsroom.tag, "k_nope")


async def test_a_disabled_person_comes_in_no_more(house: House, staffed: Newsroom) -> None:
    assert (await house.services.admit.caller(staffed.moderator)).account is not None

    await house.configure.disable_user("moderator@koran.example.com")

    with pytest.raises(Unauthenticated):
        await house.services.admit.caller(staffed.moderator)


async def test_a_person_who_comes_again_costs_one_round_trip(
    house: House, staffed: Newsroom, round_trips: list[list[object]]
) -> None:
    first = await house.services.admit.caller(staffed.moderator)
    round_trips.clear()

    assert await house.services.admit.caller(staffed.moderator) == first

    assert round_trips == [["HGET", "HGET", "HGET"]]


async def test_roles_include_those_below_them(house: House, staffed: Newsroom) -> None:
    order = [Role.READER, Role.MODERATOR, Role.EDITOR]
    for at, token in enumerate((staffed.reader, staffed.moderator, staffed.editor)):
        caller = await house.services.admit.caller(token)
        for n, role in enumerate(order):
            if n <= at:
                allow(caller, staffed.tag, kinds=frozenset(), role=role)
            else:
                with pytest.raises(Forbidden):
                    allow(caller, staffed.tag, kinds=frozenset(), role=role)
        with pytest.raises(Forbidden):
            allow(caller, staffed.tag, kinds=frozenset({KeyKind.SECRET}), role=None)


async def test_addresses_are_for_secret_keys_and_those_who_decide(house: House, staffed: Newsroom) -> None:
    async def may(credential: str) -> bool:
        return (await house.services.admit.caller(credential)).may_see_personal_data(staffed.tag)

    assert await may(staffed.secret) and await may(staffed.moderator) and await may(staffed.editor)
    assert not await may(staffed.public) and not await may(staffed.reader)


async def test_a_person_of_several_sites_says_which_one(house: House, staffed: Newsroom) -> None:
    other = await open_newsroom(house, "lain")
    admit = house.services.admit
    only = await admit.caller(staffed.moderator)
    assert (await admit.site(only)).site == staffed.site
    await house.configure.create_user(other.tag, "moderator@koran.example.com", Role.READER)

    both = await admit.caller(staffed.moderator)

    with pytest.raises(SiteAmbiguous):
        await admit.site(both)
    assert (await admit.site(both, slug="lain")).site == other.site
    assert (await admit.site(both, tag=staffed.tag)).site == staffed.site
    with pytest.raises(UnknownSite):
        await admit.site(both, slug="nirgends")


async def test_another_site_is_not_there_for_keys_and_people_alike(house: House, staffed: Newsroom) -> None:
    other = await open_newsroom(house, "lain")
    admit = house.services.admit
    for credential in (staffed.secret, staffed.editor):
        caller = await admit.caller(credential)
        for where in ({"tag": other.tag}, {"slug": "lain"}):
            with pytest.raises(NotFound):
                await admit.site(caller, **where)


async def test_scoring_alone_stores_nothing(house: House, desk: Desk) -> None:
    before = set(await house.store.client.call("KEYS", "*"))

    comment = await house.services.preview.preview(await desk.arrival(desk.submission("slot gacor", client_ref="wp-1")))

    assert comment.assessment.is_scored
    assert set(await house.store.client.call("KEYS", "*")) == before

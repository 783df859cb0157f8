"""Accounts change all at once or not at all; what a change does not name stays as somebody else left it."""

from __future__ import annotations

import pytest

from service.app import House
from service.domain.ids import AccountId
from service.domain.site import Account, Role
from service.errors import AlreadyExists, LinkTaken, NotFound, StoreUnavailable
from service.store.people import Change, Link, newcomer
from tests.chaos.proxy import Proxy
from tests.conftest import Desk

RINA, BUDI = "rina@koran.example", "budi@koran.example"


def account(name: str, email: str, password: str = "") -> Account:
    return Account(AccountId(name), email, {}, password, False, 1_795_500_000_123)


async def test_a_change_leaves_what_it_does_not_name(house: House) -> None:
    people, before = house.store.people, account("u_rina", RINA)
    await people.change([newcomer(before)])

    await people.change([Change("u_rina", roles={"kab01": Role.READER, "kab02": Role.EDITOR})])
    await people.change([Change("u_rina", password_hash="$argon2/x", follows="")])
    await people.change([Change("u_rina", roles={"kab01": None})])

    now = await people.by_email(RINA.upper())
    assert now == Account(before.id, RINA, {"kab02": Role.EDITOR}, "$argon2/x", False, before.created_ms)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change("u_nobody", disabled=True), NotFound),
        (newcomer(account("u_other", RINA)), AlreadyExists),
        (Change("u_rina", password_hash="new", follows="not the old one"), LinkTaken),
    ],
)
async def test_one_change_that_cannot_be_stops_all(house: House, change: Change, error: type[Exception]) -> None:
    people = house.store.people
    await people.change([newcomer(account("u_rina", RINA, "old")), newcomer(account("u_budi", BUDI))])
    before = await people.all()

    with pytest.raises(error):
        await people.change(
            [Change("u_budi", roles={"kab01": Role.READER}), change], links=[Link("h", "u_budi", "", 9)]
        )

    assert await people.all() == before
    assert await people.link("h") is None


async def test_who_took_a_link_and_heard_no_answer_has_taken_it(house: House, wired: House, wire: Proxy) -> None:
    await house.store.people.change([newcomer(account("u_rina", RINA))], links=[Link("h", "u_rina", "", 60_000)])
    wire.cut_next_reply = True

    await wired.store.people.change([Change("u_rina", password_hash="new")], takes="h")

    assert wire.n_cut == 1
    assert [each.password_hash for each in await house.store.people.all()] == ["new"]
    with pytest.raises(LinkTaken):
        await house.store.people.change([Change("u_rina", password_hash="other", follows="new")], takes="h")


async def test_people_put_and_cut_amid_it_are_as_they_were_and_can_be_put_again(house: House, desk: Desk) -> None:
    tag, staff, change = desk.newsroom.tag, house.services.staff, house.store.people.change
    await house.configure.create_user(tag, RINA, Role.EDITOR)
    before, wanted = await staff.people(tag), {RINA: Role.EDITOR, BUDI: Role.READER}

    async def cut(*_: object, **__: object) -> None:
        raise StoreUnavailable("between the two writes")

    house.store.people.change = cut  # type: ignore[method-assign]
    with pytest.raises(StoreUnavailable):
        await staff.put(tag, wanted, None, "u_rina")
    house.store.people.change = change  # type: ignore[method-assign]
    assert await staff.people(tag) == before

    version = (await house.directory.current(tag)).people_version
    done = await staff.put(tag, wanted, version, "u_rina")

    assert {each.email: each.roles[tag] for each in done.people} == wanted
    (token,) = done.invitations.values()
    assert (await house.services.enter.linked(token)).email == BUDI

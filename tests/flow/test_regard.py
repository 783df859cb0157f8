"""Notes on authors, and trust and blocks with their end."""

from __future__ import annotations

import asyncio

import pytest

from service.app import House
from service.domain.comment import Author
from service.domain.policy import Verdict
from service.domain.site import ListEntry, Lists
from service.flow.regard import Regard
from tests.conftest import DAY_MS, Clock, Desk

SITI = "siti@example.com"


@pytest.fixture
def regard(house: House) -> Regard:
    return house.services.regard


async def standing(house: House, desk: Desk, regard: Regard, email: str = SITI) -> ListEntry | None:
    return regard.standing(await house.directory.current(desk.newsroom.tag), email)


async def test_notes_are_told_newest_first_and_only_of_that_author(desk: Desk, regard: Regard, clock: Clock) -> None:
    tag = desk.newsroom.tag
    await regard.note(tag, "siti", "u_1", "Guru SD di Martapura")
    clock.pass_(s=1)
    await regard.note(tag, "siti", "u_2", "Sudah diingatkan")

    assert [(note.by, note.text) for note in await regard.notes(tag, "siti")] == [
        ("u_2", "Sudah diingatkan"),
        ("u_1", "Guru SD di Martapura"),
    ]
    assert await regard.notes(tag, "budi") == []


async def test_a_block_holds_for_the_next_comment_until_its_end(
    house: House, desk: Desk, regard: Regard, clock: Clock
) -> None:
    author = Author("Siti", "Siti@example.com")
    await regard.put(desk.newsroom.tag, SITI, Verdict.REJECT, clock() + DAY_MS, "u_1")

    blocked = (await desk.submit(author=author)).comment
    clock.pass_(days=1)
    later = (await desk.submit(author=author)).comment

    assert (blocked.status, later.status) == ("rejected", "pending")
    assert await standing(house, desk, regard) is None


async def test_trust_waives_what_only_holds_and_is_taken_back(house: House, desk: Desk, regard: Regard) -> None:
    author = Author("Siti", SITI)
    await regard.put(desk.newsroom.tag, SITI, Verdict.APPROVE, None, "u_1")
    assert (await desk.submit(author=author)).comment.status == "approved"

    await regard.put(desk.newsroom.tag, SITI, None, None, "u_1")

    assert await standing(house, desk, regard) is None
    assert (await house.directory.current(desk.newsroom.tag)).lists.emails == ()


async def test_blocks_made_at_once_are_all_kept_beside_what_stands_on_the_list(
    house: House, desk: Desk, regard: Regard
) -> None:
    tag = desk.newsroom.tag
    await house.configure.put_lists(tag, Lists(emails=(ListEntry("@jahat.example"),)), None, "u_1")

    await asyncio.gather(*(regard.put(tag, f"a{n}@example.com", Verdict.HOLD, None, "u_1") for n in range(4)))

    emails = {entry.value for entry in (await house.directory.current(tag)).lists.emails}
    assert emails == {"@jahat.example", *(f"a{n}@example.com" for n in range(4))}

"""The lists' page: tried before it is kept, whole or not at all, as a file and back."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.site import ListEntry, Role
from tests.conftest import DAY_MS, Clock, Desk
from tests.web.console import Visitor, visitor


@pytest_asyncio.fixture
async def editor(web: TestClient[Any, Any], house: House, desk: Desk) -> Visitor:
    return await visitor(web, house, desk.newsroom.tag, Role.EDITOR)


async def entries(house: House, desk: Desk, name: str = "words") -> tuple[ListEntry, ...]:
    config = await house.directory.current(desk.newsroom.tag)
    found: tuple[ListEntry, ...] = getattr(config.lists, name)
    return found


async def test_entries_are_added_one_a_line_with_verdict_end_and_note(
    house: House, desk: Desk, editor: Visitor, clock: Clock
) -> None:
    told = await editor.post(
        "/lists", do="add", list="words", values="pinjol\n\n slot gacor ", verdict="reject", days="7", note="iklan"
    )

    assert told.status == 303
    until = clock() + 7 * DAY_MS
    assert await entries(house, desk) == (
        ListEntry("pinjol", "reject", until, "iklan"),
        ListEntry("slot gacor", "reject", until, "iklan"),
    )
    assert "slot gacor" in (await editor.get("/lists")).text


async def test_what_is_tried_is_told_and_not_kept(house: House, desk: Desk, editor: Visitor) -> None:
    await desk.submit("Butuh pinjol cepat? Hubungi kami")
    await desk.submit("Sungai kita harus bersih")

    told = await editor.post(
        "/lists", do="try", list="words", values="P1nj0l", verdict="reject", comment="Ada yang tahu pinjol aman?"
    )

    assert "would have met 1 of the newest 2 comments" in told.text
    assert 'class="verdict reject">Reject' in told.text
    assert await entries(house, desk) == ()


async def test_an_entry_again_takes_the_place_of_the_older_one(house: House, desk: Desk, editor: Visitor) -> None:
    await editor.post("/lists", do="add", list="words", values="Pinjol")

    await editor.post("/lists", do="add", list="words", values="pinjol", verdict="hold")

    assert await entries(house, desk) == (ListEntry("pinjol", "hold"),)


async def test_a_removed_entry_can_be_put_back_with_one_press(house: House, desk: Desk, editor: Visitor) -> None:
    await editor.post("/lists", do="add", list="emails", values="jahat@example.com", verdict="reject", days="1")
    before = await entries(house, desk, "emails")

    gone = await editor.post("/lists", do="remove", list="emails", at="0")
    assert await entries(house, desk, "emails") == ()
    fields = {name: gone.hidden(name) for name in ("values", "verdict", "note", "until")}
    await editor.post("/lists", do="add", list="emails", **fields)

    assert await entries(house, desk, "emails") == before


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("addresses", "999.1.1.1", "not valid"),
        ("emails", "tanpa-alamat", "not valid"),
        ("words", "x" * 501, "too long"),
        ("words", "  \n ", "at least one"),
    ],
)
async def test_a_wrong_entry_is_named_and_what_was_typed_stays(
    house: House, desk: Desk, editor: Visitor, name: str, value: str, says: str
) -> None:
    told = await editor.post("/lists", do="add", list=name, values=value, note="catatan saya")

    assert told.status == 422
    assert says in told.text and "catatan saya" in told.text
    assert await entries(house, desk, name) == ()


async def test_who_saw_an_older_version_overwrites_nothing(house: House, desk: Desk, editor: Visitor) -> None:
    version = (await editor.get("/lists")).hidden("version")
    await editor.post("/lists", do="add", list="words", values="satu", version=version)

    told = await editor.post("/lists", do="add", list="words", values="dua", version=version)

    assert told.status == 412 and "dua" in told.text
    assert [entry.value for entry in await entries(house, desk)] == ["satu"]


async def test_lists_come_back_from_their_file_as_they_were(house: House, desk: Desk, editor: Visitor) -> None:
    await editor.post("/lists", do="add", list="words", values='pinjol\n=SUM(A1)\nkata, "kutip"', note="a; b")
    await editor.post("/lists", do="add", list="domains", values="jahat.example", verdict="reject", days="30")
    config = await house.directory.current(desk.newsroom.tag)

    file = (await editor.get("/lists.csv")).text
    assert "'=SUM(A1)" in file  # no spreadsheet takes it for a formula
    sent = await editor.send("/lists.csv", file.encode(), how="replace")

    assert sent.status == 303
    again = (await house.directory.current(desk.newsroom.tag)).lists
    assert (again.words, again.domains) == (config.lists.words, config.lists.domains)


async def test_a_file_with_a_wrong_line_changes_nothing_and_the_line_is_named(
    house: House, desk: Desk, editor: Visitor
) -> None:
    file = b"list;value;verdict\nwords;pinjol;hold\nemails;bukan alamat;reject\n"

    told = await editor.send("/lists.csv", file, how="add")

    assert told.status == 422 and "Line 3" in told.text
    assert await entries(house, desk) == ()


@pytest.mark.parametrize("file", [b"\xff\xfe\x00", b"", b"nothing\n1\n", b'list,value\nwords,"open'])
async def test_what_is_no_such_file_is_refused(house: House, desk: Desk, editor: Visitor, file: bytes) -> None:
    assert (await editor.send("/lists.csv", file)).status in (303, 422)
    assert await entries(house, desk) in ((), (ListEntry("open"),))


async def test_only_editors_see_and_change_the_lists(web: TestClient[Any, Any], house: House, desk: Desk) -> None:
    moderator = await visitor(web, house, desk.newsroom.tag, Role.MODERATOR)

    for path in ("/lists", "/lists.csv", "/policy"):
        assert (await moderator.get(path)).status == 403
    assert (await moderator.post("/lists", do="add", list="words", values="x")).status == 403
    assert (await moderator.post("/policy")).status == 403

"""An author's page, and the queue's filters by author, language and scores."""

from __future__ import annotations

from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.comment import Author
from service.domain.site import ListEntry, Role
from tests.conftest import DAY_MS, Clock, Desk
from tests.web.console import Visitor, visitor

SITI = Author("Siti", "siti@example.com")


@pytest_asyncio.fixture
async def path(house: House, desk: Desk) -> str:
    """The page of an author with one comment that waits."""
    comment = (await desk.submit(author=SITI)).comment
    return f"/authors/{house.services.read.author_id(comment)}"


@pytest_asyncio.fixture
async def moderator(web: TestClient[Any, Any], house: House, desk: Desk) -> Visitor:
    return await visitor(web, house, desk.newsroom.tag, Role.MODERATOR)


async def emails(house: House, desk: Desk) -> tuple[ListEntry, ...]:
    return (await house.directory.current(desk.newsroom.tag)).lists.emails


async def test_a_moderator_blocks_for_a_time_and_takes_it_back(
    house: House, desk: Desk, moderator: Visitor, path: str, clock: Clock
) -> None:
    saved = await moderator.post(path, do="put", verdict="reject", days="7")

    assert saved.status == 303
    assert await emails(house, desk) == (ListEntry(SITI.email, "reject", clock() + 7 * DAY_MS),)
    assert "Blocked" in (await moderator.get(path)).text
    await moderator.post(path, do="lift")
    assert await emails(house, desk) == ()


async def test_without_end_is_for_editors_alone(
    web: TestClient[Any, Any], house: House, desk: Desk, moderator: Visitor, path: str
) -> None:
    editor = await visitor(web, house, desk.newsroom.tag, Role.EDITOR)

    assert (await moderator.post(path, do="put", verdict="approve", days="")).status == 403
    assert (await editor.post(path, do="put", verdict="approve", days="")).status == 303

    assert await emails(house, desk) == (ListEntry(SITI.email, "approve"),)
    assert "Lift" not in (await moderator.get(path)).text
    assert (await moderator.post(path, do="lift")).status == 403


async def test_notes_are_for_all_who_read_and_by_those_who_decide(
    web: TestClient[Any, Any], house: House, desk: Desk, moderator: Visitor, path: str
) -> None:
    reader = await visitor(web, house, desk.newsroom.tag, Role.READER)

    await moderator.post(path, do="note", text="Guru <b>SD</b> di Martapura")

    assert "Guru &lt;b&gt;SD&lt;/b&gt; di Martapura" in (await reader.get(path)).text
    for do in ("note", "put", "lift"):
        assert (await reader.post(path, do=do, text="x", verdict="reject", days="1")).status == 403


async def test_an_address_of_a_page_holds_no_e_mail_address(moderator: Visitor, path: str) -> None:
    assert (await moderator.get(f"/authors/{SITI.email}")).status == 404
    assert (await moderator.get("/authors/nobody")).status == 404
    assert (await moderator.get(path)).status == 200


async def test_the_queue_is_filtered_and_keeps_its_filters_in_its_links(
    desk: Desk, moderator: Visitor, path: str
) -> None:
    await desk.submit("The road in our village is still broken, please repair it this year")
    author = path.rpartition("/")[2]

    all_of_them = await moderator.get("")
    by_author = await moderator.get(f"?author={author}&order=oldest")
    english = await moderator.get("?language=en&spam=low")
    nonsense = await moderator.get("?spam=enormous&kind=nothing&order=sideways&language=%00")

    assert [page.text.count('<li class="row"') for page in (all_of_them, by_author, english)] == [2, 1, 1]
    assert f"?kind=first_time&amp;author={author}&amp;order=oldest" in by_author.text
    assert nonsense.status == 200

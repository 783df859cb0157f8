"""`GET /v1/stats`, and the day's page with its tables as files."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.comment import Article
from service.domain.site import Role
from tests.conftest import Clock, Desk
from tests.web.console import visitor
from tests.web.edge import Edge


async def test_a_reader_is_told_the_figures_of_a_day(people: Edge, clock: Clock) -> None:
    room = people.newsroom
    held = await people.held()
    await people.accepted(honeypot="x")
    clock.pass_(s=30)
    await people.post(f"/v1/comments/{held}/approve", room.moderator)
    clock.pass_(s=1)

    told = await people.get("/v1/stats", room.reader)

    assert told["verdicts"] == {"approve": 0, "hold": 1, "reject": 1}
    assert sum(hour["submitted"] for hour in told["inflow"]) == 2
    assert len(told["inflow"]) == 25  # a day seldom begins with an hour
    (decider,) = told["decisions"]
    assert decider["by"].startswith("u_") and (decider["approved"], decider["rejected"]) == (1, 0)
    assert told["wait"] == {"median_s": 30.0, "oldest_s": None, "pending": 0}
    assert told["overturns"] == [{"reason": "first_time", "decided": 1, "overturned": 1, "rate": 1.0}]
    assert told["articles"][0]["submitted"] == 2


async def test_times_are_given_in_any_zone_and_a_bare_plus_is_understood(people: Edge) -> None:
    path = "/v1/stats?from=2026-11-24T00:00:00+08:00&to=2026-11-25T00:00:00Z"

    told = await people.get(path, people.newsroom.reader)

    assert (told["from"], told["to"]) == ("2026-11-23T16:00:00.000Z", "2026-11-25T00:00:00.000Z")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=yesterday", "/from"),
        ("to=2026-11-24", "/to"),
        ("from=2026-11-24T00:00:00", "/from"),
        ("from=2026-11-25T00:00:00Z&to=2026-11-24T00:00:00Z", "/from"),
        ("from=2025-11-25T00:00:00Z&to=2026-11-24T00:00:00Z", "/from"),
    ],
)
async def test_a_wrong_period_is_named(people: Edge, query: str, pointer: str) -> None:
    answer = await people.call("GET", f"/v1/stats?{query}", people.newsroom.reader)

    assert answer.status == 422
    assert [error["pointer"] for error in (await answer.json())["errors"]] == [pointer]


async def test_the_page_and_its_files_tell_the_same(
    web: TestClient[Any, Any], house: House, desk: Desk, clock: Clock
) -> None:
    for _ in range(3):
        await desk.submit(article=Article("a-1", title="=HYPERLINK(1)"))
    reader = await visitor(web, house, desk.newsroom.tag, Role.READER)

    page = await reader.get("/today")
    inflow = await reader.get("/today.csv?table=inflow")
    articles = await reader.get("/today.csv?table=articles")

    assert page.status == 200 and "=HYPERLINK(1)" in page.text
    lines = inflow.text.removeprefix("\ufeff").split("\r\n")
    assert lines[0] == "begin,submitted,approve,hold,reject"
    assert sum(int(line.split(",")[1]) for line in lines[1:] if line) == 3
    assert len(lines) == 26 and lines[1].split(",")[0].endswith("T00:00:00+08:00")
    assert articles.text.split("\r\n")[1] == "a-1,'=HYPERLINK(1),,3"
    assert 'filename="koran-articles-' in articles.headers["Content-Disposition"]


@pytest.mark.parametrize(("period", "n"), [("yesterday", 24), ("week", 7), ("month", 30), ("nonsense", 24)])
async def test_periods_are_days_of_the_sites_zone(
    web: TestClient[Any, Any], house: House, desk: Desk, period: str, n: int
) -> None:
    reader = await visitor(web, house, desk.newsroom.tag, Role.READER)

    for table in ("inflow", "decisions", "overturns"):
        assert (await reader.get(f"/today.csv?period={period}&table={table}")).status == 200

    page = await reader.get(f"/today?period={period}")
    assert page.text.count('<th scope="row"><time') == n

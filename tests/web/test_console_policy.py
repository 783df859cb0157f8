"""The policy's page: what it would mean is told; nothing is kept until asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.policy import DEFAULT_POLICY, Band, Policy, Verdict
from service.domain.site import Role
from tests.conftest import Desk
from tests.web.console import Shown, Visitor, visitor


@pytest_asyncio.fixture
async def editor(web: TestClient[Any, Any], house: House, desk: Desk) -> Visitor:
    return await visitor(web, house, desk.newsroom.tag, Role.EDITOR)


def fields(page: Shown) -> dict[str, str]:
    """The policy's form as a browser would send it untouched."""
    form = page.text[page.text.index('class="policy"') :]
    found = dict(re.findall(r'<input id="[^"]*" name="([^"]+)" value="([^"]*)"', form))
    found |= dict(re.findall(r'<input name="([^"]+)" value="([^"]*)"', form))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)">(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {**found, "version": page.hidden("version")}


async def policy(house: House, desk: Desk) -> Policy:
    return (await house.directory.current(desk.newsroom.tag)).policy


async def test_saving_what_was_not_touched_changes_nothing(house: House, desk: Desk, editor: Visitor) -> None:
    saved = await editor.post("/policy", **fields(await editor.get("/policy")))

    assert saved.status == 303
    kept = await policy(house, desk)
    assert sorted(kept.bands, key=str) == sorted(DEFAULT_POLICY.bands, key=str)
    assert sorted(kept.rules, key=str) == sorted(DEFAULT_POLICY.rules, key=str)


async def test_a_preview_tells_what_would_change_and_keeps_nothing(house: House, desk: Desk, editor: Visitor) -> None:
    for _ in range(3):
        await desk.submit()  # by new authors, hence held
    form = fields(await editor.get("/policy")) | {"first_time.verdict": ""}

    told = await editor.post("/policy/preview", **form)

    assert "3 would fare otherwise" in told.text
    assert "Held → Published" in told.text
    assert (await policy(house, desk)).version == 1


async def test_two_numbers_make_the_bands_of_a_label(house: House, desk: Desk, editor: Visitor) -> None:
    form = fields(await editor.get("/policy"))
    form |= {"spam.hold": "0,4", "spam.reject": "0.975", "abuse.hold": "", "threat.reject": "0.9", "links.max": "1"}

    assert (await editor.post("/policy", **form)).status == 303

    kept = await policy(house, desk)
    assert set(kept.bands) == {
        Band("spam", 0.4, 0.975, Verdict.HOLD),
        Band("spam", 0.975, 1.0, Verdict.REJECT),
        Band("threat", 0.9, 1.0, Verdict.REJECT),
    }
    assert next(rule for rule in kept.rules if rule.code == "links").params == {"max": 1.0}


async def test_bands_that_two_numbers_cannot_tell_stay_as_they_are(house: House, desk: Desk, editor: Visitor) -> None:
    odd = (Band("spam", 0.2, 0.4, Verdict.HOLD), Band("spam", 0.6, 0.8, Verdict.REJECT))
    await house.configure.put_policy(desk.newsroom.tag, Policy(0, odd, ()), None, "host")

    page = await editor.get("/policy")
    await editor.post("/policy", **(fields(page) | {"abuse.hold": "0.5"}))

    assert "Set by the API" in page.text
    assert set((await policy(house, desk)).bands) == {*odd, Band("abuse", 0.5, 1.0, Verdict.HOLD)}


@pytest.mark.parametrize(
    ("change", "says"),
    [({"spam.hold": "banyak"}, "banyak"), ({"spam.reject": "1.5"}, "out of range"), ({"links.max": "-1"}, "range")],
)
async def test_a_wrong_number_is_told_and_what_was_typed_stays(
    house: House, desk: Desk, editor: Visitor, change: dict[str, str], says: str
) -> None:
    told = await editor.post("/policy", **(fields(await editor.get("/policy")) | change))

    assert told.status == 422
    assert says in told.text and next(iter(change.values())) in told.text
    assert (await policy(house, desk)).version == 1


async def test_who_saw_an_older_version_is_told_and_may_save_again(house: House, desk: Desk, editor: Visitor) -> None:
    form = fields(await editor.get("/policy")) | {"spam.hold": "0.3"}
    await house.configure.put_policy(desk.newsroom.tag, Policy(0, (), DEFAULT_POLICY.rules), None, "host")

    outrun = await editor.post("/policy", **form)
    again = await editor.post("/policy", **fields(outrun))

    assert (outrun.status, again.status) == (412, 303)
    assert Band("spam", 0.3, 0.98, Verdict.HOLD) in (await policy(house, desk)).bands

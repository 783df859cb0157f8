"""The table of keys is whole: every key has one row, every row is a key that really comes to be."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.ids import Tag
from service.domain.site import Role
from service.flow.review import Call
from service.settings import Settings, load_settings
from service.store import keys
from service.store.scripts import NAMES
from tests.conftest import Desk, all_keys

# Those of signing in and of authors are the matter of the tests that do just that.
CONSOLE = {row for row in keys.TABLE if row.owner in ("enter", "regard")}


class TestAWholeDay:
    @pytest.fixture
    def settings(self) -> Settings:
        return load_settings(flood_address_per_min=1, flood_email_per_min=1, flood_site_per_s=0)

    async def test_every_row_of_the_table_comes_to_be(self, house: House, desk: Desk) -> None:
        review, tag = house.services.review, desk.newsroom.tag
        rina = await house.configure.create_user(tag, "rina@example.com", Role.MODERATOR)
        await desk.caller(rina.token)
        receipt = await desk.submit(client_ref="wp-1", idempotency_key="k1", address="203.0.113.7")
        await desk.submit()
        await review.claim(tag, "u_rina", n=1, order="priority", views=["all"])
        await review.decide_many(tag, "u_rina", [Call(receipt.comment.id, "reject", "spam")])
        await review.claim(tag, "u_rina", n=1, order="priority", views=["all"])

        left = await all_keys(house.store.client)

        unseen = {row for row in keys.TABLE if not any(row.matches(key) for key in left)}
        assert {row.pattern for row in unseen - CONSOLE} == set()


def test_no_key_has_two_rows() -> None:
    examples = [re.sub(r"<[^>]+>", "k7m2x", row.pattern) for row in keys.TABLE]

    for example in examples:
        assert sum(row.matches(example) for row in keys.TABLE) == 1, example


def test_a_key_of_another_shape_has_none() -> None:
    for key in ("saring:{k7m2x}:comments:c_1", "saring:{k7m2x}", "saring:k7m2x:site", "x:saring:{k7m2x}:site"):
        assert not any(row.matches(key) for row in keys.TABLE)


def test_the_scripts_spell_no_key_that_the_table_does_not_know() -> None:
    folder = files("service.store") / "lua"
    for name in (*NAMES, "lib"):
        spelt = set(re.findall(r"P \.\. '([a-z]+(?::[a-z]+)?)", (folder / f"{name}.lua").read_text("utf-8")))
        known = {row.pattern.partition("}:")[2].removesuffix(">").partition("<")[0].rstrip(":") for row in keys.TABLE}
        assert {part.rstrip(":") for part in spelt} - known - {"queue"} == set(), name


def test_all_keys_of_a_site_bear_its_tag_so_that_they_share_a_slot() -> None:
    tag = Tag("k7m2x")
    for key in (keys.root(tag), keys.comment(tag, "c_1"), keys.history(tag, "c_1"), keys.queue(tag, "rank", "all")):
        assert re.findall(r"\{([^}]*)\}", key) == [tag]


async def test_one_round_trip_a_submission_over_http(
    desk: Desk,
    web: TestClient,  # type: ignore[type-arg]
    round_trips: list[list[object]],
) -> None:
    """Admission included: what this process knows of the key is looked at once more in the very same trip."""
    body = {
        "article": {"id": "1"},
        "author": {"name": "Siti", "email": "siti@example.com"},
        "body": "Semoga lekas selesai",
    }
    headers = {"Authorization": f"Bearer {desk.newsroom.secret}"}
    await web.post("/v1/comments", json=body, headers=headers)
    round_trips.clear()
    answer = await web.post("/v1/comments", json=body | {"body": "Yang kedua"}, headers=headers)

    assert answer.status == 201
    assert round_trips == [["EVALSHA"]]

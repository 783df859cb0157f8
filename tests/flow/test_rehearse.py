"""Drafts of policy and lists, tried on the newest comments: what would change is told, and nothing changes."""

from __future__ import annotations

import pytest

from service.app import House
from service.domain.comment import Author
from service.domain.policy import DEFAULT_POLICY, Policy, Rule, Verdict
from service.domain.site import ListEntry, Lists
from service.flow.rehearse import REHEARSED, Rehearse
from tests.conftest import Desk


@pytest.fixture
def rehearse(house: House) -> Rehearse:
    return house.services.rehearse


async def test_a_draft_policy_is_compared_with_the_one_in_force(house: House, desk: Desk, rehearse: Rehearse) -> None:
    held = (await desk.submit()).comment
    draft = Policy(0, DEFAULT_POLICY.bands, tuple(r for r in DEFAULT_POLICY.rules if r.code != "first_time"))

    found = await rehearse.policy(await house.directory.current(desk.newsroom.tag), draft)

    assert (found.now, found.then) == ({Verdict.HOLD: 1}, {Verdict.APPROVE: 1})
    assert [(each.comment.id, each.now, each.then) for each in found.moved] == [
        (held.id, Verdict.HOLD, Verdict.APPROVE)
    ]
    assert sum(found.histograms["spam"]) == 1
    assert (await house.services.read.one(desk.newsroom.tag, held.id))[0].status == "pending"


async def test_only_the_newest_five_hundred_are_looked_at(house: House, desk: Desk, rehearse: Rehearse) -> None:
    await desk.results(*(desk.submission() for _ in range(REHEARSED + 5)))

    found = await rehearse.policy(await house.directory.current(desk.newsroom.tag), Policy(0, (), ()))

    assert found.n_comments == len(found.moved) == REHEARSED


async def test_draft_entries_meet_comments_in_whatever_spelling(desk: Desk, rehearse: Rehearse) -> None:
    met = (await desk.submit("Cari p.i.n.j.o.l yang aman", author=Author("Rini", "rini@example.com"))).comment
    await desk.submit()

    found = await rehearse.entries(desk.newsroom.tag, Lists(words=(ListEntry("pinjol"),)))

    assert (found.n_comments, [comment.id for comment in found.comments]) == (2, [met.id])


async def test_a_typed_comment_is_judged_as_by_a_known_author_and_not_kept(
    house: House, desk: Desk, rehearse: Rehearse
) -> None:
    config = await house.directory.current(desk.newsroom.tag)
    draft = Lists(words=(ListEntry("pinjol", "reject"),))

    clean = await rehearse.comment(config, draft, desk.submission())
    met = await rehearse.comment(config, draft, desk.submission("Ada pinjol murah"))

    assert clean.judgement.verdict is Verdict.APPROVE
    assert met.judgement.verdict is Verdict.REJECT
    assert Rule("first_time", Verdict.HOLD, {"min_approved": 1}) in config.policy.rules
    assert sum((await house.store.comments.status_counts(desk.newsroom.tag)).values()) == 0

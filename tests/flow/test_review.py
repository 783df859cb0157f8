"""People decide: claims, decisions, undo, escalation, batches."""

from __future__ import annotations

import asyncio

import pytest

from service.app import House
from service.domain.case import Outcome
from service.domain.comment import Author, Comment
from service.errors import CaseAlreadyDecided, NotFound, NothingToUndo, NotPending
from service.flow.review import CLAIM_MS, Call
from tests.conftest import Clock, Desk, open_newsroom

RINA, BUDI = "u_rina", "u_budi"


@pytest.fixture
def review(house: House):  # type: ignore[no-untyped-def]
    return house.services.review


async def pending(desk: Desk, n: int = 1) -> list[str]:
    """Ids of `n` held comments, oldest first."""
    ids: list[str] = []
    for _ in range(n):
        ids.append((await desk.submit()).comment.id)
        desk.house.services.clock.pass_(ms=1)  # type: ignore[attr-defined]
    return ids


async def stored(house: House, desk: Desk, comment_id: str) -> Comment:
    (comment,) = await house.store.comments.get(desk.newsroom.tag, [comment_id])
    assert comment is not None
    return comment


async def queued(review, desk: Desk, **view: object) -> list[str]:  # type: ignore[no-untyped-def]
    queue = await review.queue(desk.newsroom.tag, order="oldest", views=["all"], limit=100)
    return [comment.id for comment in queue.comments]


async def test_a_decision_changes_status_version_history_and_events(house: House, desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)

    outcome = await review.decide(desk.newsroom.tag, RINA, Call(cid, "reject", "insult", "kasar"))

    assert outcome == Outcome(cid, "rejected", 2)
    comment, history = await house.services.read.one(desk.newsroom.tag, cid)
    assert comment.decision is not None
    assert (comment.decision.by, comment.decision.reason, comment.decision.note) == (RINA, "insult", "kasar")
    assert [(entry.what, entry.by, entry.version) for entry in history] == [("reject", RINA, 2)]
    events = await house.services.read.events(desk.newsroom.tag, 0, 10)
    assert [(event.number, event.type, event.by) for event in events] == [
        (1, "comment.submitted", "machine"),
        (2, "comment.rejected", RINA),
    ]


async def test_the_same_decision_again_is_no_conflict_and_no_event(house: House, desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    first = await review.decide(desk.newsroom.tag, RINA, Call(cid, "approve"))

    again = await review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve"))

    assert again == first
    assert len(await house.services.read.events(desk.newsroom.tag, 0, 10)) == 2


async def test_another_decision_tells_who_decided_what_and_when(desk: Desk, review, clock: Clock) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    await review.decide(desk.newsroom.tag, RINA, Call(cid, "reject", "spam"))

    with pytest.raises(CaseAlreadyDecided) as conflict:
        await review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve"))

    standing = conflict.value.standing
    assert standing is not None
    assert (standing.decision, standing.by, standing.at_ms, standing.reason) == ("reject", RINA, clock(), "spam")


async def test_who_has_seen_the_decision_may_overturn_it(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    seen = await review.decide(desk.newsroom.tag, RINA, Call(cid, "reject"))

    with pytest.raises(CaseAlreadyDecided):
        await review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve", expected_version=seen.version - 1))
    outcome = await review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve", expected_version=seen.version))

    assert outcome == Outcome(cid, "approved", seen.version + 1)


async def test_a_machines_verdict_never_conflicts(house: House, desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    receipt = await desk.submit("slot gacor maxwin wd cair DEWA99", honeypot=True)
    assert receipt.comment.status == "rejected"

    outcome = await review.decide(desk.newsroom.tag, RINA, Call(receipt.comment.id, "approve"))

    assert outcome.status == "approved"


async def test_two_at_once_do_not_both_decide(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    ids = await pending(desk, 20)

    async def decide(by: str, decision) -> list[object]:  # type: ignore[no-untyped-def]
        calls = [review.decide(desk.newsroom.tag, by, Call(cid, decision)) for cid in ids]
        return list(await asyncio.gather(*calls, return_exceptions=True))

    approved, rejected = await asyncio.gather(decide(RINA, "approve"), decide(BUDI, "reject"))

    for one, other in zip(approved, rejected, strict=True):
        assert sorted([isinstance(one, Outcome), isinstance(other, Outcome)]) == [False, True]


async def test_nobody_gets_a_claimed_case(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    ids = await pending(desk, 5)

    async def claim(by: str) -> list[str]:
        comments = await review.claim(desk.newsroom.tag, by, n=3, order="oldest", views=["all"])
        return [comment.id for comment in comments]

    first, second, third = await asyncio.gather(claim(RINA), claim(BUDI), claim(RINA))

    assert sorted([*first, *second, *third]) == sorted(ids)


async def test_an_expired_claim_comes_back_by_itself(house: House, desk: Desk, review, clock: Clock) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    (held,) = await review.claim(desk.newsroom.tag, RINA, n=1, order="priority", views=["all"])
    assert held.claimed_until_ms == clock() + CLAIM_MS

    clock.pass_(ms=CLAIM_MS - 1)
    assert await review.claim(desk.newsroom.tag, BUDI, n=1, order="priority", views=["all"]) == []
    clock.pass_(ms=1)
    (mine,) = await review.claim(desk.newsroom.tag, BUDI, n=1, order="priority", views=["all"])

    assert (mine.id, mine.claimed_by) == (cid, BUDI)
    held = await house.store.client.call("KEYS", "*:claims:*")
    assert held == [f"saring:{{{desk.newsroom.tag}}}:claims:{BUDI}".encode()]
    assert await review.release(desk.newsroom.tag, RINA, []) == []


async def test_release_gives_back_ones_own_alone(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    first, second, third = await pending(desk, 3)
    await review.claim(desk.newsroom.tag, RINA, n=2, order="oldest", views=["all"])
    await review.claim(desk.newsroom.tag, BUDI, n=1, order="oldest", views=["all"])

    assert await review.release(desk.newsroom.tag, RINA, [second, third]) == [second]
    assert await review.release(desk.newsroom.tag, RINA, []) == [first]
    again = await review.claim(desk.newsroom.tag, BUDI, n=5, order="oldest", views=["all"])
    assert [comment.id for comment in again] == [first, second]


async def test_deciding_ends_a_claim(house: House, desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    await review.claim(desk.newsroom.tag, RINA, n=1, order="priority", views=["all"])

    await review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve"))

    assert (await stored(house, desk, cid)).claimed_by == ""
    assert await queued(review, desk) == []


async def test_a_case_that_is_decided_while_it_is_claimed_is_not_handed_out(  # type: ignore[no-untyped-def]
    house: House, desk: Desk, review, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await pending(desk, 2)
    read = house.store.comments.get

    async def decided_before_it_is_read(tag, ids):  # type: ignore[no-untyped-def]
        await review.decide(tag, BUDI, Call(first, "approve"))
        return await read(tag, ids)

    monkeypatch.setattr(house.store.comments, "get", decided_before_it_is_read)
    cases = await review.claim(desk.newsroom.tag, RINA, n=2, order="oldest", views=["all"])

    assert [case.id for case in cases] == [second]


async def test_undo_brings_a_case_back_to_its_old_rank(house: House, desk: Desk, review, clock: Clock) -> None:  # type: ignore[no-untyped-def]
    ids = []
    for _ in range(3):
        ids += await pending(desk)
        clock.pass_(s=1)
    await review.decide(desk.newsroom.tag, RINA, Call(ids[1], "reject", "other"))
    assert await queued(review, desk) == [ids[0], ids[2]]

    outcome = await review.undo(desk.newsroom.tag, RINA, ids[1])

    assert outcome == Outcome(ids[1], "pending", 3)
    assert await queued(review, desk) == ids
    by_rank = await review.queue(desk.newsroom.tag, order="priority", views=["all"], limit=10)
    assert [comment.id for comment in by_rank.comments] == ids
    assert (await house.services.read.events(desk.newsroom.tag, 0, 10))[-1].type == "comment.reopened"


async def test_undo_takes_back_one_decision_at_a_time(house: House, desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    await review.decide(desk.newsroom.tag, RINA, Call(cid, "reject", "other"))
    await review.decide(desk.newsroom.tag, BUDI, Call(cid, "approve", expected_version=2))

    assert (await review.undo(desk.newsroom.tag, BUDI, cid)).status == "rejected"
    assert (await stored(house, desk, cid)).decision.by == RINA  # type: ignore[union-attr]
    assert (await review.undo(desk.newsroom.tag, BUDI, cid)).status == "pending"
    with pytest.raises(NothingToUndo):
        await review.undo(desk.newsroom.tag, BUDI, cid)


async def test_what_the_machine_said_cannot_be_undone(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    receipt = await desk.submit(honeypot=True)

    with pytest.raises(NothingToUndo):
        await review.undo(desk.newsroom.tag, RINA, receipt.comment.id)


async def test_an_escalated_case_is_the_editors_until_it_is_taken_back(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    await review.claim(desk.newsroom.tag, RINA, n=1, order="priority", views=["all"])

    await review.escalate(desk.newsroom.tag, RINA, cid, "ragu")

    assert await queued(review, desk) == []
    queue = await review.queue(desk.newsroom.tag, order="oldest", views=["escalated"], limit=10)
    assert [comment.id for comment in queue.comments] == [cid]
    assert queue.counts["escalated"] == 1
    await review.undo(desk.newsroom.tag, RINA, cid)
    assert await queued(review, desk) == [cid]


async def test_a_decided_case_cannot_be_escalated(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    (cid,) = await pending(desk)
    await review.decide(desk.newsroom.tag, RINA, Call(cid, "approve"))

    with pytest.raises(NotPending):
        await review.escalate(desk.newsroom.tag, RINA, cid, "")


async def test_a_batch_answers_each_on_its_own_and_is_undone_as_one(house: House, desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    first, second, third = await pending(desk, 3)
    other = Desk(house, await open_newsroom(house, "lain"))
    (foreign,) = await pending(other)
    await review.decide(desk.newsroom.tag, BUDI, Call(third, "approve"))

    calls = [Call(cid, "reject", "spam") for cid in (first, second, third, foreign, "c_nope")]
    batch, results = await review.decide_many(desk.newsroom.tag, RINA, calls)

    kinds = [type(result) for result in results]
    assert kinds == [Outcome, Outcome, CaseAlreadyDecided, NotFound, NotFound]
    await review.decide(desk.newsroom.tag, BUDI, Call(second, "approve", expected_version=2))
    undone = dict(await review.undo_batch(desk.newsroom.tag, RINA, batch))
    assert undone[first] == Outcome(first, "pending", 3)
    assert isinstance(undone[second], CaseAlreadyDecided)
    assert (await stored(house, other, foreign)).status == "pending"


async def test_an_unknown_batch_is_not_found(desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotFound):
        await review.undo_batch(desk.newsroom.tag, RINA, "b_nope")


async def test_an_authors_counts_follow_every_move(house: House, desk: Desk, review) -> None:  # type: ignore[no-untyped-def]
    author = Author("Siti", "siti@example.com")
    receipt = await desk.submit("satu", author=author)
    digest = house.secret.author(author.email)

    async def counts() -> dict[str, int]:
        rows = await house.store.client.call("HGETALL", f"saring:{{{desk.newsroom.tag}}}:author:{digest}")
        pairs = {rows[i].decode(): int(rows[i + 1]) for i in range(0, len(rows), 2)}
        return {name: n for name, n in pairs.items() if name != "first_seen" and n}

    assert await counts() == {"pending": 1}
    await review.decide(desk.newsroom.tag, RINA, Call(receipt.comment.id, "approve"))
    assert await counts() == {"approved": 1}
    await review.undo(desk.newsroom.tag, RINA, receipt.comment.id)
    assert await counts() == {"pending": 1}


async def test_the_queue_is_filtered_by_kind_and_article(desk: Desk, review, clock: Clock) -> None:  # type: ignore[no-untyped-def]
    from service.domain.comment import Article
    from service.flow.review import view_names

    old = clock() - 100 * 86_400_000
    plain = (await desk.submit(article=Article("a"))).comment.id
    clock.pass_(ms=1)
    known = Author("Siti", "siti@example.com")
    first = await desk.submit(article=Article("a"), author=known)
    await review.decide(desk.newsroom.tag, RINA, Call(first.comment.id, "approve"))
    closed = (await desk.submit(article=Article("a", published_ms=old), author=known)).comment
    clock.pass_(ms=1)
    far = (await desk.submit(article=Article("b"))).comment.id
    assert closed.kind == "closed_article"

    async def ids(label: str, article: str) -> list[str]:
        views = view_names(label, article, False)
        queue = await review.queue(desk.newsroom.tag, order="oldest", views=views, limit=10)
        claimed = await review.claim(desk.newsroom.tag, RINA, n=10, order="oldest", views=views)
        await review.release(desk.newsroom.tag, RINA, [])
        assert [comment.id for comment in queue.comments] == [comment.id for comment in claimed]
        return [comment.id for comment in claimed]

    assert await ids("", "") == [plain, closed.id, far]
    assert await ids("first_time", "") == [plain, far]
    assert await ids("first_time", "a") == [plain]
    assert await ids("", "a") == [plain, closed.id]
    assert await ids("closed_article", "b") == []

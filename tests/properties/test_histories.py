"""Random histories of two sites against a plain Python model, on the real server, with a clock of our own.

SARING_PROPERTIES=long looks longer. After every step all that can be seen is compared: queues in every order, counts,
claims, statuses, histories, authors, events. So a case never has two living claims, a decided one is in no queue,
every accepted comment has one opening event, and events have no gap.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from classifiers import Classifier
from service.app import House, furnish
from service.domain.case import Outcome
from service.domain.comment import Article, Author
from service.domain.ids import digest
from service.domain.site import ListEntry, Lists
from service.errors import CaseAlreadyDecided, Duplicate, NotFound, NothingToUndo, NotPending, RepeatedWithOtherBody
from service.flow.review import Call
from service.flow.submit import Receipt
from service.flow.sweep import Swept
from service.scoring import Scorer
from service.secret import Secret
from service.settings import Settings
from tests.conftest import Clock, Desk, check_keys, open_newsroom
from tests.properties.model import Answer, Case, Conflict, Site

T = TypeVar("T")
PEOPLE = ("u_rina", "u_budi", "u_ayu")
AUTHORS = ("siti@example.com", "joko@example.com", "percaya@example.com")
ARTICLES = ("berita-1", "berita-2")
TEXTS = ("Terima kasih liputannya", "Semoga lekas selesai", "slot gacor maxwin wd cair", "dasar goblok kamu")
MINUTE, DAY = 60_000, 86_400_000
PICK = st.integers(0, 99)


class Chance:
    """Real chance, remembered: `again` gives the last operation's bytes once more, as a retry would."""

    def __init__(self) -> None:
        self.given: list[bytes] = []
        self.again: list[bytes] = []

    def __call__(self, n: int) -> bytes:
        made = self.again.pop(0) if self.again else secrets.token_bytes(n)
        self.given.append(made)
        return made


class Histories(RuleBasedStateMachine):
    """What may happen to two sites."""

    runner: asyncio.Runner
    house: House
    clock: Clock
    chance: Chance

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize()
    def open_sites(self) -> None:
        self.do(self.house.store.client.everywhere("FLUSHALL"))
        self.clock.__init__()  # type: ignore[misc]
        self.desks = [Desk(self.house, self.do(open_newsroom(self.house, slug))) for slug in ("koran", "lain")]
        trusted = Lists(emails=(ListEntry("percaya@example.com", "approve"),))
        for desk in self.desks:
            self.do(self.house.configure.put_lists(desk.newsroom.tag, trusted, None, "u_1"))
        self.sites = [Site(), Site()]
        self.ids: list[str] = []
        self.touched: set[int] = set()
        self.last: tuple[Any, Any] | None = None
        self.n_acts = 0
        self.swept_ms = self.clock()
        for n in range(8):  # a history that begins with nothing is mostly about nothing
            self.clock.pass_(ms=n % 3)
            self.submit(n % 2, AUTHORS[n // 3], ARTICLES[n // 2 % 2], TEXTS[n // 2], n, False, "wp-1" if n == 2 else "")

    # --- what readers do

    @rule(
        at=st.integers(0, 1),
        author=st.sampled_from(AUTHORS),
        article=st.sampled_from(ARTICLES),
        text=st.sampled_from(TEXTS),
        n=st.integers(0, 3),
        honeypot=st.booleans() | st.just(False),
        ref=st.sampled_from(["", "", "wp-1", "wp-2"]),
    )
    def submit(self, at: int, author: str, article: str, text: str, n: int, honeypot: bool, ref: str) -> None:
        site, desk = self.sites[at], self.desks[at]
        self.touched.add(at)
        body = f"{text} {n}"
        submission = desk.submission(
            body, author=Author("Pembaca", author), article=Article(article), honeypot=honeypot, client_ref=ref
        )
        (result,) = self.do(desk.results(submission))
        if ref in site.refs:
            first, content = site.refs[ref]
            if content == (article, author, body):
                assert isinstance(result, Receipt) and not result.is_new and result.comment.id == first
            else:
                assert isinstance(result, RepeatedWithOtherBody)
        elif (author, article, body) in site.said:
            assert isinstance(result, Duplicate)
        else:
            assert isinstance(result, Receipt) and result.is_new
            c, known = result.comment, site.authors.get(author, Counter[str]())
            assert (c.facts.n_approved, c.facts.n_rejected) == (known["approved"], known["rejected"])
            now = self.clock()
            site.open(Case(c.id, author, article, str(c.status), c.kind, c.priority, now, ref, now), now)
            site.said.add((author, article, body))
            if ref:
                site.refs[ref] = (c.id, (article, author, body))
            self.ids.append(c.id)

    # --- what moderators do

    @rule(
        at=st.integers(0, 1),
        by=st.sampled_from(PEOPLE),
        n=st.integers(1, 4),
        order=st.sampled_from(["priority", "oldest", "newest"]),
        views=st.sampled_from(
            [["all"], ["escalated"], ["kind:first_time"], ["kind:spam", f"article:{digest('berita-1')}"]]
        ),
    )
    def claim(self, at: int, by: str, n: int, order: Any, views: list[str]) -> None:
        expected = self.sites[at].claim(by, n, order, views, self.clock())

        async def call() -> list[str]:
            claimed = await self.house.services.review.claim(self._tag(at), by, n=n, order=order, views=views)
            return [comment.id for comment in claimed]

        assert self._act(call) == expected
        if not expected:
            self.last = None

    @rule(at=st.integers(0, 1), by=st.sampled_from(PEOPLE), picks=st.lists(PICK, max_size=3))
    def release(self, at: int, by: str, picks: list[int]) -> None:
        ids = [self._pick(pick)[1] for pick in picks]
        given = self.do(self.house.services.review.release(self._tag(at), by, ids))
        assert set(given) == self.sites[at].release(by, ids)
        if given:
            self.last = None  # who gives a case back has heard that it was his: he does not ask for it again

    @rule(
        by=st.sampled_from(PEOPLE),
        pick=PICK,
        decision=st.sampled_from(["approve", "reject"]),
        reason=st.sampled_from(["", "spam", "other"]),
        seen=st.sampled_from([None, 0, -1]),
    )
    def decide(self, by: str, pick: int, decision: Any, reason: str, seen: int | None) -> None:
        at, cid = self._pick(pick)
        expected = self._seen(at, cid, seen)
        version = self._version(at, cid)
        answer = self.sites[at].decide(cid, by, decision, reason, expected, "", self.clock())
        call = Call(cid, decision, reason, expected_version=expected)
        self._expect(lambda: self.house.services.review.decide(self._tag(at), by, call), answer)
        self._forget_unless(version != self._version(at, cid))

    @rule(
        at=st.integers(0, 1),
        by=st.sampled_from(PEOPLE),
        picks=st.lists(PICK, min_size=1, max_size=5),
        decision=st.sampled_from(["approve", "reject"]),
    )
    def decide_many(self, at: int, by: str, picks: list[int], decision: Any) -> None:
        tag, ids = self._tag(at), [self._pick(pick)[1] for pick in picks]
        calls = [Call(cid, decision, "spam") for cid in ids]
        batch, results = self.do(self.house.services.review.decide_many(tag, by, calls))
        for cid, result in zip(ids, results, strict=True):
            answer = self.sites[at].decide(cid, by, decision, "spam", None, batch, self.clock())
            assert _answered(result) == answer
        self.last = None

    @rule(by=st.sampled_from(PEOPLE), pick=PICK, seen=st.sampled_from([None, 0, -1]))
    def undo(self, by: str, pick: int, seen: int | None) -> None:
        at, cid = self._pick(pick)
        expected = self._seen(at, cid, seen)
        answer = self.sites[at].undo(cid, expected, self.clock())
        self._expect(lambda: self.house.services.review.undo(self._tag(at), by, cid, expected), answer)

    @precondition(lambda self: any(site.batches for site in self.sites))
    @rule(at=st.integers(0, 1), pick=PICK)
    def undo_batch(self, at: int, pick: int) -> None:
        site = self.sites[at]
        if not site.batches:
            return
        batch = list(site.batches)[pick % len(site.batches)]
        results = self.do(self.house.services.review.undo_batch(self._tag(at), "u_rina", batch))
        assert {cid for cid, _ in results} == set(site.batches[batch])
        for cid, result in results:
            assert _answered(result) == site.undo(cid, site.batches[batch][cid], self.clock())
        self.last = None

    @rule(by=st.sampled_from(PEOPLE), pick=PICK)
    def escalate(self, by: str, pick: int) -> None:
        at, cid = self._pick(pick)
        version = self._version(at, cid)
        answer = self.sites[at].escalate(cid)
        self._expect(lambda: self.house.services.review.escalate(self._tag(at), by, cid, "ragu"), answer)
        self._forget_unless(version != self._version(at, cid))

    @precondition(lambda self: self.last is not None)
    @rule()
    def retry(self) -> None:
        """A client that did not hear sends its call again, under the same operation: nothing happens."""
        assert self.last is not None
        (call, given), answer = self.last
        self.chance.again = list(given)
        assert self.do(_caught(call())) == answer

    # --- what time does

    @rule(ms=st.sampled_from([1, MINUTE, 5 * MINUTE - 1, 5 * MINUTE, 5 * MINUTE, 30 * DAY, 91 * DAY]))
    def time_passes(self, ms: int) -> None:
        self.clock.pass_(ms=ms)

    @precondition(lambda self: self.clock() > self.swept_ms + DAY)
    @rule()
    def sweep(self) -> None:
        self.swept_ms = self.clock()
        self.touched = {0, 1}
        counts = [site.sweep(self.clock()) for site in self.sites]
        assert self.do(self.house.sweep()) == Swept(*map(sum, zip(*counts, strict=True)))
        self.last = None  # its comment may be gone: the answer would still be given, yet to whom?

    # --- what must be true

    @invariant()
    def all_that_can_be_seen_is_as_the_model_says(self) -> None:
        """On the sites where something has just happened; in the end on both, so that nothing has reached the other."""
        for at in getattr(self, "touched", ()):
            self.do(self._compare(self.desks[at], self.sites[at]))
        self.touched = set()

    def teardown(self) -> None:
        if hasattr(self, "sites"):
            self.touched = {0, 1}
            self.all_that_can_be_seen_is_as_the_model_says()
            self.do(check_keys(self.house.store.client))

    async def _compare(self, desk: Desk, site: Site) -> None:
        tag, reviews, now = desk.newsroom.tag, self.house.store.reviews, self.clock()
        for order in ("priority", "oldest", "newest"):
            for view in ("all", "escalated", "kind:spam"):
                ids = await reviews.queue(tag, order, [view], 1000)
                assert ids == [case.id for case in site.queue(order, [view])]
        assert await reviews.counts(tag) == site.counts()
        stored = {c.id: c for c in await self.house.store.comments.get(tag, self.ids) if c is not None}
        assert set(stored) == set(site.cases)
        for cid, case in site.cases.items():
            c = stored[cid]  # type: ignore[index]
            assert (c.status, c.version, c.escalated) == (case.status, case.version, case.escalated)
            assert [d.decision for d in c.standing] == [said.decision for said in case.standing]
            assert (c.claimed_by if c.claimed_until_ms > now else "") == (case.claimed_by if case.is_held(now) else "")
            entries = await self.house.store.comments.history(tag, cid)
            assert [entry.what for entry in entries] == case.history
        await self._compare_claims(tag, site)
        by_status = await self.house.store.comments.status_counts(tag)
        assert {status: n for status, n in by_status.items() if n} == Counter(c.status for c in site.cases.values())
        for email, counts in site.authors.items():
            _, seen = await self.house.store.comments.look(_probe(tag, self.house.secret.author(email)))
            assert (seen.n_approved, seen.n_rejected) == (counts["approved"], counts["rejected"])
        events = await self.house.services.read.events(tag, 0, 1000)
        told = [(e.type, e.comment_id, e.status, e.version) for e in events]
        assert told == [event for _, event in site.events]
        assert [e.number for e in events] == list(range(site.n_dropped + 1, site.n_dropped + 1 + len(told)))

    async def _compare_claims(self, tag: str, site: Site) -> None:
        """No case lies in two people's hands, not even where the first one's time is over."""
        for by in PEOPLE:
            rows = await self.house.store.client.call("ZRANGE", f"saring:{{{tag}}}:claims:{by}", 0, -1)
            assert {raw.decode() for raw in rows} == {c.id for c in site.cases.values() if c.claimed_by == by}

    # --- how it is done

    def _tag(self, at: int) -> Any:
        """The tag of a site on which something is about to happen."""
        self.touched.add(at)
        return self.desks[at].newsroom.tag

    def _pick(self, pick: int) -> tuple[int, str]:
        """A site and a comment: mostly its own, now and then the other's, or one that never was."""
        if pick >= 95:
            return pick % 2, "c_nope"
        cid = self.ids[pick % len(self.ids)]
        own = cid.startswith(f"c_{self.desks[1].newsroom.tag}")
        return (own if pick < 85 else not own), cid

    def _version(self, at: int, cid: str) -> int | None:
        case = self.sites[at].cases.get(cid)
        return case.version if case else None

    def _seen(self, at: int, cid: str, seen: int | None) -> int | None:
        return None if seen is None else (self._version(at, cid) or 1) + seen

    def _act(self, call: Any) -> Any:
        """Does it, and remembers it for `retry`; every other answer is lost on its way and asked for again."""
        self.chance.given = []
        answer = self.do(_caught(call()))
        self.last = ((call, list(self.chance.given)), answer) if not isinstance(answer, Exception) else None
        self.n_acts += 1
        if self.last and self.n_acts % 2:
            self.retry()
        return answer

    def _expect(self, call: Any, answer: Answer) -> None:
        assert _answered(self._act(call)) == answer

    def _forget_unless(self, has_changed: bool) -> None:
        """What changed nothing was not done, so that doing it again later is not doing it twice."""
        if not has_changed:
            self.last = None


async def _caught(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await work
    except (CaseAlreadyDecided, NotFound, NothingToUndo, NotPending) as error:
        return error


def _answered(result: object) -> Answer:
    match result:
        case Outcome(status=status, version=version):
            return status, version
        case CaseAlreadyDecided() as conflict:
            return Conflict(conflict.status, conflict.version, conflict.standing.by if conflict.standing else "")
        case NotFound():
            return "missing"
        case NothingToUndo():
            return "nothing"
        case NotPending():
            return "decided"
    raise AssertionError(result)


def _probe(tag: Any, author: str) -> Any:
    from service.store.comments import Probe

    return Probe(tag, article="x", author=author, duplicate="x", submission="x")


@pytest.fixture
def furnished(one_or_three: str, settings: Settings, secret: Secret, classifier: Classifier) -> Iterator[None]:
    """A house in a loop of its own: hypothesis drives from outside of any."""
    with asyncio.Runner() as runner:
        Histories.runner, Histories.clock, Histories.chance = runner, Clock(), Chance()
        scorer = Scorer(classifier, 10_000)
        Histories.house = furnish(
            settings, one_or_three, secret, scorer=scorer, clock=Histories.clock, entropy=Histories.chance
        )
        yield
        runner.run(Histories.house.close())


def test_any_history_is_as_the_model_tells_it(furnished: None) -> None:
    is_long = os.environ.get("SARING_PROPERTIES") == "long"
    run_state_machine_as_test(
        Histories,
        settings=hypothesis_settings(
            max_examples=2_000 if is_long else 30, stateful_step_count=100 if is_long else 50, deadline=None
        ),
    )

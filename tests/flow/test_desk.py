"""The moderators' desk: what lies uppermost is held, cases are filtered, those that are alike are grouped."""

from __future__ import annotations

import pytest
import pytest_asyncio

from service.app import House
from service.domain.comment import Article, Author, Submission
from service.domain.ids import CommentId
from service.domain.policy import Policy, Rule, Verdict
from service.flow import desk as desk_module
from service.flow.alike import fingerprints
from service.flow.desk import Spread, Wanted, level
from service.flow.review import CLAIM_MS, Call, view_names
from service.store.reviews import Order
from tests.conftest import Clock
from tests.conftest import Desk as Newsdesk

RINA, BUDI = "u_rina", "u_budi"
SPAM = "Mantap min, slot gacor maxwin, daftar di https://dolphin.example/daftar"
ANYTHING = Wanted()


@pytest_asyncio.fixture(autouse=True)
async def all_are_held(house: House, desk: Newsdesk) -> None:
    """A policy that holds every new author's comment and rejects nothing by itself."""
    policy = Policy(0, (), (Rule("first_time", Verdict.HOLD),))
    await house.configure.put_policy(desk.newsroom.tag, policy, None, "host")


async def spread(
    house: House,
    desk: Newsdesk,
    by: str = RINA,
    wanted: Wanted = ANYTHING,
    *,
    claims: bool = True,
    limit: int = 50,
    begin: int | None = None,
    order: Order = "oldest",
) -> Spread:
    return await house.services.desk.spread(
        desk.newsroom.tag,
        by,
        order=order,
        views=view_names("", "", False),
        wanted=wanted,
        limit=limit,
        claims=claims,
        begin=begin,
    )


async def submitted(desk: Newsdesk, *submissions: Submission) -> list[str]:
    ids = []
    for submission in submissions:
        (receipt,) = await desk.results(submission)
        assert not isinstance(receipt, Exception), receipt
        ids.append(receipt.comment.id)
        desk.house.services.clock.pass_(ms=1)  # type: ignore[attr-defined]
    return ids


class TestClaims:
    async def test_the_ten_that_lie_uppermost_are_held_and_nobody_else_is_given_them(
        self, house: House, desk: Newsdesk
    ) -> None:
        ids = await submitted(desk, *(desk.submission() for _ in range(15)))

        rina = await spread(house, desk)
        budi = await spread(house, desk, BUDI)

        assert [laid.comment.id for laid in rina.cases] == ids
        # the other five come first, then those that Rina holds
        assert [laid.comment.id for laid in budi.cases] == [*ids[10:], *ids[:10]]
        assert [laid.held_by for laid in budi.cases] == [""] * 5 + [RINA] * 10

    async def test_a_claim_is_renewed_by_looking_and_ends_by_itself(
        self, house: House, desk: Newsdesk, clock: Clock
    ) -> None:
        await submitted(desk, desk.submission())
        await spread(house, desk)
        clock.pass_(ms=CLAIM_MS - 1)
        await spread(house, desk)
        clock.pass_(ms=CLAIM_MS - 1)

        still = await spread(house, desk, BUDI)
        clock.pass_(ms=2)
        free = await spread(house, desk, BUDI)

        assert [laid.held_by for laid in still.cases + free.cases] == [RINA, ""]

    async def test_who_only_reads_holds_nothing(self, house: House, desk: Newsdesk) -> None:
        await submitted(desk, desk.submission())

        await spread(house, desk, claims=False)

        assert [laid.held_by for laid in (await spread(house, desk, BUDI)).cases] == [""]


class TestFilters:
    async def test_cases_are_filtered_by_score_language_and_author(self, house: House, desk: Newsdesk) -> None:
        spam, plain, english = await submitted(
            desk,
            desk.submission(SPAM, author=Author("A", "a@example.com", "https://dolphin.example")),
            desk.submission("Jalan di kampung kami masih rusak, mohon diperbaiki tahun ini"),
            desk.submission("The road in our village is still broken, please repair it this year"),
        )
        told = await spread(house, desk)
        comments = {laid.comment.id: laid.comment for laid in told.cases}
        author = house.services.read.author_id(comments[plain])

        async def ids(wanted: Wanted) -> list[str]:
            return [laid.comment.id for laid in (await spread(house, desk, wanted=wanted)).cases]

        assert await ids(Wanted(spam=level(comments[spam].assessment.scores["spam"]))) == [spam]
        assert await ids(Wanted(language="en")) == [english]
        assert await ids(Wanted(author=author)) == [plain]
        assert await ids(Wanted(author=author, language="en")) == []
        assert dict(told.languages)["en"] == 1

    @pytest.mark.parametrize(("score", "word"), [(0.0, "low"), (0.3, "medium"), (0.699, "medium"), (0.7, "high")])
    def test_a_score_is_told_by_a_word(self, score: float, word: str) -> None:
        assert level(score) == word


class TestAlike:
    async def test_cases_that_share_a_link_a_number_or_their_text_are_one_group(
        self, house: House, desk: Newsdesk
    ) -> None:
        same = "Obat kuat herbal asli pesan sekarang juga"
        link, bare, text, spaced, phone, other_phone, alone = await submitted(
            desk,
            desk.submission("Lihat di https://www.promo.example/a ya"),
            desk.submission("Coba promo.example saja dulu", author=Author("B", "b@example.com")),
            desk.submission(same),
            desk.submission("O b a t kuat h3rbal asli, PESAN sekarang juga!!"),
            desk.submission("Butuh dana hubungi 0812-3456-7890"),
            desk.submission("Hubungi kami di +62 812 3456 7890 sekarang"),
            desk.submission("Jembatan di desa kami sudah lama rusak parah"),
        )
        cases = {laid.comment.id: laid for laid in (await spread(house, desk)).cases}

        async def alike(comment_id: str) -> list[str]:
            found = await house.services.desk.alike(desk.newsroom.tag, cases[comment_id].comment)
            return [comment.id for comment in found]

        assert await alike(link) == [link, bare]
        assert await alike(spaced) == [spaced, text]
        assert await alike(phone) == [phone, other_phone]
        assert await alike(alone) == [alone]
        assert [cases[each].n_alike for each in (link, text, phone, alone)] == [1, 1, 1, 0]

    async def test_a_large_group_is_counted_whole_and_capped(self, house: House, desk: Newsdesk) -> None:
        await desk.results(*(desk.submission(f"Slot di gacor.example nomor {n}") for n in range(510)))
        (first, *_) = (await spread(house, desk)).cases

        found = await house.services.desk.alike(desk.newsroom.tag, first.comment)

        assert first.n_alike == 499
        assert len(found) == 500

    async def test_two_words_are_like_too_many_others(self, house: House, desk: Newsdesk) -> None:
        comment = (await desk.submit("Setuju pak")).comment

        assert fingerprints(comment) == frozenset()
        assert fingerprints(comment._replace(id=CommentId("c_other"))) == frozenset()


class TestALongQueue:
    @pytest.fixture(autouse=True)
    def short_looks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A look reads ten cases, so that thirty are many."""
        monkeypatch.setattr(desk_module, "SCANNED", 5)
        monkeypatch.setattr(desk_module, "WALKED", 10)

    @pytest.mark.parametrize("order", ["priority", "oldest", "newest"])
    async def test_a_filter_looks_at_the_whole_queue_and_says_where_it_left_off(
        self, house: House, desk: Newsdesk, order: Order
    ) -> None:
        one = Author("Rina", "rina@example.com")
        ids = await submitted(
            desk, *(desk.submission(**({"author": one} if n in (3, 14, 28) else {})) for n in range(30))
        )
        wanted, found, looks, begin = Wanted(author=house.secret.author(one.email)), [], 0, None

        while looks == 0 or begin is not None:
            told = await spread(house, desk, wanted=wanted, begin=begin, order=order)
            found += [laid.comment.id for laid in told.cases]
            begin, looks = told.beyond, looks + 1
            await house.services.review.decide(desk.newsroom.tag, RINA, Call(ids[looks], "approve"))  # the queue moves

        expected = [ids[n] for n in (3, 14, 28)]
        assert found == (expected[::-1] if order == "newest" else expected)
        assert looks == 3

    async def test_whoever_found_enough_is_not_sent_further(self, house: House, desk: Newsdesk) -> None:
        ids = await submitted(desk, *(desk.submission() for _ in range(30)))

        told = await spread(house, desk, limit=4)

        assert ([laid.comment.id for laid in told.cases], told.beyond) == (ids[:4], None)

    async def test_a_claim_by_kind_and_article_walks_the_shorter_of_both(self, house: House, desk: Newsdesk) -> None:
        other = Article("artikel-2", "https://koran.example/artikel-2", "Pasar malam")
        ids = await submitted(
            desk, *(desk.submission(**({"article": other} if n in (7, 21) else {})) for n in range(30))
        )
        tag, review = desk.newsroom.tag, house.services.review

        for article, expected in (("artikel-2", [ids[7], ids[21]]), ("artikel-1", ids[:2])):
            views = view_names("first_time", article, False)
            assert [c.id for c in await review.claim(tag, RINA, n=2, order="oldest", views=views)] == expected

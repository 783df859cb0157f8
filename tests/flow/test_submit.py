"""A comment comes in: repeats, duplicates, flood, lists."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from typing import Any

import pytest

from service.app import House
from service.domain.comment import Article, Author, Status
from service.domain.site import KeyKind, ListEntry, Lists
from service.errors import (
    Duplicate,
    RepeatedWithOtherBody,
    SaringError,
    TooManySubmissions,
)
from service.flow.review import Call
from service.flow.submit import Receipt
from service.grouped import Grouped
from service.settings import Settings, load_settings
from tests.conftest import Clock, Desk


async def test_a_comment_is_stored_as_it_was_answered(house: House, desk: Desk) -> None:
    receipt = await desk.submit("Mantap pak, semoga merata sampai ke desa", client_ref="wp-1")

    (stored,) = await house.store.comments.get(desk.newsroom.tag, [receipt.comment.id])
    assert receipt.is_new
    assert stored == receipt.comment


async def test_the_same_client_ref_gives_the_same_comment_again(desk: Desk) -> None:
    submission = desk.submission("Sekali saja", client_ref="wp-1")
    (first,) = await desk.results(submission)

    (again,) = await desk.results(submission)

    assert isinstance(first, Receipt)
    assert again == Receipt(first.comment, is_new=False)


async def test_two_of_the_same_in_one_group_make_one_comment(desk: Desk) -> None:
    submission = desk.submission("Sekali saja", client_ref="wp-1")

    first, again = await desk.results(submission, submission)

    assert isinstance(first, Receipt)
    assert again == Receipt(first.comment, is_new=False)


async def test_a_reference_with_another_body_is_told(desk: Desk) -> None:
    await desk.submit("Yang pertama", client_ref="wp-1")

    with pytest.raises(RepeatedWithOtherBody):
        await desk.submit("Yang lain", client_ref="wp-1")


async def test_an_idempotency_key_is_good_for_a_day(desk: Desk, house: House) -> None:
    submission = desk.submission("Kirim sekali")
    (first,) = await desk.results(submission, idempotency_key="k1")

    (again,) = await desk.results(submission, idempotency_key="k1")

    assert isinstance(first, Receipt)
    assert again == Receipt(first.comment, is_new=False)
    (name,) = await house.store.client.call("KEYS", "*:idem:*")
    assert 0 < await house.store.client.call("PTTL", name) <= 86_400_000


async def test_saying_the_same_again_under_the_same_article_is_a_duplicate(desk: Desk) -> None:
    author = Author("Siti", "siti@example.com")
    await desk.submit("Setuju sekali", author=author)

    with pytest.raises(Duplicate):
        await desk.submit("SETUJU   sekali", author=Author("Siti A.", "Siti@Example.com"))

    assert (await desk.submit("Setuju sekali", author=author, article=Article("lain"))).is_new
    assert (await desk.submit("Setuju sekali", author=Author("Budi", "budi@example.com"))).is_new


async def test_a_comment_that_its_author_repeats_by_reference_is_no_duplicate(desk: Desk) -> None:
    submission = desk.submission("Setuju sekali", client_ref="wp-1")
    await desk.results(submission)

    (again,) = await desk.results(submission)

    assert isinstance(again, Receipt)
    assert not again.is_new


class TestFlood:
    @pytest.fixture
    def settings(self) -> Settings:
        return load_settings(flood_address_per_min=3, flood_email_per_min=2, flood_site_per_s=0)

    async def test_the_limit_of_an_email_tells_when_to_come_back(self, desk: Desk, clock: Clock) -> None:
        author = Author("Siti", "siti@example.com")
        await desk.submit("satu", author=author)
        await desk.submit("dua", author=author)

        with pytest.raises(TooManySubmissions) as refused:
            await desk.submit("tiga", author=author)

        assert refused.value.limit == "email"
        assert refused.value.retry_after_s == pytest.approx(30.0)
        clock.pass_(s=30)
        assert (await desk.submit("tiga", author=author)).is_new

    @pytest.mark.parametrize("seed", range(5))
    async def test_the_wait_is_exact_to_the_millisecond(self, desk: Desk, clock: Clock, seed: int) -> None:
        """GCRA, told again in Python: two a minute is one each thirty seconds, and a burst of two."""
        chance = random.Random(seed)
        author = Author("Siti", "siti@example.com")
        free_at = 0.0  # the theoretical arrival time
        for n in range(40):
            clock.pass_(ms=chance.choice([0, 1, 10_000, 29_999, 30_000, 30_001, 70_000]))
            arrival = max(free_at, clock()) + 30_000
            try:
                await desk.submit(f"komentar {n}", author=author)
                told = 0.0
                free_at = arrival
            except TooManySubmissions as refused:
                told = refused.retry_after_s
            assert told == pytest.approx(max(0.0, arrival - clock() - 60_000) / 1000, abs=1e-9)

    async def test_one_millisecond_too_early_is_too_early(self, desk: Desk, clock: Clock) -> None:
        author = Author("Siti", "siti@example.com")
        for text in ("satu", "dua"):
            await desk.submit(text, author=author)

        clock.pass_(ms=29_999)
        with pytest.raises(TooManySubmissions) as refused:
            await desk.submit("tiga", author=author)
        assert refused.value.retry_after_s == pytest.approx(0.001)
        clock.pass_(ms=1)
        assert (await desk.submit("tiga", author=author)).is_new

    async def test_a_refused_submission_uses_up_nothing(self, desk: Desk) -> None:
        author = Author("Siti", "siti@example.com")
        for text in ("satu", "dua"):
            await desk.submit(text, author=author, address="203.0.113.7")
        with pytest.raises(TooManySubmissions):
            await desk.submit("tiga", author=author, address="203.0.113.7")

        assert (await desk.submit("dari rumah yang sama", address="203.0.113.7")).is_new
        with pytest.raises(TooManySubmissions) as refused:
            await desk.submit("juga dari sana", address="203.0.113.7")
        assert refused.value.limit == "address"

    async def test_without_an_address_there_is_no_limit_by_address(self, desk: Desk) -> None:
        results = await desk.results(*(desk.submission() for _ in range(10)))

        assert all(isinstance(result, Receipt) for result in results)


async def test_the_authors_standing_is_known(desk: Desk, house: House) -> None:
    author = Author("Siti", "siti@example.com")
    first = await desk.submit("Komentar pertama saya di sini", author=author)
    assert first.comment.status is Status.PENDING
    await house.services.review.decide(desk.newsroom.tag, "u_1", Call(first.comment.id, "approve"))

    second = await desk.submit("Komentar kedua saya di sini", author=author)

    assert second.comment.facts.n_approved == 1
    assert second.comment.status is Status.APPROVED


async def test_an_article_closes_by_its_date_or_by_its_first_comment(desk: Desk, clock: Clock) -> None:
    published = clock() - 91 * 86_400_000
    dated = await desk.submit(article=Article("tua", published_ms=published))
    await desk.submit(article=Article("tanpa-tanggal"))
    clock.pass_(days=91)
    undated = await desk.submit(article=Article("tanpa-tanggal"))

    for receipt in (dated, undated):
        assert "closed_article" in [reason.code for reason in receipt.comment.judgement.reasons]


async def test_lists_are_matched_on_folded_text_and_whole_words(desk: Desk, house: House) -> None:
    lists = Lists(
        words=(ListEntry("gacor", "reject"), ListEntry("depo pulsa")),
        domains=(ListEntry("judi.example", "reject"),),
        addresses=(ListEntry("203.0.113.0/24", "reject"),),
        emails=(ListEntry("@spam.example.com", "reject"), ListEntry("budi@example.com", "hold", until_ms=1)),
    )
    await house.configure.put_lists(desk.newsroom.tag, lists, None, "u_1")

    async def values(body: str, **changes: Any) -> list[str]:
        return [hit.value for hit in (await desk.submit(body, **changes)).comment.facts.hits]

    assert await values("main 𝗚𝗔𝗖𝗢𝗥 tiap malam") == ["gacor"]
    assert await values("g.4.c.o.r") == ["gacor"]
    assert await values("gacoran itu lain kata") == []
    assert await values("bisa DEPO pulsa") == ["depo pulsa"]
    assert await values("pulsa depo") == []
    assert await values("lihat www.sub.judi.example/x ya") == ["judi.example"]
    assert await values("lihat judi.example.com ya") == []
    assert await values("lihat 𝗷𝘂𝗱𝗶.𝗲𝘅𝗮𝗺𝗽𝗹𝗲 ya") == ["judi.example"]
    assert await values("dari kantor", address="203.0.113.9") == ["203.0.113.0/24"]
    assert await values("surat", author=Author("A", "a@SPAM.example.com")) == ["@spam.example.com"]
    assert await values("sudah lewat", author=Author("Budi", "budi@example.com")) == []


async def test_an_entry_that_names_nothing_matches_nothing(desk: Desk, house: House) -> None:
    lists = Lists(words=(ListEntry("…"),), domains=(ListEntry("https://", "reject"), ListEntry(".", "reject")))
    await house.configure.put_lists(desk.newsroom.tag, lists, None, "u_1")

    assert (await desk.submit("tanpa tautan")).comment.facts.hits == ()


async def test_two_entries_may_speak_of_the_same(desk: Desk, house: House, clock: Clock) -> None:
    """One until a day, one for ever: the first does not silence the second, whichever comes last."""
    soon = clock() + 1000
    for order in (1, -1):
        emails = (ListEntry("siti@example.com", "reject"), ListEntry("Siti@example.com", "approve", until_ms=soon))
        domains = (ListEntry("judi.example"), ListEntry("JUDI.example", "reject", until_ms=soon))
        await house.configure.put_lists(
            desk.newsroom.tag, Lists(emails=emails[::order], domains=domains[::order]), None, "u_1"
        )
        author = Author("Siti", "siti@example.com")
        comment = (await desk.submit(f"lihat judi.example/{order} ya", author=author)).comment

        assert {hit.verdict for hit in comment.facts.hits if hit.list == "emails"} == {"reject", "approve"}
        assert {hit.verdict for hit in comment.facts.hits if hit.list == "domains"} == {"", "reject"}
    clock.pass_(s=1)
    comment = (await desk.submit("lihat judi.example lagi", author=author)).comment
    assert [hit.verdict for hit in comment.facts.hits] == ["", "reject"]


async def test_an_entry_ends_at_its_time(desk: Desk, house: House, clock: Clock) -> None:
    lists = Lists(words=(ListEntry("slot", until_ms=clock() + 1000),))
    await house.configure.put_lists(desk.newsroom.tag, lists, None, "u_1")

    clock.pass_(ms=999)
    assert len((await desk.submit("main slot")).comment.facts.hits) == 1
    clock.pass_(ms=1)
    assert (await desk.submit("main slot lagi")).comment.facts.hits == ()


@pytest.mark.parametrize(
    ("entry", "address", "is_hit"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.0/24", "203.0.113.255", True),
        ("203.0.113.0/24", "203.0.114.0", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("2001:db8::/32", "2001:db8:1::1", True),
        ("2001:db8::/32", "203.0.113.7", False),
        ("0.0.0.0/0", "not an address", False),
        ("0.0.0.0/0", "", False),
    ],
)
async def test_addresses_are_matched_by_network(
    desk: Desk, house: House, entry: str, address: str, is_hit: bool
) -> None:
    lists = Lists(addresses=(ListEntry(entry, "reject"),))
    await house.configure.put_lists(desk.newsroom.tag, lists, None, "u_1")

    assert bool((await desk.submit(address=address)).comment.facts.hits) is is_hit


@pytest.mark.parametrize(
    ("body", "url", "email", "is_hit"),
    [
        ("ke https://judi.example/a?b ya", "", "a@example.com", True),
        ("ke http://user:pass@www.JUDI.example:8080/ ya", "", "a@example.com", True),
        ("ke m.judi.example", "", "a@example.com", True),
        ("ke bukanjudi.example", "", "a@example.com", False),
        ("ke judi.example.org", "", "a@example.com", False),
        ("biasa", "https://judi.example/", "a@example.com", True),
        ("biasa", "", "a@mail.judi.example", True),
        ("biasa", "", "judi.example@example.com", False),
    ],
)
async def test_domains_are_matched_with_all_below_them(
    desk: Desk, house: House, body: str, url: str, email: str, is_hit: bool
) -> None:
    await house.configure.put_lists(desk.newsroom.tag, Lists(domains=(ListEntry("judi.example"),)), None, "u_1")

    comment = (await desk.submit(body, author=Author("Siti", email, url))).comment

    assert bool(comment.facts.hits) is is_hit


async def test_a_duplicate_is_one_for_a_day(desk: Desk, house: House) -> None:
    author = Author("Siti", "siti@example.com")
    await desk.submit("Setuju sekali", author=author)
    (name,) = await house.store.client.call("KEYS", "*:dup:*")
    assert 86_000_000 < await house.store.client.call("PTTL", name) <= 86_400_000

    await house.store.client.call("PEXPIRE", name, 0)  # the day is over, by the server's own clock

    assert (await desk.submit("Setuju sekali", author=author)).is_new


async def test_an_idempotency_key_is_its_api_keys_own(desk: Desk, house: House) -> None:
    await desk.submit("Yang pertama", idempotency_key="k1")
    with pytest.raises(RepeatedWithOtherBody):
        await desk.submit("Yang kedua", idempotency_key="k1")

    another = await house.configure.create_key(desk.newsroom.tag, KeyKind.SECRET)
    desk.newsroom = replace(desk.newsroom, secret=another.key)

    assert (await desk.submit("Yang kedua", idempotency_key="k1")).is_new


async def test_a_repeat_is_no_flood_and_no_new_event(desk: Desk, house: House) -> None:
    submission = desk.submission(client_ref="wp-1")
    (first,) = await desk.results(submission)

    again = await desk.results(*[submission] * 5)

    assert again == [Receipt(first.comment, is_new=False)] * 5  # type: ignore[union-attr]
    assert len(await house.services.read.events(desk.newsroom.tag, 0, 100)) == 1


async def test_a_repeat_tells_where_the_comment_stands_now(desk: Desk, house: House) -> None:
    submission = desk.submission(client_ref="wp-1")
    (first,) = await desk.results(submission)
    assert isinstance(first, Receipt)
    await house.services.review.decide(desk.newsroom.tag, "u_1", Call(first.comment.id, "approve"))

    (again,) = await desk.results(submission)

    assert isinstance(again, Receipt)
    assert (again.comment.status, again.comment.version) == (Status.APPROVED, 2)


async def test_the_same_comment_sent_many_times_at_once_is_stored_once(desk: Desk, house: House) -> None:
    arrival = await desk.arrival(desk.submission(client_ref="wp-1"))
    in_lanes = Grouped(house.services.preview, most=3, lanes=8)

    receipts = await asyncio.gather(*(in_lanes(arrival) for _ in range(40)))

    assert sum(receipt.is_new for receipt in receipts) == 1
    assert len({receipt.comment.id for receipt in receipts}) == 1
    assert len(await house.services.read.events(desk.newsroom.tag, 0, 100)) == 1


async def test_one_bad_submission_does_not_touch_its_neighbours(desk: Desk) -> None:
    await desk.submit("Sudah ada", author=Author("Siti", "siti@example.com"))
    good = desk.submission()
    bad = desk.submission("Sudah ada", author=Author("Siti", "siti@example.com"))

    first, second, third = await desk.results(good, bad, desk.submission())

    assert isinstance(first, Receipt)
    assert isinstance(second, Duplicate)
    assert isinstance(third, Receipt)


async def test_a_submission_costs_one_round_trip_however_many_come(
    desk: Desk, house: House, round_trips: list[list[object]]
) -> None:
    arrivals = [await desk.arrival(desk.submission()) for _ in range(30)]
    round_trips.clear()
    results = await house.services.preview(arrivals)

    assert all(isinstance(result, Receipt) for result in results)
    assert round_trips == [["EVALSHA"] * len(arrivals)]  # one atomic script each


async def test_sites_do_not_share_a_thing(house: House, desk: Desk) -> None:
    from tests.conftest import open_newsroom

    other = Desk(house, await open_newsroom(house, "lain"))
    author = Author("Siti", "siti@example.com")

    first = await desk.submit("Sama saja", author=author, client_ref="wp-1")
    second = await other.submit("Sama saja", author=author, client_ref="wp-1")

    assert first.is_new and second.is_new
    assert (await house.services.read.events(other.newsroom.tag, 0, 10))[0].number == 1


async def test_in_a_group_of_several_sites_each_is_told_what_its_own_site_knows(house: House, desk: Desk) -> None:
    from tests.conftest import open_newsroom

    other = Desk(house, await open_newsroom(house, "lain"))
    author = Author("Siti", "siti@example.com")
    here = await desk.submit("Di sini", author=author, client_ref="wp-1")
    await other.submit("Di sana", author=author)
    sent = [
        (other, {"body": "Di sini", "client_ref": "wp-1"}),
        (desk, {"body": "Di sini", "client_ref": "wp-1"}),
        (other, {"body": "Di sana"}),
        (desk, {"body": "Di sana"}),
    ]
    arrivals = [await at.arrival(at.submission(author=author, **fields)) for at, fields in sent]

    new_there, repeat, duplicate, new_here = await house.services.preview(arrivals)

    assert isinstance(new_there, Receipt) and new_there.is_new
    assert isinstance(repeat, Receipt) and repeat == Receipt(here.comment, is_new=False)
    assert isinstance(duplicate, Duplicate)
    assert isinstance(new_here, Receipt) and new_here.is_new


async def test_a_public_key_is_of_its_kind(house: House, desk: Desk) -> None:
    caller = await desk.caller(desk.newsroom.public)

    assert caller.key is not None
    assert caller.key.kind is KeyKind.PUBLIC


async def test_an_error_is_one_of_the_trades(desk: Desk) -> None:
    author = Author("Siti", "siti@example.com")
    results = await desk.results(*(desk.submission("Sama", author=author) for _ in range(3)))

    assert [isinstance(result, SaringError) for result in results] == [False, True, True]


async def test_many_repeats_are_read_together(desk: Desk, house: House, round_trips: list[list[object]]) -> None:
    submissions = [desk.submission(client_ref=f"wp-{n}") for n in range(20)]
    made = await desk.results(*submissions)
    arrivals = [await desk.arrival(submission) for submission in submissions]
    round_trips.clear()
    again = await house.services.preview(arrivals)

    assert [receipt.comment.id for receipt in again] == [receipt.comment.id for receipt in made]  # type: ignore[union-attr]
    assert len(round_trips) == 2  # one write, one reading of what is there

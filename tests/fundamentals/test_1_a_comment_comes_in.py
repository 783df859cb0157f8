"""A reader writes, the newspaper sends it on, and Saring says what becomes of it. Read from the top."""

from __future__ import annotations

import pytest

from service.settings import Settings, load_settings
from tests.conftest import Clock
from tests.fundamentals.people import Moderator, Newspaper, Refused


async def test_the_first_comment_of_a_reader_waits_for_a_person(paper: Newspaper) -> None:
    answer = await paper.sends("Mantap pak, semoga merata sampai ke desa", by="siti")

    assert (answer["status"], answer["verdict"]) == ("pending", "hold")
    assert [reason["code"] for reason in answer["reasons"]] == ["first_time"]


async def test_a_reader_who_is_known_is_published_at_once(paper: Newspaper, rina: Moderator) -> None:
    await rina.approves(await paper.sends("Mantap pak, semoga merata sampai ke desa", by="siti"))

    answer = await paper.sends("Kapan giliran kecamatan kami?", by="siti")

    assert (answer["status"], answer["verdict"], answer["reasons"]) == ("approved", "approve", [])


async def test_blatant_spam_is_rejected_and_nobody_needs_to_look(paper: Newspaper, rina: Moderator) -> None:
    answer = await paper.sends("SLOT GACOR maxwin tiap hari, depo 10rb pasti cair, daftar di dewa99 link bio")

    assert (answer["status"], answer["verdict"]) == ("rejected", "reject")
    assert answer["reasons"][0]["code"] == "band.spam"
    assert await rina.queue() == []


async def test_every_reason_is_told_and_the_most_severe_names_the_verdict(paper: Newspaper) -> None:
    links = "lihat https://a.example dan https://b.example dan https://c.example ya"
    answer = await paper.sends(links, honeypot="saya robot")

    codes = [reason["code"] for reason in answer["reasons"]]
    assert codes[0] == "honeypot"
    assert {"honeypot", "links", "first_time"} <= set(codes)
    assert answer["verdict"] == "reject"


async def test_what_is_kept_is_what_the_reader_wrote(paper: Newspaper) -> None:
    answer = await paper.sends("  Tanya:\r\nkapan 𝗿𝗮𝗽𝗮𝘁 warga? 🙏\x07  ", by="siti")

    assert (await paper.sees(answer))["body"] == "Tanya:\nkapan 𝗿𝗮𝗽𝗮𝘁 warga? 🙏"


async def test_sending_again_under_the_same_reference_makes_no_second_comment(paper: Newspaper) -> None:
    comment = paper.comment("Sekali saja", client_ref="wp-981")
    first = await paper.post("/v1/comments", comment)

    again = await paper.post("/v1/comments", comment)

    assert again == first
    assert await paper.hears() == [("comment.submitted", first["id"])]


async def test_another_comment_under_a_used_reference_is_refused(paper: Newspaper) -> None:
    await paper.sends("Yang pertama", client_ref="wp-981")

    with pytest.raises(Refused) as refused:
        await paper.sends("Yang lain", client_ref="wp-981")

    assert refused.value.status == 409


async def test_an_idempotency_key_does_the_same_for_a_day(paper: Newspaper) -> None:
    comment = paper.comment("Sekali saja")
    first = await paper.post("/v1/comments", comment, **{"Idempotency-Key": "k-1"})

    assert await paper.post("/v1/comments", comment, **{"Idempotency-Key": "k-1"}) == first


async def test_saying_the_same_twice_under_one_article_is_a_duplicate(paper: Newspaper) -> None:
    await paper.sends("Setuju sekali", by="siti")

    with pytest.raises(Refused) as refused:
        await paper.sends("SETUJU   sekali", by="siti")

    assert (refused.value.status, refused.value.problem["type"]) == (409, "urn:saring:problem:duplicate")
    assert (await paper.sends("Setuju sekali", by="joko"))["id"]


class TestFlood:
    @pytest.fixture
    def settings(self) -> Settings:
        return load_settings(flood_email_per_min=2, flood_address_per_min=0, flood_site_per_s=0)

    async def test_who_writes_too_fast_is_told_how_long_to_wait(self, paper: Newspaper, clock: Clock) -> None:
        await paper.sends("satu", by="siti")
        await paper.sends("dua", by="siti")

        with pytest.raises(Refused) as refused:
            await paper.sends("tiga", by="siti")

        assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "30")
        clock.pass_(s=30)
        assert (await paper.sends("tiga", by="siti"))["id"]


async def test_a_word_on_the_list_is_found_in_disguise(paper: Newspaper, editor: Moderator) -> None:
    lists = await editor.get("/v1/sites/koran/lists")
    await editor.put("/v1/sites/koran/lists", lists | {"words": [{"value": "gacor", "verdict": "reject"}]})

    for disguise in ("gacor", "𝗚𝗔𝗖𝗢𝗥", "g.a.c.o.r", "g4c0r"):
        answer = await paper.sends(f"main {disguise} yuk")
        assert "word_list" in [reason["code"] for reason in answer["reasons"]], disguise
        assert answer["verdict"] == "reject"


async def test_a_trusted_reader_is_not_asked_twice_but_a_block_list_holds(paper: Newspaper, editor: Moderator) -> None:
    lists = await editor.get("/v1/sites/koran/lists")
    trust = {"emails": [{"value": "siti@example.com", "verdict": "approve"}], "words": [{"value": "gacor"}]}
    await editor.put("/v1/sites/koran/lists", lists | trust)

    assert (await paper.sends("Tulisan pertama saya", by="siti"))["verdict"] == "approve"
    assert (await paper.sends("soal gacor itu", by="siti"))["verdict"] == "hold"


async def test_an_old_article_is_closed(paper: Newspaper, clock: Clock, rina: Moderator) -> None:
    await rina.approves(await paper.sends("Di awal", by="siti"))
    clock.pass_(days=91)

    answer = await paper.sends("Masih ada yang baca?", by="siti")

    assert [reason["code"] for reason in answer["reasons"]] == ["closed_article"]

"""POST /v1/comments: what a newspaper's server, a page's script and a plain form send, and what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import FormData

from classifiers import Classifier
from service.app import House
from service.settings import Settings, load_settings
from tests.conftest import Newsroom
from tests.web.conftest import Call

Make = Callable[..., dict[str, Any]]
POST = ("POST", "/v1/comments")


async def test_a_newspaper_is_told_all(call: Call, comment: Make) -> None:
    answer = await call(*POST, json=comment(body="Mantap pak, semoga merata sampai ke desa"))

    assert answer.status == 201
    assert answer.body["id"].startswith("c_")
    assert answer.body["status"] == "pending"
    assert answer.body["verdict"] == "hold"
    assert [reason["code"] for reason in answer.body["reasons"]] == ["first_time"]
    assert set(answer.body["scores"]) == {"spam", "abuse", "insult", "hate", "threat", "obscene"}
    assert answer.body["message"] == "Komentar Anda menunggu moderasi."
    assert answer.body["version"] == answer.body["policy_version"] == 1


async def test_reasons_show_the_words_on_the_text_as_it_is_shown(call: Call, comment: Make) -> None:
    body = "Mantap min, main di 𝗞𝗘𝗠𝗜𝗥𝗜 𝟳𝟳 tiap malam auto jp, gacor parah maxwin"
    answer = await call(*POST, json=comment(body=body))

    (reason,) = [reason for reason in answer.body["reasons"] if reason["code"] == "band.spam"]
    words = [term for term in reason["terms"] if term["field"] == "body"]
    assert words
    assert all(body[term["begin"] : term["end"]] == term["text"] for term in words)
    assert [term["field"] for term in reason["terms"][-2:]] == ["rest", "bias"]


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"author__name": ""}, "/author/name", "required"),
        ({"author__name": " \u200b "}, "/author/name", "required"),
        ({"author__name": "n" * 81}, "/author/name", "too_long"),
        ({"author__name": 7}, "/author/name", "invalid"),
        ({"author__email": ""}, "/author/email", "required"),
        ({"author__email": "siti"}, "/author/email", "invalid"),
        ({"author__email": "Siti <siti@example.com>"}, "/author/email", "invalid"),
        ({"author__email": "a" * 250 + "@example.com"}, "/author/email", "too_long"),
        ({"author__url": "javascript:alert(1)"}, "/author/url", "invalid"),
        ({"body": "\n \t"}, "/body", "required"),
        ({"body": "é" * 10_001}, "/body", "too_long"),
        ({"body": None}, "/body", "invalid"),
        ({"article__id": ""}, "/article/id", "required"),
        ({"article__url": "ftp://x.example"}, "/article/url", "invalid"),
        ({"article": "x"}, "/article", "invalid"),
        ({"ip": "300.1.1.1"}, "/ip", "invalid"),
        ({"submitted_at": "2099-01-01T00:00:00Z"}, "/submitted_at", "invalid"),
        ({"submitted_at": "2026-11-24T02:00:00"}, "/submitted_at", "invalid"),
        ({"article__published_at": "2099-01-01T00:00:00Z"}, "/article/published_at", "invalid"),
        ({"parent_id": "c_zzzzz" + "0" * 24}, "/parent_id", "invalid"),
        ({"client_ref": "r" * 201}, "/client_ref", "too_long"),
    ],
)
async def test_each_bad_field_is_named(
    call: Call, comment: Make, house: House, newsroom: Newsroom, changes: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await call(*POST, json=comment(**changes))

    assert answer.status == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.pointers == {pointer: code}
    assert sum((await house.store.comments.status_counts(newsroom.tag)).values()) == 0


async def test_all_bad_fields_are_told_at_once_in_the_callers_language(call: Call, comment: Make) -> None:
    bad = comment(author__name="", author__email="siti@@", body="")

    indonesian = await call(*POST, json=bad)
    english = await call(*POST, json=bad, headers={"Accept-Language": "fr, en;q=0.8"})

    assert [error["detail"] for error in indonesian.body["errors"]] == [
        "Ruas ini wajib diisi.",
        "Alamat email tidak valid.",
        "Ruas ini wajib diisi.",
    ]
    assert english.body["errors"][0]["detail"] == "This field is required."
    assert set(english.pointers) == {"/author/name", "/author/email", "/body"}


@pytest.mark.parametrize(
    "email", ["siti@münchen.example.com", "josé@example.com", "a+b@example.co.id", "o'hara@example.com"]
)
async def test_addresses_of_all_the_world_are_taken(call: Call, comment: Make, email: str) -> None:
    assert (await call(*POST, json=comment(author__email=email))).status == 201


async def test_the_text_is_kept_in_canonical_form_and_limits_count_code_points(call: Call, comment: Make) -> None:
    typed = "  cafe\u0301\r\n\x00ini \u202eilab\u202c \u200bya\x07  "
    answer = await call(*POST, json=comment(body=typed, author__name="  Si\nti \u200f "))

    kept = await call("GET", f"/v1/comments/{answer.body['id']}")
    assert kept.body["body"] == "café\nini \u202eilab\u202c \u200bya"
    assert kept.body["author"]["name"] == "Si ti \u200f".strip()
    assert (await call(*POST, json=comment(body="𝗔" * 10_000))).status == 201


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b'{"article": ', "application/json", 400),
        (b'{"body": "\xff\xfe"}', "application/json", 400),
        (b'{"body": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"x", "text/plain", 415),
        (b"x", "", 415),
        (b"%ff=1&comment=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"no boundary", "multipart/form-data", 400),
    ],
)
async def test_what_cannot_be_read_is_told_so(call: Call, data: bytes, kind: str, status: int) -> None:
    answer = await call(*POST, data=data, headers={"Content-Type": kind} if kind else {})

    assert answer.status == status, answer.text
    assert answer.body["status"] == status


@pytest.mark.parametrize("size", [256 * 1024 + 1, 1_000_000])
async def test_a_body_that_is_too_large_is_refused(call: Call, size: int) -> None:
    answer = await call(*POST, data=b"x" * size, headers={"Content-Type": "application/json"})

    assert answer.status == 413
    assert answer.body["type"] == "urn:saring:problem:too-large"


async def test_nothing_that_was_typed_is_repeated_in_a_problem(call: Call, comment: Make) -> None:
    for changes in ({"author__email": "rahasia@@x"}, {"author__name": "rahasia" * 20}, {"body": ["rahasia"]}):
        answer = await call(*POST, json=comment(**changes))

        assert answer.status == 422
        assert "rahasia" not in answer.text


async def test_repeats_and_duplicates(call: Call, comment: Make) -> None:
    first = comment(client_ref="wp-1", body="Sekali saja")
    made = await call(*POST, json=first)

    again = await call(*POST, json=first)
    other = await call(*POST, json={**first, "body": "Yang lain"})
    duplicate = await call(*POST, json={**first, "client_ref": "wp-2", "body": "sekali  SAJA"})
    headers = {"Idempotency-Key": "k"}
    keyed = await call(*POST, json=comment(), headers=headers)
    replayed = await call(*POST, json=comment(), headers=headers)

    assert (made.status, again.status, again.body) == (201, 200, made.body)
    assert (other.status, other.body["type"]) == (409, "urn:saring:problem:repeated-with-other-body")
    assert (duplicate.status, duplicate.body["type"]) == (409, "urn:saring:problem:duplicate")
    assert (keyed.status, replayed.status) == (201, 409)


@pytest.mark.parametrize("key", ["", "sk_nope", "sk_" + "0" * 57, "pk_x", "Bearer", "mt_" + "0" * 52])
async def test_without_a_good_key_nothing_is_taken(call: Call, comment: Make, key: str) -> None:
    answer = await call(*POST, json=comment(), key=key)

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="saring"'


async def test_a_revoked_key_opens_nothing_at_once(call: Call, comment: Make, house: House, newsroom: Newsroom) -> None:
    assert (await call(*POST, json=comment())).status == 201
    caller = await house.services.admit.caller(newsroom.secret)
    assert caller.key is not None

    await house.configure.revoke_key(newsroom.tag, caller.key.id)

    assert (await call(*POST, json=comment())).status == 401
    assert (await call("GET", "/v1/comments")).status == 401


class TestPublicKeys:
    ORIGIN = {"Origin": "https://koran.example"}  # noqa: RUF012

    async def test_they_hear_little_and_a_rejection_reads_as_pending(
        self, call: Call, comment: Make, newsroom: Newsroom
    ) -> None:
        answer = await call(*POST, json=comment(honeypot="x"), key=newsroom.public, headers=self.ORIGIN)

        assert answer.status == 201
        assert answer.body == {
            "id": answer.body["id"],
            "status": "pending",
            "message": "Komentar Anda menunggu moderasi.",
        }
        assert answer.headers["Access-Control-Allow-Origin"] == "https://koran.example"
        assert (await call("GET", f"/v1/comments/{answer.body['id']}")).body["status"] == "rejected"

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 403),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
            ({"Origin": "https://koran.example.evil.example"}, 403),
            ({"Origin": "https://koran.example:8443"}, 403),
            ({"Referer": "https://koran.example/a"}, 201),
            ({"Origin": "https://koran.example:443"}, 201),
        ],
    )
    async def test_they_are_bound_to_the_sites_pages(
        self, call: Call, comment: Make, newsroom: Newsroom, headers: dict[str, str], status: int
    ) -> None:
        assert (await call(*POST, json=comment(), key=newsroom.public, headers=headers)).status == status

    async def test_they_may_do_nothing_else(self, call: Call, comment: Make, newsroom: Newsroom) -> None:
        for method, path in (("GET", "/v1/comments"), ("GET", "/v1/queue"), ("GET", "/v1/events")):
            assert (await call(method, path, key=newsroom.public, headers=self.ORIGIN)).status == 403
        answer = await call("POST", "/v1/score", json=comment(), key=newsroom.public, headers=self.ORIGIN)
        assert answer.status == 403

    async def test_what_only_the_newspaper_knows_is_not_believed(
        self, call: Call, comment: Make, newsroom: Newsroom
    ) -> None:
        sent = comment(client_ref="wp-1", ip="203.0.113.7", submitted_at="2020-01-01T00:00:00Z")
        sent["article"]["published_at"] = "2001-01-01T00:00:00Z"

        made = await call(*POST, json=sent, key=newsroom.public, headers=self.ORIGIN)

        kept = (await call("GET", f"/v1/comments/{made.body['id']}")).body
        assert (kept["client_ref"], kept["ip"], kept["submitted_at"]) == ("", "127.0.0.1", None)
        assert kept["article"]["published_at"] is None

    async def test_a_page_may_ask_before_it_sends(self, call: Call) -> None:
        good = await call("OPTIONS", "/v1/comments", key="", headers=self.ORIGIN)
        bad = await call("OPTIONS", "/v1/comments", key="", headers={"Origin": "https://evil.example"})

        assert good.status == 204
        assert good.headers["Access-Control-Allow-Origin"] == "https://koran.example"
        assert "Authorization" in good.headers["Access-Control-Allow-Headers"]
        assert bad.status == 403


class TestForms:
    HEADERS = {  # noqa: RUF012
        "Origin": "https://koran.example",
        "Referer": "https://koran.example/2026/sungai?x=1#top",
        "Accept": "text/html",
    }

    def fields(self, newsroom: Newsroom, **changes: str) -> dict[str, str]:
        return {
            "key": newsroom.public,
            "author": "Siti <b>",
            "email": "siti@example.com",
            "url": "",
            "comment": "Terima kasih & salam",
            "comment_post_ID": "77",
            "comment_parent": "0",
            **changes,
        }

    @pytest.mark.parametrize("multipart", [False, True])
    async def test_wordpress_s_form_goes_back_to_the_article(
        self, call: Call, newsroom: Newsroom, multipart: bool
    ) -> None:
        data: Any = FormData(self.fields(newsroom), default_to_multipart=multipart)

        answer = await call(*POST, data=data, key="", headers=self.HEADERS)

        assert answer.status == 303, answer.text
        assert answer.headers["Location"] == "https://koran.example/2026/sungai?x=1#saring-pending"
        (kept,) = (await call("GET", "/v1/comments")).body["comments"]
        assert kept["article"]["id"] == "77"
        assert kept["author"]["name"] == "Siti <b>"
        assert kept["parent_id"] is None

    async def test_our_own_names_are_taken_too_and_json_is_answered_where_no_page_is_wanted(
        self, call: Call, newsroom: Newsroom
    ) -> None:
        fields = {
            "key": newsroom.public,
            "author.name": "Siti",
            "author.email": "siti@example.com",
            "body": "Halo semua",
            "article.id": "5",
        }
        answer = await call(*POST, data=fields, key="", headers={"Origin": "https://koran.example"})

        assert answer.status == 201
        assert answer.body["status"] == "pending"

    async def test_it_never_leads_to_another_site(self, call: Call, newsroom: Newsroom) -> None:
        fields = self.fields(newsroom) | {"article.url": "https://evil.example/x"}

        answer = await call(*POST, data=fields, key="", headers=self.HEADERS)

        assert answer.status == 303
        assert answer.headers["Location"].startswith("https://koran.example/")

    async def test_nothing_typed_is_lost_on_an_error(self, call: Call, newsroom: Newsroom) -> None:
        fields = self.fields(newsroom, email="siti", comment='<script>alert("x")</script>')

        answer = await call(*POST, data=fields, key="", headers=self.HEADERS)

        assert answer.status == 422
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Alamat email tidak valid." in answer.text
        assert "&lt;script&gt;" in answer.text
        assert "<script>" not in answer.text
        assert 'value="Siti &lt;b&gt;"' in answer.text

    async def test_a_field_given_twice_is_told(self, call: Call, newsroom: Newsroom) -> None:
        fields = [*self.fields(newsroom).items(), ("comment", "lagi")]

        answer = await call(*POST, data=FormData(fields), key="", headers={"Origin": "https://koran.example"})

        assert answer.status == 422
        assert answer.pointers == {"/body": "repeated"}

    async def test_a_secret_key_has_no_place_in_a_form(self, call: Call, newsroom: Newsroom) -> None:
        answer = await call(*POST, data=self.fields(newsroom, key=newsroom.secret), key="")

        assert answer.status == 401


class TestAddresses:
    @pytest.fixture
    def settings(self) -> Settings:
        limits = {"flood_address_per_min": 2, "flood_email_per_min": 0, "flood_site_per_s": 0}
        return load_settings(trusted_proxies="127.0.0.1,10.0.0.0/8", **limits)

    async def test_a_forged_header_is_read_from_the_right_only(
        self, call: Call, comment: Make, newsroom: Newsroom
    ) -> None:
        headers = {"Origin": "https://koran.example", "X-Forwarded-For": "1.2.3.4, 203.0.113.9, 10.1.1.1"}

        made = await call(*POST, json=comment(), key=newsroom.public, headers=headers)

        assert (await call("GET", f"/v1/comments/{made.body['id']}")).body["ip"] == "203.0.113.9"

    async def test_a_flood_is_told_when_to_come_back(self, call: Call, comment: Make) -> None:
        answers = [await call(*POST, json=comment(ip="203.0.113.9")) for _ in range(3)]

        assert [answer.status for answer in answers] == [201, 201, 429]
        assert answers[2].headers["Retry-After"] == "30"
        assert answers[2].body["limit"] == "address"
        assert (await call(*POST, json=comment(ip="203.0.113.10"))).status == 201
        assert (await call(*POST, json=comment())).status == 201  # no address told: no limit by address


async def test_a_forged_header_from_an_untrusted_peer_is_not_believed(
    call: Call, comment: Make, newsroom: Newsroom
) -> None:
    headers = {"Origin": "https://koran.example", "X-Forwarded-For": "203.0.113.9"}

    made = await call(*POST, json=comment(), key=newsroom.public, headers=headers)

    assert (await call("GET", f"/v1/comments/{made.body['id']}")).body["ip"] == "127.0.0.1"


class Broken(Classifier):
    """A model that fails whenever it is asked."""

    def __init__(self) -> None:
        pass

    version = "broken"

    def assess(self, documents, *, reasons=True):  # type: ignore[no-untyped-def]
        raise RuntimeError("as a bug would")


@pytest.mark.parametrize("wrong", ["missing", "failing", "late"])
async def test_a_machine_that_does_not_answer_never_fails_a_submission(
    call: Call, comment: Make, house: House, wrong: str
) -> None:
    import threading

    release = threading.Event()

    class Late(Broken):
        def assess(self, documents, *, reasons=True):  # type: ignore[no-untyped-def]
            release.wait(10)
            return super().assess(documents)

    house.scorer._classifier = {"missing": None, "failing": Broken(), "late": Late()}[wrong]
    house.scorer._deadline_s = 0.05

    answer = await call(*POST, json=comment())
    release.set()

    assert answer.status == 201
    assert answer.body["verdict"] == "hold"
    assert answer.body["scores"] == {}
    assert "unscored" in [reason["code"] for reason in answer.body["reasons"]]


async def test_a_score_stores_nothing(call: Call, comment: Make, house: House, newsroom: Newsroom) -> None:
    answer = await call("POST", "/v1/score", json=comment(body="main slot gacor maxwin wd cair"))

    assert answer.status == 200
    assert answer.body["verdict"] in ("hold", "reject")
    assert "id" not in answer.body
    assert sum((await house.store.comments.status_counts(newsroom.tag)).values()) == 0


async def test_many_at_once_are_all_answered(call: Call, comment: Make, house: House, newsroom: Newsroom) -> None:
    answers = await asyncio.gather(*(call(*POST, json=comment()) for _ in range(100)))

    assert [answer.status for answer in answers] == [201] * 100
    assert len({answer.body["id"] for answer in answers}) == 100
    events = await house.services.read.events(newsroom.tag, 0, 200)
    assert [event.number for event in events] == list(range(1, 101))

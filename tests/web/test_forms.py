"""The plain HTML form, public keys and the pages they are bound to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import FormData

from service.app import House
from tests.web.edge import PAGE, Edge


def ours(edge: Edge, **changes: str) -> dict[str, str]:
    edge.n += 1
    return {
        "key": edge.newsroom.public,
        "article.id": "berita-1",
        "author.name": f"Siti {edge.n}",
        "author.email": f"siti{edge.n}@example.com",
        "body": f"Mantap pak, semoga merata sampai ke desa {edge.n}",
        **{name.replace("__", "."): value for name, value in changes.items()},
    }


def wordpress(edge: Edge) -> dict[str, str]:
    names = {"author.name": "author", "author.email": "email", "body": "comment", "article.id": "comment_post_ID"}
    return {names.get(name, name): value for name, value in ours(edge).items()} | {"comment_parent": "0", "url": ""}


async def only(edge: Edge) -> dict[str, Any]:
    """The one stored comment."""
    told = await (await edge.call("GET", "/v1/comments", edge.newsroom.secret)).json()
    (comment,) = told["comments"]
    return dict(comment)


@pytest.mark.parametrize("names", [ours, wordpress])
@pytest.mark.parametrize("is_multipart", [False, True])
async def test_a_form_is_taken_and_leads_back_to_its_article(edge: Edge, names: Any, is_multipart: bool) -> None:
    fields = names(edge)
    form = FormData(default_to_multipart=is_multipart)
    for name, value in fields.items():
        form.add_field(name, value)
    answer = await edge.form(form)
    assert answer.status == 303 and answer.headers["Location"] == f"{PAGE}/berita-1#saring-pending"
    comment = await only(edge)
    assert comment["article"] == {"id": "berita-1", "url": f"{PAGE}/berita-1", "title": "", "published_at": None}
    assert comment["author"]["name"].startswith("Siti") and comment["author"]["email"].startswith("siti")
    assert comment["parent_id"] is None


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "https://koran.example.evil.example/",
        "https://evil.example\\@koran.example/",
        "https://evil.example@koran.example/",
        "http://koran.example/",
        "https://koran.example:8443/",
    ],
)
async def test_nobody_is_sent_to_another_site(edge: Edge, url: str) -> None:
    answer = await edge.form(ours(edge, article__url=url))
    assert answer.status == 303 and answer.headers["Location"] == f"{PAGE}/#saring-pending"


async def test_a_page_that_the_site_got_since_may_submit_at_once(edge: Edge, house: House) -> None:
    moved = "https://baru.koran.example"
    assert (await edge.form(ours(edge), Origin=moved)).status == 403
    await house.configure.set_site(replace(edge.newsroom.site, origins=(PAGE, moved)))
    assert (await edge.form(ours(edge), Origin=moved)).status == 303


async def test_an_error_page_shows_what_was_typed_and_what_is_wrong(edge: Edge) -> None:
    sent = ours(edge, author__name="", author__email="bukan", body='</textarea><script>alert("x")</script>')
    answer = await edge.form(sent)
    html = await answer.text()
    assert answer.status == 422 and answer.content_type == "text/html"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Ruas ini wajib diisi." in html and "Alamat email tidak valid." in html
    assert "<script>" not in html and "&lt;script&gt;" in html and 'value="bukan"' in html
    english = await edge.form(sent, Accept_Language="en")
    assert "This field is required." in await english.text()


async def test_what_an_error_page_offers_can_be_sent_again_from_there(edge: Edge) -> None:
    # given an error page, whose origin is the service's own and whose referrer is no article
    html = await (await edge.form(ours(edge, author__name=""))).text()
    assert f'value="{PAGE}/berita-1"' in html
    own = "http://127.0.0.1:8080"  # of the default settings
    # when it is mended and sent
    answer = await edge.form(ours(edge, article__url=f"{PAGE}/berita-1"), Origin=own, Referer=f"{own}/v1/comments")
    # then it goes as from the article
    assert answer.status == 303 and answer.headers["Location"] == f"{PAGE}/berita-1#saring-pending"


@pytest.mark.parametrize("raw", ["author.name=a&author.name=b", "author=a&author.name=b", "body=a&comment=b"])
async def test_a_field_given_twice_is_an_error(edge: Edge, raw: str) -> None:
    headers = edge.bearer(edge.newsroom.public, Content_Type="application/x-www-form-urlencoded", Origin=PAGE)
    answer = await edge.web.post("/v1/comments", data=raw, headers=headers)
    assert answer.status == 422 and (await answer.json())["errors"][0]["code"] == "repeated"


@pytest.mark.parametrize("raw", [b"body=%FF%FE", b"body=\xff"])
async def test_a_form_in_broken_utf8_is_malformed(edge: Edge, raw: bytes) -> None:
    headers = edge.bearer(edge.newsroom.public, Content_Type="application/x-www-form-urlencoded", Origin=PAGE)
    assert (await edge.web.post("/v1/comments", data=raw, headers=headers)).status == 400


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
async def test_a_broken_multipart_is_malformed(edge: Edge, kind: str) -> None:
    headers = edge.bearer(edge.newsroom.public, Content_Type=kind, Origin=PAGE)
    answer = await edge.web.post("/v1/comments", data=b"--y\r\nnonsense", headers=headers)
    assert answer.status == 400 and answer.content_type == "application/problem+json"


async def test_a_script_on_the_page_may_ask_and_read(edge: Edge) -> None:
    asked = await edge.web.options("/v1/comments", headers={"Origin": PAGE, "Access-Control-Request-Method": "POST"})
    other = await edge.web.options("/v1/comments", headers={"Origin": "https://evil.example"})
    taken = await edge.submit(None, edge.newsroom.public)
    refused = await edge.submit({}, edge.newsroom.public)
    assert (asked.status, other.status, taken.status, refused.status) == (204, 403, 201, 422)
    for answer in (asked, taken, refused):
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE and "Origin" in answer.headers["Vary"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]

"""Everybody can use the console: axe finds nothing on any page, in either theme, at any width; focus is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from service.app import House
from service.domain.comment import Article, Author
from service.domain.site import ListEntry, Lists, Role
from service.flow.review import Call
from tests.browser.conftest import Console
from tests.conftest import Desk, open_newsroom

AXE = (Path(__file__).parent / "vendor/axe-core/axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EDITOR = "siti@example.com"
PAGES = ("", "/today", "/history", "/search?q=jalan", "/lists", "/lists?list=emails", "/policy", "/people", "/keys")


async def furnish(console: Console, desk: Desk) -> tuple[str, str]:
    """Something on every page; the paths of a comment and of its author."""
    house, tag = console.house, desk.newsroom.tag
    article = Article("a-1", "https://koran.example/a-1", "Jalan desa diperbaiki")
    rude = (await desk.submit("Dasar bupati tolol, goblok, tidak becus kerja", article=article)).comment
    await desk.submit("Jalan di kampung kami \u202e masih rusak\n" * 30, article=article, parent_id=rude.id)
    decided = (await desk.submit(author=Author("Budi", "budi@example.com", "https://budi.example"))).comment
    await house.services.review.decide(tag, "u_x", Call(decided.id, "reject", "insult"))
    lists = Lists(words=(ListEntry("togel", "reject"),), emails=(ListEntry("jahat@example.com", "reject", 1, "lama"),))
    await house.configure.put_lists(tag, lists, None, "u_x")
    author = house.services.read.author_id(rude)
    await house.services.regard.note(tag, author, "u_x", "Sudah diingatkan")
    return f"/comments/{rude.id}", f"/authors/{author}"


async def editor_at(console: Console, desk: Desk, **look: Any) -> Page:
    """An editor who has signed in, with a page on which axe may run."""
    page = await console.page(bypass_csp=True, **look)
    await console.sign_in(page, EDITOR, await console.person(desk.newsroom.tag, EDITOR, Role.EDITOR))
    await expect(page.locator("main")).to_be_visible()
    return page


async def violations(page: Page) -> list[str]:
    """What axe finds, a line each."""
    await page.evaluate(AXE)
    found = await page.evaluate("tags => axe.run({ runOnly: tags })", TAGS)
    return [
        f"{page.url.partition('/console')[2]}: {each['id']}: {node['html'][:100]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
async def test_axe_finds_nothing_on_any_page(console: Console, desk: Desk, width: int, scheme: str) -> None:
    paths = (*PAGES, *await furnish(console, desk))
    page = await editor_at(console, desk, width=width, color_scheme=scheme)

    found = []
    for path in paths:
        await page.goto(f"{console.base}/console/koran{path}")
        found += await violations(page)
    for path in ("/console/account", "/console/sign-in"):
        await page.goto(f"{console.base}{path}")
        found += await violations(page)

    assert found == []


async def test_axe_finds_nothing_on_what_opens_and_on_what_goes_wrong(console: Console, desk: Desk) -> None:
    await furnish(console, desk)
    other = await open_newsroom(console.house, "lain")
    page = await editor_at(console, desk)
    base = f"{console.base}/console/koran"
    found: list[str] = []

    async def look() -> None:
        found.extend(await violations(page))

    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await look()
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await page.keyboard.press("r")
    await look()
    await page.locator(".filters summary").click()
    await look()
    await page.goto(f"{base}/lists?list=addresses")
    await page.fill("#values", "bukan alamat")
    await page.get_by_role("button", name="Tambahkan").click()
    await look()
    await page.goto(f"{base}/keys")
    await page.get_by_role("button", name="Terbitkan kunci").click()
    await look()
    await page.goto(f"{base}/people")
    await page.fill("#email", "baru@example.com")
    await page.get_by_role("button", name="Buat undangan").click()
    link = await page.locator(".secret code").inner_text()
    await look()
    await page.goto(f"{console.base}/console/invitation/{link.rpartition('/')[2]}")
    await look()
    await page.goto(f"{base}/today?period=week")
    await page.get_by_text("Sebagai tabel").click()
    await look()
    await page.goto(f"{base}/comments/c_nothing")
    await look()
    console.errors.clear()  # the browser itself reports the 404 and the 422
    await console.house.configure.create_user(other.tag, EDITOR, Role.READER)
    await page.goto(f"{console.base}/console")
    await look()

    assert found == []


# 1440 px at 200 %, and 1280 px at 400 %, as WCAG reckons reflow.
@pytest.mark.parametrize(("width", "height", "scale"), [(720, 450, 2), (320, 256, 4)])
async def test_at_great_zoom_nothing_is_cut_off_sideways(
    console: Console, desk: Desk, width: int, height: int, scale: int
) -> None:
    paths = (*PAGES, *await furnish(console, desk))
    page = await editor_at(console, desk, width=width, height=height, device_scale_factor=scale)

    wide = {}
    for path in paths:
        await page.goto(f"{console.base}/console/koran{path}")
        if (found := await page.evaluate("document.documentElement.scrollWidth")) > width:
            wide[path] = found

    assert wide == {}
    await page.goto(f"{console.base}/console/koran")
    await page.get_by_role("button", name="Setujui").click()
    await expect(page.get_by_role("button", name="Urungkan")).to_be_visible()


async def test_everything_is_reached_by_tab_and_focus_is_seen(console: Console, desk: Desk) -> None:
    await furnish(console, desk)
    page = await editor_at(console, desk)
    reached: list[str] = []

    for _ in range(60):
        await page.keyboard.press("Tab")
        told = await page.evaluate(
            """() => {
                const it = document.activeElement, style = getComputedStyle(it);
                const name = it.textContent.trim().slice(0, 20);
                return [it.tagName, name, style.outlineStyle, parseFloat(style.outlineWidth)];
            }"""
        )
        if told[0] == "BODY":
            break
        assert told[2] != "none" and told[3] >= 1, told
        reached.append(told[1])

    assert reached[0] == "Langsung ke isi"
    for name in ("Hari ini", "A Setujui", "R Tolak…", "N Lewati"):
        assert name in reached, reached


async def test_reduced_motion_and_switched_off_keys_are_respected(console: Console, desk: Desk) -> None:
    await furnish(console, desk)
    page = await editor_at(console, desk, reduced_motion="reduce")
    await page.goto(f"{console.base}/console/account")
    await page.get_by_role("button", name="Mati").click()
    await page.goto(f"{console.base}/console/koran")
    await expect(page.locator(".card:not([hidden])")).to_be_visible()

    for key in ("a", "s", "n", "x", "?", "/", "g"):
        await page.keyboard.press(key)

    await expect(page.locator("#help")).to_be_hidden()
    assert page.url == f"{console.base}/console/koran"
    assert await decided(console.house, desk) == 1


async def decided(house: House, desk: Desk) -> int:
    """How many comments people have decided; `furnish` decides one."""
    return len(await house.services.desk.recently_decided(desk.newsroom.tag, 50))

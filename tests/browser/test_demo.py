"""From the demo article's form to a moderator's decision and back to the page, with JavaScript and without."""

from __future__ import annotations

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from service.domain.site import KeyKind, Role, Site
from service.settings import Settings, load_settings
from service.web.demo import SLUG
from tests.browser.conftest import Console

EMAIL = "redaktur@example.com"


@pytest.fixture
def settings() -> Settings:
    """As the demo runs."""
    return load_settings(flood_address_per_min=0, flood_email_per_min=0, flood_site_per_s=0, demo=True)


@pytest_asyncio.fixture
async def demo(console: Console) -> Site:
    """The demo site at the address where this test's service runs."""
    configure = console.house.configure
    site = await configure.create_site(SLUG, "Koran Demo", (console.base,), "id", "Asia/Makassar")
    await configure.create_key(site.tag, KeyKind.PUBLIC, key=console.house.secret.demo_key(site.tag))
    return site


async def write(page: Page, body: str, name: str = "Siti Aminah", email: str = "siti@example.com") -> None:
    await page.fill("#comment", body)
    await page.fill("#author", name)
    await page.fill("#email", email)
    await page.get_by_role("button", name="Kirim komentar").click()


async def desk_of(console: Console, site: Site) -> Page:
    page = await console.page()
    await console.sign_in(page, EMAIL, await console.person(site.tag, EMAIL, Role.EDITOR))
    await expect(page.locator(".filters")).to_be_visible()
    return page


async def test_a_decision_shows_under_the_article_by_itself_and_so_does_its_undo(console: Console, demo: Site) -> None:
    article, desk = await console.page(), await desk_of(console, demo)
    await article.goto(f"{console.base}/demo")

    await write(article, "Semoga merata sampai ke desa")
    await expect(article.locator("#saring-pending")).to_be_visible()
    await expect(article.get_by_text("Belum ada komentar.")).to_be_visible()
    await desk.locator("#new").click()
    await expect(desk.locator(".card:not([hidden]) .body")).to_have_text("Semoga merata sampai ke desa")
    await desk.keyboard.press("a")

    await expect(article.locator(".comments .text")).to_have_text("Semoga merata sampai ke desa")
    await desk.keyboard.press("u")
    await expect(article.get_by_text("Belum ada komentar.")).to_be_visible()


async def test_without_javascript_the_plain_form_does_the_same(console: Console, demo: Site) -> None:
    article = await console.page(javascript=False)
    await article.goto(f"{console.base}/demo")

    await write(article, "Kapan giliran kelurahan kami?")
    await expect(article.locator("#saring-pending")).to_be_visible()
    desk = await desk_of(console, demo)
    await desk.keyboard.press("a")
    await expect(desk.locator("#toast")).to_have_text("Disetujui: Siti Aminah")
    await expect(desk.locator(".top [data-count=all]")).to_have_text("0")
    await article.goto(f"{console.base}/demo")

    await expect(article.locator(".comments .text")).to_have_text("Kapan giliran kelurahan kami?")


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(console: Console, demo: Site) -> None:
    article = await console.page()
    await article.goto(f"{console.base}/demo")

    await write(article, "Halo semua", email="siti@example")

    await expect(article.locator("#email-error")).to_have_text("Alamat email tidak valid.")
    await expect(article.locator("#email")).to_be_focused()
    await expect(article.locator("#comment")).to_have_value("Halo semua")
    await article.fill("#email", "siti@example.com")
    await article.get_by_role("button", name="Kirim komentar").click()
    await expect(article.locator("#saring-pending")).to_be_visible()
    await write(article, "Halo semua")
    await expect(article.locator("#trouble")).to_contain_text("sudah mengatakan itu")
    console.errors.clear()  # the browser itself reports the 422 and the 409


async def test_what_a_commenter_wrote_is_text_on_the_article(console: Console, demo: Site) -> None:
    article, desk = await console.page(), await desk_of(console, demo)
    await article.goto(f"{console.base}/demo")
    hostile = "<img src=x onerror=alert(1)> <script>alert(2)</script>"

    await write(article, hostile, name="<b>Siti</b>")
    await desk.locator("#new").click()
    await expect(desk.locator(".card:not([hidden]) .body")).to_have_text(hostile)
    await desk.keyboard.press("a")

    await expect(article.locator(".comments .text")).to_have_text(hostile)
    await expect(article.locator(".comments .who")).to_contain_text("<b>Siti</b>")

"""The moderator's day, in a real browser."""

from __future__ import annotations

from playwright.async_api import Page, expect

from service.domain.comment import Author
from service.domain.site import Role
from tests.browser.conftest import Console
from tests.conftest import Desk, wait_until

EMAIL, OTHER = "siti@example.com", "budi@example.com"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>",
    "javascript:alert(4) [x](javascript:alert(5)) {{7*7}} \u202ekilab\u2066",
)


async def at_the_queue(console: Console, desk: Desk, n: int, email: str = EMAIL, width: int = 1440) -> Page:
    """Somebody who has signed in, with `n` comments waiting."""
    for _ in range(n):
        await desk.submit()
    page = await console.page(width)
    await console.sign_in(page, email, await console.person(desk.newsroom.tag, email))
    await expect(page.locator(".card:not([hidden])")).to_be_visible()
    return page


async def status_count(console: Console, desk: Desk, status: str) -> int:
    return (await console.house.store.comments.status_counts(desk.newsroom.tag))[status]


async def test_thirty_comments_are_decided_by_keyboard_and_the_last_is_undone(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 32)

    for _ in range(29):
        await page.keyboard.press("a")
    await page.keyboard.press("r")
    await page.keyboard.press("2")

    async def decided() -> bool:
        return (
            await status_count(console, desk, "approved") == 29 and await status_count(console, desk, "rejected") == 1
        )

    await wait_until(decided, "thirty decisions are stored")
    await page.keyboard.press("u")
    await expect(page.locator("#toast")).to_have_text("Diurungkan")
    assert await status_count(console, desk, "rejected") == 0


async def test_many_are_rejected_for_one_reason_and_taken_back_together(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 5)

    for _ in range(3):
        await page.keyboard.press("x")
        await page.keyboard.press("j")
    await page.keyboard.press("s")

    await expect(page.locator("#toast")).to_have_text("3 ditolak")
    await wait_until(lambda: rejected_is(console, desk, 3), "three are rejected")
    await page.keyboard.press("u")
    await expect(page.locator("#toast")).to_have_text("Diurungkan")
    assert await status_count(console, desk, "rejected") == 0


async def rejected_is(console: Console, desk: Desk, n: int) -> bool:
    return await status_count(console, desk, "rejected") == n


async def test_nothing_a_commenter_wrote_runs_or_links(console: Console, desk: Desk) -> None:
    for n, words in enumerate(HOSTILE):
        author = Author(words[:80], f"jahat{n}@example.com", f"javascript:alert({n})")
        article = desk.submission().article._replace(title=words, url="javascript:alert(9)")
        await desk.submit(words, author=author, article=article)
    page = await at_the_queue(console, desk, 0)

    for path in ("", "/history", "/search?q=alert"):
        await page.goto(f"{console.base}/console/koran{path}")

    # then nothing ran (the fixture looks), and no link leads out of the console
    await page.goto(f"{console.base}/console/koran")
    links = await page.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert [link for link in links if not link.startswith(("/console", "#"))] == []
    assert await page.locator("#desk script, #desk img, #desk svg").count() == 0


async def test_a_colleagues_decision_shows_on_the_card(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 1)
    other = await at_the_queue(console, desk, 0, OTHER)

    await other.keyboard.press("a")

    await expect(page.locator(".card:not([hidden]) .taken")).to_contain_text("Disetujui oleh budi")


async def test_new_comments_wait_behind_a_button(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 1)

    await desk.submit()

    await expect(page.locator("#new")).to_have_text("1 komentar baru")
    await page.click("#new")
    await expect(page.locator("#rows li:visible")).to_have_count(2)


async def test_on_a_phone_three_buttons_lie_under_the_thumb(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 2, width=390)

    await page.get_by_role("button", name="Setujui").click()

    await wait_until(lambda: approved_is(console, desk, 1), "the comment is approved")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def approved_is(console: Console, desk: Desk, n: int) -> bool:
    return await status_count(console, desk, "approved") == n


async def test_wrong_passwords_are_counted(console: Console, desk: Desk) -> None:
    password = await console.person(desk.newsroom.tag, EMAIL)
    page = await console.page()
    for _ in range(10):
        await console.house.services.enter.sign_in(EMAIL, "salah sekali", "")

    await console.sign_in(page, EMAIL, password)

    await expect(page.get_by_role("alert")).to_contain_text("Terlalu banyak percobaan")
    console.errors.clear()  # the browser itself reports the 429


async def test_a_reader_sees_a_masked_address_and_decides_nothing(console: Console, desk: Desk) -> None:
    await desk.submit()
    page = await console.page()
    await console.sign_in(page, EMAIL, await console.person(desk.newsroom.tag, EMAIL, Role.READER))

    await expect(page.locator(".card:not([hidden]) .email")).to_have_text("pe••@example.com")
    for key in ("a", "r", "s", "x", "e", "n", "u", "*"):
        await page.keyboard.press(key)

    await expect(page.locator(".actions")).to_have_count(0)
    assert await status_count(console, desk, "pending") == 1


async def test_a_new_password_ends_the_sessions_of_the_old_one(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 1)

    await console.house.configure.reset_password(EMAIL)
    await page.reload()

    await expect(page.locator("#password")).to_be_visible()


async def test_another_sites_page_changes_nothing(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 1)
    comment_id = await page.locator(".card:not([hidden])").get_attribute("data-id")

    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {}):
        answer = await page.context.request.post(
            f"{console.base}/console/koran/decide",
            data={"cases": [{"id": comment_id, "version": 1}], "decision": "approve"},
            headers=headers,
        )
        assert answer.status == 403

    assert await status_count(console, desk, "pending") == 1


async def test_the_policys_preview_follows_the_slider_and_keeps_nothing(console: Console, desk: Desk) -> None:
    await at_the_queue(console, desk, 4)
    page = await console.page()
    await console.sign_in(page, OTHER, await console.person(desk.newsroom.tag, OTHER, Role.EDITOR))
    await page.goto(f"{console.base}/console/koran/policy")
    await expect(page.locator("#rehearsal .hold b")).to_have_text("4")

    await page.get_by_label("Penulis dengan komentar terbit kurang dari", exact=True).select_option("")
    await expect(page.locator("#rehearsal .hold b")).to_have_text("0")
    await page.get_by_label("Spam: ditahan mulai").press("Home")

    await expect(page.locator("#rehearsal .hold b")).to_have_text("4")
    await expect(page.locator('[name="spam.hold"]')).to_have_value("0")
    assert (await console.house.directory.current(desk.newsroom.tag)).policy.version == 1


async def test_the_days_inflow_is_drawn_from_its_table_and_readable_without_drawing(
    console: Console, desk: Desk
) -> None:
    page = await at_the_queue(console, desk, 3)
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await expect(page).to_have_url(f"{console.base}/console/koran/today")
    await expect(page.locator("#chart canvas")).to_be_visible()
    await expect(page.locator("#bins")).to_be_hidden()

    await page.get_by_text("Sebagai tabel").click()
    await expect(page.locator("#bins")).to_be_visible()

    plain = await console.page(javascript=False)
    await plain.context.add_cookies(await page.context.cookies())
    await plain.goto(f"{console.base}/console/koran/today")
    await expect(plain.get_by_role("row").filter(has_text="3")).not_to_have_count(0)


async def test_an_author_is_blocked_from_the_card_and_the_next_comment_is_rejected(
    console: Console, desk: Desk
) -> None:
    author = Author("Tukang Spam", "tukang@example.com")
    await desk.submit(author=author)
    page = await at_the_queue(console, desk, 0)

    await page.locator(".card:not([hidden])").get_by_role("link", name="Penulis").click()
    await page.get_by_label("Mulai sekarang").select_option("reject")
    await page.get_by_role("button", name="Simpan").click()
    await expect(page.get_by_text("Diblokir")).to_be_visible()

    assert (await desk.submit(author=author)).comment.status == "rejected"


async def test_on_a_phone_the_queue_can_be_filtered(console: Console, desk: Desk) -> None:
    await desk.submit("The road in our village is still broken, please repair it this year")
    page = await at_the_queue(console, desk, 3, width=390)

    await page.locator(".filters summary").click()
    await page.get_by_label("bahasa").select_option("en")

    await expect(page.locator("#desk article")).to_have_count(1)
    await expect(page.locator(".card:not([hidden]) .body")).to_contain_text("The road")
    assert await page.evaluate("document.documentElement.scrollWidth") == 390

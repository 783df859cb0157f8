"""Every key of the sheet, and a desk that stays still."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from service.domain.comment import Author
from service.domain.policy import Policy, Rule, Verdict
from service.domain.site import Role
from tests.browser.conftest import Console
from tests.browser.test_console import EMAIL, at_the_queue, status_count
from tests.conftest import Desk, wait_until

SHOWN = ".card:not([hidden])"


async def name_in_hand(page: Page) -> str:
    return await page.locator(f"{SHOWN} .who").inner_text()


async def is_count(console: Console, desk: Desk, status: str, n: int) -> bool:
    return await status_count(console, desk, status) == n


async def test_skip_gives_the_case_back_and_goes_on(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 3)
    first = await page.locator(SHOWN).get_attribute("data-id")

    await page.keyboard.press("n")

    await expect(page.locator("#toast")).to_have_text("Dilewati")
    assert await page.locator(SHOWN).get_attribute("data-id") != first
    await expect(page.locator("#rows li").last).to_have_attribute("data-id", first or "")

    async def is_free() -> bool:
        (comment,) = await console.house.store.comments.get(desk.newsroom.tag, [first or ""])
        return comment is not None and comment.claimed_by == ""

    await wait_until(is_free, "the case that was skipped is nobody's")


async def test_escalate_hands_to_the_editors_and_undo_brings_back(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 2)
    name = await name_in_hand(page)

    await page.keyboard.press("e")

    await expect(page.locator("#toast")).to_have_text(f"Diserahkan ke redaktur: {name}")
    counts = console.house.services.desk.counts
    await wait_until(lambda: _escalated(counts, desk, 1), "one case is the editors'")
    await page.keyboard.press("u")
    await wait_until(lambda: _escalated(counts, desk, 0), "the case is everybody's again")
    await expect(page.locator(f"{SHOWN} .who")).to_have_text(name)


async def _escalated(counts, desk: Desk, n: int) -> bool:  # type: ignore[no-untyped-def]
    return (await counts(desk.newsroom.tag))["escalated"] == n


async def test_go_leads_to_each_page_and_slash_to_search(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 1)
    base = f"{console.base}/console/koran"

    for key, path in (("h", "/history"), ("t", "/today"), ("s", "/search")):
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await expect(page).to_have_url(base + path)
        await page.locator("h1").click()  # the search field has the focus, and there keys are letters
    await page.keyboard.press("g")
    await page.keyboard.press("q")
    await expect(page).to_have_url(base)
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    await page.keyboard.type("ga")
    await expect(page.locator("#q")).to_have_value("ga")


async def test_the_sheet_opens_tells_every_key_and_closes(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 1)

    await page.keyboard.press("?")
    told = " ".join(await page.locator("#help kbd").all_inner_texts())
    await page.keyboard.press("a")  # acts on nothing below
    await page.keyboard.press("Escape")

    await expect(page.locator("#help")).to_be_hidden()
    assert set("JKARSUNEXI/*?") <= set(re.sub(r"Shift|Esc", "", told))
    assert await status_count(console, desk, "pending") == 1


async def test_a_range_is_selected_and_rejected_as_one(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 6)

    await page.keyboard.press("x")
    for _ in range(3):
        await page.keyboard.press("j")
    await page.keyboard.press("Shift+X")
    await expect(page.locator("#basket span")).to_have_text("4 dipilih")
    await page.keyboard.press("r")
    await page.keyboard.press("6")

    await wait_until(lambda: is_count(console, desk, "rejected", 4), "four are rejected")
    (comment, *_) = await console.house.services.desk.recently_decided(desk.newsroom.tag, 4)
    assert comment.decision is not None and comment.decision.reason == "off_topic" and comment.decision.batch
    await page.keyboard.press("u")
    await wait_until(lambda: is_count(console, desk, "pending", 6), "all are back")


async def test_all_that_are_alike_go_with_one_decision_those_beyond_the_page_too(console: Console, desk: Desk) -> None:
    policy = Policy(0, (), (Rule("first_time", Verdict.HOLD),))
    await console.house.configure.put_policy(desk.newsroom.tag, policy, None, "host")
    await desk.results(*(desk.submission(f"Daftar di www.gacor.example nomor {n}") for n in range(70)))
    await desk.submit("Jembatan di desa kami sudah lama rusak parah", author=Author("Amat", "amat@example.com"))
    page = await at_the_queue(console, desk, 0)

    await expect(page.locator("[data-act=alike] span")).to_have_text("Serupa (70)")
    await page.keyboard.press("*")
    await expect(page.locator("#basket span")).to_have_text("70 dipilih")
    await page.locator("[data-act=preview]").click()
    await expect(page.locator("#preview li")).to_have_count(70)
    await page.keyboard.press("s")

    await wait_until(lambda: is_count(console, desk, "rejected", 70), "the whole group is rejected")
    await expect(page.locator(f"{SHOWN} .who")).to_have_text("Amat")
    await page.keyboard.press("u")
    await wait_until(lambda: is_count(console, desk, "pending", 71), "the whole group is back")


# What moved without being scrolled or animated, but for the list's own rows: those close up by one at a key, and then
# alone (browsers do not count what moves right after a key as a shift of the layout).
WATCH = """() => {
    window.moved = [];
    const isRow = (node) => node?.parentElement?.closest("#rows") || node?.closest?.("#rows");
    const note = ({ sources, hadRecentInput }) => sources.forEach(({ node }) =>
        (hadRecentInput && isRow(node)) || window.moved.push(node?.outerHTML ?? "?"));
    const watch = new PerformanceObserver((list) => list.getEntries().forEach(note));
    watch.observe({ type: "layout-shift" });
}"""


async def test_nothing_moves_when_a_card_leaves_but_the_list_closes_up(console: Console, desk: Desk) -> None:
    page = await at_the_queue(console, desk, 12)
    await page.evaluate(WATCH)
    places = []

    for _ in range(10):
        who, acts = page.locator(f"{SHOWN} .who"), page.locator(".actions")
        row = page.locator("#rows [aria-current]")
        boxes = [await each.bounding_box() for each in (who, acts, row)]
        places.append([(box["y"], box["x"]) for box in boxes if box])
        await page.keyboard.press("a")

    await wait_until(lambda: is_count(console, desk, "approved", 10), "ten are approved")
    assert places == [places[0]] * 10
    assert await page.evaluate("window.moved") == []


async def test_a_reader_finds_no_key_that_changes_something(console: Console, desk: Desk) -> None:
    await desk.submit()
    page = await console.page()
    await console.sign_in(page, EMAIL, await console.person(desk.newsroom.tag, EMAIL, Role.READER))
    await expect(page.locator(SHOWN)).to_be_visible()

    for key in ("a", "r", "1", "s", "e", "n", "x", "Shift+X", "*", "u"):
        await page.keyboard.press(key)

    assert await status_count(console, desk, "pending") == 1

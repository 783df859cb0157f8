"""How fast the console is in Chromium on the loopback, and how much it weighs.

    python -m tests.benchmarks.console

From a key to the next card: until the frame after it is painted. First paint: of the queue with fifty cards. A hundred
decisions: by keyboard, one after the other, until the last is stored. To the article: from a key until it stands there.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import platform
import shutil
import statistics
import time

from playwright.async_api import Page, async_playwright, expect

from service.domain.comment import Status
from tools.showcase import EDITOR, Showcase, showcase

DECISIONS = 100
# Presses a key and tells the milliseconds until the frame with another card is painted.
PRESS = """(key) => new Promise((done) => {
    const began = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LOADED = "performance.getEntriesByType('resource').map((each) => each.name)"


async def sign_in(page: Page, desk: Showcase) -> None:
    """To the queue, as the editor."""
    await page.goto(f"{desk.base}/console/sign-in")
    await page.fill("#email", EDITOR)
    await page.fill("#password", desk.passwords[EDITOR])
    await page.click("button.primary")
    await page.locator(".card:not([hidden])").wait_for()


async def weight_kb(page: Page) -> float:
    """The page and all that it loads, gzipped."""
    bodies = [await (await page.context.request.get(page.url)).body()]
    for name in await page.evaluate(LOADED):
        if "/stream" not in name:
            bodies.append(await (await page.context.request.get(name)).body())
    return sum(len(gzip.compress(body, 6)) for body in bodies) / 1024


async def measure() -> list[tuple[str, str, str]]:
    """Rows of what, measured, wanted."""
    async with showcase(n_waiting=160) as desk, async_playwright() as playwright:
        args = ["--no-sandbox", "--no-proxy-server"]
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=args)
        page = await (await browser.new_context(locale="id-ID", viewport={"width": 1440, "height": 900})).new_page()
        await sign_in(page, desk)
        paints = []
        for _ in range(7):
            await page.reload()
            await page.locator(".card:not([hidden])").wait_for()
            paints.append(await page.evaluate(PAINTED))
        weight = await weight_kb(page)
        tag, counts = desk.site.tag, desk.house.store.comments.status_counts
        before = (await counts(tag))[Status.APPROVED]
        began = time.perf_counter()
        steps = [await page.evaluate(PRESS, "a") for _ in range(DECISIONS)]
        while (await counts(tag))[Status.APPROVED] < before + DECISIONS:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)
        hundred = time.perf_counter() - began
        article = await (await browser.new_context(locale="id-ID")).new_page()
        await article.goto(f"{desk.base}/demo")
        for field, text in (("comment", "Semoga lancar, Pak"), ("author", "Ujang"), ("email", "ujang@example.com")):
            await article.fill(f"#{field}", text)
        await article.locator("form button").click()
        await expect(article.locator("#saring-pending")).to_be_visible()
        await page.goto(f"{desk.base}/console/demo?article=demo-1")
        await page.locator(".card:not([hidden])").wait_for()
        began = time.perf_counter()
        await page.keyboard.press("a")
        await expect(article.get_by_text("Semoga lancar, Pak")).to_be_visible()
        shown = time.perf_counter() - began
        await browser.close()
    return [
        ("key to next card, median", f"{statistics.median(steps):.1f} ms", "≤ 50 ms"),
        ("first paint of the queue, median of 7", f"{statistics.median(paints):.0f} ms", "≤ 300 ms"),
        ("weight of the queue, gzipped", f"{weight:.0f} KB", "≤ 120 KB"),
        (f"{DECISIONS} decisions by keyboard", f"{hundred:.1f} s", "≤ 20 s"),
        ("decision to the article", f"{shown:.2f} s", "≤ 1 s"),
    ]


if __name__ == "__main__":
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for row in asyncio.run(measure()):
        print("  ".join(f"{cell:<38}" for cell in row).rstrip())

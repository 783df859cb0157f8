"""Takes the pictures of `docs/img/` from the console as it is, in Chromium, on the demo paper's afternoon.

python -m tools.pictures          writes them all
"""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tools.showcase import EDITOR, Showcase, showcase

FOLDER = Path("docs/img")
COLOURS = 256
PHONE = (390, 780)

Act = Callable[[Page], Awaitable[object]]


async def _nothing(_: Page) -> None:
    """As the page opens."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it is shown: where, how large, in which theme, and what is done before it is taken."""

    name: str
    path: str
    width: int = 1200
    height: int = 720
    scheme: str = "light"
    act: Act = _nothing


async def _reasons(page: Page) -> None:
    await page.keyboard.press("r")


async def _drafted(page: Page) -> None:
    await page.fill('[name="spam.hold"]', "0.35")
    await page.get_by_label("Penulis dengan komentar terbit kurang dari", exact=True).select_option("")
    await page.locator("#rehearsal .change").first.wait_for()


async def _tried(page: Page) -> None:
    await page.fill("#values", "lumba91\ndana cepat")
    await page.get_by_text("Coba pada sebuah komentar").click()
    await page.fill("#comment", "Ada yang pernah pakai D4NA CEPAT? Aman kah?")
    await page.get_by_role("button", name="Coba dulu").click()
    await page.get_by_text("Dicoba, tidak disimpan").wait_for()


PICTURES = (
    Picture("article", "/demo", 900, 1000),
    Picture("queue", "/console/demo"),
    Picture("queue-dark", "/console/demo", scheme="dark", act=_reasons),
    Picture("queue-phone", "/console/demo", *PHONE),
    Picture("today", "/console/demo/today", height=900),
    Picture("policy", "/console/demo/policy", act=_drafted),
    Picture("lists", "/console/demo/lists", height=960, act=_tried),
)


async def take(browser: Browser, desk: Showcase, picture: Picture) -> bytes:
    """The picture as PNG."""
    context = await browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        locale="id-ID",
        timezone_id="Asia/Makassar",
        color_scheme="dark" if picture.scheme == "dark" else "light",
    )
    page = await context.new_page()
    if picture.path.startswith("/console"):
        await page.goto(f"{desk.base}/console/sign-in")
        await page.fill("#email", EDITOR)
        await page.fill("#password", desk.passwords[EDITOR])
        await page.click("button.primary")
        await page.wait_for_url("**/console/demo")
    await page.goto(desk.base + picture.path)
    await picture.act(page)
    taken = await page.screenshot(animations="disabled", caret="hide")
    await context.close()
    return taken


def small(png: bytes) -> bytes:
    """The same in few colours: a page of type needs no more."""
    from PIL import Image  # comes with matplotlib, which draws the reports

    packed = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    return packed.getvalue()


async def take_all() -> None:
    """Writes every picture, and says how large it is."""
    async with showcase() as desk, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--no-proxy-server"]
        )
        for picture in PICTURES:
            packed = small(await take(browser, desk, picture))
            await asyncio.to_thread((FOLDER / f"{picture.name}.png").write_bytes, packed)
            print(f"docs/img/{picture.name}.png  {len(packed) / 1024:.0f} KB")
        await browser.close()


if __name__ == "__main__":
    if shutil.which("chromium") is None:
        sys.exit("the pictures are taken in Chromium, and there is none: apt-get install chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all())

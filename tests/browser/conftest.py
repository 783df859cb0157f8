"""A real Chromium on the whole application over the run's own Valkey. Errors on a page's console fail its test.

Where there is no Chromium these tests are deselected, and it is said aloud; in CI that is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from service.app import House, application
from service.domain.ids import Tag
from service.domain.site import Role

CHROMIUM = shutil.which("chromium")
HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if CHROMIUM:
        return
    mine = [item for item in items if HERE in item.path.parents]
    if mine and os.environ.get("CI") == "true":
        raise pytest.UsageError("the browser tests need Chromium, and there is none: apt-get install chromium")
    config.hook.pytest_deselected(items=mine)
    items[:] = [item for item in items if item not in mine]
    if mine:
        print(f"\n*** NO CHROMIUM: {len(mine)} browser tests are NOT run. apt-get install chromium ***\n", flush=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--no-proxy-server"])
        yield browser
        await browser.close()


@dataclass(slots=True)
class Console:
    """A running service, and browsers in front of it."""

    base: str
    browser: Browser
    house: House
    contexts: list[BrowserContext]
    errors: list[str]

    async def page(self, width: int = 1440, height: int = 900, javascript: bool = True, **look: Any) -> Page:
        """A page in a browser of its own; `look` as Playwright's contexts take it."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": height}, locale="id-ID", java_script_enabled=javascript, **look
        )
        self.contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"a script of a commenter ran: {dialog.message}"))
        return page

    async def person(self, tag: Tag, email: str, role: Role = Role.MODERATOR) -> str:
        """A new account's password."""
        return (await self.house.configure.create_user(tag, email, role)).password

    async def sign_in(self, page: Page, email: str, password: str) -> None:
        await page.goto(f"{self.base}/console/sign-in")
        await page.fill("#email", email)
        await page.fill("#password", password)
        await page.click("button.primary")


@pytest_asyncio.fixture
async def console(house: House, chromium: Browser) -> AsyncIterator[Console]:
    server = TestServer(application(house, with_loops=False, closes_house=False))
    await server.start_server()
    made = Console(f"http://127.0.0.1:{server.port}", chromium, house, [], [])
    yield made
    for context in made.contexts:
        await context.close()
    await server.close()
    assert made.errors == []

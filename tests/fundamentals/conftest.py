"""One newspaper, two moderators, an editor, and a clock that obeys."""

from __future__ import annotations

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient

from service.app import House
from service.domain.ids import AccountId
from service.domain.site import Account, Role, Token
from service.store.people import newcomer
from tests.conftest import Newsroom
from tests.fundamentals.people import Moderator, Newspaper


@pytest.fixture
def paper(web: TestClient, newsroom: Newsroom) -> Newspaper:  # type: ignore[type-arg]
    return Newspaper(web, newsroom.secret)


async def person(house: House, web: TestClient, newsroom: Newsroom, name: str, role: Role) -> Moderator:  # type: ignore[type-arg]
    """An account without a password: hashing one is slow on purpose, and a token is all that is needed here."""
    token = f"mt_{name}"
    account = Account(AccountId(f"u_{name}"), f"{name}@example.com", {newsroom.tag: role}, "", False, 0)
    kept = Token(house.secret.key_hash(token), account.id, "", token, 0)
    await house.store.people.change([newcomer(account)], tokens=[kept])
    return Moderator(web, token, account.id)


@pytest_asyncio.fixture
async def rina(house: House, web: TestClient, newsroom: Newsroom) -> Moderator:  # type: ignore[type-arg]
    return await person(house, web, newsroom, "rina", Role.MODERATOR)


@pytest_asyncio.fixture
async def budi(house: House, web: TestClient, newsroom: Newsroom) -> Moderator:  # type: ignore[type-arg]
    return await person(house, web, newsroom, "budi", Role.MODERATOR)


@pytest_asyncio.fixture
async def editor(house: House, web: TestClient, newsroom: Newsroom) -> Moderator:  # type: ignore[type-arg]
    return await person(house, web, newsroom, "ayu", Role.EDITOR)

"""The OpenAPI document: valid, complete, and true of the answers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web as aiohttp_web
from aiohttp.test_utils import TestClient
from openapi_spec_validator import validate

from service.app import House, application
from service.settings import Settings, load_settings
from service.web.app import LONGEST_LINE
from service.web.routes import ROUTES
from tests.conftest import Newsroom


@pytest.fixture
def settings() -> Settings:
    return load_settings(flood_address_per_min=0, flood_email_per_min=0, flood_site_per_s=0, log_level="error")


@pytest_asyncio.fixture
async def served(house: House) -> AsyncIterator[str]:
    """The application as `saring serve` runs it; its address."""
    runner = aiohttp_web.AppRunner(application(house, with_loops=False, closes_house=False), max_line_size=LONGEST_LINE)
    await runner.setup()
    await aiohttp_web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_the_document_is_valid_and_names_every_route(web: TestClient[Any, Any]) -> None:
    document = await (await web.get("/openapi.json")).json()

    validate(document)
    named = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert named == {(route.method, route.path) for route in ROUTES}


@pytest.mark.parametrize("who", ["secret", "editor"])
async def test_a_fuzzer_finds_nothing(served: str, staffed: Newsroom, who: str) -> None:
    """Schemathesis walks every operation; each answer must be one that the document tells of.

    Not asked: that every body which fits the schema is accepted. A name of blanks or an address without a host fits it,
    and is refused all the same; and an open stream does not end.
    """
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{served}/openapi.json"),
        *("--header", f"Authorization: Bearer {getattr(staffed, who)}", "--exclude-path", "/v1/events/stream"),
        *("--seed", "1", "--max-examples", "8", "--exclude-checks", "positive_data_acceptance", "--no-color"),
    ]
    fuzzer = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await fuzzer.communicate()

    assert fuzzer.returncode == 0, told.decode()[-6000:]

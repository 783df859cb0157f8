"""`saring work`: the loops, on a store of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.app import furnish, now_ms
from service.domain.comment import Article, Author, Submission
from service.domain.site import KeyKind
from service.flow.directory import living_key
from service.flow.submit import Arrival
from service.secret import read_secret
from service.settings import load_settings
from service.store.embedded import borrowed
from tests.cli.host import Host

_TWO_MONTHS_MS = 60 * 86_400_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    """The URL of a store of its own."""
    with borrowed(tmp_path / "store") as url:
        yield url


def test_it_needs_a_store_of_its_own(host: Host) -> None:
    done = host.run("work")
    assert done.returncode != 0
    assert "SARING_REDIS_URL" in done.stderr.decode()


async def test_it_expires_what_nobody_decided_in_time_and_ends_when_told(host: Host, store: str) -> None:
    # given a comment that was held two months ago
    pepper = host.data_dir / "pepper"
    pepper.write_text("a pepper long enough to be one, of this test")
    pepper.chmod(0o600)
    settings = load_settings(demo=False)
    house = furnish(settings, store, read_secret(pepper, make=False), clock=lambda: now_ms() - _TWO_MONTHS_MS)
    site = await house.configure.create_site("koran", "Koran", ("https://koran.example",), "id", "Asia/Makassar")
    key = (await house.configure.create_key(site.tag, KeyKind.SECRET)).key
    config = await house.directory.known(site.tag)
    submission = Submission(Article("1"), Author("Siti", "siti@example.com"), "Semoga lekas dibaca orang")
    await house.submissions(Arrival(submission, config, living_key(config, house.secret.key_hash(key))))
    # when the loops run
    host.settings |= {"SARING_REDIS_URL": store, "SARING_SECRET_FILE": str(pepper)}
    host.settings |= {"SARING_RETENTION_DAYS": "30", "SARING_LOG_LEVEL": "debug"}
    work = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "service", "work", env=host.environment, stderr=subprocess.PIPE
    )
    assert work.stderr is not None
    async for line in work.stderr:
        if json.loads(line)["event"] == "swept":
            break
    # then its end is told: nobody's silence has published it
    events = await house.services.read.events(site.tag, 0, 10)
    assert [(event.type, event.status) for event in events] == [
        ("comment.submitted", "pending"),
        ("comment.expired", "expired"),
    ]
    await house.close()
    # and it ends when told
    work.send_signal(signal.SIGTERM)
    assert await work.wait() == 0

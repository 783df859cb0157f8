"""The reference tells every setting, route, problem, key, event, rule and metric, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from service.i18n import catalogue
from tools import reference


def test_the_reference_says_what_the_code_says() -> None:
    assert reference.stale() == []


def test_every_message_to_people_has_its_indonesian() -> None:
    """Messages are found where they are written: in the tables of the web, and in `say(…)` and `_(…)`."""
    from service.web import problems, wording

    rows = (*problems.TABLE.values(), *problems.HTTP_ROWS.values(), problems.BAD_REQUEST, problems.INTERNAL)
    messages = {text for row in rows for text in (row.title, row.detail)}
    messages |= {*problems.FIELD_MESSAGES.values(), *wording.REASONS.values()}
    for path in Path("service/web").rglob("*"):
        if path.suffix in (".html", ".py") and "vendor" not in path.parts:
            messages |= set(re.findall(r'(?<![\w.])_\("([^"]+)"\)', path.read_text("utf-8")))

    missing = {message for message in messages if catalogue("id").gettext(message) == message}

    assert missing == set()

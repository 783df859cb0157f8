"""The storm in short: a few faults. The long one is a program of its own, `python -m tests.chaos.storm`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from tests.chaos.fleet import Fleet, WideFleet
from tests.chaos.storm import storm

SHORT = (
    "an_answer_of_the_store_is_lost",
    "valkey_is_killed",
    "a_service_is_killed_between_script_and_answer",
    "a_clock_jumps",
    "an_answer_to_a_client_is_lost",
    "valkey_stops",
    "connections_to_the_store_are_cut",
)

WIDE = (
    "valkey_is_killed",
    "a_server_stops_and_the_others_go_on",
    "an_answer_of_the_store_is_lost",
    "connections_to_the_store_are_cut",
)


def test_nothing_is_lost_and_nothing_decided_twice_while_things_break() -> None:
    with tempfile.TemporaryDirectory(prefix="saring-") as name:
        logs = Path(name) / "logs"
        logs.mkdir()

        broken = asyncio.run(storm(Fleet(Path(name) / "var", logs), SHORT, seed=1, longest_stop_s=1.0))

    assert broken == []


def test_and_on_three_servers_where_one_of_them_is_hurt() -> None:
    with tempfile.TemporaryDirectory(prefix="saring-") as name:
        logs = Path(name) / "logs"
        logs.mkdir()

        broken = asyncio.run(storm(WideFleet(Path(name) / "var", logs), WIDE, seed=1, longest_stop_s=1.0))

    assert broken == []

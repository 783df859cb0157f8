"""Where a submission's microseconds go: the processor time of each stage, in groups as they form under load.

    python -m tests.benchmarks.stages [--rounds 40] [--group 32]

The flow, the model and the store are the real ones; waiting for the store costs no processor time of ours and is not
counted. Each comment is met for the first time. Printed is the median of the rounds.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import uvloop

from service.app import House, furnish
from service.domain.ids import Tag
from service.domain.site import KeyKind
from service.flow.directory import living_key
from service.flow.submit import Arrival
from service.scoring import Scorer
from service.secret import Secret
from service.settings import load_settings
from service.store.comments import Written
from service.store.embedded import borrowed
from service.web import render
from service.web.parse import parse_json
from service.web.requests import SubmissionIn
from tests.benchmarks.rig.readers import bodies


class Stages:
    """Microseconds a comment, by stage and round."""

    def __init__(self, group: int) -> None:
        self.group = group
        self.found: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what is done inside, on this thread's processor clock."""
        began = time.thread_time()
        yield
        self.found[name].append(1e6 * (time.thread_time() - began) / self.group)


async def one_round(house: House, scorer: Scorer, tag: Tag, secret: str, stages: Stages) -> None:
    """A group goes the way of `Submit`, stage by stage."""
    flow, config = house.services.preview, await house.directory.known(tag)
    key = living_key(config, house.secret.key_hash(secret))
    sent = bodies(stages.group)
    with stages.stage("parse"):
        submissions = [parse_json(raw, SubmissionIn).told() for raw in sent]
        arrivals = [Arrival(submission, config, key) for submission in submissions]
    with stages.stage("probe (fold, digests)"):
        probes = [flow._probe(arrival) for arrival in arrivals]
    with stages.stage("assess (fold, score, reasons)"):
        assessments = scorer._assess(submissions)
    now_ms = house.services.clock()
    with stages.stage("judge, comment, document"):
        writings = flow._writings(list(zip(range(stages.group), arrivals, probes, assessments, strict=True)), now_ms)
    with stages.stage("write"):
        written = await house.store.comments.write(writings, now_ms)
    if not all(isinstance(answer, Written) and answer.is_created for answer in written):
        raise SystemExit("a comment was not written")
    with stages.stage("render"):
        for writing in writings:
            orjson.dumps(render.receipt(writing.comment, "id"))


async def measure(url: str, rounds: int, group: int) -> Stages:
    """All rounds, after a few that warm up."""
    settings = load_settings(flood_site_per_s=0, flood_email_per_min=0, flood_address_per_min=0)
    house = furnish(settings, url, Secret(b"pepper of the benchmark, long enough to be one"))
    site = await house.configure.create_site("b", "B", ("https://koran.example",), "id", "Asia/Makassar")
    secret = (await house.configure.create_key(site.tag, KeyKind.SECRET)).key
    try:
        await _rounds(house, site.tag, secret, Stages(group), 10)
        return await _rounds(house, site.tag, secret, Stages(group), rounds)
    finally:
        await house.close()


async def _rounds(house: House, tag: Tag, secret: str, stages: Stages, rounds: int) -> Stages:
    for _ in range(rounds):
        await one_round(house, house.scorer, tag, secret, stages)
    return stages


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--group", type=int, default=32)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, borrowed(Path(folder)) as url:
        stages = uvloop.run(measure(url, arguments.rounds, arguments.group))
    print(f"groups of {arguments.group}: processor time, µs a comment")
    for name, times in stages.found.items():
        print(f"{statistics.median(times):8.1f}  {name}")
    print(f"{sum(statistics.median(times) for times in stages.found.values()):8.1f}  together")


if __name__ == "__main__":
    main()

"""Wires everything: the one file that knows every room. Each dependency is a keyword, so that tests hand in theirs."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.domain.ids import Tag
from service.errors import StoreUnavailable
from service.flow.admit import Admit
from service.flow.configure import Configure
from service.flow.desk import Desk
from service.flow.directory import Directory
from service.flow.enter import Enter
from service.flow.measure import Measure
from service.flow.read import Read
from service.flow.regard import Regard
from service.flow.rehearse import Rehearse
from service.flow.review import Review
from service.flow.staff import Staff
from service.flow.submit import Arrival, Receipt, Submit
from service.flow.sweep import Sweep
from service.flow.tokens import Tokens
from service.flow.watch import Watch
from service.grouped import Apart, Grouped
from service.scoring import Scorer
from service.secret import Secret
from service.settings import Settings
from service.store.client import Client
from service.store.store import Store
from service.telemetry import Meter
from service.web.services import Services
from service.workers.loops import run_loops

if TYPE_CHECKING:
    from aiohttp import web

Clock = Callable[[], int]


def now_ms() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class House:
    """The rooms, furnished: what the web, the loops and the command line work with."""

    settings: Settings
    store: Store
    scorer: Scorer
    secret: Secret
    directory: Directory
    configure: Configure
    sweep: Sweep
    watch: Watch
    submissions: Apart[Arrival, Receipt]
    services: Services

    def reload_model(self) -> None:
        """Reads the model again, for the comments to come. Takes a third of a second, in which nothing is answered."""
        self.scorer.reload()
        self.services.meter.model_loaded(bool(self.scorer.model))

    async def close(self) -> None:
        """Finishes what was accepted, then closes the store and the model."""
        await self.submissions.drain()
        self.scorer.close()
        await self.store.close()


def furnish(
    settings: Settings,
    url: str,
    secret: Secret,
    *,
    scorer: Scorer | None = None,
    clock: Clock = now_ms,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> House:
    """Every room, connected to the store at `url`."""
    store = Store(Client(url, timeout_s=settings.store_timeout_s))
    scorer = scorer or Scorer.load(settings.model_dir, settings.score_deadline_ms)
    directory = Directory(store)
    submit = Submit(store, scorer, directory, secret, settings, clock, entropy)
    submissions = Apart(
        lambda: Grouped(submit, capacity=settings.queue_capacity, longest_wait_s=settings.queue_wait_ms / 1000),
        place=lambda tag: store.place(Tag(tag)),
    )
    configure = Configure(store, directory, secret, clock, entropy)
    meter = Meter()
    meter.model_loaded(bool(scorer.model))
    review = Review(store, clock, entropy)
    read = Read(store, secret)
    services = Services(
        settings=settings,
        admit=Admit(store, directory, secret, clock),
        enter=Enter(store, secret, clock, entropy),
        directory=directory,
        submit=submissions,
        preview=submit,
        review=review,
        desk=Desk(store, secret, review, clock),
        read=read,
        rehearse=Rehearse(read, scorer, clock),
        measure=Measure(store, clock),
        configure=configure,
        staff=Staff(store, secret, clock, entropy),
        tokens=Tokens(store, secret, clock, entropy),
        regard=Regard(store, directory, configure, clock),
        meter=meter,
        clock=clock,
        store_answers=lambda: _answers(store),
        model=lambda: scorer.model,
        demo_key=secret.demo_key,
    )
    sweep = Sweep(store, settings.retention_days, clock)
    watch = Watch(store, meter)
    return House(settings, store, scorer, secret, directory, configure, sweep, watch, submissions, services)


async def _answers(store: Store) -> bool:
    """Whether any of the store's servers does: with one of them away, the others' sites go on."""
    try:
        return b"PONG" in await store.client.everywhere("PING")
    except StoreUnavailable:
        return False


def application(house: House, *, with_loops: bool, closes_house: bool = True) -> web.Application:
    """The web application over the house; at its end it closes the house, unless somebody else still needs it."""
    # The command line furnishes houses without a page, and should not wait for any.
    from service.web.app import make_app

    app = make_app(house.services)

    async def alive(_: web.Application) -> AsyncIterator[None]:
        loops = asyncio.create_task(run_loops(house.sweep, house.watch)) if with_loops else None
        yield
        if loops is not None:
            loops.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await loops
        if closes_house:
            await house.close()

    app.cleanup_ctx.append(alive)
    return app

"""Loops that call a flow again and again. Any replica may run them: the flows are safe to run anywhere, often."""

from __future__ import annotations

import asyncio

import structlog

from service.errors import StoreUnavailable
from service.flow.sweep import Sweep
from service.flow.watch import Watch

_log = structlog.get_logger()
SWEEP_EVERY_S = 60.0


async def run_loops(sweep: Sweep, watch: Watch) -> None:
    """Sweeps and looks at the store's memory, once a minute until cancelled; a store that is away is waited for."""
    while True:
        try:
            await _look(watch)
            swept = await sweep()
            _log.debug("swept", n_expired=swept.n_expired, n_deleted=swept.n_deleted, n_events=swept.n_events)
        except StoreUnavailable:
            _log.warning("sweep_postponed")
        await asyncio.sleep(SWEEP_EVERY_S)


async def _look(watch: Watch) -> None:
    memory = await watch()
    if memory.is_nearly_full:
        _log.warning("store_nearly_full", used=memory.used, limit=memory.most)

"""Loops that call a flow again and again. Any replica may run them: the flows are safe to run anywhere, often."""

from __future__ import annotations

import asyncio

import structlog

from service.errors import StoreUnavailable
from service.flow.sweep import Sweep

_log = structlog.get_logger()
SWEEP_EVERY_S = 60.0


async def run_loops(sweep: Sweep) -> None:
    """Sweeps once a minute until cancelled; a store that is away is waited for."""
    while True:
        try:
            swept = await sweep()
            _log.debug("swept", n_expired=swept.n_expired, n_deleted=swept.n_deleted, n_events=swept.n_events)
        except StoreUnavailable:
            _log.warning("sweep_postponed")
        await asyncio.sleep(SWEEP_EVERY_S)

"""The site's figures between two moments."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from service.domain.figures import Figures
from service.errors import FieldError, InvalidInput
from service.flow.measure import LONGEST_DAYS
from service.web.answer import json_answer
from service.web.context import Context
from service.web.requests import epoch_ms
from service.web.wording import moment

_DAY_MS = 86_400_000


async def stats(context: Context) -> web.StreamResponse:
    """Inflow by hour, verdicts, decisions, waits, overturns by reason, the busiest articles."""
    query = context.query
    to_ms = epoch_ms(query.to) if query.to else context.services.clock()
    from_ms = epoch_ms(query.from_) if query.from_ else to_ms - _DAY_MS
    if not 0 < to_ms - from_ms <= LONGEST_DAYS * _DAY_MS:
        raise InvalidInput([FieldError("/from", "out_of_range")])
    return json_answer(_rendered(await context.services.measure(context.tag, from_ms, to_ms)))


def _rendered(figures: Figures) -> dict[str, Any]:
    return {
        "from": moment(figures.from_ms),
        "to": moment(figures.to_ms),
        "counted_from": moment(figures.counted_from_ms),
        "inflow": [
            {
                "hour": moment(hour.begin_ms),
                "submitted": hour.n_all,
                "approve": hour.n_approve,
                "hold": hour.n_hold,
                "reject": hour.n_reject,
            }
            for hour in figures.hours
        ],
        "verdicts": {verdict.value: n for verdict, n in figures.verdicts.items()},
        "decisions": [
            {"by": each.by, "approved": each.n_approved, "rejected": each.n_rejected} for each in figures.deciders
        ],
        "wait": {
            "median_s": figures.median_wait_s,
            "oldest_s": figures.oldest_wait_s,
            "pending": figures.n_pending,
        },
        "overturns": [
            {"reason": o.reason, "decided": o.n_decided, "overturned": o.n_overturned, "rate": round(o.rate, 4)}
            for o in figures.overturns
        ],
        "articles": [
            {"id": article.id, "url": article.url, "title": article.title, "submitted": n}
            for article, n in figures.articles
        ],
    }

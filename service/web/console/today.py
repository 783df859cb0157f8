"""The day's figures: what came in, what was decided and by whom, how long it waited, where people disagreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web
from markupsafe import Markup

from service.domain.figures import PUBLISHED, Figures, Hour
from service.flow.measure import MOST_EVENTS
from service.web.console.cases import KINDS, LABELS
from service.web.console.door import Visit
from service.web.console.sheets import sheet
from service.web.console.wording import marked

# Days back where the period begins, and days that it lasts.
_PERIODS = {"today": (0, 1), "yesterday": (1, 1), "week": (6, 7), "month": (29, 30)}
_WORDS = {"today": "Today", "yesterday": "Yesterday", "week": "7 days", "month": "30 days"}
_TABLES = ("inflow", "decisions", "overturns", "articles")


@dataclass(frozen=True, slots=True)
class Bin:
    """An hour or a day of the inflow."""

    iso: str
    when: str
    n_approve: int
    n_hold: int
    n_reject: int

    @property
    def n_all(self) -> int:
        return self.n_approve + self.n_hold + self.n_reject


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table with a bar; `share` is the bar's length in hundredths of the longest."""

    name: Markup
    cells: list[str]
    share: int
    link: str = ""


async def page(visit: Visit) -> web.StreamResponse:
    """The page of a period."""
    period = _period(visit)
    figures, bins = await _measured(visit, period)
    names = await visit.services.desk.names(visit.tag)
    words = visit.words
    return visit.page(
        "today.html",
        at="today",
        period=period,
        periods=[(code, visit.say(word)) for code, word in _WORDS.items()],
        bins=bins,
        by_hour=_PERIODS[period][1] == 1,
        counted_from=words.when(figures.counted_from_ms) if figures.counted_from_ms > figures.from_ms else "",
        n_counted=words.number(MOST_EVENTS),
        n_in=words.number(sum(figures.verdicts.values())),
        n_decided=words.number(sum(each.n_all for each in figures.deciders)),
        n_pending=words.number(figures.n_pending),
        median_wait="–" if figures.median_wait_s is None else words.lasting(figures.median_wait_s),
        oldest_wait="–" if figures.oldest_wait_s is None else words.lasting(figures.oldest_wait_s),
        verdicts={verdict.value: words.number(n) for verdict, n in figures.verdicts.items()},
        deciders=_deciders(visit, figures, names),
        overturns=_overturns(visit, figures),
        articles=_articles(visit, figures),
    )


async def export(visit: Visit) -> web.StreamResponse:
    """One of the page's tables as a CSV file."""
    period = _period(visit)
    asked = visit.request.query.get("table", "")
    table = asked if asked in _TABLES else _TABLES[0]
    figures, bins = await _measured(visit, period)
    head, rows = _sheet(table, figures, bins, await visit.services.desk.names(visit.tag))
    return sheet(f"{visit.site.site.slug}-{table}-{visit.words.iso(figures.from_ms)[:10]}", head, rows)


def _sheet(
    table: str, figures: Figures, bins: Sequence[Bin], names: Mapping[str, str]
) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    if table == "inflow":
        head: Sequence[str] = ("begin", "submitted", "approve", "hold", "reject")
        return head, [(b.iso, b.n_all, b.n_approve, b.n_hold, b.n_reject) for b in bins]
    if table == "decisions":
        return ("by", "approved", "rejected"), [
            (names.get(each.by, each.by), each.n_approved, each.n_rejected) for each in figures.deciders
        ]
    if table == "overturns":
        return ("reason", "decided", "overturned", "rate"), [
            (each.reason, each.n_decided, each.n_overturned, round(each.rate, 4)) for each in figures.overturns
        ]
    return ("id", "title", "url", "submitted"), [(a.id, a.title, a.url, n) for a, n in figures.articles]


def _period(visit: Visit) -> str:
    asked = visit.request.query.get("period", "")
    return asked if asked in _PERIODS else "today"


async def _measured(visit: Visit, period: str) -> tuple[Figures, list[Bin]]:
    back, days = _PERIODS[period]
    words, now_ms = visit.words, visit.services.clock()
    from_ms, to_ms = words.midnight(now_ms, back), words.midnight(now_ms, back - days)
    figures = await visit.services.measure(visit.tag, from_ms, to_ms)
    if days == 1:
        return figures, [_bin(words.iso(hour.begin_ms), words.hour(hour.begin_ms), [hour]) for hour in figures.hours]
    by_day: dict[int, list[Hour]] = {}
    for hour in figures.hours:
        by_day.setdefault(words.midnight(hour.begin_ms), []).append(hour)
    return figures, [_bin(words.iso(begin), words.day(begin), hours) for begin, hours in by_day.items()]


def _bin(iso: str, when: str, hours: Sequence[Hour]) -> Bin:
    return Bin(iso, when, sum(h.n_approve for h in hours), sum(h.n_hold for h in hours), sum(h.n_reject for h in hours))


def _deciders(visit: Visit, figures: Figures, names: Mapping[str, str]) -> list[Line]:
    most = max((each.n_all for each in figures.deciders), default=1)
    number = visit.words.number
    return [
        Line(
            marked(names.get(each.by, each.by)),
            [number(each.n_approved), number(each.n_rejected), number(each.n_all)],
            round(100 * each.n_all / most),
        )
        for each in figures.deciders
    ]


def _overturns(visit: Visit, figures: Figures) -> list[Line]:
    words = visit.words
    return [
        Line(
            marked(_reason(visit, each.reason)),
            [words.number(each.n_decided), words.number(each.n_overturned), words.share(each.rate)],
            round(100 * each.rate),
        )
        for each in figures.overturns
    ]


def _reason(visit: Visit, code: str) -> str:
    if code == PUBLISHED:
        return visit.say("Published by the policy")
    label = code.removeprefix("band.")
    return visit.say(LABELS.get(label) or KINDS.get(label, "Other"))


def _articles(visit: Visit, figures: Figures) -> list[Line]:
    most = max((n for _, n in figures.articles), default=1)
    return [
        Line(marked(article.title or article.id), [visit.words.number(n)], round(100 * n / most), article.id)
        for article, n in figures.articles
    ]

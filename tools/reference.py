"""Writes the pages of `docs/reference/` that tables in the code already tell: settings, routes, keys and so on.

    python -m tools.reference          writes them
    python -m tools.reference --check  says which are not what the code says

A test holds the pages against the code, so a setting, route or key cannot come without its line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic_core import PydanticUndefined

from service.domain import event
from service.domain.policy import DEFAULT_POLICY, RULE_PARAMS
from service.settings import Settings
from service.store.keys import TABLE as KEYS
from service.telemetry import Meter
from service.web import demo
from service.web.problems import BAD_REQUEST, FIELD_MESSAGES, HTTP_ROWS, INTERNAL
from service.web.problems import TABLE as PROBLEMS
from service.web.routes import ROUTES
from tools.markdown import table

FOLDER = Path("docs/reference")


def _default(value: object) -> str:
    if value in (None, "", ()) or value is PydanticUndefined:
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"`{part}`" for part in value)
    return f"`{int(value)}`" if isinstance(value, bool) else f"`{value}`"


def settings() -> str:
    """Every variable with its default and meaning."""
    rows = [
        (f"`SARING_{name.upper()}`", _default(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]
    return (
        "# Settings\n\nRead from the environment; `saring serve --help` lists those that have a flag, which "
        "wins. An empty variable counts as not set. A wrong one stops the start and is named.\n\n"
        + table(("variable", "default", "meaning"), rows)
    )


def routes() -> str:
    """Every route with who may call it."""

    def who(keys: Iterable[object], role: object) -> str:
        told = [f"{key} key" for key in sorted(map(str, keys))] + ([f"{role} or above"] if role else [])
        return ", ".join(told) or "all"

    rows = [
        (f"`{r.method} {r.path}`", who(r.keys, r.role), r.summary, ", ".join(map(str, (*r.answers, *r.problems))))
        for r in (*ROUTES, *demo.ROUTES)
    ]
    return (
        "# Routes\n\nRequests and answers in full: `/openapi.json`, or `/docs` to read and try. Credentials go into "
        "`Authorization: Bearer …`; a form may carry a public key as `key`.\n\n"
        + table(("route", "who", "does", "statuses"), rows)
        + "\nStatic files lie under `/static`.\n"
    )


def problems() -> str:
    """Every problem and every code of a field."""
    rows = [
        (row.status, f"`urn:saring:problem:{row.slug}`", row.title, row.detail)
        for row in (*PROBLEMS.values(), *HTTP_ROWS.values(), BAD_REQUEST, INTERNAL)
    ]
    unique = sorted({row[1]: row for row in rows}.values(), key=lambda row: (row[0], row[1]))
    codes = [(f"`{code}`", message) for code, message in FIELD_MESSAGES.items()]
    return (
        "# Problems\n\nErrors are `application/problem+json` (RFC 9457), in Indonesian or English by "
        "`Accept-Language`, with the request's id; 429 and 503 carry `Retry-After`. Nothing of the input is "
        "repeated in one.\n\n"
        + table(("status", "type", "title", "detail"), unique)
        + "\n## Fields\n\n`errors` has an entry a bad field: `pointer` (RFC 6901, in the JSON names, for forms too), "
        "`code`, `detail`. `invalid_email`, `invalid_url` and `in_the_future` are told as `invalid`.\n\n"
        + table(("code", "detail"), codes)
    )


def keys() -> str:
    """Every key of the store."""
    rows = [(f"`{row.pattern}`", row.type, row.owner, row.ending, row.what) for row in KEYS]
    return (
        "# Keys in the store\n\nAll keys of a site bear its tag in braces, so they share a slot. *ttl*: expires by "
        "itself; *swept*: ended by the sweep or with its comment; *permanent*: until the site goes.\n\n"
        + table(("key", "type", "owner", "ends", "what"), rows)
    )


def events() -> str:
    """Every type of event."""
    meaning = {
        event.SUBMITTED: "a comment was accepted; `status` is where the machine and the policy put it",
        event.APPROVED: "a person approved it",
        event.REJECTED: "a person rejected it; `reason` says why",
        event.REOPENED: "a decision was taken back; `status` is where it stands now",
        event.EXPIRED: "nobody decided in time",
    }
    return (
        "# Events\n\n`GET /v1/events?after=N` tells the site's facts in order, numbered from 1 without a gap; "
        "`next` is the cursor. Kept 90 days; an older cursor gets 410. They carry no names, addresses or text.\n\n"
        + table(("type", "means"), [(f"`{kind}`", meaning[kind]) for kind in event.TYPES])
    )


def policy() -> str:
    """Every rule, and the default policy."""
    default = {rule.code: rule for rule in DEFAULT_POLICY.rules}
    rules = [
        (f"`{code}`", ", ".join(sorted(params)) or "–", default[code].verdict, dict(default[code].params) or "–")
        for code, params in RULE_PARAMS.items()
    ]
    bands = [(band.label, f"[{band.low}, {band.high})", band.verdict) for band in DEFAULT_POLICY.bands]
    return (
        "# Policy\n\nData per site, at `/v1/sites/{slug}/policy`. Every reason that holds is told; the most severe "
        "names the verdict; none: approve. A band that ends at 1 includes it. Trust waives hold bands, "
        "`first_time` and `links`, never block lists nor reject bands; what the machine could not score is always "
        "held.\n\n## Default bands\n\n"
        + table(("label", "scores", "verdict"), bands)
        + "\n## Rules\n\n"
        + table(("code", "numbers it takes", "default verdict", "default numbers"), rules)
    )


def metrics() -> str:
    """Every metric."""
    rows = [(f"`{name}`", kind, what) for name, kind, what in Meter().described()]
    return "# Metrics\n\n`GET /metrics`, in Prometheus' text format, for `SARING_METRICS_NETWORKS`.\n\n" + table(
        ("metric", "type", "what"), rows
    )


PAGES: dict[str, Callable[[], str]] = {
    "settings": settings,
    "routes": routes,
    "problems": problems,
    "keys": keys,
    "events": events,
    "policy": policy,
    "metrics": metrics,
}


def stale() -> list[str]:
    """Names of pages that are not what the code says."""
    return [name for name, page in PAGES.items() if _read(FOLDER / f"{name}.md") != page()]


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def main(arguments: list[str]) -> int:
    """Writes or checks; the exit status."""
    if "--check" in arguments:
        for name in stale():
            print(f"docs/reference/{name}.md is not what the code says: python -m tools.reference")
        return 1 if stale() else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / f"{name}.md").write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

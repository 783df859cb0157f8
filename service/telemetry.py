"""Logs and metrics. Ids, counts and times; never a name, an address or a text.

An error in the log is a bug that somebody will look at; a warning mended itself; info is a line a request or event.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})  # a client may make up any
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def _line(_logger: Any, level: str, line: MutableMapping[str, Any]) -> bytes:
    """A line as JSON, with its level and time. One step: each that structlog takes costs as much as writing the line.

    An exception is told as its type and places in the code. Its message and local variables may hold a reader's words.
    """
    if line.pop("exc_info", None):
        kind, _, trace = sys.exc_info()
        line["exception"] = kind.__name__ if kind else ""
        line["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    line["level"], line["timestamp"] = level, datetime.now(UTC)
    return orjson.dumps(line, default=repr, option=orjson.OPT_UTC_Z)


def configure_logs(level: str) -> None:
    """JSON lines on standard error."""
    structlog.configure(
        processors=[_line],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


class Meter:
    """What is counted, in sentences. One registry a process; several processes share a folder (prometheus-client)."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._requests = Histogram(
            "saring_request_seconds",
            "Time to answer a request",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._comments = Counter(
            "saring_comments_total", "Comments accepted, by verdict", ("site", "verdict"), registry=registry
        )
        # Finding a metric by its labels costs more than counting.
        self._answered = cache(self._requests.labels)
        self._accepted = cache(self._comments.labels)
        self._unscored = Counter(
            "saring_unscored_total", "Comments held since the machine did not answer", ("site",), registry=registry
        )
        self._refused = Counter(
            "saring_refused_total", "Submissions refused, by problem", ("problem",), registry=registry
        )
        self._decisions = Counter(
            "saring_decisions_total", "Decisions by people", ("site", "decision"), registry=registry
        )
        self._model = Gauge(
            "saring_model_loaded", "1 where a model is loaded", registry=registry, multiprocess_mode="min"
        )
        self._memory = Gauge(
            "saring_store_memory_bytes", "Memory that the store uses", registry=registry, multiprocess_mode="mostrecent"
        )
        self._memory_limit = Gauge(
            "saring_store_memory_limit_bytes",
            "Memory that the store may use, 0: no limit; at it new comments are refused",
            registry=registry,
            multiprocess_mode="mostrecent",
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._answered(method if method in _METHODS else "other", route, status).observe(seconds)

    def comment_accepted(self, site: str, verdict: str, *, is_scored: bool) -> None:
        self._accepted(site, verdict).inc()
        if not is_scored:
            self._unscored.labels(site).inc()

    def submission_refused(self, problem: str) -> None:
        self._refused.labels(problem).inc()

    def decided(self, site: str, decision: str) -> None:
        self._decisions.labels(site, decision).inc()

    def model_loaded(self, is_loaded: bool) -> None:
        self._model.set(is_loaded)

    def store_memory(self, used: int, most: int) -> None:
        self._memory.set(used)
        self._memory_limit.set(most)

    def described(self) -> list[tuple[str, str, str]]:
        """Each metric's name, type and meaning."""
        return [(family.name, family.type, family.documentation) for family in self._registry.collect()]

    def exposition(self) -> bytes:
        """All metrics in Prometheus' text format, of every process where there are several."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)

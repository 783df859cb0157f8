"""An evaluation as people read it: tables on the terminal and one JSON file.

Holds figures only. The texts of the worst errors go to the terminal through `errors`, never into a file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from classifiers.evaluate.bootstrap import Figure
from classifiers.evaluate.evaluation import ALL_LANGUAGES, BANDS, Row
from classifiers.evaluate.functional import Tallied

_RANKING = {
    "auc": "AUC",
    "average_precision": "AP",
    "recall_at_1_percent": "R at 1 %",
    "recall_at_5_percent": "R at 5 %",
    "calibration_error": "ECE",
}
_AT_BAND = {"precision": "precision", "recall": "recall", "false_alarms": "false alarms"}
_WIDTH_OF_A_FILE = 120


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one evaluation, with what one must know to make them again."""

    model: str
    seed: int
    n_resamples: int
    rows: Sequence[Row]
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    functional: Sequence[Tallied] = ()

    def as_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`; intervals are 95 %, NaN becomes null."""
        return {
            "model": self.model,
            "seed": self.seed,
            "n_resamples": self.n_resamples,
            "confidence": 0.95,
            "bands": [asdict(band) for band in BANDS],
            "rows": [_row_as_json(row) for row in self.rows],
            "missing_labels": {name: list(labels) for name, labels in self.missing.items()},
            "functional": [asdict(tallied) for tallied in self.functional],
        }


def write_json(report: Report, path: Path) -> None:
    """Writes the report as one JSON file; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def console() -> Console:
    """Standard output, wide enough for the tables when it is no terminal."""
    return Console() if sys.stdout.isatty() else Console(width=_WIDTH_OF_A_FILE)


def show(report: Report, console: Console) -> None:
    """Prints how each label ranks, what its bands do, what the sets lack, and the functional checks."""
    for label in dict.fromkeys(row.label for row in report.rows):
        rows = [row for row in report.rows if row.label == label]
        console.print(_table(f"{label}: ranking and calibration", _RANKING, rows))
        for band in BANDS:
            if band.label == label:
                columns = {f"{figure}_{band.name}": title for figure, title in _AT_BAND.items()}
                console.print(_table(f"{label}: {band.name} from {band.threshold}", columns, rows))
    for name, labels in report.missing.items():
        if labels:
            console.print(f"{name}: nobody labelled {', '.join(labels)}", style="dim", highlight=False)
    if any(row.assumed for row in report.rows):
        console.print("°: assumed from the kind of source, not annotated", style="dim")
    if report.functional:
        console.print(_functional_table(report.functional))


def _table(title: str, columns: Mapping[str, str], rows: Sequence[Row]) -> Table:
    """A table of the rows that have one of the columns' figures, each above its 95 % interval."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, leading=0)
    table.add_column("set", overflow="fold")
    table.add_column("lang", no_wrap=True)
    table.add_column("+ / −", justify="right", no_wrap=True)
    for heading in columns.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        if any(column in row.figures for column in columns):
            language = "all" if row.language == ALL_LANGUAGES else row.language or "?"
            name = row.set + ("°" if row.assumed else "")
            size = f"{row.n_positive:,}\n{row.n_negative:,}"
            table.add_row(name, language, size, *(_cell(row.figures.get(column)) for column in columns))
    return table


def _functional_table(functional: Sequence[Tallied]) -> Table:
    table = Table(title="functional checks (passed at the hold bands)", title_justify="left", box=box.SIMPLE_HEAD)
    for title in ("category", "label", "expected", "passed", "of", "share"):
        table.add_column(title, justify="left" if title in ("category", "label", "expected") else "right")
    for tallied in functional:
        expected = "over" if tallied.expected else "under"
        share = f"{tallied.passed / tallied.total:.0%}"
        table.add_row(tallied.category, tallied.label, expected, str(tallied.passed), str(tallied.total), share)
    return table


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{_number(figure.value)}\n{_number(figure.low)}–{_number(figure.high)}"


def _number(value: float) -> str:
    text = f"{value:.3f}"
    return text.removeprefix("0") if text != "1.000" else "1.00"


def _row_as_json(row: Row) -> dict[str, Any]:
    values = asdict(row)
    values["figures"] = {
        name: {end: _finite(value) for end, value in figure.items()} for name, figure in values["figures"].items()
    }
    return values


def _finite(value: float) -> float | None:
    return round(value, 6) if value == value else None

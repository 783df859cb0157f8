"""Reliability, ROC and precision-recall plots as PNG and SVG, by matplotlib, which only the `test` extra installs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from classifiers.evaluate.metrics import FloatArray, Tally, curves, reliability, tally

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FORMATS = ("png", "svg")


class PlotsUnavailable(Exception):
    """matplotlib is not installed; the message says how to get it. Figures and tables need none."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line of each plot: (n_samples,) labels and scores, nothing unknown, both classes present."""

    name: str
    labels: FloatArray
    scores: FloatArray


def write_plots(label: str, series: Sequence[Series], folder: Path) -> list[Path]:
    """Writes `reliability-`, `roc-` and `precision-recall-LABEL`, a line a set, as PNG and SVG; returns the files.

    Raises PlotsUnavailable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tallies = {one.name: tally(one.labels, one.scores) for one in series}
    kinds: dict[str, Callable[[Axes, dict[str, Tally]], None]] = {
        "reliability": _reliability,
        "roc": _roc,
        "precision-recall": _precision_recall,
    }
    return [path for kind, draw in kinds.items() for path in _write(f"{kind}-{label}", label, draw, tallies, folder)]


def _write(
    name: str, label: str, draw: Callable[[Axes, dict[str, Tally]], None], tallies: dict[str, Tally], folder: Path
) -> list[Path]:
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PlotsUnavailable("plots need matplotlib: pip install 'saring[test]', or leave out --out") from error
    figure = Figure(figsize=(6.4, 6.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), title=label)
    draw(axes, tallies)
    axes.legend(fontsize="small")
    axes.grid(alpha=0.3)
    paths = [folder / f"{name}.{ending}" for ending in _FORMATS]
    # No date and no random ids inside, so that the same figures give the same files.
    with rc_context({"svg.hashsalt": name}):
        for path in paths:
            figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
    return paths


def _reliability(axes: Axes, tallies: dict[str, Tally]) -> None:
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="calibrated")
    for name, counted in tallies.items():
        diagram = reliability(counted)
        axes.plot(diagram.mean_scores, diagram.positive_shares, marker="o", markersize=3, label=name)
    axes.set(xlabel="mean score of the bin", ylabel="share of positives")


def _roc(axes: Axes, tallies: dict[str, Tally]) -> None:
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="chance")
    for name, counted in tallies.items():
        curve = curves(counted)
        axes.plot([0, *curve.false_alarms], [0, *curve.recall], label=name)
    axes.set(xlabel="false alarms (share of clean comments flagged)", ylabel="recall")


def _precision_recall(axes: Axes, tallies: dict[str, Tally]) -> None:
    for name, counted in tallies.items():
        curve = curves(counted)
        axes.plot(curve.recall, curve.precision, drawstyle="steps-pre", label=name)
    axes.set(xlabel="recall", ylabel="precision")

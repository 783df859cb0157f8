"""The command behind `saring evaluate`: load the model, score each set, measure, show, write."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from classifiers import LABELS, Classifier, Document
from classifiers.evaluate import errors, functional, report
from classifiers.evaluate.brands import Brands, find_brands
from classifiers.evaluate.evaluation import Row, evaluate_set, missing_labels, score
from classifiers.evaluate.metrics import FloatArray
from classifiers.evaluate.plots import PlotsUnavailable, Series, write_plots
from classifiers.evaluate.sets import LabelledSet, UnreadableSet, read_set

UNSEEN = ", unseen brands"


@dataclass(frozen=True, slots=True)
class Scored:
    """A set and what the model says of it, shape (n_samples, n_labels)."""

    labelled: LabelledSet
    scores: FloatArray


def evaluate(args: argparse.Namespace) -> int:
    """Runs the command; see `add_arguments` for what `args` holds. Exit status 0, or 1 when something cannot be
    read."""
    console = report.console()
    try:
        model = Classifier.load(args.model)
        sets = [read_set(path) for path in args.data]
        training = [read_set(path) for path in args.unseen_brands]
    except (UnreadableSet, OSError, ValueError) as error:
        print(f"saring evaluate: {error}", file=sys.stderr)
        return 1
    with _progress(console) as progress:
        scored = _score(model, sets, progress)
        scored += _unseen(scored, training, progress)
        rows = _measure(scored, args.resamples, args.seed, progress)
    found = report.Report(
        model=model.assess([Document("")])[0].model,
        seed=args.seed,
        n_resamples=args.resamples,
        rows=rows,
        missing={labelled.name: missing_labels(labelled) for labelled in sets},
        functional=_functional(model),
    )
    report.show(found, console)
    _list_errors(scored, args.listing, console)
    return _write(found, scored, args.out, console) if args.out else 0


def _score(model: Classifier, sets: Sequence[LabelledSet], progress: Progress) -> list[Scored]:
    scored = []
    for labelled in sets:
        task = progress.add_task(f"score {labelled.name}", total=len(labelled.documents))
        scores = score(model, labelled.documents, lambda done, task=task: progress.advance(task, done))  # type: ignore[misc]
        scored.append(Scored(labelled, scores))
    return scored


def _unseen(scored: Sequence[Scored], training: Sequence[LabelledSet], progress: Progress) -> list[Scored]:
    """The sets that hold spam, once more without the rows that name a brand of the training sets."""
    if not training:
        return []
    brands = find_brands(training)
    kept = []
    for one in progress.track(scored, description="leave out seen brands"):
        if (one.labelled.column("spam") == 1).any():
            kept.append(_without(one, brands))
    return kept


def _without(one: Scored, brands: Brands) -> Scored:
    indices = [index for index, document in enumerate(one.labelled.documents) if not brands.named_in(document)]
    return Scored(one.labelled.subset(indices, one.labelled.name + UNSEEN), one.scores[indices])


def _measure(scored: Sequence[Scored], n_resamples: int, seed: int, progress: Progress) -> list[Row]:
    rows = []
    for one in progress.track(scored, description="measure"):
        rows += evaluate_set(one.labelled, one.scores, n_resamples=n_resamples, seed=seed)
    return rows


def _functional(model: Classifier) -> list[functional.Tallied]:
    checks = functional.load_checks()
    scores = score(model, [check.document for check in checks])
    return functional.tally(checks, functional.passed(checks, scores))


def _list_errors(scored: Sequence[Scored], count: int, console: Console) -> None:
    if count <= 0:
        return
    for one in scored:
        for label in LABELS:
            errors.show(one.labelled.name, errors.worst(one.labelled, one.scores, label, count), console)


def _write(found: report.Report, scored: Sequence[Scored], folder: Path, console: Console) -> int:
    report.write_json(found, folder / "report.json")
    console.print(f"wrote {folder / 'report.json'}", highlight=False)
    try:
        for label in LABELS:
            series = _series(scored, label)
            for path in write_plots(label, series, folder) if series else []:
                console.print(f"wrote {path}", highlight=False)
    except PlotsUnavailable as error:
        print(f"saring evaluate: {error}", file=sys.stderr)
        return 1
    return 0


def _series(scored: Sequence[Scored], label: str) -> list[Series]:
    """The sets that hold both classes of the label, without the rows in which it is unknown."""
    series = []
    for one in scored:
        truth = one.labelled.column(label)
        known = ~np.isnan(truth)
        if 0 < truth[known].sum() < known.sum():
            series.append(Series(one.labelled.name, truth[known], one.scores[known, LABELS.index(label)]))
    return series


def _progress(console: Console) -> Progress:
    """Bars that vanish when done, so that the report stands alone."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True)

"""The command behind `saring evaluate`: load the model, score each set, measure, show, write."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
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
"""Ends the name of a set from which the comments naming a known brand were left out."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A set and what the model says of it, shape (n_samples, n_labels)."""

    labelled: LabelledSet
    scores: FloatArray


def evaluate(args: argparse.Namespace) -> int:
    """Runs the command with what `add_arguments` asks for; 0, or 1 when something cannot be read or drawn."""
    try:
        model = Classifier.load(args.model)
        sets = [read_set(path) for path in args.data]
        training = [read_set(path) for path in args.unseen_brands]
        measure(model, sets, training, args, report.console())
    except (UnreadableSet, PlotsUnavailable, OSError, ValueError) as error:
        print(f"saring evaluate: {error}", file=sys.stderr)
        return 1
    return 0


def measure(
    model: Classifier,
    sets: Sequence[LabelledSet],
    training: Sequence[LabelledSet],
    args: argparse.Namespace,
    console: Console,
) -> None:
    """Measures the sets and the functional checks, prints the report, writes it where `args.out` says."""
    checks = functional.load_checks()
    with _progress(console) as progress:
        scored = [Scored(one, _scores(model, one.name, one.documents, progress)) for one in sets]
        scored += _unseen(scored, training, progress)
        rows = _rows(scored, args.resamples, args.seed, progress)
        check_scores = _scores(model, "functional checks", [check.document for check in checks], progress)
    outcomes = functional.passed(checks, check_scores)
    found = report.Report(
        model=model.version,
        seed=args.seed,
        n_resamples=args.resamples,
        rows=rows,
        missing={one.name: missing_labels(one) for one in sets},
        functional=functional.tally(checks, outcomes),
    )
    report.show(found, console)
    if args.listing > 0:
        _list_errors(scored, args.listing, console)
        errors.show_failed(checks, outcomes, check_scores, console)
    if args.out:
        _write(found, scored, args.out, console)


def _scores(model: Classifier, name: str, documents: Sequence[Document], progress: Progress) -> FloatArray:
    task = progress.add_task(f"score {name}", total=len(documents))
    return score(model, documents, partial(progress.advance, task))


def _unseen(scored: Sequence[Scored], training: Sequence[LabelledSet], progress: Progress) -> list[Scored]:
    """The sets that hold spam, once more without the rows that name a brand of the training sets."""
    if not training:
        return []
    brands = find_brands(training)
    with_spam = [one for one in scored if (one.labelled.column("spam") == 1).any()]
    return [_without(one, brands) for one in progress.track(with_spam, description="leave out seen brands")]


def _without(one: Scored, brands: Brands) -> Scored:
    indices = [index for index, document in enumerate(one.labelled.documents) if not brands.named_in(document)]
    return Scored(one.labelled.subset(indices, one.labelled.name + UNSEEN), one.scores[indices])


def _rows(scored: Sequence[Scored], n_resamples: int, seed: int, progress: Progress) -> list[Row]:
    rows: list[Row] = []
    for one in progress.track(scored, description="resample"):
        rows += evaluate_set(one.labelled, one.scores, n_resamples=n_resamples, seed=seed)
    return rows


def _list_errors(scored: Sequence[Scored], count: int, console: Console) -> None:
    for one in scored:
        for label in LABELS:
            errors.show(one.labelled.name, errors.worst(one.labelled, one.scores, label, count), console)


def _write(found: report.Report, scored: Sequence[Scored], folder: Path, console: Console) -> None:
    written = [folder / "report.json"]
    report.write_json(found, written[0])
    for label in LABELS:
        series = _series(scored, label)
        written += write_plots(label, series, folder) if series else []
    console.print(f"wrote {len(written)} files to {folder}", highlight=False)


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

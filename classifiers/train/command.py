"""The command behind `saring train`: read, augment, fit, calibrate, write; or make the shipped model again; or measure
the recipe on what it held out."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifiers.archive import SHIPPED, read_model, write_model
from classifiers.document import LABELS, ModelProblem
from classifiers.evaluate.report import Report, console, show, write_json
from classifiers.parameters import Parameters
from classifiers.train import held_out
from classifiers.train.augment import augmented
from classifiers.train.examples import Example, own_corpus
from classifiers.train.pipeline import STEPS, train_parameters
from classifiers.train.sources import SourceProblem, corpus_digest, verified, weighted_examples


def train(args: argparse.Namespace) -> int:
    """Runs the command; see `add_arguments` for what `args` holds."""
    try:
        if args.held_out:
            return _held_out(args)
        return _reproduce(args) if args.reproduce is not None else _train(args)
    except (SourceProblem, ModelProblem, OSError, ValueError) as problem:
        print(f"saring train: {problem}", file=sys.stderr)
        return 1


def _train(args: argparse.Namespace) -> int:
    if args.out is None or not args.data:
        raise SourceProblem("--data FILE… and --out DIR are needed: what to learn from, and where the model goes.")
    examples = weighted_examples(args.data, with_own=not args.without_own)
    parameters = _fit(examples, args.seed)
    version = args.version or datetime.datetime.now(datetime.UTC).strftime("%Y.%m.%d")
    write_model(args.out, parameters, version, _notes(examples, args.seed))
    print(f"wrote {version} to {args.out}: {len(examples)} examples")
    return 0


def _reproduce(args: argparse.Namespace) -> int:
    examples = weighted_examples(verified(args.reproduce))
    parameters = _fit(examples, args.seed)
    if args.out is not None:
        write_model(args.out, parameters, args.version or read_model(SHIPPED)[1], _notes(examples, args.seed))
        print(f"wrote {args.out}")
    difference = largest_difference(parameters, read_model(SHIPPED)[0])
    print("the same as the shipped model" if difference == 0 else f"differs from the shipped model by {difference:.2g}")
    return 0 if difference == 0 else 1


def _held_out(args: argparse.Namespace) -> int:
    paths = verified(args.reproduce) if args.reproduce is not None else args.data
    if not paths:
        raise SourceProblem("--data FILE… or --reproduce DIR is needed: what to learn from, and what to hold out.")
    examples = weighted_examples(paths, with_own=not args.without_own)
    _check_labels(examples)
    with _steps(held_out.STEPS) as step:
        rows = held_out.held_out_rows(examples, seed=args.seed, n_resamples=args.resamples, progress=step)
    found = Report(args.version or "recipe", args.seed, args.resamples, rows)
    show(found, console())
    if args.out is not None:
        write_json(found, args.out / "report.json")
    return 0


def largest_difference(one: Parameters, other: Parameters) -> float:
    """The largest absolute difference of any two numbers, after rounding as stored; infinite for other shapes."""
    names = ("unit_weights", "pair_weights", "bias", "slopes", "intercepts")
    pairs = [(getattr(one, name), getattr(other, name)) for name in names]
    if one.scheme != other.scheme or any(a.shape != b.shape for a, b in pairs):
        return float("inf")
    return max(float(np.abs(a - b).max()) for a, b in pairs)


def _fit(examples: list[Example], seed: int) -> Parameters:
    _check_labels(examples)
    with _steps(STEPS + 1) as step:
        step("augment")
        more = augmented(examples, seed=seed)
        return train_parameters(more, seed=seed, progress=step)


@contextmanager
def _steps(count: int) -> Iterator[Callable[[str], None]]:
    """A progress bar on stderr, moved by telling it the step that begins."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    # One BLAS thread: with more, the last bits would depend on the machine.
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress, threadpool_limits(1):
        task = progress.add_task("read", total=count)
        yield lambda name: progress.update(task, description=name, advance=1)


def _check_labels(examples: list[Example]) -> None:
    if missing := [
        label for label in LABELS if len({one.labels[label] for one in examples if label in one.labels}) < 2
    ]:
        raise SourceProblem(
            f"No examples of both kinds, 0 and 1, for: {', '.join(missing)}. Add some, or the own corpus."
        )


def _notes(examples: list[Example], seed: int) -> dict[str, object]:
    return {
        "examples": len(examples),
        "seed": seed,
        "corpus": {"files": [path.name for path in own_corpus()], "sha256": corpus_digest()},
        "sources": sorted({one.source for one in examples}),
    }

"""`saring evaluate`: how good a model is on labelled comments, with intervals, checks, plots and the worst errors to
read."""

from __future__ import annotations

import argparse
from pathlib import Path

DEFAULT_SEED = 20261124


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `saring evaluate`."""
    parser.add_argument("--model", type=Path, metavar="DIR", help="the model's folder (default: the shipped one)")
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE",
        help="labelled comments, JSON Lines or .jsonl.gz",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write report.json and the plots here")
    parser.add_argument(
        "--listing", type=int, default=0, metavar="N", help="list the N worst errors of each kind, to the terminal only"
    )
    parser.add_argument("--unseen-brands", type=Path, nargs="+", default=[], metavar="FILE", help=_UNSEEN_BRANDS)
    parser.add_argument("--resamples", type=int, default=500, metavar="N", help="bootstrap resamples (default 500)")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the resampling")


def run(args: argparse.Namespace) -> int:
    """Evaluates and reports; 0 when done, 1 with one sentence on stderr when the model or a set cannot be read."""
    # Imported here so that `saring --help` and the service pay for none of it.
    from classifiers.evaluate.command import evaluate

    return evaluate(args)


_UNSEEN_BRANDS = "training files: also measure each set without the comments that name a gambling brand found in these"

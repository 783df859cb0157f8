"""`saring train`: its options. What it does is in `classifiers.train.command`, imported when it runs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from classifiers.train.examples import own_corpus


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of `saring train`."""
    parser.add_argument("--data", type=Path, nargs="+", default=[], metavar="FILE", help=_DATA)
    parser.add_argument("--out", type=Path, metavar="DIR", help="the model's (or report's) folder, written anew")
    parser.add_argument("--version", default="", metavar="V", help="the model's name (default: today's date)")
    parser.add_argument("--seed", type=int, default=20261124, help="seed of augmentation and drawing")
    parser.add_argument(
        "--without-own",
        action="store_true",
        help="leave out the texts that come with saring; its labels for comments of listed sources still count",
    )
    sources = Path(os.environ.get("SARING_TRAINING_DATA", "training-data"))
    parser.add_argument("--reproduce", type=Path, nargs="?", const=sources, metavar="DIR", help=_REPRODUCE)
    parser.add_argument("--held-out", action="store_true", help=_HELD_OUT)
    parser.add_argument("--resamples", type=int, default=500, metavar="N", help="bootstrap resamples of --held-out")


def run(args: argparse.Namespace) -> int:
    """Trains and writes a model; 0 when done, 1 with one sentence on stderr when something cannot be read."""
    from classifiers.train.command import train

    return train(args)


_DATA = f"labelled comments, JSON Lines or .jsonl.gz, beside the {len(own_corpus())} files of saring's own corpus"
_REPRODUCE = "train the shipped model again from the sources in DIR (or SARING_TRAINING_DATA) and compare"
_HELD_OUT = "write no model: measure the recipe on blocks and brands that it never saw (--out DIR for report.json)"

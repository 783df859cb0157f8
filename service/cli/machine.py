"""The commands that need the machine and no service: score, train, evaluate. All heavy imports wait until one runs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import orjson

if TYPE_CHECKING:
    from classifiers import Assessment, Classifier, Document

_AT_ONCE: Final = 1 << 18
"""Bytes taken from stdin at a time: what is at hand is scored as one batch and answered before more is waited for."""
_FIELDS: Final = ("text", "author", "url", "email", "language")
_KINDS: Final = ("insult", "hate", "threat", "obscene")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `score`, `train` and `evaluate`."""
    parser = subparsers.add_parser("score", help="score comments: JSON Lines on stdin, JSON Lines on stdout")
    parser.add_argument("--no-reasons", action="store_true", help="scores alone, three times as fast")
    parser.add_argument("--model", type=Path, metavar="DIR", help="the model's folder (default: the shipped one)")
    parser.set_defaults(run=run_score)

    from classifiers.train import arguments

    parser = subparsers.add_parser("train", help="train a model on labelled comments")
    arguments.add_arguments(parser)
    parser.set_defaults(run=arguments.run)

    from classifiers import evaluate

    parser = subparsers.add_parser("evaluate", help="measure a model on labelled comments")
    evaluate.add_arguments(parser)
    parser.set_defaults(run=evaluate.run)


def run_score(args: argparse.Namespace) -> int:
    """Scores stdin to stdout. 0; 1 when a line was bad (the others are scored all the same) or no model loads."""
    from classifiers import Classifier, ModelProblem

    try:
        classifier = Classifier.load(args.model)
    except ModelProblem as problem:
        print(f"saring score: {problem}", file=sys.stderr)
        return 1
    try:
        n_bad = score_stream(classifier, sys.stdin.buffer, sys.stdout.buffer, reasons=not args.no_reasons)
    except BrokenPipeError:
        # The reader has left; without this Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 1 if n_bad else 0


def score_stream(classifier: Classifier, lines: BinaryIO, answers: BinaryIO, *, reasons: bool) -> int:
    """Answers each line in its place; gives the number of bad ones. Nothing at hand is kept waiting for more."""
    n_bad = 0
    for batch in _batches(lines):
        read = [_read(line) for line in batch]
        documents = [one for one in read if not isinstance(one, str)]
        assessed = iter(classifier.assess(documents, reasons=reasons))
        for one in read:
            answers.write(_dumped({"error": one} if isinstance(one, str) else answer(next(assessed))))
        answers.flush()
        n_bad += len(read) - len(documents)
    return n_bad


def answer(assessment: Assessment) -> dict[str, Any]:
    """An assessment as `saring score` prints it."""
    scores = assessment.scores
    return {
        "spam": scores["spam"],
        "abuse": scores["abuse"],
        "labels": {kind: scores[kind] for kind in _KINDS},
        "language": assessment.language,
        "reasons": [
            {
                "label": term.label,
                "field": term.field,
                "begin": term.begin,
                "end": term.end,
                "text": term.text,
                "weight": term.weight,
            }
            for term in assessment.terms
        ],
        "model": assessment.model,
    }


def _batches(stream: BinaryIO) -> Iterator[list[bytes]]:
    rest: list[bytes] = []
    while chunk := stream.read1(_AT_ONCE):  # type: ignore[attr-defined]
        if b"\n" not in chunk:
            rest.append(chunk)
            continue
        *lines, last = b"".join((*rest, chunk)).split(b"\n")
        rest = [last]
        yield lines
    if last := b"".join(rest):
        yield [last]


def _read(line: bytes) -> Document | str:
    """The comment of a line, or one sentence on why there is none."""
    from classifiers import Document

    row = _parsed(line)
    if not isinstance(row, dict):
        return 'The line is not a JSON object such as {"text": "…"}.'
    values = {name: row[name] for name in _FIELDS if row.get(name) is not None}
    if "text" not in values:
        return 'The field "text" is missing.'
    for name, value in values.items():
        if not isinstance(value, str):
            return f'The field "{name}" must be a string.'
    return Document(**values)


def _parsed(line: bytes) -> object:
    try:
        return orjson.loads(line)
    except ValueError:
        # Escaped lone surrogates are JSON, though no text: orjson refuses them, the standard library does not.
        try:
            return json.loads(line) if b"\\u" in line else None
        except ValueError:
            return None


def _dumped(value: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return json.dumps(value).encode() + b"\n"

"""The command line: one module a group of commands, each with `register(subparsers)`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from service.errors import SaringError


def parser() -> argparse.ArgumentParser:
    """All commands."""
    from service.cli import administration, doctor, machine, replay, serve

    top = argparse.ArgumentParser("saring", description="Comment moderation that a newsroom runs itself.")
    top.add_argument("--version", action="version", version=f"saring {version('saring')}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for module in (serve, administration, machine, replay, doctor):
        module.register(commands)
    return top


def main(argv: Sequence[str]) -> int:
    """Runs one command; the exit status. What went wrong is one line on standard error."""
    arguments = parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except SaringError as error:
        print(f"saring: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 141
    except KeyboardInterrupt:
        return 130
    return status

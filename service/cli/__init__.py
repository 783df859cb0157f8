"""The command line: one module a group of commands, each with `register(subparsers)`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version

from service.errors import SaringError

# The module of each command. Only the one that is called is imported: the parent of a service needs little, at once.
_MODULES = {
    "serve": "serve",
    "work": "serve",
    "site": "administration",
    "key": "administration",
    "user": "administration",
    "score": "machine",
    "train": "machine",
    "evaluate": "machine",
    "replay": "replay",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "backup",
}


def parser(command: str = "") -> argparse.ArgumentParser:
    """All commands, or those of the module that has `command`."""
    top = argparse.ArgumentParser("saring", description="Comment moderation that a newsroom runs itself.")
    top.add_argument("--version", action="version", version=f"saring {version('saring')}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    names = [_MODULES[command]] if command in _MODULES else dict.fromkeys(_MODULES.values())
    for name in names:
        import_module(f"service.cli.{name}").register(commands)
    return top


def main(argv: Sequence[str]) -> int:
    """Runs one command; the exit status. What went wrong is one line on standard error."""
    arguments = parser(argv[0] if argv else "").parse_args(argv)
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

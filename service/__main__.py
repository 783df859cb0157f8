"""`python -m service`, the same as `saring`."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command line; the exit status."""
    from service.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

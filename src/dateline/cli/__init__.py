"""The command line. One module a verb; nothing heavy is imported before a verb runs."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the `dateline` program."""
    from dateline.cli.app import run

    sys.exit(run(sys.argv[1:]))

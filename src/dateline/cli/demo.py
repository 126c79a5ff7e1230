"""`dateline demo`: build the three example investigations."""

from __future__ import annotations

import typer


def demo() -> None:
    """Build the three example investigations and print what to try. Downloads nothing."""
    raise typer.Exit(2)

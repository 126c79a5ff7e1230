"""`dateline new FOLDER`: an empty case."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new(
    folder: Annotated[Path, typer.Argument(help="Where to make it; must not exist or be empty.")],
    *,
    title: Annotated[str | None, typer.Option(help="The story's working title.")] = None,
    question: Annotated[str | None, typer.Option(help="What you want to find out.")] = None,
    worldview: Annotated[str, typer.Option(help="Whose borders the maps draw: iso, de-facto, ua, us …")] = "iso",
    exercise: Annotated[
        bool, typer.Option("--exercise", help="An invented case: the only kind that takes simulated files.")
    ] = False,
) -> None:
    """Make an empty case: a folder of text files, to be kept in git."""
    from dateline.ledger.skeleton import new_case

    new_case(
        folder,
        title=title or typer.prompt("Title"),
        question=question or typer.prompt("Question"),
        worldview=worldview,
        exercise=exercise,
    )
    print(f"made {folder}: write places/, claims/ and measures/ (docs/case.md shows each), then story.md")

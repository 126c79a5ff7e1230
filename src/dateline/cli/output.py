"""How commands speak: text for people, JSON for programs, progress on stderr where somebody watches."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from dateline.core.identity import canonical

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]

Progress = Callable[[float], None]
"""Told the share that is done, 0 to 1."""


def emit(data: Any) -> None:
    """Prints a value as JSON, floats rounded by the one serialiser."""
    print(json.dumps(canonical(data), ensure_ascii=False, indent=2))


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Progress]:
    """A progress bar on stderr; silent with --json or where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda _share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        task = bar.add_task(label, total=1.0)
        yield lambda share: bar.update(task, completed=share)

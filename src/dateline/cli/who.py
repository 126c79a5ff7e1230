"""Who does something to the evidence of a case: one option, one order of asking, one chain for all commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dateline.evidence.custody import Custody, Mended

By = Annotated[
    str | None,
    typer.Option(
        "--by",
        envvar="DATELINE_BY",
        help="Who does it; goes into the custody log. A pseudonym will do.",
    ),
]


def person(by: str | None) -> str:
    """Who is named; nobody is guessed, since custody names who acted. Raises UsageError (code "no-person")."""
    if by:
        return by
    from dateline.measure.archive import worker

    return worker()


def custody(case: Path, by: str | None) -> Custody:
    """The chain of a person on this machine, as all commands write it. Raises what person() raises."""
    from dateline import __version__
    from dateline.core.clock import SystemClock
    from dateline.evidence.custody import Custody, chain_name, plain_name

    name = person(by)
    return Custody(case, chain_name(plain_name(name)), name, SystemClock(), tool=f"dateline {__version__}")


def tell_mended(mended: Iterable[Mended | None]) -> None:
    """Tells on stderr what had to be mended in the log before it could be written."""
    for one in mended:
        if one is not None:
            typer.echo(f"note: {one} Somebody's last command was killed; the log says so too.", err=True)

"""`dateline measure`: compute the findings of a case; only what changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit, progress

CaseFolder = Annotated[Path, typer.Option("--case", help="The case's folder.", show_default="here")]


def measure(
    names: Annotated[list[str] | None, typer.Argument(help="Ids of measures; all without.")] = None,
    *,
    case: CaseFolder = Path(),
    force: Annotated[bool, typer.Option("--force", help="Compute again even where nothing changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute the findings of a case; only what is new or changed."""
    from dateline.ledger.case import Case
    from dateline.measure.case_run import Measured, measure_case

    loaded = Case.load(case)
    done: list[Measured] = []
    with progress(f"measuring {loaded.head.id}", quiet=as_json) as tell:
        for measured in measure_case(loaded, names or (), force=force, tell=lambda _name: tell):
            done.append(measured)
            if not as_json:
                print(line(measured))
    if as_json:
        emit([row(measured) for measured in done])
    if any(measured.error for measured in done):
        raise typer.Exit(1)


def line(measured: object) -> str:
    """One measure in one line, or its error in three parts."""
    from dateline.measure.case_run import Measured

    assert isinstance(measured, Measured)
    if measured.error is not None:
        return f"{measured.status:<10} {measured.id}: {measured.error}"
    assert measured.finding is not None
    return f"{measured.status:<10} {measured.id}: {measured.finding.result}. {measured.finding.statement.en}"


def row(measured: object) -> dict[str, object]:
    """The same for a program."""
    from dateline.measure.case_run import Measured

    assert isinstance(measured, Measured)
    return {
        "id": measured.id,
        "status": measured.status,
        "finding": measured.finding.to_json() if measured.finding else None,
        "error": measured.error.to_json() if measured.error else None,
    }

"""`dateline measure`: compute the findings of a case; only what changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.output import AsJson, emit, progress
from dateline.cli.who import By, custody, tell_mended

if TYPE_CHECKING:
    from dateline.ledger.case import Case
    from dateline.measure.looks import Looks

CaseFolder = Annotated[Path, typer.Option("--case", help="The case's folder.", show_default="here")]


def measure(
    names: Annotated[list[str] | None, typer.Argument(help="Ids of measures; all without.")] = None,
    *,
    by: By = None,
    case: CaseFolder = Path(),
    force: Annotated[bool, typer.Option("--force", help="Compute again even where nothing changed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute the findings of a case; only what is new or changed. Custody gets the first look at each input."""
    from dateline.ledger.case import Case
    from dateline.measure.case_run import Measured, measure_case

    loaded = Case.load(case)
    looks = _looks(loaded, by)
    done: list[Measured] = []
    with progress(f"measuring {loaded.head.id}", quiet=as_json) as tell:
        for measured in measure_case(loaded, names or (), force=force, tell=lambda _name: tell, looks=looks):
            done.append(measured)
            if not as_json:
                print(line(measured))
    if as_json:
        emit([row(measured) for measured in done])
    tell_mended(looks.mended if looks else ())
    _tell_unlogged(list(dict.fromkeys(name for measured in done for name in measured.unlogged)), named=bool(by))
    if any(measured.error for measured in done):
        raise typer.Exit(1)


def _looks(case: Case, by: str | None) -> Looks | None:
    """Who writes down first looks, in a case that keeps custody. Where nobody is named nobody is guessed."""
    from dateline.evidence.chain import chains
    from dateline.measure.looks import Looks

    if not chains(case.root):
        return None
    return Looks(case, custody(case.root, by) if by else None)


def _tell_unlogged(names: list[str], *, named: bool) -> None:
    if not names:
        return
    told = ", ".join(names[:4]) + (f" and {len(names) - 4:,} more" if len(names) > 4 else "")
    why = "a finding rested on it before" if named else "nobody is named: give --by NAME, or set DATELINE_BY"
    typer.echo(f"note: custody does not tell when somebody first looked at {told} ({why}).", err=True)


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

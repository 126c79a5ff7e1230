"""`dateline expunge ITEM`: what the law says must go, goes; a tombstone and the log stay."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, custody

if TYPE_CHECKING:
    from dateline.evidence.expunge import Expunged

ItemId = Annotated[str, typer.Argument(help="The item's id.", metavar="ITEM")]


def expunge(
    item: ItemId,
    *,
    why: Annotated[
        str, typer.Option(help="The legal ground; it stays in the log for good: name nothing that must go.")
    ],
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the id again.")] = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Remove an item's bytes for good because the law says so; a tombstone stays. There is no way back."""
    from dateline.evidence.amend import read_item
    from dateline.evidence.expunge import expunge as remove
    from dateline.evidence.store import default_store

    read_item(case, item)
    log = custody(case, by)
    if not yes and typer.prompt(f"Type {item} to remove its bytes for good", err=True) != item:
        typer.echo("That is not the id: nothing was removed.", err=True)
        raise typer.Exit(1)
    done = remove(log, item, why=why, store=default_store())
    emit(asdict(done)) if as_json else _tell(done)


def _tell(done: Expunged) -> None:
    files = "1 file" if done.files == 1 else f"{done.files} files"
    print(f"{done.item}: {files} ({done.bytes:,} bytes) removed from this machine's store; its record is a tombstone.")
    if done.kept:
        print(f"\nStill in the store, because these need the same bytes: {', '.join(done.kept)}. Expunge them too.")
    if done.derived:
        print(f"\nMade from it, and may show the same: {', '.join(done.derived)}. Look at each.")
    print("\nNo program here can reach, so see to it yourself:")
    for place in done.beyond:
        print(f"  {place}")
    print("\nFindings that rest on it cannot be computed again; `dateline audit` names them.")

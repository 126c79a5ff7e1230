"""`dateline hide ITEM` and `dateline correct ITEM`: changes to what a case says, with their reasons in the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.expunge import ItemId
from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, custody, tell_mended

if TYPE_CHECKING:
    from dateline.evidence.custody import Appended

Why = Annotated[str, typer.Option(help="The reason, in a sentence; it goes into the log.")]


def hide(
    item: ItemId,
    *,
    why: Why,
    by: By = None,
    undo: Annotated[bool, typer.Option("--undo", help="Show it again.")] = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Leave an item out of pages and packages to come. Nothing is deleted, and it can be undone."""
    from dateline.evidence import amend

    change = amend.show if undo else amend.hide
    _tell(change(custody(case, by), item, why=why), as_json=as_json)


def correct(item: ItemId, *, why: Why, by: By = None, case: CaseFolder = Path(), as_json: AsJson = False) -> None:
    """Enter a change that you made in evidence/items/ITEM.toml in the custody log, with its reason."""
    from dateline.evidence import amend

    _tell(amend.correct(custody(case, by), item, why=why), as_json=as_json)


def _tell(appended: Appended, *, as_json: bool) -> None:
    entry = appended.entry
    tell_mended([appended.mended])
    if as_json:
        emit({"event": entry.event, "item": entry.subject, "chain": entry.chain, "line": entry.seq + 1})
    else:
        print(f"{entry.subject}: {entry.event}, entered in evidence/custody/{entry.chain}.jsonl:{entry.seq + 1}")

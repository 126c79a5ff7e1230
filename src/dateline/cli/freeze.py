"""`dateline freeze`: fix the events before a series is opened, so that nobody can pick the dates afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.who import By, custody, tell_mended

if TYPE_CHECKING:
    from datetime import datetime

    from dateline.measure.frozen import FrozenList, Standing

Again = Annotated[
    str | None, typer.Option("--again", metavar="REASON", help="Freeze what changed since once more, and say why.")
]
Listing = Annotated[bool, typer.Option("--list", help="Only show what is frozen; write nothing.")]


def freeze(
    names: Annotated[list[str] | None, typer.Argument(metavar="[EVENT]...", help="Ids of events; all without.")] = None,
    *,
    by: By = None,
    again: Again = None,
    listing: Listing = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Fix events in the custody log before you look at a series; an event study prints the order of the two."""
    from dateline.ledger.case import Case
    from dateline.measure.frozen import freeze as enter
    from dateline.measure.frozen import standing

    loaded = Case.load(case)
    if listing:
        found = standing(loaded, names or ())
        emit(_json(found, found)) if as_json else _print(found, found)
        return
    before, after, mended = enter(loaded, custody(loaded.root, by), names or (), again=again)
    tell_mended(mended)
    emit(_json(before, after)) if as_json else _print(before, after)


def _print(before: FrozenList, after: FrozenList) -> None:
    for was, now in zip(before.events, after.events, strict=True):
        print(f"{now.id}: {_told(was, now)}")
    since = f"frozen on {_day(after.at)}" if after.at else "not frozen as a whole"
    print(f"list of {len(after.events)}: {since}, SHA-256 {after.sha256}")


def _told(was: Standing, now: Standing) -> str:
    if now.state == "not frozen":
        return "not frozen"
    assert now.at is not None
    when = f"{_day(now.at)} by {now.by}"
    if now.state == "changed":
        return f"CHANGED since it was frozen on {when}: {', '.join(now.changed) or 'the log does not tell what'}"
    if was.state == "frozen":
        return f"frozen on {when}, unchanged"
    return f"frozen now{' again' if was.state == 'changed' else ''}, {when}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _json(before: FrozenList, after: FrozenList) -> dict[str, Any]:
    pairs = zip(before.events, after.events, strict=True)
    return {
        "events": [
            {"id": now.id, "state": now.state, "at": now.at, "by": now.by, "changed": now.changed, "was": was.state}
            for was, now in pairs
        ],
        "list": {"sha256": after.sha256, "frozen": after.at},
    }

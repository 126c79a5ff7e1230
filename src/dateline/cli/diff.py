"""`dateline diff`: what is not as it was when a version went out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit

if TYPE_CHECKING:
    from dateline.story.difference import Change
    from dateline.story.published import Manifest


def diff(
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", min=1, help="The published version; the last one without.")
    ] = None,
    *,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """What changed since a version was published, printed words first. Exit 1 when the page would say otherwise."""
    from dateline.ledger.case import Case
    from dateline.measure.case_run import freshness
    from dateline.measure.looks import log_of
    from dateline.measure.since import new_inputs
    from dateline.story.check import read_story, reading_of
    from dateline.story.difference import custody_of, differences
    from dateline.story.published import read_manifest

    loaded = Case.load(case)
    then = read_manifest(loaded, number)
    fresh = freshness(loaded)
    newer = new_inputs(loaded, [name for name, is_fresh in fresh.items() if is_fresh is False])
    reading = reading_of(loaded, read_story(loaded))
    log = tuple(log_of(loaded))
    changes = (
        *differences(then, reading, freshness=fresh, newer=newer, log=log),
        *custody_of(then, reading, log),
    )
    emit(_json(then, changes)) if as_json else print(_text(then, changes))
    raise typer.Exit(1 if any(change.printed for change in changes) else 0)


def _json(then: Manifest, changes: tuple[Change, ...]) -> dict[str, object]:
    return {
        "version": then.number,
        "date": then.date,
        "printed": any(change.printed for change in changes),
        "changes": [change.to_json() for change in changes],
    }


def _text(then: Manifest, changes: tuple[Change, ...]) -> str:
    printed = sum(change.printed for change in changes)
    told = f"{printed} of them change what is printed" if changes else "the page would say the same"
    head = f"version {then.number} of {then.date}, published by {then.by}"
    count = f"{len(changes)} change{'s' * (len(changes) != 1)} since" if changes else "nothing changed since"
    return "\n".join([f"{head}: {count}; {told}", *map(str, changes)])

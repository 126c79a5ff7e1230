"""`dateline archive FILE`: bytes that never change, with their custody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit


def archive(
    source: Annotated[Path, typer.Argument(help="A file or a folder (SAFE).")],
    *,
    item: Annotated[str, typer.Option("--id", help="The item's id in this case.")],
    by: Annotated[str, typer.Option(help="Who collected it; a pseudonym will do.")],
    licence: Annotated[str, typer.Option(help="Its licence, by name.")],
    url: Annotated[str | None, typer.Option(help="Where it came from.")] = None,
    how: Annotated[str | None, typer.Option(help="Or in words: who gave it, through which channel.")] = None,
    attribution: Annotated[str | None, typer.Option(help="The credit to print.")] = None,
    publish: Annotated[str, typer.Option(help="May it be published? yes, no, unknown.")] = "unknown",
    simulated: Annotated[
        bool, typer.Option("--simulated", help="It was made by a program; exercise cases only.")
    ] = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Keep a file as evidence: its bytes in the store, its record and its custody in the case."""
    from dateline.measure.archive import archive_file

    made = archive_file(
        case,
        source,
        item=item,
        by=by,
        licence=licence,
        url=url,
        how=how,
        attribution=attribution,
        publish=publish,
        simulated=simulated,
    )
    emit(made.to_json()) if as_json else print(
        f"{made.id}: {made.bytes} bytes, {made.media_type}, SHA-256 {made.content}"
    )

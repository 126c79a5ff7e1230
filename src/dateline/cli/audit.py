"""`dateline audit`: are the evidence, the records and the numbers still what was written down?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit, progress

if TYPE_CHECKING:
    from dateline.evidence.audit import Row
    from dateline.measure.proven import Tally

MANY = 20
"""How many files that are not here are listed one by one."""


def audit(
    *,
    case: CaseFolder = Path(),
    quick: Annotated[bool, typer.Option("--quick", help="Do not read the bytes again: only look for them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check custody, seals, item records, the bytes that are here, and findings; offline. Exit 1 on a difference."""
    from dateline.measure.proven import Tally

    tally = Tally(quick=quick)
    told = []
    for row in _rows(case, quick=quick, quiet=as_json):
        tally.add(row)
        if row.state != "same" and row.kind != "seals":
            told.append(row)
    if as_json:
        words = {"proven": list(tally.proven()), "not_proven": list(tally.unproven())}
        rows = [row.to_json() for row in told]
        emit({"good": tally.is_good, "counts": tally.to_json(), **words, "rows": rows})
    else:
        _print(told, tally)
    if not tally.is_good:
        raise typer.Exit(1)


def _rows(case: Path, *, quick: bool, quiet: bool) -> Iterator[Row]:
    from dateline.core.clock import SystemClock
    from dateline.evidence.cases import remember
    from dateline.measure.audit import audit_case, bytes_to_read, find_bytes

    with suppress(OSError):  # who expunges asks which cases need the same bytes; an audit works without the note
        remember(case)
    find = find_bytes()
    done, whole = 0, 1 if quick or quiet else bytes_to_read(case, find)
    with progress("reading evidence again", quiet=quick or quiet) as tell:

        def count(size: int) -> None:
            nonlocal done
            done += size
            tell(min(1.0, done / max(whole, 1)))

        yield from audit_case(case, now=SystemClock().now(), find=find, quick=quick, on_progress=count)


def _print(rows: list[Row], tally: Tally) -> None:
    away = [row for row in rows if row.state == "not here"]
    for row in [row for row in rows if row.state != "not here"] + away[:MANY]:
        print(row)
    if len(away) > MANY:
        print(f"not here   {len(away) - MANY:,} more: --json lists all")
    for title, sentences in (("Proven", tally.proven()), ("Not proven", tally.unproven())):
        print(f"\n{title}:")
        for sentence in sentences:
            print(f"  {sentence}")

"""`dateline audit`: are the bytes, the records and the numbers still the same?"""

from __future__ import annotations

from pathlib import Path

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit


def audit(*, case: CaseFolder = Path(), as_json: AsJson = False) -> None:
    """Check records, custody, the bytes of items that are here, and findings. Exit 1 on a difference."""
    from dateline.ledger.case import Case
    from dateline.measure.audit import audit_case

    rows = audit_case(Case.load(case))
    if as_json:
        emit([{"what": row.what, "state": row.state, "detail": row.detail} for row in rows])
    else:
        for row in rows:
            print(f"{row.state:<9} {row.what}{': ' + row.detail if row.detail else ''}")
        print(
            "\nThis says whether bytes and records are unchanged since they were recorded; not whether they are true."
        )
    if any(row.state in {"different", "stale"} for row in rows):
        raise typer.Exit(1)

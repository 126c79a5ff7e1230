"""`dateline export xlsx`: the same sheets in one workbook, to edit and `add --from` again.

Every cell is text, so that no spreadsheet makes a day of 2024-02.
"""

from __future__ import annotations

import csv
import io

from dateline.ledger.case import Case
from dateline.ledger.claims_csv import write_claims
from dateline.ledger.exports.bundle import Bundle
from dateline.ledger.exports.sheets_csv import sheets
from dateline.ledger.sheets.table import book_bytes


def bundle(case: Case) -> Bundle:
    """One workbook, a sheet for each kind of record that the case has, named as its folder."""
    claims = write_claims(case.claims.values(), case.sources.values())
    header, *rows = csv.reader(io.StringIO(claims.text, newline=""))
    pages = [("claims", header, rows)] if case.claims else []
    lost = [*claims.lost]
    for folder, columns, cells, gone in sheets(case):
        pages.append((folder, columns, cells))
        lost += gone
    return Bundle(files={f"{case.head.id}.xlsx": book_bytes(pages)}, lost=lost)

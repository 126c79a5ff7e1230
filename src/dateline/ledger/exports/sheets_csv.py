"""`dateline export csv`: claims, sources, places, events, media and replies as CSV, to edit and `add --from` again.

UTF-8, commas. Sensitive places are there without what would tell where they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from dateline.ledger.case import Case
from dateline.ledger.claims_columns import Lost
from dateline.ledger.claims_csv import write_claims
from dateline.ledger.compose.form import FORMS
from dateline.ledger.exports.bundle import Bundle
from dateline.ledger.sheets.rows import sheet_of
from dateline.ledger.sheets.table import csv_text


def bundle(case: Case) -> Bundle:
    """One CSV file a kind."""
    lost: list[Lost] = []
    files = {}
    if case.claims:
        claims = write_claims(case.claims.values(), case.sources.values())
        files["claims.csv"] = claims.text.encode()
        lost += claims.lost
    for folder, header, rows, gone in sheets(case):
        files[f"{folder}.csv"] = csv_text(header, rows).encode()
        lost += gone
    return Bundle(files=files, lost=lost)


def sheets(case: Case) -> Iterator[tuple[str, list[str], list[list[str]], list[Lost]]]:
    """Folder, header, rows and losses of every kind but claims, where the case has records of it."""
    for form in FORMS.values():
        records = case.of(form.model)
        if form.kind != "claim" and records:
            yield form.model.folder, *sheet_of(form.kind, records.values())

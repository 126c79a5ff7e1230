"""The sheet of claims: rows of the published column set; a row with the id of a claim changes that claim."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from dateline.core.errors import RecordFault
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim
from dateline.ledger.claims_csv import FromCsv, read_claims, write_claims
from dateline.ledger.reading import validated
from dateline.ledger.sheets.changes import Changes, Placed, in_order
from dateline.ledger.sheets.table import Table, csv_text
from dateline.ledger.source import Source
from dateline.ledger.write import plain

ID = "claim_id"


def read_claim_rows(table: Table, case: Case, *, units: Collection[str] = ()) -> Changes:
    """What a table of claims makes of the case: new claims with their new speakers, and changed claims.

    Of a claim that the case has only those fields change that its row tells otherwise than the claim's own row would:
    what a row cannot carry stays. `units`: words of the case's own. Pure; every fault at once, with its line.
    """
    if table.faults:
        return Changes(faults=table.faults)
    at = table.header.index(ID) if ID in table.header else -1
    lines = {row.cells[at]: row.line for row in table.rows} if at >= 0 else {}
    text, of_text = _as_csv(table)
    own = {*units, *(claim.quantity.unit for claim in case.claims.values() if claim.quantity)}
    known = case.claims.keys() - lines.keys()
    read = read_claims(text.encode(), file=table.file, units=own, known_ids=known, sources=case.sources.values())
    if read.faults:
        return Changes(faults=tuple(_told(fault, of_text) for fault in read.faults))
    now = _as_table([case.claims[name] for name in sorted(case.claims.keys() & lines.keys())], case, own)
    return _changes(read, lines, case, now)


def _told(fault: RecordFault, lines: Mapping[int, int]) -> RecordFault:
    """The fault on its row's line in the sheet, and how to say that a word counts things."""
    valid = f"{fault.valid}: add --unit WORD" if fault.key == "unit" else fault.valid
    return replace(fault, line=lines.get(fault.line or 0, fault.line), valid=valid)


def _as_csv(table: Table) -> tuple[str, dict[int, int]]:
    """The table as CSV, and the line of each of its rows by the line in the CSV."""
    lines, at = {1: 1}, 2
    for row in table.rows:
        lines[at] = row.line
        at += 1 + sum(cell.count("\n") for cell in row.cells)
    return csv_text(table.header, (row.cells for row in table.rows)), lines


def _as_table(claims: Sequence[Claim], case: Case, units: Collection[str]) -> Mapping[str, Claim]:
    """The claims as their rows tell them."""
    if not claims:
        return {}
    text = write_claims(claims, case.sources.values()).text
    outside = case.claims.keys() - {claim.id for claim in claims}
    read = read_claims(text.encode(), file="the case", units=units, known_ids=outside, sources=case.sources.values())
    return {claim.id: claim for claim in read.claims}


def _changes(read: FromCsv, lines: Mapping[str, int], case: Case, now: Mapping[str, Claim]) -> Changes:
    new = [Placed(source, read.file, _first(source, read, lines)) for source in read.sources]
    changed, faults, unchanged = [], [], 0
    for claim in read.claims:
        line = lines.get(claim.id)
        current = case.claims.get(claim.id)
        if current is None:
            new.append(Placed(claim, read.file, line))
        elif claim.id not in now:
            valid = "a change in its own file: a row cannot carry this claim"
            faults.append(RecordFault(read.file, line, ID, repr(claim.id), valid))
        else:
            merged, wrong = _merged(current, now[claim.id], claim, Placed(claim, read.file, line))
            faults += wrong
            unchanged += merged == current
            changed += [Placed(merged, read.file, line)] if merged is not None and merged != current else []
    return Changes(in_order(new), tuple(changed), unchanged, tuple(faults), read.lost)


def _first(source: Source, read: FromCsv, lines: Mapping[str, int]) -> int | None:
    return next((lines.get(claim.id) for claim in read.claims if claim.speaker == source.id), None)


def _merged(current: Claim, now: Claim, told: Claim, at: Placed) -> tuple[Claim | None, tuple[RecordFault, ...]]:
    """The claim with those fields that the sheet tells otherwise than the claim's own row."""
    data, before, after = plain(current), plain(now), plain(told)
    for key in {*before, *after}:
        if before.get(key) == after.get(key):
            continue
        if key in after:
            data[key] = after[key]
        else:
            data.pop(key, None)
    return validated(data, Claim, file=at.file, line=at.line or 1)

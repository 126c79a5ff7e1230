"""Tables of blind tests: who recovered how many of the copies that were planted on which image."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dateline.core.errors import RecordFault
from dateline.evidence.item import is_named_simulated
from dateline.ledger.blind_test import BlindTest
from dateline.ledger.csv_lines import CLOSED, Torn, decoded, numbered
from dateline.measure.gather.marks_rows import Cells

COLUMNS: Mapping[str, str] = {
    "image": "the image on which copies were planted",
    "by": "who looked, without knowing where there were any; `who` is the same",
    "planted": "how many copies were shown",
    "recovered": "how many of them were found",
    "empty": "how many places without a copy were shown",
    "false": "how many of those were called present",
    "sensor": "what took the image: the test then counts for others of its sensor and distance",
    "gsd": "ground sample distance [m]",
}
"""Columns of a table of blind tests; image, by, planted and recovered are required."""
REQUIRED = ("image", "by", "planted", "recovered")


def read_blind_tests(path: Path, columns: Mapping[str, str]) -> tuple[list[BlindTest], list[RecordFault]]:
    """The rows of a table and every fault with its line. columns: ours -> the file's."""
    ours = {theirs: name for name, theirs in columns.items()} | {"who": "by"}
    made: list[BlindTest] = []
    faults: list[RecordFault] = []
    header: list[str] | None = None
    try:
        for line, cells in numbered(decoded(path.read_bytes())):
            if header is None:
                header = [ours.get(cell.strip().lower(), cell.strip().lower()) for cell in cells]
                missing = [name for name in REQUIRED if name not in header]
                if missing:
                    found = f"no column {', '.join(missing)} among {', '.join(header)}"
                    return [], [RecordFault(path.name, line, "the header", found, ", ".join(REQUIRED))]
                continue
            given = Cells(path.name, line, dict(zip(header, cells, strict=False)))
            test = _test(given, simulated=is_named_simulated(path.name))
            faults += given.faults
            made += [] if test is None else [test]
    except Torn as torn:
        faults.append(RecordFault(path.name, torn.line, "the row", torn.found, CLOSED))
    if not made and not faults:
        faults.append(RecordFault(path.name, 1, "the file", "no row", ", ".join(REQUIRED)))
    return made, faults


def _test(cells: Cells, *, simulated: bool) -> BlindTest | None:
    counts = {name: cells.number(name, 0) for name in ("planted", "recovered", "empty", "false")}
    for name in REQUIRED:
        if not cells.text(name) and not cells.faults:
            cells.fault(name, COLUMNS[name])
    for name, value in counts.items():
        if value is not None and value != int(value):
            cells.fault(name, "a whole number")
    gsd = cells.number("gsd", 0.001)
    if cells.faults:
        return None
    whole = {name: int(value or 0) for name, value in counts.items()}
    try:
        return BlindTest(
            image=cells.text("image"), by=cells.text("by"), sensor=cells.text("sensor") or None, gsd=gsd,
            simulated=simulated, **whole,
        )  # fmt: skip
    except ValueError as error:
        cells.fault("recovered", "no more than were planted; false, no more than were empty", str(error))
        return None

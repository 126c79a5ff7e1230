"""A port's image log as a spreadsheet, both ways: one row an image (of a berth, or of the whole port)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import PurePath
from typing import Literal

from dateline.core.errors import RecordError, RecordFault
from dateline.ledger.csv_lines import CLOSED, Torn, decoded, numbered
from dateline.ledger.faults import offer
from dateline.ledger.port_log import PortLook, Seen

COLUMNS: Mapping[str, str] = {
    "place": "id of the port; may be left out where the log is of one port",
    "berth": "id of the berth; empty: the whole port",
    "at": "when the image was taken: 2023-10-20T11:01+09:00, …Z, or the plain day 2023-10-20",
    "image": "what the image is called; without it each row is an image of its own",
    "sensor": "what took it",
    "covers": "share of the place within the image, 0 to 1",
    "usable": "share of that in sight, 0 to 1",
    "resolution": "of the sensor on the ground [m]",
    "seen": "ships, empty or not observed",
    "ships": "how many, where they were counted; a negative count marks a look that was of no use",
    "why": "what kept the place from being seen",
    "by": "who or what decided; the file where it is empty",
    "how": "person, method or table",
    "blind": "yes: decided without having seen anybody else's",
    "simulated": "yes: made by a computer",
    "ref": "id of the observation, finding or item behind it",
}
"""Every column and what stands in it. Required: `at`, and `seen` or `ships`."""

WORDS: Mapping[str, Seen] = {
    "ships": "ships", "ship": "ships", "present": "ships", "occupied": "ships", "yes": "ships",
    "empty": "empty", "absent": "empty", "none": "empty", "no ship": "empty", "no ships": "empty", "no": "empty",
    "not observed": "not observed", "not seen": "not observed", "no image": "not observed", "cloud": "not observed",
    "cloudy": "not observed", "obscured": "not observed", "not discernible": "not observed",
    "unusable": "not observed",
}  # fmt: skip
"""What may stand under `seen`, with spaces, hyphens or underscores, in any case."""

_HOW: Mapping[str, Literal["person", "method", "table"]] = {"person": "person", "method": "method", "table": "table"}
_FLAGS = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}
_FORMULA = re.compile(r"^'*[=+\-@]")
_VALID = "CSV in UTF-8 (in the spreadsheet: save as, CSV UTF-8)"


@dataclass(slots=True)
class _Row:
    file: str
    line: int
    cells: Mapping[str, str]
    faults: list[RecordFault] = field(default_factory=list)

    def fault(self, column: str, valid: str, found: str | None = None) -> None:
        """One more thing that is wrong with this line."""
        self.faults.append(RecordFault(self.file, self.line, column, found or repr(self[column]), valid))

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read_port_log(data: bytes, *, file: str, place: str, names: Mapping[str, str] | None = None) -> list[PortLook]:
    """The looks of a table (UTF-8; commas, semicolons or tabs), in its order.

    names: our column -> the table's, where it calls them otherwise; columns of neither name are then left aside.
    `place` is that of rows without one. Raises RecordError (code `record`) with every fault, its file and line.
    """
    text, faults = _text(data, file)
    rows, more = ([], []) if text is None else _rows(text, file, names or {})
    looks = [(row, _look(row, place)) for row in rows]
    faults += more + [fault for row in rows for fault in row.faults]
    if faults:
        raise RecordError(sorted(faults, key=lambda fault: fault.line or 0), case=file)
    return [look for _, look in looks if look is not None]


def write_port_log(looks: Iterable[PortLook]) -> str:
    """The looks as a table that read_port_log gives back; what a spreadsheet would run begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_guarded(_cell(getattr(look, name))) for name in COLUMNS] for look in looks)
    return text.getvalue()


def _cell(value: object) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case date():
            return value.isoformat()
        case float():
            return repr(value)
    return str(value)


def _guarded(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _plain(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def _text(data: bytes, file: str) -> tuple[str | None, list[RecordFault]]:
    try:
        return decoded(data), []
    except Torn as torn:
        return None, [RecordFault(file, torn.line, "the file", torn.found, _VALID)]


def _rows(text: str, file: str, names: Mapping[str, str]) -> tuple[list[_Row], list[RecordFault]]:
    rows: list[_Row] = []
    header: list[str] | None = None
    try:
        for line, cells in numbered(text):
            if header is None:
                header, faults = _header([_plain(cell) for cell in cells], file, names)
                if faults:
                    return [], faults
                continue
            rows.append(_Row(file, line, dict(zip(header, map(_plain, cells), strict=False))))
            if len(cells) != len(header):
                rows[-1].fault("the row", f"{len(header)} cells, as in the first line", f"{len(cells)} cells")
    except Torn as torn:
        return rows, [RecordFault(file, torn.line, "the row", torn.found, CLOSED)]
    if header is None:
        return [], [RecordFault(file, 1, "the file", "no header", "a first line that names the columns")]
    return rows, []


def _header(found: list[str], file: str, names: Mapping[str, str]) -> tuple[list[str], list[RecordFault]]:
    """The columns by our names; those that nobody asked for get an empty one. Faults: all that is wrong with them."""
    ours = {theirs: name for name, theirs in names.items()}
    header = [ours.get(name, "" if names else name) for name in found]
    wrong = [(name, offer(name, COLUMNS)) for name in names if name not in COLUMNS]
    wrong += [(theirs, offer(theirs, found)) for theirs in names.values() if theirs not in found]
    wrong += [(name, offer(name, COLUMNS)) for name in header if name and name not in COLUMNS]
    wrong += [
        (name, "each column once") for name in sorted({name for name in header if name and header.count(name) > 1})
    ]
    faults = [RecordFault(file, 1, "the header", f"the column {name!r}", valid) for name, valid in wrong]
    if not faults and ("at" not in header or not {"seen", "ships"} & set(header)):
        faults = [RecordFault(file, 1, "the header", ", ".join(found), "the columns at, and seen or ships")]
    return header, faults


def _look(row: _Row, place: str) -> PortLook | None:
    at = _moment(row)
    seen, ships, why = _seen(row)
    blind, simulated = _flag(row, "blind"), _flag(row, "simulated")
    resolution = _number(row, "resolution", 1e6)
    covers, usable = _number(row, "covers", 1.0), _number(row, "usable", 1.0)
    how = _HOW.get(row["how"].lower() or "table")
    if how is None:
        row.fault("how", ", ".join(_HOW))
    if at is None or seen is None or how is None or row.faults:
        return None
    return PortLook(
        place=row["place"] or place,
        berth=row["berth"] or None,
        at=at,
        image=row["image"] or f"{PurePath(row.file).name}:{row.line}",
        sensor=row["sensor"] or None,
        covers=covers,
        usable=usable,
        resolution=resolution,
        seen=seen,
        why=why,
        ships=ships,
        by=row["by"] or PurePath(row.file).name,
        how=how,
        blind=blind,
        simulated=simulated,
        ref=row["ref"] or None,
    )


def _moment(row: _Row) -> date | datetime | None:
    text = row["at"]
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
        found.astimezone().utctimetuple()
    except (ValueError, OverflowError):
        row.fault("at", "a plain day, 2023-10-20, or a time with its zone, 2023-10-20T11:01+09:00")
        return None
    if found.tzinfo is None:
        row.fault("at", "the zone as well: …Z for UTC, …+09:00; or the plain day", f"{text!r}, a time without a zone")
        return None
    return found


def _seen(row: _Row) -> tuple[Seen | None, int | None, str | None]:
    """What was seen, how many, and why nothing. A count and a word must agree."""
    count = _count(row)
    word = re.sub(r"[\s_-]+", " ", row["seen"]).strip().lower()
    if word and word not in WORDS:
        row.fault("seen", offer(row["seen"], ("ships", "empty", "not observed")))
        return None, None, None
    if not word and count is None:
        if not row["ships"]:
            row.fault("seen", "ships, empty or not observed; or a count under ships", "nothing, and no count")
        return None, None, None
    if count is not None and count < 0:
        if word and WORDS[word] != "not observed":
            row.fault("ships", "a count that goes with the word", f"{count} ships and {row['seen']!r}")
        return "not observed", None, row["why"] or "marked as a look that was of no use"
    counted: Seen = "ships" if count else "empty"
    seen = WORDS[word] if word else counted
    if seen == "not observed":
        return seen, None, row["why"] or (word if word not in {"not observed", "not seen"} else "no reason was given")
    if count is not None and counted != seen:
        row.fault("ships", "a count that goes with the word", f"{count} ships and {row['seen']!r}")
    return seen, count, row["why"] or None


def _count(row: _Row) -> int | None:
    text = row["ships"]
    if not text:
        return None
    if re.fullmatch(r"-\d{1,6}(\.\d*)?", text):
        return -1  # a mark, whatever its size
    if not re.fullmatch(r"\d{1,6}(\.0*)?", text):
        row.fault("ships", "a whole number; negative for a look of no use")
        return None
    return int(float(text))


def _number(row: _Row, column: str, most: float) -> float | None:
    text = row[column]
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d{1,17})?(e-\d{1,2})?", text) and float(text) <= most:
        return float(text)
    row.fault(column, f"a number from 0 to {most:g}")
    return None


def _flag(row: _Row, column: str) -> bool:
    text = row[column].lower()
    if text not in _FLAGS:
        row.fault(column, "yes, or nothing")
    return _FLAGS.get(text, False)

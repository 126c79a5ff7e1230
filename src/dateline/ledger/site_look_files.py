"""Files of looks at a site: CSV, GeoJSON and JSON lines, one row an image and an answer; every fault at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import PurePath
from typing import Any, NamedTuple

from dateline.core.errors import DatelineError, RecordError, RecordFault
from dateline.core.when import Moment, When
from dateline.ledger.csv_lines import CLOSED, Torn, decoded, numbered
from dateline.ledger.faults import offer
from dateline.ledger.site_look import Answer, SiteLook

COLUMNS: Mapping[str, str] = {
    "image": "what the image is called: one name, one image",
    "start": "when it was taken: 2024-10-04T10:04Z, the plain day 2024-10-04, the month 2024-10; of a mosaic its begin",
    "end": "when the last of it was taken; as start where it is empty",
    "sensor": "what took it",
    "gsd": "ground sample distance [m]",
    "answer": "present, absent, not discernible or obscured",
    "detection": "chance that the thing is seen on it when it is there, 0 to 1, from a test",
    "false_alarm": "chance that it is seen when it is not there, 0 to 1, from a test",
    "by": "who or what said so; the file where it is empty",
    "independent": "yes: said without having seen anybody else's answer",
    "date_hidden": "yes: the date of the image was not shown",
    "reason": "why nothing could be said",
    "sha256": "of the image's bytes",
    "simulated": "yes: made by a computer",
    "ref": "id of the observation or finding behind it",
}
"""Every column, key of a line, or property of a feature, and what stands in it. Required: image, start, answer."""

WORDS: Mapping[str, Answer] = {
    "present": "present", "yes": "present", "seen": "present", "visible": "present",
    "absent": "absent", "no": "absent", "not there": "absent",
    "not discernible": "not discernible", "cannot tell": "not discernible", "unclear": "not discernible",
    "unknown": "not discernible", "?": "not discernible",
    "obscured": "obscured", "cloud": "obscured", "cloudy": "obscured", "clouds": "obscured", "empty": "obscured",
    "no data": "obscured", "unusable": "obscured", "snow": "obscured", "shadow": "obscured",
}  # fmt: skip
"""What may stand under `answer`, with spaces, hyphens or underscores, in any case."""

REQUIRED = ("image", "start", "answer")
_FLAGS = {"": False, "no": False, "false": False, "0": False, "yes": True, "true": True, "1": True}
_TIME = "a time with its zone (2024-10-04T10:04Z), a day (2024-10-04), a month (2024-10)"
_SAME: Mapping[str, str] = {"cloud": "cloud", "clouds": "cloud", "cloudy": "cloud", "snow": "snow", "shadow": "shadow"}
"""Answers that say the reason themselves."""


class Read(NamedTuple):
    """One look of a file, with the hash of its image's bytes where the row gives one, and its line."""

    look: SiteLook
    sha256: str | None
    line: int | None


@dataclass(slots=True)
class _Row:
    file: str
    line: int | None
    cells: Mapping[str, Any]
    faults: list[RecordFault] = field(default_factory=list)

    def __getitem__(self, column: str) -> str:
        value = self.cells.get(column)
        return "" if value is None else str(value).strip()

    def fault(self, column: str, valid: str, found: str | None = None) -> None:
        self.faults.append(RecordFault(self.file, self.line, column, found or repr(self[column]), valid))


def read_site_looks(data: bytes, *, file: str, names: Mapping[str, str] | None = None) -> list[Read]:
    """The looks of a file, in its order: .geojson and .json as GeoJSON, .jsonl and .ndjson as lines, else a table.

    names: our column -> the file's, where it calls them otherwise; what has neither name is then left aside.
    Raises RecordError (code `record`) with every fault, its file and line.
    """
    text, faults = _text(data, file)
    rows: list[_Row] = []
    if text is not None:
        rows, more = _rows(text, file, names or {})
        faults += more
    reads = [(row, _look(row)) for row in rows]
    faults += [fault for row in rows for fault in row.faults] + list(_two_times(reads))
    if not rows and not faults:
        faults = [RecordFault(file, 1, "the file", "no look", "at least one row")]
    if faults:
        raise RecordError(sorted(faults, key=lambda fault: fault.line or 0), case=file)
    return [Read(look, row["sha256"].lower() or None, row.line) for row, look in reads if look is not None]


def write_site_looks(looks: Iterable[SiteLook]) -> str:
    """The looks as JSON lines that read_site_looks gives back; only what is known stands in a line."""
    return "".join(json.dumps(_plain(look), ensure_ascii=False) + "\n" for look in looks)


def _plain(look: SiteLook) -> dict[str, Any]:
    given = {name: getattr(look, name) for name in COLUMNS if name != "sha256"}
    given |= {"start": look.start.isoformat(), "end": look.end.isoformat()}
    return {name: value for name, value in given.items() if value is not None and value is not False}


def _text(data: bytes, file: str) -> tuple[str | None, list[RecordFault]]:
    try:
        return decoded(data), []
    except Torn as torn:
        return None, [RecordFault(file, torn.line, "the file", torn.found, "text in UTF-8")]


def _rows(text: str, file: str, names: Mapping[str, str]) -> tuple[list[_Row], list[RecordFault]]:
    suffix = PurePath(file).suffix.lower()
    if suffix in {".geojson", ".json"}:
        found = _features(text, file)
    elif suffix in {".jsonl", ".ndjson"}:
        found = _lines(text, file)
    else:
        return _table(text, file, names)
    rows, faults = found
    for row in rows:
        unknown = [] if names else [name for name in row.cells if name not in COLUMNS]
        faults += [
            RecordFault(file, row.line, name, "a key that is not known", offer(name, COLUMNS)) for name in unknown
        ]
        row.cells = _renamed(row.cells, names)
    return rows, faults


def _renamed(cells: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    theirs = {theirs: ours for ours, theirs in names.items()}
    return {theirs.get(name, name): value for name, value in cells.items()}


def _lines(text: str, file: str) -> tuple[list[_Row], list[RecordFault]]:
    rows, faults = list[_Row](), list[RecordFault]()
    for line, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        try:
            cells = json.loads(written)
        except (ValueError, RecursionError) as error:
            faults.append(RecordFault(file, line, "the line", str(error)[:80], "one JSON object a line"))
            continue
        if isinstance(cells, dict):
            rows.append(_Row(file, line, cells))
        else:
            faults.append(RecordFault(file, line, "the line", type(cells).__name__, "one JSON object a line"))
    return rows, faults


def _features(text: str, file: str) -> tuple[list[_Row], list[RecordFault]]:
    """The properties of each feature; the shapes say where somebody looked, and are not needed here."""
    try:
        whole = json.loads(text)
        features = whole["features"] if isinstance(whole, dict) else whole
        properties = [one["properties"] or {} for one in features]
        if not all(isinstance(cells, dict) for cells in properties):
            raise TypeError("properties that are no object")
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return [], [RecordFault(file, line, "the file", str(error)[:80], "GeoJSON")]
    except (KeyError, TypeError) as error:
        return [], [
            RecordFault(file, 1, "the file", f"{error}"[:80], "a FeatureCollection of features with properties")
        ]
    lines = _feature_lines(text, len(properties))
    return [_Row(file, line, cells) for line, cells in zip(lines, properties, strict=True)], []


def _feature_lines(text: str, count: int) -> list[int | None]:
    """The line at which each feature's properties begin; unknown where the text says the word elsewhere too."""
    found = [text.count("\n", 0, match.start()) + 1 for match in re.finditer(r'"properties"\s*:', text)]
    return list(found) if len(found) == count else [None] * count


def _table(text: str, file: str, names: Mapping[str, str]) -> tuple[list[_Row], list[RecordFault]]:
    rows: list[_Row] = []
    header: list[str] | None = None
    try:
        for line, cells in numbered(text):
            if header is None:
                header, faults = _header([str.strip(cell) for cell in cells], file, names)
                if faults:
                    return [], faults
                continue
            rows.append(_Row(file, line, dict(zip(header, map(str.strip, cells), strict=False))))
            if len(cells) != len(header):
                rows[-1].fault("the row", f"{len(header)} cells, as in the first line", f"{len(cells)} cells")
    except Torn as torn:
        return rows, [RecordFault(file, torn.line, "the row", torn.found, CLOSED)]
    if header is None:
        return [], [RecordFault(file, 1, "the file", "no header", "a first line that names the columns")]
    return rows, []


def _header(found: list[str], file: str, names: Mapping[str, str]) -> tuple[list[str], list[RecordFault]]:
    ours = {theirs: name for name, theirs in names.items()}
    header = [ours.get(name, "" if names and name not in COLUMNS else name) for name in found]
    wrong = [(name, offer(name, COLUMNS)) for name in names if name not in COLUMNS]
    wrong += [(theirs, offer(theirs, found)) for theirs in names.values() if theirs not in found]
    wrong += [(name, offer(name, COLUMNS)) for name in header if name and name not in COLUMNS]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    wrong += [(name, "each column once") for name in twice]
    faults = [RecordFault(file, 1, "the header", f"the column {name!r}", valid) for name, valid in wrong]
    lacking = [name for name in REQUIRED if name not in header]
    if not faults and lacking:
        faults = [RecordFault(file, 1, "the header", ", ".join(found), f"the columns {', '.join(lacking)} as well")]
    return header, faults


def _look(row: _Row) -> SiteLook | None:
    for name in ("image", "start"):
        if not row[name]:
            row.fault(name, COLUMNS[name], "nothing")
    start, first_end = _span(row, "start")
    end = _span(row, "end")[1] if row["end"] else first_end
    if start is not None and end is not None and end < start:
        row.fault("end", "no time before the start", f"{row['end']!r} before {row['start']!r}")
    answer, why = _answer(row)
    shares = {name: _number(row, name, 0.0, 1.0) for name in ("detection", "false_alarm")}
    gsd = _number(row, "gsd", 1e-3, 1e6)
    flags = {name: _flag(row, name) for name in ("independent", "date_hidden", "simulated")}
    if row["sha256"] and not re.fullmatch(r"(?i)[0-9a-f]{64}", row["sha256"]):
        row.fault("sha256", "64 digits of SHA-256, or nothing")
    if start is None or end is None or answer is None or row.faults:
        return None
    return SiteLook(
        image=row["image"],
        start=start,
        end=end,
        sensor=row["sensor"] or None,
        gsd=gsd,
        answer=answer,
        by=row["by"] or PurePath(row.file).name,
        reason=why,
        ref=row["ref"] or None,
        detection=shares["detection"],
        false_alarm=shares["false_alarm"],
        independent=flags["independent"],
        date_hidden=flags["date_hidden"],
        simulated=flags["simulated"],
    )


def _span(row: _Row, column: str) -> tuple[datetime | None, datetime | None]:
    """The first and last moment of a time that may be a day, a month or an interval; a plain day is that of UTC."""
    text = row[column]
    if not text:
        return None, None
    try:
        if re.match(r"\d{4}-\d{2}-\d{2}[T ]", text) and "/" not in text:
            when = When.on(datetime.fromisoformat(text))
        else:
            when = When.from_edtf(text)
        return utc_span(when)
    except (ValueError, OverflowError, DatelineError) as error:
        naive = isinstance(error, ValueError) and "zone" in str(error)
        row.fault(column, _TIME, f"{text!r}, a time without a zone" if naive else None)
        return None, None


def utc_span(when: When) -> tuple[datetime, datetime]:
    """The first and the last second of an interval, plain days taken as days of UTC. Raises ValueError when open."""
    if when.earliest is None or when.latest is None:
        raise ValueError("an open interval")
    return _instant(when.earliest, time.min), _instant(when.latest, time(23, 59, 59))


def _instant(moment: Moment, at: time) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    assert isinstance(moment, date)
    return datetime.combine(moment, at, UTC)


def _answer(row: _Row) -> tuple[Answer | None, str | None]:
    word = re.sub(r"[\s_-]+", " ", row["answer"]).strip().lower()
    if word not in WORDS:
        row.fault("answer", offer(row["answer"], ("present", "absent", "not discernible", "obscured")))
        return None, None
    return WORDS[word], row["reason"] or _SAME.get(word)


def _number(row: _Row, column: str, low: float, high: float) -> float | None:
    text = row[column]
    if not text:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d{1,17})?(e-\d{1,2})?", text) and low <= float(text) <= high:
        return float(text)
    row.fault(column, f"a number from {low:g} to {high:g}")
    return None


def _flag(row: _Row, column: str) -> bool:
    text = row[column].lower()
    if text not in _FLAGS:
        row.fault(column, "yes, or nothing")
    return _FLAGS.get(text, False)


def _two_times(reads: Iterable[tuple[_Row, SiteLook | None]]) -> Iterator[RecordFault]:
    """One image has one time, one sensor distance and one content, whoever looked at it."""
    first: dict[str, tuple[_Row, SiteLook]] = {}
    for row, look in reads:
        if look is None:
            continue
        known_row, known = first.setdefault(look.image, (row, look))
        at = f"line {known_row.line}" if known_row.line else "an earlier row"
        if (known.start, known.end) != (look.start, look.end):
            found = f"{look.image} at {row['start']}, and at {known_row['start']} in {at}"
            yield RecordFault(row.file, row.line, "start", found, "one time for one image")
        if known.gsd is not None and look.gsd is not None and known.gsd != look.gsd:
            found = f"{look.image} with {look.gsd:g} m, and with {known.gsd:g} m in {at}"
            yield RecordFault(row.file, row.line, "gsd", found, "one distance for one image")

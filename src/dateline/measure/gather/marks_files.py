"""Files of marks as rows: CSV, JSON lines of observations, GeoJSON, and a detector's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from dateline.core.errors import RecordFault
from dateline.evidence.item import is_named_simulated
from dateline.ledger.csv_lines import CLOSED, Torn, decoded, numbered
from dateline.ledger.faults import faults_of, offer, shown
from dateline.ledger.observation import Observation
from dateline.ledger.observed import answered, unended
from dateline.measure.gather.marks_rows import BOX, COLUMNS, COVARIATE, Cells, Row, row_of

OTHER_NAMES = {"column": "x", "col": "x", "row": "y", "analyst": "by", "annotator": "by"}
LOOKED = {"present", "absent"}
"""States of an observation that are a look: the others saw nothing and count nothing."""


@dataclass(slots=True)
class Told:
    """What one file says: its rows, whether their positions are on the ground (then `crs`), and what is wrong."""

    rows: list[Row] = field(default_factory=list)
    faults: list[RecordFault] = field(default_factory=list)
    crs: str | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, cells: Cells, *, by: str, simulated: bool, checked: bool) -> None:
        """One row, or its faults."""
        row = row_of(cells, by=by, simulated=simulated, checked=checked)
        self.faults += cells.faults
        if row is not None:
            self.rows.append(row)


def read_marks(path: Path, *, columns: Mapping[str, str], crs: str | None, checked: bool) -> Told:
    """Every row of one file, and every fault with its line. columns: ours -> the file's. crs: "pixel", EPSG:N or None.

    .csv, .tsv: a table (COLUMNS); .jsonl, .ndjson: observations as the desk writes them; .geojson, .json: features, or
    a detector's {"image": [{"box": [x1, y1, x2, y2], "score": 0.9}]}.
    """
    made = Told()
    try:
        text = decoded(path.read_bytes())
    except Torn as torn:
        made.faults.append(RecordFault(path.name, torn.line, "the file", torn.found, "UTF-8 text"))
        return made
    simulated = is_named_simulated(path.name)
    if path.suffix.lower() in {".csv", ".tsv", ".txt"}:
        _table(made, text, path, columns, simulated=simulated, checked=checked)
    elif path.suffix.lower() in {".jsonl", ".ndjson"}:
        _observations(made, text, path, simulated=simulated, checked=checked)
    else:
        _json(made, text, path, crs, simulated=simulated, checked=checked)
    if not made.rows and not made.faults and not made.notes:
        made.faults.append(RecordFault(path.name, 1, "the file", "no row", "marks, or a row without a position"))
    return made


def _table(made: Told, text: str, path: Path, columns: Mapping[str, str], *, simulated: bool, checked: bool) -> None:
    header: list[str] | None = None
    try:
        for line, cells in numbered(text):
            if header is None:
                header = _header(made, [cell.strip() for cell in cells], path, columns)
                continue
            given = Cells(path.name, line, {n: c for n, c in zip(header, cells, strict=False) if n})
            if len(cells) != len(header):
                given.fault("the row", f"{len(header)} cells, as in the first line", f"{len(cells)} cells")
            made.add(given, by=path.stem, simulated=simulated, checked=checked)
    except Torn as torn:
        made.faults.append(RecordFault(path.name, torn.line, "the row", torn.found, CLOSED))


def _header(made: Told, found: Sequence[str], path: Path, columns: Mapping[str, str]) -> list[str]:
    """Our names of the columns; those that nobody asked for get an empty one where some were named."""
    ours = {theirs: name for name, theirs in columns.items()}
    header = []
    for name in found:
        known = ours.get(name) or (name if name.startswith(COVARIATE) else OTHER_NAMES.get(name.lower(), name))
        if name not in ours and columns and (known not in COLUMNS or known in columns):
            known = known if known.startswith(COVARIATE) else ""
        header.append(known)
    wrong = [name for name in header if name and name not in COLUMNS and not name.startswith(COVARIATE)]
    wrong += [theirs for theirs in columns.values() if theirs not in found]
    wrong += sorted({name for name in header if name and header.count(name) > 1})
    for name in dict.fromkeys(wrong):
        made.faults.append(RecordFault(path.name, 1, "the header", f"the column {name!r}", offer(name, COLUMNS)))
    if not wrong and not ({"x", "y"} <= set(header) or set(BOX) <= set(header) or "count" in header):
        valid = "x and y [px] (or a box x1, y1, x2, y2; or a count)"
        made.faults.append(RecordFault(path.name, 1, "the header", ", ".join(found), valid))
    return header


def _observations(made: Told, text: str, path: Path, *, simulated: bool, checked: bool) -> None:
    """Observations: the last of each chain stands; what was withdrawn, not ended or not looked at makes no row."""
    found: dict[str, tuple[int, Observation]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = Observation.model_validate(json.loads(line))
        except ValidationError as error:
            made.faults += faults_of(error, Observation, file=path.name, lines={}, line=number)
        except (ValueError, RecursionError) as error:
            made.faults.append(RecordFault(path.name, number, "the line", str(error)[:80], "one JSON object"))
        else:
            found[record.id] = (number, record)
    records = {name: record for name, (_, record) in found.items()}
    made.notes += not_submitted(unended(records).values())
    for name, record in answered(records).items():
        number = found[name][0]
        made.rows += rows_of(record, path.name, number, simulated=simulated, checked=checked, notes=made.notes)


def not_submitted(marks: Iterable[Observation]) -> list[tuple[str, str]]:
    """A note for each sitting of these answers, which nobody has ended."""
    return [
        ("not-submitted", f"{who} has not submitted the sitting {sitting}; it was left out.")
        for who, sitting in sorted({(mark.by, str(mark.sitting)) for mark in marks})
    ]


def rows_of(
    record: Observation, file: str, line: int | None, *, simulated: bool, checked: bool, notes: list[tuple[str, str]]
) -> Iterator[Row]:
    """One observation as rows: a row a point, one without a point for "absent"; none where nothing could be seen."""
    if record.state not in LOOKED:
        if record.state != "withdrawn":
            words = record.state.replace("_", " ")
            notes.append(("not-seen", f"{record.by} on {record.item}: {words}; left out, not counted as none."))
        return
    points = record.points if record.state == "present" else ()
    for point in points or (None,):
        yield Row(
            file=file,
            line=line,
            image=record.item,
            by=record.by,
            kind="person",
            tile=record.tile,
            area=record.area,
            sha256=record.image_sha256,
            point=point,
            checked=checked or record.checked,
            independent=record.independent,
            count=record.count if not points and record.state == "present" else None,
            skipped=record.state == "present" and not points and record.count is None,
            simulated=simulated,
            ref=record.id,
        )


def _json(made: Told, text: str, path: Path, crs: str | None, *, simulated: bool, checked: bool) -> None:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        made.faults.append(RecordFault(path.name, line, "the file", str(error)[:80], "JSON"))
        return
    if isinstance(whole, dict) and whole.get("type") == "FeatureCollection":
        _features(made, whole, text, path, crs, simulated=simulated, checked=checked)
    elif isinstance(whole, dict) and whole and all(isinstance(value, list) for value in whole.values()):
        _detector(made, whole, path, simulated=simulated, checked=checked)
    else:
        valid = 'a FeatureCollection, or {"image": [{"box": [x1, y1, x2, y2], "score": 0.9}]}'
        made.faults.append(RecordFault(path.name, 1, "the file", shown(whole), valid))


def _detector(made: Told, whole: Mapping[str, Any], path: Path, *, simulated: bool, checked: bool) -> None:
    for image, boxes in whole.items():
        for index, box in enumerate(boxes):
            corners = box.get("box") if isinstance(box, dict) else None
            if not isinstance(corners, list) or len(corners) != 4:
                found = f"{image}[{index}]"
                made.faults.append(RecordFault(path.name, None, found, shown(box), "a box of four numbers"))
                continue
            given = {
                "image": image,
                "kind": "detector",
                "score": box.get("score"),
                **dict(zip(BOX, corners, strict=True)),
            }
            made.add(Cells(path.name, None, given), by=path.stem, simulated=simulated, checked=checked)
        if not boxes:
            made.rows.append(
                Row(file=path.name, line=None, image=image, by=path.stem, kind="detector", checked=checked,
                    simulated=simulated)
            )  # fmt: skip


def _features(
    made: Told, whole: Mapping[str, Any], text: str, path: Path, crs: str | None, *, simulated: bool, checked: bool
) -> None:
    """Points of a FeatureCollection. Its positions are on the ground unless it, or --crs, says "pixel"."""
    declared = crs or ("pixel" if whole.get("space") == "pixel" else None)
    features = whole.get("features") or []
    common = {name: whole[name] for name in COLUMNS if name in whole}
    largest = 0.0
    for feature, line in zip(features, _lines(text, len(features)), strict=False):
        properties = feature.get("properties") or {} if isinstance(feature, dict) else {}
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        positions = list(_positions(geometry))
        if geometry is not None and not positions:
            valid = "a Point or MultiPoint, or null: looked at, nothing there"
            made.faults.append(RecordFault(path.name, line, "geometry", shown(geometry.get("type")), valid))
            continue
        own = {n: v for n, v in properties.items() if n in COLUMNS or n.startswith(COVARIATE)}
        for position in positions or [(None, None)]:
            cells = Cells(path.name, line, {**common, **own, "x": position[0], "y": position[1]})
            made.add(cells, by=path.stem, simulated=simulated, checked=checked)
            largest = max(largest, *(abs(float(v)) for v in position if v is not None), 0.0)
    if declared is None and largest > 360:  # no longitude: pixels, or metres of a projection that must be named
        declared = "pixel"
        made.notes.append(("taken-as-pixels", f"{path.name} does not say its space; its numbers are no degrees."))
    made.crs = None if declared == "pixel" else declared or _crs(whole)


def _positions(geometry: Any) -> Iterator[tuple[Any, Any]]:
    match geometry:
        case {"type": "Point", "coordinates": [x, y, *_]}:
            yield x, y
        case {"type": "MultiPoint", "coordinates": list(points)}:
            yield from ((point[0], point[1]) for point in points if isinstance(point, list) and len(point) >= 2)


def _crs(whole: Mapping[str, Any]) -> str:
    match whole.get("crs"):
        case {"properties": {"name": str(name)}}:
            return name
    return "EPSG:4326"


def _lines(text: str, count: int) -> Iterator[int | None]:
    """The line on which each feature begins."""
    at = text.find("[", text.find('"features"'))
    decoder = json.JSONDecoder()
    for _ in range(count):
        at += 1
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        yield text.count("\n", 0, at) + 1
        _, at = decoder.raw_decode(text, at)
        at -= 1

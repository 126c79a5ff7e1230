"""Values of a place over time, from a table or from images: what looking for an onset reads."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from pathlib import Path

import numpy as np

from dateline.core.errors import RecordError, RecordFault
from dateline.core.state import seen
from dateline.evidence.item import is_named_simulated
from dateline.imagery.chip import Chip
from dateline.imagery.reading import Reading
from dateline.ledger.faults import offer
from dateline.measure.gather import chips
from dateline.measure.gather.images import file_ref
from dateline.measure.request import Loaded, Prepared, Progress, Request
from dateline.methods.contract import Inputs

COLUMNS: Mapping[str, str] = {
    "time": "2024-02-02T10:04Z, or the plain day (taken at noon UTC)",
    "value": "empty: nothing was seen",
    "sensor": "what took it: sensors may differ in level and noise",
    "why": "why nothing was seen",
}
"""Columns of a table of readings; time and value are required, others than these are left aside."""
_NOTHING = {"", "na", "n/a", "nan", "none", "null"}


def prepare(request: Request) -> Prepared:
    """The role `series`, Readings in order of time. Raises RecordError with every fault of the table."""
    tables = [selection for selection in request.roles.get("series", ()) if selection.table is not None]
    made: list[Reading] = []
    faults: list[RecordFault] = []
    refs = []
    for selection in tables:
        assert selection.table is not None
        refs.append(file_ref(selection.table, "series", request.items))
        made += _of_table(selection.table, selection.columns, faults)
    if faults:
        raise RecordError(faults, case=faults[0].file)
    images = chips.prepare(request) if "images" in request.roles else None
    return Prepared(
        refs=(*refs, *(images.refs if images else ())),
        simulated=any(one.simulated for one in made) or (images is not None and images.simulated),
        load=lambda tell: _load(request, made, images, tell),
    )


def _load(request: Request, made: list[Reading], images: Prepared | None, tell: Progress) -> Loaded:
    loaded = Loaded(inputs=Inputs({})) if images is None else images.load(tell)
    least = request.question.parameters["least_seen"]
    found = [*made, *of_chips(loaded.inputs.many("images", Chip), least_seen=least)]
    ordered = tuple(sorted(found, key=lambda one: (one.at, one.sensor)))
    return Loaded(inputs=Inputs({"series": ordered}), notes=loaded.notes)


def of_chips(images: Iterable[Chip], *, least_seen: float) -> Iterator[Reading]:
    """The mean of each image's first band over its seen pixels; none where fewer than `least_seen` were seen [1]."""
    for chip in images:
        usable = seen(chip.states) & np.isfinite(chip.values[0])
        part = float(usable.mean())
        value = float(chip.values[0][usable].mean()) if part >= least_seen else None
        track = "" if chip.radar is None or chip.radar.relative_orbit is None else f" orbit {chip.radar.relative_orbit}"
        yield Reading(
            at=datetime.combine(chip.at.date(), time(12), UTC) if chip.day_only else chip.at,
            value=value,
            sensor=f"{chip.platform or chip.sensor}{track}",
            why=None if value is not None else f"{100 * part:.0f} % of the pixels were seen",
            simulated=chip.simulated,
        )


def _of_table(path: Path, names: Mapping[str, str], faults: list[RecordFault]) -> Iterator[Reading]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.append(RecordFault(path.name, 1, "the file", "no text in UTF-8", "UTF-8 text"))
        return
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    found = list(reader.fieldnames or ())
    lacking = [names.get(name, name) for name in ("time", "value") if names.get(name, name) not in found]
    if lacking:
        faults += [RecordFault(path.name, 1, "the header", f"no column {name}", offer(name, found)) for name in lacking]
        return
    simulated = is_named_simulated(path.name)
    for row in reader:
        cells = {name: (row.get(names.get(name, name)) or "").strip() for name in COLUMNS}
        at, value = _time(cells["time"]), _number(cells["value"])
        if at is None:
            valid = "a time with its zone, or a plain day"
            faults.append(RecordFault(path.name, reader.line_num, "time", repr(cells["time"]), valid))
        if value is not None and not math.isfinite(value):
            faults.append(
                RecordFault(path.name, reader.line_num, "value", repr(cells["value"]), "a number, or nothing")
            )
        if at is not None and not faults:
            yield Reading(
                at=at,
                value=value,
                sensor=cells["sensor"] or "not stated",
                why=cells["why"] or None,
                simulated=simulated,
            )


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    return found.replace(hour=12, tzinfo=UTC) if len(text) == 10 else None


def _number(text: str) -> float | None:
    """None for nothing; NaN for what is no number."""
    if text.lower() in _NOTHING:
        return None
    try:
        return float(text)
    except ValueError:
        return math.nan

"""AIS files: NMEA sentences, with or without tag blocks, and tables whose columns are declared."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dateline.core.errors import InputError
from dateline.imagery.ais import KNOT, Fix, Track, Tracks
from dateline.imagery.readers.sheet import Sheet, read_sheet

COLUMNS = ("mmsi", "time", "lon", "lat", "speed", "course", "name")
NEEDED = ("mmsi", "lon", "lat")
TABLES = {".csv", ".tsv", ".xlsx"}
POSITIONS = {1, 2, 3, 9, 18, 19, 27}
"""Messages that report a ship's position."""
NO_SPEED, NO_COURSE = 102.3, 360.0
"""What the standard (ITU-R M.1371-5) puts where speed [kn] or course [degrees] is unknown; 181, 91 for a place."""


def read_tracks(path: Path, columns: Mapping[str, str] | None = None) -> Tracks:
    """Tracks of one file: a table when `columns` are declared or its name says so, else NMEA sentences.

    Raises InputError: `no-file`, `ais-format`, `ais-columns`, `ais-zone`, and what the table reader raises.
    """
    if not path.is_file():
        raise InputError("There is no such file.", saw=str(path), do="Check the path.", code="no-file")
    if columns or path.suffix.lower() in TABLES:
        return _of_table(read_sheet(path), columns or {})
    return read_nmea(path.read_bytes().splitlines(), path.name)


def read_all(paths: Iterable[Path], columns: Mapping[str, str] | None = None) -> Tracks:
    """Tracks of several files, those of one transmitter joined. Raises what read_tracks raises."""
    read = [read_tracks(path, columns) for path in paths]
    fixes: dict[int, list[Fix]] = defaultdict(list)
    names: dict[int, str] = {}
    for track in (track for one in read for track in one.tracks):
        fixes[track.mmsi] += track.fixes
        names |= {track.mmsi: track.name} if track.name else {}
    return Tracks(tracks=_sorted(fixes, names), notes=tuple(note for one in read for note in one.notes))


def read_nmea(lines: Iterable[bytes], name: str = "the feed") -> Tracks:
    """Position reports out of NMEA sentences; messages of several sentences are joined, wrong checksums left out.

    A sentence has no time of reception but that of a tag block (`c:`, seconds of UTC since 1970) before it. Raises
    InputError `ais-format` where nothing is an AIS sentence.
    """
    from pyais.exceptions import AISBaseException
    from pyais.stream import IterMessages, TagBlockQueue

    sentences = [line.strip() for line in lines if b"!" in line]
    if not any(b"VDM" in line or b"VDO" in line for line in sentences):
        raise InputError(
            f"{name} holds no AIS sentence.",
            saw=(sentences[0][:60].decode("ascii", "replace") if sentences else "no line with !AIVDM"),
            do="Give NMEA sentences (!AIVDM…), or a table with its columns declared.",
            code="ais-format",
        )
    fixes: dict[int, list[Fix]] = defaultdict(list)
    names: dict[int, str] = {}
    dropped: Counter[str] = Counter()
    for message in IterMessages(sentences, tbq=TagBlockQueue()):
        if not message.is_valid:
            dropped["wrong checksum"] += 1
            continue
        try:
            said = message.decode()
        except AISBaseException:
            dropped["no payload"] += 1
            continue
        mmsi, fields = int(said.mmsi), said.asdict()
        if fields.get("shipname"):
            names[mmsi] = str(fields["shipname"])
        if said.msg_type in POSITIONS:
            fix = _fix(_received(message), fields)
            if fix is None:
                dropped["no position"] += 1
            else:
                fixes[mmsi].append(fix)
    return _tracks(fixes, names, dropped)


def _received(message: Any) -> datetime | None:
    block = message.tag_block
    if block is None:
        return None
    block.init()
    stamp = block.receiver_timestamp
    try:
        return None if stamp is None else datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _fix(at: datetime | None, said: Mapping[str, Any]) -> Fix | None:
    """A report with a position; None without one. speed in knots, as the standard has it."""
    lon, lat = _number(said.get("lon")), _number(said.get("lat"))
    if lon is None or lat is None or abs(lon) > 180 or abs(lat) > 90:
        return None
    speed, course = _number(said.get("speed")), _number(said.get("course"))
    return Fix(
        at=at,
        lon=lon,
        lat=lat,
        speed=None if speed is None or not 0 <= speed < NO_SPEED else speed * KNOT,
        course=None if course is None or not 0 <= course < NO_COURSE else course,
    )


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _of_table(sheet: Sheet, columns: Mapping[str, str]) -> Tracks:
    """A table with a row a report: mmsi, time, lon, lat, speed [kn], course [degrees], name; `zone` says UTC."""
    unknown = sorted(set(columns) - {*COLUMNS, "zone"})
    named = {key: columns.get(key, key) for key in COLUMNS}
    missing = [key for key in NEEDED if named[key] not in sheet.header]
    missing += [key for key in columns if key in COLUMNS and columns[key] not in sheet.header]
    if unknown or missing:
        raise InputError(
            "The columns of the AIS table are not as declared.",
            saw=f"{', '.join([*unknown, *dict.fromkeys(missing)])}; the table has {', '.join(sheet.header[:40])}",
            do="Declare mmsi, time, lon, lat, speed, course, name = COLUMN, and zone = UTC where times have none.",
            code="ais-columns",
        )
    at = {key: sheet.header.index(name) for key, name in named.items() if name in sheet.header}
    fixes: dict[int, list[Fix]] = defaultdict(list)
    names: dict[int, str] = {}
    dropped: Counter[str] = Counter()
    for row in sheet.rows:
        cells = {key: row[index] for key, index in at.items() if index < len(row)}
        mmsi = _number(cells.get("mmsi"))
        fix = _fix(_time(cells.get("time"), columns.get("zone")), cells)
        if mmsi is None or fix is None:
            dropped["no position"] += 1
            continue
        fixes[int(mmsi)].append(fix)
        if cells.get("name"):
            names[int(mmsi)] = str(cells["name"])
    return _tracks(fixes, names, dropped)


def _time(cell: Any, zone: str | None) -> datetime | None:
    if cell is None or cell == "":
        return None
    text = str(cell).strip().replace("Z", "+00:00")
    seconds = _number(cell)
    try:
        found = datetime.fromtimestamp(seconds, UTC) if seconds is not None else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    if found.tzinfo is None and (zone or "").upper() != "UTC":
        raise InputError(
            "The times of the AIS table have no zone.",
            saw=text,
            do="Declare zone = UTC if that is what they are.",
            code="ais-zone",
        )
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _tracks(fixes: Mapping[int, list[Fix]], names: Mapping[int, str], dropped: Counter[str]) -> Tracks:
    """Tracks by number; reports without a time stay, in the order of the file, and are told."""
    notes = [("ais-dropped", f"{count} AIS messages left out: {why}.") for why, count in sorted(dropped.items())]
    timeless = sum(fix.at is None for found in fixes.values() for fix in found)
    if timeless:
        text = f"{timeless} AIS positions have no time of reception: they cannot be matched with an image."
        notes.append(("ais-no-time", text))
    return Tracks(tracks=_sorted(fixes, names), notes=tuple(notes))


def _sorted(fixes: Mapping[int, list[Fix]], names: Mapping[int, str]) -> tuple[Track, ...]:
    last = datetime.max.replace(tzinfo=UTC)
    return tuple(
        Track(mmsi=mmsi, fixes=tuple(sorted(found, key=lambda fix: fix.at or last)), name=names.get(mmsi))
        for mmsi, found in sorted(fixes.items())
    )

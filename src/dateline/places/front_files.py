"""Files of public map-makers become FrontMaps: daily polygons, full layers, derived layers, tables of control.

No map is shipped: people bring the files, under their makers' terms. What a file is, is told by its name or by an
index (CSV with file, maker, published, drawn).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from dateline.core import InputError, Where
from dateline.evidence.item import is_named_simulated
from dateline.places.front import Control, Drawn, FrontMap, instant
from dateline.places.front_layers import area_of, broken, drawn_as, features_of, is_no_land, is_told, name_of

MOST_BYTES, LONGEST_CELL, MOST_ROWS = 200_000_000, 10_000, 2_000_000
FIRST_MAP = date(2014, 1, 1)
"""No public map of this kind is older: an earlier date in a name is a mistake."""

_DAY = re.compile(r"(?<!\d)(20\d\d)[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
_UNIX = re.compile(r"(?<!\d)(1[4-9]\d{8})(?!\d)")
_DAILY = re.compile(r"deepstate", re.IGNORECASE)
"""Daily files of this repository hold the map of the evening before, UTC."""
_MAKERS = (
    (_DAILY, "DeepState"),
    (re.compile(r"(?:^|[_\W])isw(?:[_\W]|$)|assessed", re.IGNORECASE), "ISW"),
    (re.compile(r"viina|^control_", re.IGNORECASE), "VIINA"),
    (re.compile(r"^1[4-9]\d{8}\."), "DeepState"),
)
"""Makers by the names under which their maps are published; a Unix time alone is the history of DeepState's."""
_EVENING = timedelta(hours=8)
_DRAWN: tuple[Drawn, ...] = ("occupied", "unknown", "liberated")
_STATUS: Mapping[str, Any] = {
    "ru": "occupied", "russia": "occupied", "rus": "occupied", "occupied": "occupied", "ua": "held", "ukr": "held",
    "ukraine": "held", "held": "held", "contested": "unknown", "unknown": "unknown", "liberated": "liberated",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What an index says of a file: who drew it, when it was published, how all of it is drawn."""

    maker: str | None = None
    published: str | None = None
    drawn: Drawn | None = None


@dataclass(frozen=True, slots=True)
class FrontFiles:
    """All maps and tables that were read, and what was noticed."""

    maps: tuple[FrontMap, ...]
    controls: tuple[Control, ...]
    notes: tuple[tuple[str, str], ...]


def read_fronts(
    files: Iterable[tuple[Path, str]], index: Mapping[str, Told], tell: Callable[[float], None] = lambda _share: None
) -> FrontFiles:
    """Reads front files, given each with its hash. index: by file name. tell: is told the share that is done.

    GeoJSON (any of the layouts above), or a CSV of controls, plain or in a zip. A CSV of positions (geonameid,
    latitude, longitude, without a status) gives them to the tables of control that have none.
    Raises InputError `front-file`, `front-date`, `front-maker`, `front-empty`.
    """
    maps: list[FrontMap] = []
    controls: list[Control] = []
    notes: list[tuple[str, str]] = []
    given = [(path, sha256) for path, sha256 in files]
    positions = _positions(path for path, _ in given)
    for number, (path, sha256) in enumerate(given, 1):
        told = index.get(path.name, Told())
        if path.stat().st_size > MOST_BYTES:
            raise broken(path, f"{path.stat().st_size:,} bytes", f"Give files of at most {MOST_BYTES:,} bytes.")
        if path.suffix.lower() in {".csv", ".zip"}:
            controls += _controls(path, told, notes, positions)
        else:
            maps.append(_map(path, sha256, told, notes))
        tell(number / len(given))
    ordered = tuple(sorted(maps, key=lambda one: (one.maker, one.last, one.file)))
    return FrontFiles(ordered, tuple(controls), tuple(dict.fromkeys(notes)))


def read_index(path: Path) -> dict[str, Told]:
    """A CSV with the columns file, maker, published and, where all of a file is drawn one way, drawn.

    Raises InputError `front-file` where it cannot be read, or `drawn` is no way of drawing.
    """
    found: dict[str, Told] = {}
    for cells in _rows(path):
        row = {name.strip().lower(): value.strip() for name, value in cells.items() if isinstance(value, str)}
        said = row.get("drawn", "")
        drawn = next((one for one in _DRAWN if one == said), None)
        if said and drawn is None:
            raise broken(path, f"drawn = {said[:40]!r}", f"Write one of {', '.join(_DRAWN)}, or nothing.")
        if row.get("file"):
            found[row["file"]] = Told(row.get("maker") or None, row.get("published") or None, drawn)
    return found


def is_index(path: Path) -> bool:
    """Whether a CSV is an index of front files, by its header."""
    if path.suffix.lower() != ".csv":
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        return {"file", "published"} <= {name.strip().lower() for name in stream.readline().split(",")}


def _map(path: Path, sha256: str, told: Told, notes: list[tuple[str, str]]) -> FrontMap:
    features = features_of(path)
    land: dict[Drawn, list[BaseGeometry]] = {}
    left, taken, null = set[str](), set[str](), 0
    is_named = any(is_told(name_of(feature)) for feature in features)
    for feature in features:
        name = name_of(feature)
        drawn = told.drawn or drawn_as(name) or (None if is_named else "occupied")
        area = area_of(feature.get("geometry"), path)
        if area is None:
            null += not is_no_land(feature.get("geometry"))
        elif drawn is None:
            left.add(name[:40])
        else:
            land.setdefault(drawn, []).append(area)
            taken |= {name[:40]} if not (told.drawn or is_named) else set()
    if null:
        notes.append(("null-geometry", f"{path.name}: {null} of {len(features)} features have no shape."))
    if left:
        notes.append(
            ("layers-left", f"{path.name}: layers that are no land of the front: {', '.join(sorted(left)[:8])}.")
        )
    if len(taken) > 1:
        told_names = ", ".join(sorted(taken)[:8])
        notes.append(("layers-taken", f"{path.name}: layers all read as occupied: {told_names}."))
    if "occupied" not in land:
        raise InputError(
            "This map draws no land as occupied.",
            saw=f"{path.name}: {len(features)} features, layers {', '.join(sorted(left)[:8]) or 'without names'}",
            do="Give the layer with the occupied area, or an index with drawn = occupied.",
            code="front-empty",
        )
    first, last = _published(path, told)
    return FrontMap(
        maker=_maker(path, told), first=first, last=last, file=path.name, sha256=sha256,
        land={drawn: shapely.union_all(areas) for drawn, areas in land.items()},
        simulated=is_named_simulated(path.name),
    )  # fmt: skip


def _maker(path: Path, told: Told) -> str:
    if told.maker:
        return told.maker
    for pattern, maker in _MAKERS:
        if pattern.search(path.name):
            return maker
    raise InputError(
        "Who drew this map is not told.",
        saw=path.name,
        do=f"Give an index beside it, such as fronts.csv: file,maker,published / {path.name},DeepState,2024-11-07.",
        code="front-maker",
    )


def _published(path: Path, told: Told) -> tuple[datetime, datetime]:
    """When a map was published, from the index or from its name."""
    try:
        if told.published:
            return _span(told.published)
        if stamp := _UNIX.search(path.stem):
            moment = instant(int(stamp[1]))
            return moment, moment
        if found := _DAY.search(path.stem):
            day = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
            _check(day)
            if _DAILY.search(path.name):  # the map of the evening before
                return day - _EVENING, day
            return day, day + timedelta(days=1)
    except ValueError as error:
        raise _no_date(path, str(error)) from error
    raise _no_date(path, "no date in the name")


def _span(text: str) -> tuple[datetime, datetime]:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = datetime.fromisoformat(text).replace(tzinfo=UTC)
        _check(day)
        return day, day + timedelta(days=1)
    moment = instant(text)
    _check(moment)
    return moment, moment


def _check(moment: datetime) -> None:
    if moment.date() < FIRST_MAP:
        raise ValueError(f"{moment.date()} is before any such map")


def _no_date(path: Path, saw: str) -> InputError:
    return InputError(
        "When this map was published is not told, or cannot be.",
        saw=f"{path.name}: {saw}",
        do="Name it with its day (YYYY-MM-DD) or Unix time, or give an index: file, maker, published.",
        code="front-date",
    )


_COLUMNS = {
    "date": ("date", "day"), "status": ("status", "control"), "lat": ("latitude", "lat", "y"),
    "lon": ("longitude", "lon", "lng", "x"), "place": ("asciiname", "name", "place", "geonameid", "id"),
    "id": ("geonameid", "id"),
}  # fmt: skip
Positions = Mapping[str, tuple[Where, str]]
"""Where each populated place of a table lies, and its name, by its number."""


def _controls(path: Path, told: Told, notes: list[tuple[str, str]], positions: Positions) -> Iterator[Control]:
    """Rows of a table of control: date (YYYYMMDD or ISO), status, a number or name, and a position, here or there."""
    rows = _rows(path)
    column = _columns(rows)
    if column["status"] is None and None not in (column["id"], column["lat"], column["lon"]):
        return  # a table of positions
    away = ("lat", "lon") if column["id"] is not None and positions else ()
    lacking = [key for key, found in column.items() if found is None and key not in {"id", *away}]
    if lacking:
        do = "Give date, status, lat, lon and a name; or beside it a CSV with geonameid, latitude, longitude."
        raise broken(path, f"no column for {', '.join(lacking)}", do)
    maker, bad = _maker(path, told), 0
    for row in rows:
        made = _control(row, column, maker, path, positions)
        bad += made is None
        if made is not None:
            yield made
    if bad:
        notes.append(("rows-left", f"{path.name}: {bad} rows without a day, a position or a status that is known."))


def _positions(paths: Iterable[Path]) -> Positions:
    """The positions of all tables that have a number, a position and no status."""
    found: dict[str, tuple[Where, str]] = {}
    for path in paths:
        if path.suffix.lower() != ".csv" or path.stat().st_size > MOST_BYTES:
            continue
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            column = _columns([dict.fromkeys(next(csv.reader([stream.readline(10_000)]), []), "")])
        if column["status"] is not None or None in (column["id"], column["lat"], column["lon"]):
            continue
        for row in _rows(path):
            given = {key: (row.get(name or "") or "").strip() for key, name in column.items()}
            where = _spot(given)
            if where is not None:
                found[given["id"]] = where, given["place"]
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    """A table's rows by its columns. Raises InputError `front-file`."""
    rows: list[dict[str, Any]] = []
    try:
        for number, row in enumerate(csv.DictReader(io.StringIO(_text(path)))):
            if number >= MOST_ROWS:
                do = "Cut the table to the places and days that are asked."
                raise broken(path, f"more than {MOST_ROWS:,} rows", do)
            if any(len(cell) > LONGEST_CELL for cell in row.values() if isinstance(cell, str)):
                raise broken(path, f"a cell of row {number + 1} is without end", "Give the table as it was published.")
            rows.append(row)
    except csv.Error as error:
        raise broken(path, str(error)[:80], "Give the table as CSV, as it was published.") from error
    return rows


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, str | None]:
    """Which column of a table is what."""
    names = {name.strip().lower(): name for name in (rows[0] if rows else {}) if isinstance(name, str)}
    return {key: next((names[one] for one in options if one in names), None) for key, options in _COLUMNS.items()}


def _spot(given: Mapping[str, str]) -> Where | None:
    try:
        return Where.point(lon=float(given["lon"]), lat=float(given["lat"]))
    except ValueError:
        return None


def _control(
    row: Mapping[str, str], column: Mapping[str, str | None], maker: str, path: Path, positions: Positions
) -> Control | None:
    given = {key: (row.get(name or "") or "").strip() for key, name in column.items()}
    status = _STATUS.get(given["status"].lower())
    where, name = positions.get(given["id"], (None, "")) if column["lat"] is None else (_spot(given), "")
    try:
        day = datetime.fromisoformat(given["date"]).replace(tzinfo=UTC)
        _check(day)
    except ValueError:
        return None
    if status is None or where is None:
        return None
    return Control(
        maker=maker, at=day, status=status, where=where, place=name or given["place"], file=path.name,
        simulated=is_named_simulated(path.name),
    )  # fmt: skip


def _text(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix.lower() == ".zip":
        from dateline.places.zips import members

        found = members(data, (".csv",), origin=path.name)
        if len(found) != 1:
            raise broken(path, f"{len(found)} CSV files in the zip", "Give a zip with one table.")
        data = next(iter(found.values()))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise broken(path, str(error)[:60], "Give the table in UTF-8.") from error

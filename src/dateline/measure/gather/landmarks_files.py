"""Rows of landmarks as people write them: CSV, GeoJSON points, a JSON list, observations. Faults with their lines."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyproj import Transformer
from pyproj.exceptions import CRSError

from dateline.core.errors import InputError, RecordError, RecordFault
from dateline.evidence.item import is_named_simulated

LARGEST = 4 << 20
"""[bytes] A larger file is no list of landmarks."""
MOST = 200
"""Landmarks that one picture is matched with, at most."""
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "landmark", "id"),
    "x": ("x", "pixel_x", "u", "column"),
    "y": ("y", "pixel_y", "v", "row"),
    "lon": ("lon", "longitude", "lng"),
    "lat": ("lat", "latitude"),
    "east": ("east", "easting", "e"),
    "north": ("north", "northing", "n"),
    "map_error": ("map_error", "map_error_m"),
    "pixel_error": ("pixel_error", "pixel_error_px"),
    "height": ("height", "height_m", "elevation", "altitude", "z"),
    "height_error": ("height_error", "height_error_m"),
}
"""Columns and keys, in any case; a --column WHAT=NAME names another."""
_NOTHING = {"", "na", "n/a", "nan", "none", "null"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One row as it stands, in degrees, pixels and metres. None: not stated."""

    file: str
    line: int
    name: str
    x: float
    y: float
    lon: float
    lat: float
    map_error: float | None
    pixel_error: float | None
    height: float | None
    height_error: float | None
    simulated: bool
    stored: bool = False
    """Whether x and y are of the picture as it is stored, not yet turned as its Orientation says."""


def rows_of(path: Path, columns: Mapping[str, str], crs: str | None) -> list[Written]:
    """The landmarks of a file. crs: of east and north. Raises InputError `landmarks`, RecordError with all faults."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.stat().st_size:,} bytes")
        text = path.read_bytes().decode("utf-8-sig")
        if path.suffix.lower() in {".jsonl", ".ndjson"}:
            from dateline.measure.gather.landmarks_observed import rows_of_lines  # it makes rows of this module

            return _bounded(rows_of_lines(path, text))
        raw = list(_of_json(text) if text.lstrip()[:1] in {"{", "["} else _of_csv(text))
        if len(raw) > MOST:
            raise ValueError(f"{len(raw)} landmarks")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, csv.Error) as error:
        raise InputError(
            "The file holds no landmarks.",
            saw=f"{path.name}: {error or type(error).__name__}"[:200],
            do="Give CSV with a header, GeoJSON points, a JSON list (name, x, y [px], lon, lat [degrees]), or "
            "the lines of observations that the app wrote.",
            code="landmarks",
        ) from error
    faults: list[RecordFault] = []
    found = []
    for line, cells in raw:
        row = _Row(path.name, line, _named(cells, columns), faults)
        made = row.read(crs, simulated=is_named_simulated(path.name) or bool(cells.get("simulated")))
        if made is not None:
            found.append(made)
    if faults:
        raise RecordError(faults, case=path.name)
    return found


def _bounded(rows: list[Written]) -> list[Written]:
    if not 0 < len(rows) <= MOST:
        raise ValueError(f"{len(rows)} landmarks")
    return rows


def _of_csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    if not reader.fieldnames or len(reader.fieldnames) < 4:
        raise ValueError("no header with at least four columns")
    for row in reader:
        yield reader.line_num, {str(key): value for key, value in row.items() if key is not None}


def _of_json(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows numbered from 1. GeoJSON gives lon and lat by its geometry, a third number is the height.

    A list `gcps_xyz_uv` holds ground control points as photogrammetry writes them: east, north, height [m], x, y [px].
    """
    data = json.loads(text)
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        for number, feature in enumerate(data["features"], 1):
            geometry = feature["geometry"]
            if geometry is None or geometry["type"] != "Point":
                raise ValueError(f"feature {number} is no Point")
            lon, lat, *rest = geometry["coordinates"]
            told = dict(feature.get("properties") or {})
            yield number, {"lon": lon, "lat": lat, **({"height": rest[0]} if rest else {}), **told}
        return
    if isinstance(data, dict) and "gcps_xyz_uv" in data:
        for number, row in enumerate(data["gcps_xyz_uv"], 1):
            yield number, dict(zip(("east", "north", "height", "x", "y"), row, strict=True))
        return
    rows = data.get("landmarks") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise ValueError("neither a list of landmarks nor GeoJSON")
    for number, row in enumerate(rows, 1):
        yield number, dict(row)


def _named(cells: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Cells under our own names."""
    lower = {key.strip().lower(): value for key, value in cells.items()}
    found: dict[str, Any] = {}
    for what, spellings in SPELLINGS.items():
        wanted = (columns[what].lower(),) if what in columns else spellings
        for name in wanted:
            if name in lower:
                found[what] = lower[name]
                break
    return found


class _Row:
    """One row on its way to numbers; what is wrong with it goes to `faults`."""

    def __init__(self, file: str, line: int, cells: Mapping[str, Any], faults: list[RecordFault]) -> None:
        self.file, self.line, self.cells, self.faults = file, line, cells, faults

    def read(self, crs: str | None, *, simulated: bool) -> Written | None:
        """The row, or None with a fault."""
        before = len(self.faults)
        x, y = self.number("x", "a column [px]"), self.number("y", "a row [px]")
        position = self.position(crs)
        errors = {name: self.positive(name) for name in ("map_error", "pixel_error", "height_error")}
        height = self.optional("height")
        if height is not None and not -500 <= height <= 9000:
            self.fault("height", f"{height:g}", "metres above sea level, -500 to 9000 (feet?)")
        if len(self.faults) > before or x is None or y is None or position is None:
            return None
        name = str(self.cells.get("name") or "").strip()
        lon, lat = position
        return Written(
            file=self.file, line=self.line, name=name, x=x, y=y, lon=lon, lat=lat, height=height, simulated=simulated,
            map_error=errors["map_error"], pixel_error=errors["pixel_error"], height_error=errors["height_error"],
        )  # fmt: skip

    def position(self, crs: str | None) -> tuple[float, float] | None:
        """Longitude and latitude [degrees]."""
        if "lon" in self.cells and "lat" in self.cells and crs is None:
            lon, lat = self.number("lon", "degrees"), self.number("lat", "degrees")
            if lon is None or lat is None:
                return None
            if abs(lat) <= 90 and abs(lon) <= 180:
                return lon, lat
            swapped = "; they look swapped" if abs(lon) <= 90 < abs(lat) <= 180 else "; metres without a crs?"
            why = swapped if abs(lat) <= 180 or abs(lat) > 1000 else ""
            self.fault("lon, lat", f"{lon:g}, {lat:g}{why}", "longitude -180 to 180, latitude -90 to 90 [degrees]")
            return None
        names = ("east", "north") if "east" in self.cells else ("lon", "lat")
        if crs is None or any(name not in self.cells for name in names):
            valid = "lon and lat [degrees], or east and north [m] with --crs EPSG:N"
            self.fault("position", ", ".join(self.cells) or "nothing", valid)
            return None
        east, north = self.number(names[0], "metres"), self.number(names[1], "metres")
        return None if east is None or north is None else self.projected(east, north, crs)

    def projected(self, east: float, north: float, crs: str) -> tuple[float, float] | None:
        """Longitude and latitude of projected coordinates. A fault where only the exchanged ones lie in the system."""
        try:
            there = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        except CRSError:
            self.fault("crs", repr(crs), "EPSG:32633 …")
            return None
        lon, lat = there.transform(east, north)
        if not _covered(there, lon, lat) and _covered(there, *there.transform(north, east)):
            self.fault("east, north", f"{east:g}, {north:g}: they look swapped", f"coordinates of {crs}")
            return None
        if not (math.isfinite(lon) and math.isfinite(lat)):
            self.fault("east, north", f"{east:g}, {north:g}", f"coordinates of {crs}")
            return None
        return float(lon), float(lat)

    def number(self, name: str, valid: str) -> float | None:
        """A required number."""
        found = self.optional(name)
        if found is None and not any(fault.key == name and fault.line == self.line for fault in self.faults):
            self.fault(name, "nothing", valid)
        return found

    def optional(self, name: str) -> float | None:
        """A number, or None where nothing stands."""
        raw = self.cells.get(name)
        if raw is None or str(raw).strip().lower() in _NOTHING:
            return None
        try:
            value = float(raw)
        except (TypeError, ValueError):
            value = math.nan
        if not math.isfinite(value) or isinstance(raw, bool):
            self.fault(name, repr(raw), "a number with a decimal point")
            return None
        return value

    def positive(self, name: str) -> float | None:
        """A standard error: above 0 where it is stated."""
        value = self.optional(name)
        if value is not None and value <= 0:
            self.fault(name, f"{value:g}", "above 0: no mark and no map is exact")
        return value

    def fault(self, key: str, found: str, valid: str) -> None:
        """Notes what is wrong."""
        self.faults.append(RecordFault(self.file, self.line, key, found, valid))


def _covered(there: Transformer, lon: float, lat: float) -> bool:
    """Whether a position [degrees] lies in the area that its reference system is made for."""
    area = there.source_crs.area_of_use if there.source_crs is not None else None
    if area is None:
        return math.isfinite(lon)
    return area.west <= lon <= area.east and area.south <= lat <= area.north

"""A table of places: CSV with columns for latitude and longitude, as spreadsheets save it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dateline.core import InputError, UsageError
from dateline.places.coordinates import decimal_spot, read_coordinates
from dateline.places.named import NamedPlace, Reading, Spot, clean_name, with_unique_ids

MOST_ROWS = 500_000
_LAT = ("lat", "latitude", "lat_dd", "widelat", "широта", "위도", "纬度", "緯度")
_LON = ("lon", "lng", "long", "longitude", "lon_dd", "долгота", "경도", "经度", "経度", "довгота")
_NAME = ("name", "place", "title", "label", "port", "site", "название", "назва", "이름", "名称")
_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a CSV by lower-case column, with the columns that hold position and name."""

    rows: tuple[Mapping[str, str], ...]
    columns: tuple[str, ...]
    lat: str
    lon: str
    name: str | None

    def spots(self) -> Iterator[tuple[int, Mapping[str, str], Spot | None, str | None]]:
        """Each row with its line in the file, its position (None where the cells are empty), and what is wrong."""
        for line, row in enumerate(self.rows, 2):
            lat, lon = row[self.lat].strip(), row[self.lon].strip()
            if not lat and not lon:
                yield line, row, None, None
                continue
            try:
                yield line, row, _cells(lat, lon), None
            except UsageError as error:
                yield line, row, None, f"{lat}, {lon}: {error.do}"


def read_csv(data: bytes, *, origin: str, name_field: str | None = None) -> Reading:
    """The places in a CSV file. The digits that each cell states become the radius [m] of its place.

    InputError: `table-columns` without columns for a position, `encoding` for text that is not UTF-8, `position`
    for cells that are not on Earth: all such lines at once.
    """
    table = open_table(data, origin=origin, name_field=name_field)
    places: list[NamedPlace] = []
    empty: list[int] = []
    wrong: list[str] = []
    for line, row, spot, fault in table.spots():
        name = clean_name(row[table.name]) if table.name else ""
        if fault is not None:
            wrong.append(f"line {line}: {fault}")
        elif spot is None:
            empty.append(line)
        else:
            at = f"{origin}, line {line}"
            notes = spot.notes if name else (*spot.notes, "No name in the file.")
            places.append(NamedPlace(id=name, name=name or at, where=spot.where, origin=at, notes=notes))
    if wrong:
        raise _positions(wrong, origin)
    if not places:
        raise InputError(
            "There is no place in this table.",
            saw=f"{origin}: {len(table.rows)} rows, no position",
            do="Fill the columns for latitude and longitude.",
            code="no-places",
        )
    notes = (f"Left out for want of a position: {_lines(empty)}.",) if empty else ()
    return Reading(places=with_unique_ids(places), notes=notes)


def open_table(data: bytes, *, origin: str, name_field: str | None = None) -> Table:
    """A CSV with its position and name columns found; separators may be commas, semicolons or tabs."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "This table is not in UTF-8, so its names cannot be read.",
            saw=f"{origin}: byte {data[error.start]:#04x} at {error.start}",
            do='Save it again as "CSV UTF-8".',
            code="encoding",
        ) from error
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, line))]
    except csv.Error as error:
        raise _columns(origin, str(error)) from error
    columns = tuple(clean_name(cell).lower() for cell in lines[0]) if lines else ()
    lat, lon = _first(columns, _LAT), _first(columns, _LON)
    if lat is None or lon is None or len(lines) > MOST_ROWS:
        raise _columns(origin, ", ".join(columns) if columns else "an empty file")
    name = _first(columns, (name_field.lower(),) if name_field else _NAME)
    padded = ((*line, *[""] * (len(columns) - len(line))) for line in lines[1:])
    rows = tuple(dict(zip(columns, line, strict=False)) for line in padded)
    return Table(rows, columns, lat, lon, name)


def _first(columns: tuple[str, ...], wanted: tuple[str, ...]) -> str | None:
    return next((column for column in wanted if column in columns), None)


def _cells(lat: str, lon: str) -> Spot:
    """Two cells, decimal or in degrees and minutes; UsageError when they state no position."""
    if _DECIMAL.fullmatch(lat) and _DECIMAL.fullmatch(lon):
        return decimal_spot(lat.replace(",", "."), lon.replace(",", "."), form="table")
    spot = read_coordinates(f"{lat}; {lon}", order="lat,lon") if lat and lon else None
    if spot is None:
        raise UsageError("These coordinates cannot be read.", saw=f"{lat}, {lon}", do="no latitude and longitude")
    return Spot(where=spot.where, form="table")


def _lines(lines: list[int]) -> str:
    more = f" and {len(lines) - 5} more" if len(lines) > 5 else ""
    return f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines[:5]))}{more}"


def _positions(wrong: list[str], origin: str) -> InputError:
    more = f"\n       and {len(wrong) - 10} more" if len(wrong) > 10 else ""
    return InputError(
        f"{len(wrong)} row{'s' if len(wrong) != 1 else ''} of this table state no position on Earth.",
        saw=f"{origin}\n       " + "\n       ".join(wrong[:10]) + more,
        do="Mend these lines, or empty both cells where the position is not known.",
        code="position",
    )


def _columns(origin: str, saw: str) -> InputError:
    return InputError(
        "This table has no columns for latitude and longitude.",
        saw=f"{origin}: {saw[:200]}",
        do="Name two columns lat and lon, one row a place; a column called name is used for names.",
        code="table-columns",
    )

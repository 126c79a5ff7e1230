"""Black Marble's names and tiles as arithmetic: which granules a region and a time need, and what they weigh."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from dateline.core.errors import InputError, UsageError
from dateline.core.when import When
from dateline.imagery.sensor import sensor_for

COLUMNS, ROWS = 36, 18
"""Tiles of 10 by 10 degrees around and down the globe."""

ARCHIVE = "https://ladsweb.modaps.eosdis.nasa.gov/archive/allData"

SIMULATED_SUFFIX = ".simulated"
"""Stands before `.h5` in the name of every file that dateline simulated."""

_NAME = re.compile(
    r"(?P<product>V(?:NP|J1)46A[1-4])(?P<nrt>_NRT)?\.A(?P<day>\d{7})\.h(?P<h>\d{2})v(?P<v>\d{2})"
    r"\.(?P<collection>\d{3})\.(?P<stamp>\d{13})(?P<simulated>\.simulated)?\.h5"
)

Bounds = tuple[float, float, float, float]
"""West, south, east, north [degrees]."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """A square of 10 degrees: column `h` from 180 W eastward, row `v` from 90 N southward."""

    h: int
    v: int

    def __post_init__(self) -> None:
        if not (0 <= self.h < COLUMNS and 0 <= self.v < ROWS):
            raise ValueError(f"There is no tile h{self.h:02d}v{self.v:02d}; h is 0 to 35, v is 0 to 17.")

    def __str__(self) -> str:
        return f"h{self.h:02d}v{self.v:02d}"

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north [degrees] of its outer edges."""
        west, north = 10 * self.h - 180, 90 - 10 * self.v
        return (west, north - 10, west + 10, north)


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a granule is of, whatever its production stamp: product, collection, tile, first day."""

    product: str
    collection: str
    tile: Tile
    day: date


@dataclass(frozen=True, slots=True)
class Granule:
    """What the name of one file says. `stamp` is the production time, YYYYDDDHHMMSS."""

    key: Key
    stamp: str
    simulated: bool = False
    near_real_time: bool = False

    @property
    def name(self) -> str:
        """The file's name."""
        key, mark = self.key, SIMULATED_SUFFIX if self.simulated else ""
        nrt = "_NRT" if self.near_real_time else ""
        return f"{key.product}{nrt}.A{key.day:%Y%j}.{key.tile}.{int(key.collection):03d}.{self.stamp}{mark}.h5"

    @property
    def when(self) -> When:
        """The night, month or year that it covers."""
        return period(self.key.product, self.key.day)


def parse_name(name: str) -> Granule | None:
    """Reads a granule's name; None where it is not one.

    Raises InputError (code `granule-date`) for a day of year that the product cannot have: a month starts on its
    first day (March is 060, or 061 in a leap year), a year on 001.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    product = match["product"]
    tile = Tile(int(match["h"]), int(match["v"]))
    key = Key(product, str(int(match["collection"])), tile, _day(name, product, match["day"]))
    return Granule(key, match["stamp"], bool(match["simulated"]), bool(match["nrt"]))


def _day(name: str, product: str, text: str) -> date:
    year, count = int(text[:4]), int(text[4:])
    lawful = year >= 1 and 1 <= count <= 365 + calendar.isleap(year)
    day = date(year, 1, 1) + timedelta(days=count - 1) if lawful else None
    if day is None or day != first_day(product, day):
        raise InputError(
            "The date in a granule's name is not one that the product can have.",
            saw=f"{name}: day {text}",
            do="Download the file again under its own name; a month starts on its first day, a year on day 001.",
            code="granule-date",
        )
    return day


def first_day(product: str, day: date) -> date:
    """The day under which the granule of a product that covers this day is named."""
    match product[-1]:
        case "3":
            return day.replace(day=1)
        case "4":
            return day.replace(month=1, day=1)
    return day


def period(product: str, day: date) -> When:
    """The night, month or year of a product that holds this day."""
    match product[-1]:
        case "3":
            return When.month(day.year, day.month)
        case "4":
            return When.year(day.year)
    return When.on(day)


def periods(product: str, first: date, last: date) -> tuple[date, ...]:
    """The first days of all granules between two days, both included."""
    found, day = [], first_day(product, first)
    while day <= last:
        found.append(day)
        day = _next(product, day)
    return tuple(found)


def _next(product: str, day: date) -> date:
    match product[-1]:
        case "3":
            return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        case "4":
            return day.replace(year=day.year + 1)
    return day + timedelta(days=1)


def tiles_for(bounds: Bounds) -> tuple[Tile, ...]:
    """The tiles that share area with west, south, east, north [degrees], or that hold a point; by column, then row.

    A border that lies exactly on a tile's edge belongs to the inside only. Raises InputError for bounds that cross
    the 180th meridian (code `antimeridian`) or are not on Earth (code `bounds`).
    """
    west, south, east, north = bounds
    if not all(map(math.isfinite, bounds)) or south > north or south < -90 or north > 90 or abs(west) > 180:
        raise InputError(
            "These are not bounds on Earth.",
            saw=f"west {west}, south {south}, east {east}, north {north} [degrees]",
            do="Give west, south, east, north in degrees, south below north.",
            code="bounds",
        )
    if east < west or east > 180:
        raise InputError(
            "The bounds cross the 180th meridian.",
            saw=f"west {west}, east {east} [degrees]",
            do="Cut them there and ask for the two parts.",
            code="antimeridian",
        )
    across = _range((west + 180) / 10, (east + 180) / 10, COLUMNS)
    down = _range((90 - north) / 10, (90 - south) / 10, ROWS)
    return tuple(Tile(h, v) for h in across for v in down)


def _range(low: float, high: float, count: int) -> range:
    first = min(math.floor(low), count - 1)
    last = max(math.ceil(high) - 1, first)
    return range(first, last + 1)


_DARKLESS: Mapping[int, tuple[int, ...]] = {
    0: (4, 5, 6, 7, 8),
    1: (5, 6, 7),
    2: (6,),
    15: (12,),
    16: (11, 12, 1),
    17: (10, 11, 12, 1, 2),
}
"""Months without a Collection 2 tile, by row: there the summer has no night. As tested by a third party."""


def without_night(tile: Tile, month: int) -> bool:
    """Whether Collection 2 is known to lack a row's tiles in a month (1 to 12): no night, so no observation."""
    return month in _DARKLESS.get(tile.v, ())


_TILE_BYTES: Mapping[str, tuple[int, int]] = {
    "h30v04": (23_600_000, 31_000_000),
    "h31v04": (15_100_000, 20_000_000),
    "h30v05": (11_400_000, 14_900_000),
    "h20v03": (12_300_000, 19_100_000),
    "h20v04": (17_000_000, 29_500_000),
    "h21v03": (17_000_000, 23_800_000),
    "h21v04": (11_000_000, 14_900_000),
    "h22v04": (14_500_000, 19_800_000),
}
"""Monthly files, least and greatest: LAADS listings of 2012-12 and 2020-03 (Collection 1), three of 2021-01 (2)."""

_PRODUCT_BYTES: Mapping[str, tuple[int, int]] = {"3": (600_000, 31_000_000), "4": (640_000, 35_000_000)}
"""Least, and 95 %, of all tiles in the listings; nothing was measured for the daily products."""


def bytes_of(product: str, tile: Tile) -> tuple[int, int] | None:
    """Least and greatest size to expect of one file [bytes], or None where nobody measured it (daily products)."""
    if product.endswith("3") and str(tile) in _TILE_BYTES:
        return _TILE_BYTES[str(tile)]
    return _PRODUCT_BYTES.get(product[-1])


Status = Literal["have", "needed", "no-night", "outside-record"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One granule of a plan. `pattern` is its name with `*` for the production stamp, which only a listing tells."""

    key: Key
    status: Status
    pattern: str
    folder: str
    """The archive folder that holds it, as text: needs a login."""
    size: tuple[int, int] | None
    """Least and greatest size to expect [bytes]; None: not known."""
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All granules that a question needs, and which of them are here."""

    granules: tuple[Wanted, ...]

    def of(self, status: Status) -> tuple[Wanted, ...]:
        """Those with one status."""
        return tuple(wanted for wanted in self.granules if wanted.status == status)

    def size(self) -> tuple[int, int] | None:
        """Least and greatest size of what is still needed [bytes]; None where any of it is not known."""
        sizes = [wanted.size for wanted in self.of("needed")]
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes):
            return None
        return (sum(low for low, _ in known), sum(high for _, high in known))


def plan(
    places: Sequence[Bounds],
    product: str,
    days: Sequence[date],
    *,
    collection: str = "2",
    have: Mapping[Key, Path] | None = None,
) -> Plan:
    """The granules of a product that cover the places [degrees] on the days; only those periods, no others between.

    `have` is what a folder holds (catalog.local.index). Raises UsageError (code `product`) for a product that is
    not Black Marble's.
    """
    sensor = sensor_for(product)
    if sensor.reader != "black_marble":
        raise UsageError(
            "Only Black Marble comes in tiles that can be planned.",
            saw=product,
            do="Give the files of other products by their paths.",
            code="product",
        )
    tiles = sorted({tile for bounds in places for tile in tiles_for(bounds)})
    starts = sorted({first_day(product, day) for day in days})
    keys = (Key(product, collection, tile, day) for day in starts for tile in tiles)
    return Plan(tuple(_wanted(key, have or {}) for key in keys))


def _wanted(key: Key, have: Mapping[Key, Path]) -> Wanted:
    record = sensor_for(key.product).products[key.product]
    span = period(key.product, key.day)
    assert isinstance(span.latest, date)
    status: Status = "needed"
    if key in have:
        status = "have"
    elif (record.start and span.latest < record.start) or (record.end and key.day > record.end):
        status = "outside-record"
    elif key.product[-1] == "3" and key.collection == "2" and without_night(key.tile, key.day.month):
        status = "no-night"
    return Wanted(
        key=key,
        status=status,
        pattern=f"{key.product}.A{key.day:%Y%j}.{key.tile}.{int(key.collection):03d}.*.h5",
        folder=archive_folder(key),
        size=bytes_of(key.product, key.tile),
        path=have.get(key),
    )


def archive_folder(key: Key) -> str:
    """The LAADS folder of a granule, as text; files behind it need an Earthdata login."""
    archive = sensor_for(key.product).collection(key.collection).archive
    return f"{ARCHIVE}/{archive}/{key.product}/{key.day:%Y}/{key.day:%j}/"

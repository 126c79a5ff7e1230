"""The surface as areas on the map: contours no finer than may be printed, cut at the 180th meridian."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from dateline.methods.sun_shadow.surface import FAR, KM_PER_DEGREE, Surface

F8 = npt.NDArray[np.float64]

MOST_CELLS = 6_000_000


def region(surface: Surface, level: float, *, precision: float) -> BaseGeometry:
    """The area of a level [degrees], no finer than `precision` [km]: every cell of that size that it touches counts.

    Longitudes run from -180 to 180. Empty only where the surface is.
    """
    from skimage.measure import find_contours

    raster, first, side, whole = _raster(surface, precision)
    lines = []
    for line in find_contours(raster, surface.limits[level] + 1e-9):  # type: ignore[no-untyped-call]
        lat = -90 + side * (line[:, 0] - 1 + first[0] + 0.5)
        lon = -180 + side * (line[:, 1] - 1 + first[1] + 0.5)
        if len(line) > 3:
            lines.append(shapely.LineString(np.stack([lon, np.clip(lat, -90, 90)], axis=1)))
    drawn = shapely.build_area(shapely.GeometryCollection(lines)) if lines else shapely.Polygon()
    digits = max(0, math.ceil(-math.log10(side)) + 1)
    drawn = shapely.make_valid(drawn.simplify(side / 4))
    return shapely.make_valid(shapely.set_precision(_wrapped(drawn, whole=whole), 10.0**-digits))


def _raster(surface: Surface, precision: float) -> tuple[F8, tuple[int, int], float, bool]:
    """Costs of cells [precision] around those of the surface, the least of each; its first row and column, side, and
    whether it goes around the Earth. One cell of nothing all around."""
    columns, rows = round(360 / surface.step), round(180 / surface.step)
    wanted = precision / KM_PER_DEGREE / surface.step
    lot = max(n for n in range(1, rows + 1) if rows % n == 0 and n <= max(1.0, wanted + 1e-6))
    while True:
        row, column = surface.row // lot, surface.column // lot
        start = _seam(column, columns // lot)
        column = (column - start) % (columns // lot)
        height, width = int(np.ptp(row)) + 3, int(column.max()) + 3
        bigger = [n for n in range(lot + 1, rows + 1) if rows % n == 0]
        if height * width <= MOST_CELLS or not bigger:
            break
        lot = bigger[0]
    raster = np.full((height, width), 1.5 * FAR)
    np.minimum.at(raster, (row - row.min() + 1, column + 1), surface.cost)
    return raster, (int(row.min()), start), surface.step * lot, width - 2 >= columns // lot


def _seam(column: npt.NDArray[np.int_], columns: int) -> int:
    """The column at which to begin so that the region is not cut: after the widest stretch without any."""
    taken = np.unique(column)
    gaps = np.diff(np.append(taken, taken[0] + columns))
    widest = int(np.argmax(gaps))
    return 0 if gaps[widest] <= 1 else int(taken[(widest + 1) % len(taken)])


def _wrapped(drawn: BaseGeometry, *, whole: bool) -> BaseGeometry:
    """The same with longitudes within 180; what lies beyond is cut off and moved around."""
    if whole:
        return drawn.intersection(shapely.box(-180, -90, 180, 90))
    boxes = {turn: shapely.box(-180 + turn, -90, 180 + turn, 90) for turn in (-360, 0, 360)}
    parts = [translate(drawn.intersection(box), xoff=-turn) for turn, box in boxes.items()]
    return shapely.union_all([part for part in parts if not part.is_empty])


def geojson(regions: Sequence[tuple[float, BaseGeometry]], told: dict[str, Any]) -> bytes:
    """A FeatureCollection with one MultiPolygon a level (EPSG:4326, longitude first), largest level first."""
    features = []
    for level, drawn in sorted(regions, key=lambda pair: -pair[0]):
        areas = [one for one in shapely.get_parts(drawn) if one.geom_type == "Polygon"]
        shape = shapely.orient_polygons(shapely.MultiPolygon(areas))
        features.append(
            {"type": "Feature", "properties": {"level": level, **told}, "geometry": shapely.geometry.mapping(shape)}
        )
    return (json.dumps({"type": "FeatureCollection", "features": features}, indent=None) + "\n").encode()

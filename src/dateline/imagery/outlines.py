"""Places as valid polygons in the pixel coordinates of a grid, with a note of everything that was mended."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import shapely
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from dateline.core import InputError, Where
from dateline.imagery.ground import WGS84, crs_of

Note = tuple[str, str, str]
"""The place, a code and a sentence."""

_DISC_CORNERS = 256
_LONGEST_EDGE = 0.005
"""Edges are cut to this length [degrees] before they are bent into a projected grid: under a metre off the line."""


def outlines(places: Mapping[str, Where], geobox: GeoBox) -> tuple[npt.NDArray[np.object_], tuple[Note, ...]]:
    """One valid (multi)polygon for each place, in pixel coordinates of the grid (x = columns, y = rows).

    places: areas, or points with a radius [m], which become geodesic discs. A ring that crosses itself is repaired
    (GEOS make_valid, "structure": a bow tie becomes its two wings) and noted as `ring-repaired`.
    Raises InputError: `no-places`, `no-radius`, `empty-area`, `pole`.
    """
    if not places:
        raise InputError("There is no place to measure.", saw="an empty list", do="Name a place.", code="no-places")
    shapes = np.empty(len(places), dtype=object)
    notes: list[Note] = []
    for index, (name, where) in enumerate(places.items()):
        shape = _drawn(name, where)
        if not shapely.is_valid(shape):
            notes.append((name, "ring-repaired", f"The outline was repaired: {shapely.is_valid_reason(shape)}."))
            shape = _repaired(name, shape)
        shapes[index] = shape
    return _in_pixels(shapes, geobox), tuple(notes)


def _drawn(name: str, where: Where) -> BaseGeometry:
    if not where.is_area:
        return disc(name, where)
    polygons = [shapely.Polygon(rings[0], rings[1:]) for rings in where.polygons]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _repaired(name: str, shape: BaseGeometry) -> BaseGeometry:
    repaired = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if repaired.area == 0:
        raise InputError(
            f"The outline of {name} has no area.",
            saw=shapely.is_valid_reason(shape),
            do="Draw it again, or give a point with a radius in metres.",
            code="empty-area",
        )
    return repaired


def disc(name: str, where: Where) -> BaseGeometry:
    """The points within `radius` [m] of a place along the ellipsoid, as a polygon [degrees] of the disc's own area."""
    if not where.radius:
        raise InputError(
            f"{name} is a point without a radius.",
            saw=f"{where.lat}, {where.lon}, radius {where.radius}",
            do="Say how far around it you mean, in metres, or draw its outline.",
            code="no-radius",
        )
    assert where.lon is not None
    assert where.lat is not None
    wedge = 2 * math.pi / _DISC_CORNERS
    reach = where.radius * math.sqrt(wedge / math.sin(wedge))  # corners lie outside, so that the areas are equal
    if (90 - abs(where.lat)) * 111_000 <= reach:
        raise InputError(
            f"The disc around {name} holds a pole.",
            saw=f"latitude {where.lat}, radius {where.radius} m",
            do="Make the radius smaller, or draw the outline.",
            code="pole",
        )
    bearings = np.linspace(0, 360, _DISC_CORNERS, endpoint=False)
    centre = np.full(_DISC_CORNERS, where.lon), np.full(_DISC_CORNERS, where.lat)
    lon, lat, _ = WGS84.fwd(*centre, bearings, np.full(_DISC_CORNERS, reach))
    lon = where.lon + (np.asarray(lon) - where.lon + 180) % 360 - 180
    return _cut_at_dateline(shapely.Polygon(np.column_stack([lon, lat])))


def _cut_at_dateline(shape: BaseGeometry) -> BaseGeometry:
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return shape
    parts = []
    for turn in (-360, 0, 360):
        inside = shapely.intersection(shape, shapely.box(turn - 180, -90, turn + 180, 90))
        if inside.area > 0:
            parts.append(translate(inside, xoff=-turn))
    return shapely.union_all(parts)


def _in_pixels(shapes: npt.NDArray[np.object_], geobox: GeoBox) -> npt.NDArray[np.object_]:
    a, b, c, d, e, f = tuple(~geobox.affine)[:6]
    crs = crs_of(geobox)
    bends = crs.epsg != 4326
    to_grid = Transformer.from_crs("EPSG:4326", crs.to_wkt(), always_xy=True)

    def to_pixels(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x, y = to_grid.transform(*points.T) if bends else points.T
        return np.column_stack([a * x + b * y + c, d * x + e * y + f])

    drawn: npt.NDArray[np.object_] = shapely.transform(
        shapely.segmentize(shapes, _LONGEST_EDGE) if bends else shapes, to_pixels
    )
    return drawn

"""Where a port or berth lies in a picture, as far as the picture itself says where it was taken of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dateline.core.errors import DatelineError
from dateline.core.where import Where
from dateline.ledger.place import Place

if TYPE_CHECKING:
    from odc.geo.geobox import GeoBox

Ring = list[list[float]]
UNSAID = "The picture does not say where on the ground it is: look for the berth yourself."
NEAR = 1_000.0
"""A point that nobody gave a radius is drawn with this much around it [m]."""


def outline(grid: GeoBox | None, place: Place) -> dict[str, Any]:
    """rings and quay as columns and rows [px] of the picture; inside: whether any of it lies in the picture.

    grid: what the picture's own file says of where it lies. Without it there are no rings, and `why` says so: bounds
    that a catalogue gave to a whole scene are those of no picture.
    """
    if grid is None:
        return {"rings": [], "quay": [], "inside": None, "why": UNSAID}
    try:
        rings = _rings(place.where, grid)
    except DatelineError as error:
        return {"rings": [], "quay": [], "inside": None, "why": error.what}
    return {
        "rings": rings,
        "quay": _line(place.quay, grid),
        "inside": _meets(rings, (grid.shape[0], grid.shape[1])),
        "why": None,
    }


def _rings(where: Where, grid: GeoBox) -> list[Ring]:
    from dateline.imagery.outlines import outlines

    if not where.is_area and not where.radius:
        assert where.lon is not None
        assert where.lat is not None
        where = Where.point(lon=where.lon, lat=where.lat, radius=NEAR)
    shapes, _ = outlines({"the place": where}, grid)
    polygons = getattr(shapes[0], "geoms", [shapes[0]])
    return [
        np.asarray(ring.coords)[:, :2].round(2).tolist() for one in polygons for ring in (one.exterior, *one.interiors)
    ]


def _line(quay: Any, grid: GeoBox) -> Ring:
    if not quay:
        return []
    from pyproj import Transformer

    from dateline.imagery.ground import crs_of

    to_grid = Transformer.from_crs("EPSG:4326", crs_of(grid).to_wkt(), always_xy=True)
    a, b, c, d, e, f = tuple(~grid.affine)[:6]
    x, y = np.asarray(to_grid.transform(*np.asarray(quay).T))
    line: Ring = np.stack([a * x + b * y + c, d * x + e * y + f], axis=1).round(2).tolist()
    return line


def _meets(rings: list[Ring], shape: tuple[int, int]) -> bool:
    """Whether the box around the outline meets the picture."""
    points = np.array([point for ring in rings for point in ring])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return bool(left < shape[1] and right > 0 and top < shape[0] and bottom > 0)

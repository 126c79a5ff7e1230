"""Where a place lies in a picture, as far as the picture's own file says what ground it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from dateline.core.errors import DatelineError
from dateline.core.where import Where
from dateline.imagery.extent import NEAR
from dateline.ledger.place import Place

if TYPE_CHECKING:
    from odc.geo.geobox import GeoBox

Ring = list[list[float]]
UNSAID = "The picture does not say where on the ground it is: look for the place yourself."
AROUND = 1.5
"""What is shown around a place, as a multiple of its own width."""
LEAST = 120.0
"""At least so much is shown [m]."""


def rings_of(where: Where, grid: GeoBox) -> list[Ring]:
    """The outline as closed rings of columns and rows [px]; of a point without a radius the NEAR ground around it.

    Raises what imagery.outlines raises where the outline has no area, or the grid no reference system.
    """
    from dateline.imagery.outlines import outlines

    sized = where if where.is_area or where.radius else replace(where, radius=NEAR)
    shapes, _ = outlines({"the place": sized}, grid)
    polygons = getattr(shapes[0], "geoms", [shapes[0]])
    return [
        np.asarray(ring.coords)[:, :2].round(2).tolist() for one in polygons for ring in (one.exterior, *one.interiors)
    ]


def is_within(rings: list[Ring], grid: GeoBox) -> bool:
    """Whether the box around the rings meets the picture."""
    (left, top), (right, bottom) = _box(rings)
    return bool(left < grid.shape[1] and right > 0 and top < grid.shape[0] and bottom > 0)


def _box(rings: list[Ring]) -> tuple[Any, Any]:
    points = np.concatenate([np.asarray(ring) for ring in rings])
    return points.min(axis=0), points.max(axis=0)


def outline(grid: GeoBox | None, place: Place) -> dict[str, Any]:
    """rings and quay as columns and rows [px] of the picture; inside: whether any of it lies in the picture.

    grid: what the picture's own file says of where it lies. Without it there are no rings, and `why` says so: bounds
    that a catalogue gave to a whole scene are those of no picture.
    """
    if grid is None:
        return {"rings": [], "quay": [], "inside": None, "why": UNSAID}
    try:
        rings = rings_of(place.where, grid)
    except DatelineError as error:
        return {"rings": [], "quay": [], "inside": None, "why": error.what}
    return {"rings": rings, "quay": _line(place.quay, grid), "inside": is_within(rings, grid), "why": None}


def placed(grid: GeoBox, where: Where) -> dict[str, Any] | None:
    """The place in the picture: `rings` and `view` (left, top, right, bottom), columns and rows [px], and `metres` in
    a pixel. The view is equally wide on the ground in every picture; None outside. Raises as rings_of().
    """
    from dateline.imagery.ground import pixel_km

    rings = rings_of(where, grid)
    if not is_within(rings, grid):
        return None
    (left, top), (right, bottom) = _box(rings)
    x, y = (left + right) / 2, (top + bottom) / 2
    metres = 1_000 * pixel_km(x, y, grid)[1]
    half = max(AROUND * max(right - left, bottom - top), LEAST / metres) / 2
    view = [round(float(value), 2) for value in (x - half, y - half, x + half, y + half)]
    return {"rings": rings, "view": view, "metres": round(metres, 4)}


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

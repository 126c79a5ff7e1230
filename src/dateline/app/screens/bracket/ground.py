"""Where the place lies in a picture, as far as the file itself says where it was taken of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image
from starlette.responses import Response

from dateline.app.pictures.picture import Picture, drawn, own_stretch
from dateline.app.pictures.tiles import webp
from dateline.core.where import Where
from dateline.imagery.extent import NEAR

AROUND = 1.5
"""What is shown around a place, as a multiple of its own width."""
LEAST = 120.0
"""At least so much is shown [m]."""


def placed(grid: Any, where: Where) -> dict[str, Any] | None:
    """The place in the picture: `rings` and `view` (left, top, right, bottom), columns and rows [px], and `metres` in
    a pixel. grid: of the picture (odc.geo). The view is equally wide on the ground in every picture; None outside.
    """
    from dateline.imagery.outlines import outlines

    sized = where if where.is_area or where.radius else Where.point(lon=_lon(where), lat=_lat(where), radius=NEAR)
    shapes, _ = outlines({"the place": sized}, grid)
    polygons = getattr(shapes[0], "geoms", [shapes[0]])
    rings = [np.asarray(ring.coords)[:, :2] for one in polygons for ring in (one.exterior, *one.interiors)]
    points = np.concatenate(rings)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    if right < 0 or bottom < 0 or left > grid.shape[1] or top > grid.shape[0]:
        return None
    metres = _metres(grid, (left + right) / 2, (top + bottom) / 2)
    half = max(AROUND * max(right - left, bottom - top), LEAST / metres) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    view = [round(float(value), 2) for value in (x - half, y - half, x + half, y + half)]
    return {"rings": [ring.round(2).tolist() for ring in rings], "view": view, "metres": round(metres, 4)}


def cut(picture: Picture, view: Sequence[float], side: int) -> Response | None:
    """A small picture of a part (left, top, right, bottom [px]), its longer side this long [px]. None outside."""
    left, top = max(0, int(view[0])), max(0, int(view[1]))
    right, bottom = min(picture.size[0], int(view[2]) + 1), min(picture.size[1], int(view[3]) + 1)
    if right <= left or bottom <= top:
        return None
    level = max(0, int(np.log2(max(right - left, bottom - top) / side)))
    values, seen = picture.read((left, top, right - left, bottom - top), level)
    made = Image.fromarray(drawn(values, seen, own_stretch(picture)))
    made.thumbnail((side, side), Image.Resampling.BOX)
    return webp(np.asarray(made), 85)


def _lon(where: Where) -> float:
    assert where.lon is not None
    return where.lon


def _lat(where: Where) -> float:
    assert where.lat is not None
    return where.lat


def _metres(grid: Any, x: float, y: float) -> float:
    """How wide a pixel is on the ellipsoid there [m]."""
    from pyproj import Geod, Transformer

    to_ground = Transformer.from_crs(grid.crs.to_wkt(), "EPSG:4326", always_xy=True)
    ends = [to_ground.transform(*(grid.affine * (x + step, y))) for step in (-0.5, 0.5)]
    return float(Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2])

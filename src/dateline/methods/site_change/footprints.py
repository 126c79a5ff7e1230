"""Outlines of roofs on the images' pixels: what lies inside, in a ring around, and on the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from odc.geo.geobox import GeoBox
from shapely.geometry.base import BaseGeometry

from dateline.core.where import Where
from dateline.imagery.outlines import outlines

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
B1 = npt.NDArray[np.bool_]

RING = 3.0
"""Width of the ring around a roof [m]; two pixels at least."""
FEWEST = 9
"""Fewest pixels inside that are compared."""
MOST = 600
"""Pixels that stand for a large roof, and as many for its ring."""
EDGE = 80
"""Points on an edge at which its contrast is read, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One footprint on the grid. inside, ring: (n, 2) rows and columns of pixels. edge: (m, 2) points on the outline,
    normals: (m, 2) unit vectors across it. narrow: its narrow side [px]. area [px]. shape: in pixel coordinates.
    """

    id: str
    inside: I8
    ring: I8
    edge: F8
    normals: F8
    narrow: float
    area: float
    shape: BaseGeometry


def outlines_of(places: Mapping[str, Where], geobox: GeoBox, pixel: tuple[float, float]) -> list[Outline]:
    """Footprints as pixels; the rings leave out all other footprints. Raises what `imagery.outlines` raises."""
    shapes, _ = outlines(places, geobox)
    width = max(2.0, RING / float(np.sqrt(pixel[0] * pixel[1])))
    tree = shapely.STRtree(shapes)
    made = []
    for name, shape in zip(places, shapes, strict=True):
        near = [shapes[i] for i in tree.query(shape.buffer(width + 1))]
        made.append(_outline(name, shape, shapely.union_all(near).buffer(0.5), width))
    return made


def _outline(name: str, shape: BaseGeometry, built: BaseGeometry, width: float) -> Outline:
    west, north, east, south = (float(one) for one in shape.buffer(width + 1).bounds)
    rows, columns = np.mgrid[int(np.floor(north)) : int(np.ceil(south)), int(np.floor(west)) : int(np.ceil(east))]
    rows, columns = rows.ravel(), columns.ravel()
    x, y = columns + 0.5, rows + 0.5
    turned = shapely.minimum_rotated_rectangle(shape)
    sides = np.hypot(*np.diff(shapely.get_coordinates(turned)[:3], axis=0).T)
    narrow = float(sides.min()) if len(sides) else 0.0
    inside = shapely.contains_xy(shape.buffer(-max(0.5, min(2.0, narrow / 8))), x, y)
    ring = shapely.contains_xy(shape.buffer(width), x, y) & ~shapely.contains_xy(built, x, y)
    edge, normals = _edge(shape)
    pixels = np.stack([rows, columns], axis=1)
    return Outline(
        id=name,
        inside=_some(pixels[inside]),
        ring=_some(pixels[ring]),
        edge=edge,
        normals=normals,
        narrow=narrow,
        area=float(shape.area),
        shape=shape,
    )


def _some(pixels: I8) -> I8:
    """At most MOST of the pixels, evenly."""
    return pixels[:: max(1, -(-len(pixels) // MOST))]


def _edge(shape: BaseGeometry) -> tuple[F8, F8]:
    """Points along all outer rings, away from corners, and the direction across (rows, columns)."""
    points, across = list[F8](), list[F8]()
    step = max(0.5, shape.length / EDGE)
    for polygon in getattr(shape, "geoms", [shape]):
        corners = np.asarray(polygon.exterior.coords)
        for one, other in pairwise(corners):
            length = float(np.hypot(*(other - one)))
            if length < 1e-9:
                continue
            along = (np.arange(max(1, round(length / step))) + 0.5) / max(1, round(length / step))
            points.append(one + along[:, None] * (other - one))
            dx, dy = (other - one) / length
            across.append(np.tile([dx, -dy], (len(along), 1)))
    if not points:
        return np.zeros((0, 2)), np.zeros((0, 2))
    return np.concatenate(points)[:, ::-1] - 0.5, np.concatenate(across)

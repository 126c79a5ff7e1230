"""How far a place reaches: its outline on the ellipsoid, and the bounds around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import shapely

from dateline.core.where import Where
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.outlines import disc

NEAR = 1_000.0
"""A point that nobody gave a radius is looked at with this much around it [m]."""


def shape_of(where: Where) -> Any:
    """The place as a shapely geometry [deg]: an area, or the geodesic disc around a point."""
    if where.is_area:
        shape = shapely.MultiPolygon([shapely.Polygon(rings[0], rings[1:]) for rings in where.polygons])
        return shape if shape.is_valid else shapely.make_valid(shape)
    return disc("the place", where if where.radius else replace(where, radius=NEAR))


def bounds_around(where: Where) -> Bounds:
    """West, south, east, north [deg] of all that the place means, to a tenth of a metre."""
    west, south, east, north = (round(float(edge), 6) for edge in shape_of(where).bounds)
    return (west, south, east, north)

"""Pixels brought from one grid to another: by whole pixels where the grids agree, else between the neighbours."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer

from dateline.core.state import State
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.coverage import Window
from dateline.imagery.ground import crs_of, pixel_km, place_on_earth

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
U1 = npt.NDArray[np.uint8]

_ALIGNED = 0.05
"""Grids that lie off each other by less than this are one grid [px]."""
_SEEN = 0.5
"""A value between neighbours counts where the seen ones have at least this weight."""
_EDGE = 16
"""Points along each side of a box when it is drawn in another system: its sides are bent there."""


def is_metric(geobox: GeoBox) -> bool:
    """Whether a grid counts in metres, in a projected system (Web Mercator's stretched metres too)."""
    crs = crs_of(geobox)
    return bool(crs.projected) and all(unit == "metre" for unit in crs.units)


def true_pixel(geobox: GeoBox) -> tuple[float, float]:
    """Height and width of the middle pixel on the ground [m], along the ellipsoid."""
    rows, columns = geobox.shape
    height, width = pixel_km(columns / 2, rows / 2, geobox)
    return 1000 * height, 1000 * width


def utm_grid(bounds: Bounds, pixel: float) -> GeoBox:
    """A north-up UTM grid around bounds [degrees], in whole steps of `pixel` [m]."""
    west, south, east, north = bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    zone = int((lon + 180) // 6) % 60 + 1
    crs = f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
    x, y = _along(bounds, _transformer("EPSG:4326", crs))
    left, top = math.floor(x.min() / pixel) * pixel, math.ceil(y.max() / pixel) * pixel
    shape = (math.ceil((top - y.min()) / pixel), math.ceil((x.max() - left) / pixel))
    return GeoBox(shape, Affine(pixel, 0, left, 0, -pixel, top), crs)


def bounds_of(geobox: GeoBox) -> Bounds:
    """West, south, east, north [degrees] of a grid."""
    rows, columns = geobox.shape
    along, down = np.linspace(0, columns, _EDGE), np.linspace(0, rows, _EDGE)
    x = np.concatenate([along, along, np.zeros(_EDGE), np.full(_EDGE, columns)])
    y = np.concatenate([np.zeros(_EDGE), np.full(_EDGE, rows), down, down])
    lon, lat = place_on_earth(x.astype(float), y.astype(float), geobox)
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def window_of(bounds: Bounds, geobox: GeoBox) -> Window:
    """The whole pixels of a grid that bounds [degrees] touch; may reach beyond the grid."""
    x, y = _along(bounds, _transformer("EPSG:4326", crs_of(geobox).to_wkt()))
    columns, rows = _apply(~geobox.affine, x, y)
    left, right = math.floor(columns.min() + 1e-6), math.ceil(columns.max() - 1e-6)
    top, bottom = math.floor(rows.min() + 1e-6), math.ceil(rows.max() - 1e-6)
    return Window(slice(top, max(bottom, top + 1)), slice(left, max(right, left + 1)))


def offset(target: GeoBox, source: GeoBox) -> Window | None:
    """Where a grid lies in another, counted in its pixels; None where they do not lie on each other's pixels."""
    if target.crs != source.crs:
        return None
    a, b, left, d, e, top = tuple(~source.affine @ target.affine)[:6]
    rows, columns = target.shape
    stretch = max(abs(a - 1) * columns, abs(b) * rows, abs(d) * columns, abs(e - 1) * rows)
    if max(stretch, abs(left - round(left)), abs(top - round(top))) > _ALIGNED:
        return None
    return Window(slice(round(top), round(top) + rows), slice(round(left), round(left) + columns))


def positions(target: GeoBox, source: GeoBox) -> tuple[F8, F8]:
    """(rows, columns) each: where the centres of a target's pixels lie in a source, counted from its first centre."""
    rows, columns = np.indices(target.shape, dtype=float) + 0.5
    x, y = _apply(target.affine, columns, rows)
    if target.crs != source.crs:
        x, y = _transformer(crs_of(target).to_wkt(), crs_of(source).to_wkt()).transform(x, y)
    across, down = _apply(~source.affine, np.asarray(x), np.asarray(y))
    return down - 0.5, across - 0.5


def between(values: F4, down: F8, across: F8) -> F4:
    """Values at positions between pixel centres [px]: bilinear over the seen neighbours, NaN where they are few."""
    from scipy.ndimage import map_coordinates

    seen = np.isfinite(values)
    at = np.stack([down, across])
    weight = map_coordinates(seen.astype(np.float32), at, order=1, mode="constant", cval=0.0, prefilter=False)
    total = map_coordinates(np.where(seen, values, 0), at, order=1, mode="constant", cval=0.0, prefilter=False)
    enough = weight >= _SEEN
    made = np.full(down.shape, np.nan, np.float32)
    made[enough] = (total[enough] / weight[enough]).astype(np.float32)
    return made


def nearest(codes: npt.NDArray[np.generic], down: F8, across: F8, outside: int = State.OUTSIDE) -> U1:
    """The code of the nearest pixel; `outside` beyond the grid."""
    rows, columns = codes.shape
    row, column = np.rint(down).astype(np.int64), np.rint(across).astype(np.int64)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    made = np.full(down.shape, outside, np.uint8)
    made[inside] = codes[row[inside], column[inside]]
    return made


def needed(down: F8, across: F8, margin: int = 2) -> Window:
    """The window of a source that positions fall into, with a margin [px]."""
    return Window(
        slice(math.floor(down.min()) - margin, math.ceil(down.max()) + 1 + margin),
        slice(math.floor(across.min()) - margin, math.ceil(across.max()) + 1 + margin),
    )


def _along(bounds: Bounds, way: Transformer) -> tuple[F8, F8]:
    west, south, east, north = bounds
    lon, lat = np.meshgrid(np.linspace(west, east, _EDGE), np.linspace(south, north, _EDGE))
    x, y = way.transform(lon.ravel(), lat.ravel())
    return np.asarray(x), np.asarray(y)


def _apply(affine: Affine, x: F8, y: F8) -> tuple[F8, F8]:
    a, b, c, d, e, f = tuple(affine)[:6]
    return a * x + b * y + c, d * x + e * y + f


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)

"""How much ground a pixel covers: true areas and lengths on the WGS 84 ellipsoid, whatever the grid's projection."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from odc.geo import CRS
from odc.geo.geobox import GeoBox
from pyproj import Geod, Transformer

from dateline.core import InputError

F8 = npt.NDArray[np.float64]

WGS84 = Geod(ellps="WGS84")
_A = WGS84.a
_E2 = WGS84.es
_E = math.sqrt(_E2)


def crs_of(geobox: GeoBox) -> CRS:
    """The grid's reference system. Raises InputError `no-crs` when there is none."""
    if geobox.crs is None:
        raise InputError(
            "The image does not say where on Earth it lies.",
            saw=f"a grid of {geobox.shape[0]} by {geobox.shape[1]} pixels without a reference system",
            do="Ask its maker for the georeferenced file; a guess could put the light in another country.",
            code="no-crs",
        )
    return geobox.crs


def authalic_q(latitude: F8) -> F8:
    """Snyder's q, whose difference between two latitudes is proportional to the area between them [1].

    latitude: [degrees], any shape. Snyder 1987, Map Projections: A Working Manual, eq. 3-12 (USGS PP 1395,
    doi 10.3133/pp1395).
    """
    sine = np.sin(np.radians(latitude))
    logarithm = np.log((1 - _E * sine) / (1 + _E * sine)) / (2 * _E)
    q: F8 = (1 - _E2) * (sine / (1 - _E2 * sine**2) - logarithm)
    return q


def cell_area(columns: F8, rows: F8, geobox: GeoBox) -> F8:
    """True area of the pixels whose upper-left corners lie at these grid positions [km2].

    columns, rows: positions in the grid [px], whole or broken, of one shape. Exact for geographic grids (parallels
    and meridians bound the pixel); elsewhere the pixel is a quadrilateral with straight sides in the cylindrical
    equal-area plane, which differs from the ellipsoid's by less than 1e-6 for pixels under 10 km.
    """
    corners = [place_on_earth(columns + dx, rows + dy, geobox) for dx, dy in ((0, 0), (1, 0), (1, 1), (0, 1))]
    x = np.stack([np.radians(lon) for lon, _ in corners])
    y = np.stack([authalic_q(lat) for _, lat in corners])
    doubled = (x * np.roll(y, -1, axis=0) - np.roll(x, -1, axis=0) * y).sum(axis=0)
    area: F8 = np.abs(doubled) / 2 * (_A**2 / 2) / 1e6
    return area


def place_on_earth(columns: F8, rows: F8, geobox: GeoBox) -> tuple[F8, F8]:
    """Longitude and latitude [degrees, WGS 84] of grid positions [px]."""
    a, b, c, d, e, f = tuple(geobox.affine)[:6]
    x, y = a * columns + b * rows + c, d * columns + e * rows + f
    crs = crs_of(geobox)
    if crs.epsg == 4326:
        return x, y
    to_degrees = Transformer.from_crs(crs.to_wkt(), "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def pixel_km(column: float, row: float, geobox: GeoBox) -> tuple[float, float]:
    """Height and width [km] of the pixel around a grid position [px], along the ellipsoid."""
    columns = np.array([column, column, column - 0.5, column + 0.5])
    rows = np.array([row - 0.5, row + 0.5, row, row])
    lon, lat = place_on_earth(columns, rows, geobox)
    _, _, metres = WGS84.inv(lon[[0, 2]], lat[[0, 2]], lon[[1, 3]], lat[[1, 3]])
    return float(metres[0]) / 1000, float(metres[1]) / 1000

"""Between the pixels of a georeferenced picture and longitude, latitude."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

F8 = npt.NDArray[np.float64]
_EARTH = Geod(ellps="WGS84")
_DRIVERS = {
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"\0\0\0\x0cjP": "JP2OpenJPEG", b"\xff\x4f\xff\x51": "JP2OpenJPEG",
    b"GIF8": "GIF", b"BM": "BMP", b"RIFF": "WEBP",
}  # fmt: skip
_BY_NAME = {".hgt": "SRTMHGT", ".asc": "AAIGrid"}


@dataclass(frozen=True)
class Georeference:
    """affine (a, b, c, d, e, f): from column, row [px] to the reference system crs: x = a col + b row + c, y likewise.

    width, height [px].
    """

    crs: str
    affine: tuple[float, float, float, float, float, float]
    width: int
    height: int

    @cached_property
    def _there(self) -> Transformer:
        return Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True)

    def degrees(self, points: F8) -> F8:
        """Longitude, latitude [degrees] of columns and rows [px]; (n, 2) in and out."""
        a, b, c, d, e, f = self.affine
        x, y = np.asarray(points, np.float64).reshape(-1, 2).T
        lon, lat = self._there.transform(a * x + b * y + c, d * x + e * y + f)
        return np.stack([lon, lat], axis=1)

    def pixels(self, degrees: F8) -> F8:
        """The inverse: columns and rows [px] of longitudes and latitudes [degrees]; (n, 2) in and out."""
        a, b, c, d, e, f = self.affine
        lon, lat = np.asarray(degrees, np.float64).reshape(-1, 2).T
        x, y = self._there.transform(lon, lat, direction="INVERSE")
        x, y, under = np.asarray(x) - c, np.asarray(y) - f, a * e - b * d
        return np.stack([(e * x - b * y) / under, (a * y - d * x) / under], axis=1)

    def way(self, line: F8) -> tuple[float, float]:
        """Length [m] and azimuth [degrees from true north] of a line (2, 2) [px] on the ellipsoid (Karney 2013)."""
        (lon, lat), (other_lon, other_lat) = self.degrees(line)
        azimuth, _, metres = _EARTH.inv(lon, lat, other_lon, other_lat)
        return float(metres), float(azimuth) % 360


def driver_of(path: Path) -> str:
    """The GDAL driver that may read a file, by its first bytes; GTiff else.

    Formats that name further files or addresses, which GDAL would open (VRT, WMS), are among none of these.
    """
    with path.open("rb") as stream:
        head = stream.read(8)
    found = next((driver for magic, driver in _DRIVERS.items() if head.startswith(magic)), None)
    return found or _BY_NAME.get(path.suffix.lower(), "GTiff")


def georeference_of(path: Path) -> Georeference | None:
    """The georeference of a picture; None where it has none. Raises nothing for a picture that GDAL cannot open."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, driver=driver_of(path)) as picture:
                if picture.crs is None or picture.transform.is_identity:
                    return None
                return Georeference(
                    crs=picture.crs.to_wkt(),
                    affine=tuple(picture.transform)[:6],
                    width=picture.width,
                    height=picture.height,
                )
    except RasterioError:
        return None

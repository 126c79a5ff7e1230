"""Landmarks matched between a picture and a map, the frame they were marked on, and the plane in which we compute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from dateline.core.where import Where

F8 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """One thing that is seen in the picture and stands on the map.

    x, y [px]: column from the left edge, row from the upper edge. lon, lat [degrees]. map_error [m]: standard error of
    the map position, east and north each. pixel_error [px]: standard error of the mark. height [m]: of the marked
    point above sea level, None where nobody said; height_error [m]: its standard error.
    """

    name: str
    x: float
    y: float
    lon: float
    lat: float
    map_error: float
    pixel_error: float
    height: float | None = None
    height_error: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The picture's frame: its upright size [px], what its metadata says of the lens, and its pixels where given.

    f35 [mm]: focal length for a 36 x 24 mm film, from the metadata. made [px]: width and height that the metadata give;
    another shape than the picture's own means that somebody cut it. pixels: rows, columns, 3 [uint8].
    """

    width: int
    height: int
    f35: float | None = None
    made: tuple[int, int] | None = None
    pixels: npt.NDArray[np.uint8] | None = None
    simulated: bool = False
    orientation: int = 1


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that the sentence names: "about 3 km north-west of X"."""

    name: str
    where: Where


@dataclass(frozen=True)
class Plane:
    """Metres east and north of a middle, in an azimuthal equidistant projection of WGS 84 (Snyder 1987).

    Directions from points within 50 km of the middle are true to 0.01 degree.
    """

    lon: float
    lat: float

    @classmethod
    def around(cls, landmarks: Sequence[Landmark]) -> Plane:
        """Around the median of landmarks: one blundered position does not move it far."""
        return cls(float(np.median([one.lon for one in landmarks])), float(np.median([one.lat for one in landmarks])))

    @cached_property
    def _there(self) -> Transformer:
        system = f"+proj=aeqd +lon_0={self.lon!r} +lat_0={self.lat!r} +datum=WGS84 +units=m"
        return Transformer.from_crs("EPSG:4326", system, always_xy=True)

    def metres(self, lon: F8, lat: F8) -> F8:
        """East and north [m] of positions [degrees]; shape (n, 2)."""
        return np.stack(self._there.transform(np.asarray(lon), np.asarray(lat)), axis=-1)

    def degrees(self, points: F8) -> F8:
        """Longitude and latitude [degrees] of points [m]; shape (n, 2) in and out."""
        there = np.asarray(points, np.float64)
        back = self._there.transform(there[..., 0], there[..., 1], direction="INVERSE")
        return np.stack(back, axis=-1)

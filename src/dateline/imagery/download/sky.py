"""Cloud over the place and not over the scene, from the classes that come with a Sentinel-2 image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
import shapely.geometry

from dateline.core.where import Where
from dateline.imagery.extent import shape_of

NODATA, SATURATED = 0, 1
SHADOW = 3
CLOUD = (8, 9, 10)
"""Cloud of medium and of high probability, and thin cirrus.

Classes of Sentinel-2's scene classification (SCL): Sentinel-2 Products Specification Document, ESA, 14.9 (2021).
"""


@dataclass(frozen=True, slots=True)
class Sky:
    """What lay over a place: shares of its pixels. `cloud` and `shadow` are of those that were seen; None: none was."""

    pixels: int
    seen: float
    """Share of the place's pixels that hold data [1]."""
    cloud: float | None
    shadow: float | None


def sky(classes: npt.NDArray[np.uint8], inside: npt.NDArray[np.bool_]) -> Sky:
    """Counts classes (rows x columns) where `inside` (the same shape) is true."""
    found = classes[inside]
    seen = found[(found != NODATA) & (found != SATURATED)]
    if seen.size == 0:
        return Sky(int(found.size), 0.0, None, None)
    share = seen.size / found.size
    return Sky(int(found.size), share, float(np.isin(seen, CLOUD).mean()), float((seen == SHADOW).mean()))


def sky_over(path: Path, place: Where) -> Sky:
    """The sky over a place, from a file of SCL classes (a whole image or a window).

    A pixel counts where its middle lies in the place; of a place smaller than a pixel the pixels it touches count.
    """
    import rasterio
    from rasterio.features import geometry_mask
    from rasterio.warp import transform_geom

    with rasterio.open(path) as image:
        shape = transform_geom("EPSG:4326", image.crs, shapely.geometry.mapping(shape_of(place)))
        classes = image.read(1)
        inside = geometry_mask([shape], classes.shape, image.transform, invert=True)
        if not inside.any():
            inside = geometry_mask([shape], classes.shape, image.transform, invert=True, all_touched=True)
        return sky(classes, inside)

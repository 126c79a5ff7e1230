"""Small image files written as others write them, for the tests of chips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

UTM = "EPSG:32652"
CORNER = (500_000.0, 4_700_000.0)


def write_bands(
    path: Path,
    values: Any,
    *,
    names: Sequence[str] = (),
    crs: str | None = UTM,
    corner: tuple[float, float] = CORNER,
    pixel: float = 10.0,
    nodata: float | None = None,
    tags: Mapping[str, str] | None = None,
    **profile: Any,
) -> Path:
    """Writes (bands, rows, columns) or (rows, columns) values as a GeoTIFF with its upper-left corner there [m]."""
    array = np.asarray(values)
    array = array[np.newaxis] if array.ndim == 2 else array
    bands, rows, columns = array.shape
    with rasterio.open(
        path,
        "w",
        driver=profile.pop("driver", "GTiff"),
        height=rows,
        width=columns,
        count=bands,
        dtype=array.dtype,
        crs=crs,
        transform=Affine(pixel, 0, corner[0], 0, -pixel, corner[1]),
        nodata=nodata,
        **profile,
    ) as file:
        file.write(array)
        for index, name in enumerate(names, 1):
            file.set_band_description(index, name)
        if tags:
            file.update_tags(**tags)
    return path


def speckle(shape: tuple[int, ...], seed: int = 1, level: float = 0.02) -> Any:
    """Sea in linear power: a mean level under gamma speckle of 4.4 looks, float32."""
    return np.random.default_rng(seed).gamma(4.4, level / 4.4, shape).astype(np.float32)

"""Arrays as Cloud-Optimized GeoTIFF: the same array gives the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox
from rasterio.io import MemoryFile

from dateline.imagery.ground import crs_of

MEDIA_TYPE = "image/tiff; application=geotiff; profile=cloud-optimized"


def write_cog(
    bands: Mapping[str, npt.NDArray[Any]], geobox: GeoBox, *, nodata: float | None, tags: Mapping[str, str]
) -> bytes:
    """A tiled, compressed GeoTIFF with overviews and its index in front, as bytes.

    bands: (rows, columns) arrays of one type by their description, in order. nodata: the value that stands for
    none (NaN for radiance). tags: what else the file must say, such as its unit, credit and `SIMULATED`.
    Overviews of whole numbers (states, counts) take the nearest pixel; of floats the mean of what is there.
    """
    arrays = list(bands.values())
    rows, columns = arrays[0].shape
    dtype = np.result_type(*arrays)
    with MemoryFile() as memory:
        with memory.open(
            driver="COG",
            height=rows,
            width=columns,
            count=len(arrays),
            dtype=dtype,
            crs=crs_of(geobox).to_wkt(),
            transform=geobox.affine,
            nodata=nodata,
            compress="DEFLATE",
            predictor="YES",
            blocksize=256,
            overview_resampling="AVERAGE" if dtype.kind == "f" else "NEAREST",
            num_threads="1",
        ) as file:
            for index, (name, array) in enumerate(bands.items(), 1):
                file.write(array, index)
                file.set_band_description(index, name)
            file.update_tags(**tags)
        return bytes(memory.getbuffer())

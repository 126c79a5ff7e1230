"""Around the landmarks: the frame of a picture with its lens, and the heights of the ground."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import InputError
from dateline.evidence.item import is_named_simulated
from dateline.measure.gather.georeferenced import driver_of
from dateline.media.landmark import Frame
from dateline.media.sight import Elevation

LONGEST = 1200
"""[px] Longer side of the photo that is kept to draw residuals on."""
MOST = 40_000_000
"""Heights that are read at most."""
MARGIN = 0.2
"""[degrees] How far beyond the landmarks the ground is read: the camera may stand there."""
_EXIF, _F35, _WIDTH, _HEIGHT = 0x8769, 0xA405, 0xA002, 0xA003


def read_frame(path: Path, *, simulated: bool) -> Frame:
    """A picture's size, upright [px], its 35 mm equivalent focal length [mm] and the size its metadata give.

    Exif 2.3 tags FocalLengthIn35mmFilm, PixelXDimension, PixelYDimension. Raises what `read_photo` raises.
    """
    from dateline.media.photo import opened, read_photo

    data = path.read_bytes()
    photo = read_photo(data, name=path.name, longest=LONGEST)
    with opened(data, name=path.name) as image:
        try:
            told: Any = image.getexif().get_ifd(_EXIF)
        except (OSError, SyntaxError, ValueError, KeyError, TypeError):
            told = {}
    f35, made = _number(told.get(_F35)), (_number(told.get(_WIDTH)), _number(told.get(_HEIGHT)))
    return Frame(
        width=photo.size[0],
        height=photo.size[1],
        f35=f35 if f35 is not None and 8 <= f35 <= 2000 else None,
        made=(int(made[0]), int(made[1])) if made[0] and made[1] else None,
        pixels=photo.pixels,
        simulated=simulated or is_named_simulated(path.name),
        orientation=photo.orientation,
    )


def _number(value: Any) -> float | None:
    """A positive number of the metadata, else None."""
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return found if np.isfinite(found) and found > 0 else None


def read_elevation(path: Path, around: Sequence[tuple[float, float]]) -> Elevation:
    """Heights [m] around positions lon, lat [degrees], from a raster in any reference system. Raises `elevation`."""
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.vrt import WarpedVRT
    from rasterio.windows import Window, from_bounds

    lons, lats = [lon for lon, _ in around], [lat for _, lat in around]
    bounds = (min(lons) - MARGIN, min(lats) - MARGIN, max(lons) + MARGIN, max(lats) + MARGIN)
    try:
        with rasterio.open(path, driver=driver_of(path)) as source:
            if source.crs is None:
                raise ValueError("no reference system")
            with WarpedVRT(source, crs="EPSG:4326", resampling=rasterio.enums.Resampling.bilinear) as grid:
                wanted = from_bounds(*bounds, transform=grid.transform).round_offsets().round_lengths(op="ceil")
                window = wanted.intersection(Window(0, 0, grid.width, grid.height))
                if window.width * window.height > MOST:
                    raise ValueError(f"{window.width * window.height:,.0f} heights around the landmarks")
                heights = grid.read(1, window=window, masked=True).filled(np.nan).astype(np.float32)
                corner = grid.transform
    except (RasterioError, ValueError, OSError) as error:
        raise InputError(
            "The heights of the ground cannot be read there.",
            saw=f"{path.name}: {error}"[:200],
            do="Give a GeoTIFF of heights in metres, with its reference system, that covers the landmarks.",
            code="elevation",
        ) from error
    _check_heights(path, heights)
    return Elevation(
        heights=heights,
        west=corner.c + corner.a * (window.col_off + 0.5),
        north=corner.f + corner.e * (window.row_off + 0.5),
        step_lon=corner.a,
        step_lat=-corner.e,
        simulated=is_named_simulated(path.name),
    )


def _check_heights(path: Path, heights: np.ndarray) -> None:
    """Raises InputError `elevation` for what is no ground in metres."""
    known = heights[np.isfinite(heights)]
    if heights.shape[0] < 2 or heights.shape[1] < 2 or not len(known) or known.min() < -500 or known.max() > 9000:
        span = f"{known.min():g} to {known.max():g}" if len(known) else "nothing known"
        raise InputError(
            "These are no heights of the ground in metres.",
            saw=f"{path.name}: {span}",
            do="Give a GeoTIFF of heights in metres above sea level; mark what is unknown as nodata.",
            code="elevation",
        )

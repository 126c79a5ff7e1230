"""A part of a big image: only the place crosses the network, and it is written down as a small GeoTIFF."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from affine import Affine

from dateline.core.errors import InputError
from dateline.evidence.atomic import settle
from dateline.evidence.door.request import Reply
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.download.ranged import Remote, Stream

MARGIN = 2
"""Pixels around the place, for what looks at neighbours."""

_GCP_MARGIN = 60
"""The same where the image only has ground control points: their fit is off by some pixels."""

_LARGEST = 8_000
"""The longest side of a window [pixels]."""

_ENVIRONMENT = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "GTIFF_VIRTUAL_MEM_IO": "NO",
}
"""GDAL looks for no neighbours of the file, and writes none."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What was read for a window: where in the image it lies, and what crossed the network; as a record says it."""

    detail: dict[str, str | int]
    reply: Reply
    """The first answer: its headers are the capture's."""


def cut(remote: Remote, bounds: Bounds, part: Path) -> Cut:
    """Reads the pixels of an image that lie in west, south, east, north [deg] and writes them to a file.

    Raises InputError: `outside-image` when the image does not cover the place, `window-too-big`, `not-an-image`,
    `no-ranges`, `changed-while-read`, and all of Door.ask().
    """
    with _opened(remote) as image:
        window, points = _window(image, bounds, remote.published)
        data = image.read(window=window)
        profile = _profile(image, data, window, points)
        _write(part, data, profile, image)
    assert remote.first is not None
    column, row, width, height = (round(each) for each in window.flatten())
    detail: dict[str, str | int | None] = {
        "window": f"column {column}, row {row}, {width} x {height} pixels",
        "crs": None if profile["crs"] is None else profile["crs"].to_string(),
        "image_bytes": remote.size,
        "bytes_read": remote.read,
        "requests": remote.requests,
    }
    return Cut({key: value for key, value in detail.items() if value is not None}, remote.first)


@contextmanager
def _opened(remote: Remote) -> Iterator[Any]:
    """The image, through the door; GDAL opens no connection of its own and no other file."""
    import rasterio
    from rasterio.errors import RasterioError

    streams: list[Stream] = []

    def opener(path: str, mode: str = "rb", **_: object) -> Stream:
        if path != "image.tif" or "r" not in mode:
            raise FileNotFoundError(path)
        streams.append(Stream(remote))
        return streams[-1]

    def fault() -> Exception | None:
        return next((stream.fault for stream in streams if stream.fault is not None), None)

    try:
        with rasterio.Env(**_ENVIRONMENT), rasterio.open("image.tif", opener=opener) as image:
            yield image
    except (RasterioError, OSError) as error:
        raise fault() or InputError(
            "The service's file cannot be read as an image.",
            saw=f"{remote.published}: {str(error)[:200]}",
            do="Get the whole file, and tell the service if it stays so.",
            code="not-an-image",
        ) from None
    if (hidden := fault()) is not None:  # GDAL may pass over a part that it could not read
        raise hidden


def _window(image: Any, bounds: Bounds, published: str) -> tuple[Any, Any]:
    """The window of the place, in whole pixels, and the ground control points if it is located by them."""
    from rasterio.windows import Window

    points, system = image.gcps
    kept = points if image.crs is None and points else ()
    rows, columns = _outline(image, bounds, kept, system)
    margin = _GCP_MARGIN if kept else MARGIN
    across, down = _clipped(columns, image.width, margin), _clipped(rows, image.height, margin)
    if across is None or down is None:
        raise _outside(published, bounds)
    (left, right), (top, bottom) = across, down
    if max(right - left, bottom - top) > _LARGEST:
        raise InputError(
            "The place is too big for a window.",
            saw=f"{right - left:,} x {bottom - top:,} pixels of {published}",
            do=f"Take a smaller place (at most {_LARGEST:,} pixels a side), or get the whole file.",
            code="window-too-big",
        )
    return Window(left, top, right - left, bottom - top), kept


def _clipped(found: list[float], length: int, margin: int) -> tuple[int, int] | None:
    """From the first to the last pixel [start, stop) of these positions within an image; None outside it."""
    low, high = min(found), max(found)
    if high < 0 or low >= length:
        return None
    return max(0, int(low) - margin), min(length, int(high) + 1 + margin)


def _outline(image: Any, bounds: Bounds, points: Any, system: Any) -> tuple[list[float], list[float]]:
    """Rows and columns of the outline of the bounds, in pixels of the image."""
    from rasterio.transform import AffineTransformer, GCPTransformer
    from rasterio.warp import transform

    west, south, east, north = bounds
    steps = [step / 8 for step in range(9)]
    lons = [west + (east - west) * step for step in steps]
    lats = [south + (north - south) * step for step in steps]
    outline = [(lon, lat) for lon in lons for lat in (south, north)]
    outline += [(lon, lat) for lat in lats for lon in (west, east)]
    xs, ys = transform("EPSG:4326", system if points else image.crs, *zip(*outline, strict=True))
    fitted = GCPTransformer(points) if points else AffineTransformer(image.transform)
    with fitted:
        rows, columns = fitted.rowcol(xs, ys, op=float)
    return list(rows), list(columns)


def _profile(image: Any, data: Any, window: Any, points: Any) -> dict[str, Any]:
    from rasterio.control import GroundControlPoint

    profile: dict[str, Any] = {
        "driver": "GTiff",
        "width": data.shape[2],
        "height": data.shape[1],
        "count": data.shape[0],
        "dtype": data.dtype,
        "nodata": image.nodata,
        "crs": image.crs,
        "compress": "deflate",
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    if not points:
        return profile | {"transform": image.transform @ Affine.translation(window.col_off, window.row_off)}
    moved = [
        GroundControlPoint(point.row - window.row_off, point.col - window.col_off, point.x, point.y, point.z)
        for point in points
    ]
    return profile | {"gcps": moved, "crs": image.gcps[1]}


def _write(part: Path, data: Any, profile: dict[str, Any], image: Any) -> None:
    import rasterio

    part.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.Env(**_ENVIRONMENT), rasterio.open(part, "w", **profile) as made:
        made.write(data)
        made.scales, made.offsets = image.scales, image.offsets
        made.descriptions = image.descriptions
    with part.open("rb+") as stream:
        settle(stream)


def _outside(published: str, bounds: Bounds) -> InputError:
    west, south, east, north = bounds
    return InputError(
        "The image does not cover the place.",
        saw=f"{published}; wanted {west:.4f} to {east:.4f} E, {south:.4f} to {north:.4f} N",
        do="Choose another scene: footprints in catalogues are rough at their edges.",
        code="outside-image",
    )

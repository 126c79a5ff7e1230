"""GeoTIFF, COG and JPEG 2000 by windows: never whole in memory, with the file's overviews, or one made once."""

from __future__ import annotations

import re
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from odc.geo.geobox import GeoBox
from rasterio.enums import ColorInterp, MaskFlags, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window as Part

from dateline.app.pictures.kinds import damaged, too_large
from dateline.app.pictures.picture import B1, Picture, Window, scaled
from dateline.app.pictures.still import KEPT, facts, open_still

DRIVERS = {b"\x89PNG": "PNG", b"\0\0\0\x0c": "JP2OpenJPEG", b"\xff\x4f\xff\x51": "JP2OpenJPEG"}
"""By the first bytes; GTiff else. No other may read a file: some formats name further files, or addresses."""
SETTINGS = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": 48 << 20}
"""No file beside the picture is looked for; blocks that GDAL keeps, of all pictures together [bytes]."""
IDLE = 12
"""Open files that wait for the next tile."""
COARSE = 2048
"""Longest side of the overview that is made of a file that has none [px]."""
UNAIDED, LARGEST_BLOCK = 250_000_000, 512 << 20
"""Pixels of the largest picture without overviews, which must be read once; bytes of the largest block of any."""
POLARISATION = re.compile(r"(?<![A-Za-z])(VV|VH|HH|HV)(?![A-Za-z])")
RADAR = re.compile(r"(?i)\bsar\b|sentinel-?1|radar|iceye|capella|umbra|cosmo-?skymed|terrasar|radarsat|palsar")
NAMED = {"red": "red", "green": "green", "blue": "blue", "b04": "red", "b03": "green", "b02": "blue"}


@dataclass(slots=True)
class Pool:
    """Open files. One is used by one thread at a time, since GDAL's are not safe in several."""

    most: int
    _idle: OrderedDict[Path, list[Any]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def borrowed(self, path: Path) -> Iterator[Any]:
        """A file for this thread. Raises InputError `picture` where it cannot be opened or read."""
        with rasterio.Env(**SETTINGS):
            try:
                file = self._taken(path) or self._opened(path)
                with closed_on_error(file):
                    yield file
            except RasterioError as error:
                raise damaged(path.name, error) from error
            self._give_back(path, file)

    def _taken(self, path: Path) -> Any | None:
        with self._lock:
            waiting = self._idle.get(path)
            return waiting.pop() if waiting else None

    def _opened(self, path: Path) -> Any:
        with path.open("rb") as stream:
            driver = DRIVERS.get(stream.read(4), "GTiff")
        with self._lock, warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(path, driver=driver, sharing=False)

    def _give_back(self, path: Path, file: Any) -> None:
        gone = []
        with self._lock:
            self._idle.setdefault(path, []).append(file)
            self._idle.move_to_end(path)
            while sum(len(waiting) for waiting in self._idle.values()) > self.most:
                oldest = next(name for name, waiting in self._idle.items() if waiting)
                gone.append(self._idle[oldest].pop())
            for name in [name for name, waiting in self._idle.items() if not waiting]:
                del self._idle[name]
        for each in gone:
            each.close()


@contextmanager
def closed_on_error(file: Any) -> Iterator[None]:
    """A file that failed is not used again."""
    try:
        yield
    except BaseException:
        file.close()
        raise


POOL = Pool(IDLE)


@dataclass(frozen=True, eq=False, kw_only=True)
class Raster:
    """A picture that is read by windows. indexes: of its bands in the file, from 1. masked: some pixels have none."""

    path: Path
    size: tuple[int, int]
    bands: tuple[str, ...]
    indexes: tuple[int, ...]
    told: dict[str, Any]
    ground: GeoBox | None
    masked: bool
    colours: npt.NDArray[np.uint8] | None
    coarse: int | None

    def read(self, window: Window, level: int) -> tuple[npt.NDArray[Any], B1]:
        """See picture.Picture."""
        if self.coarse is not None and level >= self.coarse:
            whole = KEPT.get((self.path, "coarse"), lambda: self._thinned((0, 0, *self.size), self.coarse or 0))
            return _reduced((whole[0], whole[1]), window, self.coarse, level)
        return self._thinned(window, level)

    def _thinned(self, window: Window, level: int) -> tuple[npt.NDArray[Any], B1]:
        left, top, width, height = window
        shape = (scaled(height, level), scaled(width, level))
        part = Part(left, top, width, height)
        how = Resampling.nearest if self.colours is not None or level == 0 else Resampling.average
        with POOL.borrowed(self.path) as file:
            values = file.read(list(self.indexes), window=part, out_shape=(len(self.indexes), *shape), resampling=how)
            seen = file.dataset_mask(window=part, out_shape=shape) > 0 if self.masked else np.ones(shape, bool)
        return self.as_shown(values, seen)

    def as_shown(self, values: npt.NDArray[Any], seen: B1) -> tuple[npt.NDArray[Any], B1]:
        """Colours for a palette's numbers, power for complex ones; what is no number has no value."""
        if np.iscomplexobj(values):
            values = np.abs(values) ** 2
        if self.colours is not None:
            values = np.moveaxis(self.colours[values[0]], -1, 0)
        if values.dtype.kind == "f":
            seen = seen & np.isfinite(values).all(axis=0)
        return values, seen


def warped(raster: Raster, grid: GeoBox, move: Affine, shape: tuple[int, int]) -> tuple[npt.NDArray[Any], B1]:
    """(bands, rows, columns) of a raster on a part of another picture's grid, and where it has a value; bilinear.

    move: from places in the part to places in that picture [px]. Raises InputError `picture`.
    """
    with POOL.borrowed(raster.path) as file:
        alpha = ColorInterp.alpha in file.colorinterp
        plain = not alpha and file.nodata is None
        told = {"crs": str(grid.crs), "transform": grid.affine @ move, "width": shape[1], "height": shape[0]}
        how = Resampling.nearest if raster.colours is not None else Resampling.bilinear
        with WarpedVRT(file, resampling=how, add_alpha=plain, **told) as view:
            values, seen = view.read(list(raster.indexes)), view.dataset_mask() > 0
    return raster.as_shown(values, seen)


def _reduced(whole: tuple[npt.NDArray[Any], B1], window: Window, here: int, level: int) -> tuple[npt.NDArray[Any], B1]:
    """A part of an overview, further reduced by taking every n-th: the overview itself was averaged."""
    step = 1 << (level - here)
    left, top, width, height = window
    rows = slice(top >> here, (top >> here) + scaled(height, here), step)
    columns = slice(left >> here, (left >> here) + scaled(width, here), step)
    return whole[0][:, rows, columns], whole[1][rows, columns]


def open_raster(path: Path, *, radar: bool = False) -> Picture:
    """A raster, its header read; of a TIFF in inks (CMYK), which GDAL does not turn into colours, the still.

    Raises InputError `picture`, `picture-too-large`.
    """
    with POOL.borrowed(path) as file:
        if ColorInterp.cyan in file.colorinterp or file.photometric == "CIELab":
            return open_still(path)
        coarse = _check_size(file, path)
        indexes, bands, words = _bands(file.colorinterp, file.descriptions, path.name)
        palette = _palette(file) if file.colorinterp[0] == ColorInterp.palette else None
        polarised = POLARISATION.search(" ".join((*(one or "" for one in file.descriptions), path.name)))
        if polarised and len(indexes) == 1:
            bands = (polarised.group(1),)
        number = file.dtypes[indexes[0] - 1]
        told = facts(
            words,
            unit=file.units[indexes[0] - 1] or "",
            radar=radar or polarised is not None or number.startswith("complex"),
            type="uint8" if palette is not None else _plain(number),
        )
        return Raster(
            path=path,
            size=(file.width, file.height),
            bands=("red", "green", "blue") if palette is not None else bands,
            indexes=indexes,
            told=told,
            ground=_ground(file),
            masked=any(MaskFlags.all_valid not in file.mask_flag_enums[one - 1] for one in indexes),
            colours=palette,
            coarse=coarse,
        )


def _plain(name: str) -> str:
    return "float32" if name.startswith("complex") else name


def _check_size(file: Any, path: Path) -> int | None:
    """The level from which one overview in memory serves, None where the file has its own, or is small."""
    rows, columns = file.block_shapes[0]
    block = rows * columns * file.count * np.dtype(_plain(file.dtypes[0])).itemsize
    if block > LARGEST_BLOCK:
        raise too_large(path.name, f"stored in blocks of {columns:,} by {rows:,} pixels")
    if file.overviews(1) or max(file.width, file.height) <= COARSE or file.driver == "JP2OpenJPEG":
        return None
    if file.width * file.height > UNAIDED:
        raise too_large(path.name, f"{file.width:,} by {file.height:,} pixels without overviews")
    return int(np.ceil(np.log2(max(file.width, file.height) / COARSE)))


def _bands(
    meanings: Sequence[Any], names: Sequence[str | None], file: str
) -> tuple[tuple[int, ...], tuple[str, ...], str]:
    """Which bands are shown, what as, and in words."""
    found = {meaning.name: at for at, meaning in reversed(list(enumerate(meanings, 1)))}
    said = {NAMED[word]: at for at, name in enumerate(names, 1) if (word := (name or "").lower()) in NAMED}
    colours = ("red", "green", "blue")
    for known, words in ((found, "red, green and blue, as the file names them"), (said, f"{', '.join(said)} by name")):
        if all(colour in known for colour in colours):
            return tuple(known[colour] for colour in colours), colours, words
    plain = [at for at, meaning in enumerate(meanings, 1) if meaning != ColorInterp.alpha]
    if len(plain) >= 3 and not POLARISATION.search(" ".join(name or "" for name in names)):
        return tuple(plain[:3]), colours, "bands 1, 2, 3 as red, green, blue: the file does not name its colours"
    first = names[plain[0] - 1] or POLARISATION.search(file)
    name = first if isinstance(first, str) else first.group(1) if first else "the only band"
    return (plain[0],), ("grey",), f"{name}, as grey" + ("" if len(plain) == 1 else f" (of {len(plain)} bands)")


def _palette(file: Any) -> npt.NDArray[np.uint8]:
    colours = file.colormap(1)
    return np.array([colours.get(at, (0, 0, 0, 255))[:3] for at in range(max(256, *colours) + 1)], np.uint8)


def _ground(file: Any) -> GeoBox | None:
    if file.crs is None or file.transform.is_identity:
        return None
    told = file.crs.to_epsg()
    return GeoBox((file.height, file.width), file.transform, f"EPSG:{told}" if told else file.crs.to_wkt())

"""A folder of numpy arrays over time, as the EOPatch of eo-learn lays it out: data_*, mask_*, times, a box."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

from dateline.core.errors import InputError
from dateline.core.state import State, combine
from dateline.imagery.chip import Chip
from dateline.imagery.coverage import Window
from dateline.imagery.readers import stamps
from dateline.imagery.readers.acquisition import About, check_size
from dateline.imagery.readers.band_files import beyond, chip_of
from dateline.imagery.readers.opened import damaged
from dateline.imagery.sensor import sensors
from dateline.imagery.stack import part_of

TIMES, BOX = "timestamps.json", "bbox.geojson"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayImage:
    """One time of such a folder. data, masks: (times, rows, columns) by name, read as memory maps."""

    about: About
    folder: Path
    index: int
    grid: GeoBox
    data: Mapping[str, Any]
    masks: Mapping[str, Any]

    @property
    def bands(self) -> tuple[str, ...]:
        """The names of its data."""
        return tuple(self.data)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All files of the folder: every time rests on them."""
        return tuple(sorted(path for path in self.folder.iterdir() if path.suffix in {".npy", ".json", ".geojson"}))

    def read(self, window: Window, bands: tuple[str, ...]) -> Chip:
        """A window: a cloudy pixel is CLOUD, any other that the mask calls not valid is not observed."""
        check_size(window, self.about.id)
        target = part_of(self.grid, window)
        values = np.stack([self._padded(self.data[name], window, np.nan) for name in bands]).astype(np.float32)
        cloud = self._padded(self.masks["CLM"], window, 0) == 1 if "CLM" in self.masks else np.zeros(target.shape, bool)
        valid = self._padded(self.masks["IS_VALID"], window, 0) > 0 if "IS_VALID" in self.masks else ~cloud
        states = np.where(valid & np.isfinite(values).all(axis=0), State.OBSERVED, State.NOT_OBSERVED)
        states = np.where(cloud, State.CLOUD, states)
        states = combine(states.astype(np.uint8), beyond(window, self.grid))
        values[:, states >= State.NOT_OBSERVED] = np.nan
        return chip_of(self.about, bands, values, states, geobox=target)

    def _padded(self, array: Any, window: Window, beyond: float) -> npt.NDArray[np.float32]:
        made = np.full(window.shape, beyond, np.float32)
        reach = [
            (max(side.start, 0), min(side.stop, length)) for side, length in zip(window, self.grid.shape, strict=True)
        ]
        if all(start < stop for start, stop in reach):
            here = tuple(slice(*ends) for ends in reach)
            into = tuple(
                slice(start - side.start, stop - side.start) for side, (start, stop) in zip(window, reach, strict=True)
            )
            made[into] = array[self.index][here]
        return made


def is_array_series(folder: Path) -> bool:
    """Whether a folder is laid out so."""
    return folder.is_dir() and all((folder / name).is_file() for name in (TIMES, BOX))


def open_array_series(folder: Path) -> tuple[ArrayImage, ...]:
    """One acquisition a time. Raises InputError `array-series` for parts that do not fit, `truncated` for a cut file.

    Times without a zone are UTC, which is noted. The cloud probability (data_CLP) is no band.
    """
    times = [str(text) for text in _json(folder / TIMES)]
    data = {name: array for name, array in _arrays(folder, "data").items() if name != "CLP"}
    masks = _arrays(folder, "mask")
    shapes = {array.shape for array in (*data.values(), *masks.values())}
    if not data or len(shapes) != 1 or next(iter(shapes))[0] != len(times):
        raise InputError(
            "The arrays of the folder do not go together.",
            saw=f"{folder.name}: {len(times)} times; shapes {sorted(shapes)}",
            do="Give one array a band of shape (times, rows, columns, 1), and as many times.",
            code="array-series",
        )
    grid = _grid(_json(folder / BOX), next(iter(shapes))[1:])
    unzoned = any(text[-1:].isdigit() and "+" not in text for text in times)
    notes = (("zone-assumed", "The times carry no zone; they are read as UTC."),) if unzoned else ()
    sensor = sensors()["index_declared"]
    return tuple(
        ArrayImage(
            about=About(
                id=f"{folder.name} {text}",
                at=stamps.read_moment(text, TIMES).at,
                sensor=sensor,
                product="index",
                quantity="relative",
                notes=notes,
            ),
            folder=folder,
            index=index,
            grid=grid,
            data=data,
            masks=masks,
        )
        for index, text in enumerate(times)
    )


def _arrays(folder: Path, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(folder.glob(f"{kind}_*.npy")):
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise damaged(path, error) from error
        found[path.stem.partition("_")[2]] = array[..., 0] if array.ndim == 4 else array
    return found


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise damaged(path, error) from error


def _grid(box: Any, shape: tuple[int, int]) -> GeoBox:
    corners = np.array(box["coordinates"][0], dtype=float)
    code = str(box.get("crs", {}).get("properties", {}).get("name", "")).rpartition(":")[2]
    (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
    step = Affine((east - west) / shape[1], 0, west, 0, -(north - south) / shape[0], north)
    return GeoBox(shape, step, f"EPSG:{code or 4326}")

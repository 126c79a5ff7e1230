"""Chips of an invented harbour as GeoTIFFs: linear values, told by tags, marked in name, tags and pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rasterio.io import MemoryFile

from dateline.core.state import State
from dateline.evidence.atomic import write_atomic
from dateline.imagery.chip import Chip
from dateline.imagery.readers import mark

SCL = {State.OBSERVED: 4, State.CLOUD: 9, State.SNOW: 11, State.OUTSIDE: 0, State.NOT_OBSERVED: 0}
"""Codes of Sentinel-2's scene classification for the states."""


def write(folder: Path, chips: Sequence[Chip]) -> tuple[Path, ...]:
    """Writes one GeoTIFF a chip, `SIMULATED-….simulated.tif`, and returns their paths in order.

    Bands as the chip's, float32, NaN where there is nothing; optical files have a last band SCL with codes of
    Sentinel-2's scene classification. The word SIMULATED stands in the south-east corner as values of 99.5, over pixels
    that the file's mask says are not valid. Tags DATELINE_SENSOR, _TIME, _ORBIT, _DIRECTION, _QUANTITY, SIMULATED.
    """
    paths = []
    for chip in chips:
        path = folder / f"{chip.id}.simulated.tif"
        write_atomic(path, _encoded(chip))
        paths.append(path)
    return tuple(paths)


def _encoded(chip: Chip) -> bytes:
    values, valid = chip.values.copy(), chip.states != State.OUTSIDE
    rows, columns = mark.corner(valid.shape)
    values[:, rows, columns] = np.where(mark.WORD, mark.LIGHT, np.nan)
    valid[rows, columns] = False
    names = list(chip.bands)
    if chip.quantity == "reflectance":
        classes = np.zeros(valid.shape, np.float32)
        for state, code in SCL.items():
            classes[chip.states == state] = code
        classes[rows, columns] = 0
        values, names = np.concatenate([values, classes[None]]), [*names, "SCL"]
    profile = {
        "driver": "GTiff",
        "height": valid.shape[0],
        "width": valid.shape[1],
        "count": len(names),
        "dtype": "float32",
        "crs": chip.geobox.crs.to_wkt() if chip.geobox.crs else None,
        "transform": chip.geobox.affine,
        "nodata": float("nan"),
        "compress": "deflate",
    }
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(values)
            file.write_mask(valid)
            for number, name in enumerate(names, start=1):
                file.set_band_description(number, name)
            file.update_tags(**_tags(chip))
        data: bytes = memory.read()
    return data


def _tags(chip: Chip) -> dict[str, str]:
    told = {
        "DATELINE_SENSOR": chip.sensor,
        "DATELINE_TIME": chip.at.isoformat(),
        "DATELINE_QUANTITY": chip.quantity,
        "SIMULATED": "an invented place; not an observation of any real one",
    }
    if chip.radar is not None:
        told["DATELINE_ORBIT"] = str(chip.radar.relative_orbit)
        told["DATELINE_DIRECTION"] = str(chip.radar.direction)
    return told

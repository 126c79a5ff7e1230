"""Chips for the tests of vessel detection: real samples, and plain seas that are made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from odc.geo.geobox import GeoBox

from dateline.imagery.chip import Chip, Pass

IW2 = Pass(
    relative_orbit=64, direction="ascending", heading=347.0, incidence=39.0, slant_range=860_000.0, speed=7590.0,
    prf=1451.63, wavelength=0.05546576, looks=4.4,
)  # fmt: skip
GRID = GeoBox((200, 200), rasterio.Affine(10, 0, 500_000, 0, -10, 4_000_000), "EPSG:32652")


def sea(
    rng: np.random.Generator,
    *,
    grid: GeoBox = GRID,
    at: datetime = datetime(2024, 5, 1, 9, tzinfo=UTC),
    radar: Pass | None = IW2,
    name: str = "S1",
    quantity: str = "sigma0",
) -> Chip:
    """Open water in VV and VH: gamma speckle of 4.4 looks at -16 and -24 dB, 10 m pixels."""
    values = np.stack([level * rng.gamma(4.4, 1 / 4.4, grid.shape) for level in (10**-1.6, 10**-2.4)])
    return Chip(
        id=name, at=at, sensor="sentinel1_grd", platform="S1A", bands=("VV", "VH"), quantity=quantity,
        values=values.astype(np.float32), states=np.zeros(grid.shape, np.uint8), geobox=grid, pixel=(10.0, 10.0),
        radar=radar, simulated=True,
    )  # fmt: skip


def with_ship(chip: Chip, row: int, column: int, *, pixels: int = 12, rise: float = 15.0) -> Chip:
    """A copy with a bar of bright pixels along the columns, `rise` dB over the sea in both bands."""
    values = chip.values.copy()
    for band in values:
        band[row : row + 2, column : column + pixels] = np.median(band) * 10 ** (rise / 10)
    from dataclasses import replace

    return replace(chip, values=values)


def california(samples: Path, burst: str) -> tuple[Chip, ...]:
    """The 21 dates of one burst of the samples, gamma0 in linear power, 30 m."""
    chips = []
    for path in sorted((samples / "radar" / f"california_{burst}-IW2").glob("*_VV.tif")):
        bands = []
        for name in (path, path.with_name(path.name.replace("_VV", "_VH"))):
            with rasterio.open(name) as file:
                bands.append(file.read(1))
                grid = GeoBox(file.shape, file.transform, file.crs)
        chips.append(
            Chip(
                id=path.name[:10],
                at=datetime.fromisoformat(f"{path.name[:10]}T14:00:00+00:00"),
                sensor="sentinel1_rtc",
                bands=("VV", "VH"),
                quantity="gamma0",
                values=np.stack(bands).astype(np.float32),
                states=np.zeros(grid.shape, np.uint8),
                geobox=grid,
                pixel=(30.0, 30.0),
                radar=Pass(relative_orbit=137, direction="descending"),
            )
        )
    return tuple(chips)


def port(samples: Path, name: str, pixel: float) -> tuple[Chip, list[npt.NDArray[np.bool_]]]:
    """One of the labelled Sentinel-2 ports, and the masks of its vessels (rows, columns)."""
    folder = samples / "ships" / f"sen2ships_{name}"
    bands, values = [], []
    for path in sorted(folder.glob("*_B*.tif")):
        with rasterio.open(path) as file:
            bands.append(path.stem[-3:])
            values.append(file.read(1).astype(np.float32) / 65535)
            grid = GeoBox(file.shape, file.transform, file.crs)
    data = np.stack(values)
    data[data == 0] = np.nan
    chip = Chip(
        id=name, at=datetime(2022, 5, 14, 2, tzinfo=UTC), day_only=True, sensor="optical_declared", bands=tuple(bands),
        quantity="relative", values=data, states=np.zeros(grid.shape, np.uint8), geobox=grid, pixel=(pixel, pixel),
    )  # fmt: skip
    said = json.loads((folder / "labels_coco.json").read_text())
    return chip, [_mask(one["segmentation"]) for one in said["annotations"]]


def _mask(said: dict[str, list[int]]) -> npt.NDArray[np.bool_]:
    """Uncompressed run lengths, column after column, beginning with what is not marked."""
    height, width = said["size"]
    marks = np.repeat(np.arange(len(said["counts"])) % 2 == 1, said["counts"])
    return marks.reshape(width, height).T

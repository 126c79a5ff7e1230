"""Bands of large files that are read block by block are the bands of the files, however many blocks are kept."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from dateline.imagery.coverage import Window
from dateline.imagery.readers import blocks as module
from dateline.imagery.readers.band_files import read_window
from dateline.imagery.readers.blocks import Blocks

SHAPE = (700, 1100)


def written(path: Path, kind: str, *, tiled: bool, nodata: float | None) -> Path:
    """A file of random numbers."""
    numbers = np.random.default_rng(1).integers(0, 9, SHAPE).astype(kind)
    if kind == "float32":
        numbers[5:9, 5:9] = np.nan
    sides = {"blockxsize": 256, "blockysize": 256} if tiled else {}
    place = {"crs": "EPSG:32633", "transform": Affine(1, 0, 500_000, 0, -1, 5_500_000)}
    profile = {"driver": "GTiff", "height": SHAPE[0], "width": SHAPE[1], "count": 1, "dtype": kind, "nodata": nodata}
    with rasterio.open(path, "w", **profile, **place, tiled=tiled, **sides) as file:
        file.write(numbers, 1)
    return path


FILES = [("uint16", True, None), ("uint8", False, 3), ("float32", True, 3)]
PARTS = [((-5, 40), (-9, 600)), ((500, 720), (1000, 1111)), ((0, 700), (0, 1100)), ((900, 910), (0, 5))]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("kept", [0, 10**9])
def test_blocks_are_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: tuple[str, bool, float | None], kept: int
) -> None:
    """Any window, beyond the edges too, with and without a number for no value, if nothing is kept and if all is."""
    monkeypatch.setattr(module, "KEPT", kept)
    kind, tiled, nodata = file
    path = written(tmp_path / "a.tif", kind, tiled=tiled, nodata=nodata)
    band = Blocks.of(str(path), path, 1)
    assert band.short == (kind != "float32")
    for rows, columns in PARTS:
        window = Window(slice(*rows), slice(*columns))
        for _ in range(2):
            np.testing.assert_array_equal(band.read(window), read_window(str(path), path, 1, SHAPE, window))
    assert (band.size > 0) == bool(kept)


def test_all_bands_together_keep_so_much_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest lets go of its oldest blocks; a band that is gone keeps nothing."""
    monkeypatch.setattr(module, "KEPT", 1_600_000)
    paths = [written(tmp_path / f"{name}.tif", "uint16", tiled=True, nodata=None) for name in "ab"]
    first, second = (Blocks.of(str(path), path, 1) for path in paths)
    everything = Window(slice(0, SHAPE[0]), slice(0, SHAPE[1]))
    first.read(everything)
    assert first.size == 2 * SHAPE[0] * SHAPE[1]
    second.read(everything)
    assert 0 < first.size < 2 * SHAPE[0] * SHAPE[1]
    assert first.size + second.size <= 1_600_000
    del first
    gc.collect()
    second.read(everything)
    assert second.size == 2 * SHAPE[0] * SHAPE[1]

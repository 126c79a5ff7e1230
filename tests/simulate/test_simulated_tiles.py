"""Simulated tiles are true to the format, read back as they were made, and can't be taken for real ones."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from dateline.core import State, UsageError
from dateline.imagery.catalog.black_marble import parse_name
from dateline.imagery.open import open_image
from dateline.imagery.readers.mark import LIGHT, WORD, carries, corner
from dateline.imagery.sensor import sensor_for
from dateline.simulate.black_marble import simulate_layers, simulate_pixels, write_tile
from dateline.simulate.world import COAST_TILE, Window, invented_coast

WORLD = invented_coast()
WINDOW = Window.around(COAST_TILE, lon=-122.9, lat=-47.6, size=72)
PRODUCTS = [f"{name}46A{level}" for name in ("VNP", "VJ1") for level in "1234"]
DAY = date(2021, 3, 15)


@pytest.mark.parametrize("collection", ["1", "2"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_read_is_what_was_made(tmp_path: Path, product: str, collection: str) -> None:
    """Round trip of all layers: exact in Collection 2's floats, to half a step where the format counts in steps."""
    path = write_tile(tmp_path, WORLD, product, DAY, WINDOW, collection=collection)
    (image,) = open_image(path)
    day = parse_name(path.name).key.day
    made: dict[str, Any] = simulate_layers(WORLD, product, day, WINDOW)
    described = {layer.name: layer for layer in sensor_for(product).layers_of(collection)}
    for name, layer in described.items():
        values = image.read(name, WINDOW.rows, WINDOW.columns).values
        wanted = made[name.removesuffix("_500m")].astype(np.float64)
        if layer.dtype != "float32" and layer.fill is not None:
            wanted[wanted == layer.fill] = np.nan
        step = 0 if layer.dtype == "float32" else layer.scale / 2 if layer.scale != 1 else 0
        np.testing.assert_allclose(values, wanted, rtol=1e-6, atol=step * 1.001 + 1e-6, err_msg=name)


@pytest.mark.parametrize("product", ["VNP46A2", "VJ146A2", "VNP46A3", "VJ146A3", "VNP46A4"])
def test_the_fast_path_gives_the_pixels_of_the_file(tmp_path: Path, product: str) -> None:
    """Arrays without a file equal what the reader gives for the written tile: values, states and looks."""
    path = write_tile(tmp_path, WORLD, product, DAY, WINDOW)
    (image,) = open_image(path)
    day = parse_name(path.name).key.day
    read = image.read(image.default_layer, WINDOW.rows, WINDOW.columns)
    fast = simulate_pixels(WORLD, product, day, WINDOW)
    np.testing.assert_array_equal(read.values, fast.values)
    np.testing.assert_array_equal(read.states, fast.states)
    assert (read.nights is None) == (fast.nights is None)
    if read.nights is not None and fast.nights is not None:
        np.testing.assert_array_equal(read.nights, fast.nights)


@pytest.mark.parametrize("collection", ["1", "2"])
@pytest.mark.parametrize("product", PRODUCTS)
def test_the_mark_is_in_name_attributes_and_pixels(tmp_path: Path, product: str, collection: str) -> None:
    """Each of the three says SIMULATED; the pixels of the word count for nothing."""
    path = write_tile(tmp_path, WORLD, product, DAY, WINDOW, collection=collection)
    assert path.name.endswith(".simulated.h5")
    with h5py.File(path) as file:
        assert file.attrs["dateline_simulated"].startswith(b"true")
        assert file.attrs["LongName"].startswith(b"SIMULATED")
    (image,) = open_image(path)
    assert image.scene.simulated
    assert "simulated" in image.scene.licence
    for layer in sensor_for(product).value_layers(collection):
        pixels = image.read(layer, *corner((2400, 2400)))
        assert carries(pixels.values), layer
        assert (pixels.states[WORD] >= State.FILLED).all(), layer
        assert (pixels.states == State.OBSERVED).sum() == 0


def test_other_pixels_do_not_carry_the_mark() -> None:
    """Bright, dark and missing pixels of the mark's size are no mark."""
    for light in (0.0, LIGHT, np.nan):
        assert not carries(np.full(WORD.shape, light, np.float32))
    assert not carries(np.zeros((3, 3), np.float32))


def test_the_form_is_nasas(tmp_path: Path) -> None:
    """Groups, types, fills, text attributes and the structure block, as in the dumps of NASA's guide."""
    path = write_tile(tmp_path, WORLD, "VNP46A3", DAY, WINDOW)
    with h5py.File(path) as file:
        data = file["HDFEOS/GRIDS/VIIRS_Grid_DNB_2d/Data Fields"]
        assert len(data) == 28
        assert data["lat"].shape == data["lon"].shape == (2400,)
        layer = data["AllAngle_Composite_Snow_Free"]
        assert layer.dtype == np.float32
        assert layer.attrs["_FillValue"][0] == np.float32(-999.9)
        assert layer.attrs["valid_range"] == b">= 0.0 \n"
        assert "offset" in layer.attrs
        assert "add_offset" not in layer.attrs
        assert file.attrs["RangeBeginningDate"] == b"2021-03-01"
        assert file.attrs["RangeEndingDate"] == b"2021-03-31"
        assert file.attrs["WestBoundingCoord"].dtype == np.float32
        text = file["HDFEOS INFORMATION/StructMetadata.0"][()].decode()
        assert "UpperLeftPointMtrs=(-130000000.00,-40000000.00)" in text
    with h5py.File(write_tile(tmp_path, WORLD, "VNP46A1", DAY, WINDOW, collection="1")) as file:
        data = file["HDFEOS/GRIDS/VNP_Grid_DNB/Data Fields"]
        assert data["DNB_At_Sensor_Radiance_500m"].dtype == np.uint16
        assert "add_offset" in data["DNB_At_Sensor_Radiance_500m"].attrs


def test_a_tile_is_small_on_disk_and_nothing_half_written_stays(tmp_path: Path) -> None:
    """Blocks outside the window are not stored; the file appears whole under its name."""
    path = write_tile(tmp_path, WORLD, "VNP46A3", DAY, WINDOW)
    assert path.stat().st_size < 1_500_000
    assert list(tmp_path.iterdir()) == [path]


def test_other_products_are_not_simulated() -> None:
    """Only Black Marble; the error says so."""
    with pytest.raises(UsageError):
        simulate_layers(WORLD, "VNL_monthly", DAY, WINDOW)

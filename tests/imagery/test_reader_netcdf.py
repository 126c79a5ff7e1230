"""Cubes become an image a frame, indexed by date; Mumbai's months that nobody saw are not dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from scipy.io import netcdf_file

from dateline.core import InputError, Refusal, State, UsageError
from dateline.imagery.open import open_image
from dateline.imagery.readers.opened import OpenedImage

WHOLE = slice(None)


@pytest.fixture(scope="module")
def mumbai(samples: Path) -> dict[str, OpenedImage]:
    """Mumbai's cube by month."""
    images = open_image(samples / "lights/mumbai_monthly/mumbai_radiance.nc", "VNL_monthly")
    return {image.scene.when.edtf(): image for image in images}


@pytest.mark.samples
def test_131_frames_are_130_months(mumbai: dict[str, OpenedImage]) -> None:
    """The doubled November 2012 is equal and dropped, with a note on the one that stays."""
    assert len(mumbai) == 130
    assert (min(mumbai), max(mumbai)) == ("2012-04", "2023-01")
    noted = [month for month, image in mumbai.items() if "doubled-frame" in dict(image.notes)]
    assert noted == ["2012-11"]


@pytest.mark.samples
def test_mumbais_missing_zeros_are_not_observed(mumbai: dict[str, OpenedImage], samples: Path) -> None:
    """Oracle: h5py. Exactly the 38,790 cells without a look are not observed; no other cell is."""
    with h5py.File(samples / "lights/mumbai_monthly/mumbai_clouds.nc") as file:
        counts = np.delete(file["unnamed"][:], 8, axis=0)
    with h5py.File(samples / "lights/mumbai_monthly/mumbai_radiance.nc") as file:
        light = np.delete(file["unnamed"][:], 8, axis=0)
    unseen = 0
    for month, count, value in zip(sorted(mumbai), counts, light, strict=True):
        pixels = mumbai[month].read(mumbai[month].default_layer, WHOLE, WHOLE)
        np.testing.assert_array_equal(pixels.states == State.NOT_OBSERVED, count == 0)
        np.testing.assert_array_equal(pixels.values[count > 0], value[count > 0])
        np.testing.assert_array_equal(pixels.nights, count)
        unseen += int((pixels.states == State.NOT_OBSERVED).sum())
    assert unseen == 38_790


@pytest.mark.samples
def test_the_monsoon_is_no_blackout(mumbai: dict[str, OpenedImage]) -> None:
    """July 2018 (94 % unseen) and July 2022 have nothing that may be summed."""
    for month in ("2018-07", "2022-07"):
        states = mumbai[month].read(mumbai[month].default_layer, WHOLE, WHOLE).states
        assert (states == State.NOT_OBSERVED).mean() > 0.93
        assert not (states <= State.FLOOR).any()


@pytest.mark.samples
def test_mumbai_says_what_was_assumed(mumbai: dict[str, OpenedImage]) -> None:
    """Its coordinate system and its counts are inferred; both are said."""
    image = mumbai["2015-01"]
    assert {"crs-from-product", "counts-beside", "layer-unstated", "collection-unknown"} <= {c for c, _ in image.notes}
    bounds = image.scene.geobox.extent.boundingbox.bbox
    assert bounds == pytest.approx((72.781, 18.848, 72.981, 19.269), abs=0.002)


def cube(path: Path, frames: Any, days: list[float], *, name: str = "avg_rade9h", calendar: str | None = None) -> Path:
    """A classic NetCDF cube on EOG's pixels."""
    with netcdf_file(path, "w") as file:
        for axis, size in zip(("time", "lat", "lon"), frames.shape, strict=True):
            file.createDimension(axis, size)
        for axis, values, units in (
            ("time", days, "days since 2014-01-01"),
            ("lat", 10 - (np.arange(frames.shape[1]) + 0.5) / 240, "degrees_north"),
            ("lon", 20 + (np.arange(frames.shape[2]) + 0.5) / 240, "degrees_east"),
        ):
            variable = file.createVariable(axis, "d", (axis,))
            variable[:] = values
            variable.units = units
        if calendar:
            file.variables["time"].calendar = calendar
        variable = file.createVariable(name, frames.dtype.char, ("time", "lat", "lon"))
        variable[:] = frames
    return path


def frames(count: int, *, seed: int = 1) -> Any:
    """Random frames of light."""
    return np.random.default_rng(seed).uniform(0.1, 9, (count, 4, 6)).astype(np.float32)


def test_classic_netcdf_is_read_too(tmp_path: Path) -> None:
    """The old format gives the same images, in order of time whatever the order of frames."""
    data = frames(3)
    images = open_image(cube(tmp_path / "eog.nc", data, [59, 0, 31]), "VNL_monthly")
    assert [image.scene.when.edtf() for image in images] == ["2014-01", "2014-02", "2014-03"]
    np.testing.assert_array_equal(images[0].read(images[0].default_layer, WHOLE, WHOLE).values, data[1])
    np.testing.assert_array_equal(
        images[2].read(images[2].default_layer, slice(1, 3), slice(2, 5)).values, data[0][1:3, 2:5]
    )


def test_two_frames_of_one_month_that_differ_are_refused(tmp_path: Path) -> None:
    """Nobody can know which one is right."""
    with pytest.raises(Refusal) as caught:
        open_image(cube(tmp_path / "eog.nc", frames(3), [0, 31, 31]), "VNL_monthly")
    assert caught.value.code == "doubled-frame"
    assert "2014-02" in caught.value.saw


def test_counts_found_beside_must_fit(tmp_path: Path) -> None:
    """A count cube with other frames is refused; a fitting one is used."""
    path = cube(tmp_path / "radiance.nc", frames(2), [0, 31])
    looks = np.full((2, 4, 6), 9, np.int16)
    looks[0, 0, 0] = 0
    cube(tmp_path / "cf_cvg.nc", looks, [0, 31], name="cf_cvg")
    first = open_image(path, "VNL_monthly")[0].read("avg_rade9h", WHOLE, WHOLE)
    assert first.states[0, 0] == State.NOT_OBSERVED
    cube(tmp_path / "cf_cvg.nc", looks[:1], [0], name="cf_cvg")
    with pytest.raises(InputError) as caught:
        open_image(path, "VNL_monthly")
    assert caught.value.code == "counts-grid"


def test_an_unknown_cube_is_asked_about(tmp_path: Path) -> None:
    """Product and a strange calendar are not guessed."""
    path = cube(tmp_path / "cube.nc", frames(1), [0])
    with pytest.raises(UsageError) as caught:
        open_image(path)
    assert caught.value.code == "product"
    odd = cube(tmp_path / "odd.nc", frames(1), [0], calendar="360_day")
    with pytest.raises(InputError) as other:
        open_image(odd, "VNL_monthly")
    assert other.value.code == "no-date"

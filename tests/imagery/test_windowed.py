"""Values that are read part by part are the values of the whole image, whatever parts are asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.core.errors import InputError
from dateline.imagery import chips as chips_module
from dateline.imagery import windowed as module
from dateline.imagery.align.planes import brought, collar_of, plane_of
from dateline.imagery.align.register import aligned, register
from dateline.imagery.chip import Chip
from dateline.imagery.chips import acquisitions, series
from dateline.imagery.readers import band_files
from dateline.imagery.readers.acquisition import Told
from dateline.imagery.windowed import Plane, hidden, is_windowed, same, windowed
from dateline.simulate.fieldworks import chips

SIDE = 300


def by_parts(chip: Chip) -> Chip:
    """The same image, read part by part."""
    planes = [Plane(band.shape, lambda rows, columns, band=band: band[rows, columns].copy()) for band in chip.values]
    return replace(chip, values=windowed(planes))


@pytest.fixture(scope="module")
def pair() -> tuple[Chip, ...]:
    rng = np.random.default_rng(4)
    ground = (500 + 300 * ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), 2)).astype(np.float32)
    return chips(ground, [], rng, older=2)


@given(
    st.integers(0, SIDE - 2), st.integers(0, SIDE - 2), st.integers(1, SIDE), st.integers(1, SIDE), st.integers(1, 5)
)
@settings(max_examples=40, deadline=None)
def test_a_part_is_a_part_of_the_whole(top: int, left: int, high: int, wide: int, step: int) -> None:
    """Any slices, with and without steps, of one band and of all."""
    values = np.arange(2 * SIDE * SIDE, dtype=np.float32).reshape(2, SIDE, SIDE)
    lazy = windowed([Plane(band.shape, lambda r, c, band=band: band[r, c].copy()) for band in values])
    part = np.s_[top : top + high : step, left : left + wide : step]
    np.testing.assert_array_equal(lazy[:, part[0], part[1]], values[:, part[0], part[1]])
    np.testing.assert_array_equal(lazy[1][part], values[1][part])
    np.testing.assert_array_equal(lazy[1, part[0]], values[1, part[0]])


def test_numpy_makes_an_array_of_it(pair: tuple[Chip, ...]) -> None:
    """Arithmetic, functions, masks and copies see the whole array; equal images are told, and hidden pixels are NaN."""
    values, lazy = pair[0].values, by_parts(pair[0]).values
    np.testing.assert_array_equal(np.isfinite(lazy), np.isfinite(values))
    np.testing.assert_array_equal(lazy * 2 + 1, values * 2 + 1)
    np.testing.assert_array_equal(lazy[0][values[0] > 500], values[0][values[0] > 500])
    assert same(lazy, values)
    assert not same(lazy, pair[1].values)
    mask = values[0] > 520
    np.testing.assert_array_equal(np.asarray(hidden(lazy, mask)), hidden(values, mask))


def test_what_asks_for_all_of_a_large_image_is_refused(pair: tuple[Chip, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """A method that was not made for parts must not fill the memory: it says which place to name."""
    monkeypatch.setattr(module, "WHOLE", SIDE)
    with pytest.raises(InputError) as raised:
        np.asarray(by_parts(pair[0]).values)
    assert raised.value.code == "chip-too-large"


def test_registration_and_alignment_by_parts_are_those_of_the_whole(pair: tuple[Chip, ...]) -> None:
    """The same shift to the last digit; the aligned values to the last but few, part by part and at the seams."""
    whole = register(*pair)
    parts = register(*map(by_parts, pair))
    assert parts.to_json() == whole.to_json()
    moved, lazily = aligned(pair[1], whole, pair[0].geobox), aligned(by_parts(pair[1]), whole, pair[0].geobox)
    assert is_windowed(lazily.values)
    for rows, columns in ((slice(0, 90), slice(0, 300)), (slice(90, 170), slice(31, 250)), (slice(170, 300),) * 2):
        np.testing.assert_allclose(lazily.values[0, rows, columns], moved.values[0, rows, columns], rtol=2e-3)
    inside = np.s_[3:-3, 3:-3]
    np.testing.assert_array_equal(lazily.states[inside], moved.states[inside])


def test_gaps_and_other_grids_by_parts(pair: tuple[Chip, ...]) -> None:
    """Unseen pixels, a grid between the pixels, and one four times as coarse: parts are those of the whole.

    Beside what was not seen a spline rests on a middle value, which of a large image comes from a sample.
    """
    values = pair[0].values.copy()
    values[0, 100:140, 60:200] = np.nan
    chip = replace(pair[0], values=values)
    for scale, move in ((1, 0.37), (4, 1.5)):
        target = GeoBox(
            (60, 60), chip.geobox.affine @ Affine.translation(move, move) @ Affine.scale(scale), "EPSG:32701"
        )
        whole = brought(plane_of(chip), chip.geobox, target, smooth=True)
        lazy = brought(plane_of(by_parts(chip)), chip.geobox, target, smooth=True)
        assert is_windowed(lazy)
        for rows in (slice(0, 13), slice(13, 41), slice(41, 60)):
            np.testing.assert_allclose(lazy[rows, 5:55], whole[rows, 5:55], rtol=2e-3)


def test_a_black_border_is_found_by_parts(pair: tuple[Chip, ...]) -> None:
    """The collar of a large image is that of the same image in memory."""
    values = pair[0].values.copy()
    values[:, :40] = 0
    values[0, 200:210, 200:210] = 0
    chip = replace(pair[0], values=values)
    collar = collar_of(chip)
    assert collar[:42].all()
    assert not collar[42:].any()
    np.testing.assert_array_equal(collar_of(by_parts(chip)), collar)


@pytest.mark.parametrize("tiled", [True, False])
@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:4326"])
def test_a_large_file_is_read_by_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiled: bool, crs: str) -> None:
    """Stored in tiles or in rows, in metres or in degrees: values, states and notes are those of a small file."""
    rng = np.random.default_rng(2)
    step = 0.5 if crs == "EPSG:32633" else 5e-6
    corner = (500_000, 5_500_000) if crs == "EPSG:32633" else (15.0, 49.6)
    for day in ("20300501", "20300601"):
        numbers = rng.integers(1, 60_000, (1, SIDE, SIDE)).astype(np.uint16)
        numbers[0, :, 250:] = 0
        numbers[0, 40, 40] = 0
        grid = Affine(step, 0, corner[0], 0, -step, corner[1])
        shape = {"width": SIDE, "height": SIDE, "count": 1, "dtype": "uint16", "crs": crs, "transform": grid}
        more = {"tiled": True, "blockxsize": 64, "blockysize": 64} if tiled else {}
        with rasterio.open(tmp_path / f"SIMULATED_{day}_pan.tif", "w", driver="GTiff", **shape, **more) as file:
            file.set_band_description(1, "pan")
            file.write(numbers)
    found = acquisitions([tmp_path], Told())
    small = series(found, digest=str).chips
    for place in (module, band_files, chips_module):
        monkeypatch.setattr(place, "WHOLE", 1000)
    large = series(found, digest=str).chips
    for one, other in zip(small, large, strict=True):
        assert is_windowed(other.values)
        np.testing.assert_array_equal(other.states, one.states)
        assert other.notes == one.notes
        for part in (np.s_[:, :70, :], np.s_[:, 70:233, 11:260]):
            np.testing.assert_allclose(other.values[part], one.values[part], rtol=1e-6)

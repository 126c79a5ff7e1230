"""Windows that are moved as one lie where scipy's general transform puts them, seen or not."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.imagery.align import planes as module
from dateline.imagery.align.planes import brought
from dateline.imagery.align.spline import moved

SIDE = 200
GRID = GeoBox((SIDE, SIDE), Affine(2, 0, 500_000, 0, -2, 5_500_000), "EPSG:32633")


def plane() -> np.ndarray:
    rng = np.random.default_rng(6)
    return (500 + 400 * ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), 2)).astype(np.float32)


def test_a_moved_spline_is_scipys() -> None:
    """The same numbers as ndimage.shift gives, to single precision."""
    values = plane()
    spline = ndimage.spline_filter(values, order=3, output=np.float32, mode="mirror")
    wanted = ndimage.shift(values, (-0.37, 1.61), order=3, mode="mirror")[20:80, 30:100]
    np.testing.assert_allclose(moved(spline, (20.37, 28.39), (60, 70)), wanted, atol=0.05)


@pytest.mark.parametrize("turned", [0.0, 1e-4])
def test_blocks_that_move_as_one_lie_as_the_general_way_puts_them(
    turned: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shift and hardly any turn, with a gap: the same values and the same unseen pixels, to the block's error."""
    values = plane()
    values[50:60, 70:90] = np.nan
    target = GeoBox(GRID.shape, GRID.affine @ Affine(1, turned, 0.4, -turned, 1, -0.7), GRID.crs)
    quick = brought(values, GRID, target, smooth=True)
    monkeypatch.setattr(module, "_SAME", -1.0)
    slow = brought(values, GRID, target, smooth=True)
    np.testing.assert_array_equal(np.isnan(quick), np.isnan(slow))
    assert np.isnan(quick[53:56, 75:85]).all()
    assert 0 < np.isnan(quick).sum() < 1000
    np.testing.assert_allclose(quick, slow, atol=0.05 + 5 * (turned > 0))

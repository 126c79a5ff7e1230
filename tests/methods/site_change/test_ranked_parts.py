"""Ranked places of a large site: told in parts as they are of the whole, and where a change was planted."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from dateline.imagery.windowed import Plane, windowed
from dateline.methods.site_change import ranked as module
from dateline.methods.site_change.ranked import ranked

SIDE = 360
BUILT = (slice(200, 224), slice(90, 120))


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    """Three dates of one ground in three colours; the third shows new roofs; a corner of the second is not seen."""
    rng = np.random.default_rng(3)
    ground = 120 + 150 * ndimage.gaussian_filter(rng.standard_normal((3, SIDE, SIDE)), (0, 2, 2))
    dates = [(ground * gain + rng.normal(0, 2, ground.shape)).astype(np.float32) for gain in (1, 1.1, 0.95)]
    dates[2][:, *BUILT] = 230
    dates[1][:, :50, 300:] = np.nan
    return dates


def test_parts_give_what_the_whole_gives(images: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    """In tiles of 64 px, read part by part, within an odd outline: the same places, scores and known pixels."""
    within = np.ones((SIDE, SIDE), bool)
    within[:, :33] = False
    whole, known = ranked(images, within=within)
    monkeypatch.setattr(module, "TILE", 64)
    told: list[float] = []
    by_parts = [
        windowed([Plane(band.shape, lambda r, c, band=band: band[r, c].copy()) for band in image]) for image in images
    ]
    parts, seen = ranked(by_parts, within=within, tell=told.append)
    np.testing.assert_array_equal(seen, known)
    assert [(one.row, one.column, one.split, one.pixels) for one in parts] == [
        (one.row, one.column, one.split, one.pixels) for one in whole
    ]
    np.testing.assert_allclose([one.score for one in parts], [one.score for one in whole], rtol=1e-3)
    assert told == sorted(told)
    assert told[-1] == 1


def test_what_was_built_comes_first(images: list[np.ndarray]) -> None:
    """New roofs lead the list, between the second and the third date; what was not seen is not told."""
    places, known = ranked(images)
    assert abs(places[0].row - 212) < 15
    assert abs(places[0].column - 105) < 18
    assert places[0].split == 2
    assert not known[:40, 310:].any()
    assert known[60:, :280].all()

"""Lines of sight over real and made ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dateline.media.sight import Elevation, drop, sight

STEP = 1 / 1200


def flat(height: float = 100.0, size: int = 300) -> Elevation:
    """Level ground of 3 arc-seconds around 10 E, 50 N."""
    return Elevation(np.full((size, size), height, np.float32), 10.0, 50.0, STEP, STEP)


def test_the_ground_drops_as_printed() -> None:
    """Printed values: 6.8 m at 10 km and 61 m at 30 km, refraction of 0.13 taken off."""
    assert drop(np.array([10_000.0, 30_000.0])) == pytest.approx([6.8, 61.4], abs=0.06)


def test_level_ground_hides_what_lies_behind_the_curve() -> None:
    """From 2 m up, a foot of a mast 12 km away is hidden and its top 60 m up is seen."""
    ground = Elevation(np.full((60, 400), 0.0, np.float32), 10.0, 50.0, STEP, STEP)
    start, far = (10.01, 49.98, 2.0), (10.01 + 12_000 / 71_500, 49.98)
    assert sight(ground, start, (*far, 0.5)).blocked is True
    assert sight(ground, start, (*far, 60.0)).blocked is False


def test_a_hill_between_is_found_where_it_stands() -> None:
    """The least clearance is that over the hill, at its distance."""
    ground = flat()
    ground.heights[:, 150] = 180.0
    seen = sight(ground, (10.05, 49.9, 110.0), (10.2, 49.9, 120.0))
    hill = (10.0 + 150 * STEP - 10.05) * 71_700
    assert seen.blocked is True
    assert seen.at == pytest.approx(hill, abs=ground.step)
    assert seen.clearance == pytest.approx(113 - 180, abs=12)


def test_unknown_ground_is_not_called_free() -> None:
    """Where the heights end nobody knows; unknown is None, not True."""
    ground = flat()
    ground.heights[:, 100:200] = np.nan
    assert sight(ground, (10.05, 49.9, 110.0), (10.2, 49.9, 120.0)).blocked is None
    assert sight(ground, (20.0, 49.9, 110.0), (20.1, 49.9, 120.0)).known == 0


def test_heights_between_nodes_follow_a_slope() -> None:
    """Property: an inclined plane is given back exactly between its nodes, and nothing outside."""
    rows, columns = np.mgrid[0:50, 0:50]
    ground = Elevation((2.0 * columns - rows).astype(np.float32), 10.0, 50.0, STEP, STEP)
    lon, lat = 10.0 + STEP * np.array([3.25, 48.9]), 50.0 - STEP * np.array([7.5, 0.1])
    assert ground.at(lon, lat) == pytest.approx([2 * 3.25 - 7.5, 2 * 48.9 - 0.1], abs=1e-4)
    assert np.isnan(ground.at(np.array([9.99, 10.0]), np.array([49.99, 50.01]))).all()


def test_a_grid_with_north_and_south_swapped_is_refused(samples: Path) -> None:
    """The sample's keys ymin and ymax are swapped: a step that comes out negative is named, not used."""
    told = np.load(samples / "verification/dem/jacksboro_fault_dem.npz")
    heights = told["elevation"].astype(np.float32)
    north, south = float(told["ymin"]), float(told["ymax"])  # swapped in the file
    rows = heights.shape[0]
    with pytest.raises(ValueError, match="north its south"):
        Elevation(heights, float(told["xmin"]), south, STEP, (south - north) / rows)
    ground = Elevation(heights, float(told["xmin"]), north, float(told["dx"]), abs(float(told["dy"])))
    highest = np.unravel_index(int(np.argmax(heights)), heights.shape)
    top = (ground.west + highest[1] * ground.step_lon, ground.north - highest[0] * ground.step_lat)
    assert ground.at(np.array([top[0]]), np.array([top[1]]))[0] == pytest.approx(heights.max())
    middle = (ground.west + 200 * STEP, ground.north - 172 * STEP)
    up = float(ground.at(np.array([middle[0]]), np.array([middle[1]]))[0])
    over = sight(ground, (*middle, up + 3000), (*top, float(heights.max()) + 5), far=200)
    assert over.blocked is False
    assert sight(ground, (*middle, up + 1.6), (*top, float(heights.max()) - 200)).blocked is True

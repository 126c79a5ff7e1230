"""The parts of berth_occupancy against outside authorities: numpy, known displacements, known mixtures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from dateline.imagery.berth import Berth
from dateline.methods.berth_occupancy import null, scan
from dateline.methods.berth_occupancy.levels import low
from dateline.methods.berth_occupancy.quay import lay
from dateline.methods.berth_occupancy.register import displacements
from dateline.simulate.harbour import Harbour


@given(st.integers(0, 10_000), st.sampled_from([5.0, 15.0, 50.0, 73.0]))
@settings(max_examples=40, deadline=None)
def test_low_is_numpys_percentile(seed: int, percentile: float) -> None:
    """The same as numpy.nanpercentile, columns without a value included."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(9, 6))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[:, 0] = np.nan
    values[0, 1:] = 1.0
    found = low(values, percentile)
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx(np.nanpercentile(values[:, 1:], percentile, axis=0))


def test_displacements_are_found_to_a_tenth_of_a_pixel() -> None:
    """Ten images of one scene, moved by known fractions and speckled, against their own mean."""
    rng = np.random.default_rng(4)
    scene = 4 * ndimage.gaussian_filter(rng.standard_normal((90, 70)), 1.0) / 0.28
    moved = rng.uniform(-1, 1, (10, 2))
    images = np.stack([ndimage.shift(scene, one, order=3, mode="wrap") for one in moved])
    images = (images + 2.2 * rng.standard_normal(images.shape)).astype(np.float32)
    land = np.zeros((90, 70), bool)
    land[4:-4, 4:50] = True
    found = np.array([(one.rows, one.columns) for one in displacements(images, land)])
    assert np.abs(found - (moved - moved.mean(axis=0))).max() < 0.15
    assert all(not one.ok(2.0) for one in displacements(images, np.zeros_like(land)))


def test_a_narrow_strip_of_land_is_not_drawn_to_its_blurred_mean() -> None:
    """Thirty images a pixel off each way: land of 24 rows along a shore is laid to a quarter of a pixel each."""
    rng = np.random.default_rng(1)
    scene = np.full((60, 120), -17.0)
    scene[:24] = -8 + 2 * rng.standard_normal((24, 120))
    for top, left in rng.integers(0, (20, 110), (8, 2)):
        scene[top : top + 4, left : left + 5] = rng.uniform(-3, 5)
    moved = rng.integers(-1, 2, (30, 2))
    images = np.stack([np.roll(scene, tuple(one), (0, 1)) for one in moved])
    images = (images + 1.6 * rng.standard_normal(images.shape)).astype(np.float32)
    land = np.zeros(scene.shape, bool)
    land[:25] = True
    away = np.array([(one.rows, one.columns) for one in displacements(images, land)]) - moved
    assert np.abs(away - np.median(away, axis=0)).max() < 0.26


def test_noise_has_no_displacement() -> None:
    """Images without a common structure are told as failures, not as zero."""
    noise = np.random.default_rng(0).standard_normal((12, 64, 64)).astype(np.float32)
    assert not any(one.ok(2.0) for one in displacements(noise, np.ones((64, 64), bool)))


def test_window_means_are_sums_over_rectangles() -> None:
    """Running sums give what slicing gives, holes left out."""
    rng = np.random.default_rng(2)
    values, weights = rng.normal(size=(3, 2, 4, 12)), rng.uniform(0.5, 2, (2, 4, 12))
    values[0, 0, 1, 3] = np.nan
    found = scan.windows(12, 4, 10.0)
    level, weight = scan.means(values, weights, found)
    for number in (0, 7, len(found.first) - 1):
        part = np.s_[:, : found.deep[number], found.first[number] : found.last[number]]
        for date in range(3):
            there = np.isfinite(values[date][part])
            heavy = weights[part] * there
            assert weight[date, number] == pytest.approx(heavy.sum())
            mean = np.nansum(values[date][part] * weights[part]) / heavy.sum()
            assert level[date, number] == pytest.approx(mean)


def test_a_date_is_not_part_of_its_own_reference() -> None:
    """Scores of empty dates have the spread of chance, also when five dates are all there is."""
    rng = np.random.default_rng(3)
    level = rng.normal(size=(5, 4000))
    scores = [scan.over_empty(level[:, [at]], np.ones((5, 1)), np.ones(5)) for at in range(4000)]
    assert np.std(scores) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("busy", [0.1, 0.4, 0.7])
def test_the_two_heaps_are_told_apart(busy: float) -> None:
    """The null's place, its spread and the share of ships come back from a mixture of known parts."""
    rng = np.random.default_rng(5)
    ships = rng.random(300) < busy
    scores = np.where(ships, 2 + rng.gamma(3, 5, 300), rng.normal(2, 1, 300))
    found = null.fit(scores, null.Null(place=1.9, scale=0.8), (-1.0, 2.0))
    assert found.place == pytest.approx(2.0, abs=0.3)
    assert found.scale == pytest.approx(1.0, abs=0.25)
    assert found.busy == pytest.approx(ships.mean(), abs=0.05)
    chance = found.chance(scores)
    assert chance.sum() == pytest.approx(ships.sum(), abs=12)


def test_one_heap_is_one_heap() -> None:
    """Scores of empty dates alone are not split into ships and none."""
    scores = np.random.default_rng(6).normal(2, 1, 200)
    found = null.fit(scores, null.Null(place=1.9, scale=0.8), (-1.0, 2.0))
    assert found.busy == 0
    assert found.chance(scores).max() == 0
    assert (scores > found.threshold(0.02)).mean() < 0.05


@pytest.mark.parametrize("bearing", [0.0, 37.0, 200.0])
def test_cells_lie_where_the_quay_is_drawn(bearing: float) -> None:
    """Cells run along the quay from its first point, and away from it over the water, whatever its bearing."""
    harbour = Harbour(bearing=bearing, berth_count=1)
    berth = harbour.berths[0]
    quay = lay(berth, harbour.geobox, harbour.pixel, 150)
    along = quay.columns[:, -1] - quay.columns[:, 0], quay.rows[:, 0] - quay.rows[:, -1]
    assert np.degrees(np.arctan2(along[0][0], along[1][0])) % 360 == pytest.approx(bearing, abs=0.1)
    over = quay.columns[-1, 0] - quay.columns[0, 0], quay.rows[0, 0] - quay.rows[-1, 0]
    assert np.degrees(np.arctan2(*over)) % 360 == pytest.approx((bearing + 90) % 360, abs=0.1)
    other = lay(Berth(**{**_told(berth), "water": "left"}), harbour.geobox, harbour.pixel, 150)
    assert np.hypot(other.rows - quay.rows, other.columns - quay.columns).max() > 10


def _told(berth: Berth) -> dict[str, object]:
    return {name: getattr(berth, name) for name in ("id", "name", "quay", "depth", "slots")}

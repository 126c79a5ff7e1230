"""The centre of a change map: the median of ground declared stable, and noise that is never less than that ground's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox

from dateline.core import State
from dateline.imagery.maps import centred, pair_map
from dateline.imagery.scene import Pixels

SHAPE = (40, 60)
GRID = GeoBox(SHAPE, Affine(1 / 240, 0, 12, 0, -1 / 240, -42), "EPSG:4326")


def look(values, states=None):
    """Pixels all seen, at the floor below 0.5."""
    values = np.asarray(values, np.float32)
    told = np.where(values < 0.5, State.FLOOR, State.OBSERVED) if states is None else states
    return Pixels(values, np.asarray(told, np.uint8), None)


def grounds():
    """Three squares of 8 by 8 pixels."""
    found = {}
    for name, (row, column) in {"a": (2, 2), "b": (20, 30), "c": (30, 50)}.items():
        inside = np.zeros(SHAPE, bool)
        inside[row : row + 8, column : column + 8] = True
        found[name] = inside
    return found


def pair(seed=0, sigma=0.1, level=0.2):
    rng = np.random.default_rng(seed)
    field = 2 ** rng.uniform(0, 4, SHAPE)
    return field, field * 2 ** (level + rng.normal(0, sigma, SHAPE))


def test_ratio_and_centre_are_numpys():
    """log2 of the ratio where both looks saw light; the centre is the median over all stable pixels, each once."""
    a, b = pair()
    a[0, :5], b[0, 3:8] = 0, 0
    made = pair_map(look(a), look(b), GRID, floor=0.5, simulated=False)
    expected = np.log2(np.maximum(b, 0.5) / np.maximum(a, 0.5))
    expected[0, 3:5] = np.nan
    np.testing.assert_allclose(made.change, expected, rtol=1e-4, atol=1e-5)
    assert (made.states[0, 3:5] == State.FLOOR).all()
    assert (made.states[np.isfinite(expected)] == State.OBSERVED).all()
    around, stable = centred(made, grounds())
    inside = np.logical_or.reduce(list(grounds().values()))
    assert stable.n == np.count_nonzero(inside)
    assert around.level == pytest.approx(np.median(expected[inside]), abs=1e-5)
    assert stable.places["b"] == pytest.approx(np.median(expected[grounds()["b"]]), abs=1e-5)
    assert around.noise_from == "stable"


def test_what_places_disagree_by_is_noise():
    """Three places that moved apart by a factor widen the noise of every pixel by the spread of their medians."""
    a, b = pair(sigma=0.01)
    for (_, inside), shift in zip(grounds().items(), (-0.5, 0, 0.5), strict=True):
        b[inside] *= 2**shift
    made = pair_map(look(a), look(b), GRID, floor=0.5, simulated=False)
    around, stable = centred(made, grounds())
    spread = np.std(list(stable.places.values()), ddof=1)
    assert spread == pytest.approx(0.5, abs=0.02)
    assert np.nanmin(around.noise) >= spread
    assert (around.noise[np.isfinite(around.change)] >= made.noise[np.isfinite(made.change)]).all()


def test_too_little_stable_ground_measures_nothing():
    """Two places, few pixels, or places below the floor: an error, and no centre."""
    a, b = pair()
    made = pair_map(look(a), look(b), GRID, floor=0.5, simulated=False)
    two = {name: inside for name, inside in grounds().items() if name != "c"}
    few = {name: inside & (np.arange(SHAPE[1]) % 8 == 2) for name, inside in grounds().items()}
    dark = pair_map(look(np.zeros(SHAPE)), look(np.zeros(SHAPE)), GRID, floor=0.5, simulated=False)
    for change, ground in ((made, two), (made, few), (dark, grounds())):
        with pytest.raises(ValueError, match="places"):
            centred(change, ground)


@given(seed=st.integers(0, 99), level=st.floats(-1, 1))
def test_swapping_the_looks_mirrors_the_map(seed, level):
    """What brightens the one way darkens the other, around the mirrored centre, with the same noise and states."""
    a, b = pair(seed, level=level)
    b[:4] = 0
    states = np.where(b < 0.5, State.FLOOR, State.OBSERVED)
    states[:, :3] = State.FILLED
    forth, back = (
        centred(pair_map(*looks, GRID, floor=0.5, simulated=False), grounds())[0]
        for looks in ((look(a), look(b, states)), (look(b, states), look(a)))
    )
    np.testing.assert_allclose(forth.change, -back.change, atol=1e-5)
    np.testing.assert_allclose(forth.noise, back.noise, rtol=1e-4)
    assert forth.level == pytest.approx(-back.level, abs=1e-5)
    assert (forth.states == back.states).all()


def test_a_rise_from_below_the_floor_is_no_fall() -> None:
    """Around a level above 1 the ratio of such a pixel says at least, and nothing of the other side."""
    made = pair_map(look(np.full(SHAPE, 0.1)), look(np.full(SHAPE, 0.6)), GRID, floor=0.5, simulated=False)
    assert (replace(made, level=1.0).away == 0).all()
    assert (replace(made, level=0.0).away > 0).all()

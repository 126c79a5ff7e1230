"""Ring sums are exact, whatever is cut, missing or beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dateline.imagery.cfar import ring as rings
from dateline.imagery.cfar.background import FEWEST, log_normal, logarithms_of, scores_by_block
from dateline.imagery.cfar.ring import Ring, ring_mean, ring_moments


def brute(values: np.ndarray, ring: Ring, row: int, column: int) -> np.ndarray:
    """The valid pixels of one ring, picked one by one."""
    rows, columns = np.ogrid[: values.shape[0], : values.shape[1]]
    apart = np.maximum(abs(rows - row), abs(columns - column))
    part = values[(apart <= ring.outer // 2) & (apart > ring.guard // 2)]
    return part[np.isfinite(part)].astype(float)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 70), st.integers(1, 70), st.sampled_from([(3, 1), (9, 3), (31, 11)]), st.floats(0, 0.9),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_moments_are_those_of_the_pixels_of_the_ring(
    height: int, width: int, sizes: tuple[int, int], missing: float, seed: int
) -> None:
    """Mean, spread and count of every ring are those of its valid pixels; an empty ring has none."""
    rng = np.random.default_rng(seed)
    values = rng.normal(-4, 1, (height, width)).astype(np.float32)
    values[rng.random(values.shape) < missing] = np.nan
    ring = Ring(*sizes)
    found = ring_moments(values, ring)
    for row, column in zip(rng.integers(height, size=5), rng.integers(width, size=5), strict=True):
        part = brute(values, ring, row, column)
        assert found.count[row, column] == len(part)
        if len(part):
            assert found.mean[row, column] == pytest.approx(part.mean(), abs=1e-5)
            assert found.spread[row, column] == pytest.approx(part.std(), abs=1e-4)
        else:
            assert np.isnan(found.mean[row, column])
            assert np.isnan(found.spread[row, column])


def test_strips_tiles_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sums are whole numbers: bit for bit the same however the work is cut."""
    values = np.random.default_rng(1).normal(size=(331, 417)).astype(np.float32)
    values[40:60, 100:300] = np.nan
    whole = ring_moments(values, Ring(21, 9), workers=1)
    for strip, tile, workers in ((7, 50, 2), (200, 33, 3)):
        monkeypatch.setattr(rings, "STRIP", strip)
        monkeypatch.setattr(rings, "TILE", tile)
        again = ring_moments(values, Ring(21, 9), workers=workers)
        assert np.array_equal(whole.mean, again.mean, equal_nan=True)
        assert np.array_equal(whole.spread, again.spread, equal_nan=True)
        assert np.array_equal(whole.count, again.count)


def test_what_lies_far_off_leaves_no_trace() -> None:
    """A pixel of 10^30 changes no ring that it is not in: running sums of floats would lose what comes after it."""
    values = np.full((60, 400), 0.02, np.float32)
    values[:, 100] = 80.0
    found = ring_moments(values, Ring(9, 3))
    assert np.ptp(found.mean[:, 200:]) == 0
    assert found.spread[:, 200:].max() < 1e-5


def test_the_mean_of_power_is_exact_to_single_precision() -> None:
    """Backscatter from 1e-4 to 1e3 in one image: the mean of every ring is right to six digits."""
    rng = np.random.default_rng(2)
    values = (10 ** rng.uniform(-4, 3, (80, 90))).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    mean, count = ring_mean(values, Ring(15, 5))
    for row, column in ((0, 0), (40, 45), (79, 3)):
        part = brute(values, Ring(15, 5), row, column)
        assert count[row, column] == len(part)
        assert mean[row, column] == pytest.approx(part.mean(), rel=1e-6)


@pytest.mark.parametrize("truncate", [None, 2.0])
def test_a_scene_in_strips_scores_as_a_whole(truncate: float | None) -> None:
    """Scenes that do not fit into memory are read in strips, with the same scores to the last bit."""
    power = np.random.default_rng(3).gamma(4.4, 1 / 4.4, (700, 90)).astype(np.float32)
    power[300:310, 40:60] *= 30
    ring = Ring(31, 11)
    logs = logarithms_of(power)
    whole = log_normal(logs, ring, truncate=truncate).score(logs)
    parts = list(
        scores_by_block(lambda rows, columns: power[rows, columns], (700, 90), ring, truncate=truncate, rows=128)
    )
    assert [part.start for part, _ in parts] == list(range(0, 700, 128))
    assert np.array_equal(np.concatenate([scores for _, scores in parts]), whole, equal_nan=True)


def test_no_data_is_neither_sea_nor_a_number() -> None:
    """Zero, negative and missing power have no logarithm; rings with too little water have no score."""
    power = np.full((40, 40), 0.01, np.float32)
    power[0, 0], power[0, 1], power[0, 2] = 0, -1, np.nan
    logs = logarithms_of(power)
    assert np.isnan(logs[0, :3]).all()
    water = np.zeros(power.shape, bool)
    water[:10, :10] = True
    few = log_normal(logs, Ring(31, 11), valid=water)
    assert few.count.max() < FEWEST
    assert np.isnan(few.centre).all()


def test_a_ring_has_a_middle() -> None:
    """Even widths, and a guard that fills the outer box, are refused."""
    for sizes in ((8, 3), (9, 4), (5, 5), (5, 7)):
        with pytest.raises(ValueError, match="odd widths"):
            Ring(*sizes)

"""Normalisation: gain and offset come back whatever changed, and three colours are refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dateline.core.errors import Refusal
from dateline.imagery.normalise import check_bands, ir_mad, normalisation, sample_of

GAIN = np.array([1.2, 0.8, 1.1, 0.9, 1.3])
OFFSET = np.array([0.02, -0.01, 0.0, 0.03, 0.01])


def pair(changed: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Five correlated bands, seen twice with noise, gain and offset; a share of pixels is something else."""
    rng = np.random.default_rng(seed)
    ground = rng.normal(size=(8000, 5)) @ rng.normal(size=(5, 5)) * 0.05 + 0.3
    other = ground.copy()
    other[: int(changed * 8000)] = 0.3 + 0.2 * rng.normal(size=(int(changed * 8000), 5))
    first, second = (one + rng.normal(0, 0.005, one.shape) for one in (ground, other))
    return first.astype(np.float32), (second * GAIN + OFFSET).astype(np.float32)


@pytest.mark.parametrize("changed", [0.0, 0.1, 0.3])
def test_gain_and_offset_come_back(changed: float) -> None:
    """Within two percent of gain, with up to a third of the pixels changed; the unused third agrees."""
    first, second = pair(changed)
    mad = ir_mad(first, second)
    made = normalisation(first, second, mad, np.random.default_rng(1))
    assert mad.settled
    assert made.gain == pytest.approx(1 / GAIN, rel=0.02)
    assert made.offset == pytest.approx(-OFFSET / GAIN, abs=0.01)
    assert np.abs(made.left).max() < 4.5
    assert made.ratio == pytest.approx(1, abs=0.1)
    assert made.apply(second.T[:, None])[:, 0] == pytest.approx(
        second.T * made.gain[:, None] + made.offset[:, None], abs=1e-6
    )


def test_distance_is_chi_square_where_nothing_changed() -> None:
    """With normal noise alone the squared variates sum to chi-square with p degrees of freedom (Nielsen 2007)."""
    first, second = pair(0.0, seed=3)
    distance = ir_mad(first, second).distance(first, second)
    scaled = distance / np.median(distance) * stats.chi2.ppf(0.5, 5)
    assert np.mean(scaled > stats.chi2.isf(0.05, 5)) == pytest.approx(0.05, abs=0.015)


def test_changed_pixels_lie_far_out() -> None:
    """The tenth that is something else has distances over nearly all of the rest."""
    first, second = pair(0.1)
    distance = ir_mad(first, second).distance(first, second)
    assert np.mean(distance[:800] > np.quantile(distance[800:], 0.99)) > 0.95


def test_few_or_equal_bands_are_refused() -> None:
    """Three colours, and four bands of which two are one, are too few."""
    first, _ = pair(0.0)
    check_bands(first, ("a", "b", "c", "d", "e"))
    for values in (first[:, :3], np.column_stack([first[:, :3], first[:, 0] * 2 + 1])):
        with pytest.raises(Refusal) as stop:
            check_bands(values, tuple("abcd"[: values.shape[1]]))
        assert stop.value.code == "bands"


def test_a_sample_is_of_known_pixels_and_no_larger_than_asked() -> None:
    """Indices point at known pixels, in order."""
    known = np.zeros((50, 50), bool)
    known[10:40] = True
    found = sample_of(known, np.random.default_rng(0), most=100)
    assert len(found) == 100
    assert known.ravel()[found].all()
    assert (np.diff(found) > 0).all()

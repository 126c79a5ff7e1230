"""The trend's numerics against another library, printed tables, and properties."""

from __future__ import annotations

import numpy as np
import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.imagery.tables import F8
from dateline.methods.lights_trend.kendall import false_discovery, seasonal_s, seasonal_trend

VALUES = st.integers(0, 10_000).map(lambda seed: np.random.default_rng(seed).normal(10, 3, (9, 12)))


@pytest.mark.parametrize("seed", range(5))
def test_s_and_its_variance_are_those_of_pymannkendall(seed: int) -> None:
    """S and the variance with covariances between seasons agree with its correlated seasonal test, ties and all."""
    values = np.random.default_rng(seed).normal(10, 3, (8, 12)).round(seed % 2)
    s, variance = seasonal_s(values)
    theirs = pymannkendall.correlated_seasonal_test(values.ravel(), period=12)
    assert s == theirs.s
    assert variance == pytest.approx(theirs.var_s, rel=1e-9)


def test_one_season_has_the_classical_variance() -> None:
    """With one value a year the variance of S is Kendall's, with his correction for ties."""
    values = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5])
    s, variance = seasonal_s(values[:, None])
    theirs = pymannkendall.original_test(values)
    assert (s, variance) == (theirs.s, pytest.approx(theirs.var_s))


def test_the_slope_is_sens() -> None:
    """The slope a year is the seasonal Sen slope of pymannkendall, gaps left out."""
    values = np.random.default_rng(3).normal(10, 3, (8, 12)) + 0.4 * np.arange(8)[:, None]
    values[2, 3] = values[5, 7] = np.nan
    theirs = pymannkendall.seasonal_sens_slope(values.ravel(), period=12)
    assert seasonal_trend(values, level=0.9).slope == pytest.approx(theirs.slope)


@given(VALUES)
def test_a_series_turned_round_has_the_opposite_trend(values: F8) -> None:
    """Reading time backwards changes the sign of S and slope, and nothing else."""
    forth, back = seasonal_trend(values, level=0.9), seasonal_trend(values[::-1], level=0.9)
    assert back.s == -forth.s
    assert back.p == pytest.approx(forth.p, rel=0.2)
    assert (back.slope, back.low, back.high) == pytest.approx((-forth.slope, -forth.high, -forth.low), abs=0.02)


@given(VALUES)
def test_s_does_not_care_about_the_scale(values: F8) -> None:
    """Any rising transformation, such as the logarithm, leaves S as it is."""
    shifted = values - values.min() + 1
    assert seasonal_s(np.log(shifted)) == pytest.approx(seasonal_s(shifted))


@given(VALUES)
def test_a_season_that_was_never_seen_changes_nothing(values: F8) -> None:
    """A month without any look adds neither to S nor to its variance."""
    gap = values.copy()
    gap[:, 6] = np.nan
    assert seasonal_s(gap) == pytest.approx(seasonal_s(np.delete(values, 6, axis=1)))


def test_an_unseen_month_is_no_zero() -> None:
    """Monsoon months that disappear from later years make no trend: dropped, not counted as dark."""
    rng = np.random.default_rng(0)
    values = rng.normal(15, 0.5, (10, 12))
    gone = values.copy()
    gone[5:, 5:9] = np.nan
    assert seasonal_trend(gone, level=0.9).slope == pytest.approx(seasonal_trend(values, level=0.9).slope, abs=0.1)
    assert seasonal_trend(gone, level=0.9).s > seasonal_trend(np.nan_to_num(gone), level=0.9).s + 50


def test_false_discovery_rejects_what_its_authors_reject() -> None:
    """Benjamini and Hochberg 1995, section 3.2: of 15 p-values the first four are called at q = 0.05."""
    called = [0.0001, 0.0004, 0.0019, 0.0095]
    rest = [0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    p = np.array([*called, *rest])
    q = false_discovery(np.append(p, np.nan))
    assert (q[:15] <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert np.isnan(q[15])

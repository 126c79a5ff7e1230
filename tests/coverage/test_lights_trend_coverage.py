"""A quick seeded part of the proof of `lights_trend`; the full tables are made by `make proof`."""

from __future__ import annotations

import math

import pytest
from proof_lights_trend import break_cell, family_cell, rivals, trend_cell


def bound(share: float, runs: int) -> float:
    """A share plus three standard errors."""
    return share + 3 * math.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize("phi", [0.0, 0.4, 0.7])
def test_trends_are_not_called_where_there_are_none(phi: float) -> None:
    """False calls stay at 10 %, for months and for years, at any correlation that lights show."""
    assert trend_cell(8, phi, 0.0, 250, 1, monthly=True)["called"] <= bound(0.11, 250)
    assert trend_cell(12, phi, 0.0, 250, 2, monthly=False)["called"] <= bound(0.11, 250)


def test_the_slopes_interval_holds_the_truth() -> None:
    """A trend of a quarter of the noise a year lies inside its 90 % interval."""
    assert trend_cell(10, 0.4, 0.25, 250, 3, monthly=True)["covered"] >= 2 * 0.90 - bound(0.90, 250)


def test_the_rivals_call_too_often() -> None:
    """Why the correction is there: without it, or with Hamed and Rao's, correlated months make trends."""
    found = rivals(8, 0.7, 40, 4)
    assert found["uncorrected"] > 0.25
    assert found["Hamed and Rao"] > 0.15


def test_dated_breaks_hold_the_truth() -> None:
    """A step of three noise deviations is dated mostly, and the set holds its first look."""
    found = break_cell(96, 0.4, 3.0, 16, 5)
    assert found["dated"] > 0.4
    assert found["dated sets hold it"] >= 0.85


def test_a_family_keeps_its_rate() -> None:
    """Among 100 places of which 20 rise, false calls are at most a tenth of the calls."""
    found = family_cell(100, 0.2, 3, 6)
    assert found["false"] <= 0.22  # three standard errors of three families
    assert found["found"] > 0.6

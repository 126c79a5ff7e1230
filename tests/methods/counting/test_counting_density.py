"""A density leaves open what its count or its area leaves open, and nothing counted is a bound and no crash."""

from __future__ import annotations

import pytest

from dateline.core.estimate import Estimate
from dateline.methods.counting.ground import _density


def told(best: float, low: float | None, high: float | None, unit: str) -> Estimate:
    """An estimate at 90 %."""
    return Estimate(best=best, low=low, high=high, unit=unit, level=0.9, n=4, how="told")


AREA = told(20_000.0, 16_000.0, 25_000.0, "m2")


def test_both_errors_meet_in_the_density() -> None:
    """400 (360-440) on 2 ha (1.6-2.5): 200 a hectare, and wider than either alone."""
    density = _density(told(400, 360, 440, "1"), AREA)
    assert density.best == pytest.approx(200)
    assert density.low == pytest.approx(156, abs=1)
    assert density.high == pytest.approx(255, abs=1)


@pytest.mark.parametrize(
    ("count", "area"),
    [(told(400, None, None, "1"), AREA), (told(400, 360, 440, "1"), told(20_000.0, None, None, "m2"))],
)
def test_an_open_bound_stays_open(count: Estimate, area: Estimate) -> None:
    """What nobody knows is no number."""
    density = _density(count, area)
    assert (density.low, density.high) == (None, None)


def test_nothing_counted_has_an_upper_bound() -> None:
    """None seen, at most 3: at most 3 on the least area."""
    density = _density(told(0, 0, 3, "1"), AREA)
    assert (density.best, density.low) == (0.0, 0.0)
    assert density.high == pytest.approx(3 / 1.6)

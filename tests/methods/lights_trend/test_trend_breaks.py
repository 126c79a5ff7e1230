"""The break's numerics: whitening, printed limits, and breaks whose date is known."""

from __future__ import annotations

import numpy as np
import pytest

from dateline.methods.lights_trend.breaks import GRID, Design, asymptotic_limit, find_break


def _design(gaps: bool = True) -> Design:
    keep = np.array([time for time in range(84) if not (gaps and time % 12 in {6, 7})])
    return Design(time=keep, season=keep % 12, trim=12)


@pytest.mark.parametrize("index", [0, 8, 18])
def test_whitening_takes_the_autoregression_out(index: int) -> None:
    """Noise of a first-order autoregression with gaps is white and of equal variance after whitening."""
    design, phi = _design(), float(GRID[index])
    gap = np.abs(design.time[:, None] - design.time[None, :])
    covariance = np.power(phi, gap) if phi else np.eye(len(design.time))
    whiten = design.fits[index].whiten
    assert whiten @ covariance @ whiten.T == pytest.approx((1 - phi**2) * np.eye(len(design.time)), abs=1e-9)


def test_the_limits_are_those_printed() -> None:
    """Eo and Morley 2015 print 7.35 at 95 % for the likelihood ratio of a break date."""
    assert asymptotic_limit(0.95) == pytest.approx(7.35, abs=0.005)
    assert asymptotic_limit(0.9) == pytest.approx(5.94, abs=0.005)


def test_a_clear_break_is_dated_through_season_trend_gaps_and_an_outlier() -> None:
    """A step of five noise deviations is dated to the right look, and its size is told."""
    rng = np.random.default_rng(4)
    design = _design()
    values = 0.2 * rng.standard_normal(84) + np.sin(np.arange(84) * np.pi / 6) + 0.01 * np.arange(84)
    values[50:] += 1.0
    values[20] += 5.0
    found = find_break(design, values[design.time], level=0.9, draws=199, rng=rng)
    assert found.p <= 0.01
    truth = int(np.searchsorted(design.time, 50))
    assert truth in found.members
    assert len(found.members) <= 3
    assert found.step_low < 1.0 < found.step_high


def test_a_steady_trend_is_no_break() -> None:
    """Steady growth with season has no step, however steep."""
    rng = np.random.default_rng(5)
    design = _design(gaps=False)
    values = 0.2 * rng.standard_normal(84) + 0.05 * np.arange(84)
    assert find_break(design, values, level=0.9, draws=199, rng=rng).p > 0.1


def test_the_same_seed_gives_the_same_answer() -> None:
    """Chance comes from the generator that is passed in, and from nowhere else."""
    design = _design()
    values = np.random.default_rng(6).standard_normal(len(design.time))
    one, two = (find_break(design, values, level=0.9, draws=99, rng=np.random.default_rng(1)) for _ in range(2))
    assert one == two

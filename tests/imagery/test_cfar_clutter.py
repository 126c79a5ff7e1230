"""Laws of clutter against printed forms, numerical integrals and another library."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special, stats

from dateline.imagery.cfar.background import log_normal
from dateline.imagery.cfar.clutter import (
    ca_factor,
    k_exceedance,
    k_factor,
    k_shape,
    log_normal_level,
    untruncated,
)
from dateline.imagery.cfar.ring import Ring


@pytest.mark.parametrize(("pfa", "n"), [(1e-3, 16), (1e-6, 200), (1e-9, 4880)])
def test_one_look_has_the_closed_form(pfa: float, n: int) -> None:
    """n (pfa^(-1/n) - 1): Finn and Johnson 1968."""
    assert ca_factor(pfa, 1, n) == pytest.approx(n * (pfa ** (-1 / n) - 1), rel=1e-9)


@pytest.mark.parametrize(("pfa", "looks", "n"), [(1e-4, 4.4, 4880), (1e-7, 2.0, 300)])
def test_many_looks_follow_the_f_distribution(pfa: float, looks: float, n: int) -> None:
    """scipy's quantile of F with 2L and 2nL degrees of freedom."""
    assert ca_factor(pfa, looks, n) == pytest.approx(stats.f.isf(pfa, 2 * looks, 2 * n * looks), rel=1e-9)


@pytest.mark.parametrize("shape", [0.3, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("looks", [1.0, 4.4])
def test_k_clutter_is_its_printed_integral(shape: float, looks: float) -> None:
    """2 / (G(L) G(nu)) int (L nu)^((L+nu)/2) x^((L+nu)/2-1) K_(nu-L)(2 sqrt(L nu x)) dx by another route."""

    def density(x: float) -> float:
        z = 2 * np.sqrt(looks * shape * x)
        half = (looks + shape) / 2
        front = 2 / (special.gamma(looks) * special.gamma(shape)) * (looks * shape) ** half
        return float(front * x ** (half - 1) * special.kve(shape - looks, z) * np.exp(-z))

    for level in (2.0, 8.0):
        wanted = integrate.quad(density, level, np.inf, epsabs=0, limit=200)[0]
        assert k_exceedance(level, shape, looks)[0] == pytest.approx(wanted, rel=1e-7)


def test_the_table_of_k_thresholds_gives_back_its_probability() -> None:
    """Between the tabulated shapes the rate stays within 3 % of what was asked; far out it is nearly gamma."""
    for shape in (0.2, 0.9, 4.0, 30.0):
        assert k_exceedance(k_factor(1e-6, shape, 4.4), shape, 4.4)[0] == pytest.approx(1e-6, rel=0.03)
    assert k_factor(1e-6, 1e9, 4.4) == pytest.approx(ca_factor(1e-6, 4.4, 10**7), rel=0.01)


def test_the_shape_comes_back_from_the_spread_of_logarithms() -> None:
    """psi1(L) + psi1(nu); no more spread than speckle is no texture."""
    for shape in (0.5, 2.0, 15.0):
        variance = float(special.polygamma(1, 4.4) + special.polygamma(1, shape))
        assert k_shape(variance, 4.4) == pytest.approx(shape, rel=1e-6)
    assert k_shape(float(special.polygamma(1, 4.4)), 4.4) == np.inf


@pytest.mark.parametrize("depth", [0.0, 1.0, 2.0, 3.0])
def test_truncated_moments_are_undone(depth: float) -> None:
    """Moments of scipy's truncated normal come back as mean 0 and standard deviation 1."""
    mean, variance = stats.truncnorm.stats(-np.inf, depth)
    one = [np.full((1, 1), value, np.float32) for value in (mean, np.sqrt(variance), depth)]
    centre, spread = untruncated(*one)
    assert float(centre[0, 0]) == pytest.approx(0, abs=3e-3)
    assert float(spread[0, 0]) == pytest.approx(1, abs=2e-3)


def test_truncation_is_unbiased_and_hides_no_ship_behind_another() -> None:
    """On normal noise the level for 1e-3 is exceeded by 1e-3; with 4 % of bright ships around it still is."""
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 1, (700, 700)).astype(np.float32)
    crowded = noise.copy()
    for row, column in rng.integers(0, 690, (200, 2)):
        crowded[row : row + 10, column : column + 10] += 12
    sea = crowded == noise
    for image, truncate, low, high in (
        (noise, 2.0, 0.0008, 0.0012),
        (crowded, 2.0, 0.0005, 0.0013),
        (crowded, None, 0.0, 0.0004),
    ):
        score = log_normal(image, Ring(61, 31), truncate=truncate).score(image)
        share = float(np.mean(score[sea] > log_normal_level(1e-3)))
        assert low <= share <= high

"""Models of what open water returns, and the level above it that clutter alone exceeds with a given probability.

Every level is a threshold over the ring's arithmetic mean of power (`ca_factor`, `k_factor`) or a number of standard
deviations of the logarithm (`log_normal_level`). Numbers of looks are of one pixel.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

NODES = 400
"""Points of the integral over texture."""
SHAPES = np.geomspace(0.1, 1000.0, 33)
"""Shapes of K clutter that are tabulated; beyond the last it is the gamma law to three digits."""


def ca_factor(pfa: float, looks: float, n: float) -> float:
    """Threshold over the mean of n ring pixels, for L-look gamma clutter (cell averaging).

    T = mean * F^-1(1 - pfa) of the F distribution with 2L and 2nL degrees of freedom; for one look this is
    n (pfa^(-1/n) - 1) (Finn and Johnson 1968, RCA Review 29, 414-464).
    """
    one, other = looks, n * looks
    share = special.betainccinv(one, other, pfa)
    return float(share / (1 - share) * other / one)


def log_normal_level(pfa: float) -> float:
    """Standard deviations of the logarithm above its mean: the normal quantile (Crisp 2004, DSTO-RR-0272)."""
    return float(-special.ndtri(pfa))


def k_exceedance(ratio: npt.ArrayLike, shape: float, looks: float) -> F8:
    """Probability that K clutter of unit mean exceeds `ratio`: gamma speckle of L looks on gamma texture.

    The texture is integrated over its logarithm by the trapezoid rule, which converges geometrically there. The
    density is that of Jakeman and Pusey 1976 (doi 10.1109/TAP.1976.1141451) for L looks (Ward 1981,
    doi 10.1049/el:19810394).
    """
    spread = math.sqrt(float(special.polygamma(1, shape)))
    middle = math.log(shape)
    nodes = np.linspace(middle - 12 * spread - 4, middle + 12 * spread, NODES)
    weight = np.exp(shape * nodes - np.exp(nodes) - special.gammaln(shape))
    weight *= nodes[1] - nodes[0]
    level = np.atleast_1d(np.asarray(ratio, dtype=float))
    tail = special.gammaincc(looks, looks * level[:, None] * shape / np.exp(nodes)) @ weight
    return np.asarray(tail, dtype=np.float64)


def k_factor(pfa: float, shape: float, looks: float) -> float:
    """Threshold over the mean for K clutter, from the table for these looks and this probability."""
    table = _k_table(pfa, looks)
    at = min(max(shape, SHAPES[0]), SHAPES[-1])
    return float(np.exp(np.interp(math.log(at), np.log(SHAPES), table)))


@lru_cache(maxsize=64)
def _k_table(pfa: float, looks: float) -> F8:
    """ln(T / mean) for every shape of SHAPES."""
    return np.array([_k_level(pfa, float(shape), looks) for shape in SHAPES])


def _k_level(pfa: float, shape: float, looks: float) -> float:
    def miss(level: float) -> float:
        return math.log(k_exceedance(math.exp(level), shape, looks)[0] / pfa)

    high = 1.0
    while miss(high) > 0:
        high += 1.0
    return float(optimize.brentq(miss, high - 1.0 if high > 1 else -5.0, high, xtol=1e-6))


def k_shape(log_variance: float, looks: float) -> float:
    """Shape of the texture from the variance of ln(power) [1]: psi1(L) + psi1(shape) (method of log-cumulants).

    Infinite (no texture: gamma clutter) where the variance is no more than speckle alone has. Nicolas 2002,
    Traitement du Signal 19, 139-167; Oliver and Quegan 2004, section 5.
    """
    excess = log_variance - float(special.polygamma(1, looks))
    if excess <= float(special.polygamma(1, SHAPES[-1])):
        return math.inf
    low, high = math.log(1e-3), math.log(SHAPES[-1])
    for _ in range(60):
        middle = (low + high) / 2
        if float(special.polygamma(1, math.exp(middle))) > excess:
            low = middle
        else:
            high = middle
    return math.exp(high)


_DEPTHS = np.linspace(-6.0, 9.0, 30_001)
_MILLS = np.exp(-(_DEPTHS**2) / 2 - special.log_ndtr(_DEPTHS)) / math.sqrt(2 * math.pi)
_SHRUNK = np.sqrt(1 - _DEPTHS * _MILLS - _MILLS**2)
_SEEN = (_DEPTHS + _MILLS) / _SHRUNK
_FIRST, _LAST, _STEPS = 1.1, 9.0, 2048
"""The looked-up range of (bound - mean) / spread, and its entries for one unit."""
_GRID = np.arange(_FIRST, _LAST, 1 / _STEPS)
_GROWTH = (1 / np.interp(_GRID, _SEEN, _SHRUNK)).astype(np.float32)
_SHIFT = (_GROWTH * np.interp(_GRID, _SEEN, _MILLS)).astype(np.float32)


def untruncated(mean: F4, spread: F4, bound: F4, *, workers: int = 2) -> tuple[F4, F4]:
    """Mean and standard deviation of a normal law from those of what lies under `bound`.

    With t = (bound - mu) / sigma and l = phi(t) / Phi(t) the truncated sample has mean mu - l sigma and variance
    sigma^2 (1 - t l - l^2) (Johnson, Kotz and Balakrishnan 1994, section 13.10.1). (bound - mean) / spread grows with
    t alone; both corrections are looked up by it, to 1 part in 1000. All (rows, columns); NaN stays NaN. So Tao,
    Anfinsen and Brekke 2015 (doi 10.1109/TGRS.2015.2451311) treat the truncation of K clutter.
    """
    shifted, whole = np.empty_like(mean), np.empty_like(spread)

    def correct(top: int) -> None:
        rows = slice(top, top + 64)  # so many rows stay within a processor's cache
        with np.errstate(divide="ignore", invalid="ignore"):
            place = (bound[rows] - mean[rows]) / spread[rows]
        place -= np.float32(_FIRST)
        place *= np.float32(_STEPS)
        np.fmin(np.fmax(place, 0, out=place), len(_GRID) - 1, out=place)  # a missing number becomes the first
        at = place.astype(np.intp)
        np.multiply(spread[rows], _GROWTH.take(at), out=whole[rows])
        np.multiply(spread[rows], _SHIFT.take(at), out=shifted[rows])
        shifted[rows] += mean[rows]

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(correct, range(0, len(mean), 64)))
    return shifted, whole

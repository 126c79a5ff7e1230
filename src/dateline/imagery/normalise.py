"""Two images of other light and season on one scale, by a sample of the pixels that did not change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, stats

from dateline.core.errors import Refusal

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
B1 = npt.NDArray[np.bool_]

SAMPLE = 20_000
"""Pixels on which the transformation is fitted at most."""
FEWEST_BANDS = 4
"""Bands that must truly differ."""
_OWN = 1e-5
"""Share of a band's spread that the other bands must leave to be its own."""
_UNCHANGED = 0.95
"""Probability of no change from which a pixel is taken as invariant."""
_STEPS, _SETTLED = 60, 1e-3
_FEWEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mad:
    """Multivariate alteration detection of two images of p bands.

    first, second: (p, p) one variate a column. means: of both [unit of the bands]. rho: (p,) canonical correlations,
    rising. variance: (p,) of each variate where nothing changed. settled: whether the weights came to rest.
    """

    first: F8
    second: F8
    means: tuple[F8, F8]
    rho: F8
    variance: F8
    settled: bool

    def variates(self, first: F4, second: F4) -> F8:
        """(n, p) differences of the canonical variates in standard deviations; first, second: (n, p) values."""
        parts = (first - self.means[0]) @ self.first - (second - self.means[1]) @ self.second
        made: F8 = parts / np.sqrt(self.variance)
        return made

    def distance(self, first: F4, second: F4) -> F8:
        """(n,) sum of the squared variates, chi-square with p degrees of freedom where nothing changed, nominally."""
        made: F8 = (self.variates(first, second) ** 2).sum(axis=1)
        return made


def check_bands(values: F4, names: tuple[str, ...]) -> None:
    """Raises Refusal `bands` unless four bands at least differ truly. values: (n, p), all known."""
    spread = values.std(axis=0)
    alive = spread > 0
    own = 0
    if alive.sum() >= FEWEST_BANDS:
        scaled = (values[:, alive] - values[:, alive].mean(axis=0)) / spread[alive]
        own = int((np.linalg.eigvalsh(np.cov(scaled.T)) > _OWN).sum())
    if own < FEWEST_BANDS:
        raise Refusal(
            "Change cannot be told from light and season with so few bands.",
            saw=f"{len(names)} bands ({', '.join(names)}), {own or int(alive.sum())} of them truly different",
            do=f"Give images with {FEWEST_BANDS} bands or more (near or short-wave infrared too), or have people look "
            "at a ranked list.",
            code="bands",
        )


def sample_of(known: B1, rng: np.random.Generator, most: int = SAMPLE) -> npt.NDArray[np.int64]:
    """Flat indices of at most `most` known pixels, drawn at random and in order."""
    found = np.flatnonzero(known)
    return found if len(found) <= most else np.sort(rng.choice(found, most, replace=False))


def ir_mad(first: F4, second: F4) -> Mad:
    """Iteratively reweighted multivariate alteration detection of two samples (n, p) [any unit, per band].

    Canonical correlation gives the linear combinations in which the images agree best; the differences of the variates
    are invariant to gain and offset of any band. Pixels are weighted by their probability of no change until the
    correlations settle (Nielsen 2007, doi 10.1109/TIP.2006.888195). Unlike there the distance is first divided by what
    its median is over chi-square's: where plots differ in their season, half of the pixels still count, and the fit
    does not shrink onto the few that did not grow.
    """
    x, y = np.asarray(first, float), np.asarray(second, float)
    weight = np.ones(len(x))
    before = np.zeros(x.shape[1])
    mad = _canonical(x, y, weight)
    settled = False
    for _ in range(_STEPS):
        settled = bool(np.abs(mad.rho - before).max() < _SETTLED)
        if settled:
            break
        before = mad.rho
        distance = mad.distance(x, y)
        weight = stats.chi2.sf(distance / spread_over_chi2(distance, x.shape[1]), x.shape[1])
        if weight.sum() < 10 * x.shape[1]:
            break
        mad = _canonical(x, y, weight)
    return Mad(first=mad.first, second=mad.second, means=mad.means, rho=mad.rho, variance=mad.variance, settled=settled)


def spread_over_chi2(distance: F8, bands: int) -> float:
    """How many times wider than chi-square a distance is, by its median: Efron's empirical null [1].

    Efron 2004, doi 10.1198/016214504000000089.
    """
    return max(float(np.median(distance) / stats.chi2.ppf(0.5, bands)), 1e-12)


def _canonical(x: F8, y: F8, weight: F8) -> Mad:
    """Canonical variates under weights, smallest correlation first, each with positive correlation to its twin."""
    total = weight.sum()
    means = (weight @ x / total, weight @ y / total)
    u, v = x - means[0], y - means[1]
    sxx, syy, sxy = ((one * weight[:, None]).T @ other / total for one, other in ((u, u), (v, v), (u, v)))
    floor = 1e-10
    sxx, syy = (one + floor * np.trace(one) / len(one) * np.eye(len(one)) for one in (sxx, syy))
    squares, a = linalg.eigh(sxy @ linalg.solve(syy, sxy.T, assume_a="pos"), sxx)
    rho = np.sqrt(np.clip(squares, 0, 1 - 1e-9))
    a = a / np.sqrt(np.einsum("ij,ik,kj->j", a, sxx, a))
    b = linalg.solve(syy, sxy.T @ a, assume_a="pos")
    b = b / np.sqrt(np.clip(np.einsum("ij,ik,kj->j", b, syy, b), 1e-30, None))
    return Mad(first=a, second=b, means=means, rho=rho, variance=np.clip(2 * (1 - rho), 1e-9, None), settled=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalisation:
    """second * gain + offset is on the first's scale. Each of gain, offset: (p,). pixels: invariant ones it rests on.

    left: (p,) difference of the means on the unused third, in standard errors of it. ratio: (p,) variance of the second
    over the first there.
    """

    gain: F8
    offset: F8
    pixels: int
    left: F8
    ratio: F8

    def apply(self, values: F4) -> F4:
        """Bands (p, rows, columns) of the second image on the scale of the first."""
        shape = (-1,) + (1,) * (values.ndim - 1)
        gain, offset = (one.astype(np.float32).reshape(shape) for one in (self.gain, self.offset))
        made: F4 = values * gain + offset
        return made


def normalisation(first: F4, second: F4, mad: Mad, rng: np.random.Generator) -> Normalisation:
    """Gain and offset of each band from pixels that did not change, tried on a third of them that was not used.

    first, second: (n, p) samples. Orthogonal regression on pixels with a probability of no change over 0.95 (Canty and
    Nielsen 2008, doi 10.1016/j.rse.2007.07.013). Raises Refusal `few-invariant` with too few of them.
    """
    distance = mad.distance(first, second)
    scale = spread_over_chi2(distance, first.shape[1])
    still = np.flatnonzero(stats.chi2.sf(distance / scale, first.shape[1]) > _UNCHANGED)
    if len(still) < _FEWEST:
        still = np.argsort(distance)[: max(_FEWEST, len(distance) // 20)]
    if len(still) < _FEWEST:
        raise Refusal(
            "Too few pixels stayed the same to bring the images to one scale.",
            saw=f"{len(still)} pixels",
            do="Give a larger area around the site.",
            code="few-invariant",
        )
    still = rng.permutation(still)
    third = len(still) // 3
    unused, used = still[:third], still[third:]
    gain, offset = _orthogonal(second[used].astype(float), first[used].astype(float))
    x, y = first[unused].astype(float), second[unused] * gain + offset
    error = np.sqrt(np.var(x - y, axis=0, ddof=1) / third)
    return Normalisation(
        gain=gain,
        offset=offset,
        pixels=len(used),
        left=(x - y).mean(axis=0) / np.maximum(error, 1e-30),
        ratio=y.var(axis=0, ddof=1) / np.maximum(x.var(axis=0, ddof=1), 1e-30),
    )


def _orthogonal(x: F8, y: F8) -> tuple[F8, F8]:
    """Slope and offset of the line with least squared distance, both axes in error, of each column."""
    sxx, syy = x.var(axis=0), y.var(axis=0)
    sxy = ((x - x.mean(axis=0)) * (y - y.mean(axis=0))).mean(axis=0)
    sxy = np.where(np.abs(sxy) < 1e-12 * np.sqrt(sxx * syy), 1e-12, sxy)
    slope = (syy - sxx + np.sqrt((syy - sxx) ** 2 + 4 * sxy**2)) / (2 * sxy)
    return slope, y.mean(axis=0) - slope * x.mean(axis=0)

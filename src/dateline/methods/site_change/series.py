"""Change at a date in a series of one number a pixel: pooled t with its real degrees of freedom, and the omnibus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
B1 = npt.NDArray[np.bool_]

FEWEST = 3
"""Fewest degrees of freedom of a pixel's t."""
FEWEST_NULL = 200
"""Fewest pixels that tell the site's own null."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One polarisation of one track, or one band: values (T, rows, columns) in a scale where noise adds, NaN unseen.

    times: (T,) days since the first image of all. log: whether values are logarithms of power.
    """

    name: str
    values: F4
    times: F8
    log: bool


def levelled(values: F4) -> F4:
    """Each image less its median over the site: rain, season and calibration of all of it are no change of a part."""
    with np.errstate(invalid="ignore"):
        flat = values.reshape(len(values), -1)
        middle = np.array([np.median(one[np.isfinite(one)]) if np.isfinite(one).any() else 0.0 for one in flat])
    made: F4 = values - middle.astype(np.float32)[:, None, None]
    return made


def pooled_t(values: F4, after: B1) -> tuple[F8, F8]:
    """Student's t of the mean after against the mean before, and its degrees of freedom, for each pixel.

    values: (T, rows, columns), NaN where not seen. after: (T,). One variance for both spans; n - 2 degrees of
    freedom of the looks that saw the pixel (Student 1908, doi 10.1093/biomet/6.1.1). NaN with fewer than FEWEST.
    """
    seen = np.isfinite(values)
    filled = np.where(seen, values, np.float32(0)).astype(float)
    parts = []
    for chosen in (~after, after):
        n = seen[chosen].sum(axis=0)
        mean = filled[chosen].sum(axis=0) / np.maximum(n, 1)
        squares = (np.where(seen[chosen], filled[chosen] - mean, 0.0) ** 2).sum(axis=0)
        parts.append((n, mean, squares))
    (n0, m0, s0), (n1, m1, s1) = parts
    free = (n0 + n1 - 2).astype(float)
    able = (n0 > 0) & (n1 > 0) & (free >= FEWEST)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt((s0 + s1) / free * (1 / n0 + 1 / n1))
        t = (m1 - m0) / error
    return np.where(able & (error > 0), t, np.nan), np.where(able, free, np.nan)


def normal_scores(t: F8, free: F8) -> F8:
    """t as standard normal scores on the site's own null: less their median, over their spread where it exceeds 1.

    Drift, season and correlation in time widen t everywhere; what the bulk of the site shows is no change of a part
    (Efron 2004, doi 10.1198/016214504000000089).
    """
    p = stats.t.sf(np.abs(t), free)
    scores = np.sign(t) * stats.norm.isf(np.clip(p, 1e-300, 0.5))
    known = scores[np.isfinite(scores)]
    if known.size < FEWEST_NULL:
        return np.asarray(scores)
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    made: F8 = (scores - middle) / max(float(high - low) / 1.349, 1.0)
    return made


def combined(scores: Sequence[F8]) -> tuple[F8, F8]:
    """Two-sided p of each pixel from several normal scores, the least times their number, and the strongest's sign.

    Polarisations of one pass are not independent; Bonferroni's inequality does not ask them to be.
    """
    stacked = np.stack(scores)
    size = np.nan_to_num(np.abs(stacked), nan=-1.0)
    strongest = size.argmax(axis=0)[None]
    count = np.isfinite(stacked).sum(axis=0)
    top = np.take_along_axis(size, strongest, axis=0)[0]
    sign = np.sign(np.take_along_axis(stacked, strongest, axis=0)[0])
    return np.where(count > 0, np.minimum(1.0, 2 * stats.norm.sf(top) * count), np.nan), sign


def looks_on_site(values: F4) -> float | None:
    """Equivalent number of looks from how logarithms of power vary in time at the site [1]; None with too few images.

    values: (T, rows, columns) natural logarithms of power, levelled. The variance of a logarithm of L looks is
    the trigamma function of L (Hoekman 1991, doi 10.1080/01431169108955279); its median over pixels leaves out what
    changed.
    """
    seen = np.isfinite(values)
    n = seen.sum(axis=0)
    able = n >= 4
    if able.sum() < 100:
        return None
    filled = np.where(seen, values, np.float32(0))
    mean = filled.sum(axis=0) / np.maximum(n, 1)
    variance = (np.where(seen, values - mean, 0) ** 2).sum(axis=0) / np.maximum(n - 1, 1)
    usual = int(np.median(n[able]))
    middle = float(np.median(variance[able & (n == usual)])) * (usual - 1) / float(stats.chi2.ppf(0.5, usual - 1))
    return float(optimize.brentq(lambda looks: special.polygamma(1, looks) - middle, 0.05, 1e5))


@dataclass(frozen=True, slots=True)
class Course:
    """p: (rows, columns) of no change in all of the series. first: number of the image in which the first change shows,
    0 where there is none."""

    p: F8
    first: I8


def omnibus(powers: F4, looks: float, alpha: float = 0.001) -> Course:
    """The sequential omnibus test of k images in linear power, one polarisation [any linear unit].

    powers: (k, rows, columns), NaN where any is missing leaves the pixel out. looks: equivalent number of looks [1].
    ln Q = n (k ln k + sum ln X_i - k ln sum X_i); -2 rho ln Q is chi-square with k - 1 degrees of freedom nearly; the
    factors R_j date the change (Conradsen, Nielsen and Skriver 2016, doi 10.1109/TGRS.2015.2510160).
    """
    k, n = len(powers), looks
    values = np.where(powers > 0, powers, np.nan).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values)
    q = n * (k * np.log(k) + logs.sum(axis=0) - k * np.log(values.sum(axis=0)))
    rho = 1 - (k / n - 1 / (n * k)) / (6 * (k - 1))
    second = -(k - 1) / 4 * (1 - 1 / rho) ** 2
    z = -2 * rho * q
    p = (1 - second) * stats.chi2.sf(z, k - 1) + second * stats.chi2.sf(z, k + 3)
    first = np.zeros(p.shape, np.int64)
    running = np.cumsum(values, axis=0)
    for j in range(2, k + 1):
        ratio = n * (
            j * np.log(j)
            - (j - 1) * np.log(j - 1)
            + (j - 1) * np.log(running[j - 2])
            + logs[j - 1]
            - j * np.log(running[j - 1])
        )
        factor = 1 - (1 + 1 / (j * (j - 1))) / (6 * n)
        shown = stats.chi2.sf(-2 * factor * ratio, 1) < alpha / (k - 1)
        first[(first == 0) & (p < alpha) & shown] = j - 1
    return Course(np.clip(p, 0, 1), first)

"""How many nobody marked, from who marked what: Chapman, the M_t likelihood, Huggins with covariates, Chao."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from dateline.core.estimate import Estimate
from dateline.methods.counting.matching import F8

Seen = npt.NDArray[np.bool_]


def chapman(n1: float, n2: float, m: float, *, level: float) -> Estimate:
    """(n1 + 1)(n2 + 1)/(m + 1) - 1 objects, where one person marked n1, another n2, and both m of them.

    Assumes equal chances for all objects, independence, and no false marks. Variance: Seber 1970, 10.2307/2529095;
    Chapman 1951. The interval is log-normal in the number that nobody marked (Chao 1987, 10.2307/2531532).
    """
    best = (n1 + 1) * (n2 + 1) / (m + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) ** 2 * (m + 2))
    return _lognormal(best, n1 + n2 - m, variance, level=level, n=2, how="Chapman, two people")


def _lognormal(best: float, found: float, variance: float, *, level: float, n: int, how: str) -> Estimate:
    """[found + f0/c, found + f0 c] with f0 = best - found and c from the variance: never under what was found."""
    unseen = max(best - found, 0.0)
    if unseen <= 0:
        return Estimate(best=found, low=found, high=found, unit="1", level=level, n=n, how=how)
    reach = math.exp(stats.norm.ppf(0.5 + level / 2) * math.sqrt(math.log1p(variance / unseen**2)))
    return Estimate(
        best=best, low=found + unseen / reach, high=found + unseen * reach, unit="1", level=level, n=n, how=how
    )


def mt(counts: F8, found: float, *, level: float) -> Estimate | None:
    """The likelihood for any number of independent people whose chances differ, objects alike (model M_t).

    counts: marks of each person; found: distinct objects. Solves 1 - found/N = prod(1 - n_j/N). None where the people
    have nothing in common. Darroch 1958, 10.1093/biomet/45.3-4.343 (estimate and variance).
    """
    if counts.sum() - found <= 0 or counts.min() <= 0:
        return None
    lowest = max(found, float(counts.max()))

    def gap(total: float) -> float:
        return float(np.log1p(-found / total) - np.log1p(-counts / total).sum())

    first = lowest * (1 + 1e-9) + 1e-9
    if gap(first) >= 0:  # everybody marked the same
        return _lognormal(found, found, 0.0, level=level, n=len(counts), how="M_t likelihood")
    last = first * 2
    while gap(last) < 0:
        if last > 1e12 * first:
            return None
        last *= 4
    best = float(optimize.brentq(gap, first, last, xtol=1e-9 * first))
    miss = 1 / (best - found) + (len(counts) - 1) / best - (1 / (best - counts)).sum()
    variance = 1 / miss if miss > 0 else 0.0
    return _lognormal(best, found, float(variance), level=level, n=len(counts), how="M_t likelihood")


def chao(seen: Seen, *, level: float) -> Estimate | None:
    """A lower bound for what there is: found + f1^2/(2 f2), with f1 marked by one person only and f2 by just two.

    Read it as "at least". seen: (n, people). None without anything marked by two. For k people the term has the factor
    (k - 1)/k. Too high where marks are false. Chao 1987, 10.2307/2531532 (bound, variance, interval).
    """
    times = np.bincount(seen.sum(axis=1), minlength=3)
    return chao_of(int(times[1]), int(times[2]), int(times[1:].sum()), level=level, people=seen.shape[1])


def chao_of(f1: int, f2: int, found: int, *, level: float, people: int | None = None) -> Estimate | None:
    """The same from the frequencies; people: None leaves out the factor (k - 1)/k, as in Chao's own example."""
    if f2 == 0:
        return None
    factor = 1.0 if people is None else (people - 1) / people
    share = f1 / f2
    variance = f2 * (0.25 * share**4 + share**3 + 0.5 * share**2) * factor**2
    return _lognormal(
        found + factor * f1**2 / (2 * f2), found, variance, level=level, n=people or 0, how="Chao's lower bound"
    )


@dataclass(frozen=True, slots=True)
class Huggins:
    """The fit: the estimate, each person's share of what is there, and the coefficients (people, then covariates)."""

    estimate: Estimate
    recall: F8
    coefficients: F8


def huggins(seen: Seen, covariates: F8, *, level: float) -> Huggins | None:
    """Objects with chances by person and covariate: logit p_ij = a_j + x_i b, fitted to what at least one marked.

    seen: (n, people); covariates: (n, c), standardised here. N = sum 1/p*_i, p*_i = 1 - prod_j(1 - p_ij). Variance and
    conditional likelihood: Huggins 1989, 10.1093/biomet/76.1.133; Alho 1990, 10.2307/2532083. None where the fit runs
    away (nobody in common, or a covariate that parts them wholly).
    """
    n, people = seen.shape
    if n <= people + covariates.shape[1] or seen.sum() <= n:
        return None
    spread = covariates.std(axis=0)
    x = (covariates - covariates.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    x = x[:, spread > 0]
    start = np.concatenate([np.full(people, 0.0), np.zeros(x.shape[1])])
    fit = optimize.minimize(_loss, start, args=(seen, x), jac=True, method="BFGS")
    if not np.isfinite(fit.fun) or np.abs(fit.x).max() > 12:
        return None
    chance = _chances(fit.x, x, people)
    star = 1 - np.prod(1 - chance, axis=1)
    best = float((1 / star).sum())
    slope = _slopes(chance, star, x)
    information = _information(chance, star, x)
    variance = float(((1 - star) / star**2).sum() + slope @ np.linalg.pinv(information) @ slope)
    return Huggins(
        _lognormal(best, float(n), variance, level=level, n=people, how="Huggins, conditional likelihood"),
        (chance / star[:, None]).sum(axis=0) / best,
        fit.x,
    )


def _chances(coefficients: F8, x: F8, people: int) -> F8:
    eta = coefficients[None, :people] + (x @ coefficients[people:])[:, None]
    chance: F8 = np.clip(1 / (1 + np.exp(-np.clip(eta, -30, 30))), 1e-12, 1 - 1e-12)
    return chance


def _loss(coefficients: F8, seen: Seen, x: F8) -> tuple[float, F8]:
    """Minus the conditional log-likelihood, and its gradient."""
    people = seen.shape[1]
    chance = _chances(coefficients, x, people)
    star = 1 - np.prod(1 - chance, axis=1)
    value = -(np.where(seen, np.log(chance), np.log1p(-chance)).sum() - np.log(star).sum())
    residual = seen - chance / star[:, None]
    return float(value), -np.concatenate([residual.sum(axis=0), x.T @ residual.sum(axis=1)])


def _slopes(chance: F8, star: F8, x: F8) -> F8:
    """Derivative of sum 1/p* by the coefficients."""
    each = -((1 - star) / star**2)[:, None] * chance
    slope: F8 = np.concatenate([each.sum(axis=0), x.T @ each.sum(axis=1)])
    return slope


def _information(chance: F8, star: F8, x: F8) -> F8:
    """Expected information of the conditional likelihood: covariance of the marks given at least one."""
    n, people = chance.shape
    given = chance / star[:, None]
    total = np.zeros((people + x.shape[1],) * 2)
    for j in range(people):
        for k in range(people):
            both = given[:, j] if j == k else chance[:, j] * chance[:, k] / star
            weight = both - given[:, j] * given[:, k]
            design_j = np.concatenate([np.tile(np.eye(people)[j], (n, 1)), x], axis=1)
            design_k = np.concatenate([np.tile(np.eye(people)[k], (n, 1)), x], axis=1)
            total += design_j.T @ (design_k * weight[:, None])
    return total


def with_margins(
    counts: F8, found: float, *, false_share: float, uneven: float, level: float
) -> tuple[Estimate | None, Estimate | None, Estimate | None]:
    """What two or more independent people nobody checked allow: as it is, most false marks, most unevenness.

    false_share: greatest share of anybody's marks that may be no object; such marks stand alone. uneven: greatest
    squared coefficient of variation of the objects' chances; it makes the plain estimate too low by up to
    1/(1 + uneven) (exact for two people: E[n1 n2 / m] = N / (1 + cv^2); for more it is less). Both are assumed.
    """
    plain = _plain(counts, found, level)
    fewer = counts * (1 - false_share)
    real = max(found - false_share * float(counts.sum()), float(fewer.max()))
    low = _plain(fewer, real, level)
    return plain, low, None if plain is None else _scaled(plain, 1 + uneven)


def _plain(counts: F8, found: float, level: float) -> Estimate | None:
    if len(counts) == 2:
        return chapman(counts[0], counts[1], max(counts.sum() - found, 0.0), level=level)
    return mt(counts, found, level=level)


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    assert estimate.low is not None
    assert estimate.high is not None
    return Estimate(
        best=estimate.best * factor, low=estimate.low * factor, high=estimate.high * factor,
        unit="1", level=estimate.level, n=estimate.n, how=estimate.how,
    )  # fmt: skip

"""The chance of each gap to hold a step: a robust fit with and without it for every gap between looks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dateline.imagery.tables import F8
from dateline.methods.gaps import Gaps, weigh

I8 = NDArray[np.int64]
TAILS = 4.0
"""Degrees of freedom of the noise: hazy or wet looks are common."""
YEAR = 365.25
SEASONS = 1.5
"""Years from which on a season can be told from a step [year]."""
ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Fitted:
    """gaps: where the step can lie. step, error: its size and standard error for each inner gap [unit], NaN where too
    few looks stand on one side. correlation: of successive residuals, which the likelihood was tempered by [1]."""

    gaps: Gaps
    step: F8
    error: F8
    correlation: float


def posterior(days: F8, values: F8, sensor: I8, *, fewest: int, never: float) -> Fitted | None:
    """Chances of the gaps between n looks in order of time, and the step in each.

    days: (n,) rising [day]; values: (n,) [unit], all seen; sensor: (n,) 0 .. k-1. y = level of the sensor + season +
    step after the onset + e, e from Student's t with 4 degrees of freedom (Lange, Little and Taylor 1989,
    10.1080/01621459.1989.10478852) and a scale of the sensor's own. A gap counts with its length, and only with
    `fewest` looks on either side; `never`: prior chance of no step. The step costs half the logarithm of n (Schwarz
    1978, 10.1214/aos/1176344136); the likelihood is tempered by (1 - r) / (1 + r) for residuals correlated by r. None
    where there are fewer than twice `fewest` looks.
    """
    n = len(days)
    if n < 2 * fewest or days[-1] <= days[0]:
        return None
    base = _design(days, sensor)
    null, residuals, scale = _fit(base, values, sensor)[2:]
    inner = [i for i in range(fewest, n - fewest + 1) if days[i] > days[i - 1]]
    step, error, like = (np.full(n + 1, np.nan) for _ in range(3))
    best = null
    for i in inner:
        size, spread, likelihood, after, own = _fit(np.column_stack([base, np.arange(n) >= i]), values, sensor)
        step[i], error[i], like[i] = size, spread, likelihood
        if likelihood > best:
            best, residuals, scale = likelihood, after, own
    r = _correlation(residuals / scale)
    temper = (1 - r) / (1 + r)
    outcome = np.full(n + 1, -np.inf)
    outcome[inner] = temper * like[inner] - 0.5 * np.log(n)
    outcome[n] = temper * null
    found = weigh(days, outcome, before=0.0, never=never)
    return Fitted(found, step[1:n], error[1:n] / np.sqrt(temper), r)


def _design(days: F8, sensor: I8) -> F8:
    """(n, p) a level for each sensor, and a yearly season where the series is long enough."""
    columns = [(sensor == one).astype(float) for one in range(int(sensor.max()) + 1)]
    if days[-1] - days[0] >= SEASONS * YEAR:
        turn = 2 * np.pi * days / YEAR
        columns += [np.sin(turn), np.cos(turn)]
    return np.column_stack(columns)


def _fit(design: F8, values: F8, sensor: I8) -> tuple[float, float, float, F8, F8]:
    """The last column's coefficient and error, the log likelihood, residuals, and each look's scale.

    Iterated weights for Student's t, a scale for each sensor with at least five looks and one for all others.
    """
    group = np.where(np.bincount(sensor)[sensor] >= 5, sensor, -1)
    weight, scale = np.ones(len(values)), np.full(len(values), max(float(np.std(values)), 1e-12))
    floor = 1e-6 * max(float(np.ptp(values)), 1e-12)
    diagonal = np.arange(design.shape[1])
    own = [np.flatnonzero(group == one) for one in np.unique(group)]
    for _ in range(ROUNDS):
        root = np.sqrt(weight) / scale
        weighed = design * root[:, None]
        normal = weighed.T @ weighed
        normal[diagonal, diagonal] *= 1 + 1e-9  # a step where the sensor changes cannot be told from its level
        coefficients = np.linalg.solve(normal, weighed.T @ (values * root))
        residuals = values - design @ coefficients
        for rows in own:
            scale[rows] = max(float(np.sqrt(np.mean(weight[rows] * residuals[rows] ** 2))), floor)
        weight = (TAILS + 1) / (TAILS + (residuals / scale) ** 2)
    z = residuals / scale
    likelihood = float(np.sum(-np.log(scale) - (TAILS + 1) / 2 * np.log1p(z**2 / TAILS)))
    # information of the t: (v + 1) / (v + 3)
    variance = float(np.linalg.inv(normal)[-1, -1]) * float(np.mean(weight)) * (TAILS + 3) / (TAILS + 1)
    error = float(np.sqrt(max(variance, 0.0)))
    return float(coefficients[-1]), error, likelihood, residuals, scale.copy()


def _correlation(z: F8) -> float:
    """Of successive residuals, from 0 to 0.8, heavy tails cut [1]."""
    cut = np.clip(z, -3, 3)
    power = float(np.sum(cut**2))
    return min(max(float(np.sum(cut[1:] * cut[:-1])) / power, 0.0), 0.8) if power > 0 else 0.0

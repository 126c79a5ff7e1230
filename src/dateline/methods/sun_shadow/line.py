"""Sets of instants or of days: those that fit the shadows nearly as well as the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from dateline.methods.sun_shadow.clues import Case, Fit, Seen
from dateline.methods.sun_shadow.cutoff import cuts

F8 = npt.NDArray[np.float64]

STEP = 30.0
"""[s] Between two candidates of a day."""
SURELY_NOT = 0.001
"""A shadow that fits this badly or worse, by chance alone, contradicts what was said of it."""

Spot = tuple[float, float]
"""Longitude and latitude [degrees]."""


@dataclass(frozen=True, slots=True)
class Line:
    """Candidates in order (`at`: Unix time [s]), how they fit, and the set of them.

    spans: first and last [s] of each stretch of the set. best: the best candidate [s]. chance: of a fit this bad, if
    what was said is right [1]. day: seconds [s] of candidates with the sun up. index: of the best.
    """

    at: F8
    fit: Fit
    cut: F8
    spans: tuple[tuple[float, float], ...]
    best: float
    index: int
    chance: float
    day: float
    spot: Spot
    seen: tuple[Seen, ...]

    @property
    def width(self) -> float:
        """[s] of the whole set."""
        return sum(last - first for first, last in self.spans)


def through(
    case: Case, at: F8, spots: Sequence[Spot], *, level: float, rng: np.random.Generator, days: bool = False
) -> Line | None:
    """The set of instants `at` [s] at which the shadows may have been seen from one of the spots; None without sun.

    Over several spots it is the union. The cut is simulated at the first spot. days: candidates are whole days, of
    which each belongs to the set or does not. Raises InputError `sun-years`.
    """
    fits, skies = [], []
    for lon, lat in spots:
        skies.append(case.look(at, lon, lat))
        fits.append(case.fit(case.said(skies[-1])))
    chi2 = np.min([fit.chi2 for fit in fits], axis=0)
    costs = np.array([fit.cost for fit in fits])
    cost = costs.min(axis=0)
    if not np.isfinite(cost).any():
        return None
    best = int(np.argmin(cost))
    home = int(np.argmin(costs[:, best]))
    cut = cuts(case, case.said(skies[home]), costs[home], level=level, rng=rng)
    over = np.where(np.isfinite(cost), cost - cost[best] - cut, 1e9)
    spans = _whole(at, over) if days else _stretches(at, over)
    return Line(
        at=at,
        fit=Fit(chi2, cost),
        cut=cut,
        spans=spans,
        best=float(at[best]),
        index=best,
        chance=float(stats.chi2.sf(np.min(chi2), max(1, len(case.clues) - 1))),
        day=float(np.isfinite(cost).mean() * (at[-1] - at[0])) if len(at) > 1 else 0.0,
        spot=spots[home],
        seen=tuple(skies[home]),
    )


def _stretches(at: F8, over: F8) -> tuple[tuple[float, float], ...]:
    """Where `over` is at most 0, with ends between the candidates by a straight line."""
    inside = np.concatenate([[False], over <= 0, [False]])
    starts, ends = np.flatnonzero(~inside[:-1] & inside[1:]), np.flatnonzero(inside[:-1] & ~inside[1:]) - 1
    return tuple(
        (_crossing(at, over, int(start), -1), _crossing(at, over, int(end), 1))
        for start, end in zip(starts, ends, strict=True)
    )


def _crossing(at: F8, over: F8, inside: int, way: int) -> float:
    outside = inside + way
    if not 0 <= outside < len(at) or over[outside] > 1e6:
        return float(at[inside])
    share = -over[inside] / (over[outside] - over[inside])
    return float(at[inside] + share * (at[outside] - at[inside]))


def _whole(at: F8, over: F8) -> tuple[tuple[float, float], ...]:
    inside = np.concatenate([[False], over <= 0, [False]])
    starts, ends = np.flatnonzero(~inside[:-1] & inside[1:]), np.flatnonzero(inside[:-1] & ~inside[1:]) - 1
    return tuple((float(at[a]), float(at[b])) for a, b in zip(starts, ends, strict=True))


def by_source(case: Case, line: Line, *, z: float, step: float = 60.0) -> dict[str, float]:
    """How far each source of error alone moves the best candidate [steps, plus or minus], largest first.

    Linear propagation through the weighted fit at the best candidate; z: how many standard deviations; step: [s], a
    minute or a day. Empty where the sun turns there: then no source counts, it hardly moves at all.
    """
    instants = np.array([line.best - step, line.best, line.best + step])
    seen = case.look(instants, *line.spot)
    said = case.said(seen)
    if not said.possible.all():
        return {}
    slope = case.apart(said.expected[:, 2], said.expected[:, 0]) / 2
    factor = said.factor[:, :, 1]
    inverse = np.linalg.inv(factor @ factor.T)
    weight = float(slope @ inverse @ slope)
    if weight <= 1e-12 or (line.width > 0 and z / math.sqrt(weight) * step > 2 * line.width):
        return {}
    gain = slope @ inverse / weight
    found = {name: z * abs(float(gain @ errors[:, 1])) for name, errors in case.budget(seen).items()}
    return dict(sorted(((name, value) for name, value in found.items() if value > 0), key=lambda pair: -pair[1]))

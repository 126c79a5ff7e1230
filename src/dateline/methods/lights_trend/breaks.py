"""One break in a level: is there one, and a set of dates that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dateline.imagery.tables import F8

I8 = npt.NDArray[np.intp]

GRID = np.arange(0.0, 0.91, 0.05)
"""Autoregression coefficients that are told apart."""

CLIP = 3.0
"""Residuals beyond this many robust standard deviations are pulled in (Huber's pseudo-values)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The answer for one series.

    p: of no break, by simulation. first_new: index of the best first look at the new level.
    members: indices of all looks that may be the first at the new level, at the level asked for.
    step, step_low, step_high: the change of level and its interval [unit of the values].
    phi: autocorrelation at one step of time.
    """

    p: float
    first_new: int
    members: tuple[int, ...]
    step: float
    step_low: float
    step_high: float
    phi: float


@dataclass(frozen=True)
class Design:
    """What is common to all fits of one series: when it was seen, its seasons, and where a break may lie.

    time: (n,) whole steps since some origin, rising. season: (n,) season of each. trim: looks on either side
    of a break at the least.
    """

    time: I8
    season: I8
    trim: int

    @cached_property
    def candidates(self) -> I8:
        """(K,) indices that may be the first look at the new level."""
        found: I8 = np.arange(self.trim, len(self.time) - self.trim + 1)
        return found

    @cached_property
    def nuisance(self) -> F8:
        """(n, seasons + 1): a level for each season, and a steady trend."""
        dummies = self.season[:, None] == np.unique(self.season)[None, :]
        trend = (self.time - self.time.mean()) / max(float(np.ptp(self.time)), 1.0)
        both: F8 = np.column_stack([dummies.astype(float), trend])
        return both

    @cached_property
    def steps(self) -> F8:
        """(n, K): 1 from the candidate on."""
        steps: F8 = (np.arange(len(self.time))[:, None] >= self.candidates[None, :]).astype(float)
        return steps

    @cached_property
    def fits(self) -> tuple[Whitened, ...]:
        """One whitened design for each coefficient of GRID."""
        return tuple(_whitened(self, float(phi)) for phi in GRID)


@dataclass(frozen=True)
class Whitened:
    """The design after the autoregression is taken out: noise is white there."""

    whiten: F8
    basis: F8
    steps: F8
    norm: F8

    def squares(self, series: F8) -> tuple[F8, F8, F8]:
        """Residual sums of squares without (B,) and with each candidate break (K, B), and the steps (K, B)."""
        white = self.whiten @ series
        white = white - self.basis @ (self.basis.T @ white)
        none = np.sum(white**2, axis=0)
        along = self.steps.T @ white
        floor = 1e-12 * none + 1e-300
        return none, np.maximum(none - along**2 / self.norm[:, None], floor), along / self.norm[:, None]


def _whitened(design: Design, phi: float) -> Whitened:
    """Cholesky-like whitening of a first-order autoregression with gaps: exact, each row from its neighbour."""
    gap = np.diff(design.time)
    carry = phi**gap
    scale = np.sqrt((1 - phi**2) / (1 - carry**2))
    whiten = np.diag(np.concatenate([[np.sqrt(1 - phi**2)], scale])) - np.diag(scale * carry, -1)
    basis = np.linalg.qr(whiten @ design.nuisance)[0]
    steps = whiten @ design.steps
    steps = steps - basis @ (basis.T @ steps)
    return Whitened(whiten=whiten, basis=basis, steps=steps, norm=np.sum(steps**2, axis=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The search over all candidates for B series: likelihood ratios, and what the best fit says.

    ratio: (K, B) twice the loss of log likelihood of each candidate against the best. gain: (B,) twice the gain of
    the best over no break. best: (B,) candidate. step: (B,). phi: (B,) index into GRID.
    """

    ratio: F8
    gain: F8
    best: I8
    step: F8
    phi: I8


def shown_correlation(design: Design, *, draws: int, rng: np.random.Generator) -> F8:
    """(GRID,) the lag-one correlation that residuals of this design show on average, by true coefficient.

    Fitting seasons, a trend and the best of all breaks hides much of it; how much is simulated.
    """
    n = len(design.time)
    white = rng.standard_normal((n, draws))
    shown = [float(np.mean(_lag_one(design, _tame(design, _coloured(fit, white))))) for fit in design.fits]
    rising: F8 = np.maximum.accumulate(np.array(shown))
    return rising


def search(design: Design, series: F8, shown: F8) -> Searched:
    """Fits no break and every candidate break to B series, robustly, with an autoregression of its own each.

    series: (n, B). shown: from shown_correlation.
    """
    tamed = _tame(design, series)
    phi = np.rint(np.interp(_lag_one(design, tamed), shown, np.arange(len(GRID)))).astype(np.intp)
    n, count = len(design.time), series.shape[1]
    ratio = np.empty((len(design.candidates), count))
    gain, step = np.empty(count), np.empty(count)
    best = np.empty(count, dtype=np.intp)
    for index in np.unique(phi):
        columns = np.flatnonzero(phi == index)
        none, each, steps = design.fits[index].squares(tamed[:, columns])
        lowest = each.argmin(axis=0)
        least = each.min(axis=0)
        best[columns] = lowest
        ratio[:, columns] = n * np.log(each / least)
        gain[columns] = n * np.log((none + 1e-300) / least)
        step[columns] = steps[lowest, np.arange(len(columns))]
    return Searched(ratio=ratio, gain=gain, best=best, step=step, phi=phi)


def _plain_residual(design: Design, series: F8) -> F8:
    """(n, B) residuals of the best ordinary fit with a break."""
    plain = design.fits[0]
    _, each, steps = plain.squares(series)
    best = each.argmin(axis=0)
    left = series - plain.basis @ (plain.basis.T @ series)
    residual: F8 = left - plain.steps[:, best] * steps[best, np.arange(series.shape[1])]
    return residual


def _tame(design: Design, series: F8) -> F8:
    """The series with residuals beyond CLIP robust deviations pulled in; two rounds (Huber 1981, section 7.8)."""
    tamed = series
    for _ in range(2):
        residual = _plain_residual(design, tamed)
        limit = CLIP * 1.4826 * np.median(np.abs(residual), axis=0)
        tamed = tamed - residual + np.clip(residual, -limit, limit)
    return tamed


def _lag_one(design: Design, series: F8) -> F8:
    """(B,) lag-one correlation of the residuals of the best fit, over looks one step apart."""
    residual = _plain_residual(design, series)
    next_to = np.diff(design.time) == 1
    both = np.sum(residual[1:][next_to] * residual[:-1][next_to], axis=0)
    shown: F8 = both / (np.sum(residual**2, axis=0) + 1e-300)
    return shown


def asymptotic_limit(level: float) -> float:
    """The likelihood ratio that a set at this level stays under when the break is small and the series long.

    The limit law has the distribution function (1 − exp(−x/2))² (Eo and Morley 2015): 5.94 at 90 %.
    """
    return float(-2 * np.log(1 - np.sqrt(level)))


def find_break(design: Design, series: F8, *, level: float, draws: int, rng: np.random.Generator) -> Break:
    """The single break of one series, against a steady trend with seasons and autocorrelated noise.

    series: (n,). The chance of such a gain without a break, and the critical value of the likelihood ratio that
    makes the set, are both simulated from the fitted noise, refitting everything each time. The set is all dates
    whose likelihood ratio stays under it (Eo and Morley 2015, 10.3982/QE186); it may have holes. A break that was
    found looks larger than it is, so the set is never narrower than the limit law's at half the chance of missing.
    """
    shown = shown_correlation(design, draws=min(draws, 100), rng=rng)
    found = search(design, series[:, None], shown)
    index, best, step = int(found.phi[0]), int(found.best[0]), float(found.step[0])
    shift: F8 = step * design.steps[:, best]
    noise = _noise(design, series - shift, index, draws=draws, rng=rng)
    without = search(design, noise, shown)
    p = float((1 + np.sum(without.gain >= found.gain[0])) / (1 + draws))
    again = search(design, noise + shift[:, None], shown)
    limit = max(float(np.quantile(again.ratio[best], level)), asymptotic_limit((1 + level) / 2))
    members = design.candidates[found.ratio[:, 0] <= limit]
    return Break(
        p=p,
        first_new=int(design.candidates[best]),
        members=tuple(int(member) for member in members),
        step=step,
        step_low=step - float(np.quantile(again.step - step, (1 + level) / 2)),
        step_high=step - float(np.quantile(again.step - step, (1 - level) / 2)),
        phi=float(GRID[index]),
    )


def _coloured(fit: Whitened, white: F8) -> F8:
    """White noise (n, B) with the autocorrelation of a fit put back."""
    coloured: F8 = np.asarray(np.linalg.solve(fit.whiten, white), dtype=np.float64)
    return coloured


def _noise(design: Design, rest: F8, index: int, *, draws: int, rng: np.random.Generator) -> F8:
    """(n, draws) noise like that of the series: its own innovations, drawn again and correlated again."""
    fit = design.fits[index]
    white = fit.whiten @ rest
    white = white - fit.basis @ (fit.basis.T @ white)
    n, fitted = fit.basis.shape
    white = (white - white.mean()) * np.sqrt(n / max(n - fitted - 2, 1))
    drawn = rng.choice(white, size=(n, draws))
    return _coloured(fit, drawn)

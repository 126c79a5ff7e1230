"""Season, trend and the noise that is left: fitted beside a free level at every event, so that they cannot hide it.

The noise is a first-order autoregression with gaps. Its coefficient is read from the correlation of neighbouring
residuals; what the fit hides of that is computed and given back. Imitations of the series are made by block bootstrap
of the whitened residuals, coloured again (post-blackening, Davison and Hinkley 1997, section 8.2.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import signal

from dateline.imagery.tables import F8
from dateline.methods.event_study.grid import I8
from dateline.methods.event_study.windows import Plan

PHI = np.linspace(0.0, 0.98, 50)
"""Coefficients for which expectations are tabled."""

MOST_EXACT = 600
"""Looks beyond which what the fit hides of the correlation is too little to compute."""

BURN = 60
"""Steps that an imitation runs before it is looked at; it starts from the stationary spread of its first value."""


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """B series fitted. phi: (B,) coefficient of a step. sigma: (B,) noise. residual: (B, T), 0 where not fitted."""

    phi: F8
    sigma: F8
    residual: F8


@dataclass(frozen=True, kw_only=True)
class Noise:
    """The linear model of one plan: what is taken out of the series, and what its noise is expected to show.

    season: (T,) classes, None without. trend: whether a straight line is taken out (a line for each level when slopes
    are compared).
    """

    plan: Plan
    season: I8 | None
    trend: bool

    @cached_property
    def _columns(self) -> tuple[F8, int]:
        """(T, p) columns, those taken out first, and how many these are."""
        at, levels = self.plan.at, self.plan.levels()
        time = (at - at.mean()) / max(float(np.ptp(at)), 1.0)
        out = []
        if self.season is not None:
            classes = np.unique(self.season)
            out += [(self.season == one).astype(float) for one in classes[1:]]
        if self.plan.rules.slope:
            levels = np.column_stack([levels, levels * time[:, None]])
        elif self.trend:
            out.append(time)
        return np.column_stack([*out, levels]), len(out)

    @cached_property
    def _inverse(self) -> F8:
        """(p, T): coefficients from looks; looks that are not fitted have no say."""
        columns, fitted = self._columns[0], self.plan.fitted
        inverse: F8 = np.asarray(np.linalg.pinv(columns * fitted[:, None]) * fitted, dtype=np.float64)
        return inverse

    @cached_property
    def comparisons(self) -> F8:
        """(D, T): the plan's comparisons, of the series with season and trend taken out."""
        columns, out = self._columns
        weights = self.plan.rows.weights
        taken: F8 = weights - (weights @ columns[:, :out]) @ self._inverse[:out]
        return taken

    @property
    def freedom(self) -> int:
        """Looks that are fitted, less coefficients."""
        return int(self.plan.fitted.sum()) - int(np.linalg.matrix_rank(self._columns[0]))

    @cached_property
    def _pairs(self) -> tuple[I8, int]:
        """Looks whose next look is the usual gap away, and that gap [step]."""
        fitted = self.plan.fitted
        gaps = np.diff(self.plan.at)
        usual = int(np.bincount(gaps).argmax())
        return np.flatnonzero((gaps == usual) & fitted[:-1] & fitted[1:]), usual

    @property
    def pairs(self) -> int:
        """Pairs of neighbouring looks from which the correlation is read."""
        return len(self._pairs[0])

    @cached_property
    def spread(self) -> F8:
        """(D, PHI): standard deviation of each comparison when the noise has unit variance."""
        rows = self._on_steps(self.comparisons)
        made: F8 = np.sqrt(np.stack([_variance(rows, phi) for phi in PHI.tolist()], axis=1))
        return made

    @cached_property
    def _expected(self) -> tuple[F8, F8]:
        """(PHI,) correlation of neighbouring residuals, and their sum of squares, for noise of unit variance."""
        pairs, usual = self._pairs
        count = len(self.plan.at)
        if count > MOST_EXACT:
            return PHI**usual, np.full(len(PHI), float(self.freedom))
        columns, fitted = self._columns[0], self.plan.fitted
        residual = (np.eye(count) - columns @ self._inverse) * fitted[:, None]
        shown, squares = [], []
        for phi, coloured in _coloured(self._on_steps(residual)):
            weight = np.full(coloured.shape[1], 1 - phi**2)
            weight[0] = 1.0
            total = float(((coloured**2) @ weight).sum())
            shown.append(float(((coloured[pairs] * coloured[pairs + 1]) @ weight).sum()) / total)
            squares.append(total)
        return np.maximum.accumulate(shown), np.array(squares)

    def _on_steps(self, rows: F8) -> F8:
        """(…, T) weights of looks as (…, steps) weights of all steps between the first and the last of them."""
        at = self.plan.at - self.plan.at[0]
        found = np.zeros((len(rows), int(at[-1]) + 1))
        found[:, at] = rows
        return found

    def fit(self, series: F8) -> Fitted:
        """series: (B, T). The coefficient that would on average show the correlation that the residuals show."""
        columns, fitted = self._columns[0], self.plan.fitted
        residual = (series - (series @ self._inverse.T) @ columns.T) * fitted
        pairs, _ = self._pairs
        squares = np.maximum(np.sum(residual**2, axis=1), 1e-300)
        shown = np.sum(residual[:, pairs] * residual[:, pairs + 1], axis=1) / squares
        rising, expected = self._expected
        phi = np.interp(shown, rising + 1e-12 * np.arange(len(PHI)), PHI)
        return Fitted(phi=phi, sigma=np.sqrt(squares / np.interp(phi, PHI, expected)), residual=residual)

    def deviation(self, fitted: Fitted) -> F8:
        """(B, D): standard deviation of each comparison under the noise of each of B series [unit of the series]."""
        place = fitted.phi / (PHI[1] - PHI[0])
        low = np.minimum(place.astype(np.intp), len(PHI) - 2)
        share = (place - low)[:, None]
        between: F8 = self.spread.T[low] * (1 - share) + self.spread.T[low + 1] * share
        return between * fitted.sigma[:, None]

    def imitations(self, fitted: Fitted, *, draws: int, block: int, rng: np.random.Generator) -> F8:
        """(draws, T): noise like that of the one fitted series, with its gaps and without season, trend or event.

        block: neighbouring whitened residuals that are drawn together.
        """
        phi, at = float(fitted.phi[0]), self.plan.at
        white = self._whitened(fitted)
        steps = int(at[-1] - at[0]) + 1 + BURN
        start = rng.integers(0, len(white), (draws, -(-steps // block)))
        chosen = (start[:, :, None] + np.arange(block)).reshape(draws, -1)[:, :steps] % len(white)
        pushed = white[chosen] * np.sqrt(1 - phi**2)
        pushed[:, 0] = rng.standard_normal(draws)
        coloured = signal.lfilter([1.0], [1.0, -phi], pushed, axis=1)[:, BURN:]
        made: F8 = float(fitted.sigma[0]) * coloured[:, at - at[0]]
        return made

    def _whitened(self, fitted: Fitted) -> F8:
        """What each fitted look brings beyond its forerunner, standardised."""
        use = np.flatnonzero(self.plan.fitted)
        residual, gaps = fitted.residual[0, use], np.diff(self.plan.at[use])
        carry = float(fitted.phi[0]) ** gaps
        white = (residual[1:] - carry * residual[:-1]) / np.sqrt(1 - carry**2)
        white = white - white.mean()
        standard: F8 = white / max(float(white.std()), 1e-300)
        return standard


def _coloured(rows: F8) -> Iterator[tuple[float, F8]]:
    """For each coefficient the rows with the autoregression applied to them from the end (its transpose)."""
    for phi in PHI.tolist():
        yield phi, signal.lfilter([1.0], [1.0, -phi], rows[:, ::-1], axis=1)[:, ::-1]


def _variance(rows: F8, phi: float) -> F8:
    """(D,) variance of weighted sums (D, steps) of a stationary autoregression of unit variance."""
    coloured = signal.lfilter([1.0], [1.0, -phi], rows[:, ::-1], axis=1)[:, ::-1]
    variance: F8 = coloured[:, 0] ** 2 + (1 - phi**2) * np.sum(coloured[:, 1:] ** 2, axis=1)
    return variance

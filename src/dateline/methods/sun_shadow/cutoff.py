"""Where to cut: how much worse than the best a candidate may fit and still belong to the set.

In plain places that is the quantile of chi-square with one degree of freedom (3.84 for 95 %). Where the sun turns
(noon, the solstices, the ends of the day) it is not, and a set cut there would be too wide or too narrow. So the cut is
made at each candidate from simulated shadows of that very candidate (Feldman and Cousins 1998,
10.1103/PhysRevD.57.3873).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

from dateline.methods.sun_shadow.clues import Case, Said, log_size

F8 = npt.NDArray[np.float64]

DRAWS = 1000
SUPPORTS = 32
"""Candidates at which shadows are simulated; between them the cut is interpolated."""
FAR = 12.0
"""So much worse than the best, no cut reaches."""


def cuts(
    case: Case, said: Said, cost: F8, *, level: float, rng: np.random.Generator, most: int = 480, draws: int = DRAWS
) -> F8:
    """(K) the largest `cost` over the best that still belongs to the set, along a line of K candidates.

    said: what the shadows would be at each. cost: how each fits what was measured. most: candidates at which a
    simulated shadow looks for its best fit.
    """
    near = np.flatnonzero(cost - cost.min() < FAR)
    plain = float(stats.chi2.ppf(level, 1))
    if near.size < 3:
        return np.full(cost.shape, plain)
    possible = np.flatnonzero(said.possible)
    thin = possible[:: max(1, possible.size // most)]
    supports = np.unique(near[np.linspace(0, near.size - 1, min(SUPPORTS, near.size)).astype(int)])
    draw = rng.standard_normal((draws, len(said.expected)))
    found = [quantile(case, said, int(one), thin=thin, draw=draw, level=level) for one in supports]
    cut: F8 = np.interp(np.arange(cost.size), supports, found)
    return cut


def quantile(case: Case, said: Said, at: int, *, thin: npt.NDArray[np.int_], draw: F8, level: float) -> float:
    """The `level` quantile of how much worse the truth fits than the best, when the truth is candidate `at`.

    draw: (draws, n) standard normal numbers.
    """
    noise = draw @ said.factor[:, :, at].T
    among = said.only(np.unique(np.append(thin, at)))
    precision = _precision(among.factor)
    gap = case.apart(among.expected, said.expected[:, [at]])
    pulled = np.einsum("ijk,jk->ik", precision, gap)
    constant = (gap * pulled).sum(axis=0) + log_size(among)
    n = len(gap)
    pairs = [(i, j) for i in range(n) for j in range(i + 1)]
    squares = [noise[:, i] * noise[:, j] * (1 if i == j else 2) for i, j in pairs]
    features = np.stack([*squares, *noise.T, np.ones(len(noise))], axis=1)
    weights = np.stack([*(precision[i, j] for i, j in pairs), *(-2 * pulled), constant])
    costs = features @ weights
    own = (draw**2).sum(axis=1) + float(log_size(said.only(np.array([at])))[0])
    return float(np.quantile(np.maximum(own - costs.min(axis=1), 0.0), level))


def _precision(factor: F8) -> F8:
    """(n, n, K) inverses of the covariances with these Cholesky factors."""
    lower = np.moveaxis(factor, -1, 0)
    inverse = np.linalg.inv(lower)
    return np.moveaxis(np.swapaxes(inverse, 1, 2) @ inverse, 0, -1)

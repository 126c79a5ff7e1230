"""Where no change ends: a threshold from the site's own pixels, and how often it is passed where nothing happened."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

F8 = npt.NDArray[np.float64]

SEPARATED = 4.2
"""Changed and unchanged pixels are two groups when their means lie so many standard deviations apart."""
MOST_CHANGED = 0.5
"""Greatest share of changed pixels that still lets the rest be the null."""
HALF = 0.42
"""A pixel counts as changed from this part of the way to the changed pixels' mean: about half of it is change."""
TAIL = 3.5
"""Standard deviations of the bulk beyond which pixels stand out where there are no two groups."""
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Null:
    """threshold: of the distance [its square is chi-square-like]. rate: share of unchanged pixels over it. separated:
    whether changed pixels are a group of their own. nominal: chi-square's threshold would flag this share."""

    threshold: float
    rate: float
    separated: bool
    nominal: float


def empirical_null(squared: F8, bands: int, *, still: F8 | None = None, alpha: float = 0.001) -> Null:
    """The threshold of a squared distance, from a sample of the site and, where given, of ground that stayed the same.

    squared, still: (n,) [1]. Where a second group stands apart in the logarithm of the squared distance (two normals
    by expectation-maximisation, Bruzzone and Prieto 2000, doi 10.1109/36.843009), the threshold lies where they are
    equally likely, and no nearer than HALF of the way to the changed pixels' mean distance; else TAIL standard
    deviations over the bulk's median (Efron 2004, doi 10.1198/016214504000000089). `rate` is counted on `still`, else
    the bulk's own tail.
    """
    logs = np.log(np.maximum(squared[np.isfinite(squared)], 1e-9))
    nominal = float((squared > stats.chi2.isf(alpha, bands)).mean())
    if still is not None:
        known = np.log(np.maximum(still[np.isfinite(still)], 1e-9))
        middle, spread = _bulk(known)
    else:
        middle, spread = _bulk(logs)
    weights, means, spreads = two_normals(logs)
    separated = bool((means[1] - means[0]) / spreads[0] >= SEPARATED and weights[1] <= MOST_CHANGED)
    if separated:
        near, far = np.exp(means / 2)
        threshold = max(_equally_likely(weights, means, spreads), 2 * float(np.log(near + HALF * (far - near))))
        middle, spread = float(means[0]), float(spreads[0])
    else:
        threshold = max(2 * float(np.log(_otsu(np.exp(logs / 2)))), middle + TAIL * spread)
    rate = float(stats.norm.sf((threshold - middle) / spread))
    if still is not None:
        rate = float((known > threshold).mean())
    return Null(float(np.exp(threshold)), rate, separated, nominal)


def _bulk(logs: F8) -> tuple[float, float]:
    """Median, and the standard deviation that the lower half gives: change is in the upper."""
    middle = float(np.median(logs))
    return middle, max(middle - float(np.quantile(logs, 0.1587)), 0.3)


def two_normals(values: F8) -> tuple[F8, F8, F8]:
    """Weights, means and standard deviations of two normals, the lower first (Dempster, Laird and Rubin 1977)."""
    means = np.quantile(values, [0.5, 0.999])
    spreads = np.full(2, float(values.std()) / 2 + 0.02)
    weights = np.full(2, 0.5)
    for _ in range(_STEPS):
        share = _densities(values, weights, means, spreads)
        share /= share.sum(axis=1, keepdims=True)
        counts = share.sum(axis=0)
        before, means = means, (share * values[:, None]).sum(axis=0) / counts
        spreads = np.sqrt((share * (values[:, None] - means) ** 2).sum(axis=0) / counts) + 0.02
        weights = counts / len(values)
        if np.abs(means - before).max() < 1e-4:
            break
    order = np.argsort(means)
    return weights[order], means[order], spreads[order]


def _densities(values: F8, weights: F8, means: F8, spreads: F8) -> F8:
    made: F8 = weights * np.exp(-0.5 * ((values[:, None] - means) / spreads) ** 2) / spreads + 1e-300
    return made


def _equally_likely(weights: F8, means: F8, spreads: F8) -> float:
    between = np.linspace(means[0], means[1], 400)
    density = _densities(between, weights, means, spreads)
    found = np.flatnonzero(density[:, 1] > density[:, 0])
    return float(between[found[0]]) if len(found) else float(means[1])


def _otsu(values: F8) -> float:
    """The cut that makes two classes most unlike (Otsu 1979, doi 10.1109/TSMC.1979.4310076)."""
    counts, edges = np.histogram(np.minimum(values, np.quantile(values, 0.9995)), 256)
    middles = (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(counts), np.cumsum(counts * middles)
    whole, total = below[-1], mass[-1]
    between = (total * below / whole - mass) ** 2 / np.maximum(below * (whole - below), 1)
    return float(middles[int(between.argmax())])

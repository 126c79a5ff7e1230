"""Control places: what the place would have done beside them, and whether they changed as much at the same date."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import optimize

from dateline.imagery.tables import F8
from dateline.methods.event_study.noise import Noise
from dateline.methods.event_study.study import peaks, scored

Against = Literal["mean", "synthetic"]

LEAST_SHARE = 0.8
"""A control that has less than this share of the place's looks is left out: each of its gaps would become one here."""

LOOKS_A_CONTROL = 3
"""Looks before the first event for each control, below which weights would fit the noise and not the course."""


def usable_controls(place: F8, controls: F8) -> npt.NDArray[np.bool_]:
    """(C,) controls seen at enough of the looks that saw the place. place: (T,); controls: (T, C), NaN where a gap."""
    seen = np.isfinite(place)
    share = np.isfinite(controls[seen]).mean(axis=0) if seen.any() else np.zeros(controls.shape[1])
    return np.asarray(share >= LEAST_SHARE)


def simplex_weights(target: F8, controls: F8) -> F8:
    """(C,) weights of sum 1, none negative, whose mix follows the target's course best (levels aside).

    target: (n,), controls: (n, C), n looks before any event. Abadie, Diamond and Hainmueller 2010
    (10.1198/jasa.2009.ap08746), with a free level as Doudchenko and Imbens 2016 (10.3386/w22791). Solved as
    non-negative least squares with the sum as a heavy last row.
    """
    wanted, offered = target - target.mean(), controls - controls.mean(axis=0)
    heavy = 1e4 * max(float(np.abs(offered).max(initial=0.0)), 1e-12)
    matrix = np.vstack([offered, np.full((1, controls.shape[1]), heavy)])
    weights, _ = optimize.nnls(matrix, np.concatenate([wanted, [heavy]]))
    normed: F8 = weights / weights.sum()
    return normed


def weights_of(places: F8, before: npt.NDArray[np.bool_], against: Against) -> F8:
    """(N, N): for each place the weights of all the others; places: (T, N), without gaps. before: (T,) looks to fit on.

    "mean": all others alike (difference in differences). "synthetic": simplex weights. Every place is treated in
    the same way, so that under no event each is as likely as any other to differ most.
    """
    count = places.shape[1]
    found = np.zeros((count, count))
    for one in range(count):
        others = np.delete(np.arange(count), one)
        if against == "mean":
            found[one, others] = 1 / len(others)
        else:
            found[one, others] = simplex_weights(places[before][:, one], places[before][:, others])
    return found


def gaps_to_others(places: F8, weights: F8) -> F8:
    """(N, T): each place less the weighted others."""
    gaps: F8 = (places - places @ weights.T).T
    return gaps


def p_places(noise: Noise, gaps: F8) -> F8:
    """(G,) rank of the first place among all, by its largest score in each group's window.

    gaps: (N, T), the place asked about first. The exact p-value when the place was picked by lot: Abadie and others
    2010, section 2.4.
    """
    sizes = peaks(scored(noise, gaps).score, noise.plan)
    share: F8 = np.mean(sizes >= sizes[0], axis=0)
    return share

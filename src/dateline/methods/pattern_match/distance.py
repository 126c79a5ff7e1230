"""How far two layouts lie apart: each feature's difference in units of its spread among unrelated layouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from dateline.methods.pattern_match.features import F8, Features

NAMES = tuple(field.name for field in fields(Features))
ONE_LACKS = 1.0
"""What counts where one layout has a wavelength, spacing or traverse and the other has none [spreads]."""
MOST = 3.0
"""No feature counts for more [spreads]: one odd feature does not decide."""
LEAST = 0.15
"""Least spread of a feature [its own unit]: smaller differences come from how lines are drawn."""
UNMEASURED = ("width",)
"""Features whose absence says nothing: nobody measured."""


def differences(one: Features, other: Features) -> F8:
    """(features,) absolute differences in the features' own units; NaN where neither has it, inf where one lacks it.

    For legs and turns the mean distance of their quantiles, which is the Wasserstein distance of the distributions.
    """
    made = []
    for name in NAMES:
        a, b = getattr(one, name), getattr(other, name)
        if a is None or b is None:
            made.append(np.nan if a is b or name in UNMEASURED else np.inf)
        else:
            made.append(float(np.abs(np.asarray(a) - np.asarray(b)).mean()))
    return np.array(made)


def spreads(unrelated: Sequence[Features]) -> F8:
    """(features,) middle difference between two unrelated layouts, the unit of each feature."""
    rows = [differences(one, other) for index, one in enumerate(unrelated) for other in unrelated[:index]]
    table = np.array(rows)
    table[~np.isfinite(table)] = np.nan
    known = np.isfinite(table).any(axis=0)
    made = np.ones(table.shape[1])
    made[known] = np.nanmedian(table[:, known], axis=0)
    return np.maximum(made, LEAST)


def distance(one: Features, other: Features, unit: F8) -> float:
    """Root mean square of the features' differences [spreads]; features that neither has are left out."""
    apart = differences(one, other)
    counted = np.where(np.isinf(apart), ONE_LACKS, apart / unit)
    known = np.isfinite(counted)
    return float(np.sqrt(np.mean(np.minimum(counted[known], MOST) ** 2)))

"""How often the interval of kappa on the port's screen covers the true agreement beyond chance.

Two people look at the same images; each sees the truth with a chance of their own, else says one of the other words.
Beside it the asymptotic interval of Fleiss, Cohen and Everitt 1969, which the screen does not use. Shares of 4000 runs:
standard error 0.004 at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from dateline.app.screens.port.agreement import WORDS, kappa

F8 = npt.NDArray[np.float64]
SETTINGS: Mapping[str, tuple[tuple[float, float, float], float, float]] = {
    "ships often, both sure": ((0.4, 0.4, 0.2), 0.95, 0.95),
    "ships seldom": ((0.1, 0.8, 0.1), 0.95, 0.93),
    "both unsure": ((0.4, 0.4, 0.2), 0.75, 0.75),
    "one sure, one not": ((0.4, 0.4, 0.2), 0.98, 0.7),
    "guesses": ((0.4, 0.4, 0.2), 1 / 3, 1 / 3),
}
"""Shares of ships, empty and not seen; chances of the right word of one and of the other."""
LEVEL = 0.95


def figures(runs: int = 4000, sizes: tuple[int, ...] = (10, 20, 50, 200)) -> list[dict[str, Any]]:
    """Rows: setting, images, true kappa, share covered, share covered by the asymptotic interval, share undefined."""
    rng = np.random.default_rng(1960)
    return [
        _row(name, size, _joint(*setting), rng.multinomial(size, _joint(*setting).ravel(), runs))
        for name, setting in SETTINGS.items()
        for size in sizes
    ]


def _joint(shares: tuple[float, float, float], one: float, other: float) -> F8:
    def says(right: float) -> F8:
        return np.where(np.eye(3, dtype=bool), right, (1 - right) / 2)

    joint: F8 = (says(one).T * np.array(shares)) @ says(other)
    return joint


def _row(name: str, size: int, joint: F8, tables: npt.NDArray[np.int64]) -> dict[str, Any]:
    true = _kappa(joint)
    distinct, times = np.unique(tables, axis=0, return_counts=True)
    covered = asymptotic = undefined = 0
    for table, n in zip(distinct.reshape(-1, 3, 3), times.tolist(), strict=True):
        found = kappa([(WORDS[i], WORDS[j]) for i in range(3) for j in range(3) for _ in range(table[i, j])], LEVEL)
        if found is None:
            undefined += n
            continue
        covered += n * found.contains(true)
        asymptotic += n * (
            abs(found.best - true) <= float(stats.norm.ppf((1 + LEVEL) / 2)) * _error(table / size, size)
        )
    told = len(tables) - undefined
    shares = {"covered": covered / told, "asymptotic_covers": asymptotic / told, "undefined": undefined / len(tables)}
    return {"setting": name, "images": size, "kappa": round(true, 2), **shares}


def _kappa(joint: F8) -> float:
    chance = float(joint.sum(0) @ joint.sum(1))
    return (float(np.trace(joint)) - chance) / (1 - chance)


def _error(joint: F8, n: int) -> float:
    """Standard error of kappa by Fleiss, Cohen and Everitt 1969, 10.1037/h0028106, equation 13."""
    rows, columns = joint.sum(1), joint.sum(0)
    same, chance = float(np.trace(joint)), float(rows @ columns)
    on = sum(joint[i, i] * ((1 - chance) - (rows[i] + columns[i]) * (1 - same)) ** 2 for i in range(3))
    off = sum(joint[i, j] * (columns[i] + rows[j]) ** 2 for i in range(3) for j in range(3) if i != j)
    variance = (on + (1 - same) ** 2 * off - (same * chance - 2 * chance + same) ** 2) / (n * (1 - chance) ** 4)
    return float(np.sqrt(max(variance, 0.0)))

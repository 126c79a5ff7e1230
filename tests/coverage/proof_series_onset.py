"""Simulated series with a known step, and the figures of `series_onset` for `make proof`.

Forty looks at random within 200 days, by two sensors that differ by a constant level and in noise (Student's t with 4
degrees of freedom, spread 1 and 0.6), white or with a correlation of 0.4 between successive looks.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dateline.imagery.tables import F8
from dateline.methods.series_onset.fit import I8, posterior

LOOKS, SPAN, FEWEST, LEVEL = 40, 200.0, 3, 0.95
ROWS = ((4.0, 0.0), (4.0, 0.4), (2.0, 0.0), (2.0, 0.4), (0.0, 0.0), (0.0, 0.4))
"""Step in spreads of the noisier sensor [1], and correlation [1]."""


def series(step: float, correlation: float, rng: np.random.Generator) -> tuple[F8, F8, I8, float]:
    """Days, values and sensors of the looks, and the day of the step."""
    days = np.sort(rng.uniform(0, SPAN, LOOKS))
    sensor = rng.integers(0, 2, LOOKS)
    noise = rng.standard_t(4, LOOKS)
    for i in range(1, LOOKS):
        noise[i] = correlation * noise[i - 1] + np.sqrt(1 - correlation**2) * noise[i]
    onset = float(rng.uniform(days[5], days[-6]))
    return days, 2.0 * sensor + step * (days >= onset) + noise * np.where(sensor == 0, 1.0, 0.6), sensor, onset


def coverage(step: float, correlation: float, runs: int, seed: int) -> dict[str, Any]:
    """Share of series in which a step is said, of these how often the gaps hold it, and their median days."""
    rng = np.random.default_rng(seed)
    held: list[bool] = []
    days: list[float] = []
    for _ in range(runs):
        days_at, values, sensor, onset = series(step, correlation, rng)
        fitted = posterior(days_at, values, sensor, fewest=FEWEST, never=0.5)
        if fitted is None or fitted.gaps.never > 1 - LEVEL:
            continue
        spans = list(fitted.gaps.spans(LEVEL))
        held.append(any(after < onset <= by for after, by in spans))
        days.append(sum(by - after for after, by in spans))
    return {
        "step said": len(held) / runs,
        "gaps hold it": float(np.mean(held)) if held and step else None,
        "median days": float(np.median(days)) if days and step else None,
    }


def figures(runs: int = 400) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    return [
        {"what": "series_onset", "step": step, "correlation": r, "runs": runs, **coverage(step, r, runs, 10 + i)}
        for i, (step, r) in enumerate(ROWS)
    ]

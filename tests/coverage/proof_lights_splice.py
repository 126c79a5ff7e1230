"""Two simulated satellites with known truth, and the figures of `lights_splice` for `make proof`.

One light, seen by two satellites: each with its own noise of 8.5 % (split evenly, or four to one), autoregressive, with
3 % odd months; the factor between them differs from place to place, and with the season in some regimes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from dateline.imagery.tables import F8
from dateline.methods.lights_splice.calibrate import I8, calibrate, joint_ratio

LEVEL = 0.9
BEFORE, AFTER = 36, 36
"""Months of the first satellite alone, and of the second alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two satellites over one place. common: months of overlap. season: size of the factor's season. split: share of
    the noise variance that is the first's.
    """

    common: int = 48
    phi: float = 0.4
    season: float = 0.0
    split: float = 0.5
    spread: float = 0.12
    odd: float = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Logarithms over all months: the light, the factor, and what each satellite shows."""

    light: F8
    factor: F8
    first: F8
    second: F8
    overlap: I8


def simulate(pair: Pair, rng: np.random.Generator) -> World:
    """One place over BEFORE + common + AFTER months."""
    count = BEFORE + pair.common + AFTER
    time = np.arange(count)
    light = 2 + 0.3 * np.sin(time * np.pi / 6) + 0.05 * _noise(count, 0.5, rng)
    factor = rng.normal(-0.15, 0.1) + pair.season * np.cos(time * np.pi / 6)
    first = light + pair.spread * np.sqrt(pair.split) * _noise(count, pair.phi, rng)
    second = light + factor + pair.spread * np.sqrt(1 - pair.split) * _noise(count, pair.phi, rng)
    odd = rng.random(count) < pair.odd
    second[odd] += rng.normal(0, 0.6, odd.sum())
    return World(
        light=light, factor=factor, first=first, second=second, overlap=np.arange(BEFORE, BEFORE + pair.common)
    )


def _noise(count: int, phi: float, rng: np.random.Generator) -> F8:
    white = rng.standard_normal(count + 60)
    found = np.zeros(count + 60)
    for at in range(1, len(found)):
        found[at] = phi * found[at - 1] + np.sqrt(1 - phi**2) * white[at]
    return found[60:]


def cell(pair: Pair, runs: int, seed: int) -> dict[str, Any]:
    """How often the factor's and the joint ratio's intervals hold the truth.

    The joint ratio compares March to May of a year before the overlap (first satellite) with March to May of a year
    after it (second satellite): the truth is the ratio of the light itself. Uncalibrated: how often the same interval
    would hold it if the factor were left out.
    """
    rng = np.random.default_rng(seed)
    factor = joint = bare = 0
    width = 0.0
    for _ in range(runs):
        world = simulate(pair, rng)
        at = world.overlap
        made = calibrate(np.exp(world.first[at]), np.exp(world.second[at]), at, at % 12 + 1)
        factor += made.estimate(LEVEL).contains(float(np.exp(world.factor[at].mean())))
        spring = np.array([2, 3, 4])
        old = spring + 12 * int(rng.integers(0, BEFORE // 12))
        new = spring + 12 * ((BEFORE + pair.common + 11) // 12)
        truth = float(np.exp(world.light[new].mean() - world.light[old].mean()))
        ratio = joint_ratio(np.exp(world.first[old]), np.exp(world.second[new]), made, level=LEVEL, month=4)
        assert ratio.low is not None
        assert ratio.high is not None
        joint += ratio.contains(truth)
        scale = float(np.exp(made.at(4)[0]))
        bare += ratio.low * scale <= truth <= ratio.high * scale
        width += float(np.log(ratio.high / ratio.low)) / 2
    return {
        "factor held": factor / runs,
        "joint ratio held": joint / runs,
        "held uncalibrated": bare / runs,
        "half width": width / runs,
    }


def figures(runs: int = 1000) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    rows = []
    for number, (common, phi, season) in enumerate(itertools.product((24, 48, 96), (0.0, 0.4, 0.7), (0.0, 0.1))):
        pair = Pair(common=common, phi=phi, season=season)
        rows.append(
            {
                "what": "splice",
                "common": common,
                "phi": phi,
                "season": season,
                "runs": runs,
                **cell(pair, runs, 700 + number),
            }
        )
    uneven = Pair(split=0.8)
    rows.append(
        {
            "what": "splice",
            "common": 48,
            "phi": 0.4,
            "season": 0.0,
            "runs": runs,
            **cell(uneven, runs, 799),
            "split": 0.8,
        }
    )
    return rows

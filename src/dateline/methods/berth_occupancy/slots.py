"""All slots of a stack judged together: scores, the null they share, and the chance of a ship on each date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dateline.methods.berth_occupancy import null as nulls
from dateline.methods.berth_occupancy import scan
from dateline.methods.berth_occupancy.quay import B1, F8

ROUNDS = 3
"""How often dates are sorted into empty and not, and the reference taken anew from the empty."""
FAR, NEAR = (-1.0, 8.0), (-1.0, 2.0)
"""Where the null's place is sought about white noise's, in its scales: first, when the low percentile still puts every
window too high, and then."""
WIDE = 1.8
"""Most spread of scores taken for empty ones, in scales of white noise: empty berths keep under 1.6."""
DRAWS = 400
"""Dates of white noise from which the null is first guessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSeries:
    """One slot on one track. values: (T, C, V, U) [dB], NaN where nothing was seen. usable: (T,) dates to be judged.

    noise: (C, V, U) that is expected [dB]; slope: of the reference, across and along (2, C, V, U) [dB a cell]; widened:
    by how much windows vary more than white noise [1]. empty: (T,) declared empty.
    """

    values: F8
    usable: B1
    noise: F8
    slope: F8
    widened: float
    step: float
    empty: B1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One slot's answer, (T,) each, NaN on dates that could not be judged.

    score: in standard deviations of chance [1]. chance: that a ship is there [1]. p: rank of the score among those of
    the other dates taken as empty [1].
    """

    score: F8
    chance: F8
    p: F8


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """All slots: their answers, the null, the threshold of the declared rate, and the number of reference scores.

    is_unclear: scores taken for empty ones vary far more than those of empty berths do, so ships are among them.
    """

    slots: tuple[Judged, ...]
    null: nulls.Null
    threshold: float
    references: int
    is_unclear: bool = False


def judge(series: Sequence[SlotSeries], *, percentile: float, rate: float, rng: np.random.Generator) -> Decided | None:
    """Scores of all slots, sorted into empty and occupied together; None when there are too few.

    Each slot's windows stand over their own low percentile first. Then dates that look empty give the reference and the
    noise of each cell, leave-one-out, and the dates are sorted again; where days were declared empty, those do instead.
    Scores are in standard deviations of chance, so slots, and tracks, share one null.
    """
    found = [scan.windows(one.values.shape[3], one.values.shape[2], one.step) for one in series]
    if not series or sum(int(one.usable.sum()) for one in series) < nulls.FEWEST:
        return None
    expected = _white(series, found, rng)
    told = any(one.empty.any() for one in series)
    scores = [_first(one, window, percentile) for one, window in zip(series, found, strict=True)]
    for turn in range(ROUNDS):
        null, empty = _sort(scores, series, expected, told=told, reach=NEAR if turn else FAR)
        scores = [
            _again(one, window, chance, percentile) for one, window, chance in zip(series, found, empty, strict=True)
        ]
    null, empty = _sort(scores, series, expected, told=told, reach=NEAR)
    pool = [score[(share > 0.5) & np.isfinite(score)] for score, share in zip(scores, empty, strict=True)]
    judged = tuple(
        Judged(score=score, chance=np.where(np.isfinite(score), null.chance(np.nan_to_num(score)), np.nan), p=p)
        for score, p in zip(scores, _ranks(scores, empty, np.concatenate(pool)), strict=True)
    )
    return Decided(
        slots=judged,
        null=null,
        threshold=null.threshold(rate),
        references=sum(map(len, pool)),
        is_unclear=not told and null.scale > WIDE * expected.scale,
    )


def _first(one: SlotSeries, window: scan.Windows, percentile: float) -> F8:
    return scan.over_percentile(*_windows(one, window, one.noise), percentile)


def _again(one: SlotSeries, window: scan.Windows, empty: F8, percentile: float) -> F8:
    if empty[one.usable].sum() < scan.FEWEST:
        return _first(one, window, percentile)
    noise = scan.spread(one.values, one.usable & (empty > 0.5), one.noise)
    return scan.over_empty(*_windows(one, window, noise), np.where(one.usable, empty, 0.0))


def _windows(one: SlotSeries, window: scan.Windows, noise: F8) -> tuple[F8, F8]:
    """Means of the windows on each date [dB] and their variances [dB2]; NaN on dates that are not usable."""
    weights = (noise * one.widened) ** -2.0
    level, weight = scan.means(one.values, weights, window)
    variance = 1 / np.maximum(weight, 1e-9) + scan.edge_noise(one.slope, weights, window) ** 2
    return np.where(one.usable[:, None], level, np.nan), variance


def _sort(
    scores: Sequence[F8], series: Sequence[SlotSeries], expected: nulls.Null, *, told: bool, reach: tuple[float, float]
) -> tuple[nulls.Null, list[F8]]:
    """The null of the scores so far, and each date's chance of being empty."""
    pooled = np.concatenate([score[np.isfinite(score)] for score in scores])
    null = nulls.fit(pooled, expected, reach)
    if told:
        return null, [one.empty.astype(float) for one in series]
    return null, [np.where(np.isfinite(score), 1 - null.chance(np.nan_to_num(score)), 0.0) for score in scores]


def _ranks(scores: Sequence[F8], empty: Sequence[F8], pool: F8) -> list[F8]:
    """(1 + number of other reference scores as high) / (1 + number of them), for each date of each slot."""
    ordered = np.sort(pool)
    found = []
    for score, share in zip(scores, empty, strict=True):
        own = ((share > 0.5) & np.isfinite(score)).astype(int)
        above = len(ordered) - np.searchsorted(ordered, np.nan_to_num(score), side="left") - own
        found.append(np.where(np.isfinite(score), (1 + np.maximum(above, 0)) / (1 + len(ordered) - own), np.nan))
    return found


def _white(series: Sequence[SlotSeries], found: Sequence[scan.Windows], rng: np.random.Generator) -> nulls.Null:
    """The null of white noise in the largest slot."""
    at = int(np.argmax([len(window.first) for window in found]))
    shape = series[at].values.shape[1:]
    level, weight = scan.means(rng.standard_normal((DRAWS, *shape)), np.ones(shape), found[at])
    return nulls.white(scan.highest(level * np.sqrt(weight)))

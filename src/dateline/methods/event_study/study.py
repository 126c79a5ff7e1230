"""The test: how large the change at each event is against other dates, and how often noise alone would make it so."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dateline.imagery.tables import F8
from dateline.methods.event_study.noise import Noise
from dateline.methods.event_study.windows import Plan

POWER = 0.8
"""The chance with which the smallest detectable change would have been called."""

STILL = 1e-9
"""Noise below this share of the largest value is rounding of our own, not movement of the series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One group of events tested.

    row: of the plan, the step where the change is largest against its noise. change, low, high: [unit of the
    statistic], the interval at the asked level. p_alone: of this group alone; p: corrected for all groups; p_dates:
    rank among the other dates, by itself no test. larger: other dates at which it is as large, of `others`.
    smallest: the change that would have been called with 80 % power. nearby: the row for dating it to a
    date close by, None where none fits better than the event's own; p_nearby: how often one would by so much.
    """

    row: int
    change: float
    low: float
    high: float
    score: float
    p_alone: float
    p: float
    p_dates: float
    larger: int
    others: int
    smallest: float
    nearby: int | None
    p_nearby: float


@dataclass(frozen=True, kw_only=True)
class Studied:
    """All groups tested (None: it has no window with looks enough), and the scores of all rows. phi: of a step."""

    groups: tuple[Tested | None, ...]
    change: F8
    score: F8
    phi: float
    sigma: float


@dataclass(frozen=True, kw_only=True)
class Scored:
    """B series compared at all rows of a plan: change and its deviation (B, D) [unit], score (B, D)."""

    change: F8
    deviation: F8
    score: F8


def needed_dates(level: float) -> int:
    """Other dates below which even the largest change is not rare among them."""
    return math.ceil(1 / (1 - level) - 1e-9) - 1


def scored(noise: Noise, series: F8) -> Scored:
    """Changes over their deviation. series: (B, T).

    Where the other dates scatter more than the noise model says (by their median absolute score), their scatter counts:
    a series that often jumps does not make a jump at an event remarkable.
    """
    change = series @ noise.comparisons.T
    deviation = noise.deviation(noise.fit(series))
    quiet = np.abs(change / deviation)[:, noise.plan.elsewhere]
    if quiet.shape[1]:
        deviation = deviation * np.maximum(1.0, 1.4826 * np.median(quiet, axis=1))[:, None]
    return Scored(change=change, deviation=deviation, score=change / deviation)


def peaks(scores: F8, plan: Plan) -> F8:
    """(B, G): the largest absolute score over each group's window; 0 where a group has none."""
    sizes = np.abs(scores)
    return np.stack([sizes[:, rows].max(axis=1, initial=0.0) for rows in plan.of_group], axis=1)


def elsewhere(scores: F8, plan: Plan, group: int) -> F8:
    """(B, S): the largest absolute score over each window of other dates that is as wide as the group's."""
    largest: F8 = np.abs(scores)[:, plan.others[group]].max(axis=2, initial=0.0)
    return largest


def corrected(peak: F8, drawn: F8) -> F8:
    """(G,) p-values of a family by the step-down maximum: Westfall and Young 1993, algorithm 2.8.

    peak: (G,) observed. drawn: (B, G) under no event anywhere.
    """
    order = np.argsort(-peak)
    running = np.maximum.accumulate(drawn[:, order[::-1]], axis=1)[:, ::-1]
    chance = (1 + np.sum(running >= peak[order], axis=0)) / (1 + len(drawn))
    p = np.empty(len(peak))
    p[order] = np.maximum.accumulate(chance)
    return p


def study(
    noise: Noise, series: F8, *, level: float, draws: int, block: int, rng: np.random.Generator
) -> Studied | None:
    """Tests all groups of a plan; None where the series has no noise at all. series: (T,) looks that count."""
    plan, fitted = noise.plan, noise.fit(series[None])
    if fitted.sigma[0] <= STILL * max(float(np.abs(series).max()), 1e-300):
        return None
    seen = scored(noise, series[None])
    drawn = scored(noise, noise.imitations(fitted, draws=draws, block=block, rng=rng))
    peak, peaks_drawn = peaks(seen.score, plan)[0], peaks(drawn.score, plan)
    p = corrected(peak, peaks_drawn)
    limit = float(np.quantile(peaks_drawn.max(axis=1), level))
    tested = [
        None
        if rows.start == rows.stop
        else _tested(plan, group, seen, drawn, p=float(p[group]), limit=limit, level=level)
        for group, rows in enumerate(plan.of_group)
    ]
    return Studied(
        groups=tuple(tested),
        change=seen.change[0],
        score=seen.score[0],
        phi=float(fitted.phi[0]),
        sigma=float(fitted.sigma[0]),
    )


def _tested(plan: Plan, group: int, seen: Scored, drawn: Scored, *, p: float, limit: float, level: float) -> Tested:
    rows = plan.of_group[group]
    row = rows.start + int(np.abs(seen.score[0, rows]).argmax())
    peak, drawn_peaks = float(abs(seen.score[0, row])), np.abs(drawn.score[:, rows]).max(axis=1)
    change, half = float(seen.change[0, row]), float(np.quantile(drawn_peaks, level) * seen.deviation[0, row])
    others, others_drawn = elsewhere(seen.score, plan, group)[0], elsewhere(drawn.score, plan, group)
    larger = int((others >= peak).sum())
    nearby, p_nearby = _nearby(plan, group, row, seen, drawn)
    return Tested(
        row=row,
        change=change,
        low=change - half,
        high=change + half,
        score=float(seen.score[0, row]),
        p_alone=(1 + int((drawn_peaks >= peak).sum())) / (1 + len(drawn_peaks)),
        p=p,
        p_dates=(1 + larger) / (1 + len(others)),
        larger=larger,
        others=len(others),
        smallest=_smallest(drawn, rows, others_drawn, limit=limit, level=level),
        nearby=nearby,
        p_nearby=p_nearby,
    )


def _nearby(plan: Plan, group: int, row: int, seen: Scored, drawn: Scored) -> tuple[int | None, float]:
    """Whether a change at a date close by fits better: its row, and the chance of that had it been at the event.

    A change at the event, as large as the one seen, is added to each imitation; the p-value says how often a date close
    by then fits better by as much.
    """
    rows, one = np.arange(plan.dating[group].start, plan.dating[group].stop), plan.groups[group]
    own = (plan.rows.onset[rows] >= one.start) & (plan.rows.onset[rows] <= one.end)
    here, there = rows[own], rows[~own]
    if not len(here) or not len(there):
        return None, 1.0
    fits = np.abs(seen.change[0])
    saw = fits[there].max() - fits[here].max()
    if saw <= 1e-9 * fits[here].max():  # the same looks on both sides: the same date
        return None, 1.0
    since = np.maximum(plan.at - plan.rows.onset[row], 0.0) if plan.rules.slope else plan.at >= plan.rows.onset[row]
    moved = np.abs(drawn.change + float(seen.change[0, row]) * (plan.rows.weights @ since))
    beyond = moved[:, there].max(axis=1) - moved[:, here].max(axis=1)
    return int(there[fits[there].argmax()]), (1 + int((beyond >= saw).sum())) / (1 + len(beyond))


def _smallest(drawn: Scored, rows: slice, others: F8, *, limit: float, level: float) -> float:
    """The change that would have been called in 80 % of the imitations, at a step of the event's window.

    A change at an event leaves the other dates and the noise fit untouched, so in each imitation the size that it
    needs is exact: up to the family's limit, and beyond all but the few other dates that a call allows.
    """
    allowed = math.floor((1 - level) * (1 + others.shape[1]) + 1e-9) - 1
    need = np.full(len(others), limit)
    if 0 <= allowed < others.shape[1]:
        need = np.maximum(need, -np.partition(-others, allowed, axis=1)[:, allowed])
    sizes = need[:, None] * drawn.deviation[:, rows] - drawn.change[:, rows]
    return float(np.quantile(sizes, POWER))

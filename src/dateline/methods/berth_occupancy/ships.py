"""Ships from slots: how long the stretch is that stands out, whether one ship lies in two slots, what moved on land."""

from __future__ import annotations

import numpy as np

from dateline.methods.berth_occupancy.frame import Frame
from dateline.methods.berth_occupancy.quay import B1, F8, Quay

CHANGED, CHANGED_SPREADS, CHANGED_SHARE = 2.0, 4.0, 0.5
"""The strip behind the quay changed when it rose by this [dB], by so many of its spreads, and by this share of what the
slot rose."""
LIT, LEAST_LIT = 0.4, 1.5
"""A ship's cells stand over this share of its brightest, and over this [dB]."""
BRIDGE = 25.0
"""How far a ship must reach into both slots to be one ship in two of them [m]."""


def changed(one: Frame, along: slice, likely: F8) -> B1:
    """(T,) whether the strip behind the quay rose with the slot: the quay changed, or the image is no match there."""
    strip, slot = (_date_means(one.levels.values[:, :, rows][..., along]) for rows in (one.quay.strip, one.quay.reach))
    usual = (likely < 0.5) & np.isfinite(strip)
    if usual.sum() < 3:
        return np.zeros(len(strip), bool)
    rise, slot_rise = strip - np.median(strip[usual]), slot - np.nanmedian(slot[usual])
    noise = max(1.4826 * float(np.median(np.abs(rise[usual]))), 0.25)
    moved: B1 = (rise > CHANGED) & (rise > CHANGED_SPREADS * noise) & (rise > CHANGED_SHARE * slot_rise)
    return moved


def _date_means(values: F8) -> F8:
    there = np.isfinite(values)
    count = there.sum(axis=(1, 2, 3))
    return np.where(count > 0, np.where(there, values, 0).sum(axis=(1, 2, 3)) / np.maximum(count, 1), np.nan)


def profile(one: Frame, along: slice, likely: F8) -> F8:
    """(T, U) how far the 25 m beside the quay stand over their mean on empty dates [dB], smoothed over three cells."""
    beside = (one.quay.across > 0) & (one.quay.across < max(25.0, 1.5 * one.quay.step))
    rise = np.nan_to_num(one.levels.values[:, :, beside][..., along].mean(axis=(1, 2)))
    empty = 1 - likely
    rise = rise - (rise * empty[:, None]).sum(axis=0) / max(empty.sum(), 1e-9)
    padded = np.pad(rise, ((0, 0), (1, 1)), mode="edge")
    smooth: F8 = (padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]) / 3
    return smooth


def _lit(rises: F8) -> B1:
    lit: B1 = rises > np.maximum(LIT * rises.max(axis=1, keepdims=True), LEAST_LIT)
    return lit


def _run(lit: B1, at: int) -> tuple[int, int]:
    """First cell of the run of lit cells around `at`, and the one after its last."""
    first = last = at
    while first > 0 and lit[first - 1]:
        first -= 1
    while last < len(lit) and lit[last]:
        last += 1
    return first, last


def lengths(one: Frame, along: slice, likely: F8) -> F8:
    """(T,) length of the run of lit cells around the brightest [m]: about a ship's length, good to some pixels."""
    rises = profile(one, along, likely)
    runs = [_run(lit, int(row.argmax())) for lit, row in zip(_lit(rises), rises, strict=True)]
    return np.array([(last - first) * one.quay.step for first, last in runs])


def shared(rises: F8, quay: Quay, slot: int, longest: float) -> bool:
    """Whether one ship lies across the end of a slot: lit without a gap on both sides, and no longer than a ship."""
    edge = quay.slots[slot][1].stop
    lit = _lit(rises[None])[0]
    if edge >= len(lit) or not (lit[edge - 1] and lit[edge]):
        return False
    first, last = _run(lit, edge)
    into = min(edge - first, last - edge) * quay.step
    return into >= BRIDGE and (last - first) * quay.step <= longest

"""A table of already measured values, read as paired sums of one cell a place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dateline.core.state import State
from dateline.imagery.tables import F8, Pair, PairedSums, Profile, ZonalSeries
from dateline.methods.lights_guards import profile_of

FEWEST_FOR_A_PROFILE = 50


def from_table(table: ZonalSeries, pairs: Sequence[Pair] = ()) -> PairedSums:
    """Paired sums of a table: each place is one cell, so nothing is known of the noise within it.

    Without pairs the first look is compared with the last. The table cannot say which pixels both looks saw: sums are
    mean value times the smaller of the two seen areas.
    """
    chosen = tuple(pairs) or (Pair(kind="change", a=0, b=len(table.looks) - 1),)
    a, b = ([pair.a for pair in chosen], [pair.b for pair in chosen])
    seen, mean = table.seen(), np.nan_to_num(table.mean())
    common = np.minimum(seen[a], seen[b])
    lit = np.divide(table.lit, seen, out=np.zeros_like(seen), where=seen > 0)
    lit_a, lit_b = lit[a] * common, lit[b] * common
    both = (lit_a > 0) & (lit_b > 0)
    places = len(table.places)
    side = np.sqrt(table.area / np.maximum(table.size, 1e-9))
    return PairedSums(
        places=table.places,
        looks=table.looks,
        pairs=chosen,
        cell_place=np.arange(places, dtype=np.int32),
        cell_row=np.zeros(places, dtype=np.int32),
        cell_column=np.zeros(places, dtype=np.int32),
        sum_a=mean[a] * common,
        sum_b=mean[b] * common,
        weight=common,
        lit_a=lit_a,
        lit_b=lit_b,
        both_a=np.where(both, mean[a] * common, 0.0),
        both_b=np.where(both, mean[b] * common, 0.0),
        lost=_lost(table, a, b, common),
        snow_a=table.weight[a][:, :, State.SNOW],
        snow_b=table.weight[b][:, :, State.SNOW],
        nights_a=table.nights[a],
        nights_b=table.nights[b],
        size=table.size,
        area=table.area,
        pixel_km=np.stack([side, side], axis=1),
        grain=np.ones(places, dtype=np.int32),
        profiles=_profiles(table, chosen),
    )


def _lost(table: ZonalSeries, a: list[int], b: list[int], common: F8) -> F8:
    """What was not seen, by state: that of the look which saw less."""
    one, two = table.weight[a], table.weight[b]
    worse = np.where((one[:, :, :2].sum(axis=2) <= two[:, :, :2].sum(axis=2))[:, :, None], one, two).copy()
    worse[:, :, :2] = 0.0
    rest = np.maximum(table.size - common - worse.sum(axis=2), 0.0)
    worse[:, :, State.NOT_OBSERVED] += rest
    return worse


def _profiles(table: ZonalSeries, pairs: Sequence[Pair]) -> tuple[tuple[Profile, Profile], ...]:
    """The profiles of each pair: the reader's, or those of the places' own values where enough of them are known."""
    if table.profiles:
        return tuple((table.profiles[pair.a], table.profiles[pair.b]) for pair in pairs)
    mean = table.mean()
    looks = {look for pair in pairs for look in (pair.a, pair.b)}
    if any(np.isfinite(mean[look]).sum() < FEWEST_FOR_A_PROFILE for look in looks):
        return ()
    known = {look: profile_of(mean[look]) for look in looks}
    return tuple((known[pair.a], known[pair.b]) for pair in pairs)

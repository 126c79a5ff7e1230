"""What two satellites have in common: the looks that both saw well enough, and what stands against joining them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dateline.imagery.tables import F8, Look, ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods import lights_guards as guards
from dateline.methods.lights_splice.calibrate import Factor, calibrate
from dateline.methods.lights_splice.join import month_of
from dateline.methods.lights_trend.axis import Axis, on_axis, take, usable

DRIFT_P = 0.01
BRIGHT_P = 0.01
BEYOND = 1.25
"""Looks brighter or fainter than the overlap by this factor are outside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two series of the same places. axis: of the common looks. first, second: these looks only, in the same order.

    values_first, values_second: (T, P) means of the common looks, NaN where not seen well enough.
    rest: (R, P) means of the first satellite's other looks, and rest_months: (R,) their months of the year.
    """

    axis: Axis
    first: ZonalSeries
    second: ZonalSeries
    values_first: F8
    values_second: F8
    rest: F8
    rest_months: tuple[int | None, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFactor:
    """The calibration of one place, or why there is none; `stop` beside a factor says why it cannot be used."""

    place: str
    common: int
    factor: Factor | None = None
    stop: Note | None = None
    needed: str = ""
    caveats: tuple[Note, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()


def forbidden(first: ZonalSeries, second: ZonalSeries) -> Note | None:
    """What makes any factor between these two meaningless, before looking at values."""
    if set(first.places) != set(second.places) or not np.allclose(
        first.size, in_order(second, first.places).size, rtol=0.01
    ):
        return Note(code="places-differ", text="The two series are not of the same outlines.")
    units = {look.unit for look in (*first.looks, *second.looks)}
    if len(units) > 1 or any(guards.is_digital_number(look) for look in (*first.looks, *second.looks)):
        told = ", ".join(sorted(units))
        return Note(code="units-differ", text=f"The two do not measure the same quantity in the same unit: {told}.")
    for series in (first, second):
        if note := guards.platform_splice(series.looks) or guards.mixed_products(series.looks):
            return note
    both = (*first.looks, *second.looks)
    if note := guards.mixed_collections(both) or _layers(first, second):
        return note
    same = {_source(look) for look in first.looks} & {_source(look) for look in second.looks}
    if same:
        text = "Both series are of one product and satellite: there is nothing to join."
        return Note(code="same-satellite", text=text)
    return None


def _source(look: Look) -> tuple[str, str | None]:
    return look.product, look.platform


def _layers(first: ZonalSeries, second: ZonalSeries) -> Note | None:
    kinds = {(guards.family(look), look.layer) for look in (first.looks[0], second.looks[0])}
    if len(kinds) < 2:
        return None
    told = " and ".join(sorted(f"{family} {layer}" for family, layer in kinds))
    return Note(code="mixed-products", text=f"The two are different kinds of composite or layer: {told}.")


def in_order(second: ZonalSeries, places: tuple[str, ...]) -> ZonalSeries:
    """A series with its places in another order."""
    at = [second.places.index(place) for place in places]
    return replace(
        second,
        places=places,
        size=second.size[at],
        area=second.area[at],
        other={name: values[:, at] for name, values in second.other.items()},
        **{name: getattr(second, name)[:, at] for name in ("total", "area_total", "weight", "lit", "nights")},
    )


def overlap_of(first: ZonalSeries, second: ZonalSeries, *, seen_share: float, nights: float) -> Overlap:
    """The looks of the same months or years. Raises Refusal as on_axis does."""
    (one, axis_one, notes_one), (two, axis_two, notes_two) = on_axis(first), on_axis(in_order(second, first.places))
    times, at_one, at_two = np.intersect1d(axis_one.time, axis_two.time, return_indices=True)
    if axis_one.step != axis_two.step:
        times, at_one, at_two = times[:0], at_one[:0], at_two[:0]
    common_one, common_two = take(one, at_one.tolist()), take(two, at_two.tolist())
    others = [i for i in range(len(axis_one.time)) if i not in set(at_one.tolist())]
    limits = {"least_share": seen_share, "least_nights": nights}
    return Overlap(
        axis=Axis(step=axis_one.step, time=times),
        first=common_one,
        second=common_two,
        values_first=usable(common_one, **limits)[0],
        values_second=usable(common_two, **limits)[0],
        rest=usable(take(one, others), **limits)[0],
        rest_months=tuple(month_of(axis_one, int(axis_one.time[i])) for i in others),
        notes=(*notes_one, *notes_two),
    )


def names(overlap: Overlap) -> tuple[str, str]:
    """The two satellites in words, by platform where it is known, else by product."""
    one, two = overlap.first.looks[0], overlap.second.looks[0]
    return one.platform or one.product, two.platform or two.product


def uncalibrated(overlap: Overlap, *, fewest: int) -> Note | None:
    """Why the two cannot be joined at all: no common look, or too few everywhere. Says how far they differ."""
    count = len(overlap.axis.time)
    if not count:
        return Note(
            code="no-overlap",
            text="The two satellites have no look of the same month or year here, so how far they differ cannot be "
            "measured, and a change between them cannot be told from the change of satellite.",
        )
    both = np.isfinite(overlap.values_first) & np.isfinite(overlap.values_second)
    if both.sum(axis=0).max() >= fewest:
        return None
    step = overlap.axis.step
    return Note(
        code="too-few-common",
        text=f"They have {count} {step}{'' if count == 1 else 's'} in common, {fewest} are asked for. "
        f"{_difference(overlap)}",
    )


def _difference(overlap: Overlap) -> str:
    """How far the two are apart over what they have in common, as it stands."""
    both = np.isfinite(overlap.values_first) & np.isfinite(overlap.values_second)
    if not both.any():
        return "Neither look saw enough to say how far they differ."
    size = overlap.first.size[None, :]
    one, two = (float((values * size)[both].sum()) for values in (overlap.values_first, overlap.values_second))
    first, second = names(overlap)
    if one <= 0:
        return f"There {first} shows no light at all."
    text = f"There {second} shows {_apart(two / one)} light in sum than {first}"
    lit = [float(np.where(both, series.lit, np.nan)[both].sum()) for series in (overlap.first, overlap.second)]
    if np.all(np.isfinite(lit)) and lit[0] > 0:
        text += f", and {_apart(lit[1] / lit[0], 'more', 'fewer')} lit pixels"
    return text + ": joined as they stand, that would read as a change on the ground."


def _apart(ratio: float, more: str = "more", less: str = "less") -> str:
    return f"{abs(100 * (ratio - 1)):.1f} % {more if ratio >= 1 else less}"


def place_factor(overlap: Overlap, index: int, *, fewest: int, floor: float) -> PlaceFactor:
    """The factor of one place. floor: detection limit [unit]; a place under it has no factor."""
    one, two = overlap.values_first[:, index], overlap.values_second[:, index]
    both = np.flatnonzero(np.isfinite(one) & np.isfinite(two))
    place = overlap.first.places[index]
    bare = PlaceFactor(place=place, common=len(both), rows=_rows(overlap, index))
    if len(both) < fewest:
        return _stopped(
            bare,
            Note(
                code="too-few-common",
                text=f"{len(both)} common {overlap.axis.step}s saw it well enough, {fewest} are asked for.",
            ),
            "A longer overlap.",
        )
    if min(np.median(one[both]), np.median(two[both])) < floor or np.any(one[both] <= 0) or np.any(two[both] <= 0):
        note = Note(code="below-floor", text="One of the two shows it at or under the detection limit.")
        return _stopped(bare, note, "A brighter place, or one factor for a group of places.")
    time = overlap.axis.time[both]
    months = None if overlap.axis.step == "year" else time % 12 + 1
    factor = calibrate(one[both], two[both], time, months)
    whole = PlaceFactor(
        place=place, common=len(both), factor=factor, rows=bare.rows, caveats=_conditions(factor, overlap, index)
    )
    if factor.drift_p < DRIFT_P:
        note = Note(
            code="factor-drifts",
            text=f"The two drift apart over the overlap (p {factor.drift_p:.2g}): one factor does not serve all of it.",
        )
        return _stopped(whole, note, "An overlap cut to the years next to the joint.")
    return whole


def _stopped(found: PlaceFactor, note: Note, needed: str) -> PlaceFactor:
    return replace(found, stop=note, needed=needed)


def _conditions(factor: Factor, overlap: Overlap, index: int) -> tuple[Note, ...]:
    """Whether the overlap was like the looks that the factor will be used on."""
    notes = []
    if factor.bright_p < BRIGHT_P:
        text = f"The factor changes with brightness (p {factor.bright_p:.2g}); one is used."
        notes.append(Note(code="factor-varies", text=text))
    values = overlap.rest[:, index]
    known = values[np.isfinite(values)]
    beyond = int(((known < factor.least / BEYOND) | (known > factor.most * BEYOND)).sum())
    if beyond:
        text = f"{beyond} of {len(known)} looks to be brought over are brighter or fainter than any of the overlap."
        notes.append(Note(code="outside-overlap", text=text))
    months = {month for month, value in zip(overlap.rest_months, values, strict=True) if np.isfinite(value) and month}
    if factor.months and months - factor.months:
        count = len(months - factor.months)
        notes.append(Note(code="season-not-covered", text=f"{count} months of the year do not occur in the overlap."))
    if factor.months and not factor.quarters:
        text = "One factor serves all seasons: too few common months for more, or no difference found."
        notes.append(Note(code="season-pooled", text=text))
    return tuple(notes)


def _rows(overlap: Overlap, index: int) -> tuple[Mapping[str, Any], ...]:
    one, two = overlap.values_first[:, index], overlap.values_second[:, index]
    return tuple(
        {
            "place": overlap.first.places[index],
            "when": overlap.axis.when(t).edtf(),
            "first": float(one[t]) if np.isfinite(one[t]) else None,
            "second": float(two[t]) if np.isfinite(two[t]) else None,
            "ratio": float(two[t] / one[t]) if np.isfinite(one[t] * two[t]) and one[t] > 0 else None,
        }
        for t in range(len(overlap.axis.time))
    )

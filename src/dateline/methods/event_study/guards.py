"""What stops an event study, and what a reader must know beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dateline.imagery.tables import Look, ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods import lights_guards as guards
from dateline.methods.event_study.grid import I8, Grid
from dateline.methods.event_study.listing import Registration
from dateline.methods.event_study.noise import Noise
from dateline.methods.event_study.windows import Plan, Rules

LEAST_FREEDOM = 10
"""Looks beyond the coefficients that are fitted, below which the noise is not known."""

LEAST_PAIRS = 10
"""Pairs of neighbouring looks, below which the noise's memory is not known."""

FEW_CONTROLS = 19
"""With fewer control places than this even the largest change among them has p above 0.05."""

NEEDED = {
    "simulated-real": "A measured series, or an exercise whose events are invented too.",
    "gap-filled": "Observed values only.",
    "sensor-break": "One instrument for the whole series.",
    "mixed-products": "One product for the whole series.",
    "mixed-collections": "One collection for the whole series.",
    "platform-splice": "One satellite, or a series joined by lights_splice on the satellites' overlap.",
    "controls-differ": "Controls measured by the same instrument in the same unit.",
}


def forbidden(series: ZonalSeries, controls: ZonalSeries | None) -> Note | None:
    """Why these looks do not belong in one series, or the controls not beside it; None when they do."""
    for looks in (series.looks, () if controls is None else controls.looks):
        note = (
            _gap_filled(looks)
            or guards.sensor_break(looks)
            or guards.mixed_products(looks)
            or guards.mixed_collections(looks)
            or guards.platform_splice(looks)
        )
        if note:
            return note
    return None if controls is None else _controls_differ(series, controls)


def _gap_filled(looks: Sequence[Look]) -> Note | None:
    filled = [look.layer for look in looks if look.layer.lower().startswith("gap")]
    if not filled:
        return None
    return Note(
        code="gap-filled",
        text=f"The layer {filled[0]} is filled from other dates: its values around an event are made from those before "
        "and after it.",
    )


def _controls_differ(series: ZonalSeries, controls: ZonalSeries) -> Note | None:
    own, other = series.looks[0], controls.looks[0]
    if (own.unit, guards.family(own), own.platform) == (other.unit, guards.family(other), other.platform):
        return None
    return Note(
        code="controls-differ",
        text=f"The place is measured by {own.product} [{own.unit}] of {own.platform or 'an unnamed platform'}, the "
        f"controls by {other.product} [{other.unit}] of {other.platform or 'an unnamed platform'}.",
    )


def too_few_looks(noise: Noise) -> Note | None:
    """Too few looks to know what the series does when nothing happens."""
    looks = int(noise.plan.fitted.sum())
    if noise.freedom >= LEAST_FREEDOM and noise.pairs >= LEAST_PAIRS:
        return None
    return Note(
        code="too-few-looks",
        text=f"{looks} looks count, of which {noise.pairs} have a neighbour at the usual distance: too few to know how "
        "the series moves when nothing happens.",
    )


def hardly_any(looks: int) -> Note:
    """Hardly any look counts."""
    return Note(code="too-few-looks", text=f"{looks} looks count: too few to know how the series moves.")


def no_spread() -> Note:
    """Nothing but the fitted course is left: no noise to compare with."""
    return Note(
        code="no-spread",
        text="Apart from season, trend and levels the series does not move at all, so nothing tells what is usual: it "
        "may be rounded, capped or made from a model.",
    )


def beside(controls: Sequence[str], plan: Plan) -> tuple[Note, ...]:
    """What the other places and the other dates leave open."""
    notes = []
    if not controls:
        text = "No control place was named: what changed everywhere at the same date is not ruled out."
        notes.append(Note(code="no-controls", text=text))
    elif len(controls) < FEW_CONTROLS:
        text = f"{len(controls)} control places are too few for a rank among them to be rare."
        notes.append(Note(code="few-controls", text=text))
    if plan.near:
        text = "Some other dates lie inside lag windows of listed events; a change that fades there makes them large."
        notes.append(Note(code="placebos-near", text=text))
    return tuple(notes)


def no_window(plan: Plan, group: int, step: str) -> Note:
    """Too few looks right before or after an event."""
    one, rules = plan.groups[group], plan.rules
    before = int(((plan.at >= one.start - rules.before) & (plan.at < one.start)).sum())
    after = int(((plan.at >= one.end + rules.first) & (plan.at <= one.end + rules.last)).sum())
    return Note(
        code="too-few-looks",
        text=f"{before} looks count in the {rules.before} {step}s before and {after} in the lag window after (less "
        f"where another listed event lies between); {rules.fewest} are needed on each side. Not seen is no value.",
    )


def too_few_dates(count: int, needed: int, plan: Plan, step: str) -> tuple[Note, str]:
    """Too few other dates to compare with, and what would settle it."""
    note = Note(
        code="too-few-placebos",
        text=f"There are {count} other dates with looks enough on both sides and no listed event between; {needed} are "
        "needed for even the largest change to be rare among them.",
    )
    more = needed - count
    wanted = f"{more} more {step}s of the series without a listed event, after the first {2 * plan.rules.fewest}"
    return note, f"About {wanted}; or a shorter baseline and lag; or a lower level."


def season_caveat(grid: Grid, fitted_seasons: I8, fitted_years: I8, *, asked: bool) -> Note | None:
    """Why the season is not taken out; None where it can be, or where the looks have none.

    fitted_seasons, fitted_years: calendar month and year of the looks that count.
    """
    if len(np.unique(grid.seasons())) == 1 or grid.unit == "year":
        return None
    if not asked:
        return Note(
            code="season-unchecked", text="No season was taken out, as was asked: a season can look like a step."
        )
    once = [month for month in np.unique(fitted_seasons) if len(np.unique(fitted_years[fitted_seasons == month])) < 2]
    if not once:
        return None
    return Note(
        code="season-unchecked",
        text="The looks do not show every calendar month in two different years, so the season cannot be told from a "
        "step and was left in.",
    )


def caveats(series: ZonalSeries, grid: Grid, rules: Rules, registration: Registration) -> tuple[Note, ...]:
    """What a reader must know whatever the events show."""
    light = series.looks[0].unit == guards.RADIANCE_UNIT
    found = [
        guards.simulated(series.looks),
        guards.collection_unknown(series.looks) if light else None,
        guards.platform_unknown(series.looks) if light else _instrument_unknown(series),
        guards.digital_numbers(series.looks),
        _mixed_look(grid, rules),
        _not_registered(registration),
        _left_out(registration),
    ]
    return (*(note for note in found if note), *guards.reader_notes(series.looks))


def _instrument_unknown(series: ZonalSeries) -> Note | None:
    if all(look.platform is not None for look in series.looks):
        return None
    return Note(
        code="instrument-unknown",
        text="The series does not say what measured it: a change of instrument, or of the way of counting, would look "
        "like a step.",
    )


def _mixed_look(grid: Grid, rules: Rules) -> Note | None:
    if rules.first > 0 or (grid.unit, grid.length) == ("day", 1):
        return None
    return Note(
        code="mixed-look",
        text=f"The look of the {grid.name} of an event mixes days before and after it and counts as after: the change "
        "told is, if anything, smaller than the true one.",
    )


def _not_registered(registration: Registration) -> Note | None:
    if registration.before:
        return None
    text = f"{registration.words()} Whoever has seen a series can choose events, lags and places that fit it."
    return Note(code="not-pre-registered", text=text)


def _left_out(registration: Registration) -> Note | None:
    if not registration.left_out:
        return None
    return Note(
        code="frozen-left-out",
        text=f"These events were frozen beside the listed ones and are not tested here: "
        f"{', '.join(registration.left_out)}. The chance of a false call counts only what is tested.",
    )

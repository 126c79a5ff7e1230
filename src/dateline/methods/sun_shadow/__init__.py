"""When, or where, a shadow can have fallen as it does on a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import InputError, Refusal
from dateline.ledger.finding import Note
from dateline.media.shadow import Shadow, read_shadow
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters
from dateline.methods.sun_shadow.asked import Clock, Ground, Told, ZoneCells, read_clock
from dateline.methods.sun_shadow.claimed import check
from dateline.methods.sun_shadow.clues import Air, Case, case_of
from dateline.methods.sun_shadow.drawing import Coast
from dateline.methods.sun_shadow.placed import Sought, places
from dateline.methods.sun_shadow.timed import Put, days, times

CARD = read_card(Path(__file__).parent / "card.md")
FLAGS = (
    "height",
    "height_sigma",
    "length",
    "length_sigma",
    "ratio",
    "ratio_sigma",
    "azimuth",
    "azimuth_sigma",
    "slope",
    "slope_sigma",
    "tilt",
    "tilt_sigma",
)
"""Parameters that describe one shadow."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """The set of instants, days or places that fit the shadows, or whether a stated time and place does.

    inputs: `shadows`, Told (lengths in one unit, azimuths and slopes [degrees]); `places`, Ground; `zones`, ZoneCells
    and `coast`, Coast, which the gatherer adds. Values: `times`, `days` (When), `km2`, `bounds` [degrees], `p`,
    `power` [1], `budget` [minutes, days or km]. Estimate `sun_elevation` [deg]. Michalsky 1988; Feldman and Cousins
    1998. Raises Refusal with the guards' codes.
    """
    told = inputs.many("shadows", Told)
    simulated = parameters["simulated"] or any(one.simulated for one in told)
    shadows, clock = _given(told, parameters)
    try:
        case = _case(shadows, clock, parameters)
        outcome = _answer(case, clock, inputs, parameters, rng, simulated=simulated)
    except InputError as error:
        raise Refusal(error.what, saw=error.saw, do=error.do, code=error.code) from error
    if simulated:
        return outcome.with_caveats(Note(code="simulated", text="The shadow is simulated."))
    return outcome


def _case(shadows: tuple[Shadow, ...], clock: Clock, parameters: Parameters) -> Case:
    if parameters["azimuth_of"] == "sun":
        shadows = tuple(
            one if one.azimuth is None else replace(one, azimuth=(one.azimuth + 180) % 360) for one in shadows
        )
    return case_of(
        shadows,
        Air(parameters["pressure"], parameters["temperature"]),
        north=parameters["north"] == "true",
        clock=0.0 if clock.second is None else parameters["clock_sigma"],
    )


def _answer(
    case: Case, clock: Clock, inputs: Inputs, parameters: Parameters, rng: np.random.Generator, *, simulated: bool
) -> Outcome:
    """By what is known: place and day, place and clock, neither place, or all of it."""
    grounds = inputs.many("places", Ground)
    if not grounds:
        if clock.day is None or clock.second is None:
            raise _nothing("no place, and no instant")
        return places(
            Sought(
                card=CARD,
                case=case,
                clock=clock,
                zones=inputs.maybe("zones", ZoneCells),
                coast=inputs.maybe("coast", Coast),
                level=parameters["level"],
                precision=parameters["precision"],
                simulated=simulated,
            )
        )
    put = Put(
        card=CARD, case=case, clock=clock, grounds=grounds, level=parameters["level"], simulated=simulated, rng=rng
    )
    if clock.second is not None and clock.day is not None:
        return check(put, clock.day)
    if clock.second is not None and clock.days is not None:
        return days(put)
    if clock.day is not None:
        return times(put, clock.day)
    raise _nothing(
        "a place, and "
        + (
            "a clock time without a year"
            if clock.second is not None
            else "no single day"
            if clock.days
            else "neither day nor time"
        )
    )


def _nothing(saw: str) -> Refusal:
    return Refusal(
        "Too little is known beside the shadow.",
        saw=saw,
        do="Give a place and a day (which hours?), a place, a clock time and a year or range of days (which days?), an "
        "instant with its zone (which places?), or a place and an instant (do they agree?).",
        code="too-little-known",
    )


def _given(told: tuple[Told, ...], parameters: Parameters) -> tuple[tuple[Shadow, ...], Clock]:
    """The shadows and the time, from a file or from the parameters. Raises Refusal `no-shadow`, `two-shadows`,
    `time-twice` and those of reading them."""
    cells: dict[str, Any] = {name: parameters[name] for name in FLAGS if parameters[name] is not None}
    asked = read_clock(parameters["date"], parameters["time"], parameters["zone"])
    if not told:
        if not cells:
            raise Refusal(
                "There is no shadow.",
                saw="neither a file nor length, ratio or azimuth",
                do="Give height and length (or ratio), azimuth, or both; or a file of shadows.",
                code="no-shadow",
            )
        try:
            return (read_shadow({"id": "The shadow", **cells}, penumbra=parameters["penumbra"]),), asked
        except InputError as error:
            raise Refusal(error.what, saw=error.saw, do=error.do, code=error.code) from error
    if cells and not all(one.completed for one in told):
        raise Refusal(
            "The shadow is told twice.",
            saw=f"a file, and {', '.join(cells)}",
            do="Put every shadow into the file.",
            code="two-shadows",
        )
    shadows = tuple(shadow for one in told for shadow in one.shadows)
    clock = told[0].clock
    if clock.second is None and clock.days is None:
        return shadows, asked
    if asked.second is not None or (asked.days is not None and clock.days is not None):
        raise Refusal("The time is told twice.", saw="in the file and beside it", do="Give it once.", code="time-twice")
    return shadows, Clock(days=clock.days or asked.days, second=clock.second, zone=clock.zone or asked.zone)

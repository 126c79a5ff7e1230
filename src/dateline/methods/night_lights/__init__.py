"""Change of light from one period to another at places, with everything that could make the change an illusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dateline.core.estimate import Estimate
from dateline.imagery.maps import ChangeMap
from dateline.ledger.finding import Note, PlaceAnswer
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.night_lights.call import Call, call_place
from dateline.methods.night_lights.family import extremes, keyed, ranked, shares
from dateline.methods.night_lights.guards import (
    caveats_of_looks,
    caveats_of_place,
    controls_overlap,
    places_overlap,
    refusals,
    used_looks,
)
from dateline.methods.night_lights.pictures import artifacts
from dateline.methods.night_lights.place import Measured, Settings
from dateline.methods.night_lights.report import (
    card,
    estimates,
    place_answer,
    ranking_row,
    series_rows,
    statement,
    values,
)
from dateline.methods.night_lights.survey import Roles, Survey, roles_of, settings_of, survey

MOST_ANSWERS = 500
"""Of a larger family only the places that rise and fall the most are answered one by one."""
EXTREMES = 50


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Change of night light from A to B: ratio [1] and difference [nW cm-2 sr-1 px], by place and in total.

    inputs: `pairs`, a PairedSums of K pairs of looks, C cells, P places; or `table`, a ZonalSeries, with `table_pairs`.
    `controls` and `disputed` are place ids, `groups` maps a name to place ids, `names` an id to a name, `calibration`
    is a `lights_splice` finding, `map` a ChangeMap. Raises UsageError for a place that was not measured and InputError
    when there is nothing to compare. Sources stand on the card: Benjamini and Hochberg (1995), Efron and Tibshirani
    (1993), Smyth (2004), Welch (1947), Wilson (1927).
    """
    roles = roles_of(inputs, parameters)
    settings = settings_of(parameters, used_looks(roles.sums))
    forbidden = refusals(roles.sums, floor=settings.floor, calibrated=roles.calibration is not None)
    if forbidden:
        return _refusal(roles, forbidden)
    answer = _answer(roles, settings, survey(roles, settings, rng))
    picture = inputs.maybe("map", ChangeMap)
    return answer if picture is None else _with_map(answer, picture, roles)


def _with_map(answer: Outcome, picture: ChangeMap, roles: Roles) -> Outcome:
    files, legend = artifacts(picture, roles.sums.looks)
    return replace(answer, artifacts=files, values={**answer.values, "map": legend})


def _refusal(roles: Roles, forbidden: Sequence[Note]) -> Outcome:
    codes = {note.code for note in forbidden}
    return Outcome(
        result="refused",
        statement=say(card(), "refused", reason=forbidden[0].text),
        reasons=tuple(forbidden),
        needed=tuple(_REMEDIES[code] for code in _REMEDIES if code in codes),
        caveats=tuple(note for note in caveats_of_looks(roles.sums, roles.event) if note.code not in codes),
    )


_REMEDIES = {
    "picture-bytes": "The product in radiance, as the agency publishes it.",
    "sensor-break": "Both periods from one instrument.",
    "mixed-products": "Both periods from one product and one layer.",
    "mixed-collections": "Both periods from one collection.",
    "platform-splice": "Both periods from one satellite, or a lights_splice finding on their overlap.",
    "pedestal": "Both periods with the background removed, or both without.",
    "different-months": "The same months of both years.",
}


def _answer(roles: Roles, settings: Settings, found: Survey) -> Outcome:
    call = call_place(found.total, settings)
    unit = roles.sums.looks[0].unit
    return Outcome(
        result=call.result,
        statement=statement(call, found.total, _subject(roles), roles, settings),
        reasons=call.reasons,
        needed=call.needed,
        estimates=_estimates(found, settings, unit),
        values=values(found.total, settings) | _of_family(roles, settings, found),
        places=_places(roles, settings, found, unit),
        rows=series_rows(roles.sums, {place.id: place for place in (*found.places, *found.controls)}),
        caveats=_caveats(roles, settings, found),
    )


def _subject(roles: Roles) -> str:
    places = roles.places
    return roles.name(places[0]) if len(places) == 1 else f"the {len(places)} places together"


def _estimates(found: Survey, settings: Settings, unit: str) -> dict[str, Estimate]:
    told = estimates(found.total, settings, unit)
    if found.without is not None:
        told |= {f"{name}_without_disputed": one for name, one in estimates(found.without, settings, unit).items()}
    return told | {key: one.estimate for key, one in keyed(found.contrasts).items()}


def _of_family(roles: Roles, settings: Settings, found: Survey) -> dict[str, Any]:
    """The ranked table, shares up and down, contrasts, controls as they are; nothing of it for a single place."""
    told: dict[str, Any] = {}
    if len(found.places) > 1:
        order = ranked(found.places, settings)
        table = [ranking_row(place, call_place(place, settings), settings) for place in order]
        shown = {place.id for place in _answered(order, settings)}
        told["ranking"] = [row for row in table if row["place"] in shown]
        told["shares"] = shares(found.places, settings)
        told["called"] = {name: sum(row["result"] == name for row in table) for name in _RESULTS}
    if found.controls:
        told["control_places"] = [ranking_row(place, call_place(place, settings), settings) for place in found.controls]
    if roles.groups:
        told["contrasts"] = [{**one.to_json(), "estimate": key} for key, one in keyed(found.contrasts).items()]
        told["shares_by_group"] = {
            name: shares([place for place in (*found.places, *found.controls) if place.id in ids], settings)
            for name, ids in roles.groups.items()
        }
    return told


def _answered(order: Sequence[Measured], settings: Settings) -> Sequence[Measured]:
    """The ranked places that are answered one by one: all, or of a very large family both ends."""
    return order if len(order) <= MOST_ANSWERS else extremes(order, EXTREMES, settings)


_RESULTS = ("increase", "decrease", "no change found", "cannot tell", "refused")


def _places(roles: Roles, settings: Settings, found: Survey, unit: str) -> Mapping[str, PlaceAnswer]:
    """One answer a place; of a very large family those that changed the most either way."""
    large = len(found.places) > MOST_ANSWERS
    chosen = _answered(ranked(found.places, settings), settings) if large else found.places
    calls: list[tuple[Measured, Call]] = [(place, call_place(place, settings)) for place in chosen]
    return {place.id: place_answer(place, call, roles, settings, unit) for place, call in calls}


def _caveats(roles: Roles, settings: Settings, found: Survey) -> tuple[Note, ...]:
    notes = [*caveats_of_looks(roles.sums, roles.event), *caveats_of_place(found.total, settings, roles.sums.looks)]
    if roles.controls and found.total.controls is None:
        text = (
            f"{len(roles.controls)} controls were named and fewer than 3 could be compared: they are shown, not used."
        )
        notes.append(Note(code="few-controls", text=text))
    overlaps = (
        controls_overlap(found.repeated_controls, len(roles.controls)),
        places_overlap(roles.sums, roles.places, found.repeated) if len(roles.places) > 1 else None,
    )
    return (*notes, *(note for note in overlaps if note))

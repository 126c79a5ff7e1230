"""A known instant, or a known reading of the clock on the wall, and no place: where on Earth the shadow fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.ledger.finding import Note
from dateline.methods.card import Card
from dateline.methods.contract import Outcome, Produced, say
from dateline.methods.sun_shadow import words
from dateline.methods.sun_shadow.asked import LOCAL, Clock, ZoneCells, instants, zone_of
from dateline.methods.sun_shadow.clues import Case
from dateline.methods.sun_shadow.drawing import Coast, locus_map
from dateline.methods.sun_shadow.line import SURELY_NOT
from dateline.methods.sun_shadow.regions import geojson, region
from dateline.methods.sun_shadow.surface import KM_PER_DEGREE, Instants, Surface, everywhere, surface

F8 = npt.NDArray[np.float64]
Index = npt.NDArray[np.int_]

SUNLIT = 255e6
"""[km2] Half of the Earth."""
FINEST = 0.0096
"""[degrees] About 1 km; no cell is finer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A search for places. precision: the finest that may be printed [km]."""

    card: Card
    case: Case
    clock: Clock
    zones: ZoneCells | None
    coast: Coast | None
    level: float
    precision: float
    simulated: bool


def local_instants(clock: Clock, zones: ZoneCells) -> tuple[Instants, bool]:
    """Unix times [s] of cells at which their own clock shows the time, and whether one showed it twice.

    A clock that was set back shows it twice: the first is taken. One that was set forward over it: NaN.
    """
    assert clock.day is not None
    assert clock.second is not None
    used = np.unique(zones.cells)
    table = np.full(len(zones.names), np.nan)
    twice = False
    for number in used:
        found = instants(clock.day, clock.second, zone_of(zones.names[number]))
        table[number] = found[0] if found else np.nan
        twice |= len(found) > 1
    return Instants(table, zones.cells.ravel()), twice


def places(sought: Sought) -> Outcome:
    """The surface: values `km2` by level, `bounds` [degrees], `cell_km`; artifacts `locus`, `locus_map` (GeoJSON, SVG).

    Raises Refusal `clock-time`, `no-zones`.
    """
    where_from, notes = _instants(sought)
    levels = (0.5, sought.level)
    finest = max(FINEST, sought.precision / KM_PER_DEGREE / 4)
    found = surface(sought.case, where_from, levels=levels, finest=finest)
    said = {**words.said_of(sought.case), "level": f"{100 * sought.level:g}", "when": _when(sought.clock)}
    estimates = words.elevation(sought.case.shadows, sought.level, 1.96)
    caveats = (*words.common(sought.case), *notes, _sensitive(sought.precision))
    if found is None or found.chance < SURELY_NOT:
        reason = "Nowhere on Earth would the sun then throw it" + (
            "." if found is None else f" (a chance {words.chance(found.chance)})."
        )
        note = Note(code="no-place-fits", text=reason)
        return Outcome(
            result="impossible",
            statement=say(sought.card, "nowhere", **said, reason=reason),
            reasons=(note,),
            needed=("A check of the instant, north, and what was measured.",),
            estimates=estimates,
            caveats=caveats,
        )
    values = _values(found, sought)
    artifacts, bounds = _artifacts(found, sought, said["when"])
    values["bounds"] = bounds
    if found.km2(sought.level) > 0.8 * SUNLIT:
        note = Note(code="no-power", text=f"It fits {words.round_two(found.km2(sought.level))} km2.")
        return Outcome(
            result="cannot tell",
            statement=say(sought.card, "cannot-tell", **said, place="Earth", reason=note.text),
            reasons=(note,),
            estimates=estimates,
            values=values,
            caveats=caveats,
            needed=("The shadow's direction as well as its length.",),
        )
    largest = max(values["budget"].items(), key=lambda pair: pair[1], default=("", 0.0))
    why = f" What widens it most is the {largest[0]}: ±{words.round_two(largest[1])} km." if largest[0] else ""
    text = f"The largest error: {largest[0]}, ±{words.round_two(largest[1])} km on the ground."
    return Outcome(
        result="places",
        statement=say(
            sought.card,
            "places",
            **said,
            area=words.round_two(found.km2(sought.level)),
            half=words.round_two(found.km2(0.5)),
            why=why,
            bounds=_bounds_text(bounds),
        ),
        reasons=(Note(code="largest-error", text=text),) if largest[0] else (),
        estimates=estimates,
        values=values,
        caveats=caveats,
        artifacts=artifacts,
    )


def _instants(sought: Sought) -> tuple[Instants, list[Note]]:
    clock = sought.clock
    assert clock.day is not None
    assert clock.second is not None
    if clock.zone != LOCAL:
        at = instants(clock.day, clock.second, zone_of(str(clock.zone)))
        if not at:
            raise Refusal(
                "The clock of that zone never shows this time.",
                saw=f"{clock.day} {clock.zone}",
                do="Check the time and the zone.",
                code="clock-time",
            )
        if len(at) > 1:
            return everywhere(at[0]), [_ambiguous()]
        return everywhere(at[0]), []
    if sought.zones is None:
        raise Refusal(
            "The map of time zones is missing.",
            saw="zone local without zones",
            do="Ask through `dateline run` or a case, which bring it.",
            code="no-zones",
        )
    found, twice = local_instants(clock, sought.zones)
    border = Note(
        code="zone-borders",
        text="The clock of a place is taken to be that of its nearest town, over sea the "
        "ship's zone: within some 50 km of a zone's border it may be the neighbour's.",
    )
    return found, [border, *([_ambiguous()] if twice else [])]


def _ambiguous() -> Note:
    return Note(
        code="clock-ambiguous", text="Somewhere the clock was set back and showed that time twice; the first is taken."
    )


def _sensitive(precision: float) -> Note:
    return Note(
        code="sensitive-position",
        text="It is where a camera may have stood: sensitive. Areas are printed no finer "
        f"than {precision:g} km; precision says another.",
    )


def _when(clock: Clock) -> str:
    assert clock.second is not None
    assert clock.day is not None
    shown = f"{int(clock.second // 3600):02}:{int(clock.second % 3600 // 60):02}"
    zone = "on the clock of the place" if clock.zone == LOCAL else str(clock.zone)
    return f"{shown} {zone} on {clock.day.day} {clock.day:%B} {clock.day.year}"


def _values(found: Surface, sought: Sought) -> dict[str, Any]:
    """Areas, and what each error means on the ground [km] at the best place: height there is one to one, 111 km a
    degree; direction is along the circle of equal height."""
    return {
        "km2": {f"{100 * level:g}": round(found.km2(level), -2) for level in sorted(found.limits)},
        "cell_km": round(max(found.step * KM_PER_DEGREE, sought.precision), 1),
        "chance": found.chance,
        "budget": _on_the_ground(found, sought),
    }


def _on_the_ground(found: Surface, sought: Sought) -> dict[str, float]:
    """Plus or minus at the level [km], by source: least squares for position (east, north) at the best cell."""
    lon, lat = found.best
    instant = _best_instant(found, sought)
    step = 0.05
    north, east = np.array([0, 1, 0.0]) * step, np.array([0, 0, 1.0]) * step / max(np.cos(np.radians(lat)), 0.05)
    seen = sought.case.look(np.full(3, instant), lon + east, np.clip(lat + north, -89.9, 89.9))
    said = sought.case.said(seen)
    if not said.possible.all():
        return {}
    slope = sought.case.apart(said.expected[:, 1:], said.expected[:, [0]]) / (step * KM_PER_DEGREE)
    factor = said.factor[:, :, 0]
    gain = np.linalg.pinv(np.linalg.solve(factor, slope), rcond=1e-6) @ np.linalg.inv(factor)
    costs: Mapping[str, float] = {
        name: 1.96 * float(np.linalg.norm(gain @ error[:, 0])) for name, error in sought.case.budget(seen).items()
    }
    grouped = words.by_name(costs, sought.case.shadows)
    return {name: float(f"{value:.2g}") for name, value in grouped.items() if value > 0.05}


def _best_instant(found: Surface, sought: Sought) -> float:
    lon, lat = found.best
    cell = int((lat + 90) // 0.25) * 1440 + int((lon + 180) // 0.25)
    return float(_instants(sought)[0](np.array([cell]))[0])


def _artifacts(found: Surface, sought: Sought, when: str) -> tuple[tuple[Produced, ...], dict[str, float]]:
    regions = [(level, region(found, level, precision=sought.precision)) for level in sorted(found.limits)]
    told = {"precision_km": sought.precision, "sensitive": True, "simulated": sought.simulated}
    before = "SIMULATED_" if sought.simulated else ""
    west, south, east, north = regions[-1][1].bounds
    title = f"Where the shadow fits, {when}"
    return (
        Produced(
            role="locus", name=f"{before}locus.geojson", media_type="application/geo+json", data=geojson(regions, told)
        ),
        Produced(
            role="locus_map",
            name=f"{before}locus.svg",
            media_type="image/svg+xml",
            data=locus_map(regions, sought.coast, title=title, simulated=sought.simulated),
        ),
    ), {"west": west, "south": south, "east": east, "north": north}


def _bounds_text(bounds: Mapping[str, float]) -> str:
    def one(value: float, sides: str) -> str:
        return f"{abs(value):.0f} {sides[0] if value >= 0 else sides[1]}"

    lats = f"{one(bounds['south'], 'NS')} and {one(bounds['north'], 'NS')}"
    if bounds["east"] - bounds["west"] > 350:
        return lats
    return f"{lats}, {one(bounds['west'], 'EW')} and {one(bounds['east'], 'EW')}"

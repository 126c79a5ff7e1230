"""A known place: the hours of a known day, or the days of a known hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from dateline.core.errors import Refusal
from dateline.ledger.finding import Note
from dateline.methods.card import Card
from dateline.methods.contract import Outcome, Produced, say
from dateline.methods.sun_shadow import words
from dateline.methods.sun_shadow.asked import LOCAL, Clock, Ground, instants, spoken, zone_of
from dateline.methods.sun_shadow.clues import Case
from dateline.methods.sun_shadow.drawing import Curve, day_chart
from dateline.methods.sun_shadow.line import STEP, SURELY_NOT, Line, by_source, through

F8 = npt.NDArray[np.float64]

NO_POWER = 0.8
"""Share of the daylight (or days) in the set from which the shadow is said to tell nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One question about a known place."""

    card: Card
    case: Case
    clock: Clock
    grounds: tuple[Ground, ...]
    level: float
    simulated: bool
    rng: np.random.Generator

    @property
    def zone_name(self) -> str:
        """The zone that is meant: the one told, else that of the first place."""
        told = self.clock.zone
        return self.grounds[0].zone if told is None or told == LOCAL else told

    @property
    def zone(self) -> tzinfo:
        """The zone that is meant."""
        return zone_of(self.zone_name)

    @property
    def spots(self) -> list[tuple[float, float]]:
        """All spots of all places."""
        return [spot for ground in self.grounds for spot in ground.spots]

    @property
    def z(self) -> float:
        """Standard deviations of the level, two-sided."""
        return float(stats.norm.ppf((1 + self.level) / 2))

    @property
    def args(self) -> dict[str, str]:
        """What every sentence says."""
        return {**words.said_of(self.case), "place": spoken(self.grounds), "level": f"{100 * self.level:g}"}

    def notes(self) -> list[Note]:
        """Caveats of the place beside those of the shadows."""
        notes = words.common(self.case)
        if self.clock.zone in {None, LOCAL}:
            notes.append(
                Note(
                    code="zone-of-nearest-town",
                    text=f"The clock there is taken to be {self.zone_name}, that "
                    "of the nearest town; zone says another.",
                )
            )
        gap = max(ground.gap for ground in self.grounds)
        if gap > 50_000:
            notes.append(
                Note(
                    code="area-sampled",
                    text=f"The area is looked at from spots {gap / 1000:.0f} km apart; "
                    "the set may be a few minutes too narrow.",
                )
            )
        if any(ground.sensitive for ground in self.grounds):
            notes.append(
                Note(
                    code="sensitive-place",
                    text="The place is sensitive: no chart of its sun is made, since "
                    "its curve would give the position away.",
                )
            )
        return notes


def day_line(put: Put, day: date) -> Line | None:
    """The set of instants of one day of the place's clock."""
    start = datetime(day.year, day.month, day.day, tzinfo=put.zone).timestamp()
    following = day + timedelta(days=1)
    end = datetime(following.year, following.month, following.day, tzinfo=put.zone).timestamp()
    return through(put.case, np.arange(start, end, STEP), put.spots, level=put.level, rng=put.rng)


def times(put: Put, day: date) -> Outcome:
    """When on that day: values `times` (When, UTC), `local`, `minutes`, `budget` [minutes]."""
    line = day_line(put, day)
    said = {**put.args, "day": words.day_text(datetime(day.year, day.month, day.day, tzinfo=UTC))}
    if line is None:
        return never(
            put, said, "That day the sun throws no such shadow there at all: it stays too low.", "sun-below-horizon"
        )
    if line.chance < SURELY_NOT:
        return never(
            put,
            said,
            f"No time of that day comes near: at the best, a chance {words.chance(line.chance)}.",
            "no-time-fits",
            turned=turned(put, line.at),
        )
    values, caveats = spans_of(put, line), _poor(line)
    artifacts = chart(put, line, said["day"])
    widest = sum((b - a for a, b in line.spans), 0.0)
    if widest > NO_POWER * line.day:
        reason = f"It fits {widest / line.day:.0%} of that day's light."
        return cannot_tell(put, said, reason, values=values, artifacts=artifacts)
    costs = by_source(put.case, line, z=put.z)
    largest = words.dominant(costs, put.case.shadows, "minutes")
    local = words.listed([words.clock_span(span, put.zone) for span in line.spans])
    there = f"{local} ({put.zone_name})"
    statement = say(put.card, "times", **said, times=there, why=_why(largest, "minutes"))
    return Outcome(
        result="times",
        statement=statement,
        reasons=(_reason(largest),),
        needed=() if not largest or "unknown" not in largest else (f"Ask for the {largest.partition(' unknown')[0]}.",),
        estimates=words.elevation(put.case.shadows, put.level, put.z),
        values={**values, "budget": budget(costs, put)},
        caveats=(*put.notes(), *caveats),
        artifacts=artifacts,
    )


def spans_of(put: Put, line: Line) -> dict[str, Any]:
    """The set as When (UTC, whole minutes outward), on the place's clock, and its width [minutes]."""
    sets = [[one.isoformat().replace("+00:00", "Z") for one in words.whole_minutes(span)] for span in line.spans]
    return {
        "times": {"kind": "when", "sets": sets},
        "local": {"zone": put.zone_name, "sets": [words.clock_span(span, put.zone) for span in line.spans]},
        "minutes": round(line.width / 60),
        "chance": line.chance,
    }


def budget(costs: dict[str, float], put: Put) -> dict[str, float]:
    """Plus or minus by source of error, in words."""
    return {name: round(value, 2) for name, value in words.by_name(costs, put.case.shadows).items()}


def _why(largest: str, unit: str) -> str:
    if largest:
        return f" What widens it most is the {largest}."
    return f" Around then the sun hardly moves, which no better measuring mends within {unit}."


def _reason(largest: str) -> Note:
    if largest:
        return Note(code="largest-error", text=f"The largest error: {largest}.")
    return Note(code="sun-turns", text="The sun turns there (noon, or a solstice): its place hardly changes.")


def _poor(line: Line) -> list[Note]:
    if line.chance >= 0.05:
        return []
    return [
        Note(
            code="poor-fit",
            text=f"Length and direction agree badly with each other (a chance of {line.chance:.2g}): "
            "look again at slope, north and what the shadow's end belongs to.",
        )
    ]


def days(put: Put) -> Outcome:
    """On which days of those asked, at a reading of the clock: values `days` (When), `budget` [days].

    Raises Refusal `clock-time` where the clock shows that time on none of the days.
    """
    assert put.clock.second is not None
    at = [one[0] for day in put.clock.each_day() if (one := instants(day, put.clock.second, put.zone))]
    if not at:
        raise Refusal(
            "The clock never shows that time.", saw=put.zone_name, do="Check time and zone.", code="clock-time"
        )
    line = through(put.case, np.array(at), put.spots, level=put.level, rng=put.rng, days=True)
    clock = f"{words.utc(at[0]).astimezone(put.zone):%H:%M} ({put.zone_name})"
    said = {**put.args, "clock": clock, "day": f"any day asked at {clock}"}
    if line is None:
        return never(put, said, "At that time the sun is too low there on all of these days.", "sun-below-horizon")
    if line.chance < SURELY_NOT:
        reason = f"No day comes near: at the best, a chance {words.chance(line.chance)}."
        return never(put, said, reason, "no-day-fits", turned=turned(put, line.at))
    sets = [[words.utc(end).astimezone(put.zone).date().isoformat() for end in span] for span in line.spans]
    number = sum(round((b - a) / 86_400) + 1 for a, b in line.spans)
    light = int(np.isfinite(line.fit.cost).sum())
    values: dict[str, Any] = {
        "days": {"kind": "when", "sets": sets},
        "number": number,
        "of": light,
        "chance": line.chance,
    }
    artifacts = chart(put, line, clock, days=True)
    if number > NO_POWER * light:
        return cannot_tell(put, said, f"{number} of {light} days with sun fit.", values=values, artifacts=artifacts)
    costs = by_source(put.case, line, z=put.z, step=86_400.0)
    largest = words.dominant(costs, put.case.shadows, "days")
    told = words.listed([_dates(first, last) for first, last in sets])
    return Outcome(
        result="days",
        statement=say(put.card, "days", **said, days=told, why=_why(largest, "days")),
        reasons=(_reason(largest),),
        estimates=words.elevation(put.case.shadows, put.level, put.z),
        values={**values, "budget": budget(costs, put)},
        caveats=(*put.notes(), *_poor(line)),
        artifacts=artifacts,
    )


def _dates(first: str, last: str) -> str:
    one, other = (words.day_text(datetime.fromisoformat(f"{text}T00:00+00:00")) for text in (first, last))
    return one if one == other else f"{one} to {other}"


def turned(put: Put, at: F8) -> bool:
    """Whether the directions would fit if they were those of the sun, or told from tip to foot."""
    clues = tuple(
        replace(clue, value=(clue.value + 180) % 360) if clue.kind == "azimuth" and clue.less is None else clue
        for clue in put.case.clues
    )
    if clues == put.case.clues:
        return False
    other = replace(put.case, clues=clues)
    free = max(1, len(clues) - (1 if len(at) > 1 else 0))
    least = min(float(np.min(other.fit(other.said(other.look(at, *spot))).chi2)) for spot in put.spots)
    return bool(stats.chi2.sf(least, free) > 0.05)


def turned_note() -> Note:
    """The hint that goes with it."""
    return Note(
        code="azimuth-turned",
        text="Turned by 180 degrees the direction fits: is it that of the sun, or told from "
        "the tip to the foot? The azimuth of a shadow points from the object's foot to the shadow's tip.",
    )


def never(put: Put, said: dict[str, str], reason: str, code: str, *, turned: bool = False) -> Outcome:
    """The shadow contradicts the place and the day."""
    notes = [Note(code=code, text=reason)]
    return Outcome(
        result="impossible",
        statement=say(put.card, "impossible", **said, reason=reason),
        reasons=(*notes, *([turned_note()] if turned else [])),
        needed=("A check of the place, the day, north, and which end of which shadow was measured.",),
        estimates=words.elevation(put.case.shadows, put.level, put.z),
        caveats=tuple(put.notes()),
    )


def cannot_tell(
    put: Put, said: dict[str, str], reason: str, *, values: dict[str, Any], artifacts: Sequence[Produced]
) -> Outcome:
    """The shadow fits nearly everything."""
    return Outcome(
        result="cannot tell",
        statement=say(put.card, "cannot-tell", **said, reason=reason),
        reasons=(Note(code="no-power", text=reason),),
        needed=("The shadow's direction as well as its length, a longer shadow, or smaller errors.",),
        estimates=words.elevation(put.case.shadows, put.level, put.z),
        values=values,
        caveats=tuple(put.notes()),
        artifacts=tuple(artifacts),
    )


def _unbroken(values: F8, value: float, up: npt.NDArray[np.bool_]) -> tuple[F8, float]:
    """Azimuths from 0 to 360 degrees, or from -180 to 180 where the course passes north by day."""
    if not (np.abs(np.diff(values[up])) > 180).any():
        return values, value
    return np.where(values > 180, values - 360, values), value - 360 if value > 180 else value


def chart(put: Put, line: Line, title: str, *, days: bool = False) -> tuple[Produced, ...]:
    """The sun's course with the bands of the first shadow that has each; none of a sensitive place."""
    if any(ground.sensitive for ground in put.grounds):
        return ()
    curves = []
    for kind, name in (("length", "sun's apparent elevation"), ("azimuth", "azimuth of the shadow")):
        clue = next((one for one in put.case.clues if one.kind == kind and one.less is None), None)
        if clue is None:
            continue
        shadow, seen = put.case.shadows[clue.of], line.seen[clue.of]
        if kind == "length":
            estimate = words.elevation([shadow], put.level, put.z).get("sun_elevation")
            band = None if estimate is None else (estimate.low or 0.0, estimate.high or 90.0)
            values = seen.elevation
        else:
            half = put.z * shadow.azimuth_sigma
            values, middle = _unbroken((seen.azimuth + 180) % 360, clue.value, np.isfinite(line.fit.cost))
            band = (middle - half, middle + half)
        curves.append(Curve(name=name, values=np.where(np.isfinite(line.fit.cost), values, np.nan), band=band))
    if not curves:
        return ()
    if days:
        hours, axis = (line.at - line.at[0]) / 86_400, f"days after {words.day_text(words.utc(line.at[0]))}"
        spans = [((a - line.at[0]) / 86_400 - 0.5, (b - line.at[0]) / 86_400 + 0.5) for a, b in line.spans]
    else:
        hours, axis = (line.at - line.at[0]) / 3600, f"hours after midnight, {put.zone_name}"
        spans = [((a - line.at[0]) / 3600, (b - line.at[0]) / 3600) for a, b in line.spans]
    sign = bool(put.simulated)
    data = day_chart(hours, curves, spans, title=f"{spoken(put.grounds)}, {title}", axis=axis, simulated=sign)
    name = "SIMULATED_sun.svg" if sign else "sun.svg"
    return (Produced(role="sun_chart", name=name, media_type="image/svg+xml", data=data),)

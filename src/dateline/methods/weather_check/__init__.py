"""Does the weather that a picture shows agree with the weather on record? With the distance and the hours between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.edtf import read as read_edtf
from dateline.core.errors import Refusal, UsageError
from dateline.core.estimate import Estimate
from dateline.core.when import Moment, When
from dateline.core.where import Where
from dateline.ledger.finding import Note
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.weather_check.claims import PHENOMENA, Phenomenon, Says
from dateline.methods.weather_check.observation import Observation
from dateline.places.geodesy import distance

CARD = read_card(Path(__file__).parent / "card.md")
LONGEST_GAP = timedelta(hours=1.6)
"""Reports further apart leave room for a shower that none of them saw."""
COMMON = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """The question: the weather, the time and the span in which reports count, the place, how far they reach [km]."""

    claim: Phenomenon
    when: When
    span: tuple[datetime, datetime]
    here: Where | None
    reach: float


@dataclass(frozen=True, slots=True)
class Station:
    """The reports of one station that bear on the time, in order; how far it lies [km], None where nobody knows."""

    name: str
    kind: str
    seen: tuple[Observation, ...]
    apart: Estimate | None
    answer: str
    why: str
    gap: float
    """From the time asked for to the nearest report [h]."""
    share: float
    """Of all its reports that say anything, those that would fit [1]; NaN where none does."""


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - no chance in it
    """Consistent, inconsistent, or no power: weather that a picture shows against reports near it in place and time.

    inputs: `record`, Observations (temperature [degC], wind [m/s], precipitation [mm h-1]); `places`, one Where. at: an
    instant with its zone, a day, an interval; hours [h] around it; reach [km]. Estimates `distance` [km]. Values:
    `when`, `hours_between` [h], `fits_share` [1], `stations`. Rows: one a station. After WMO-No. 306; WMO-No. 8, 2018.
    """
    when = asked_time(str(parameters["at"] or ""))
    claim = PHENOMENA[parameters["claim"]]
    reach = float(parameters["reach"] or claim.reach)
    seen = inputs.many("record", Observation)
    places = inputs.many("places", Where)
    if not seen:
        raise Refusal(
            "There is no report of the weather.", saw="0 reports", do="Give METAR, CSV or JSON.", code="no-record"
        )
    asked = Asked(claim, when, window(when, float(parameters["hours"]), claim), places[0] if places else None, reach)
    stations = sorted(_stations(seen, asked), key=_nearness)
    result, why = _result(stations)
    best = next((one for one in stations if one.answer == result), stations[0] if stations else None)
    args = _args(best, claim, when, why)
    return Outcome(
        result=result,
        statement=say(CARD, result.replace(" ", "-"), **args),
        reasons=tuple(Note(code="station", text=f"{one.name}: {one.answer}; {one.why}.") for one in stations[:12]),
        needed=tuple(_needed(result, stations, claim, reach)),
        estimates={} if best is None or best.apart is None else {"distance": best.apart},
        values={
            "when": {"kind": "when", "sets": [_pair(when)]},
            "claim": claim.words,
            "hours_between": None if best is None else round(best.gap, 2),
            "fits_share": None if best is None or np.isnan(best.share) else round(best.share, 3),
            "stations": len(stations),
        },
        rows=[_row(one) for one in stations],
        caveats=tuple(_caveats(result, stations, best, seen)),
    )


def asked_time(text: str) -> When:
    """The time that a picture is said to be of. Raises Refusal `naive-time`, `no-time`."""
    stripped = text.strip()
    if not stripped:
        raise Refusal("At what time?", saw="nothing", do="Give at: 2024-10-18T02:00:00Z, or a day.", code="no-time")
    if "T" in stripped and "/" not in stripped:
        try:
            moment = datetime.fromisoformat(stripped)
        except ValueError as error:
            raise Refusal(
                "This is no time.", saw=repr(stripped), do="Write 2024-10-18T02:00:00Z.", code="no-time"
            ) from error
        if moment.tzinfo is None:
            raise Refusal(
                "A time without its zone is one of 38 hours.",
                saw=repr(stripped),
                do=f"Write {stripped}Z for UTC, or {stripped}+10:00.",
                code="naive-time",
            )
        return When.on(moment)
    try:
        when = read_edtf(stripped).when
    except UsageError as error:
        code = "naive-time" if "T" in stripped else "no-time"
        raise Refusal("This is no time.", saw=repr(stripped), do=error.do, code=code) from error
    if when.earliest is None or when.latest is None:
        raise Refusal("The time is open at one end.", saw=stripped, do="Give both ends.", code="no-time")
    return when


def window(when: When, hours: float, claim: Phenomenon) -> tuple[datetime, datetime]:
    """From when to when a report bears on it: some hours around, and as long before as the trace stays."""
    around, before = timedelta(hours=hours), timedelta(hours=claim.back)
    return _instant(when.earliest, first=True) - around - before, _instant(when.latest, first=False) + around


def _instant(moment: Moment | None, *, first: bool) -> datetime:
    """A plain day as its hours in UTC: the day of the place may begin 14 hours earlier, which `hours` must cover."""
    assert moment is not None
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return _midnight(moment) if first else _midnight(moment) + timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)


def _stations(seen: Sequence[Observation], asked: Asked) -> Iterator[Station]:
    by_name: dict[tuple[str, str], list[Observation]] = {}
    for one in seen:
        by_name.setdefault((one.station, one.kind), []).append(one)
    for (name, kind), reports in by_name.items():
        ordered = sorted(reports, key=lambda one: one.at)
        near = tuple(one for one in ordered if asked.span[0] <= one.at <= asked.span[1])
        where = next((one.where for one in ordered if one.where is not None), None)
        apart = None if asked.here is None or where is None else distance(asked.here, where)
        answer, why = _answer(near, asked, apart)
        said = [told for one in ordered if (told := asked.claim.says(one)) is not None]
        share = float(np.mean(said)) if said else float("nan")
        gap = min((_gap(one.at, asked.when) for one in ordered), default=float("nan"))
        yield Station(name, kind, near, apart, answer, why, gap, share)


def _gap(at: datetime, when: When) -> float:
    first, last = _instant(when.earliest, first=True), _instant(when.latest, first=False)
    outside = max(first - at, at - last, timedelta(0))
    return outside.total_seconds() / 3600


def _answer(near: Sequence[Observation], asked: Asked, apart: Estimate | None) -> tuple[str, str]:
    """What one station says to the claim, and why."""
    claim, reach = asked.claim, asked.reach
    if not near:
        return "cannot tell", "no report in these hours"
    if apart is None:
        return "no power", "nobody says how far it lies"
    if apart.best > reach:
        return "no power", f"{apart.best:.0f} km away; such weather is told over {reach:g} km"
    said = [(one, claim.says(one)) for one in near]
    one_is = claim.mode == "once"
    deciding = [one for one, told in said if told is one_is]
    if deciding:
        told = f"{len(deciding)} of {len(near)} reports {'for' if one_is else 'against'} it"
        return ("consistent" if one_is else "inconsistent"), told
    if any(told is None for _, told in said):
        return "no power", f"{sum(told is None for _, told in said)} of {len(near)} reports leave it open"
    if not _unbroken([one.at for one in near], asked.span):
        return "no power", "the reports lie so far apart that it may have come between them"
    told = f"all {len(near)} reports {'against' if one_is else 'for'} it, without a gap"
    return ("inconsistent" if one_is else "consistent"), told


def _unbroken(times: Sequence[datetime], span: tuple[datetime, datetime]) -> bool:
    ends = [span[0], *times, span[1]]
    return all(later - earlier <= LONGEST_GAP for earlier, later in pairwise(ends))


def _nearness(one: Station) -> tuple[bool, float, str]:
    return one.apart is None, one.apart.best if one.apart is not None else 0.0, one.name


def _result(stations: Sequence[Station]) -> tuple[str, str]:
    """The answer of those that can tell; where they differ, the record has no power."""
    told = {one.answer for one in stations if one.answer in {"consistent", "inconsistent"}}
    if len(told) == 1:
        return next(iter(told)), ""
    if told:
        return "no power", "stations within reach differ"
    powerless = [one for one in stations if one.answer == "no power"]
    return ("no power", powerless[0].why) if powerless else ("cannot tell", "no report in these hours")


def _args(best: Station | None, claim: Phenomenon, when: When, why: str) -> dict[str, str]:
    moment = when.earliest
    at = f"{moment.astimezone(UTC):%H:%M} UTC on {when.spoken()}" if isinstance(moment, datetime) else when.spoken()
    if best is None:
        return {"claim": claim.words, "when": at, "why": why, "station": "", "km": "", "hours": "", "told": ""}
    km = "at an unknown distance" if best.apart is None else f"{best.apart.best:.0f} km away"
    hours = "within the time" if best.gap == 0 else f"{best.gap:.1f} hours from it"
    return {
        "claim": claim.words,
        "when": at,
        "why": why,
        "station": best.name,
        "km": km,
        "hours": hours,
        "told": best.why,
    }


def _needed(result: str, stations: Sequence[Station], claim: Phenomenon, reach: float) -> Iterator[str]:
    if result in {"no power", "cannot tell"}:
        yield f"Reports within {reach:g} km and these hours that tell of {claim.words}."
    if any(one.apart is None for one in stations):
        yield "Where each station stands: a line `# UHWW 43.399 132.148` (lat lon) above its reports, or lat and lon."


def _row(one: Station) -> dict[str, Any]:
    return {
        "station": one.name,
        "kind": one.kind,
        "distance_km": None if one.apart is None else round(one.apart.best, 1),
        "reports": len(one.seen),
        "hours_between": None if np.isnan(one.gap) else round(one.gap, 2),
        "answer": one.answer,
        "why": one.why,
        "fits_share": None if np.isnan(one.share) else round(one.share, 3),
    }


def _caveats(
    result: str, stations: Sequence[Station], best: Station | None, seen: Sequence[Observation]
) -> Iterator[Note]:
    if len({one.answer for one in stations} & {"consistent", "inconsistent"}) > 1:
        yield Note(code="stations-differ", text="Stations within reach contradict each other.")
    if any(one.apart is None for one in stations):
        names = ", ".join(one.name for one in stations if one.apart is None)
        yield Note(code="distance-unknown", text=f"Where these stand is not told, so they carry nothing: {names}.")
    if result == "consistent" and best is not None and best.share >= COMMON:
        text = f"It was so in {100 * best.share:.0f} % of all reports of {best.name} given: that it fits says little."
        yield Note(code="common-weather", text=text)
    if any(one.kind == "reanalysis" for one in seen):
        yield Note(code="reanalysis", text="A reanalysis is a model’s weather in a grid cell and no look at the sky.")


def _pair(when: When) -> list[str | None]:
    def told(moment: Moment | None) -> str | None:
        if isinstance(moment, datetime):
            return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return None if moment is None else moment.isoformat()

    return [told(when.earliest), told(when.latest)]


__all__ = ["CARD", "Says", "run"]

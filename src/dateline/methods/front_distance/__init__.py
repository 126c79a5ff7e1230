"""How far a place lay from the front on a day: every maker, both readings, the maps before and after, as one range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.core.where import Where
from dateline.ledger.finding import Note
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, say
from dateline.methods.front_distance.drawn import (
    Handed,
    Said,
    by_table,
    handed_by_table,
    handed_over,
    said_of,
    speaking,
    speed,
)
from dateline.places.front import Control, FrontMap
from dateline.places.told_distance import kilometres

CARD = read_card(Path(__file__).parent / "card.md")


@dataclass(frozen=True, slots=True)
class _Found:
    said: tuple[Said, ...]
    tables: tuple[dict[str, object], ...]
    handed: tuple[Handed, ...]
    speeds: dict[str, float]


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:  # noqa: ARG001 - the contract
    """Signed distance [km] of a place from the drawn front on a day, negative inside the occupied land.

    inputs: `maps` (FrontMap), `controls` (Control), `places`, one mapping of id to Where; `names`. Estimate `distance`
    is the range over makers, readings and the maps before and after; rows hold each. Distances after Karney 2013 (doi
    10.1007/s00190-012-0578-z), through PROJ. Raises Refusal `no-day`.
    """
    ((_, where),) = inputs.one("places", dict).items()
    ((_, name),) = inputs.one("names", dict).items()
    at = _at(parameters["at"])
    start, end = _ends(at)
    maps, controls = inputs.many("maps", FrontMap), inputs.many("controls", Control)
    chosen = speaking(maps, start, end, parameters["oldest"])
    makers = sorted({one.maker for one in maps})
    found = _Found(
        said=tuple(said_of(chosen, where, end)),
        tables=tuple(by_table(controls, where, end, parameters["oldest"])),
        handed=(*handed_over(maps, where), *handed_by_table(controls, where)),
        speeds={
            maker: pace
            for maker in makers
            if (pace := speed([one for one in maps if one.maker == maker], where, end, parameters["window"]))
            is not None
        },
    )
    if not found.said:
        oldest = f"{parameters['oldest']:g} days"
        reason = _too_far() if chosen else _too_old(maps, oldest)
        return _cannot_tell(name, at, reason, found)
    return _outcome(name, where, at, found)


def _at(text: str | None) -> When:
    if not text:
        raise Refusal(
            "A front without a date is no answer.", saw="no day", do="Give --at YYYY-MM-DD or an interval.",
            code="no-day",
        )  # fmt: skip
    at = When.from_edtf(text)
    if at.earliest is None or at.latest is None:
        raise Refusal(
            "The day that is asked about has an open end.", saw=text, do="Give both ends: 2024-11-05/2024-11-09.",
            code="no-day",
        )  # fmt: skip
    return at


def _ends(at: When) -> tuple[datetime, datetime]:
    """Both ends as instants; a plain day is its whole day in UTC."""
    first, last = at.earliest, at.latest
    assert first is not None
    assert last is not None
    start = first if isinstance(first, datetime) else datetime.combine(first, time(), UTC)
    end = last if isinstance(last, datetime) else datetime.combine(last, time(), UTC) + timedelta(days=1)
    return start, end


def _outcome(name: str, where: Where, at: When, found: _Found) -> Outcome:
    lows = [said.side.distance.low for said in found.said]
    highs = [said.side.distance.high for said in found.said]
    low, high = min(one for one in lows if one is not None), max(one for one in highs if one is not None)
    plain = [said.side.distance.best for said in found.said if said.reading == "occupied"]
    best = float(np.median(plain)) if plain else (low + high) / 2
    makers = sorted({said.map.maker for said in found.said})
    words = {
        "place": name,
        "at": f"({at.spoken()})",
        "makers": f"{len(makers)} map-makers" if len(makers) > 1 else f"one map-maker ({makers[0]})",
        "age": _ages(found.said),
    }
    result, statement = _worded(low, high, words)
    how = "range over map-makers, readings of unknown land, and the maps before and after; negative inside"
    return Outcome(
        result=result,
        statement=statement,
        estimates={
            "distance": Estimate(
                best=best, low=low, high=high, unit="km", level=0.95, n=len(makers), how=how,
            )
        },
        reasons=(Note(code="as-drawn", text=_each(found.said)),),
        values=_values(found),
        rows=[*(_row(said) for said in found.said), *found.tables],
        caveats=tuple(_caveats(found, makers, where)),
    )  # fmt: skip


def _worded(low: float, high: float, words: dict[str, str]) -> tuple[str, Any]:
    if low > 0:
        return "outside", say(CARD, "outside", range=_range(low, high), **words)
    if high < 0:
        return "inside", say(CARD, "inside", range=_range(-high, -low), **words)
    return "map-makers differ", say(CARD, "differ", deep=kilometres(-low), far=kilometres(high), **words)


def _range(low: float, high: float) -> str:
    """Two distances with the unit once: 4 to 7 km."""
    one, other = kilometres(low), kilometres(high)
    if one == other:
        return f"about {one}"
    same = one.rpartition(" ")[2] == other.rpartition(" ")[2]
    return f"{one.rpartition(' ')[0] if same else one} to {other}"


def _ages(said: Sequence[Said]) -> str:
    """How old the maps were at the end of the day, in words."""
    before = [max(0.0, one.age) for one in said if one.age >= 0]
    after = [one for one in said if one.age < 0]
    if not before:
        return "drawn after that day"
    least, most = round(min(before)), round(max(before))
    days = "1 day" if most == 1 else f"{most} days"
    age = f"{days} old" if least == most else f"{least} to {days} old"
    return (age if most else "of that day") + (", and drawn after it" if after else "")


def _each(said: Sequence[Said]) -> str:
    return "; ".join(
        f"{one.map.maker}, {one.map.last:%Y-%m-%d %H:%M} UTC, {one.reading}: {one.side.distance.best:+.1f} km"
        for one in said
    )


def _row(said: Said) -> dict[str, object]:
    far = said.side.distance
    return {
        "maker": said.map.maker, "published": said.map.last.isoformat(), "reading": said.reading, "place": None,
        "distance": far.best, "low": far.low, "high": far.high, "age_days": said.age, "file": said.map.file,
    }  # fmt: skip


def _values(found: _Found) -> dict[str, Any]:
    return {
        "speed_km_per_day": {maker: round(pace, 3) for maker, pace in found.speeds.items()},
        "changed_hands": [
            {"maker": one.maker, "to": "occupied" if one.taken else "not occupied", "when": one.when.to_json()}
            for one in found.handed
        ],
        "taken": {"kind": "when", "sets": _taken(found.handed)},
    }


def _taken(handed: Sequence[Handed]) -> list[list[str]]:
    """When it was last taken, by each maker, as sets of EDTF bounds."""
    last: dict[str, When] = {}
    for one in handed:
        if one.taken:
            last[one.maker] = one.when
    return [[str(when.earliest), str(when.latest)] for when in last.values()]


def _caveats(found: _Found, makers: Sequence[str], where: Where) -> list[Note]:
    notes = [
        Note(code="edge-precision", text="Makers publish no error of their lines; theirs is not in the range."),
    ]
    if len(makers) == 1:
        notes.append(Note(code="one-maker", text=f"All maps are {makers[0]}'s: one source."))
    if any(one.side.is_at_border for one in found.said):
        text = "The nearest edge is also a coast or a state's border: who stood behind it these maps do not say."
        notes.append(Note(code="edge-is-border", text=text))
    lacking = sorted({one.map.maker for one in found.said} - {
        one.map.maker for one in found.said if one.reading != "occupied"
    })  # fmt: skip
    if lacking:
        text = f"{', '.join(lacking)}: land of unknown status is not drawn apart."
        notes.append(Note(code="unknown-not-drawn", text=text))
    taken: dict[str, When] = {one.maker: one.when for one in found.handed if one.taken}
    apart = any(not one.may_meet(other) for one in taken.values() for other in taken.values())
    if apart:
        told = "; ".join(f"{maker}: {when.spoken()}" for maker, when in taken.items())
        notes.append(Note(code="handed-over-differs", text=f"When the place was taken: {told}."))
    if not where.is_area and where.radius is None:
        notes.append(Note(code="precision-unknown", text="Nobody said how precise the position is."))
    return notes


def _too_far() -> Note:
    return Note(code="too-far", text="the maps draw no front within 400 km of it")


def _too_old(maps: Sequence[FrontMap], oldest: str) -> Note:
    told = "no map was given"
    if maps:
        first, last = min(one.first for one in maps), max(one.last for one in maps)
        told = f"those given run from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return Note(code="map-old", text=f"no map lies within {oldest} of it; {told}")


def _cannot_tell(name: str, at: When, reason: Note, found: _Found) -> Outcome:
    return Outcome(
        result="cannot tell",
        statement=say(CARD, "cannot-tell", place=name, at=f"({at.spoken()})", reason=f"{reason.text}."),
        reasons=(reason,),
        needed=("A map published within a few days of that day.",),
        values=_values(found),
        rows=list(found.tables),
    )

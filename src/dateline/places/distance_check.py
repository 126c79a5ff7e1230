"""Is a told distance true? Its straight line on the ellipsoid, with both ends' doubt, against what the words allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from shapely.geometry import MultiPolygon, Point, Polygon, mapping

from dateline.core import Where
from dateline.places.borders import PRECISION, borders
from dateline.places.candidate import Candidate
from dateline.places.coordinates import latlon
from dateline.places.geodesy import bearing, distance, middle, sector
from dateline.places.told_distance import ToldDistance, kilometres, tolerance

Outcome = Literal["matches", "differs", "unknown"]
Lookup = Callable[[str], Sequence[Candidate]]
"""Every place that a name may mean, best first."""

UNSAID = 5.0
"""[km] How far off a line's length may be where nobody said how precise its ends are: a rule of thumb, for towns."""
ROAD = 1.8
"""How many times its straight line a distance may be and still be told as "may be by road": a rule of thumb."""
IN_MIND = 3.0
"""Namesakes farther away than so many times the told distance are not what a sentence has in mind: a rule of thumb."""
TOWN = 10_000
"""People. A town so large has no namesake near it that a gazetteer lacks: a rule of thumb; villages have."""
_MOST = 40
_STRAIGHT = frozenset({None, "as the crow flies", "in a straight line"})
_PEOPLE = {
    "ukrainian": "ukraine", "russian": "russia", "north korean": "north korea", "south korean": "south korea",
    "chinese": "china", "belarusian": "belarus", "polish": "poland", "romanian": "romania", "moldovan": "moldova",
    "japanese": "japan", "mongolian": "mongolia", "iranian": "iran", "turkish": "turkey", "syrian": "syria",
    "israeli": "israel", "lebanese": "lebanon", "finnish": "finland", "estonian": "estonia", "latvian": "latvia",
    "lithuanian": "lithuania", "georgian": "georgia", "kazakh": "kazakhstan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DistanceCheck:
    """What is to be said of one told distance, for an editor."""

    told: ToldDistance
    outcome: Outcome
    words: str


@dataclass(frozen=True, slots=True)
class Fit:
    """How a told distance stands to one straight line: its length and bounds [km], its bearing [degrees], and why."""

    outcome: Outcome
    best: float
    low: float
    bearing: float
    why: str
    may_be_by_road: bool
    words: str
    """The whole clause: '78 km in a straight line, north (5 degrees); 98 may be by road; the mode is not stated'."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One way to read a sentence: which place is meant, and how the telling fits it."""

    subject: Candidate
    fit: Fit
    is_known: bool = True
    """Whether both ends are the case's own places or towns, so that no namesake that is not listed can be meant."""

    def words(self, *, named: bool) -> str:
        lon, lat = middle(self.subject.where)
        return f"{self.subject.name} ({latlon(lon, lat, decimals=2)}): {self.fit.words}" if named else self.fit.words


def check_distance(told: ToldDistance, lookup: Lookup, view: str) -> DistanceCheck:
    """The distance told against the one measured, for every place that the names may mean.

    lookup: a case's own places win in it. view: whose borders (see `country_of`). It matches where the straight line
    with both ends' doubt meets what the words allow and the direction lies in its sector; of namesakes nothing is
    chosen.
    """
    if told.is_front:
        return DistanceCheck(told, "unknown", "how near the front was on a day is for front_distance to say")
    if told.subjects == ():
        return DistanceCheck(told, "unknown", "the sentence does not name what lies there")
    name, subjects = _first_known(told.subjects, lookup)
    if not subjects:
        return DistanceCheck(told, "unknown", _not_known(name, lookup))
    return _if_meant(_against(told, subjects, lookup, view), subjects[0], told.is_beside and name == told.subjects[0])


def _first_known(names: Sequence[str], lookup: Lookup) -> tuple[str, Sequence[Candidate]]:
    """The likeliest of the names that is a place's, and all its places; the first name and none where none is known."""
    for name in names:
        if (_state(name) is None or _is_own(lookup(name))) and (found := _exact(lookup(name))):
            return name, found
    return names[0], ()


def _is_own(found: Sequence[Candidate]) -> bool:
    return any(one.kind == "own" for one in found)


def _if_meant(checked: DistanceCheck, subject: Candidate, is_sure: bool) -> DistanceCheck:
    """Nothing is held against a sentence that may speak of another place than the one that was found in it."""
    if is_sure or checked.outcome != "differs":
        return checked
    words = f"the sentence does not plainly name what lies there; if it is {subject.name}: {checked.words}"
    return DistanceCheck(checked.told, "unknown", words)


def _against(told: ToldDistance, subjects: Sequence[Candidate], lookup: Lookup, view: str) -> DistanceCheck:
    if told.border is not None:
        return _against_border(told, subjects, view)
    assert told.reference is not None
    references = _exact(lookup(told.reference))
    code = None if told.reference.lower() in _PEOPLE else _state(told.reference)  # "from Russian positions"
    if code is not None and not any(one.kind == "own" or one.country == borders().letters[code] for one in references):
        return _to_edges(told, subjects, [_land(one.where, code, view) for one in subjects])
    if not references:
        return DistanceCheck(told, "unknown", _not_known(told.reference, lookup))
    lines = [
        _Line(one, fit_of(told, one.where, other.where), _is_known(one) and _is_known(other))
        for other in references
        for one in subjects
        if one.id != other.id
    ]  # fmt: skip
    return _answer(told, sorted(lines, key=lambda line: abs(line.fit.best - told.value)))


def _is_known(one: Candidate) -> bool:
    return one.kind == "own" or (one.population or 0) >= TOWN


def _exact(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The case's own place, else all that are spelled so, else all that sound so; similar names are no answer."""
    for kind in ("own", "spelled", "sounding"):
        if same := tuple(one for one in found if one.kind == kind)[:_MOST]:
            return same
    return ()


def _not_known(name: str, lookup: Lookup) -> str:
    similar = [one for one in lookup(name) if one.kind == "nearly"][:3]
    meant = "; similar: " + ", ".join(one.line() for one in similar) if similar else ""
    return f"no gazetteer here holds {name!r}{meant}"


def fit_of(told: ToldDistance, place: Where, reference: Where) -> Fit:
    """A told distance against the straight line from a reference to a place, with both ends' radius or precision.

    Where nobody said how precise an end is, UNSAID stands for it: a sentence is not blamed for what we do not know.
    """
    far, way = distance(reference, place), bearing(reference, place).best
    low = max(0.0, far.best - UNSAID) if far.low is None else far.low
    high = far.best + UNSAID if far.high is None else far.high
    too_short = told.high is not None and told.high < low
    too_long = told.low > high
    ways = (way, _rhumb(reference, place))
    off = told.way is not None and not _is_that_way(told, ways, (high - low) / 2, far.best)
    road = too_long and told.mode is None and told.value <= ROAD * far.best
    why = [*_why_far(told, too_short=too_short, too_long=too_long, road=road), *([f"not {told.way}"] if off else [])]
    measured = f"{kilometres(far.best)} in a straight line" + (
        f", {sector(way)} ({way:.0f} degrees)" if told.way is not None else ""
    )
    by_road = too_long and told.mode not in _STRAIGHT and not off  # roads are not known here
    return Fit(
        outcome="unknown" if by_road else "differs" if why else "matches",
        best=far.best, low=low, bearing=way, why="; ".join(why), may_be_by_road=road,
        words="; ".join([measured, *why]),
    )  # fmt: skip


def _is_that_way(told: ToldDistance, degrees: Sequence[float], slack: float, far: float) -> bool:
    assert told.way is not None
    assert told.direction is not None
    off = min(abs((way - told.direction + 180.0) % 360.0 - 180.0) for way in degrees)
    doubt = math.degrees(math.asin(min(1.0, slack / far))) if far > 0 else 180.0
    return off <= tolerance(told.way) + doubt


def _rhumb(start: Where, end: Where) -> float:
    """The constant bearing [degrees] from one place to another on the sphere, as Mercator's projection shows it.

    People say that Vladivostok lies east of Moscow, though the shortest way sets out to the north-east.
    """
    (lon1, lat1), (lon2, lat2) = middle(start), middle(end)
    north = [math.asinh(math.tan(math.radians(max(-89.9, min(89.9, lat))))) for lat in (lat1, lat2)]
    east = math.radians((lon2 - lon1 + 180.0) % 360.0 - 180.0)
    return math.degrees(math.atan2(east, north[1] - north[0])) % 360.0


def _why_far(told: ToldDistance, *, too_short: bool, too_long: bool, road: bool) -> list[str]:
    shown = f"{told.value:,.0f}" if told.value >= 9.95 else f"{told.value:.3g}"
    if too_short:
        return [f"{shown} km is shorter than that, which no way is"]
    if road:
        return [f"{shown} may be by road; the mode is not stated"]
    if too_long:
        return [f"not {shown} km" if told.mode in _STRAIGHT else f"{shown} km {told.mode} is not known here"]
    return []


def _answer(told: ToldDistance, lines: Sequence[_Line]) -> DistanceCheck:
    if not lines:
        return DistanceCheck(told, "unknown", "both names mean the same place")
    named = len(lines) > 1
    meant: Sequence[_Line] = [line for line in lines if line.fit.low <= IN_MIND * told.value]
    if not meant and not lines[0].is_known:
        words = "no place of that name is known here so near; the nearest: " + lines[0].words(named=True)
        return DistanceCheck(told, "unknown", words)
    meant = meant or lines[:1]
    outcomes = {line.fit.outcome for line in meant}
    if "matches" not in outcomes:  # nothing differs that may be a namesake's way by road
        first = next((line for line in meant if line.fit.outcome == "unknown"), meant[0])
        return DistanceCheck(told, first.fit.outcome, first.words(named=named))
    fitting = next(line for line in meant if line.fit.outcome == "matches")
    if len(outcomes) == 1:
        return DistanceCheck(told, "matches", fitting.words(named=named))
    others = "; ".join(line.words(named=True) for line in meant if line.fit.outcome != "matches")
    return DistanceCheck(told, "unknown", f"{fitting.words(named=True)}; but {others}. Say which is meant")


def _against_border(told: ToldDistance, subjects: Sequence[Candidate], view: str) -> DistanceCheck:
    codes = []
    for name in (told.border, told.border_with):
        code = None if name is None else _state(name)
        if name is not None and code is None:
            return DistanceCheck(told, "unknown", f"no country here is called {name!r}")
        codes += [] if code is None else [code]
    return _to_edges(told, subjects, [_border_near(subject.where, codes, view) for subject in subjects])


def _to_edges(told: ToldDistance, subjects: Sequence[Candidate], edges: Sequence[Where | None]) -> DistanceCheck:
    """From each place to its own edge of a state."""
    lines = [
        _Line(one, fit_of(told, one.where, edge), _is_known(one))
        for one, edge in zip(subjects, edges, strict=True)
        if edge is not None
    ]
    if not lines:
        return DistanceCheck(told, "unknown", "no such land border is drawn here")
    return _answer(told, sorted(lines, key=lambda line: abs(line.fit.best - told.value)))


def _state(name: str) -> str | None:
    """The three-letter code of a state by its name or its people's; None for any other name."""
    name = _PEOPLE.get(name.lower(), name.lower())
    return next((code for code, title in borders().names.items() if title.lower() == name), None)


def _border_near(place: Where, codes: Sequence[str], view: str) -> Where | None:
    """The border between two states that is nearest to a place; of one state, its land as seen from outside it.

    From inside it is the nearest land border. None where there is none.
    """
    found = borders()
    point = Point(middle(place))
    is_outside = not any(part.covers(point) for part in _parts(codes[0], view))
    if len(codes) == 1 and is_outside:
        return _land(place, codes[0], view)
    lines = [
        line.shape
        for line in found.lines
        if line.sides.issuperset(codes) and (len(codes) > 1 or line.standing[view] != "not recognised")
    ]
    if not lines:
        return None
    nearest = min(lines, key=point.distance)
    spot = nearest.interpolate(nearest.project(point))
    return Where.point(lon=spot.x, lat=spot.y, radius=PRECISION)


def _land(place: Where, code: str, view: str) -> Where:
    """The parts of a state that are nearest to a place."""
    near = sorted(_parts(code, view), key=Point(middle(place)).distance)[:3]
    return Where.area(mapping(MultiPolygon(near))["coordinates"], precision=PRECISION)


def _parts(code: str, view: str) -> list[Polygon]:
    return [part.shape for part in borders().parts if part.owner[view] == code]

"""A place that a name may mean, with the reasons; and the question to ask when there are several."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dateline.core import Estimate, UsageError, Where
from dateline.places.atlas import Hit
from dateline.places.coordinates import latlon
from dateline.places.geodesy import describe_distance, distance, middle
from dateline.places.named import NamedPlace
from dateline.places.names import folded, sound

PEOPLE_PER_KM2 = 2500.0
"""How dense a town is taken to be when its extent is guessed from its population: a rule of thumb."""
CENTRE_ERROR = 1000.0
"""[m] How far a gazetteer's point may lie from the middle of a town: a rule of thumb."""

KINDS = ("own", "spelled", "sounding", "nearly")
MOST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that a name may mean, and why.

    kind: "own" (the case's place), "spelled" (the same letters), "sounding" (the same name in another script or
    transliteration), "nearly" (a few letters differ). country and admin are the source's own codes. population
    None is unknown. distance [km] from the place that was given as near.
    """

    id: str
    name: str
    where: Where
    kind: str
    spelling: str
    source: str
    country: str | None = None
    admin: str | None = None
    population: int | None = None
    edits: int = 0
    distance: Estimate | None = None
    reasons: tuple[str, ...] = ()

    def line(self) -> str:
        """One line for a list: name, position, country as stated, people, why."""
        lon, lat = middle(self.where)
        country = f", {self.country}" if self.country else ""
        return f"{self.name}{country}: {latlon(lon, lat)} ({'; '.join(self.reasons)})"

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types, for programs."""
        return {
            "id": self.id, "name": self.name, "where": self.where.to_json(), "kind": self.kind,
            "spelling": self.spelling, "source": self.source, "country": self.country, "admin": self.admin,
            "population": self.population, "edits": self.edits, "reasons": list(self.reasons),
            "distance": None if self.distance is None else self.distance.to_json(),
        }  # fmt: skip


class AmbiguousPlace(UsageError):
    """Several places answer to a name, or only similar names do: a person must choose. See `candidates`."""

    default_code = "ambiguous-place"

    def __init__(self, what: str, candidates: Sequence[Candidate], *, name: str, count: int) -> None:
        self.candidates = tuple(candidates)
        lines = [f"{number}. {candidate.line()}" for number, candidate in enumerate(candidates, 1)]
        if count > len(candidates):
            lines.append(f"and {count - len(candidates)} more")
        first = candidates[0]
        lon, lat = middle(first.where)
        super().__init__(
            what,
            saw="\n       ".join(lines),
            do=f'Write "{first.name}@{lat:.2f},{lon:.2f}" for the first, or "{name}#1"; or say near which place.',
        )


def town_radius(population: int | None) -> float:
    """How far a town reaches around its gazetteer point [m]: a rule of thumb, 1 km and a disc of 2,500 people/km2."""
    return CENTRE_ERROR + round(1000 * math.sqrt((population or 0) / (math.pi * PEOPLE_PER_KM2)), -2)


def matching_spelling(place: NamedPlace, name: str) -> str | None:
    """The spelling of a case's place that a name matches in letters or sound, if any."""
    spellings = (place.name, *place.names, place.id)
    same = (text for text in spellings if folded(text) == folded(name) or sound(text) == sound(name))
    return next(same, None) if folded(name) else None


def from_case(place: NamedPlace, spelling: str) -> Candidate:
    """A case's own place that was asked for under one of its spellings."""
    return Candidate(
        id=place.id, name=place.name, where=place.where, kind="own", spelling=spelling, source="this case",
        reasons=("a place of this case",),
    )  # fmt: skip


def from_hit(hit: Hit, titles: tuple[str, ...]) -> Candidate:
    """A place of one or several sources, with a radius [m] guessed from its population."""
    entry = hit.entry
    return Candidate(
        id=entry.ref,
        name=entry.name,
        where=Where.point(lon=entry.lon, lat=entry.lat, radius=town_radius(entry.population)),
        kind=hit.kind,
        spelling=hit.spelling,
        source=" and ".join(titles),
        country=entry.country,
        admin=entry.admin,
        population=entry.population,
        edits=hit.edits,
        reasons=(*_why(hit), *titles),
    )


def measured(candidate: Candidate, near: Where) -> Candidate:
    """The candidate with its distance [km] from a place."""
    return replace(candidate, distance=distance(near, candidate.where))


def seen_from(candidate: Candidate, town: Where, name: str) -> Candidate:
    """The candidate with its direction from a town as first reason: from middle to middle, as towns are told."""
    clause = describe_distance(_bare(candidate.where), _bare(town), name)
    return replace(candidate, reasons=(clause, *candidate.reasons))


def rank(candidate: Candidate) -> tuple[int, int, float, int, str]:
    """What comes first in a list: the better match, then the nearer, then the larger; the same every time."""
    kind = KINDS.index(candidate.kind)
    return kind, candidate.edits, kilometres(candidate), -(candidate.population or 0), candidate.id


def kilometres(candidate: Candidate) -> float:
    """How far a measured candidate is [km]; 0 for one that was not measured, so that it does not weigh."""
    return 0.0 if candidate.distance is None else candidate.distance.best


def _bare(where: Where) -> Where:
    lon, lat = middle(where)
    return Where.point(lon=lon, lat=lat)


def _why(hit: Hit) -> Iterator[str]:
    match hit.kind:
        case "spelled" if hit.spelling != hit.entry.name:
            yield f"also spelled {hit.spelling}"
        case "sounding":
            yield f"the same name as {hit.spelling}" if hit.spelling != hit.entry.name else "the same name"
        case "nearly":
            yield f"{hit.edits} letter{'s' if hit.edits != 1 else ''} from {hit.spelling}"
    if hit.entry.population is not None:
        yield f"{hit.entry.population:,} people"

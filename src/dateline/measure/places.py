"""Places for a measurement without a case: from a file, a pasted position, or a name."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from dateline.core.errors import UsageError
from dateline.core.identity import digest
from dateline.core.where import Where
from dateline.ledger.case import HEAD, Case
from dateline.measure.request import Site
from dateline.places.candidate import matching_spelling
from dateline.places.gazetteer import Gazetteer
from dateline.places.named import NamedPlace, slug
from dateline.places.parse import read_places
from dateline.places.positions import read_position


def sites_in_file(path: Path, radius_km: float) -> tuple[Site, ...]:
    """Every place of a KML, GeoJSON, GeoPackage, Shapefile, GPX or CSV file; points get a radius [km]."""
    return tuple(_site(place.id, place.name, place.where, radius_km) for place in read_places(path))


def case_at(folder: Path) -> Case | None:
    """The case in a folder; None where the folder is no case. Raises RecordError for one that cannot be read."""
    return Case.load(folder) if (folder / HEAD).is_file() else None


def own_places(case: Case | None) -> tuple[NamedPlace, ...]:
    """The places of a case by all their names; none without a case."""
    if case is None:
        return ()
    language = case.head.languages[0]
    return tuple(
        NamedPlace(id=name, name=one.name(language), where=one.where, origin=HEAD, names=tuple(one.names.values()))
        for name, one in case.places.items()
    )


def site_named(text: str, radius_km: float | None, near: str | None = None, own: Sequence[NamedPlace] = ()) -> Site:
    """A place from a pasted position, or a name looked up offline. radius_km: None keeps how well it is known.

    `own`, a case's places, win. `near` ("lat, lon") chooses between places of one name. Raises AmbiguousPlace
    listing all of them otherwise.
    """
    spot = read_position(text, order="lat,lon")  # the order that every help text asks for
    if spot is not None:
        name = spot.name or text.strip()
        return _site(slug(name), name, spot.where, radius_km)
    found = gazetteer().resolve(text, near=around(near), own=own)
    return _site(slug(found.name), found.name, found.where, radius_km)


def around(near: str | None) -> Where | None:
    """The position that --near gives; None without one. Raises UsageError `position` for anything else."""
    if near is None:
        return None
    position = read_position(near, order="lat,lon")
    if position is None:
        raise UsageError("--near is a position.", saw=repr(near), do="Write 'lat, lon'.", code="position")
    return position.where


def not_for_print(case: Case | None, asked: Sequence[str]) -> tuple[str, ...]:
    """A warning for each sensitive place of a case among the names that were asked for."""
    if case is None:
        return ()
    return tuple(
        f"{place.name} is a sensitive place of this case: its position and distances are not for print."
        for place in own_places(case)
        if case.places[place.id].is_sensitive and any(matching_spelling(place, name) for name in asked)
    )


def gazetteer() -> Gazetteer:
    """The built-in gazetteer; says on stderr that it is built the first time."""
    return Gazetteer.open(say=lambda text: print(text, file=sys.stderr))  # noqa: T201 - half a minute needs a word


def _site(name: str, title: str, where: Where, radius_km: float | None) -> Site:
    if not where.is_area and radius_km is not None:
        assert where.lon is not None
        assert where.lat is not None
        where = Where.point(lon=where.lon, lat=where.lat, radius=1000 * radius_km)
    return Site(id=name, name=title, where=where, sha256=digest(where.to_json()))

"""Places for a measurement without a case: from a file, a pasted position, or a name."""

from __future__ import annotations

import sys
from pathlib import Path

from dateline.core.errors import UsageError
from dateline.core.identity import digest
from dateline.core.where import Where
from dateline.measure.request import Site
from dateline.places.gazetteer import Gazetteer
from dateline.places.named import slug
from dateline.places.parse import read_places
from dateline.places.positions import read_position


def sites_in_file(path: Path, radius_km: float) -> tuple[Site, ...]:
    """Every place of a KML, GeoJSON, GeoPackage, Shapefile, GPX or CSV file; points get a radius [km]."""
    return tuple(_site(place.id, place.name, place.where, radius_km) for place in read_places(path))


def site_named(text: str, radius_km: float, near: str | None = None) -> Site:
    """A place from a pasted position, or a name looked up offline.

    `near` ("lat, lon") chooses between places of one name. Raises AmbiguousPlace listing all of them otherwise.
    """
    spot = read_position(text, order="lat,lon")  # the order that every help text asks for
    if spot is not None:
        name = spot.name or text.strip()
        return _site(slug(name), name, spot.where, radius_km)
    around = None
    if near is not None:
        position = read_position(near, order="lat,lon")
        if position is None:
            raise UsageError("--near is a position.", saw=repr(near), do="Write 'lat, lon'.", code="position")
        around = position.where
    found = gazetteer().resolve(text, near=around)
    return _site(slug(found.name), found.name, found.where, radius_km)


def gazetteer() -> Gazetteer:
    """The built-in gazetteer; says on stderr that it is built the first time."""
    return Gazetteer.open(say=lambda text: print(text, file=sys.stderr))  # noqa: T201 - half a minute needs a word


def _site(name: str, title: str, where: Where, radius_km: float) -> Site:
    if not where.is_area:
        assert where.lon is not None
        assert where.lat is not None
        where = Where.point(lon=where.lon, lat=where.lat, radius=1000 * radius_km)
    return Site(id=name, name=title, where=where, sha256=digest(where.to_json()))

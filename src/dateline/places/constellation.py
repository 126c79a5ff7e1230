"""A description of a place by what stands around it: read from words, scored at every place where it may be.

"church within 100 m of a railway, water tower north of it within 600 m, no river within 300 m". The first feature is
the anchor; each further one is bound to it by distance, direction, number or absence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from dateline.core import UsageError
from dateline.places.features import KINDS, Features, is_kind
from dateline.places.told_distance import DIRECTIONS, direction_of

F8 = npt.NDArray[np.float64]

FARTHEST = 1_000.0
"""[m] How far a feature without a stated distance is looked for."""
REACH = 20_000.0
"""[m] The farthest that a feature may be bound to the anchor: nobody sees farther in a picture."""
_PAIRS = 2_000_000
"""How many pairs of a place and a feature are measured at a time: it bounds the memory."""
SOFT = 0.5
"""Beyond its bound a distance loses credit over this share of the bound: people misjudge distances by so much."""
SOFT_ANGLE = 22.5
"""[degrees] Beyond its sector a direction loses credit over this."""
MISSING = 0.1
"""Credit of a feature that is not on the map: maps lack features, so that nothing is ruled out for good."""
NOT_ABSENT = 0.1
"""Credit where something that should be absent is there."""

_ARTICLE = r"(?:(?:an?|the|some)\s+)?"
_METRES = {"km": 1000.0, "kilomet": 1000.0, "m": 1.0, "met": 1.0, "yard": 0.9144, "mile": 1609.344}
_UNIT = r"km|kilomet(?:re|er)s?|met(?:re|er)s?|m|yards?|miles?"
_LONG = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
_FAR = rf"(?:within|less\s+than|under|at\s+most|<)\s*(?P<far>{_LONG})\s*(?P<unit>{_UNIT})\b"
_NEAR = rf"(?:more\s+than|at\s+least|over|>)\s*(?P<near>{_LONG})\s*(?P<near_unit>{_UNIT})\b"
_WAY = re.compile(
    r"(?:to\s+the\s+)?(?P<way>(?:north|south|east|west)(?:[- ]?(?:north|south|east|west)){0,2})\s+of\s+it"
)
_LESS = re.compile(r"\b(?:no|without|not)\b")
_COUNT = re.compile(r"\b(?:at\s+least\s+)?(?P<count>\d+|two|three|four|five)\s+(?=[a-z])")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """One feature and how it is bound to the anchor: at most far, at least near [m], which way, how many, or absent."""

    kind: str
    far: float = FARTHEST
    near: float = 0.0
    way: str | None = None
    count: int = 1
    absent: bool = False

    @property
    def words(self) -> str:
        """The bond for a table: 'no river within 300 m'."""
        number = ("no " if self.absent else "") + (f"{self.count} " if self.count > 1 else "")
        way = f" {self.way} of it" if self.way else ""
        beyond = f", more than {self.near:g} m away" if self.near else ""
        return f"{number}{self.kind}{way} within {self.far:g} m{beyond}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Constellation:
    """The anchor's kind and what is bound to it."""

    anchor: str
    bonds: tuple[Bond, ...]


def read_constellation(text: str) -> Constellation:
    """Reads a description. Raises UsageError `constellation` naming the clause, `feature-kind` an unknown feature."""
    clauses = [clause.strip() for clause in re.split(r";|,(?!\d{3}(?!\d))|\band\b", text.lower()) if clause.strip()]
    if not clauses:
        raise _unclear(text)
    first = re.match(rf"{_ARTICLE}(?P<kind>.+?)\s+{_FAR}\s+of\s+{_ARTICLE}(?P<other>.+)$", clauses[0])
    if first is not None:
        anchor = _kind(first["kind"])
        bonds = [Bond(kind=_kind(first["other"]), far=_metres(first["far"], first["unit"]))]
    else:
        anchor, bonds = _kind(re.sub(rf"^{_ARTICLE}", "", clauses[0])), []
    bonds += [_bond(clause) for clause in clauses[1:]]
    if not bonds or any(not 0 < bond.far <= REACH or bond.near >= bond.far or bond.count < 1 for bond in bonds):
        raise _unclear(text)
    return Constellation(anchor=anchor, bonds=tuple(bonds))


def _bond(clause: str) -> Bond:
    rest = clause
    absent = _LESS.search(rest) is not None
    rest = _LESS.sub("", rest)
    far, near, way = (re.search(pattern, rest) for pattern in (_FAR, _NEAR, _WAY))
    for match in (far, near, way):
        rest = rest.replace(match[0], " ") if match else rest
    count = _COUNT.search(rest)
    rest = rest.replace(count[0], " ") if count else rest
    name = re.sub(rf"\s+of\s+it\b|^\s*{_ARTICLE}", "", rest).strip()
    direction = direction_of(way["way"]) if way else None
    return Bond(
        kind=_kind(name),
        far=_metres(far["far"], far["unit"]) if far else FARTHEST,
        near=_metres(near["near"], near["near_unit"]) if near else 0.0,
        way=direction,
        count=(_NUMBERS.get(count["count"]) or int(count["count"])) if count else 1,
        absent=absent,
    )  # fmt: skip


def _metres(number: str, unit: str) -> float:
    name = re.sub(r"(?:re|er)s?$", "", unit) if "met" in unit else unit.removesuffix("s")
    return float(number.replace(",", "")) * _METRES[name]


def _kind(words: str) -> str:
    name = re.sub(rf"^{_ARTICLE}", "", words.strip())
    for one in (name, name.removesuffix("s"), name.removesuffix("es"), re.sub(r"ies$", "y", name)):
        if is_kind(one):
            return one
    raise UsageError(
        "This feature cannot be looked for by name.",
        saw=repr(words.strip()),
        do=f"Use one of {', '.join(KINDS)}; or a tag, key=value.",
        code="feature-kind",
    )


def _unclear(text: str) -> UsageError:
    return UsageError(
        f"This description binds no feature to another within {REACH / 1000:g} km, or at least as near as far.",
        saw=repr(text),
        do="For example: church within 100 m of a railway, tower north of it within 600 m, no river within 300 m.",
        code="constellation",
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """One bond at many places: credit [0 to 1], distance [m] and bearing [degrees] to the feature that gave it.

    nearest: its index among all features, -1 where there is none in reach.
    """

    credit: F8
    distance: F8
    bearing: F8
    nearest: npt.NDArray[np.intp]


def measure(
    bond: Bond, features: Features, points: F8, shapes: Sequence[shapely.Geometry], own: Sequence[int] = ()
) -> Measured:
    """A bond at places (n, 2) [m east, north]: distances from the edges of their shapes, bearings from the points.

    own: the first places are these features themselves, and none stands by itself. Credit is 1 within the bounds and
    falls off beyond them; of several features the one with most credit counts.
    """
    at = features.of_kind(bond.kind)
    if len(at) == 0:
        return _nothing(bond, len(points))
    kind = _Kind(at, features.metric[at], shapely.STRtree(features.metric[at]), np.isin(at, own))
    places = np.array(shapes, object)
    is_own = np.arange(len(points)) < len(own)
    step = max(_PAIRS // len(at), 1)
    chunks = [slice(start, start + step) for start in range(0, len(points), step)]
    parts = [_measured(bond, kind, points[some], places[some], is_own[some]) for some in chunks]
    names = ("credit", "distance", "bearing", "nearest")
    return Measured(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, slots=True)
class _Kind:
    """The features of one kind: indices among all, shapes in metres, their tree, and which are anchors themselves."""

    at: npt.NDArray[np.intp]
    metric: npt.NDArray[np.object_]
    tree: shapely.STRtree
    is_anchor: npt.NDArray[np.bool_]


def _nothing(bond: Bond, count: int) -> Measured:
    """Where no feature of the kind is in reach."""
    unknown = np.full(count, np.nan)
    return Measured(np.full(count, 1.0 if bond.absent else MISSING), unknown, unknown, np.full(count, -1, np.intp))


def _measured(
    bond: Bond, kind: _Kind, points: F8, places: npt.NDArray[np.object_], is_own: npt.NDArray[np.bool_]
) -> Measured:
    """`measure` for some of the places."""
    count = len(points)
    place, feature = _in_reach(bond, kind, places)
    far = shapely.distance(places[place], kind.metric[feature])
    other = ~(is_own[place] & kind.is_anchor[feature] & (far == 0))  # itself, which a map may draw twice
    place, feature, far = place[other], feature[other], far[other]
    if len(place) == 0:
        return _nothing(bond, count)
    chosen = kind.metric[feature]
    credit = _credit(bond, far, None if bond.way is None else _bearings(points[place], chosen))
    pick, found = _best(bond, count, place, far, credit)
    bearing = np.full(count, np.nan)
    bearing[found] = _bearings(points[found], chosen[pick[found]])
    best = np.where(found, credit[pick], 0.0)
    return Measured(
        credit=np.where(found, np.maximum(1.0 - best, NOT_ABSENT), 1.0) if bond.absent else np.maximum(best, MISSING),
        distance=np.where(found, far[pick], np.nan),
        bearing=bearing,
        nearest=np.where(found, kind.at[feature][pick], -1),
    )


def _in_reach(
    bond: Bond, kind: _Kind, places: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs of a place and a feature in reach: the nearest alone where nothing else can have more credit."""
    reach = bond.far * (1 + 3 * SOFT)
    if bond.way is None and bond.near == 0 and bond.count == 1 and not kind.is_anchor.any():
        place, feature = kind.tree.query_nearest(places, max_distance=reach, all_matches=False)
    else:
        place, feature = kind.tree.query(places, predicate="dwithin", distance=reach)
    return place, feature


def _bearings(points: F8, shapes: npt.NDArray[np.object_]) -> F8:
    """Directions [degrees from north] from points to the nearest points of shapes."""
    ends = shapely.get_coordinates(shapely.shortest_line(shapely.points(points), shapes)).reshape(-1, 2, 2)[:, 1]
    east, north = (ends - points).T
    bearings: F8 = np.degrees(np.arctan2(east, north)) % 360.0
    return bearings


def _credit(bond: Bond, far: F8, way: F8 | None) -> F8:
    soft = np.maximum(SOFT * bond.far, 1.0)
    credit: F8 = np.exp(-np.maximum(far - bond.far, 0.0) / soft)
    if bond.near:
        credit *= np.exp(-np.maximum(bond.near - far, 0.0) / max(SOFT * bond.near, 1.0))
    if bond.way is not None and way is not None:
        half = 22.5 if bond.way.count("-") == 2 else 45.0
        off = np.abs((way - DIRECTIONS[bond.way] + 180.0) % 360.0 - 180.0)
        credit *= np.exp(-np.maximum(off - half, 0.0) / SOFT_ANGLE)
    return credit


def _best(
    bond: Bond, count: int, place: npt.NDArray[np.intp], far: F8, credit: F8
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """For each place the pair with the most credit, or of several that are asked for the last that counts; if any."""
    order = np.lexsort((far, -credit, place))
    first, after = (np.searchsorted(place[order], np.arange(count), side=side) for side in ("left", "right"))
    pick = first + bond.count - 1
    found = pick < after
    return order[np.where(found, pick, 0)], found

"""Where on a map features stand in an arrangement: places ranked, with how often chance does as well."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from dateline.core.errors import Refusal, UsageError
from dateline.core.estimate import Estimate
from dateline.core.identity import canonical
from dateline.ledger.finding import Note, PlaceAnswer, Statement
from dateline.methods.card import read_card
from dateline.methods.contract import Inputs, Outcome, Parameters, Produced, say
from dateline.places.constellation import F8, Bond, Constellation, Measured, measure, read_constellation
from dateline.places.coordinates import latlon
from dateline.places.features import Features

CARD = read_card(Path(__file__).parent / "card.md")
FULL = 0.95
"""A place with this credit or more fits in full."""
COMMON = 0.05


@dataclass(frozen=True, slots=True)
class _Search:
    """The anchors in order of credit, what was measured at each, and the credit of random places."""

    query: Constellation
    features: Features
    anchors: np.ndarray[Any, Any]
    credit: F8
    bonds: tuple[Measured, ...]
    chance: F8

    def rate(self, credit: float) -> float:
        """The share of random places with so much credit or more; at least one in all of them and one."""
        return (1 + int((self.chance >= credit - 1e-9).sum())) / (len(self.chance) + 1)


def run(inputs: Inputs, parameters: Parameters, *, rng: np.random.Generator) -> Outcome:
    """Places by credit [0 to 1]; distances [m] and bearings [degrees] of what is bound to them; rates by chance [1].

    inputs: `features`, one Features. rng: the random places. Bounds after Clopper and Pearson 1934. Raises Refusal
    `constellation`, `feature-kind`.
    """
    query = _query(parameters["find"])
    features = inputs.one("features", Features)
    found = search(features, query, parameters["random"], rng)
    if len(found.anchors) == 0:
        note = Note(code="no-anchor", text=f"the map holds no {query.anchor}.")
        return Outcome(
            result="cannot tell",
            statement=say(CARD, "cannot-tell", reason=note.text),
            reasons=(note,),
            needed=(f"An extract on which each {query.anchor} is drawn, or another feature first.",),
            caveats=tuple(_caveats(found, 0.0)),
        )
    return _outcome(found, parameters["listed"])


def search(features: Features, query: Constellation, random: int, rng: np.random.Generator) -> _Search:
    """Credit at every anchor and at random places of the map's convex hull."""
    anchors = features.of_kind(query.anchor)
    centres = shapely.get_coordinates(shapely.centroid(features.metric[anchors])).reshape(-1, 2)
    places = _random_places(features, random, rng)
    points = np.concatenate([centres, places])
    shapes = [*features.metric[anchors], *np.atleast_1d(np.asarray(shapely.points(places)))]
    own = [int(at) for at in anchors]
    told = [measure(bond, features, points, shapes, own) for bond in query.bonds]
    credit = np.prod([one.credit for one in told], axis=0)
    mine, chance = credit[: len(anchors)], credit[len(anchors) :]
    order = np.lexsort((anchors, -mine))
    bonds = tuple(
        Measured(one.credit[order], one.distance[order], one.bearing[order], one.nearest[order]) for one in told
    )
    return _Search(query, features, anchors[order], mine[order], bonds, chance)


def _query(text: str | None) -> Constellation:
    try:
        return read_constellation(text or "")
    except UsageError as error:
        raise Refusal(error.what, saw=error.saw, do=error.do, code=error.code) from error


def _random_places(features: Features, count: int, rng: np.random.Generator) -> F8:
    """Places uniform over the convex hull of the map's features [m]."""
    hull = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(shapely.centroid(features.metric))))
    west, south, east, north = shapely.total_bounds(hull)
    found = np.empty((0, 2))
    shapely.prepare(hull)
    while len(found) < count:
        drawn = rng.uniform((west, south), (east, north), (2 * count, 2))
        found = np.concatenate([found, drawn[shapely.contains_xy(hull, drawn[:, 0], drawn[:, 1])]])
    return found[:count]


def _outcome(found: _Search, listed: int) -> Outcome:
    rows = [_row(found, at) for at in range(min(listed, len(found.anchors)))]
    full = int((found.credit >= FULL).sum())
    rate = found.rate(float(found.credit[0]))
    words: dict[str, Any] = {"random": f"{len(found.chance):,}", "rate": _share(found, rate)}
    if full == 1:
        result, statement = "one place", say(CARD, "one", name=rows[0]["name"], next=_next(found), **words)
    elif full > 1:
        result, statement = "several places", say(CARD, "several", count=full, **words)
    else:
        result = "none in full"
        statement = say(CARD, "none", name=rows[0]["name"], lacking=_lacking(found, 0))
    return Outcome(
        result=result,
        statement=statement,
        estimates={"rate_by_chance": _rate(found, rate)},
        reasons=(Note(code="arrangement", text="; ".join(bond.words for bond in found.query.bonds)),),
        values={
            "fitting": full,
            "anchors": len(found.anchors),
            "anchor": found.query.anchor,
            "credit": found.features.credit,
        },
        rows=rows,
        places={_id(row): PlaceAnswer(result=_fit(row), statement=_told(row)) for row in rows},
        caveats=tuple(_caveats(found, rate)),
        artifacts=(_geojson(rows, found),),
    )


def _id(row: Mapping[str, Any]) -> str:
    return f"rank-{row['rank']:03d}"


def _fit(row: Mapping[str, Any]) -> str:
    return "fits" if row["credit"] >= FULL else "fits in part"


def _told(row: Mapping[str, Any]) -> Statement:
    """One place for a list: 'Kallion kirkko, 60.18434 N, 24.94917 E: tram 27 m, tower 310 m at 12 degrees'."""
    bonds = ", ".join(_told_bond(bond) for bond in row["bonds"])
    place = latlon(row["lon"], row["lat"])
    return say(CARD, "place", name=row["name"], where=place, credit=f"{row['credit']:.2f}", bonds=bonds)


def _told_bond(bond: Mapping[str, Any]) -> str:
    if bond["distance"] is None:
        return f"no {bond['kind']}"
    return f"{bond['kind']} {bond['distance']:.0f} m at {bond['bearing']:.0f} degrees"


def _share(found: _Search, rate: float) -> str:
    met = round(rate * (len(found.chance) + 1)) - 1
    return "none" if met == 0 else f"{met:,}"


def _next(found: _Search) -> str:
    """How much worse the next place fits."""
    if len(found.credit) < 2 or found.credit[1] <= 0:
        return ""
    return f"; the next place has {found.credit[0] / found.credit[1]:.1f} times less credit"


def _lacking(found: _Search, at: int) -> str:
    """What keeps a place from fitting, the worst first."""
    worst = min(range(len(found.bonds)), key=lambda bond: found.bonds[bond].credit[at])
    bond, told = found.query.bonds[worst], found.bonds[worst]
    if bond.absent:
        return f"a {bond.kind} lies {told.distance[at]:.0f} m away"
    if math.isnan(told.distance[at]):
        return f"no {bond.kind} is on the map near it"
    return f"the {bond.kind} lies {told.distance[at]:.0f} m away, at {told.bearing[at]:.0f} degrees"


def _rate(found: _Search, rate: float) -> Estimate:
    """The share of random places that do as well, with the exact binomial bounds (Clopper and Pearson 1934)."""
    from scipy.stats import beta

    n = len(found.chance)
    met = round(rate * (n + 1)) - 1
    low = float(beta.ppf(0.025, met, n - met + 1)) if met else 0.0
    high = float(beta.ppf(0.975, met + 1, n - met)) if met < n else 1.0
    return Estimate(
        best=met / n, low=low, high=high, unit="1", level=0.95, n=n,
        how="share of random places of the map where the arrangement has as much credit",
    )  # fmt: skip


def _row(found: _Search, at: int) -> dict[str, Any]:
    index = int(found.anchors[at])
    lon, lat = found.features.centre(index)
    return {
        "rank": at + 1,
        "name": found.features.title(index),
        "id": found.features.ids[index],
        "lon": lon,
        "lat": lat,
        "credit": float(found.credit[at]),
        "rate": found.rate(float(found.credit[at])),
        "bonds": [
            _bond(bond, told, at, found.features) for bond, told in zip(found.query.bonds, found.bonds, strict=True)
        ],
    }


def _bond(bond: Bond, told: Measured, at: int, features: Features) -> dict[str, Any]:
    there = int(told.nearest[at]) >= 0
    return {
        "asked": bond.words,
        "kind": bond.kind,
        "credit": float(told.credit[at]),
        "feature": features.title(int(told.nearest[at])) if there else None,
        "distance": float(told.distance[at]) if there else None,
        "bearing": float(told.bearing[at]) if there else None,
    }


def _caveats(found: _Search, rate: float) -> list[Note]:
    notes = [
        Note(code="no-targeting", text="A place that fits is a candidate for a picture's place; people compare it.")
    ]
    lacking = [bond.kind for bond in found.query.bonds if len(found.features.of_kind(bond.kind)) == 0]
    if lacking:
        notes.append(Note(code="not-on-the-map", text=f"The map holds no {', no '.join(lacking)} at all."))
    if any(bond.absent for bond in found.query.bonds):
        notes.append(Note(code="absence", text="Maps lack features: that something is not on it is weak evidence."))
    if rate > COMMON:
        text = f"The arrangement is met at {rate:.0%} of random places: it says little."
        notes.append(Note(code="common", text=text))
    return notes


def _geojson(rows: Sequence[dict[str, Any]], found: _Search) -> Produced:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
            "properties": {key: row[key] for key in ("rank", "name", "id", "credit", "rate")},
        }
        for row in rows
    ]
    data = {"type": "FeatureCollection", "features": features, "attribution": found.features.credit}
    text = json.dumps(canonical(data), ensure_ascii=False, sort_keys=True)
    return Produced(role="places", name="places.geojson", media_type="application/geo+json", data=text.encode())

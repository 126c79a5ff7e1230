"""What one person matched on one picture, as the screen shows it: pairs and lines, positions only in rough words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dateline.app.desk import Desk
from dateline.app.observing import sitting_for
from dateline.app.screens.match.grounds import Ground, Position
from dateline.core.errors import UsageError
from dateline.ledger.case import Case
from dateline.ledger.observation import Match, Observation
from dateline.measure.gather.landmarks import MAP_ERROR, PIXEL_ERROR
from dateline.measure.gather.landmarks_observed import of_case
from dateline.media.drawn import END

ROUGH = 0.1
"""[degrees] How finely positions stand on the screen until somebody asks: about 10 km."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One landmark: its observation, and the match in it."""

    mark: Observation
    match: Match

    @property
    def position(self) -> Position:
        """Longitude, latitude [degrees]."""
        assert self.match.lon is not None
        assert self.match.lat is not None
        return self.match.lon, self.match.lat


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One picture with what one person marked on it."""

    item: str
    who: str
    pairs: Sequence[Pair]
    drawings: Sequence[Observation]

    @property
    def positions(self) -> list[Position]:
        """Of the pairs [degrees]."""
        return [pair.position for pair in self.pairs]


def bench_of(case: Case, who: str, item: str) -> Bench:
    """What stands. Raises UsageError `no-item`."""
    if item not in case.items:
        raise UsageError("The case has no such image.", saw=item[:80], do="Archive it first.", code="no-item")
    marks = of_case(case, {who}, {item})
    return Bench(
        item=item,
        who=who,
        pairs=[Pair(mark=mark, match=one) for mark in marks for one in mark.matches if one.lon is not None],
        drawings=[mark for mark in marks if mark.line_names],
    )


def landmarks_question(item: str) -> str:
    """What somebody is asked who matches."""
    return f"Landmarks of {item}"


def shadow_question(item: str) -> str:
    """What somebody is asked who draws lines."""
    return f"Shadow of {item}"


def sittings(case: Case, desk: Desk, who: str, item: str) -> dict[str, dict[str, str]]:
    """The two sittings of this picture, resumed where they were not ended."""
    asked = {"landmarks": landmarks_question(item), "shadow": shadow_question(item)}
    return {
        name: {
            "question": question,
            "sitting": sitting_for(case, desk, who, screen="match", item=item, question=question),
        }
        for name, question in asked.items()
    }


def rough(position: Position) -> str:
    """A position in words that give nobody away: "about 78.4° N, 17.1° E" is right to about 10 km."""
    lon, lat = (ROUGH * round(value / ROUGH) for value in position)
    return f"about {abs(lat):.1f}° {'S' if lat < 0 else 'N'}, {abs(lon):.1f}° {'W' if lon < 0 else 'E'}"


def pairs_json(bench: Bench, ground: Ground | None, *, exact: bool) -> list[dict[str, Any]]:
    """Pairs for the script, by number. With `exact` their positions; without they are rough words."""
    there = None if ground is None or not bench.pairs else ground.reference.pixels(np.array(bench.positions))
    told = []
    for number, pair in enumerate(bench.pairs, 1):
        match = pair.match
        told.append(
            {
                "id": pair.mark.id,
                "number": number,
                "name": match.name or "",
                "x": match.x,
                "y": match.y,
                "map": None if there is None else [round(float(value), 3) for value in there[number - 1]],
                "height": match.height,
                "pixel_error": match.pixel_error,
                "map_error": match.map_error,
                "where": words(pair.position) if exact else rough(pair.position),
            }
        )
    return told


def words(position: Position) -> str:
    """A position in full, with its hemispheres, so that nobody can swap it."""
    lon, lat = position
    return f"{abs(lat):.6f}° {'S' if lat < 0 else 'N'}, {abs(lon):.6f}° {'W' if lon < 0 else 'E'}"


def drawings_json(bench: Bench) -> list[dict[str, Any]]:
    """Drawn lines for the script, in their order [px]."""
    return [
        {
            "id": mark.id,
            "names": list(mark.line_names),
            "lines": [[list(point) for point in line] for line in mark.lines],
            "pixel_error": mark.pixel_error,
        }
        for mark in bench.drawings
    ]


DEFAULTS = {"pixel_error": PIXEL_ERROR, "map_error": MAP_ERROR, "end": END}
"""[px], [m], [px] What is assumed where nobody says; the screen says so."""

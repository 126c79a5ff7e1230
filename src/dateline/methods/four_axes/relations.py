"""How an item stands to others: the distance between their positions, and what speaks against the relation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dateline.core.estimate import Estimate
from dateline.core.where import Where
from dateline.ledger.finding import Note
from dateline.ledger.media_item import MediaItem
from dateline.methods.four_axes.ground import Ground
from dateline.places.geodesy import distance

TOGETHER = frozenset({"same_place", "same_event", "other_camera"})
"""Relations of items that were made near each other."""


def related(ground: Ground) -> tuple[dict[str, Estimate], list[dict[str, Any]], tuple[Note, ...]]:
    """Distances `distance-ID` [km] with the errors of both ends, the relations as rows, and those that clash."""
    distances, rows, clashes = {}, [], []
    here = where_of(ground.media, ground)
    for relation in ground.media.relations:
        other = ground.related.get(relation.to)
        there = None if other is None else where_of(other, ground)
        row: dict[str, Any] = {
            "to": relation.to,
            "kind": relation.kind,
            "by": ground.called(relation.by),
            "reviewer": ground.called(relation.reviewer),
            "why": relation.why,
            "findings": list(relation.findings),
        }
        if here is not None and there is not None:
            apart = distance(here, there)
            distances[f"distance-{relation.to}"] = apart
            if relation.kind in TOGETHER and apart.low is not None and apart.low > 0:
                text = f"{relation.to}: {relation.kind.replace('_', ' ')}, and at least {apart.low:.1f} km apart."
                clashes.append(Note(code="relation-clashes", text=text))
        rows.append(row)
    clashes += _order_clashes(ground)
    return distances, rows, tuple(clashes)


def _order_clashes(ground: Ground) -> list[Note]:
    """An earlier copy that was posted after this one."""
    found = []
    for relation in ground.media.relations:
        other = ground.related.get(relation.to)
        mine, its = ground.media.posted, None if other is None else other.posted
        if relation.kind == "earlier" and mine is not None and its is not None and mine.before(its):
            text = f"{relation.to}: earlier, and posted {its.spoken()}, after this one ({mine.spoken()})."
            found.append(Note(code="relation-clashes", text=text))
    return found


def where_of(media: MediaItem, ground: Ground) -> Where | None:
    """The one place of an item, with the radius that its steps give [m]; None for none or several candidates."""
    named: tuple[str, ...] = next((step.places for step in reversed(media.location) if step.places), media.places)
    if len(named) != 1 or named[0] not in ground.spots:
        return None
    spot = ground.spots[named[0]]
    where = None if spot.sensitive else spot.where
    radius = next((step.radius for step in reversed(media.location) if step.radius is not None), None)
    if where is None or where.is_area or radius is None:
        return where
    return replace(where, radius=radius + (where.radius or 0.0))

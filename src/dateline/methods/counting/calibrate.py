"""Puts what was marked beside what was checked: the sample for the ratio, and each person's recall and false marks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.methods.counting.matching import F8, Candidates, pairs
from dateline.methods.counting.parts import Key, Side, Tile
from dateline.methods.counting.ratio import Checked

Box = tuple[float, float, float, float]


def quorum_of(people: int, asked: int | None) -> int:
    """How many must have marked a candidate for it to count: half of them, rounded up, unless asked otherwise."""
    return min(asked, people) if asked else math.ceil(people / 2)


def home(side: Side, tile: Tile) -> Key:
    """The part that a checked tile belongs to. Raises Refusal `checked-elsewhere` where there is none."""
    whole: Key = (tile.key[0], None)
    if tile.key in side.points:
        return tile.key
    if whole in side.points and tile.area is not None:
        return whole
    raise Refusal(
        "A checked tile was not looked at by those whose count it is to correct.",
        saw=f"{tile.key[0]}{'' if tile.key[1] is None else ', tile ' + tile.key[1]}, checked by {tile.by}",
        do="Give marks of it too (a row without a position where there was nothing), or its area on the whole image.",
        code="checked-elsewhere",
    )


def inside(points: F8, tile: Tile, part: Key) -> npt.NDArray[np.bool_]:
    """(n,) which points of a part lie on a tile: all where the part is the tile, else those in its area [px]."""
    if tile.area is None or (part == tile.key and part[1] is not None):
        return np.ones(len(points), dtype=bool)
    x, y, width, height = tile.area
    column, row = points[:, 0], points[:, 1]
    within: npt.NDArray[np.bool_] = (column >= x) & (column < x + width) & (row >= y) & (row < y + height)
    return within


def tiles_in_all(side: Side | None, tiles: Sequence[Tile], frame: float | None) -> float | None:
    """How many tiles the whole has: the parts that were looked at, or its area over a tile's; None: not known.

    frame: area of the whole [px2]; without it the areas of the parts that were marked, where they are known.
    """
    areas = [tile.area[2] * tile.area[3] for tile in tiles if tile.area is not None]
    if side is not None and all(tile.key in side.points and tile.key[1] is not None for tile in tiles):
        return float(len(side.points))
    if side is not None and all(tile.area is None for tile in tiles):
        return float(len(side.points))
    given = [] if side is None else [box[2] * box[3] for box in side.areas.values() if box is not None]
    whole = frame or (sum(given) if side is not None and len(given) == len(side.points) else None)
    if whole is None or len(areas) < len(tiles):
        return None
    return max(whole / (sum(areas) / len(areas)), float(len(tiles)))


def sample(
    side: Side, candidates: Mapping[Key, Candidates], tiles: Sequence[Tile], *, quorum: int, frame: float | None
) -> Checked:
    """The checked tiles' counts by quorum and by the check, with the quorum's count over everything."""
    agreed = {key: each.points[each.seen.sum(axis=1) >= quorum] for key, each in candidates.items()}
    assist = [float(inside(agreed[home(side, tile)], tile, home(side, tile)).sum()) for tile in tiles]
    return Checked(
        np.array(assist),
        np.array([float(len(tile.truth)) for tile in tiles]),
        float(sum(len(points) for points in agreed.values())),
        tiles_in_all(side, tiles, frame),
    )


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the check says of candidates: known (n,) 1 real, 0 false, -1 not checked; missed: objects nobody marked."""

    known: npt.NDArray[np.int8]
    missed: int


def anchor(side: Side, candidates: Mapping[Key, Candidates], tiles: Sequence[Tile], gate: float) -> Anchor:
    """Each candidate on a checked tile is real when the check has one within the gate [px], none used twice."""
    known = {key: np.full(len(each.points), -1, dtype=np.int8) for key, each in candidates.items()}
    missed = 0
    for tile in tiles:
        part = home(side, tile)
        here = np.flatnonzero(inside(candidates[part].points, tile, part))
        known[part][here] = 0
        found = pairs(candidates[part].points[here], tile.truth, gate)
        known[part][here[found[:, 0]]] = 1
        missed += len(tile.truth) - len(found)
    return Anchor(np.concatenate([known[key] for key in candidates]), missed)


def records(side: Side, tiles: Sequence[Tile], gate: float) -> dict[str, dict[str, Any]]:
    """Of each person or detector: marks in all; on checked tiles the objects found, there, and marks that are false."""
    found: dict[str, dict[str, Any]] = {}
    for index, name in enumerate(side.names):
        hits = there = marked = 0
        for tile in tiles:
            part = home(side, tile)
            own = side.points[part][index]
            own = own[inside(own, tile, part)]
            hits += len(pairs(own, tile.truth, gate))
            there, marked = there + len(tile.truth), marked + len(own)
        found[name] = {"marks": side.each[name]}
        if tiles:
            found[name] |= {
                "found": hits,
                "of": there,
                "false": marked - hits,
                "of_marks": marked,
                "recall": hits / there if there else None,
                "false_share": (marked - hits) / marked if marked else None,
            }
    return found

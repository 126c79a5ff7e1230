"""Marks laid out for counting: who looked at which parts of which images, and what of it was checked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dateline.core.errors import Refusal
from dateline.ledger.marks import Marks
from dateline.methods.counting.matching import F8, Candidates, Gate, cluster, gate_of

Key = tuple[str, str | None]
"""Image and tile of it (None: all of the image)."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of an image that somebody checked. key: image and tile; area: column, row, width, height [px]."""

    key: Key
    truth: F8
    area: tuple[float, float, float, float] | None
    by: str


@dataclass(frozen=True, slots=True)
class Side:
    """What people, or one detector, marked on all parts. points: for each part, (n, 2) [px] of each of them."""

    names: tuple[str, ...]
    points: Mapping[Key, tuple[F8, ...]]
    covariates: Mapping[Key, tuple[Mapping[str, F8], ...]] = field(default_factory=dict)
    independent: bool = True
    areas: Mapping[Key, tuple[float, float, float, float] | None] = field(default_factory=dict)

    @property
    def each(self) -> dict[str, int]:
        """Marks of each of them, on all parts."""
        return {name: sum(len(p[i]) for p in self.points.values()) for i, name in enumerate(self.names)}

    def gate(self) -> Gate | None:
        """Of these marks [px]."""
        return gate_of(list(self.points.values()))

    def candidates(self, gate: float) -> dict[Key, Candidates]:
        """Candidates of each part."""
        return {key: cluster(points, gate) for key, points in self.points.items()}


def checks(marks: Sequence[Marks]) -> tuple[Tile, ...]:
    """The checked tiles in order. Raises Refusal `same-tile-twice` for one tile checked by two, `overlapping-tiles`."""
    tiles: dict[tuple[str, str | None, object], Tile] = {}
    for mark in marks:
        name = (mark.image, mark.tile, mark.area if mark.tile is None else None)
        if name in tiles:
            raise Refusal(
                "One tile was checked twice, and both would count.",
                saw=f"{_said((mark.image, mark.tile))}, by {tiles[name].by} and {mark.by}",
                do="Give one agreed check of each tile.",
                code="same-tile-twice",
            )
        tiles[name] = Tile((mark.image, mark.tile), _points(mark.points), mark.area, mark.by)
    found = tuple(tiles[name] for name in sorted(tiles, key=str))
    _apart(found)
    return found


def _apart(tiles: Sequence[Tile]) -> None:
    by_image: dict[str, list[Tile]] = defaultdict(list)
    for tile in tiles:
        if tile.area is not None:
            by_image[tile.key[0]].append(tile)
    for image, given in by_image.items():
        boxes = np.array([tile.area for tile in given])
        low, high = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
        over = (low[:, None] + 0.5 < high[None]) & (low[None] + 0.5 < high[:, None])
        both = np.argwhere(np.triu(over.all(axis=2), 1))
        if len(both):
            a, b = (given[index] for index in both[0])
            raise Refusal(
                "Two checked tiles overlap: what lies in both would count twice.",
                saw=f"{image}: {a.area} and {b.area} [px]",
                do="Give tiles that do not overlap.",
                code="overlapping-tiles",
            )


def sides(marks: Sequence[Marks], score: float) -> tuple[Side | None, tuple[Side, ...], tuple[str, ...]]:
    """People who looked at everything, each detector that did, and those who looked at less (left out, named).

    score: marks of a detector under it are dropped [1]. Raises Refusal `tiles-differ` when nobody saw all parts.
    """
    parts = sorted({(mark.image, mark.tile) for mark in marks}, key=str)
    by: dict[tuple[str, str], dict[Key, Marks]] = defaultdict(dict)
    for mark in marks:
        key = (mark.image, mark.tile)
        if key in by[mark.kind, mark.by]:
            raise Refusal(
                "The same marks were given twice.",
                saw=f"{mark.by} on {_said(key)}",
                do="Give each person's marks of a tile once.",
                code="same-tile-twice",
            )
        by[mark.kind, mark.by][key] = mark
    whole = {who: seen for who, seen in by.items() if len(seen) == len(parts)}
    partly = tuple(sorted(name for (_, name), seen in by.items() if len(seen) < len(parts)))
    if marks and not whole:
        raise Refusal(
            "Nobody looked at all the parts that were looked at, so their counts are of different things.",
            saw="; ".join(f"{name}: {len(seen)} of {len(parts)}" for (_, name), seen in sorted(by.items())),
            do="Give marks of the same tiles; a tile with nothing on it is a row without a position.",
            code="tiles-differ",
        )
    people = sorted(name for kind, name in whole if kind == "person")
    crowd = _side([whole["person", name] for name in people], people, parts, None) if people else None
    detectors = tuple(
        _side([seen], [name], parts, score) for (kind, name), seen in sorted(whole.items()) if kind == "detector"
    )
    return crowd, detectors, partly


def _side(
    given: Sequence[Mapping[Key, Marks]], names: Sequence[str], parts: Sequence[Key], score: float | None
) -> Side:
    points = {key: tuple(_points(seen[key].points, seen[key].scores, score) for seen in given) for key in parts}
    return Side(
        tuple(names),
        points,
        {key: tuple({n: np.asarray(v) for n, v in seen[key].covariates} for seen in given) for key in parts},
        all(seen[key].independent for seen in given for key in parts),
        {key: given[0][key].area for key in parts},
    )


def _points(points: Sequence[tuple[float, float]], scores: Sequence[float] = (), score: float | None = None) -> F8:
    made = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if score is None or not scores:
        return made
    return np.asarray(made[np.asarray(scores) >= score], dtype=np.float64)


def one_picture(marks: Sequence[Marks]) -> None:
    """Raises Refusal: `mixed-images` for one name with two contents, `same-tile-twice` for two names of one content."""
    contents: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    for mark in marks:
        if mark.sha256 is not None:
            contents[mark.image].add(mark.sha256)
            names[mark.sha256].add(mark.image)
    for image, found in sorted(contents.items()):
        if len(found) > 1:
            raise Refusal(
                "Marks were made on different pictures that go by one name.",
                saw=f"{image}: {', '.join(sorted(each[:12] for each in found))}",
                do="Let everybody mark the same file.",
                code="mixed-images",
            )
    for sha256, called in sorted(names.items()):
        if len(called) > 1:
            raise Refusal(
                "Two tiles are the same picture: what is on it would count twice.",
                saw=f"{', '.join(sorted(called))}: both {sha256[:12]}",
                do="Leave one of them out.",
                code="same-tile-twice",
            )


def _said(key: Key) -> str:
    return key[0] if key[1] is None else f"{key[0]}, tile {key[1]}"

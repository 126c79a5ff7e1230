"""A field of objects cut into tiles, and people or a detector who mark it: hits, misses, false marks, scatter.

What is simulated is a field at no place; its marks say so (`simulated`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.ledger.marks import Marks

F8 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Objects on square tiles. mean: objects a tile; patchy: squared variation of tiles beyond chance (0: even);
    apart: least distance of two objects [px]; side: of a tile [px]."""

    tiles: int = 40
    mean: float = 15.0
    patchy: float = 0.5
    apart: float = 14.0
    side: float = 400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """One who marks. hit: share of usual objects that are marked; uneven: spread of the logit with an object's
    visibility; false: false marks as a share of the objects; lure: share of those that fall on spots that lure all;
    scatter: of a click, each way [px]; detector: its marks carry scores."""

    name: str
    hit: float = 0.85
    uneven: float = 0.7
    false: float = 0.08
    lure: float = 0.3
    scatter: float = 1.5
    detector: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What is there, by tile. points: (n, 2) [px]; visibility: (n,) standard normal; lures: (k, 2) [px]."""

    field: Field
    points: tuple[F8, ...]
    visibility: tuple[F8, ...]
    lures: tuple[F8, ...]

    @property
    def total(self) -> int:
        """Objects on all tiles."""
        return sum(len(points) for points in self.points)

    def truth(self, index: int) -> Marks:
        """A tile as a perfect check would find it."""
        return Marks(
            by="check", kind="person", image=name_of(index), points=_tuples(self.points[index]), checked=True,
            independent=True, simulated=True,
        )  # fmt: skip


def name_of(index: int) -> str:
    """What a tile is called."""
    return f"simulated-{index:03d}"


def world(field: Field, rng: np.random.Generator) -> World:
    """Draws a field: a gamma-mixed Poisson number on each tile, at least `apart` from each other."""
    means = np.full(field.tiles, field.mean)
    if field.patchy:
        means = rng.gamma(1 / field.patchy, field.mean * field.patchy, field.tiles)
    points = tuple(_spread(rng, int(count), field) for count in rng.poisson(means))
    visibility = tuple(rng.standard_normal(len(each)) for each in points)
    lures = tuple(rng.uniform(0, field.side, (int(n), 2)) for n in rng.poisson(np.maximum(0.15 * means, 0.05)))
    return World(field, points, visibility, lures)


def _spread(rng: np.random.Generator, count: int, field: Field) -> F8:
    """Points drawn one after the other, those too near to earlier ones drawn again (at most twenty times)."""
    found: list[F8] = []
    for _ in range(count):
        for _try in range(20):
            point = rng.uniform(field.apart / 2, field.side - field.apart / 2, 2)
            if not found or float(np.hypot(*(np.array(found) - point).T).min()) >= field.apart:
                break
        found.append(point)
    return np.array(found).reshape(-1, 2)


def mark(there: World, annotators: Sequence[Annotator], rng: np.random.Generator) -> list[Marks]:
    """What each of them marks on every tile, in independence but for what objects and lures do to all."""
    return [_on_tile(there, index, who, rng) for who in annotators for index in range(there.field.tiles)]


def _on_tile(there: World, index: int, who: Annotator, rng: np.random.Generator) -> Marks:
    points, visibility, lures = there.points[index], there.visibility[index], there.lures[index]
    logit = np.log(who.hit / (1 - who.hit)) + who.uneven * visibility
    hits = rng.random(len(points)) < 1 / (1 + np.exp(-logit))
    made = points[hits] + rng.normal(0, who.scatter, (int(hits.sum()), 2))
    expected = who.false * len(points)
    own = rng.uniform(0, there.field.side, (int(rng.poisson(expected * (1 - who.lure))), 2))
    pull = min(1.0, expected * who.lure / len(lures)) if len(lures) else 0.0
    shared = lures[rng.random(len(lures)) < pull]
    shared = shared + rng.normal(0, who.scatter, shared.shape)
    marks = np.concatenate([made, own, shared])
    scores: tuple[float, ...] = ()
    if who.detector:
        good = np.clip(rng.beta(6, 2, len(made)) + 0.08 * visibility[hits], 0.01, 0.99)
        scores = tuple(float(s) for s in np.concatenate([good, rng.beta(3, 4, len(own) + len(shared))]))
    return Marks(
        by=who.name, kind="detector" if who.detector else "person", image=name_of(index), points=_tuples(marks),
        scores=scores, independent=True, simulated=True,
        covariates=() if who.detector else (("size", _sizes(visibility[hits], len(marks), rng)),),
    )  # fmt: skip


def _sizes(visibility: F8, count: int, rng: np.random.Generator) -> tuple[float, ...]:
    """What each mark notes of the object's size: its visibility, roughly; of a false mark, anything."""
    noted = np.concatenate([visibility, rng.standard_normal(count - len(visibility))])
    return tuple(float(each) for each in 10 + 2 * noted)


def _tuples(points: F8) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in points)

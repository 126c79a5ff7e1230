"""Field works with known truth: families of layouts drawn from templates, put into a given background, at dates.

Simulated: every chip is marked, and none is tied to a real place, whatever background it was given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.core.state import State
from dateline.imagery.chip import Chip
from dateline.imagery.drawn import cover

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]
Lines = tuple[F8, ...]
"""Lines of (n, 2) points, east and north [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """How one builder lays out works: a family, and its sizes [m] and angle [radian]."""

    family: str
    leg: float
    step: float
    turn: float
    spacing: float
    lines: int
    width: float


def template(rng: np.random.Generator, family: str | None = None) -> Template:
    """A template of a family [default: any] with sizes as field manuals and satellite pictures show them."""
    return Template(
        family=family or str(rng.choice(sorted(FAMILIES))),
        leg=float(rng.uniform(6, 25)),
        step=float(rng.uniform(3, 10)),
        turn=float(rng.uniform(0.4, 1.5)),
        spacing=float(rng.uniform(15, 60)),
        lines=int(rng.integers(2, 6)),
        width=float(rng.uniform(1.2, 4.0)),
    )


def layout(drawn_from: Template, rng: np.random.Generator, *, jitter: float = 0.1, length: float = 150.0) -> Lines:
    """One site, turned any way. jitter: relative scatter of every leg and angle. length: about, of a line [m]."""
    make = FAMILIES[drawn_from.family]
    angle = rng.uniform(0, 2 * math.pi)
    turned = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    made = []
    for number in range(drawn_from.lines):
        long = length * float(rng.uniform(0.7, 1.3))
        offset = np.array([float(rng.normal(0, 5)), number * drawn_from.spacing * float(rng.lognormal(0, jitter))])
        made += [(line + offset) @ turned for line in make(drawn_from, long, jitter, rng)]
    return tuple(made)


def _run(legs: Sequence[float], turns: Sequence[float]) -> F8:
    """Points of a line with these legs, each beginning with a turn from the last."""
    way = np.cumsum(turns)
    steps = np.asarray(legs)[:, None] * np.stack([np.cos(way), np.sin(way)], axis=1)
    return np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])


def _scatter(value: float, jitter: float, rng: np.random.Generator) -> float:
    return value * float(rng.lognormal(0, jitter))


def _zigzag(of: Template, length: float, jitter: float, rng: np.random.Generator) -> list[F8]:
    count = max(4, round(length / of.leg))
    signs = [(-1) ** number for number in range(count)]
    turns = [sign * _scatter(of.turn, jitter, rng) * (0.5 if number == 0 else 1) for number, sign in enumerate(signs)]
    return [_run([_scatter(of.leg, jitter, rng) for _ in range(count)], turns)]


def _crenellated(of: Template, length: float, jitter: float, rng: np.random.Generator) -> list[F8]:
    count = max(2, round(length / (of.leg + of.step)))
    legs, turns = list[float](), list[float]()
    for number in range(count):
        sign = (-1) ** number
        legs += [_scatter(of.leg, jitter, rng), _scatter(of.step, jitter, rng)]
        turns += [-sign * math.pi / 2 if number else 0.0, sign * math.pi / 2]
    return [_run(legs, [turn + float(rng.normal(0, jitter / 2)) for turn in turns])]


def _curved(of: Template, length: float, jitter: float, rng: np.random.Generator) -> list[F8]:
    count = max(4, round(length / 5))
    bend = of.turn / 6
    return [_run([5.0] * count, [bend * (1 + float(rng.normal(0, jitter))) for _ in range(count)])]


def _straight(of: Template, length: float, jitter: float, rng: np.random.Generator) -> list[F8]:
    count = max(2, round(length / (4 * of.leg)))
    return [_run([_scatter(4 * of.leg, jitter, rng)] * count, [float(rng.normal(0, jitter / 3)) for _ in range(count)])]


def _revetments(of: Template, length: float, jitter: float, rng: np.random.Generator) -> list[F8]:
    gap = of.leg + 2 * of.step
    made = []
    for number in range(max(2, round(length / gap))):
        deep, wide = _scatter(of.leg, jitter, rng), _scatter(of.step, jitter, rng)
        corner = np.array([[0, deep], [0, 0], [wide, 0], [wide, deep]], np.float64)
        made.append(corner + np.array([number * gap, float(rng.normal(0, jitter * 5))]))
    return made


def _comb(of: Template, length: float, jitter: float, rng: np.random.Generator) -> list[F8]:
    count = max(3, round(length / of.leg))
    spine = _run(
        [_scatter(of.leg, jitter, rng) for _ in range(count)], [float(rng.normal(0, jitter)) for _ in range(count)]
    )
    teeth = []
    for number in range(1, count):
        way = spine[number] - spine[number - 1]
        side = np.array([-way[1], way[0]]) / float(np.hypot(*way)) * (-1) ** number
        teeth.append(np.stack([spine[number], spine[number] + side * _scatter(2 * of.step, jitter, rng)]))
    return [spine, *teeth]


def _wandering(of: Template, length: float, jitter: float, rng: np.random.Generator) -> list[F8]:
    """Tracks and streams: no plan."""
    count = max(5, round(length / (of.leg / 2)))
    turns = np.cumsum(rng.normal(0, of.turn / 4, count)) * 0.3 + rng.normal(0, of.turn / 4, count)
    return [_run([_scatter(of.leg / 2, 3 * jitter, rng) for _ in range(count)], list(map(float, turns)))]


FAMILIES: Mapping[str, Callable[[Template, float, float, np.random.Generator], list[F8]]] = {
    "comb": _comb,
    "crenellated": _crenellated,
    "curved": _curved,
    "revetments": _revetments,
    "straight": _straight,
    "wandering": _wandering,
    "zigzag": _zigzag,
}
"""Layouts with plans of their own kind."""
UNPLANNED = ("wandering",)
"""Families that follow the ground: two of one template have nothing in common but their sizes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a date differs from the background. shift: of the grid, standard deviation [px]. gain, field: spread of the
    whole image's and of its parts' brightness [1]. season: how much of the fine texture is another one [1]. noise: of
    a pixel, as a share of the middle brightness [1]."""

    shift: float = 0.5
    gain: float = 0.15
    field: float = 0.08
    season: float = 0.3
    noise: float = 0.02


def seen(ground: F4, look: Look, rng: np.random.Generator) -> F4:
    """(rows, columns) the ground as another date shows it, in its own unit."""
    moved = ndimage.shift(ground, rng.normal(0, look.shift, 2), order=1, mode="nearest")
    mean = ndimage.gaussian_filter(moved, 5)
    texture = np.sqrt(np.maximum(ndimage.gaussian_filter(moved**2, 5) - mean**2, 0))
    other = ndimage.gaussian_filter(rng.standard_normal(ground.shape), 1) * 2 * math.sqrt(math.pi)
    moved = moved + look.season * texture * other
    light = ndimage.zoom(rng.normal(0, look.field, (6, 6)), [n / 5 for n in ground.shape], order=1)
    moved = moved * (1 + light[: ground.shape[0], : ground.shape[1]]) * (1 + rng.normal(0, look.gain))
    made: F4 = (moved + rng.normal(0, look.noise * float(np.median(ground)), ground.shape)).astype(np.float32)
    return made


def planted(ground: F4, lines: Sequence[F8], *, width: float, contrast: float, blur: float = 0.7) -> F4:
    """The ground with lines in it: under them it is `contrast` times darker (brighter where negative) [1].

    lines: columns and rows [px]; width, blur: [px].
    """
    dug: F4 = ground * (
        1 - np.float32(contrast) * cover(lines, (ground.shape[0], ground.shape[1]), width=width, blur=blur)
    )
    return dug


def in_pixels(lines: Sequence[F8], shape: tuple[int, int], pixel: float, rng: np.random.Generator) -> Lines:
    """Lines [m] as columns and rows [px], moved to where all of them lie inside if they can; what is outside is cut."""
    points = np.concatenate(list(lines)) / pixel
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array(shape[::-1]) - (high - low) - 40
    at = 20 + rng.uniform(0, 1, 2) * np.maximum(room, 0)
    made = [line / pixel - low + at for line in lines]
    inside = [line[((line > 5) & (line < np.array(shape[::-1]) - 5)).all(axis=1)] for line in made]
    return tuple(line for line in inside if len(line) > 1)


def chips(
    ground: F4,
    works: Sequence[Sequence[F8]],
    rng: np.random.Generator,
    *,
    older: int = 2,
    pixel: float = 0.3,
    width: float = 5.0,
    contrast: float = 0.4,
    look: Look | None = None,
) -> tuple[Chip, ...]:
    """A series over one ground: `older` dates without works, then one with each of `works`, half a year apart.

    works: for each new date, the lines that are there [columns, rows, px]. width: [px]. pixel: [m].
    """
    how = look or Look()
    grounds = [ground] * older
    grounds += [planted(ground, lines, width=width, contrast=contrast) for lines in works]
    start = datetime(2030, 5, 1, 10, 30, tzinfo=UTC)
    return tuple(
        _chip(seen(one, how, rng), number, start + timedelta(days=365 * number), pixel)
        for number, one in enumerate(grounds)
    )


def _chip(values: F4, number: int, at: datetime, pixel: float) -> Chip:
    rows, columns = values.shape
    grid = GeoBox((rows, columns), Affine(pixel, 0, 500_000, 0, -pixel, 7_000_000), "EPSG:32701")
    return Chip(
        id=f"SIMULATED_{number}",
        at=at,
        sensor="optical_declared",
        platform="SIMULATED",
        bands=("pan",),
        quantity="relative",
        values=values[None],
        states=np.full((rows, columns), State.OBSERVED, np.uint8),
        geobox=grid,
        pixel=(pixel, pixel),
        simulated=True,
    )

"""The exercise's crowd: a drawn parade ground, what two people marked on it, and a checked sample of its tiles."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.evidence.atomic import write_atomic
from dateline.ledger.marks import Marks
from dateline.simulate.annotators import Annotator, Field, World, mark, world
from dateline.simulate.exercise_picture import png

F8 = npt.NDArray[np.float64]

SEED = 3
COLUMNS, ROWS, SIDE = 9, 6, 90
"""Tiles of the picture, and the side of one [px]."""
FIELD = Field(tiles=COLUMNS * ROWS, mean=7.5, patchy=0.25, apart=9.0, side=float(SIDE))
COUNTERS = (
    Annotator(name="counter-1", hit=0.9, uneven=0.7, false=0.05, scatter=1.2),
    Annotator(name="counter-2", hit=0.82, uneven=0.7, false=0.08, scatter=1.5),
)
CHECKED = 15
"""Tiles that are checked against a closer look, drawn at random."""
MARGIN = 24
"""Rows below the tiles, for the word that marks the picture [px]."""
PICTURE = "SIMULATED_parade_ground.png"
GROUND, PERSON, LURE = 0.45, 0.32, 0.12
"""Brightness of the ground, and what a person and a spot that lures add to it at most [1]."""
HEADER = ("image", "tile", "by", "x", "y", "independent", "checked", "simulated")
AREA = ("area_x", "area_y", "area_width", "area_height")


@cache
def ground() -> World:
    """Who stands where on each tile."""
    return world(FIELD, np.random.default_rng(SEED))


def total() -> int:
    """How many people stand on the picture: the truth."""
    return ground().total


def tables() -> dict[str, str]:
    """The files of marks by name: one a counter, and the checked tiles."""
    rng = np.random.default_rng(SEED + 1)
    marked = mark(ground(), COUNTERS, rng)
    drawn = sorted(rng.choice(FIELD.tiles, CHECKED, replace=False).tolist())
    made = {
        who.name: [(k % FIELD.tiles, one) for k, one in enumerate(marked) if one.by == who.name] for who in COUNTERS
    }
    made["checked"] = [(index, ground().truth(index)) for index in drawn]
    return {f"SIMULATED_marks_{name}.csv": _table(given) for name, given in made.items()}


def _table(given: Iterable[tuple[int, Marks]]) -> str:
    """Marks by tile as rows in pixels of the whole picture; a tile without marks is a row without a position."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*HEADER, *AREA))
    for index, one in given:
        left, top = _corner(index)
        for point in one.points or (None,):
            at = ("", "") if point is None else (f"{left + _inside(point[0]):.1f}", f"{top + _inside(point[1]):.1f}")
            flags = ("yes", "yes" if one.checked else "", "yes")
            writer.writerow((PICTURE, f"tile-{index:02d}", one.by, *at, *flags, left, top, SIDE, SIDE))
    return text.getvalue()


def _inside(value: float) -> float:
    """A click at the edge of a tile, kept on it [px]."""
    return min(max(value, 0.0), SIDE - 0.1)


def _corner(index: int) -> tuple[int, int]:
    return index % COLUMNS * SIDE, index // COLUMNS * SIDE


def picture() -> F8:
    """(rows, columns) the brightness of the parade ground [1]: people as bright dots, some fainter spots that lure."""
    rng = np.random.default_rng(SEED + 2)
    there = ground()
    dots = np.zeros((ROWS * SIDE + MARGIN, COLUMNS * SIDE))
    for index in range(FIELD.tiles):
        shown = [
            (point, PERSON / (1 + np.exp(-1 - v)))
            for point, v in zip(there.points[index], there.visibility[index], strict=True)
        ]
        shown += [(point, LURE) for point in there.lures[index]]
        left, top = _corner(index)
        for (x, y), light in shown:
            dots[min(int(top + y), dots.shape[0] - 1), min(int(left + x), dots.shape[1] - 1)] += light
    blurred = ndimage.gaussian_filter(dots, 1.4) * (2 * np.pi * 1.4**2)
    coarse = ndimage.gaussian_filter(rng.standard_normal(dots.shape), 6)
    rough = 0.03 * coarse / coarse.std() + 0.006 * rng.standard_normal(dots.shape)
    made: F8 = GROUND + rough + blurred
    return made


def write(folder: Path) -> int:
    """Writes the picture and the files of marks that are not there yet; returns how many files."""
    contents = {PICTURE: lambda: png(picture(), low=0.2, high=0.9)}
    contents |= {name: text.encode for name, text in tables().items()}
    lacking = [name for name in contents if not (folder / name).exists()]
    for name in lacking:
        write_atomic(folder / name, contents[name]())
    return len(lacking)

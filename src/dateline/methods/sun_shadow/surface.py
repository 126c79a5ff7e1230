"""Where on Earth a shadow can have been seen at a known instant, or at a known reading of the clock on the wall.

Every place with the sun up is as likely as any other before the shadow is looked at (per km2, land and sea alike). Two
passes: cells of 0.25 degree with errors widened to the cell's size find where it can be at all; finer cells, down to
1 km, are computed there alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage, stats

from dateline.core.errors import Refusal
from dateline.media import sun
from dateline.methods.sun_shadow.clues import LOWEST, Case, Seen

F8 = npt.NDArray[np.float64]
Index = npt.NDArray[np.int_]

STEP = 0.25
ROWS, COLUMNS = 720, 1440
KM_PER_DEGREE = 111.2
FAR = 20.0
"""Cost over the best beyond which a cell holds nothing that would count."""
MOST = 2_000_000
"""Cells of the second pass."""


@dataclass(frozen=True, slots=True)
class Instants:
    """The first shadow's instant in every coarse cell: a few Unix times [s] (`table`; NaN where the clock shows no such
    time), and for each cell a number into them, or None where there is only one for all."""

    table: F8
    code: npt.NDArray[np.uint16] | None = None

    def codes(self, cells: Index) -> Index:
        """Numbers into the table for coarse cells."""
        return np.zeros(cells.shape, np.int_) if self.code is None else self.code[cells].astype(np.int_)

    def __call__(self, cells: Index) -> F8:
        """Unix times [s] in coarse cells."""
        return self.table[self.codes(cells)]

    def overhead(self, after: float) -> sun.Overhead:
        """The sun's direction at each of the table's times and so much later [s]; at any time for those that are none.

        Raises InputError `sun-years`.
        """
        known = np.isfinite(self.table)
        if known.any():
            sun.check_seconds(self.table[known] + after)
        return sun.overhead(np.where(known, self.table, 0.0) + after)


@dataclass(frozen=True, slots=True)
class Surface:
    """Cells with a shadow that fits. Arrays are one a cell.

    step: side [degrees]. column, row: number of the cell from 180 W and 90 S. cost: less that of the best cell, whose
    own is `lowest`. limits: cost at which each wanted level ends, by level. chance: of a fit so bad. best: lon, lat.
    """

    step: float
    column: Index
    row: Index
    cost: F8
    limits: dict[float, float]
    lowest: float
    chance: float
    best: tuple[float, float]

    @property
    def lon(self) -> F8:
        """[degrees] of the cells' middles."""
        return np.asarray(-180 + self.step * (self.column + 0.5), np.float64)

    @property
    def lat(self) -> F8:
        """[degrees] of the cells' middles."""
        return np.asarray(-90 + self.step * (self.row + 0.5), np.float64)

    def cut(self, levels: tuple[float, ...]) -> dict[float, float]:
        """The cost within which each level of the probability lies, most likely cells first."""
        order = np.argsort(self.cost, kind="stable")
        weight = (np.exp(-self.cost / 2) * np.cos(np.radians(self.lat)))[order]
        grown = np.cumsum(weight) / weight.sum()
        last = order.size - 1
        return {each: float(self.cost[order[min(int(np.searchsorted(grown, each)), last)]]) for each in levels}

    def km2(self, level: float) -> float:
        """Area of the region of that level [km2]."""
        inside = self.cost <= self.limits[level]
        return float((KM_PER_DEGREE * self.step) ** 2 * np.cos(np.radians(self.lat[inside])).sum())


def everywhere(instant: float) -> Instants:
    """One instant for all [s]."""
    return Instants(np.array([instant]))


def surface(case: Case, instants: Instants, *, levels: tuple[float, ...], finest: float) -> Surface | None:
    """The surface, with cells of `finest` [degrees] where there are not too many; None where no sun throws such a
    shadow. Raises InputError `sun-years`, Refusal `no-such-sun`.
    """
    coarse = _blurred(case)
    cells = _candidates(coarse)(instants)
    if cells.size == 0:
        return None
    cost = _costs(coarse, instants, cells, *_middles(cells))[1]
    if not np.isfinite(cost).any():
        return None
    kept = _with_neighbours(cells[cost - cost.min() < FAR])
    first = _pass(case, instants, (kept // COLUMNS, kept % COLUMNS), (STEP, 1 if finest >= STEP else 2), levels=levels)
    if first is None or first.step <= finest:
        return first
    wanted, top = math.ceil(first.step / finest), first.limits[max(levels)] + 3
    whole = int((first.cost < FAR).sum()) * wanted**2 <= MOST
    inside = first.cost < (FAR if whole else top)
    sides = wanted if whole else min(wanted, math.isqrt(MOST // max(1, int(inside.sum()))))
    if sides < 2:
        return first
    inner = first.row[inside], first.column[inside]
    return _pass(case, instants, inner, (first.step, sides), levels=levels, limited=None if whole else first)


def _pass(
    case: Case,
    instants: Instants,
    cells: tuple[Index, Index],
    parts: tuple[float, int],
    *,
    levels: tuple[float, ...],
    limited: Surface | None = None,
) -> Surface | None:
    """The surface over cells (rows, columns) of a side, each cut into so many by so many.

    limited: a coarser surface of the whole, where these cells are only its inner part: the limits are then its own.
    """
    side, n = parts
    step, inner = side / n, np.arange(n)
    row = np.add.outer(cells[0] * n, np.add.outer(inner, 0 * inner)).ravel()
    column = np.add.outer(cells[1] * n, np.add.outer(0 * inner, inner)).ravel()
    lat, lon = -90 + step * (row + 0.5), -180 + step * (column + 0.5)
    in_coarse = round(STEP / step)
    chi2, cost = _costs(case, instants, row // in_coarse * COLUMNS + column // in_coarse, lon, lat)
    if not np.isfinite(cost).any():
        return None
    best = int(np.argmin(cost))
    lowest = float(cost[best])
    found = Surface(
        step=step,
        column=column[near := cost - lowest < FAR],
        row=row[near],
        cost=cost[near] - lowest,
        limits={},
        lowest=lowest,
        chance=float(stats.chi2.sf(float(np.min(chi2)), max(1, len(case.clues) - 2))),
        best=(float(lon[best]), float(lat[best])),
    )
    if limited is None:
        return replace(found, limits=found.cut(levels))
    return replace(found, limits={level: limit + limited.lowest - lowest for level, limit in limited.limits.items()})


def _costs(case: Case, instants: Instants, cells: Index, lon: F8, lat: F8) -> tuple[F8, F8]:
    """chi2 and cost of positions (K) in these coarse cells, in pieces that stay small.

    Infinite where the clock shows no such time.
    """
    chi2, cost = np.full(len(lon), np.inf), np.full(len(lon), np.inf)
    codes = instants.codes(cells)
    places = np.flatnonzero(np.isfinite(instants.table)[codes])
    after = [shadow.after for shadow in case.shadows]
    above = {each: instants.overhead(each) for each in set(after)}
    for start in range(0, places.size, 1 << 15):
        part = places[start : start + (1 << 15)]
        made = {each: sun.from_ground(_of(found, codes[part]), lon[part], lat[part]) for each, found in above.items()}
        up = np.logical_and.reduce([sky.elevation > LOWEST - 1 for sky in made.values()])
        if not up.any():
            continue
        here = part[up]
        seen = {each: case.seen(sun.Sky(sky.elevation[up], sky.azimuth[up]), lat[here]) for each, sky in made.items()}
        fit = case.fit(case.said([seen[each] for each in after]))
        chi2[here], cost[here] = fit.chi2, fit.cost
    return chi2, cost


def _of(found: sun.Overhead, codes: Index) -> sun.Overhead:
    """The directions of these numbers; one alone is left to broadcast."""
    if found.x.size == 1:
        return found
    return sun.Overhead(found.x[codes], found.y[codes], found.z[codes], found.turned[codes])


def _middles(cells: Index) -> tuple[F8, F8]:
    lon, lat = -180 + STEP * (cells % COLUMNS + 0.5), -90 + STEP * (cells // COLUMNS + 0.5)
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


def _blurred(case: Case) -> Case:
    """The case with errors widened to the size of a coarse cell, so that no place slips between two middles."""
    shadows = tuple(
        replace(one, penumbra=max(one.penumbra, 1.5 * STEP), azimuth_sigma=max(one.azimuth_sigma, 2 * STEP))
        for one in case.shadows
    )
    return replace(case, shadows=shadows)


def _candidates(case: Case) -> Callable[[Instants], Index]:
    """The coarse cells whose sun is up, and as high as the first shadow of a known ratio asks."""
    low, high, after = LOWEST - 1.0, 90.0, case.shadows[0].after
    for clue in case.clues:
        if clue.kind == "length" and clue.less is None:
            low, high = _heights(case, clue.of)
            after = case.shadows[clue.of].after
            break

    def found(instants: Instants) -> Index:
        cells = np.arange(ROWS * COLUMNS)
        codes = instants.codes(cells)
        made = _of(instants.overhead(after), codes)
        lat = np.radians(-90 + STEP * (np.arange(ROWS) + 0.5))[:, None]
        shape = (1, 1) if made.x.size == 1 else (ROWS, COLUMNS)
        lon = np.radians(-180 + STEP * (np.arange(COLUMNS) + 0.5))[None]
        turned = made.turned.reshape(shape) + lon
        inward = np.cos(turned) * made.x.reshape(shape) + np.sin(turned) * made.y.reshape(shape)
        sine = np.sin(lat) * made.z.reshape(shape) + np.cos(lat) * inward
        between = (sine >= np.sin(np.radians(low))) & (sine <= np.sin(np.radians(high)))
        return np.flatnonzero(between.ravel() & np.isfinite(instants.table)[codes])

    return found


def _heights(case: Case, number: int) -> tuple[float, float]:
    """Lowest and highest geometric elevation [degrees] that one shadow's ratio can mean, errors and all.

    Raises Refusal `shadow-ratio` where no sun makes it on that slope.
    """
    clue = next(one for one in case.clues if one.kind == "length" and one.of == number)
    heights = np.arange(LOWEST - 1.0, 90.0, 0.05)
    lift = sun.refraction(heights, pressure=case.air.pressure, temperature=case.air.temperature)
    fastest = np.full(heights.shape, 360.9856 / 86_400)
    seen = Seen(heights + lift, np.zeros(heights.shape), fastest, fastest, lift)
    alone = replace(case, shadows=(case.shadows[number],), clues=(replace(clue, of=0),))
    chi2 = alone.fit(alone.said([seen])).chi2
    near = heights[chi2 < 2 * FAR]
    if near.size == 0:
        raise Refusal(
            "No sun throws a shadow of this length on such ground.",
            saw=f"{case.shadows[number].id}: ratio {case.shadows[number].ratio:g}",
            do="Check slope and tilt: uphill along the shadow, and away from the sun, are positive.",
            code="no-such-sun",
        )
    return float(near.min()) - STEP, float(near.max()) + STEP


def _with_neighbours(cells: Index) -> Index:
    mask = np.zeros((ROWS, COLUMNS + 2), bool)
    mask[cells // COLUMNS, cells % COLUMNS + 1] = True
    mask[:, 0], mask[:, -1] = mask[:, -2], mask[:, 1]
    grown = ndimage.binary_dilation(mask, np.ones((3, 3), bool))[:, 1:-1]
    return np.flatnonzero(grown.ravel())

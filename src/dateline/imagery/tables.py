"""What stage 1 makes of images and stage 2 reads: frozen tables of values, counts, areas and states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from dateline.core.when import When

F8 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One time of a series: when, and what made the values."""

    when: When
    product: str
    layer: str
    unit: str
    collection: str | None = None
    platform: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    """Name and SHA-256 of each file behind it."""
    simulated: bool = False
    notes: tuple[tuple[str, str], ...] = ()
    """What the reader noticed, as (code, text): a doubled frame, nodata that was not declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How the seen pixels' values are spread at one time, over the whole extent. Shows a pedestal or a mask."""

    n: int
    zero_share: float
    minimum: float
    smallest_positive: float
    quantiles: tuple[float, float, float, float, float]
    """5, 25, 50, 75 and 95 % [unit of the layer]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonalSeries:
    """Place by time: sums, counts and areas by state. T looks, P places.

    total: (T, P) sum of value times coverage fraction over seen pixels [unit px]; NaN where nothing was seen.
    area_total: (T, P) the same times pixel area [unit km2].
    weight: (T, P, 8) sum of coverage fractions by core.State code [px]; the sum over states is `size`.
    lit: (T, P) sum of coverage fractions over seen pixels with a value above the floor [px].
    nights: (T, P) mean number of looks over seen pixels; NaN where unknown.
    size: (P,) the place's size [px]; area: (P,) [km2].
    other: further layers' totals by name, (T, P), for showing beside (the gap-filled answer).
    profiles: one per look, or empty.
    """

    places: tuple[str, ...]
    looks: tuple[Look, ...]
    total: F8
    area_total: F8
    weight: F8
    lit: F8
    nights: F8
    size: F8
    area: F8
    other: dict[str, F8] = field(default_factory=dict)
    profiles: tuple[Profile, ...] = ()

    def seen(self) -> F8:
        """(T, P) seen pixels, by coverage fraction [px]."""
        seen: F8 = self.weight[:, :, :2].sum(axis=2)
        return seen

    def mean(self) -> F8:
        """(T, P) mean value over seen pixels [unit]; NaN where nothing was seen."""
        with np.errstate(invalid="ignore", divide="ignore"):
            mean: F8 = self.total / self.seen()
        return mean

    def seen_share(self) -> F8:
        """(T, P) share of the place that was seen, 0 to 1."""
        return self.seen() / self.size


PairKind = Literal["change", "history"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two looks of the same months on the pixels that both saw. `a` and `b` index the looks."""

    kind: PairKind
    a: int
    b: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSums:
    """Two looks compared on one fixed mask, by spatial cells within places. K pairs, C cells, P places.

    A cell is a square of `grain` by `grain` pixels cut by its place: the finest unit that the bootstrap over space
    can draw; larger blocks are made by joining cells (integer division of row and column).

    cell_place: (C,) index into places. cell_row, cell_column: (C,) the cell's position, in cells of its place.
    sum_a, sum_b: (K, C) sum of value times coverage over pixels seen in both looks [unit px]. Floor pixels count 0.
    weight: (K, C) coverage of pixels seen in both [px].
    lit_a, lit_b: (K, C) of these, coverage of pixels above the floor in that look [px].
    both_a, both_b: (K, C) sums over pixels that are above the floor in both looks [unit px].
    lost: (K, P, 8) coverage of pixels not seen in both, by the taking-precedence State of the two [px].
    snow_a, snow_b: (K, P) coverage under snow in each look [px].
    nights_a, nights_b: (K, P) mean number of looks on the common pixels; NaN where unknown.
    size: (P,) [px]; area: (P,) [km2]. pixel_km: (height, width) of a pixel at the place's centre, (P, 2) [km].
    profiles: for each pair the profile of a and of b over the common pixels of the whole extent.
    grain: (P,) pixels a side.
    """

    places: tuple[str, ...]
    looks: tuple[Look, ...]
    pairs: tuple[Pair, ...]
    cell_place: npt.NDArray[np.int32]
    cell_row: npt.NDArray[np.int32]
    cell_column: npt.NDArray[np.int32]
    sum_a: F8
    sum_b: F8
    weight: F8
    lit_a: F8
    lit_b: F8
    both_a: F8
    both_b: F8
    lost: F8
    snow_a: F8
    snow_b: F8
    nights_a: F8
    nights_b: F8
    size: F8
    area: F8
    pixel_km: F8
    grain: npt.NDArray[np.int32]
    profiles: tuple[tuple[Profile, Profile], ...] = ()

    def of_kind(self, kind: PairKind) -> tuple[int, ...]:
        """The indices of the pairs of one kind."""
        return tuple(index for index, pair in enumerate(self.pairs) if pair.kind == kind)

"""One place cut out of the paired sums: its cells, what was seen of it, and the times of its pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dateline.imagery.tables import F8, Look, PairedSums, Profile
from dateline.methods.lights_guards import month_index

I8 = npt.NDArray[np.int64]

_CELL_FIELDS = ("sum_a", "sum_b", "weight", "lit_a", "lit_b", "both_a", "both_b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """When the K pairs were seen. `change` marks the pairs of the question; the others are history.

    look_a, look_b: (K,) which look. year_a, year_b: (K,) years counted from the first month of the question, so that
    a winter stays in one year.
    """

    change: npt.NDArray[np.bool_]
    look_a: I8
    look_b: I8
    year_a: I8
    year_b: I8

    def kept(self, keep: npt.NDArray[np.bool_]) -> Pairs:
        """Only the pairs that are marked."""
        return Pairs(**{name: getattr(self, name)[keep] for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSums:
    """The sums of one place. K pairs, C cells.

    sum_a, sum_b, both_a, both_b: (K, C) [unit px]; weight, lit_a, lit_b: (K, C) [px]; as in imagery.PairedSums.
    part, row, column: (C,) the place a cell belongs to and its corner there [px]. pixel_area: (C,) [km2].
    lost: (K, 8) coverage not seen in both, by State code; snow_a, snow_b: (K,) [px]; nights_a, nights_b: (K,).
    size: [px].
    """

    id: str
    pairs: Pairs
    sum_a: F8
    sum_b: F8
    weight: F8
    lit_a: F8
    lit_b: F8
    both_a: F8
    both_b: F8
    part: I8
    row: I8
    column: I8
    pixel_area: F8
    lost: F8
    snow_a: F8
    snow_b: F8
    nights_a: F8
    nights_b: F8
    size: float

    @property
    def outside(self) -> float:
        """What of the place no look could have seen: sea, masked land, outside the footprint [px]."""
        return float(self.lost[:, -1].min(initial=np.inf)) if len(self.lost) else 0.0

    def seen_share(self) -> F8:
        """(K,) share of the place, without what lies outside, that both looks saw; 0 to 1."""
        share: F8 = np.clip(self.weight.sum(axis=1) / max(self.size - self.outside, 1e-9), 0.0, 1.0)
        return share

    def nights(self) -> F8:
        """(K,) the smaller of the two looks' mean number of nights; NaN where unknown."""
        fewer: F8 = np.minimum(self.nights_a, self.nights_b)
        return fewer

    def kept(self, keep: npt.NDArray[np.bool_]) -> PlaceSums:
        """Only the pairs that are marked."""
        cut = {name: getattr(self, name)[keep] for name in (*_CELL_FIELDS, "lost", "snow_a", "snow_b")}
        return replace(
            self, pairs=self.pairs.kept(keep), nights_a=self.nights_a[keep], nights_b=self.nights_b[keep], **cut
        )


def pairs_of(sums: PairedSums) -> Pairs:
    """The times of all pairs, years counted from the first month of the first change pair."""
    change = np.array([pair.kind == "change" for pair in sums.pairs])
    months = np.array([month_index(look.when) for look in sums.looks], dtype=np.int64)
    a = np.array([pair.a for pair in sums.pairs], dtype=np.int64)
    b = np.array([pair.b for pair in sums.pairs], dtype=np.int64)
    origin = int(months[a[change]].min()) if change.any() else 0
    year = (months - origin) // 12
    return Pairs(change=change, look_a=a, look_b=b, year_a=year[a], year_b=year[b])


def cut(sums: PairedSums, places: Sequence[int], pairs: Pairs, *, name: str | None = None) -> PlaceSums:
    """One place, or several as one (totals), by index; cells of different places are never joined into one block."""
    wanted = np.array(places, dtype=np.int64)
    mine = np.isin(sums.cell_place, wanted) if len(wanted) > 1 else sums.cell_place == wanted[0]
    cells = np.flatnonzero(mine)
    part = sums.cell_place[cells].astype(np.int64)
    grain = sums.grain[part].astype(np.int64)
    size = sums.size[wanted]

    def mean_over_places(values: F8) -> F8:
        known = np.where(np.isnan(values), 0.0, size)
        total = known.sum(axis=1)
        weighted = np.nansum(values * known, axis=1)
        mean: F8 = np.divide(weighted, total, out=np.full(len(total), np.nan), where=total > 0)
        return mean

    return PlaceSums(
        id=name or sums.places[places[0]],
        pairs=pairs,
        **{field: getattr(sums, field)[:, cells] for field in _CELL_FIELDS},
        part=part,
        row=sums.cell_row[cells] * grain,
        column=sums.cell_column[cells] * grain,
        pixel_area=sums.pixel_km[part].prod(axis=1),
        lost=sums.lost[:, wanted].sum(axis=1),
        snow_a=sums.snow_a[:, wanted].sum(axis=1),
        snow_b=sums.snow_b[:, wanted].sum(axis=1),
        nights_a=mean_over_places(sums.nights_a[:, wanted]),
        nights_b=mean_over_places(sums.nights_b[:, wanted]),
        size=float(size.sum()),
    )


def compared_looks(sums: PairedSums) -> tuple[tuple[Look, ...], tuple[Look, ...]]:
    """The looks of period A and of period B, each once, in the order of time."""
    change = [sums.pairs[index] for index in sums.of_kind("change")]
    sides = ({pair.a for pair in change}, {pair.b for pair in change})
    before, after = (
        tuple(sorted((sums.looks[i] for i in side), key=lambda look: month_index(look.when))) for side in sides
    )
    return before, after


def change_profiles(sums: PairedSums) -> tuple[tuple[Profile, Profile], ...]:
    """The profiles of the change pairs, or nothing where none were made."""
    return tuple(sums.profiles[index] for index in sums.of_kind("change")) if sums.profiles else ()

"""Two looks compared on the pixels that both saw: sums by cells of places, streamed window by window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from dateline.core import State
from dateline.core.identity import sha256_file
from dateline.core.state import combine, seen
from dateline.imagery.cells import Cells, cells
from dateline.imagery.coverage import F8, Coverage, cover_extent, total_by
from dateline.imagery.profile import Spread, spread_over
from dateline.imagery.scene import Pixels
from dateline.imagery.stack import Progress, Stack
from dateline.imagery.sums import Bools, Part, Plane, part
from dateline.imagery.tables import Look, Pair, PairedSums
from dateline.imagery.zonal import windows

MOST_CELLS = 4000
"""A place is cut into at most this many cells."""

_BY_CELL = ("sum_a", "sum_b", "weight", "lit_a", "lit_b", "both_a", "both_b")


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums in the making: K pairs, C cells, P places."""

    cell: dict[str, F8]
    lost: F8
    snow: tuple[F8, F8]
    nights: tuple[F8, F8]
    known: tuple[F8, F8]
    spreads: tuple[tuple[Spread, Spread], ...]

    @classmethod
    def empty(cls, pairs: int, cell_count: int, places: int, pixels: int) -> _Sums:
        """All zero."""

        def two() -> tuple[F8, F8]:
            return np.zeros((pairs, places)), np.zeros((pairs, places))

        return cls(
            cell={name: np.zeros((pairs, cell_count)) for name in _BY_CELL},
            lost=np.zeros((pairs, places, len(State))),
            snow=two(),
            nights=two(),
            known=two(),
            spreads=tuple((spread_over(pixels), spread_over(pixels)) for _ in range(pairs)),
        )

    def add(self, pair: int, by_cell: Part, by_place: Part, looks: tuple[Pixels, Pixels], floor: float) -> None:
        """Adds one window of one pair."""
        a, b = looks
        common = seen(a.states) & seen(b.states)
        above_a, above_b = (common & (look.states == State.OBSERVED) for look in looks)
        lit_a, lit_b = above_a & (a.values > floor), above_b & (b.values > floor)
        ones = np.ones(common.shape, np.uint8)
        planes: dict[str, tuple[Plane, Bools]] = {
            "sum_a": (a.values, above_a),
            "sum_b": (b.values, above_b),
            "weight": (ones, common),
            "lit_a": (ones, lit_a),
            "lit_b": (ones, lit_b),
            "both_a": (a.values, lit_a & lit_b),
            "both_b": (b.values, lit_a & lit_b),
        }
        for name, (plane, where) in planes.items():
            self.cell[name][pair] += _total(by_cell, plane, where, self.cell[name].shape[1])
        self._add_lost(pair, by_place, looks)
        for side, look in enumerate(looks):
            self.spreads[pair][side].add(look.values, common)
            if look.nights is not None:
                places = self.lost.shape[1]
                self.nights[side][pair] += _total(by_place, look.nights, common, places)
                self.known[side][pair] += _total(by_place, ones, common, places)

    def _add_lost(self, pair: int, by_place: Part, looks: tuple[Pixels, Pixels]) -> None:
        places = self.lost.shape[1]
        strips = by_place.strips
        for state, count in by_place.counts(combine(looks[0].states, looks[1].states)).items():
            if not State(state).is_seen:
                self.lost[pair, :, state] += total_by(strips.place, count * strips.share, places)
        for side, look in enumerate(looks):
            snow = look.states == State.SNOW
            self.snow[side][pair] += _total(by_place, snow.view(np.uint8), snow, places)


def paired_sums(
    stack: Stack,
    coverage: Coverage | None,
    pairs: Sequence[Pair],
    layer: str,
    *,
    floor: float = 0.0,
    margin: int = 0,
    most_cells: int = MOST_CELLS,
    digest: Callable[[Path], str] = sha256_file,
    progress: Progress | None = None,
) -> PairedSums:
    """Pairs of looks of one layer on the pixels that both saw, by cells of at most `most_cells` a place.

    stack, coverage: on the same grid; without a coverage everything the images show is one place named `extent`.
    pairs: `a` and `b` index stack.frames. floor: what a seen pixel must exceed to count as lit [unit]. margin: how
    far around the places the profiles look [px]. At most two frames of one window are in memory at a time.
    Raises InputError `outside` for a place that no image of any time shows.
    """
    coverage = coverage or cover_extent(stack.geobox, stack.cells)
    blocks = windows(stack, coverage, margin)
    cut = cells(coverage, most_cells)
    sums = _Sums.empty(len(pairs), len(cut.place), len(coverage.places), sum(block.pixels for block in blocks))
    done = 0
    for block in blocks:
        by_place = part(coverage.strips, block)
        by_cell = part(cut.cut(by_place.strips), block)
        read = partial(stack.read, layer=layer, window=block)
        for pair, pixels_of in in_turn(pairs, read):
            sums.add(pair, by_cell, by_place, pixels_of, floor)
            done += 1
            if progress:
                progress(done, len(blocks) * len(pairs))
    looks = tuple(stack.look(frame, layer, digest) for frame in range(len(stack.frames)))
    return _finished(coverage, cut, looks, tuple(pairs), sums)


def _total(piece: Part, plane: Plane, where: Bools, groups: int) -> F8:
    return total_by(piece.strips.place, piece.sums(plane, where) * piece.strips.share, groups)


def in_turn(pairs: Sequence[Pair], read: Callable[[int], Pixels]) -> Iterator[tuple[int, tuple[Pixels, Pixels]]]:
    """Each pair's two looks; pairs that share a look follow each other, so that it is read once."""
    left = dict(enumerate(pairs))
    held: dict[int, Pixels] = {}
    while left:
        index = next((index for index, pair in left.items() if {pair.a, pair.b} & held.keys()), next(iter(left)))
        pair = left.pop(index)
        held = {frame: held[frame] for frame in (pair.a, pair.b) if frame in held}
        for frame in (pair.a, pair.b):
            if frame not in held:
                held[frame] = read(frame)
        yield index, (held[pair.a], held[pair.b])


def _finished(
    coverage: Coverage, cut: Cells, looks: tuple[Look, ...], pairs: tuple[Pair, ...], sums: _Sums
) -> PairedSums:
    lost = sums.lost
    weight = np.stack([total_by(cut.place, row, len(coverage.places)) for row in sums.cell["weight"]])
    lost[..., State.NOT_OBSERVED] += np.maximum(coverage.size - weight - lost.sum(axis=2), 0)
    nights_a, nights_b = (
        np.divide(nights, known, out=np.full_like(nights, np.nan), where=known > 0)
        for nights, known in zip(sums.nights, sums.known, strict=True)
    )
    return PairedSums(
        places=coverage.places,
        looks=looks,
        pairs=pairs,
        cell_place=cut.place.astype(np.int32),
        cell_row=cut.row.astype(np.int32),
        cell_column=cut.column.astype(np.int32),
        **sums.cell,
        lost=lost,
        snow_a=sums.snow[0],
        snow_b=sums.snow[1],
        nights_a=nights_a,
        nights_b=nights_b,
        size=coverage.size,
        area=coverage.area,
        pixel_km=coverage.pixel_km,
        grain=cut.grain.astype(np.int32),
        profiles=tuple((a.profile(), b.profile()) for a, b in sums.spreads),
    )

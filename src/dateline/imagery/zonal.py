"""Images over places become a table: sums, counts and areas by state, streamed window by window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core import InputError, State
from dateline.core.identity import sha256_file
from dateline.core.state import seen
from dateline.imagery.coverage import F8, Coverage, Window, cover_extent, total_by
from dateline.imagery.profile import Spread, spread_over
from dateline.imagery.scene import Pixels
from dateline.imagery.stack import Progress, Stack, read_ahead
from dateline.imagery.sums import CATEGORIES, Part, by_state, categories, part
from dateline.imagery.tables import Look, ZonalSeries


@dataclass(slots=True)
class _Table:
    """The sums in the making: T frames, P places."""

    total: F8
    area_total: F8
    counts: F8
    nights: F8
    nights_known: F8
    other: dict[str, F8]
    spreads: list[Spread]

    @classmethod
    def empty(cls, frames: int, places: int, others: Sequence[str], pixels: int) -> _Table:
        """All zero."""
        total, area_total, nights, known = (np.zeros((frames, places)) for _ in range(4))
        counts = np.zeros((frames, places, CATEGORIES))
        other = {layer: np.full((frames, places), np.nan) for layer in others}
        return cls(total, area_total, counts, nights, known, other, [spread_over(pixels) for _ in range(frames)])

    def add(self, frame: int, piece: Part, pixels: Pixels, floor: float) -> None:
        """Adds one window of one frame."""
        strips, places = piece.strips, self.total.shape[1]
        looked = seen(pixels.states)
        sums = piece.sums(pixels.values, looked) * strips.share
        self.total[frame] += total_by(strips.place, sums, places)
        self.area_total[frame] += total_by(strips.place, sums * strips.area, places)
        counted = np.zeros((places, CATEGORIES))
        for category, count in piece.counts(categories(pixels, floor)).items():
            counted[:, category] = total_by(strips.place, count * strips.share, places)
        self.counts[frame] += counted
        if pixels.nights is not None:
            self.nights[frame] += total_by(strips.place, piece.sums(pixels.nights, looked) * strips.share, places)
            self.nights_known[frame] += by_state(counted)[:, :2].sum(axis=1)
        self.spreads[frame].add(pixels.values, looked)

    def add_other(self, layer: str, frame: int, piece: Part, values: npt.NDArray[np.float32]) -> None:
        """Adds one window of a further layer: everything that has a value, whatever its state."""
        strips, places = piece.strips, self.total.shape[1]
        told = np.isfinite(values)
        sums = total_by(strips.place, piece.sums(values, told) * strips.share, places)
        some = sums != 0
        if not some.all():  # dark all over, or without any value: only a count can tell
            some |= total_by(strips.place, piece.sums(told.view(np.uint8), told), places) > 0
        here = self.other[layer][frame]
        self.other[layer][frame] = np.where(some, np.nan_to_num(here) + sums, here)


def zonal_series(
    stack: Stack,
    coverage: Coverage,
    layer: str,
    *,
    other: Sequence[str] = (),
    floor: float = 0.0,
    margin: int = 0,
    digest: Callable[[Path], str] = sha256_file,
    progress: Progress | None = None,
) -> ZonalSeries:
    """Place by time: sums, areas, lit pixels and looks of one layer, with what was not seen by its state.

    stack, coverage: on the same grid. Only the windows that the places touch are read, one at a time for one frame.
    other: further layers whose totals are shown beside: there every pixel with a value counts, also a filled one.
    floor: what a seen pixel must exceed to count as lit [unit]. margin: how far around the places the profiles look
    [px], so that a port's profile can show a pedestal in the sea and the hills beside it. digest: a file's SHA-256.
    Raises InputError `outside` for a place that no image of any time shows.
    """
    blocks = windows(stack, coverage, margin)
    frames = range(len(stack.frames))
    table = _Table.empty(len(frames), len(coverage.places), other, sum(block.pixels for block in blocks))
    jobs = [(block, frame) for block in blocks for frame in frames]

    def read(block: Window, frame: int) -> tuple[Pixels, list[npt.NDArray[np.float32]]]:
        return stack.read(frame, layer, block), [stack.values(frame, name, block) for name in other]

    with ThreadPoolExecutor(max_workers=1) as aside:  # hashing whole files need not wait for the pixels
        looks = aside.map(partial(stack.look, layer=layer, digest=digest), frames)
        piece = part(coverage.strips, blocks[0])
        reads = read_ahead(partial(read, *job) for job in jobs)
        for done, ((block, frame), (pixels, further)) in enumerate(zip(jobs, reads, strict=True), 1):
            if block != piece.window:
                piece = part(coverage.strips, block)
            table.add(frame, piece, pixels, floor)
            for name, values in zip(other, further, strict=True):
                table.add_other(name, frame, piece, values)
            if progress:
                progress(done, len(jobs))
        return _finished(table, coverage, tuple(looks))


def extent_series(stack: Stack, layer: str, **options: Any) -> ZonalSeries:
    """The same table for everything the images show, as one place named `extent`; options as of zonal_series."""
    return zonal_series(stack, cover_extent(stack.geobox, stack.cells), layer, **options)


def windows(stack: Stack, coverage: Coverage, margin: int) -> tuple[Window, ...]:
    """The windows to read for these places, in blocks: the smallest around them in each cell, and a margin [px].

    Raises InputError `outside` when a place lies wholly where no image of any time is.
    """
    if coverage.geobox != stack.geobox:
        raise ValueError(f"The coverage was made for {coverage.geobox}, the images lie on {stack.geobox}.")
    blocks = tuple(stack.blocks(partial(_wanted, coverage, margin)))
    shown = np.zeros(len(coverage.places), dtype=bool)
    for block in blocks:
        shown[coverage.strips.within(block).place] = True
    lost = [name for name, is_shown in zip(coverage.places, shown, strict=True) if not is_shown]
    if lost:
        raise InputError(
            f"No image shows {', '.join(lost[:5])}{' and others' if len(lost) > 5 else ''}.",
            saw=f"{len(blocks)} parts of the grid with images, none of them there",
            do="Give the tile that holds the place.",
            code="outside",
        )
    return blocks


def _wanted(coverage: Coverage, margin: int, cell: Window) -> Window | None:
    inside = coverage.strips.within(cell)
    if not inside.row.size:
        return None
    sides = (
        slice(max(side.start - margin, limit.start), min(side.stop + margin, limit.stop))
        for side, limit in zip(inside.bounds(), cell, strict=True)
    )
    return Window(*sides)


def _finished(table: _Table, coverage: Coverage, looks: tuple[Look, ...]) -> ZonalSeries:
    weight = by_state(table.counts)
    weight[..., State.NOT_OBSERVED] += np.maximum(coverage.size - weight.sum(axis=2), 0)
    looked = weight[..., :2].sum(axis=2) > 0
    known = table.nights_known > 0
    return ZonalSeries(
        places=coverage.places,
        looks=looks,
        total=np.where(looked, table.total, np.nan),
        area_total=np.where(looked, table.area_total, np.nan),
        weight=weight,
        lit=table.counts[..., State.OBSERVED],
        nights=np.divide(table.nights, table.nights_known, out=np.full_like(table.nights, np.nan), where=known),
        size=coverage.size,
        area=coverage.area,
        other=table.other,
        profiles=tuple(spread.profile() for spread in table.spreads),
    )

"""Images of several times and tiles as one grid. A tile or month that is missing is "not observed", never zero."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

from dateline.core import InputError, State, When
from dateline.core.identity import sha256_file
from dateline.imagery.coverage import Window
from dateline.imagery.readers.opened import OpenedImage
from dateline.imagery.scene import Pixels, Scene
from dateline.imagery.tables import Look

Progress = Callable[[int, int], None]
"""OpenedImage how many reads are done, and of how many."""

T = TypeVar("T")

_BLOCK_PIXELS = 6_000_000
"""At most this many pixels of one layer are read at a time: one Black Marble tile whole, larger grids by rows."""
_AHEAD = 2
"""Reads under way at once: HDF5 inflates one at a time, but masks can be made meanwhile."""
_ALIGNED = 0.01
"""Grids that lie off each other by more than this [px] are not one grid."""


@runtime_checkable
class ValuesOnly(Protocol):
    """An image that can give a layer's values without working out their states: a further layer costs its reading."""

    def values(self, layer: str, rows: slice, columns: slice) -> npt.NDArray[np.float32]:
        """The values of a window [unit of the layer]; NaN where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One time of a stack: the images that one satellite's product has of it, by where they lie in the grid."""

    when: When
    product: str
    collection: str | None
    platform: str | None
    tiles: tuple[tuple[Window, OpenedImage], ...]
    notes: tuple[tuple[str, str], ...] = ()

    def image(self, window: Window) -> tuple[Window, OpenedImage] | None:
        """The image that shows this window, with its own place in the grid; None where there is no file."""
        return next((tile for tile in self.tiles if _holds(tile[0], window)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Frames in order of time on one grid. `cells` are the disjoint windows that some image of some time shows."""

    geobox: GeoBox
    frames: tuple[Frame, ...]
    cells: tuple[Window, ...]

    def blocks(self, within: Callable[[Window], Window | None]) -> Iterator[Window]:
        """Windows of bounded size, each inside one cell, that together are what `within` wants of each cell."""
        for cell in self.cells:
            wanted = within(cell)
            if wanted is None:
                continue
            rows, columns = wanted
            step = max(1, _BLOCK_PIXELS // max(1, columns.stop - columns.start))
            for top in range(rows.start, rows.stop, step):
                yield Window(slice(top, min(top + step, rows.stop)), columns)

    def read(self, frame: int, layer: str, window: Window) -> Pixels:
        """A window (inside one cell) of one layer of one frame; wholly `not observed` where there is no file."""
        tile = self.frames[frame].image(window)
        if tile is None:
            return unseen(window.shape)
        place, image = tile
        return image.read(layer, *_shifted(window, place))

    def values(self, frame: int, layer: str, window: Window) -> npt.NDArray[np.float32]:
        """Only the values of a window (inside one cell) [unit of the layer]; NaN where there is none."""
        tile = self.frames[frame].image(window)
        if tile is None or not isinstance(tile[1], ValuesOnly):
            return self.read(frame, layer, window).values
        return tile[1].values(layer, *_shifted(window, tile[0]))

    def look(self, frame: int, layer: str, digest: Callable[[Path], str] = sha256_file) -> Look:
        """What a table says about one frame: when, which product, from which bytes.

        digest: gives a file's SHA-256; an evidence store that knows it already need not read the file again.
        """
        this = self.frames[frame]
        scenes = [image.scene for _, image in this.tiles]
        paths = sorted({scene.path for scene in scenes})
        read = (note for _, image in this.tiles for note in image.notes)
        return Look(
            when=this.when,
            product=this.product,
            layer=layer,
            unit=this.tiles[0][1].unit(layer),
            collection=this.collection,
            platform=this.platform,
            files=tuple((path.name, digest(path)) for path in paths),
            simulated=any(scene.simulated for scene in scenes),
            notes=tuple(dict.fromkeys([*this.notes, *read, *self._missing(this)])),
        )

    def _missing(self, frame: Frame) -> list[tuple[str, str]]:
        lost = sum(1 for cell in self.cells if frame.image(cell) is None)
        if not lost:
            return []
        when = frame.when.spoken()
        return [("missing-tile", f"No file shows {lost} of {len(self.cells)} parts of the area in {when}.")]


def stack(images: Sequence[OpenedImage]) -> Stack:
    """Images of any times and tiles as one grid, in order of time.

    A frame that occurs twice with equal pixels is dropped and noted (`doubled`); of a granule that was processed
    again the latest is kept (`reprocessed`). Raises InputError: `no-images`, `mixed-grids`, `doubled-date` (the two
    differ), `overlapping-images` (two files show the same ground at the same time).
    """
    if not images:
        raise InputError(
            "There is no image to read.", saw="an empty list", do="Give at least one file.", code="no-images"
        )
    first = images[0].scene
    windows = [_position(image.scene, first) for image in images]
    top, left = (min(window[axis].start for window in windows) for axis in (0, 1))
    bottom, right = (max(window[axis].stop for window in windows) for axis in (0, 1))
    windows = [_moved(window, -top, -left) for window in windows]
    geobox = part_of(first.geobox, Window(slice(top, bottom), slice(left, right)))
    tiles = sorted(zip(windows, images, strict=True), key=lambda tile: _frame_key(tile[1].scene))
    frames = [_frame(list(group)) for _, group in itertools.groupby(tiles, lambda tile: _frame_key(tile[1].scene))]
    return Stack(geobox=geobox, frames=tuple(frames), cells=_cells(windows))


def part_of(geobox: GeoBox, window: Window) -> GeoBox:
    """The grid of a window, which may reach beyond the grid it is counted in."""
    corner = Affine.translation(window.columns.start, window.rows.start)
    return GeoBox(window.shape, geobox.affine @ corner, geobox.crs)


def _shifted(window: Window, origin: Window) -> tuple[slice, slice]:
    """A window of the grid in the rows and columns of an image that begins at `origin`."""
    rows, columns = (
        slice(wanted.start - corner.start, wanted.stop - corner.start)
        for wanted, corner in zip(window, origin, strict=True)
    )
    return rows, columns


def unseen(shape: tuple[int, int]) -> Pixels:
    """Pixels that nobody looked at."""
    states = np.full(shape, State.NOT_OBSERVED, np.uint8)
    return Pixels(values=np.full(shape, np.nan, np.float32), states=states, nights=None)


def read_ahead(reads: Iterable[Callable[[], T]]) -> Iterator[T]:
    """The results of reads in order; while one is worked on, the next two are being read in other threads."""
    coming: deque[Future[T]] = deque()
    with ThreadPoolExecutor(max_workers=_AHEAD) as pool:
        for read in reads:
            coming.append(pool.submit(read))
            if len(coming) > _AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def _frame_key(scene: Scene) -> tuple[str, ...]:
    moments = (moment.isoformat() if moment else "" for moment in (scene.when.earliest, scene.when.latest))
    return (*moments, scene.product, scene.platform or "", scene.collection or "")


def _position(scene: Scene, first: Scene) -> Window:
    """Where an image lies in the grid that the first image begins [px]."""
    rows, columns = scene.geobox.shape
    a, b, left, d, e, top = tuple(~first.geobox.affine @ scene.geobox.affine)[:6]
    drift = max(abs(a - 1) * columns, abs(b) * rows, abs(d) * columns, abs(e - 1) * rows)
    apart = max(drift, abs(left - round(left)), abs(top - round(top)))
    if scene.geobox.crs != first.geobox.crs or apart > _ALIGNED:
        raise InputError(
            "The images do not lie on one grid.",
            saw=f"{first.id}: {_told(first.geobox)}; {scene.id}: {_told(scene.geobox)}",
            do="Measure them apart, or give files of one product; resampling would mix neighbouring pixels.",
            code="mixed-grids",
        )
    return Window(slice(round(top), round(top) + rows), slice(round(left), round(left) + columns))


def _told(geobox: GeoBox) -> str:
    a, _, left, _, e, top = tuple(geobox.affine)[:6]
    return f"pixels of {a:.9g} by {abs(e):.9g} from {left:.9g}, {top:.9g} in {geobox.crs}"


def _moved(window: Window, rows: int, columns: int) -> Window:
    (top, bottom), (left, right) = ((side.start, side.stop) for side in window)
    return Window(slice(top + rows, bottom + rows), slice(left + columns, right + columns))


def _holds(outer: Window, inner: Window) -> bool:
    return all(o.start <= i.start and i.stop <= o.stop for o, i in zip(outer, inner, strict=True))


def _meet(one: Window, other: Window) -> bool:
    return all(a.start < b.stop and b.start < a.stop for a, b in zip(one, other, strict=True))


def _cells(windows: Sequence[Window]) -> tuple[Window, ...]:
    """The windows cut along each other's borders, without repeats: for regular tiles, the tiles."""
    rows, columns = (
        sorted({end for window in windows for end in (window[axis].start, window[axis].stop)}) for axis in (0, 1)
    )
    distinct = list(
        {
            (window.rows.start, window.rows.stop, window.columns.start, window.columns.stop): window
            for window in windows
        }.values()
    )
    cells = (
        Window(slice(*vertical), slice(*horizontal))
        for vertical in itertools.pairwise(rows)
        for horizontal in itertools.pairwise(columns)
    )
    return tuple(cell for cell in cells if any(_holds(window, cell) for window in distinct))


def _frame(tiles: Sequence[tuple[Window, OpenedImage]]) -> Frame:
    kept: list[tuple[Window, OpenedImage]] = []
    notes: list[tuple[str, str]] = []
    for window, image in sorted(tiles, key=lambda tile: tile[1].scene.produced or ""):
        twin = next((index for index, (other, _) in enumerate(kept) if other == window), None)
        if twin is None:
            kept.append((window, image))
            continue
        notes.append(_doubled(kept[twin][1], image))
        kept[twin] = (window, image)
    for (one, a), (other, b) in itertools.combinations(kept, 2):
        if _meet(one, other):
            raise InputError(
                f"Two files show the same ground in {a.scene.when.spoken()}.",
                saw=f"{a.scene.path.name}, {b.scene.path.name}",
                do="Keep one of them; their light would be counted twice.",
                code="overlapping-images",
            )
    scene = kept[0][1].scene
    return Frame(
        when=scene.when,
        product=scene.product,
        collection=scene.collection,
        platform=scene.platform,
        tiles=tuple(kept),
        notes=tuple(notes),
    )


def _doubled(old: OpenedImage, new: OpenedImage) -> tuple[str, str]:
    """The note about a second image of the same time and place, when it may be dropped."""
    a, b = old.scene, new.scene
    when = a.when.spoken()
    if a.produced and b.produced and a.produced != b.produced:
        return "reprocessed", f"{when} was processed again: {b.path.name} replaces {a.path.name}."
    if not _same_pixels(old, new):
        raise InputError(
            f"{when} occurs twice, and the two differ.",
            saw=f"{a.id} ({a.path.name}) and {b.id} ({b.path.name})",
            do="Find out which one is right, and give only that one.",
            code="doubled-date",
        )
    return "doubled", f"{when} occurs twice with equal pixels ({a.id}, {b.id}); one was dropped."


def _same_pixels(one: OpenedImage, other: OpenedImage) -> bool:
    a, b = one.scene.path, other.scene.path
    if a != b and a.is_file() and b.is_file() and sha256_file(a) == sha256_file(b):
        return True
    if one.layers() != other.layers():
        return False
    rows, columns = one.scene.geobox.shape
    step = max(1, _BLOCK_PIXELS // columns)
    windows = (slice(top, min(top + step, rows)) for top in range(0, rows, step))
    every = slice(0, columns)
    return all(
        _equal(one.read(layer, window, every), other.read(layer, window, every))
        for window in windows
        for layer in one.layers()
    )


def _equal(one: Pixels, other: Pixels) -> bool:
    if (one.nights is None) != (other.nights is None):
        return False
    nights = one.nights is None or other.nights is None or np.array_equal(one.nights, other.nights)
    values = np.array_equal(one.values, other.values, equal_nan=True)
    return nights and values and np.array_equal(one.states, other.states)

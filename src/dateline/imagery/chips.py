"""Image files become chips: one of each moment, of one place all on one grid, no pass counted twice."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from dateline.core.errors import InputError, Refusal
from dateline.core.identity import digest as digest_of
from dateline.core.identity import sha256_file
from dateline.core.state import State, seen
from dateline.imagery.catalog.black_marble import Bounds
from dateline.imagery.chip import Chip, Direction
from dateline.imagery.coverage import Window
from dateline.imagery.open import check_readable
from dateline.imagery.readers.acquisition import Acquisition, Told
from dateline.imagery.readers.array_series import is_array_series, open_array_series
from dateline.imagery.readers.opened import Notes
from dateline.imagery.readers.product_files import ProductFiles, product_files
from dateline.imagery.resample import between, bounds_of, nearest, needed, offset, positions, true_pixel
from dateline.imagery.resample import window_of as _window_of
from dateline.imagery.stack import part_of
from dateline.imagery.windowed import WHOLE, Plane, strips, windowed

__all__ = ["Series", "Told", "Track", "acquisitions", "cut", "group_by_track", "series"]

ONE_PASS = timedelta(seconds=60)
"""Images of one satellite that are less apart are one pass over the place."""
_SAME_HOUR = timedelta(minutes=2)
"""Passes of one track come at the same time of day, to some seconds."""
_RESAMPLED = ("resampled", "The image lies on another grid; its values were read between neighbouring pixels.")
_RASTERS = (".tif", ".tiff", ".jp2")
_PICTURES = (".png", ".jpg", ".jpeg")
"""Read only to be refused: a folder of pictures is no folder of nothing."""


def acquisitions(paths: Iterable[Path], told: Told | None = None) -> tuple[Acquisition, ...]:
    """Files and folders as acquisitions, in order of time; no pixels are read.

    A path is a GeoTIFF, a SAFE folder or its zip, a folder of such, or a CSV table with the columns file, time and,
    where they are known, orbit, direction, product. Raises InputError, UsageError or Refusal, each with its own code.
    """
    told = told or Told()
    plain, made = list[Path](), list[Acquisition]()
    files = [inner for path in paths for inner in _spread(path)]
    tables = [path for path in files if path.suffix.lower() == ".csv"]
    told = replace(told, rows={**told.rows, **{name: row for table in tables for name, row in _rows(table)}})
    for path in dict.fromkeys(files):
        if path in tables:
            continue
        if (product := product_files(path)) is not None:
            made += _open_product(product)
        elif is_array_series(path):
            made += open_array_series(path)
        else:
            check_readable(path, _RASTERS)
            plain.append(path)
    if plain:
        from dateline.imagery.readers.plain import open_plain

        made += open_plain(plain, told)
    if not made:
        raise InputError("There is no image to read.", saw="no file", do="Give at least one file.", code="no-images")
    return tuple(sorted(made, key=lambda one: (one.about.at, one.about.id)))


def cut(acquisition: Acquisition, bounds: Bounds | None = None, bands: Sequence[str] = ()) -> Chip:
    """A chip on the acquisition's own grid in metres: its whole pixels within bounds [degrees], or all of it.

    Beyond the image its pixels are OUTSIDE. bands: all when empty. Raises what the reader raises.
    """
    window = _whole(acquisition.grid) if bounds is None else _window_of(bounds, acquisition.grid)
    return acquisition.read(window, tuple(bands) or acquisition.bands)


@dataclass(frozen=True, slots=True)
class Series:
    """Chips of one place on one grid in order of time, and what was noticed about them together."""

    chips: tuple[Chip, ...]
    notes: Notes


def series(
    found: Sequence[Acquisition],
    bounds: Bounds | None = None,
    bands: Sequence[str] = (),
    *,
    digest: Callable[[Path], str] = sha256_file,
) -> Series:
    """Chips of all acquisitions on the grid of the first, over bounds [degrees] or over all that they cover together.

    A grid that lies on the first one's pixels is shifted; any other is read between neighbours and noted. Of images of
    one pass, and of files with the same bytes, one is kept. digest: gives a file's SHA-256. Raises InputError
    `no-images`, `mixed-products`, `chip-too-large` and what readers raise.
    """
    if not found:
        raise InputError("There is no image to read.", saw="no file", do="Give at least one file.", code="no-images")
    _check_mixed(found)
    ordered = sorted(found, key=lambda one: (one.about.at, one.about.id))
    target = _target([one.grid for one in ordered], bounds)
    chips: list[Chip] = []
    paths: list[tuple[Path, ...]] = []
    notes: list[tuple[str, str]] = []
    for one in ordered:
        chip = replace(_on(one, target, tuple(bands) or one.bands), sha256=_hash(one.paths, digest))
        twins = (
            i
            for i, other in enumerate(chips)
            if _is_pass(other, chip) or (paths[i] != one.paths and _is_copy(other, chip))
        )
        twin = next(twins, None)
        if twin is None:
            chips.append(chip)
            paths.append(one.paths)
            continue
        kept, dropped = _better(chips[twin], chip)
        notes.append(_twin_note(kept, dropped))
        chips[twin], paths[twin] = kept, paths[twin] if kept is chips[twin] else one.paths
    notes += _bands_note(chips)
    return Series(tuple(sorted(chips, key=lambda chip: (chip.at, chip.id))), tuple(notes))


@dataclass(frozen=True, slots=True)
class Track:
    """What images that may share a reference have in common. by_time: told apart by time of day alone."""

    relative_orbit: int | None
    direction: Direction | None
    sensor: str
    radar: bool
    by_time: bool = False

    @property
    def words(self) -> str:
        """The track for a sentence."""
        if self.relative_orbit is None and self.direction is None:
            return "an orbit that is not told" if self.radar else "all images"
        orbit = "an orbit that is not told" if self.relative_orbit is None else f"orbit {self.relative_orbit}"
        return f"{orbit}, {self.direction}" if self.direction else orbit


def group_by_track(chips: Sequence[Chip]) -> tuple[tuple[Track, tuple[Chip, ...]], ...]:
    """Chips that may share a reference: of one sensor, relative orbit and direction, in order of time.

    Where a file does not tell its orbit, times of day more than two minutes apart are different tracks; images of
    which only the day is known are one group. Optical images of one sensor are one group.
    """
    groups: list[tuple[Track, list[Chip]]] = []
    for chip in sorted(chips, key=lambda chip: chip.at):
        track = _track(chip)
        fitting = (
            group for known, group in groups if known == track and (not track.by_time or _hour_fits(group, chip))
        )
        group = next(fitting, None)
        if group is None:
            groups.append((track, [chip]))
        else:
            group.append(chip)
    return tuple((track, tuple(group)) for track, group in groups)


def _track(chip: Chip) -> Track:
    if chip.radar is None:
        return Track(None, None, chip.sensor, radar=False)
    orbit = chip.radar.relative_orbit
    by_time = orbit is None and not chip.day_only
    return Track(orbit, chip.radar.direction, chip.sensor, radar=True, by_time=by_time)


def _hour_fits(group: Sequence[Chip], chip: Chip) -> bool:
    day = timedelta(days=1)
    apart = (chip.at - group[0].at) % day
    return min(apart, day - apart) <= _SAME_HOUR


def _whole(grid: GeoBox) -> Window:
    rows, columns = grid.shape
    return Window(slice(0, rows), slice(0, columns))


def _spread(path: Path) -> list[Path]:
    """A plain folder's images and tables; every other path itself. Raises InputError `no-file`."""
    if not path.exists():
        raise InputError("There is no such file.", saw=str(path), do="Check the path.", code="no-file")
    if not path.is_dir() or product_files(path) is not None or is_array_series(path):
        return [path]
    inner = sorted(path.iterdir())
    return [one for one in inner if one.suffix.lower() in (*_RASTERS, *_PICTURES, ".csv", ".zip") or product_files(one)]


def _open_product(files: ProductFiles) -> tuple[Acquisition, ...]:
    if files.match(r"^MTD_MSI"):
        from dateline.imagery.readers.s2 import open_s2

        return open_s2(files)
    from dateline.imagery.readers.safe import open_safe

    return open_safe(files)


def _rows(table: Path) -> list[tuple[str, dict[str, str]]]:
    """What a table says of each file. Raises InputError `times-table`."""
    with table.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = [name.strip().lower() for name in reader.fieldnames or ()]
        known = {"file", "time", "orbit", "direction", "product"}
        if not {"file", "time"} <= set(columns) or set(columns) - known:
            raise InputError(
                "The table does not say when its images were seen.",
                saw=f"{table.name}: columns {', '.join(columns) or 'none'}",
                do="Give the columns file and time; orbit, direction and product where they are known.",
                code="times-table",
            )
        reader.fieldnames = columns
        rows = [{key: (text or "").strip() for key, text in row.items() if key in known} for row in reader]
    return [(row["file"], {key: text for key, text in row.items() if text}) for row in rows]


def _target(grids: Sequence[GeoBox], bounds: Bounds | None) -> GeoBox:
    """The common grid: the first image's, over bounds or over everything that is covered."""
    first = grids[0]
    if bounds is not None:
        return part_of(first, _window_of(bounds, first))
    windows = [offset(grid, first) or _window_of(bounds_of(grid), first) for grid in grids]
    rows = slice(min(w.rows.start for w in windows), max(w.rows.stop for w in windows))
    columns = slice(min(w.columns.start for w in windows), max(w.columns.stop for w in windows))
    return part_of(first, Window(rows, columns))


def _on(one: Acquisition, target: GeoBox, bands: tuple[str, ...]) -> Chip:
    """A chip on a given grid."""
    if (window := offset(target, one.grid)) is not None:
        chip = one.read(window, bands)
        return replace(chip, geobox=target, pixel=true_pixel(target))
    if math.prod(target.shape) > WHOLE:
        return _on_by_parts(one, target, bands)
    down, across = positions(target, one.grid)
    window = needed(down, across)
    down, across = down - window.rows.start, across - window.columns.start
    chip = one.read(window, bands)
    values = np.stack([between(band, down, across) for band in chip.values])
    states = nearest(chip.states, down, across)
    states[np.isnan(values).any(axis=0) & seen(states)] = State.NOT_OBSERVED
    values[:, states >= State.NOT_OBSERVED] = np.nan
    notes = (*chip.notes, _RESAMPLED)
    return replace(chip, values=values, states=states, geobox=target, pixel=true_pixel(target), notes=notes)


def _on_by_parts(one: Acquisition, target: GeoBox, bands: tuple[str, ...]) -> Chip:
    """The same for a large grid: states are those of the nearest pixel now, values lie between pixels when read."""
    edges = [
        positions(part_of(target, Window(rows, columns)), one.grid)
        for rows in (slice(0, 1), slice(target.shape[0] - 1, target.shape[0]), slice(0, target.shape[0]))
        for columns in (slice(0, target.shape[1]), slice(0, 1), slice(target.shape[1] - 1, target.shape[1]))
        if rows.stop - rows.start == 1 or columns.stop - columns.start == 1
    ]
    down, across = (np.concatenate([edge[axis].ravel() for edge in edges]) for axis in (0, 1))
    window = needed(down, across)
    ends = zip(window, one.grid.shape, strict=True)
    rows, columns = (slice(max(side.start, 0), min(side.stop, length)) for side, length in ends)
    if rows.start >= rows.stop or columns.start >= columns.stop:
        rows, columns = slice(0, 1), slice(0, 1)
    chip = one.read(Window(rows, columns), bands)
    states = np.empty(target.shape, np.uint8)
    for strip in strips(target.shape):
        part = part_of(target, Window(strip, slice(0, target.shape[1])))
        states[strip] = nearest(chip.states, *positions(part, chip.geobox))
    planes = [_between_by_parts(chip.values[i], chip.geobox, target, states) for i in range(len(bands))]
    notes = (*chip.notes, _RESAMPLED)
    return replace(chip, values=windowed(planes), states=states, geobox=target, pixel=true_pixel(target), notes=notes)


def _between_by_parts(
    plane: npt.NDArray[np.float32], source: GeoBox, target: GeoBox, states: npt.NDArray[np.uint8]
) -> Plane:
    def read(rows: slice, columns: slice) -> npt.NDArray[np.float32]:
        down, across = positions(part_of(target, Window(rows, columns)), source)
        reach = needed(down, across)
        inside = [
            slice(min(max(side.start, 0), n), max(min(side.stop, n), 0))
            for side, n in zip(reach, plane.shape, strict=True)
        ]
        if inside[0].start >= inside[0].stop or inside[1].start >= inside[1].stop:
            return np.full(down.shape, np.nan, np.float32)
        made = between(plane[inside[0], inside[1]], down - inside[0].start, across - inside[1].start)
        made[states[rows, columns] >= State.NOT_OBSERVED] = np.nan
        return made

    return Plane((target.shape[0], target.shape[1]), read)


def _bands_note(chips: Sequence[Chip]) -> Notes:
    """What to say where some images have bands that others lack."""
    every = tuple(dict.fromkeys(band for chip in chips for band in chip.bands))
    lacking = {band: sum(band not in chip.bands for chip in chips) for band in every}
    told = ", ".join(f"{count} lack {band}" for band, count in lacking.items() if count)
    return (("bands-differ", f"Of {len(chips)} images {told}."),) if told else ()


def _hash(paths: Sequence[Path], digest: Callable[[Path], str]) -> str:
    """The hash of a file, or of the hashes of several: the same bytes under other names have the same."""
    hashes = sorted(digest(path) for path in paths)
    return hashes[0] if len(hashes) == 1 else digest_of(hashes)


def _is_copy(one: Chip, other: Chip) -> bool:
    """Whether two chips are of the same bytes. Files without any value may be equal, and are passes of their own."""
    return one.sha256 == other.sha256 and bool(seen(one.states).any())


def _is_pass(one: Chip, other: Chip) -> bool:
    """Whether two chips are of one pass of one satellite."""
    same = one.sensor == other.sensor and one.platform == other.platform
    return same and not (one.day_only or other.day_only) and abs(one.at - other.at) < ONE_PASS


def _better(one: Chip, other: Chip) -> tuple[Chip, Chip]:
    """The chip that sees more, then has more bands, then the later name: a reprocessed product has a later one."""
    shares = [float(seen(chip.states).mean()) for chip in (one, other)]
    first = (shares[0], len(one.bands), one.id) >= (shares[1], len(other.bands), other.id)
    return (one, other) if first else (other, one)


def _twin_note(kept: Chip, dropped: Chip) -> tuple[str, str]:
    if kept.sha256 == dropped.sha256:
        return "doubled-file", f"{dropped.id} has the same bytes as {kept.id}; it counts once."
    return (
        "doubled-pass",
        f"{dropped.id} is of the same pass as {kept.id}, which sees more or is later; it counts once.",
    )


def _check_mixed(found: Sequence[Acquisition]) -> None:
    """Raises Refusal `mixed-products` for images whose numbers do not mean the same."""
    kinds = {(one.about.sensor.id, one.about.quantity): one for one in found}
    if len(kinds) > 1:
        raise Refusal(
            "The images are of different products; their numbers cannot stand side by side.",
            saw="; ".join(f"{one.about.id}: {sensor}, {quantity}" for (sensor, quantity), one in kinds.items())[:300],
            do="Ask once for each product.",
            code="mixed-products",
        )

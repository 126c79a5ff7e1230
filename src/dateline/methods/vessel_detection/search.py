"""The search through all images of a question: every one with the thresholds of its own track's water."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pyproj import Transformer

from dateline.core.where import Where
from dateline.imagery.ais import Tracks
from dateline.imagery.cfar.ring import B1, F4
from dateline.imagery.chip import Chip
from dateline.imagery.chips import group_by_track
from dateline.imagery.ground import crs_of
from dateline.methods.vessel_detection import ghosts, guards, model, optical, radar
from dateline.methods.vessel_detection.blobs import Blob, find
from dateline.methods.vessel_detection.found import LAXER, Detection, Image, Search
from dateline.methods.vessel_detection.inject import Find, Form, Trial, Yardstick, trials, yardstick
from dateline.methods.vessel_detection.match import match
from dateline.methods.vessel_detection.settings import Settings
from dateline.methods.vessel_detection.water import near_land

LEAST_WATER = 0.05
"""Water that an image must show [km2]: 500 pixels of 10 m."""
FLOOR_RADAR, FLOOR_OPTICAL = 40.0, 20.0
"""Least half-width of a length's interval [m]: what simulated hulls do not hold of real ones (smear, masts, wakes)."""
EDGE = 1
"""What comes this near to the edge of the image may go on beyond it [px]."""
SHORE = 0.01
"""Share of an image's pixels that are no water from which it has a shore."""
SEVERAL = 450.0
"""A longer detection is several vessels, or none [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the search goes by: water and land as drawn, AIS, a network in place of the detector, and chance."""

    settings: Settings
    water: Mapping[str, Where] | None
    land: Mapping[str, Where] | None
    tracks: Tracks | None
    net: bytes | None
    rng: np.random.Generator

    @property
    def drawn(self) -> bool:
        """Whether somebody drew where the water is."""
        return bool(self.water or self.land)


def search(chips: Sequence[Chip], task: Task) -> Search:
    """Every image searched. Raises Refusal where bands are missing."""
    each = 0 if not task.settings.targets else max(2, round(task.settings.targets / len(chips)))
    parts = [
        (_radar if guards.is_radar(group[0]) else _optical)(group, task, each) for _, group in group_by_track(chips)
    ]
    images = tuple(sorted((image for part in parts for image in part.images), key=lambda image: image.chip.at))
    done = tuple(trial for part in parts for trial in part.trials)
    if done:
        stick = yardstick(done, FLOOR_RADAR if guards.is_radar(chips[0]) else FLOOR_OPTICAL)
        images = tuple(_measured(image, stick, task.settings) for image in images)
    if task.tracks is not None:
        images = tuple(_with_tracks(image, task.tracks, task.settings) for image in images)
    return Search(
        images=images,
        levels=tuple(level for part in parts for level in part.levels),
        trials=done,
        laxer=sum(part.laxer for part in parts),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _radar(chips: Sequence[Chip], task: Task, each: int) -> Search:
    settings = task.settings
    prepared = radar.prepare(chips, settings, inside=task.water, land=task.land)
    images, done, laxer = list[Image](), list[Trial](), 0
    notes = [] if prepared.fixed_known else [_no_reference(len(chips), settings)]
    for look in prepared.looks:
        chip = look.chip
        if look.area < LEAST_WATER:
            images.append(Image(chip=chip, water=look.area, usable=_usable(chip), why="no water to look in"))
            continue
        levels = prepared.levels
        blobs = radar.detect(look, levels) if task.net is None else model.detect(task.net, chip, look.water)
        close = near_land(look.land, chip.pixel, settings.quay)
        detections, whole = _with_ghosts(chip, _long_enough([(one, _side(close, one)) for one in blobs], settings))
        notes += [] if whole else [_no_sources()]
        shore = not task.drawn and float(np.mean(~look.open)) > SHORE
        usable = _usable(chip)
        images.append(Image(chip=chip, water=look.area, usable=usable, detections=detections, shore=shore))
        lax = {band: level.at(LAXER * settings.pfa, settings.pfa) for band, level in levels.items()}
        laxer += max(0, len(find(radar.layers(look, levels, at=lax), look.water, chip.pixel)) - len(blobs))
        if task.net is None:
            free = look.water & np.logical_and.reduce([np.isfinite(score) for score in look.scores.values()])
            form = Form(max(radar.BLUR, *chip.pixel), radar.UNEVEN)
            done += _tried(
                chip, _off(free, blobs, chip), form, radar.finder(look, levels, settings), each=each, rng=task.rng
            )
    return Search(images=tuple(images), levels=(prepared.levels,), trials=tuple(done), laxer=laxer, notes=tuple(notes))


def _optical(chips: Sequence[Chip], task: Task, each: int) -> Search:
    settings = task.settings
    views, levels, known = optical.prepare(chips, settings, inside=task.water, land=task.land)
    images, done, laxer = list[Image](), list[Trial](), 0
    notes = [] if known else [_no_reference(len(chips), settings)]
    lax = {band: level.at(LAXER * settings.pfa, settings.pfa) for band, level in levels.items()}
    for view in views:
        chip, usable = view.chip, float(view.sight.mean())
        notes += view.notes
        if view.area < LEAST_WATER:
            why = "cloud, glint or nothing of the image" if usable < 0.5 else "no water to look in"
            images.append(Image(chip=chip, water=view.area, usable=usable, why=why))
            continue
        if task.net is None:
            found = optical.detect(view, levels, settings)
        else:
            found = [(blob, "open") for blob in model.detect(task.net, chip, view.sight)]
        found = _long_enough(found, settings)
        detections = tuple(_placed(chip, blob, where, _size_flags(blob, chip)) for blob, where in found)
        shore = not task.drawn and float(np.mean(view.sight & ~view.core)) > SHORE
        images.append(Image(chip=chip, water=view.area, usable=usable, detections=detections, shore=shore))
        free = view.sight & view.core & ~near_land(~view.core, chip.pixel, settings.quay)
        free &= np.logical_and.reduce([np.isfinite(score) for score in view.scores.values()])
        more, same = (len(find(optical.layers(view, levels, at=at), free, chip.pixel)) for at in (lax, None))
        laxer += max(0, more - same)
        if task.net is None:
            form = Form(max(optical.BLUR, *chip.pixel), optical.UNEVEN)
            blobs = [blob for blob, _ in found]
            done += _tried(
                chip, _off(free, blobs, chip), form, optical.finder(view, levels, settings), each=each, rng=task.rng
            )
    return Search(images=tuple(images), levels=(levels,), trials=tuple(done), laxer=laxer, notes=tuple(notes))


def _tried(chip: Chip, free: B1, form: Form, put: Find, *, each: int, rng: np.random.Generator) -> list[Trial]:
    """Targets put into one image's water: its share of all."""
    return list(trials(free, chip.pixel, form, each, find=put, rng=rng)) if each else []


def _off(free: B1, blobs: Sequence[Blob], chip: Chip) -> B1:
    """Water farther than 200 m from what was detected."""
    taken = np.ones_like(free)
    for blob in blobs:
        taken[round(blob.row), round(blob.column)] = False
    return free & ~near_land(~taken, chip.pixel, 200.0)


def _no_reference(dates: int, settings: Settings) -> tuple[str, str]:
    return (
        "one-date" if dates == 1 else "few-dates",
        f"{'One image was' if dates == 1 else f'{dates} images were'} given; with {settings.dates} of one track what "
        "never moves (rocks, buoys, pylons, ships that stay) would be told from vessels.",
    )


def _no_sources() -> tuple[str, str]:
    return (
        "ambiguity-unseen",
        "Ghosts of bright things kilometres away along the track could not be ruled out: the file does not say enough "
        "of the radar, or the image ends before the place where their sources would be.",
    )


def _usable(chip: Chip) -> float:
    return float(np.isfinite(chip.values).all(axis=0).mean())


def _side(close: B1, blob: Blob) -> str:
    return "alongside" if close[round(blob.row), round(blob.column)] else "open"


def _long_enough(found: Sequence[tuple[Blob, str]], settings: Settings) -> list[tuple[Blob, str]]:
    return [(blob, where) for blob, where in found if blob.length >= settings.shortest]


def _size_flags(blob: Blob, chip: Chip) -> tuple[str, ...]:
    """Too large for a vessel; or cut off by the edge of the image, so that its size is not known."""
    ends = [(blob.rows.min(), blob.rows.max()), (blob.columns.min(), blob.columns.max())]
    cut = any(low <= EDGE or high >= size - 1 - EDGE for (low, high), size in zip(ends, chip.geobox.shape, strict=True))
    return (("too-large",) if blob.length > SEVERAL else ()) + (("cut-off",) if cut else ())


def _with_ghosts(chip: Chip, found: Sequence[tuple[Blob, str]]) -> tuple[tuple[Detection, ...], bool]:
    """Detections with what may make them ghosts; and whether all sources of ambiguities were in view."""
    blobs = [blob for blob, _ in found]
    power: F4 = np.fmax.reduce(chip.values)
    orders, whole = ghosts.ambiguity_flags(blobs, power, chip.radar, chip.pixel)
    sides = ghosts.sidelobe_of(blobs, chip.radar, chip.pixel)
    made = []
    for (blob, where), order, side in zip(found, orders, sides, strict=True):
        flags = _size_flags(blob, chip)
        flags += () if order is None else (f"ambiguity {order}",)
        flags += () if side is None else ("sidelobe",)
        made.append(_placed(chip, blob, where, flags))
    return tuple(made), whole or not blobs


def _placed(chip: Chip, blob: Blob, where: str, flags: tuple[str, ...]) -> Detection:
    lonlat = Transformer.from_crs(crs_of(chip.geobox), "EPSG:4326", always_xy=True)
    x, y = chip.geobox.affine @ (blob.column + 0.5, blob.row + 0.5)
    above = chip.geobox.affine @ (blob.column + 0.5, blob.row - 99.5)
    (lon, lat), (east, north) = lonlat.transform(x, y), lonlat.transform(*above)
    up = float(np.degrees(np.arctan2((east - lon) * np.cos(np.radians(lat)), north - lat)))
    heading = None if blob.axis is None else (blob.axis + up) % 180
    return Detection(blob=blob, where=where, lon=float(lon), lat=float(lat), heading=heading, flags=flags)


def _measured(image: Image, stick: Yardstick | None, settings: Settings) -> Image:
    if stick is None:
        return image
    detections = tuple(replace(one, length=stick.interval(one.blob.length, settings.level)) for one in image.detections)
    return replace(image, detections=detections)


def _with_tracks(image: Image, tracks: Tracks, settings: Settings) -> Image:
    if image.why is not None or image.chip.day_only or not tracks.timed:
        return image
    places = [(one.blob.row, one.blob.column) for one in image.detections]
    found = match(image.chip, places, tracks, settings.gate)
    detections = tuple(replace(one, match=pair) for one, pair in zip(image.detections, found.matches, strict=True))
    return replace(image, detections=detections, matched=found)

"""Images that may share a reference: sorted by track, guarded, as levels in decibels, each with its displacement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dateline.core.errors import Refusal
from dateline.core.state import State
from dateline.imagery.berth import Berth
from dateline.imagery.chip import Chip
from dateline.imagery.chips import ONE_PASS, group_by_track
from dateline.ledger.finding import Note
from dateline.methods.berth_occupancy.levels import FEWEST
from dateline.methods.berth_occupancy.quay import B1, F8, STRIP, Quay, lay
from dateline.methods.berth_occupancy.register import Displacement, displacements

F4 = npt.NDArray[np.float32]

POLARISATIONS = ("VV", "VH", "HH", "HV")
COLOURS = (("B02", "blue"), ("B03", "green"), ("B04", "red"))
INFRARED = (("B08", "nir", "B8A"), ("B11", "swir", "B12"))
NEGATIVE = 0.02
"""Share of values under zero from which they are decibels: thermal noise taken off leaves a few."""
DARK = 0.01
"""Added to reflectance before its logarithm [1]: under it there is noise, whose logarithm goes anywhere."""
ZEROS = 1e-3
"""Share of exact zeros from which they are told."""
AROUND = 2_000.0
"""What is looked at around the quays [m]; land beyond it does not help to register."""
LAND = 3.5
"""How far land stands over the water beside the quay [dB]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The images of one track. radar: or optical. channels: (names) polarisations or bands.

    levels: (T, C, rows, columns) [dB], NaN where nothing can be seen, cut to the surroundings of the quays.
    clouds, snow, outside: (T, rows, columns) where the state is cloud, snow, or there is no image. quays: laid over the
    cut grid. registered: displacement of each image, or None when registration was not asked for. ground: (T, C) how
    far the land stood over its usual level [dB].
    """

    words: str
    radar: bool
    chips: tuple[Chip, ...]
    channels: tuple[str, ...]
    levels: F4
    clouds: B1
    snow: B1
    outside: B1
    quays: tuple[Quay, ...]
    registered: tuple[Displacement, ...] | None
    ground: F8


def is_radar(chip: Chip) -> bool:
    """Whether the bands are polarisations."""
    return any(band in POLARISATIONS for band in chip.bands)


def checked(chips: Sequence[Chip]) -> tuple[tuple[Chip, ...], list[Note]]:
    """The images by time, each pass once, with what is to be told of them. Raises Refusal `decibels`, `no-bands`."""
    kept: list[Chip] = []
    doubled = []
    for chip in sorted(chips, key=lambda one: (one.at, one.id)):
        _check(chip)
        twin = next((at for at, other in enumerate(kept) if _one_pass(other, chip)), None)
        if twin is None:
            kept.append(chip)
        else:
            better = chip.states <= State.FLOOR
            doubled.append(kept[twin].id if better.mean() > (kept[twin].states <= State.FLOOR).mean() else chip.id)
            kept[twin] = chip if doubled[-1] == kept[twin].id else kept[twin]
    notes = []
    if doubled:
        text = f"{len(doubled)} images are of a pass that was given already ({doubled[0]}); each pass counts once."
        notes.append(Note(code="doubled-pass", text=text))
    zeros = [chip.id for chip in kept if np.mean(chip.values == 0) > ZEROS]
    if zeros:
        text = f"{len(zeros)} of {len(kept)} images hold values of exactly 0; they were taken as no data, not as sea."
        notes.append(Note(code="zeros", text=text))
    if any(chip.quantity == "relative" for chip in kept):
        text = "The values have no scale (no calibration): each is compared with its own reference only."
        notes.append(Note(code="relative-only", text=text))
    return tuple(kept), notes


def _one_pass(one: Chip, other: Chip) -> bool:
    if is_radar(one) != is_radar(other) or one.sensor != other.sensor or one.platform != other.platform:
        return False
    orbits = [None if chip.radar is None else chip.radar.relative_orbit for chip in (one, other)]
    if None not in orbits and orbits[0] != orbits[1]:
        return False
    return one.at == other.at if one.day_only or other.day_only else abs(one.at - other.at) < ONE_PASS


def _check(chip: Chip) -> None:
    known = chip.values[np.isfinite(chip.values)]
    if chip.quantity != "relative" and known.size and np.mean(known < 0) > NEGATIVE:
        raise Refusal(
            f"{chip.id} holds decibels, or differences, where power or reflectance is wanted.",
            saw=f"{100 * np.mean(known < 0):.0f} % of the values under 0, said to be {chip.quantity}",
            do="Convert: power = 10 ** (dB / 10); or declare what the values are.",
            code="decibels",
        )
    if not (is_radar(chip) or any(name in chip.bands for name in INFRARED[0])):
        raise Refusal(
            f"{chip.id} has no band that tells ships from water.",
            saw=", ".join(chip.bands),
            do="Give VV or VH (HH, HV) of a radar, or near infrared (B08, nir) with what colours there are.",
            code="no-bands",
        )


def stacks(
    chips: Sequence[Chip], berths: Sequence[Berth], *, slot_length: float, register: bool
) -> tuple[list[Stack], list[Note]]:
    """One stack a track: relative orbit and direction, sensor, bands and grid are alike in it.

    Raises Refusal `mixed-tracks` where some radar images tell their direction and others do not: those could only stand
    in a reference that mixes tracks. InputError `berth` for a berth that cannot be laid over the grid.
    """
    told = {chip.radar is not None and chip.radar.direction is not None for chip in chips if is_radar(chip)}
    if len(told) > 1:
        raise Refusal(
            "Some radar images do not say from which side they were taken.",
            saw=f"{sum(1 for c in chips if is_radar(c) and (c.radar is None or c.radar.direction is None))} of "
            f"{len(chips)} without a direction",
            do="Give orbit and direction of every image: cranes lean toward the radar, and a reference over both "
            "sides would show them as ships.",
            code="mixed-tracks",
        )
    made = []
    for track, group in group_by_track(chips):
        alike: dict[object, list[Chip]] = {}
        for chip in group:
            alike.setdefault((chip.geobox, chip.quantity, _names(chip)), []).append(chip)
        made += [_stack(track.words, same, berths, slot_length, register=register) for same in alike.values()]
    radar = [stack for stack in made if stack.radar]
    notes = []
    if len(radar) > 1:
        text = (
            f"{len(radar)} tracks ({'; '.join(one.words for one in radar)}) were measured apart, each against itself."
        )
        notes.append(Note(code="several-tracks", text=text))
    if any(stack.radar and (one.radar is None or one.radar.direction is None) for stack in made for one in stack.chips):
        text = "The images do not say their track; those of one time of day were taken for one."
        notes.append(Note(code="track-unknown", text=text))
    return made, notes


def _names(chip: Chip) -> tuple[str, ...]:
    if is_radar(chip):
        return tuple(name for name in POLARISATIONS if name in chip.bands)
    groups = (*INFRARED, *COLOURS)
    return tuple(name for group in groups for name in group if name in chip.bands and name == _first(group, chip))


def _first(group: Sequence[str], chip: Chip) -> str | None:
    return next((name for name in group if name in chip.bands), None)


def _stack(words: str, chips: Sequence[Chip], berths: Sequence[Berth], slot_length: float, *, register: bool) -> Stack:
    first = chips[0]
    pixel = float(np.mean(first.pixel))
    quays = [lay(berth, first.geobox, pixel, slot_length) for berth in berths]
    part = _part(quays, first.states.shape, pixel)
    quays = [quay.moved(part[0].start, part[1].start) for quay in quays]
    channels = _names(first)
    levels = np.empty((len(chips), len(channels), *(one.stop - one.start for one in part)), np.float32)
    for at, chip in enumerate(chips):
        levels[at] = _levels(chip, channels, part)
    states = np.stack([chip.states[part] for chip in chips])
    clouds, snow = states == State.CLOUD, states == State.SNOW
    means = np.stack([mean_of(one) for one in levels])
    means[clouds | snow] = np.nan
    land = land_of(mean_of(means), quays)
    found = tuple(displacements(means, land)) if register else None
    return Stack(
        words=words,
        radar=is_radar(first),
        chips=tuple(chips),
        channels=channels,
        levels=levels,
        clouds=clouds,
        snow=snow,
        outside=(states >= State.FILLED) | (~np.isfinite(means) & ~clouds & ~snow),
        quays=tuple(quays),
        registered=found,
        ground=ground_of(levels, clouds | snow, land),
    )


def _part(quays: Sequence[Quay], shape: tuple[int, ...], pixel: float) -> tuple[slice, slice]:
    """The surroundings of the quays within the image; at least one pixel, also where the quays lie outside."""
    far = AROUND / pixel
    found = []
    for positions, side in ((0, shape[0]), (1, shape[1])):
        all_of = [quay.rows if positions == 0 else quay.columns for quay in quays]
        low, high = min(float(one.min()) for one in all_of) - far, max(float(one.max()) for one in all_of) + far
        start = int(np.clip(low, 0, side - 1))
        found.append(slice(start, int(np.clip(high, start + 1, side))))
    return found[0], found[1]


def _levels(chip: Chip, channels: Sequence[str], part: tuple[slice, slice]) -> F4:
    """(C, rows, columns) values as 10 log10 [dB]; exact zeros and what was not seen are NaN. Clouds stay."""
    values = np.stack([chip.band(name)[part] for name in channels])
    states = chip.states[part]
    known = (values > 0) & (states < State.FILLED)
    dark = np.float32(DARK if chip.quantity == "reflectance" else 0.0)
    return np.where(known, 10 * np.log10(np.where(known, values + dark, 1)), np.nan).astype(np.float32)


def land_of(mean: F4, quays: Sequence[Quay]) -> B1:
    """(rows, columns) pixels to register on: brighter than the water beside the quays, or behind them; no berth.

    mean: (rows, columns) over all dates [dB].
    """
    shape = (mean.shape[0], mean.shape[1])
    water, behind, berths = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape, bool)
    for quay in quays:
        water |= quay.near(shape, quay.berth.depth + 30, np.inf)
        behind |= quay.near(shape, STRIP[0], -15)
        berths |= quay.near(shape, -12, quay.berth.depth + 10)
    known = mean[water & np.isfinite(mean)]
    smooth = ndimage.uniform_filter(np.where(np.isfinite(mean), mean, -60.0), 3)
    bright = smooth > np.median(known) + LAND if known.size else np.zeros(shape, bool)
    land: B1 = (bright | behind) & ~ndimage.binary_dilation(berths) & np.isfinite(mean)
    return land


def ground_of(levels: F4, hidden: B1, land: B1) -> F8:
    """(T, C) how far the land stood over its usual level [dB]: rain, season, and the gain of an optical image.

    The median over all land pixels, so that what is built or stored on some of them does not count; 0 where too few are
    in sight.
    """
    found = np.zeros(levels.shape[:2])
    for channel in range(levels.shape[1]):
        on_land = np.where(hidden[:, land], np.nan, levels[:, channel][:, land])
        away = on_land - mean_of(on_land.astype(np.float32))
        for date, one in enumerate(away):
            known = one[np.isfinite(one)]
            if len(known) >= FEWEST:
                found[date, channel] = np.median(known)
    return found - np.median(found, axis=0)


def mean_of(levels: F4) -> F4:
    """Mean over the first axis of what is there [dB]; NaN where nothing is."""
    there = np.isfinite(levels)
    if there.all():
        return np.asarray(levels.mean(axis=0))
    count = there.sum(axis=0)
    total = np.where(there, levels, np.float32(0)).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)

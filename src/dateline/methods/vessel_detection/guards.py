"""What must be true of the images before any vessel is looked for: refusals and caveats, each with its code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dateline.core.errors import Refusal
from dateline.imagery.chip import Chip
from dateline.imagery.chips import group_by_track
from dateline.ledger.finding import Note

NEGATIVE = 0.2
"""Share of values under zero from which they are decibels: thermal noise taken off leaves a few."""
ZEROS = 1e-3
"""Share of exact zeros from which they are told."""
OPTICAL_QUANTITY = "reflectance"


def is_radar(chip: Chip) -> bool:
    """Whether the bands are polarisations."""
    return any(band in {"VV", "VH", "HH", "HV"} for band in chip.bands)


def checked(chips: Sequence[Chip]) -> tuple[tuple[Chip, ...], list[Note]]:
    """The images without doubles, and what is to be told of them.

    Raises Refusal: `picture-bytes`, `decibels`, `mixed-sensors`, `mixed-quantities`, `duplicated-pass`.
    """
    kept, notes = _once(chips)
    for chip in kept:
        _check_values(chip)
    for code, values, what in (
        ("mixed-sensors", {chip.sensor for chip in kept}, "sensors"),
        ("mixed-quantities", {chip.quantity for chip in kept}, "quantities"),
    ):
        if len(values) > 1:
            raise Refusal(
                f"The images are of different {what}: one threshold cannot serve them.",
                saw=", ".join(sorted(values)),
                do="Look for vessels in each set apart.",
                code=code,
            )
    zeros = [chip.id for chip in kept if float(np.mean(chip.values == 0)) > ZEROS]
    if zeros:
        text = f"{len(zeros)} of {len(kept)} images hold values of exactly 0; they were taken as no data, not as sea."
        notes.append(Note(code="zeros", text=text))
    if any(chip.quantity == "relative" for chip in kept):
        text = (
            "The values have no scale (no calibration): thresholds, and the targets put in, are relative to the water."
        )
        notes.append(Note(code="relative-calibration", text=text))
    return kept, notes


def _once(chips: Sequence[Chip]) -> tuple[tuple[Chip, ...], list[Note]]:
    kept: list[Chip] = []
    doubled = []
    for chip in sorted(chips, key=lambda one: (one.at, one.id)):
        twin = next((other for other in kept if other.at == chip.at and other.platform == chip.platform), None)
        if twin is None or twin.day_only:
            kept.append(chip)
        elif twin.values.shape == chip.values.shape and np.array_equal(twin.values, chip.values, equal_nan=True):
            doubled.append(chip.id)
        else:
            raise Refusal(
                "Two different images claim the same moment.",
                saw=f"{twin.id} and {chip.id}, {chip.at.isoformat()}",
                do="Give one of them.",
                code="duplicated-pass",
            )
    text = f"{len(doubled)} images were given twice and were taken once: {', '.join(doubled[:3])}."
    return tuple(kept), [Note(code="doubled-image", text=text)] if doubled else []


def _check_values(chip: Chip) -> None:
    known = chip.values[np.isfinite(chip.values)]
    if not len(known):
        return
    if chip.quantity in {"relative", OPTICAL_QUANTITY} and known.max() <= 255 and known.max() > 16 and _whole(known):
        raise Refusal(
            f"{chip.id} is a picture: whole numbers up to 255 are colours, not measurements.",
            saw=f"{known.min():.0f} to {known.max():.0f}",
            do="Give the bands of the product itself.",
            code="picture-bytes",
        )
    if is_radar(chip) and float(np.mean(known < 0)) > NEGATIVE:
        raise Refusal(
            f"{chip.id} holds decibels, or differences, where power is wanted.",
            saw=f"{100 * float(np.mean(known < 0)):.0f} % of the values are negative",
            do="Convert: power = 10 ** (dB / 10).",
            code="decibels",
        )


def _whole(values: np.ndarray) -> bool:
    some = values[:: max(1, len(values) // 10_000)]
    return bool(np.all(some == np.rint(some)))


def tracks_of(chips: Sequence[Chip], *, drawn: bool) -> list[Note]:
    """What follows from the passes. Raises Refusal `mixed-passes` where they would make one reference.

    drawn: water or land was given, so that no reference of fixed structures is needed.
    """
    groups = group_by_track(chips)
    if len(groups) < 2:
        return []
    said = "; ".join(f"{len(found)} of {track.words}" for track, found in groups)
    directions = {chip.radar.direction for chip in chips if chip.radar and chip.radar.direction}
    if len(directions) > 1 and not drawn:
        raise Refusal(
            "Images of ascending and descending passes make no common reference of what is fixed: structures lean to "
            "either side.",
            saw=said,
            do="Measure each direction apart, or draw the water.",
            code="mixed-passes",
        )
    return [Note(code="several-tracks", text=f"The images are of {len(groups)} tracks, each judged by itself: {said}.")]

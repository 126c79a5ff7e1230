"""What a radar shows where it is not: azimuth ambiguities, sidelobes, and the shift of what moves."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dateline.imagery.cfar.ring import F4
from dateline.imagery.chip import Pass
from dateline.methods.vessel_detection.blobs import Blob

SPEED = 7590.0
"""Of Sentinel-1 along its orbit [m s-1], where the file does not say."""
SOURCE = 20.0
"""An ambiguity's source is at least so much brighter [dB]."""
NEAR = 5
"""How far from the computed place a source may lie [px]."""
ORDERS = (1, 2)
SIDELOBE = 13.0
"""The first sidelobe of an unweighted response lies so far under its peak [dB]; weighting only lowers it."""
BRIGHT = 20.0
"""Contrast from which a target has visible sidelobes [dB]."""
SIDE_REACH = 600.0
"""How far sidelobes are looked for [m]."""


def ambiguity_distance(radar: Pass | None) -> float | None:
    """Distance of the first azimuth ambiguity [m]: wavelength R PRF / (2 V); None where the file does not say enough.

    R: slant range [m]. V: speed [m s-1]. 5.0, 4.6 and 5.7 km for the three swaths of Sentinel-1 IW (Raney and Princz
    1987, doi 10.1109/TGRS.1987.289681).
    """
    if radar is None or None in (radar.wavelength, radar.slant_range, radar.prf):
        return None
    assert radar.wavelength is not None
    assert radar.slant_range is not None
    assert radar.prf is not None
    return radar.wavelength * radar.slant_range * radar.prf / (2 * (radar.speed or SPEED))


def shift_of_speed(radar: Pass | None) -> float | None:
    """Metres along the track that a target is displaced for each m/s toward the radar [s]: R / V. Raney 1971."""
    if radar is None or radar.slant_range is None:
        return None
    return radar.slant_range / (radar.speed or SPEED)


def along_track(radar: Pass | None, pixel: tuple[float, float]) -> tuple[float, float] | None:
    """Rows and columns of one metre along the track, as the platform flies; None where the heading is not known."""
    if radar is None or radar.heading is None:
        return None
    turn = math.radians(radar.heading)
    return -math.cos(turn) / pixel[0], math.sin(turn) / pixel[1]


def ambiguity_flags(
    blobs: Sequence[Blob], power: F4, radar: Pass | None, pixel: tuple[float, float]
) -> tuple[tuple[str | None, ...], bool]:
    """For every blob the order of ambiguity that it may be ("+1", "-2"), or None; and whether all sources were in view.

    power: (rows, columns) of all pixels [1], land too: near ports the source usually stands on land.
    """
    distance, step = ambiguity_distance(radar), along_track(radar, pixel)
    if distance is None or step is None:
        return (None,) * len(blobs), False
    whole, flags = True, list[str | None]()
    for blob in blobs:
        own = float(np.nanmax(power[blob.rows, blob.columns]))
        flag = None
        for order in (sign * order for order in ORDERS for sign in (1, -1)):
            row = round(blob.row + order * distance * step[0])
            column = round(blob.column + order * distance * step[1])
            around = power[
                max(0, row - NEAR) : max(0, row + NEAR + 1), max(0, column - NEAR) : max(0, column + NEAR + 1)
            ]
            if not around.size:
                whole = whole and abs(order) > 1
                continue
            known = around[np.isfinite(around)]
            if flag is None and len(known) and known.max() >= own * 10 ** (SOURCE / 10):
                flag = f"{order:+d}"
        flags.append(flag)
    return tuple(flags), whole


def sidelobe_of(blobs: Sequence[Blob], radar: Pass | None, pixel: tuple[float, float]) -> tuple[int | None, ...]:
    """For every blob the number of the far brighter one on whose cross, along or across the track, it lies; or None.

    Without a heading the cross lies along rows and columns, as in images in the radar's own geometry.
    """
    step = along_track(radar, pixel)
    turn = 0.0 if step is None or radar is None or radar.heading is None else math.radians(radar.heading)
    found: list[int | None] = []
    for blob in blobs:
        source = None
        for number, other in enumerate(blobs):
            if other is blob or other.contrast < BRIGHT or other.contrast - blob.contrast < SIDELOBE:
                continue
            north, east = -(blob.row - other.row) * pixel[0], (blob.column - other.column) * pixel[1]
            along = abs(north * math.cos(turn) + east * math.sin(turn))
            across = abs(-north * math.sin(turn) + east * math.cos(turn))
            if max(along, across) <= SIDE_REACH and min(along, across) <= 1.5 * max(pixel):
                source = number
        found.append(source)
    return tuple(found)

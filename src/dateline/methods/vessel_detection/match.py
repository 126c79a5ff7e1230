"""Which detections go with which AIS tracks, at the moment of the image and where the radar shows what moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from scipy.optimize import linear_sum_assignment

from dateline.imagery.ais import KNOT, Position, Track, Tracks, position_at
from dateline.imagery.chip import Chip
from dateline.imagery.ground import crs_of
from dateline.methods.vessel_detection.ghosts import SPEED

HOUR = timedelta(hours=1)
"""Reports farther than this from the image's moment say nothing about it."""
AT_REST = 0.5 * KNOT
"""Slower than this is at rest [m s-1]."""
IMAGE = 60.0
"""How far off the ground truth an image's own position may be [m]: not terrain-corrected, ships' middles, antennas."""
COVERAGE = 3
"""Tracks within the hour and the area that there must be before an unmatched detection means anything."""


@dataclass(frozen=True, slots=True)
class Match:
    """A detection's track. shift: computed azimuth shift [m]. moving: by the track's speed. apart: what is left [m]."""

    mmsi: int
    name: str | None
    shift: float | None
    moving: bool
    speed: float
    apart: float


@dataclass(frozen=True, slots=True)
class Matched:
    """For every detection its match or None; tracks in the area within the hour; those of them that were not seen."""

    matches: tuple[Match | None, ...]
    tracks: int
    unseen: int

    @property
    def covered(self) -> bool:
        """Whether AIS was received here and then by enough ships for its absence to be noted."""
        return self.tracks >= COVERAGE


def azimuth_shift(chip: Chip, position: Position) -> float | None:
    """Shift along the track of a ship that moves [m]: -(R / V) times its speed away from the radar (Raney 1971,
    doi 10.1109/TAES.1971.310292). The radar looks to the right. None where the file does not say enough."""
    radar = chip.radar
    if radar is None or None in (radar.heading, radar.slant_range, radar.incidence):
        return None
    assert radar.heading is not None
    assert radar.slant_range is not None
    assert radar.incidence is not None
    look = np.radians(radar.heading + 90)
    away = (position.east * np.sin(look) + position.north * np.cos(look)) * np.sin(np.radians(radar.incidence))
    return float(-radar.slant_range / (radar.speed or SPEED) * away)


def match(chip: Chip, detections: Sequence[tuple[float, float]], tracks: Tracks, gate: float) -> Matched:
    """Pairs detections, (row, column), with tracks, one to one, at the least total distance.

    gate: never farther apart than this [m]; for each track less: what its reports and its shift leave open.
    """
    places = [(track, position_at(track, chip.at, HOUR)) for track in tracks.tracks]
    rows: list[Row] = []
    for track, position in places:
        if position is None:
            continue
        shift = azimuth_shift(chip, position)
        row, column = _pixel(chip, position, shift or 0.0)
        if not (-0.5 <= row < chip.geobox.shape[0] - 0.5 and -0.5 <= column < chip.geobox.shape[1] - 0.5):
            continue
        speed = float(np.hypot(position.east, position.north))
        # Where the geometry is not known, a mover may be displaced by about 110 m for every m/s.
        unknown = 110 * speed if shift is None and chip.radar is not None else 0.2 * abs(shift or 0)
        open_by = position.radius + IMAGE + unknown
        rows.append((track, shift, speed, row, column, min(gate, open_by)))
    pairs = _assigned(chip, detections, rows)
    matches: list[Match | None] = [None] * len(detections)
    for index, number, apart in pairs:
        track, shift, speed, *_ = rows[number]
        matches[index] = Match(track.mmsi, track.name, shift, speed > AT_REST, speed, apart)
    return Matched(tuple(matches), len(rows), len(rows) - len(pairs))


def _pixel(chip: Chip, position: Position, shift: float) -> tuple[float, float]:
    from pyproj import Transformer

    to_grid = Transformer.from_crs("EPSG:4326", crs_of(chip.geobox), always_xy=True)
    x, y = to_grid.transform(position.lon, position.lat)
    column, row = ~chip.geobox.affine @ (x, y)
    if shift and chip.radar is not None and chip.radar.heading is not None:
        turn = np.radians(chip.radar.heading)
        row -= shift * np.cos(turn) / chip.pixel[0]
        column += shift * np.sin(turn) / chip.pixel[1]
    return float(row) - 0.5, float(column) - 0.5


Row = tuple[Track, float | None, float, float, float, float]
"""A track with its azimuth shift [m], speed [m s-1], row, column and gate [m]."""


def _assigned(
    chip: Chip, detections: Sequence[tuple[float, float]], rows: Sequence[Row]
) -> list[tuple[int, int, float]]:
    """Detection, track, distance [m] of the pairs within their gates (Kuhn 1955; Jonker and Volgenant 1987)."""
    if not detections or not rows:
        return []
    where = np.array(detections)[:, None, :] - np.array([[row[3], row[4]] for row in rows])[None]
    apart = np.hypot(where[..., 0] * chip.pixel[0], where[..., 1] * chip.pixel[1])
    gates = np.array([row[5] for row in rows])
    far = 1e9
    left, right = linear_sum_assignment(np.where(apart <= gates, apart, far))
    return [(int(i), int(j), float(apart[i, j])) for i, j in zip(left, right, strict=True) if apart[i, j] <= gates[j]]

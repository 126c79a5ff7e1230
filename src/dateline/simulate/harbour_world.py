"""What is true of an invented harbour: its quay, its traffic, its weather, and the passes that see it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer

from dateline.imagery.berth import Berth, Slot
from dateline.imagery.chip import Direction, Pass

CRS = "EPSG:32710"
"""UTM zone 10 south, whose middle meridian is 123 W."""
CENTRE = (500_000.0, 4_683_000.0)
"""48 S 123 W, rounded: the middle of every chip [m]."""
START = datetime(2031, 1, 5, 1, 30, tzinfo=UTC)
SLOT_GAP = 80.0
"""Between two berths along the quay [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One way in which the radar passes: a relative orbit, seen from one side. hour: of the pass [h, UTC]."""

    relative_orbit: int
    direction: Direction
    heading: float
    incidence: float
    hour: float
    first_day: float

    @property
    def look(self) -> float:
        """Direction in which the radar looks, clockwise from north [degrees]: to the right of its heading."""
        return (self.heading + 90) % 360

    def facts(self, looks: float) -> Pass:
        """The radar facts of its chips (IW2 of Sentinel-1)."""
        return Pass(
            relative_orbit=self.relative_orbit,
            direction=self.direction,
            heading=self.heading,
            incidence=self.incidence,
            slant_range=860_000.0,
            speed=7590.0,
            prf=1451.63,
            wavelength=0.05546576,
            looks=looks,
        )


ASCENDING = Track(relative_orbit=44, direction="ascending", heading=348.0, incidence=39.0, hour=1.5, first_day=0)
DESCENDING = Track(relative_orbit=51, direction="descending", heading=192.0, incidence=37.0, hour=14.5, first_day=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harbour:
    """Everything that is true of an invented harbour, and how noisily it is seen.

    shape: rows, columns [px]. pixel: [m]. bearing: of the quay, clockwise from north [degrees]. berth_count,
    slot_count, slot_length [m]: the quay. busy: share of the time that a slot has a ship, one for all or one a slot in
    quay order. stay: mean stay [days]. lengths [m], contrasts [dB over the berth's own reference]: of ships alongside.
    tracks, passes, interval [days]: radar passes a track; none without tracks. missing: share of passes that are not
    there. optical, optical_interval [days]: optical passes. looks: equivalent number of looks. texture: shape nu of K
    clutter; None: gamma. correlated: whether the speckle of neighbouring pixels is correlated, as in IW GRD at 10 m.
    sea: level of VV and VH [dB]. wind: spread of the sea level from date to date [dB]. quay, crane: over the water
    [dB]. cranes: how many at each berth; crane_height [m] gives their layover. stacks: container stacks behind the
    quay; stack_life: mean time until one changes [days]. misregistration: at most, each way [px]. anchored, moving:
    mean number of ships off the quay on an image. anchored_contrasts [dB]. ghosts: azimuth ambiguities of bright land
    beyond the chip. sidelobes: crosses from strong ships off the quay. cut: share of passes whose footprint ends
    inside the chip. ice: days from the start with ice. quay_change: day on which the ground behind the quay is rebuilt.
    cloudy, glint: share of optical dates with cloud, with sun glint. gain: spread of an optical date's gain [1].
    """

    shape: tuple[int, int] = (128, 128)
    pixel: float = 10.0
    bearing: float = 0.0
    berth_count: int = 2
    slot_count: int = 2
    slot_length: float = 210.0
    busy: float | tuple[float, ...] = 0.4
    stay: float = 3.0
    lengths: tuple[float, float] = (60.0, 200.0)
    contrasts: tuple[float, float] = (3.0, 12.0)
    tracks: tuple[Track, ...] = (ASCENDING, DESCENDING)
    passes: int = 30
    interval: float = 12.0
    missing: float = 0.2
    optical: int = 0
    optical_interval: float = 5.0
    looks: float = 4.4
    texture: float | None = None
    correlated: bool = False
    sea: tuple[float, float] = (-16.0, -24.0)
    wind: float = 1.5
    quay: float = 12.0
    crane: float = 20.0
    cranes: int = 2
    crane_height: float = 40.0
    stacks: int = 6
    stack_life: float = 20.0
    misregistration: float = 1.0
    anchored: float = 0.0
    moving: float = 0.0
    anchored_contrasts: tuple[float, float] = (8.0, 20.0)
    ghosts: int = 0
    sidelobes: bool = True
    cut: float = 0.0
    ice: tuple[float, float] | None = None
    quay_change: float | None = None
    cloudy: float = 0.4
    glint: float = 0.1
    gain: float = 0.1
    start: datetime = START

    @property
    def geobox(self) -> GeoBox:
        """The grid of all chips."""
        west, _, _, north = self.bounds
        return GeoBox(self.shape, Affine(self.pixel, 0, west, 0, -self.pixel, north), CRS)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the grid [m]."""
        high, wide = self.shape[0] * self.pixel / 2, self.shape[1] * self.pixel / 2
        return CENTRE[0] - wide, CENTRE[1] - high, CENTRE[0] + wide, CENTRE[1] + high

    @property
    def days(self) -> float:
        """How long the record is [days]."""
        return max(self.passes * self.interval if self.tracks else 0.0, self.optical * self.optical_interval) + 10

    @property
    def along(self) -> tuple[float, float]:
        """Unit vector along the quay, in grid metres (east, north); water lies to its right."""
        turn = math.radians(self.bearing)
        return math.sin(turn), math.cos(turn)

    @property
    def berth_length(self) -> float:
        """Of one berth's quay [m]."""
        return self.slot_count * self.slot_length

    def berth_start(self, index: int) -> float:
        """Where a berth begins along the shore, from the middle of the chip [m]."""
        whole = self.berth_count * self.berth_length + (self.berth_count - 1) * SLOT_GAP
        return index * (self.berth_length + SLOT_GAP) - whole / 2

    @property
    def berths(self) -> tuple[Berth, ...]:
        """The berths as nouns: quay lines (lon, lat) [degrees] with their slots."""
        to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
        found = []
        for index in range(self.berth_count):
            ends = [self.berth_start(index), self.berth_start(index) + self.berth_length]
            points = [(CENTRE[0] + s * self.along[0], CENTRE[1] + s * self.along[1]) for s in ends]
            quay = tuple((float(lon), float(lat)) for lon, lat in (to_degrees.transform(*point) for point in points))
            slots = tuple(
                Slot(id=f"slot-{k + 1}", start=k * self.slot_length, end=(k + 1) * self.slot_length)
                for k in range(self.slot_count)
            )
            found.append(
                Berth(
                    id=f"berth-{index + 1}", name=f"Invented berth {index + 1}", quay=quay, water="right", slots=slots
                )
            )
        return tuple(found)

    def share(self, berth: int, slot: int) -> float:
        """How busy a slot is [1]."""
        return self.busy if isinstance(self.busy, (int, float)) else self.busy[berth * self.slot_count + slot]


def off_quay(harbour: Harbour, x: float, y: float) -> float:
    """Distance of a point of the grid's system from the quay line, over the water positive [m]."""
    east, north = harbour.along
    return float((x - CENTRE[0]) * north - (y - CENTRE[1]) * east)

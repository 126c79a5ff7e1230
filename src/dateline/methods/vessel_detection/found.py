"""What a search found: detections, images and all of them together, with how good the search was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scipy.stats import chi2

from dateline.imagery.chip import Chip
from dateline.methods.vessel_detection.blobs import Blob
from dateline.methods.vessel_detection.inject import Trial
from dateline.methods.vessel_detection.levels import Level
from dateline.methods.vessel_detection.match import Match, Matched

LAXER = 10.0
"""How much laxer the threshold is with which false alarms are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One object in one image. where: "open" or "alongside". length: best, low, high [m], None where uncalibrated.

    heading: of the axis, clockwise from north [degrees], one of two opposite ways. flags: why it may be no vessel.
    """

    blob: Blob
    where: str
    lon: float
    lat: float
    heading: float | None
    flags: tuple[str, ...] = ()
    length: tuple[float, float, float] | None = None
    match: Match | None = None

    @property
    def counts(self) -> bool:
        """Whether nothing speaks against its being a vessel."""
        return not self.flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image searched. water: judged [km2]. usable: share of the image's pixels in sight. why: not observed, why."""

    chip: Chip
    water: float
    usable: float
    detections: tuple[Detection, ...] = ()
    why: str | None = None
    matched: Matched | None = None
    shore: bool = False
    """Whether there is a shore, not drawn by anybody, along which vessels could lie unseen."""

    @property
    def vessels(self) -> int:
        """Detections that count."""
        return sum(one.counts for one in self.detections)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """All images by time; levels by band; targets put in; objects that a laxer threshold adds; notes (code, text)."""

    images: tuple[Image, ...]
    levels: tuple[Mapping[str, Level], ...]
    trials: tuple[Trial, ...]
    laxer: int
    notes: tuple[tuple[str, str], ...]

    @property
    def seen(self) -> tuple[Image, ...]:
        """Images that showed water."""
        return tuple(image for image in self.images if image.why is None)

    def false_alarms(self) -> tuple[float, float] | None:
        """Expected and greatest false detections a km2 of water and image; None without water.

        Expected: a tenth of what a ten times laxer threshold adds; greatest: the 95 % Poisson bound of all of that.
        """
        area = sum(image.water for image in self.seen)
        if area == 0:
            return None
        return self.laxer / LAXER / area, float(chi2.ppf(0.95, 2 * (self.laxer + 1)) / 2 / area)

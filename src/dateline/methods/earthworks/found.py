"""What was found: lines of a date, the date, and the whole search with how good it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dateline.imagery.chip import Chip
from dateline.methods.earthworks.calibrate import Threshold
from dateline.methods.earthworks.chain import Chain
from dateline.methods.earthworks.plant import LEVELS, Trial

F8 = npt.NDArray[np.float64]
SEEN = 0.8
"""Share of planted lines' length that must be found again for their contrast to count as seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of one date. chain: its pixels. corners: (n, 2) columns, rows [px]. lonlat: (n, 2) [degrees].

    length, width: [m]. azimuth: [degrees from north, 0 to 180]. contrast: [unit of the image]. snr: contrast over its
    standard error [1]. one_sided: only one side stands out, as along the edge of a field or a building; such lines are
    listed and not counted.
    """

    chain: Chain
    corners: F8
    lonlat: F8
    length: float
    width: float
    azimuth: float
    contrast: float
    snr: float
    one_sided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """One new image with its lines. area: judged against all older images [km2]. narrow, weak: lines left out."""

    chip: Chip
    lines: tuple[Line, ...]
    area: float
    narrow: int = 0
    weak: int = 0

    @property
    def counted(self) -> tuple[Line, ...]:
        """Lines that stand out on both sides."""
        return tuple(line for line in self.lines if not line.one_sided)

    @property
    def length(self) -> float:
        """Of the counted lines [m]."""
        return sum(line.length for line in self.counted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """All of it. band: that was read. spread: of the ground, in the image's unit. trials: of planted lines.

    width: that was asked for [m].
    """

    dates: tuple[Date, ...]
    older: tuple[Chip, ...]
    band: str
    threshold: Threshold
    spread: float
    trials: tuple[Trial, ...]
    level: float
    width: float

    def power(self) -> Mapping[float, float]:
        """Share of planted lines' length that was found, by contrast [spreads of the ground]."""
        by = {level: [one.seen for one in self.trials if one.level == level] for level in LEVELS}
        return {level: float(np.mean(seen)) for level, seen in by.items() if seen}

    def faintest(self) -> float | None:
        """The least contrast from which on planted lines were found [spreads of the ground]; None: none was."""
        shares = self.power()
        good = [level for level in shares if all(shares[above] >= SEEN for above in shares if above >= level)]
        return min(good) if good else None

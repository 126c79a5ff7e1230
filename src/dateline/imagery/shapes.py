"""Lines drawn on the ground, in metres around their own middle: what layouts are compared by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F8 = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. points: (n, 2) east and north of its pattern's middle [m]. width: [m], None where not measured."""

    points: F8
    width: float | None = None

    @property
    def length(self) -> float:
        """[m]"""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The lines of one site. middle: longitude, latitude [degrees], None for one that lies nowhere. sha256: of the
    file they came from."""

    id: str
    name: str
    lines: tuple[Line, ...]
    middle: tuple[float, float] | None = None
    sha256: str = ""
    simulated: bool = False

    @property
    def length(self) -> float:
        """Of all lines [m]."""
        return sum(line.length for line in self.lines)

"""What is known about how well two images lie on each other: the certificate that goes with every comparison."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

F8 = npt.NDArray[np.float64]

CE90 = 2.146
"""Radius that holds nine of ten of two normal errors, in their standard deviations [1]."""
MOST_OF_CHANGE = 0.5
"""Part of a pixel of the claimed change by which images may lie off each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """How the moving image lies on the reference, and how sure that is. Rows count down, columns to the right.

    shift: rows and columns [px of the common grid] and shift_m [m] at the centre: how far the moving image shows the
    ground from where the reference shows it. matrix: how the shift changes per px. centre: where it holds [px]. grid:
    the common grid. tie_points, tried, inlier_share; sigma: robust spread of one axis [px]; ce90 [m]: 2.146 sigma.
    scatter: 90 % radius of the shift itself, from tie points that share ground [m]. rho: median correlation of the
    inliers. forward_backward, injected, second_method: differences [px], each None where it could not be had. closure:
    of three images [px]. relief: how far a roof of `relief_height` [m] leans from its foot, one image against the
    other [m], None where a look angle is unknown. reasons: codes and sentences of what limits it.
    """

    reference: str
    moving: str
    shift: tuple[float, float]
    shift_m: tuple[float, float]
    matrix: tuple[tuple[float, float], tuple[float, float]]
    centre: tuple[float, float]
    grid: GeoBox
    pixel: tuple[float, float]
    tie_points: int
    tried: int
    inlier_share: float
    sigma: float
    ce90: float
    scatter: float
    rho: float
    forward_backward: float | None
    injected: float | None
    second_method: float | None
    closure: float | None = None
    relief: float | None = None
    relief_height: float = 5.0
    reasons: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> float:
        """Side of a pixel of the common grid on the ground [m]."""
        return math.sqrt(self.pixel[0] * self.pixel[1])

    @property
    def residual(self) -> float:
        """What is left after alignment at worst [m]: the greater of CE90 and the two methods' difference."""
        return max(self.ce90, (self.second_method or 0.0) * self.size)

    @property
    def correction(self) -> Affine:
        """From the ground as the reference has it to the ground as the moving image has it, in the grid's system."""
        (a, b), (c, d) = self.matrix
        rows, columns = self.shift
        top, left = self.centre
        pixels = Affine(
            1 + d, c, columns - c * top - d * left, b, 1 + a, rows - a * top - b * left
        )  # columns first, as x; centres of pixels lie half a pixel on
        half = Affine.translation(0.5, 0.5)
        ground: Affine = self.grid.affine @ half @ pixels @ ~half @ ~self.grid.affine
        return ground

    def shift_at(self, rows: F8, columns: F8) -> tuple[F8, F8]:
        """The shift at positions of the common grid [px]."""
        (a, b), (c, d) = self.matrix
        down, right = rows - self.centre[0], columns - self.centre[1]
        return self.shift[0] + a * down + b * right, self.shift[1] + c * down + d * right

    def to_json(self) -> dict[str, Any]:
        """Its figures for a finding, rounded to what they carry."""
        return {
            "reference": self.reference,
            "moving": self.moving,
            "shift_px": [round(one, 3) for one in self.shift],
            "shift_m": [round(one, 3) for one in self.shift_m],
            "affine_per_1000_px": [[round(1000 * one, 3) for one in row] for row in self.matrix],
            "pixel_m": [round(one, 3) for one in self.pixel],
            "tie_points": self.tie_points,
            "windows_tried": self.tried,
            "inlier_share": round(self.inlier_share, 3),
            "sigma_px": round(self.sigma, 3),
            "ce90_m": round(self.ce90, 3),
            "shift_ce90_m": round(self.scatter, 3),
            "correlation": round(self.rho, 3),
            "forward_backward_px": _rounded(self.forward_backward),
            "injected_shift_error_px": _rounded(self.injected),
            "second_method_difference_px": _rounded(self.second_method),
            "triangle_closure_px": _rounded(self.closure),
            "relief_lean_m": _rounded(self.relief),
            "relief_height_m": self.relief_height,
            "reasons": [code for code, _ in self.reasons],
        }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def closure(ab: Certificate, bc: Certificate, ac: Certificate) -> float:
    """How far three registrations are from closing: |s_AB + s_BC - s_AC| at the centre of the first [m]."""
    rows, columns = (ab.shift_m[axis] + bc.shift_m[axis] - ac.shift_m[axis] for axis in (0, 1))
    return math.hypot(rows, columns)


def relief_lean(height: float, looks: tuple[tuple[float, float] | None, tuple[float, float] | None]) -> float | None:
    """How far a roof leans from its foot in one image against the other [m]: the vectors h tan(off-nadir).

    height [m]. looks: for each image off-nadir and azimuth of the look [degrees], None where unknown: then None.
    """
    if looks[0] is None or looks[1] is None:
        return None
    here, there = (
        height * np.tan(np.radians(tilt)) * np.exp(1j * np.radians(azimuth)) for tilt, azimuth in (looks[0], looks[1])
    )
    return float(abs(there - here))


def blocks_claim(certificate: Certificate, change: float) -> bool:
    """Whether a figure may not be shown for a change of this size [m]: the residual exceeds half a pixel of it.

    Where images lie more than half a pixel off each other, what a figure shows at an edge may be the displacement.
    change: the least width of what is claimed [m]; under a pixel nothing can be shown.
    """
    least = min(change, certificate.size)
    return certificate.residual > MOST_OF_CHANGE * least or change < certificate.size

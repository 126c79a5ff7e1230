"""How the second image comes to lie on the first: by the ground where both say where they lie, else pixel on pixel.

Everything is said in pixels of the first image. A lay is an affine map: at `p` of the first, the second's picture shows
what it has at `lay(p)`; so a second image that shows the ground 4 px further right has the lay (x + 4, y).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from affine import Affine

from dateline.app.pictures.picture import Picture
from dateline.core.errors import InputError

F8 = npt.NDArray[np.float64]
How = Literal["ground", "pixels", "apart"]

_ALONG = np.linspace(0.0, 1.0, 21)


@dataclass(frozen=True, eq=False)
class Laid:
    """Two pictures and how the second is brought to the first. scale: of pixels, where nothing else is known [1]."""

    first: Picture
    second: Picture
    how: How
    words: str
    scale: float = 1.0

    def to_second(self, points: F8) -> F8:
        """(n, 2) columns and rows of the first [px] -> of the second [px], as stored."""
        if self.how == "pixels":
            return np.asarray(points * self.scale, np.float64)
        return _over(self.first.ground, self.second.ground, points)

    def to_first(self, points: F8) -> F8:
        """The way back."""
        if self.how == "pixels":
            return np.asarray(points / self.scale, np.float64)
        return _over(self.second.ground, self.first.ground, points)


def lay_out(first: Picture, second: Picture, gsd: tuple[float | None, float | None]) -> Laid:
    """How two pictures come together. gsd: size of their pixels on the ground, from file or record [m]."""
    if first.ground is not None and second.ground is not None:
        if not _meet(first, second):
            words = "They do not show the same ground: they are not laid over each other, and their views are apart."
            return Laid(first, second, "apart", words)
        return Laid(first, second, "ground", "Laid by where the files say they lie, on the first image's pixels.")
    silent = "Neither says" if first.ground is second.ground else "Only one says"
    here, there = gsd
    if here and there:
        words = f"{silent} where it lies: laid by pixel size ({here:g} m and {there:g} m), upper left on upper left."
        return Laid(first, second, "pixels", words, here / there)
    wide, high = (b / a for a, b in zip(first.size, second.size, strict=True))
    if abs(wide / high - 1) < 0.01:
        size = "pixel on pixel" if wide == high == 1 else f"width on width (1 to {wide:.3g} px)"
        return Laid(first, second, "pixels", f"{silent} where it lies: laid {size}.", wide)
    words = f"{silent} where it lies, and their shapes differ: laid pixel on pixel. Match points to lay them right."
    return Laid(first, second, "pixels", words)


def _meet(first: Picture, second: Picture) -> bool:
    wide, high = second.size
    edge = np.array([(x * wide, y * high) for x in _ALONG for y in _ALONG])
    found = _over(second.ground, first.ground, edge)
    found = found[np.isfinite(found).all(axis=1)]
    if not len(found):
        return False
    low, top = found.min(axis=0), found.max(axis=0)
    return bool((low < np.array(first.size)).all() and (top > 0).all())


def _over(here: Any, there: Any, points: F8) -> F8:
    """Positions in one grid [px] as positions in another [px]; infinite where there is none."""
    x, y = through(here.affine, points).T
    if here.crs != there.crs:
        from pyproj import Transformer

        x, y = Transformer.from_crs(here.crs.to_wkt(), there.crs.to_wkt(), always_xy=True).transform(x, y)
    return through(~there.affine, np.stack([x, y], axis=1))


def through(affine: Affine, points: F8) -> F8:
    """(n, 2) points through an affine map."""
    a, b, c, d, e, f = tuple(affine)[:6]
    return np.asarray(points @ np.array([[a, d], [b, e]]) + np.array([c, f]), np.float64)


# ---- from matched points


@dataclass(frozen=True, slots=True)
class Fitted:
    """A lay from matched points, their middle, and how far they are off it: root mean square [px], None if none can."""

    lay: Affine
    middle: tuple[float, float]
    points: int
    residual: float | None


def fit(here: F8, there: F8) -> Fitted:
    """The lay that leads from points of the first to the same things in the second, both in pixels of the first.

    One point: a shift. Two or three: a shift, a turn and a scale. Four and more: an affine map, by least squares.
    Raises InputError `matches` without points, or where they lie on one spot or line.
    """
    count = len(here)
    if not count:
        raise _poor("no points")
    design, free = _design(here)
    if np.linalg.matrix_rank(design, tol=1e-6 * max(1.0, float(np.abs(here).max()))) < free:
        raise _poor("points that lie on one spot, or on one line")
    wanted = (there - here).ravel() if count == 1 else there.ravel()
    found: F8 = np.asarray(np.linalg.lstsq(design, wanted, rcond=None)[0], np.float64)
    lay = _affine(found)
    off = through(lay, here) - there
    spare = 2 * count - free
    residual = math.sqrt(float((off**2).sum()) / spare * 2) if spare else None
    return Fitted(lay, (float(here[:, 0].mean()), float(here[:, 1].mean())), count, residual)


def _design(here: F8) -> tuple[F8, int]:
    """Rows of two equations a point, and how many unknowns they have."""
    x, y = here[:, 0], here[:, 1]
    one, none = np.ones_like(x), np.zeros_like(x)
    if len(here) == 1:
        rows = [[one, none], [none, one]]
    elif len(here) < 4:
        rows = [[x, -y, one, none], [y, x, none, one]]
    else:
        rows = [[x, y, one, none, none, none], [none, none, none, x, y, one]]
    design = np.stack([np.stack(row, axis=1) for row in rows], axis=1)
    return design.reshape(2 * len(here), -1), design.shape[2]


def _affine(found: F8) -> Affine:
    if len(found) == 2:
        return Affine.translation(*(float(one) for one in found))
    if len(found) == 4:
        a, b, x, y = (float(one) for one in found)
        return Affine(a, -b, x, b, a, y)
    return Affine(*(float(one) for one in found))


def _poor(saw: str) -> InputError:
    return InputError(
        "No shift follows from these points.",
        saw=saw,
        do="Match things that lie apart from each other, in both images.",
        code="matches",
    )


# ---- in words


def words_of(lay: Affine, at: tuple[float, float], gsd: float | None) -> str:
    """Where the second image shows the ground that the first shows at a point [px]."""
    x, y = at
    to_x, to_y = lay @ (x, y)
    right, down = to_x - x, to_y - y
    if math.hypot(right, down) < 0.005:
        return "The second image shows the ground where the first does."
    parts = []
    if abs(down) >= 0.005:
        parts.append(f"{abs(down):.2f} px {'lower' if down > 0 else 'higher'}")
    if abs(right) >= 0.005:
        parts.append(f"{abs(right):.2f} px further {'right' if right > 0 else 'left'}")
    metres = f" ({math.hypot(right, down) * gsd:.2f} m)" if gsd else ""
    return f"The second image shows the ground {' and '.join(parts)} than the first{metres}."


def numbers(lay: Affine) -> list[float]:
    """A lay for a script: a, b, c, d, e, f of x' = a x + b y + c, y' = d x + e y + f."""
    return [float(one) for one in tuple(lay)[:6]]


def read_lay(asked: str) -> Affine:
    """What `numbers` says, joined by commas; nothing is no move. Raises InputError `matches`."""
    if not asked:
        return Affine.identity()
    try:
        given: Sequence[float] = [float(one) for one in asked.split(",")]
    except ValueError:
        given = ()
    if len(given) != 6 or not all(math.isfinite(one) and abs(one) < 1e7 for one in given):
        raise _poor(asked[:60])
    made = Affine(*given)
    if not 1e-3 < abs(made.determinant) < 1e3:
        raise _poor("a map that folds or blows up the image")
    return made

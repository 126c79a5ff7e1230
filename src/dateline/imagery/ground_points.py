"""Where a picture without georeference lies: a plane fitted to landmarks that somebody found on it and on a map."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal
from dateline.core.estimate import Estimate
from dateline.imagery.ground import WGS84

F8 = npt.NDArray[np.float64]

FEWEST, FEWEST_OBLIQUE = 4, 6
"""Landmarks that a plane seen from above needs so that its error shows, and one that is seen at a slant."""
SPREAD = 0.05
"""What is left without any one landmark must be this wide for its length, or it lies in a row [1]."""
BETTER = 0.7
"""A slanted view is taken where it lowers the error of landmarks that were left out to this share [1]."""
FINE = 0.5
"""[px] Landmarks that an affine plane foretells this well leave nothing to a slanted one: nobody clicks better."""
STEPS = 40
WORST = 0.15
"""Landmarks left out may lie this far from where the others put them, as a share of their own spread [1]."""
CORNER = 0.2
"""Share of the picture that landmarks should enclose [1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landmark:
    """One point found on a picture and on a map.

    x, y: column and row from the upper left corner [px]; lon, lat: [degrees, WGS 84]; by: who matched them.
    """

    x: float
    y: float
    lon: float
    lat: float
    by: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class GroundFit:
    """A picture's plane on the ground.

    coefficients: (8,) of x' = (a x + b y + c) / (g x + h y + 1), y' = (d x + e y + f) / the same, in `unit` pixels from
    `centre` to metres east and north of `origin` (lon, lat [degrees]); g = h = 0 for an affine plane. jacobian: of all
    residuals by the free coefficients. residuals, left_out: (n,) [m].
    """

    model: Literal["affine", "projective"]
    image: str
    landmarks: tuple[Landmark, ...]
    size: tuple[int, int]
    origin: tuple[float, float]
    centre: tuple[float, float]
    unit: float
    coefficients: F8
    jacobian: F8
    residuals: F8
    left_out: F8

    @property
    def freedom(self) -> int:
        """Degrees of freedom that the landmarks leave."""
        return int(self.jacobian.shape[0] - self.jacobian.shape[1])

    @property
    def enclosed(self) -> float:
        """Share of the picture that the landmarks enclose [1]."""
        from scipy.spatial import ConvexHull

        hull = ConvexHull(np.array([(one.x, one.y) for one in self.landmarks]))
        return float(hull.volume) / (self.size[0] * self.size[1])

    def metres(self, points: F8) -> F8:
        """(n, 2) columns and rows [px] as metres east and north of the landmarks' middle."""
        return _mapped(self.coefficients, self._scaled(points))

    def degrees(self, points: F8) -> F8:
        """(n, 2) columns and rows [px] as longitude and latitude [degrees, WGS 84]."""
        east, north = self.metres(points).T
        lon, lat = np.full(len(points), self.origin[0]), np.full(len(points), self.origin[1])
        azimuth, distance = np.degrees(np.arctan2(east, north)), np.hypot(east, north)
        found_lon, found_lat, _ = WGS84.fwd(lon, lat, azimuth, distance)
        return np.stack([found_lon, found_lat], axis=1)

    def pixels(self, places: F8) -> F8:
        """(n, 2) longitudes and latitudes [degrees, WGS 84] as columns and rows [px]."""
        east, north = _east_north(places, self.origin).T
        back = np.linalg.inv(np.append(self.coefficients, 1.0).reshape(3, 3))
        made = np.stack([east, north, np.ones_like(east)], axis=1) @ back.T
        return np.asarray(made[:, :2] / made[:, 2:] * self.unit + self.centre)

    def area(self, boxes: Sequence[tuple[float, float, float, float]], *, level: float) -> Estimate:
        """Ground under boxes (column, row, width, height [px]) together [m2], with its interval."""
        corners = [
            self._scaled(np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], dtype=np.float64))
            for x, y, w, h in boxes
        ]
        return self._estimate(lambda c: sum(_shoelace(_mapped(c, one)) for one in corners), "m2", level)

    def scale(self, *, level: float) -> Estimate:
        """Side of a pixel in the middle of the picture: the root of its area [m], with its interval."""
        width, height = self.size
        x, y = width / 2, height / 2
        around = np.array([(x - 0.5, y - 0.5), (x + 0.5, y - 0.5), (x + 0.5, y + 0.5), (x - 0.5, y + 0.5)])
        pixel = self._scaled(around)
        return self._estimate(lambda c: math.sqrt(_shoelace(_mapped(c, pixel))), "m", level)

    def _scaled(self, points: F8) -> F8:
        return np.asarray((points - np.array(self.centre)) / self.unit, dtype=np.float64)

    def _estimate(self, size: Callable[[F8], float], unit: str, level: float) -> Estimate:
        """A size with its interval: the error of its logarithm by the gradient, Student's t (Seber and Wild 1989)."""
        from scipy.stats import t

        best = size(self.coefficients)
        half = float(t.ppf((1 + level) / 2, self.freedom)) * self._error(size)
        return Estimate(
            best=best, low=best * math.exp(-half), high=best * math.exp(min(half, 50.0)), unit=unit, level=level,
            n=len(self.landmarks), how=f"{self.model} plane through {len(self.landmarks)} landmarks",
        )  # fmt: skip

    def _error(self, size: Callable[[F8], float]) -> float:
        """Standard error of the logarithm of a size [1]."""
        free = self.jacobian.shape[1]
        gradient = np.zeros(free)
        for index in range(free):
            step = np.zeros(8)
            step[index] = 1e-6 * max(1.0, abs(float(self.coefficients[index])))
            up, down = size(self.coefficients + step), size(self.coefficients - step)
            gradient[index] = (math.log(up) - math.log(down)) / (2 * step[index])
        return math.sqrt(max(float(gradient @ self._covariance @ gradient), 0.0))

    @cached_property
    def _covariance(self) -> F8:
        """(free, free) of the coefficients."""
        inverse = np.linalg.inv(self.jacobian.T @ self.jacobian)
        return np.asarray(inverse * float(self.residuals @ self.residuals) / self.freedom)

    def to_json(self) -> dict[str, Any]:
        """What a finding says of it; positions of single landmarks stay in their file."""
        return {
            "model": self.model,
            "landmarks": len(self.landmarks),
            "matched_by": sorted({one.by for one in self.landmarks if one.by}),
            "residual_m": _root(self.residuals),
            "left_out_m": _root(self.left_out),
            "worst_left_out": {"landmark": int(np.argmax(self.left_out)) + 1, "m": float(self.left_out.max())},
            "enclosed": self.enclosed,
        }


def fit_ground(landmarks: Sequence[Landmark], size: tuple[int, int], *, image: str) -> GroundFit:
    """The plane through landmarks on the picture called `image`, of width and height `size` [px], by least squares.

    Affine; projective from six landmarks on where this foretells left-out ones much better (Hartley and Zisserman 2004,
    chapters 2 and 4, 10.1017/CBO9780511811685). Distances in an azimuthal equidistant plane around their middle (Snyder
    1987, 10.3133/pp1395). Raises Refusal: `few-landmarks`, `landmark-outside`, `landmark-twice`, `landmarks-in-line`,
    `landmarks-mirrored`, `landmarks-disagree`.
    """
    given = tuple(landmarks)
    if len(given) < FEWEST:
        raise Refusal(
            "Too few landmarks to tell how large the ground on the picture is, and how far that may be off.",
            saw=f"{len(given)} landmarks",
            do=f"Match {FEWEST} points or more, well spread: corners of buildings, crossings, all at ground level.",
            code="few-landmarks",
        )
    pixels = np.array([(one.x, one.y) for one in given], dtype=np.float64)
    _check_inside(pixels, size)
    _check_spread(pixels)
    places = np.array([(one.lon, one.lat) for one in given], dtype=np.float64)
    _check_degrees(places)
    origin = (float(places[:, 0].mean()), float(places[:, 1].mean()))
    metres = _east_north(places, origin)
    centre, unit = pixels.mean(axis=0), float(np.abs(pixels - pixels.mean(axis=0)).max())
    scaled = (pixels - centre) / unit
    affine = _affine(scaled, metres)
    _check_mirror(affine, scaled, places)
    model, coefficients, left_out = _chosen(scaled, metres, affine, unit)
    _check_agree(left_out, metres)
    return GroundFit(
        model=model,
        image=image,
        landmarks=given,
        size=size,
        origin=origin,
        centre=(float(centre[0]), float(centre[1])),
        unit=unit,
        coefficients=coefficients,
        jacobian=_jacobian(coefficients, scaled, 6 if model == "affine" else 8),
        residuals=_off(coefficients, scaled, metres),
        left_out=left_out,
    )


def _east_north(places: F8, origin: tuple[float, float]) -> F8:
    """(n, 2) longitudes and latitudes [degrees] as metres in the azimuthal equidistant plane around `origin`."""
    lon, lat = np.full(len(places), origin[0]), np.full(len(places), origin[1])
    azimuth, _, distance = WGS84.inv(lon, lat, places[:, 0], places[:, 1])
    angle = np.radians(azimuth)
    return np.stack([distance * np.sin(angle), distance * np.cos(angle)], axis=1)


def _mapped(coefficients: F8, scaled: F8) -> F8:
    a, b, c, d, e, f, g, h = coefficients
    x, y = scaled[:, 0], scaled[:, 1]
    below = g * x + h * y + 1
    return np.stack([(a * x + b * y + c) / below, (d * x + e * y + f) / below], axis=1)


def _shoelace(ring: F8) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return abs(float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())) / 2


def _off(coefficients: F8, scaled: F8, metres: F8) -> F8:
    """(n,) distance of each landmark from where the plane puts it [m]."""
    return np.asarray(np.hypot(*(_mapped(coefficients, scaled) - metres).T))


def _root(distances: F8) -> float:
    return float(np.sqrt(np.mean(distances**2)))


def _affine(scaled: F8, metres: F8) -> F8:
    design = np.column_stack([scaled, np.ones(len(scaled))])
    rows, *_ = np.linalg.lstsq(design, metres, rcond=None)
    return np.concatenate([rows[:, 0], rows[:, 1], (0.0, 0.0)])


def _projective(scaled: F8, metres: F8) -> F8 | None:
    """From the affine plane by Gauss and Newton; None where it does not settle, or the picture crosses the horizon."""
    made = _affine(scaled, metres)
    for _ in range(STEPS):
        residual = (metres - _mapped(made, scaled)).ravel()
        step, *_rest = np.linalg.lstsq(_jacobian(made, scaled, 8), residual, rcond=None)
        made = made + step
        if (scaled @ made[6:] + 1 <= 0.05).any():
            return None
        if np.abs(step).max() <= 1e-9 * max(1.0, float(np.abs(made).max())):
            return made
    return None


def _jacobian(coefficients: F8, scaled: F8, free: int) -> F8:
    """(2 n, free) derivatives of the mapped positions."""
    x, y = scaled[:, 0], scaled[:, 1]
    below = coefficients[6] * x + coefficients[7] * y + 1
    made = _mapped(coefficients, scaled)
    ones, none = np.ones_like(x), np.zeros_like(x)
    east = np.stack([x, y, ones, none, none, none, -made[:, 0] * x, -made[:, 0] * y], axis=1)
    north = np.stack([none, none, none, x, y, ones, -made[:, 1] * x, -made[:, 1] * y], axis=1)
    return np.asarray(np.stack([east, north], axis=1).reshape(-1, 8)[:, :free] / np.repeat(below, 2)[:, None])


def _chosen(scaled: F8, metres: F8, affine: F8, unit: float) -> tuple[Literal["affine", "projective"], F8, F8]:
    plain = _left_out(scaled, metres, _affine)
    assert plain is not None
    side = math.sqrt(abs(float(affine[0] * affine[4] - affine[1] * affine[3]))) / unit
    if len(scaled) < FEWEST_OBLIQUE or _root(plain) < FINE * side:
        return "affine", affine, plain
    slanted, whole = _left_out(scaled, metres, _projective), _projective(scaled, metres)
    if slanted is None or whole is None or _root(slanted) >= BETTER * _root(plain):
        return "affine", affine, plain
    return "projective", whole, slanted


def _left_out(scaled: F8, metres: F8, fit: Callable[[F8, F8], F8 | None]) -> F8 | None:
    """(n,) distance of each landmark from where all the others put it [m]."""
    found = []
    for index in range(len(scaled)):
        others = np.arange(len(scaled)) != index
        made = fit(scaled[others], metres[others])
        if made is None:
            return None
        found.append(_off(made, scaled[[index]], metres[[index]])[0])
    return np.array(found)


def _check_inside(pixels: F8, size: tuple[int, int]) -> None:
    low, high = -1.0, np.array(size) + 1.0
    out = np.asarray(((pixels < low) | (pixels > high)).any(axis=1))
    if not out.any():
        return
    turned = pixels[:, ::-1]
    if (pixels[:, 1] <= 1).all() and (pixels[:, 1] < low).any():
        why = "rows below zero: y was counted upward"
    elif not ((turned < low) | (turned > high)).any():
        why = "they fit with column and row swapped"
    else:
        why = "they lie outside the picture"
    first = pixels[int(np.argmax(out))]
    raise Refusal(
        "Landmarks do not lie on the picture.",
        saw=f"{int(out.sum())} of {len(out)}, the first at ({first[0]:g}, {first[1]:g}) on {size[0]} x {size[1]} px: "
        f"{why}",
        do="Give x, the column from the left edge, and y, the row from the upper edge, of this very file.",
        code="landmark-outside",
    )


def _check_spread(pixels: F8) -> None:
    """Without any one landmark, the others must still span a plane: else that one is never tested."""
    for i in range(len(pixels)):
        for j in range(i):
            if np.hypot(*(pixels[i] - pixels[j])) < 1:
                raise Refusal(
                    "One point of the picture is two landmarks.",
                    saw=f"landmarks {j + 1} and {i + 1}, both at ({pixels[i, 0]:g}, {pixels[i, 1]:g})",
                    do="Give each point once.",
                    code="landmark-twice",
                )
    for index in range(len(pixels)):
        others = np.delete(pixels, index, axis=0)
        long, short = np.linalg.svd(others - others.mean(axis=0), compute_uv=False)[:2]
        if short < SPREAD * long:
            whole = np.linalg.svd(pixels - pixels.mean(axis=0), compute_uv=False)
            row = "All landmarks lie" if whole[1] < SPREAD * whole[0] else f"All landmarks but number {index + 1} lie"
            raise Refusal(
                f"{row} in a row: across it nothing is measured, or nothing tests it.",
                saw=f"{len(pixels)} landmarks",
                do="Add landmarks to both sides of that line.",
                code="landmarks-in-line",
            )


def _check_degrees(places: F8) -> None:
    lon, lat = places.T
    if (np.abs(lat) > 90).any() or (np.abs(lon) > 180).any():
        fits = (np.abs(lon) <= 90).all() and (np.abs(lat) <= 180).all()
        first = places[int(np.argmax((np.abs(lat) > 90) | (np.abs(lon) > 180)))]
        raise Refusal(
            "These are no longitudes and latitudes.",
            saw=f"lon {first[0]:g}, lat {first[1]:g}" + (": they fit with the two swapped" if fits else ""),
            do="Give lon [degrees east, -180 to 180] and lat [degrees north, -90 to 90].",
            code="landmarks-mirrored" if fits else "landmark-outside",
        )
    if np.ptp(lon) > 10 or np.ptp(lat) > 10:
        raise Refusal(
            "These landmarks lie too far apart for one picture of a site.",
            saw=f"{np.ptp(lon):.3g} by {np.ptp(lat):.3g} degrees",
            do="Look for a typing error among the positions.",
            code="landmarks-disagree",
        )


def _check_mirror(affine: F8, scaled: F8, places: F8) -> None:
    """Rows run downward and north is up: a plane that is turned as in a mirror was never seen from above."""
    if affine[0] * affine[4] - affine[1] * affine[3] < 0:
        return
    upward = _unlike(scaled * (1, -1), places)
    swapped = _unlike(scaled, places[:, ::-1]) if np.abs(places[:, 0]).max() <= 90 else math.inf
    likely = (
        "lon and lat swapped" if swapped < 0.5 * upward else "y was counted upward" if upward < 0.5 * swapped else None
    )
    raise Refusal(
        "The landmarks on the picture are turned as in a mirror against those on the map.",
        saw=likely or "either lon and lat are swapped, or y was counted upward, or the picture was flipped",
        do="Give lon before lat, and rows from the upper edge downward; of a flipped picture get the original.",
        code="landmarks-mirrored",
    )


def _unlike(scaled: F8, places: F8) -> float:
    """How far landmarks are from a plane of one scale in all directions [1]: by the axes of the affine plane."""
    origin = (float(places[:, 0].mean()), float(places[:, 1].mean()))
    a, b, _, d, e, *_ = _affine(scaled, _east_north(places, origin))
    long, short = np.linalg.svd(np.array([[a, b], [d, e]]), compute_uv=False)
    return float(math.log(max(long, 1e-12) / max(short, 1e-12)))


def _check_agree(left_out: F8, metres: F8) -> None:
    extent = _root(np.hypot(*(metres - metres.mean(axis=0)).T))
    if extent < 1 or _root(left_out) > WORST * extent:
        worst = int(np.argmax(left_out))
        raise Refusal(
            "The landmarks do not fit one plane: at least one is not the same point on the picture and on the map.",
            saw=f"left out, they lie {_root(left_out):,.0f} m off on average; number {worst + 1} by "
            f"{left_out[worst]:,.0f} m",
            do="Match them again, that one first; all at ground level, none on a roof or a hill.",
            code="landmarks-disagree",
        )

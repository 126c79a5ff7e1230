"""Registration of two images in ground coordinates, with its certificate; refused where they share too little."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import fft

from dateline.core.errors import Refusal
from dateline.core.state import State
from dateline.imagery.align.affine import Map, fit_map
from dateline.imagery.align.certificate import CE90, Certificate, relief_lean
from dateline.imagery.align.planes import (
    block_mean,
    brought,
    common_grid,
    part_of_grid,
    plane_of,
    positions_in,
    without_collar,
)
from dateline.imagery.align.structure import log_gradient
from dateline.imagery.align.ties import MOST, Ties, ties
from dateline.imagery.chip import Chip
from dateline.imagery.coverage import Window
from dateline.imagery.resample import nearest, true_pixel
from dateline.imagery.windowed import Plane, is_windowed, same, strips, windowed

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

Look = tuple[float, float]
"""Off-nadir angle and azimuth of a look [degrees]."""

SURE_SHARE = 0.4
"""This share of agreeing windows makes looking for a large offset needless."""
LEAST_SHARE, LEAST_POINTS = 0.25, 4
"""Fewer agreeing windows are what unrelated images give."""
LEAST_FAR = 9
"""Fewest agreeing windows far from where the grids say: among so many offsets chance finds more."""
LEAST_RHO = 0.1
"""Median correlation of the agreeing windows from which it means something."""
LEAST_COMMON = 2_000
"""Fewest pixels that both images must show."""
CHECKED = 49
"""Windows on which forward-backward and the injected shift are tried."""
INJECTED = (0.37, -0.61)
"""The shift that is put in and must come out [px]."""
_COARSE = 384
"""Side of the plane on which a large offset is looked for [px]."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two planes on one grid."""

    first: F4
    second: F4
    grid: GeoBox


def register(
    reference: Chip,
    moving: Chip,
    *,
    looks: tuple[Look | None, Look | None] = (None, None),
    height: float = 5.0,
    thorough: bool = True,
    progress: Callable[[float], None] = lambda _: None,
) -> Certificate:
    """Where the moving image shows the reference's ground, to a fraction of a pixel, with what is known of the error.

    looks: off-nadir angle and azimuth [degrees] of both; height: of the things whose lean is told [m]. thorough: try
    forward-backward and an injected shift too, which takes twice the time of the rest. Tie points by
    phase correlation and correlation of log-gradients in windows of up to 256 px, overlapping by half; robust affine
    map. Raises Refusal `no-georeference`, `identical-bytes`, `no-overlap`, `too-little-in-common`.
    """
    _check_bytes(reference, moving)
    grid = common_grid(reference.geobox, moving.geobox)
    pair = _Pair(
        brought(plane_of(without_collar(reference)), reference.geobox, grid),
        brought(plane_of(without_collar(moving)), moving.geobox, grid, smooth=True),
        grid,
    )
    _check_common(pair, reference, moving)
    progress(0.2)
    found, fit = _consensus(pair)
    progress(0.7)
    _check_consensus(found, fit, reference, moving)
    assert fit is not None
    start = _whole(fit)
    checks = _checks(pair, fit, start) if thorough else (None, None)
    progress(1.0)
    return _certificate((reference, moving), (pair, found, fit), checks, (relief_lean(height, looks), height))


def aligned(chip: Chip, certificate: Certificate, grid: GeoBox | None = None) -> Chip:
    """The chip laid over the reference, resampled once, on a grid [default: the certificate's].

    Its values lie between its pixels on a cubic spline (bilinear beside what was not seen); its states are those of
    the nearest pixel, and what has no value any more is OUTSIDE or not observed.
    """
    target = certificate.grid if grid is None else grid
    turned = GeoBox(target.shape, certificate.correction @ target.affine, target.crs)
    chip = without_collar(chip)
    planes = [brought(band, chip.geobox, turned, smooth=True) for band in chip.values]
    large = is_windowed(planes[0])
    values = windowed([cast(Plane, plane) for plane in planes]) if large else np.stack(planes)
    states = np.zeros(turned.shape, np.uint8)  # what is never written to takes no memory
    whole = bool((chip.states == State.OBSERVED).all())
    for rows in strips(turned.shape):
        part = part_of_grid(turned, Window(rows, slice(0, turned.shape[1])))
        down, across = positions_in(chip.geobox, part)
        if large and whole:
            beyond = ~_inside(down, across, chip)
            if beyond.any():
                states[rows][beyond] = State.OUTSIDE
            continue
        states[rows] = nearest(chip.states, down, across)
        lost = ~_inside(down, across, chip) if large else ~np.isfinite(values[:, rows]).any(axis=0)
        states[rows][lost & (states[rows] <= State.FLOOR)] = State.NOT_OBSERVED
    note = (
        "aligned",
        f"Moved by {math.hypot(*certificate.shift_m):.2f} m onto {certificate.reference}.",
    )
    return replace(
        chip, values=values, states=states, geobox=target, pixel=true_pixel(target), notes=(*chip.notes, note)
    )


def _inside(down: F8, across: F8, chip: Chip) -> npt.NDArray[np.bool_]:
    """Which positions [px] lie in a chip."""
    rows, columns = chip.states.shape
    return np.asarray((down >= -0.5) & (down <= rows - 0.5) & (across >= -0.5) & (across <= columns - 0.5))


def is_copy(first: Chip, second: Chip) -> bool:
    """Whether two chips hold the same numbers; of different cuts, whether they come from the same bytes."""
    if first.values.shape == second.values.shape:
        return same(first.values, second.values)
    return bool(first.sha256) and first.sha256 == second.sha256


def _check_bytes(reference: Chip, moving: Chip) -> None:
    if is_copy(reference, moving):
        raise Refusal(
            "Two dates hold the same image: a copy shows no change and no error.",
            saw=f"{reference.id} and {moving.id}",
            do="Find the image of the other date; one file was saved under two names.",
            code="identical-bytes",
        )


def _check_common(pair: _Pair, reference: Chip, moving: Chip) -> None:
    both = sum(int((np.isfinite(pair.first[r]) & np.isfinite(pair.second[r])).sum()) for r in _rows_of(pair))
    if both < LEAST_COMMON:
        raise Refusal(
            "The images show too little of the same ground.",
            saw=f"{reference.id} and {moving.id}: {both} pixels seen in both",
            do="Give images that overlap, with less cloud and less collar.",
            code="no-overlap" if both == 0 else "too-little-in-common",
        )


def _rows_of(pair: _Pair) -> Iterator[slice]:
    """All rows of both planes; of large ones a hundred, which is enough to see whether they share anything."""
    if not is_windowed(pair.first):
        return strips(pair.first.shape)
    count = min(len(pair.first), len(pair.second))
    return (slice(row, row + 1) for row in range(0, count, max(1, count // 100)))


def _check_consensus(found: Ties, fit: Map | None, reference: Chip, moving: Chip) -> None:
    points = _agreeing(fit)
    share = points / max(found.tried, 1)
    rho = 0.0 if fit is None or not points else float(np.median(found.rho[fit.agree]))
    if points < LEAST_POINTS or share < LEAST_SHARE or rho < LEAST_RHO:
        raise Refusal(
            "The images have too little in common to be laid over each other.",
            saw=f"{reference.id} and {moving.id}: {points} of {found.tried} windows agree, correlation {rho:.2f}",
            do="Give images of one place with less cloud, snow or change; or landmarks that both show.",
            code="too-little-in-common",
        )


def _consensus(pair: _Pair, most: int = MOST) -> tuple[Ties, Map | None]:
    """Tie points from where the grids say, and, where few of them agree, from where the whole planes fit best."""
    found = ties(pair.first, pair.second, most=most)
    fit = fit_map(found.at, found.shift)
    best = (found, fit)
    if _agreeing(fit) >= max(LEAST_POINTS, SURE_SHARE * found.tried):
        return best
    for start in _large_offsets(pair):
        found = ties(pair.first, pair.second, start, most=most)
        fit = fit_map(found.at, found.shift)
        if _agreeing(fit) >= max(LEAST_FAR, 2 * _agreeing(best[1])):
            best = (found, fit)
    return best


def _agreeing(fit: Map | None) -> int:
    return 0 if fit is None else int(fit.agree.sum())


def _large_offsets(pair: _Pair) -> list[tuple[int, int]]:
    """Whole-plane offsets worth a try [px], by normalised correlation of what both show (Padfield 2012)."""
    factor = max(1, math.ceil(max(pair.first.shape) / _COARSE))
    planes = [log_gradient(block_mean(plane, factor)) for plane in (pair.first, pair.second)]
    surface = masked_correlation(*planes[0], *planes[1])
    offsets: list[tuple[int, int]] = []
    for _ in range(2):
        at = np.unravel_index(int(surface.argmax()), surface.shape)
        rows, columns = (int(at[axis]) - planes[0][0].shape[axis] + 1 for axis in (0, 1))
        offsets.append((rows * factor, columns * factor))
        surface[max(at[0] - 5, 0) : at[0] + 6, max(at[1] - 5, 0) : at[1] + 6] = -1
    return [offset for offset in offsets if offset != (0, 0)]


def masked_correlation(
    first: F4, known: npt.NDArray[np.bool_], second: F4, seen: npt.NDArray[np.bool_], least: float = 0.3
) -> F4:
    """(2n - 1, 2m - 1) correlation of two planes at each displacement, over what both show there.

    Displacements where both show less than `least` of the first are -1 (Padfield 2012, doi 10.1109/TIP.2011.2181402).
    Index (i, j) is a displacement of i - n + 1 rows and j - m + 1 columns of the second against the first.
    """
    shape = tuple(fft.next_fast_len(a + b - 1, real=True) for a, b in zip(first.shape, second.shape, strict=True))
    crop = tuple(slice(0, a + b - 1) for a, b in zip(first.shape, second.shape, strict=True))

    def spectrum(plane: npt.NDArray[np.generic]) -> npt.NDArray[np.complexfloating]:
        return fft.rfft2(plane.astype(np.float64), shape)

    a, m = (np.where(known, first, 0.0)[::-1, ::-1], known[::-1, ::-1])
    b, n = (np.where(seen, second, 0.0), seen)
    fa, fm, faa = spectrum(a), spectrum(m), spectrum(a * a)
    fb, fn, fbb = spectrum(b), spectrum(n), spectrum(b * b)
    count, sum_a, sum_b, sum_ab, sum_aa, sum_bb = (
        fft.irfft2(one, shape)[crop] for one in (fm * fn, fa * fn, fm * fb, fa * fb, faa * fn, fm * fbb)
    )
    enough = count > least * max(float(known.sum()), 1.0)
    count = np.where(enough, count, 1.0)
    variance = np.clip(sum_aa - sum_a**2 / count, 1e-9, None) * np.clip(sum_bb - sum_b**2 / count, 1e-9, None)
    made: F4 = np.where(enough, (sum_ab - sum_a * sum_b / count) / np.sqrt(variance), -1.0).astype(np.float32)
    return made


def _whole(fit: Map) -> tuple[int, int]:
    return round(float(fit.offset[0])), round(float(fit.offset[1]))


def _checks(pair: _Pair, fit: Map, start: tuple[int, int]) -> tuple[float | None, float | None]:
    """Forward-backward and injected-shift errors [px], on a part of the windows; None where they found nothing."""
    back = ties(pair.second, pair.first, (-start[0], -start[1]), most=CHECKED)
    there = fit_map(back.at, back.shift)
    forward_backward = None
    if there is not None:
        middle = (fit.centre + fit.offset)[None]
        forward_backward = float(np.hypot(*(fit.offset + there.shift(middle)[0])))
    moved = _injected(pair.second, pair.grid)
    again = ties(pair.first, moved, start, most=CHECKED)
    before = ties(pair.first, pair.second, start, most=CHECKED)
    both = [fit_map(one.at, one.shift) for one in (before, again)]
    injected = None
    if both[0] is not None and both[1] is not None:
        came_out = (both[1].shift(fit.centre[None]) - both[0].shift(fit.centre[None]))[0]
        injected = float(np.hypot(*(came_out - np.array(INJECTED))))
    return forward_backward, injected


def _injected(plane: F4, grid: GeoBox) -> F4:
    """The plane moved by INJECTED on a cubic spline; what lies near to the unseen is between its neighbours."""
    shown = GeoBox(grid.shape, grid.affine @ Affine.translation(-INJECTED[1], -INJECTED[0]), grid.crs)
    return brought(plane, grid, shown, smooth=True)


def _certificate(
    images: tuple[Chip, Chip],
    known: tuple[_Pair, Ties, Map],
    checks: tuple[float | None, float | None],
    relief: tuple[float | None, float],
) -> Certificate:
    pair, found, fit = known
    pixel = true_pixel(pair.grid)
    size = math.sqrt(pixel[0] * pixel[1])
    points = int(fit.agree.sum())
    apart = (found.second - found.shift)[fit.agree]
    apart = apart[np.isfinite(apart).all(axis=1)]
    second = float(np.hypot(*np.median(apart, axis=0))) if len(apart) else None
    independent = max(points / 4, 1.0)  # windows that overlap by half each way share their ground with three others
    (a, b), (c, d) = fit.matrix
    made = Certificate(
        reference=images[0].id,
        moving=images[1].id,
        shift=(float(fit.offset[0]), float(fit.offset[1])),
        shift_m=(float(fit.offset[0]) * pixel[0], float(fit.offset[1]) * pixel[1]),
        matrix=((float(a), float(b)), (float(c), float(d))),
        centre=(float(fit.centre[0]), float(fit.centre[1])),
        grid=pair.grid,
        pixel=pixel,
        tie_points=points,
        tried=found.tried,
        inlier_share=points / max(found.tried, 1),
        sigma=fit.sigma,
        ce90=CE90 * fit.sigma * size,
        scatter=CE90 * fit.sigma * size / math.sqrt(independent),
        rho=float(np.median(found.rho[fit.agree])),
        forward_backward=checks[0],
        injected=checks[1],
        second_method=second,
        relief=relief[0],
        relief_height=relief[1],
    )
    return replace(made, reasons=_reasons(made))


def _reasons(made: Certificate) -> tuple[tuple[str, str], ...]:
    """What limits the certificate, by code."""
    reasons = []
    if made.relief is None:
        reasons.append(
            ("look-angle-unknown", "How far roofs lean is not known: the images do not tell their look angle.")
        )
    if made.inlier_share < 0.6:
        text = f"Only {100 * made.inlier_share:.0f} % of the windows agree: much of the ground changed, or is hidden."
        reasons.append(("few-agree", text))
    if made.second_method is not None and made.second_method > 0.5:
        text = f"A second method puts the shift {made.second_method:.2f} px elsewhere."
        reasons.append(("methods-differ", text))
    if made.tie_points < 9:
        reasons.append(("few-tie-points", f"It rests on {made.tie_points} tie points."))
    return tuple(reasons)

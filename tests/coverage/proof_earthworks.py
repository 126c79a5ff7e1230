"""Lines planted into real and made backgrounds, and the figures of `earthworks` for `make proof`.

Backgrounds: the samples' panchromatic town at 0.3 m, and yearly pictures at 7 m (four real dates). Where a real
background has one date, others are made of it: shifted by half a pixel, of another gain and light, a third of its fine
texture replaced, with noise. Beside it stands a filter on the new image alone, with the threshold that suits it best.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage
from skimage.filters import apply_hysteresis_threshold, sato
from skimage.morphology import skeletonize

from dateline.imagery import drawn
from dateline.imagery.chip import Chip
from dateline.methods.earthworks.lengths import total
from dateline.methods.earthworks.plant import along
from dateline.methods.earthworks.search import Task, search
from dateline.methods.earthworks.trace import chains
from dateline.simulate.fieldworks import F4, F8, Look, chips, in_pixels, layout, planted, template

SAMPLES = Path(os.environ.get("DATELINE_SAMPLES", Path(__file__).resolve().parents[3] / "shared" / "samples"))
NEAR = 3.0
"""The buffer of completeness and correctness [px]."""


@dataclass(frozen=True)
class Score:
    """completeness: share of the truth within 3 px of what was found; correctness: the reverse (Wiedemann 1998)."""

    completeness: float
    correctness: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.completeness + self.correctness
        return 2 * self.completeness * self.correctness / both if both else 0.0


def town(side: int = 1024) -> F4:
    """Panchromatic, 0.3 m: houses, gardens, desert lots."""
    import rasterio

    with rasterio.open(SAMPLES / "sites" / "spacenet_roads" / "road_mask_input.tif") as file:
        return file.read(1)[:side, :side].astype(np.float32)


def made_ground(side: int, rng: np.random.Generator) -> F4:
    """Open ground with shrubs, a road and fields of different brightness: for tests without samples."""
    fine = ndimage.gaussian_filter(rng.standard_normal((side, side)), 1.2) * 4
    coarse = ndimage.gaussian_filter(rng.standard_normal((side, side)), 40) * 140
    ground = 500 + 25 * fine + 30 * coarse
    ground[:, side // 3 : side // 3 + 6] *= 0.6
    ground[(3 * side) // 4 :, :] *= 1.2
    return ground.astype(np.float32)


def works(
    shape: tuple[int, int], rng: np.random.Generator, *, sites: int, pixel: float = 0.3, long: float = 50.0
) -> list[F8]:
    """Zig-zag, crenellated, curved and straight lines [columns, rows, px], at random places."""
    lines: list[F8] = []
    families = ("zigzag", "curved", "straight", "crenellated")
    for number in range(sites):
        drawn_from = template(rng, families[number % 4])
        one = layout(drawn_from, rng, length=long)[:1]
        lines += in_pixels(one, shape, pixel, rng)
    return lines


def score(found: Sequence[np.ndarray], truth: Sequence[F8], shape: tuple[int, int]) -> Score:
    """found: (n, 2) pixels of lines; truth: lines [px]."""
    if not found:
        return Score(0.0, 0.0)
    pixels = np.concatenate(list(found))
    near = drawn.distance(truth, shape, 10.0)
    empty = np.ones(shape, bool)
    empty[pixels[:, 1], pixels[:, 0]] = False
    away = ndimage.distance_transform_edt(empty)
    on = np.concatenate([along(line) for line in truth])
    return Score(
        float((away[on[:, 1], on[:, 0]] <= NEAR).mean()), float((near[pixels[:, 1], pixels[:, 0]] <= NEAR).mean())
    )


def single_image(values: F4, truth: Sequence[F8], width: float) -> Score:
    """A ridge filter (Sato 1998, scikit-image) on the new image alone, with the best of many thresholds and lengths."""
    ridge = sato(values, sigmas=[width / 2, 0.75 * width], black_ridges=True)
    best = Score(0.0, 0.0)
    for quantile in (0.9, 0.95, 0.98, 0.99, 0.995, 0.998):
        high = np.quantile(ridge, quantile)
        rows, columns = skeletonize(apply_hysteresis_threshold(ridge, high / 2, high)).nonzero()
        found = chains(rows, columns, ridge[rows, columns].astype(np.float32), spur=3 * width, gap=4 * width)
        for least in (12, 40, 80):
            one = score([chain.pixels for chain in found if len(chain.pixels) >= least], truth, values.shape)
            best = max(best, one, key=lambda each: each.f1)
    return best


def task(width: float, pixel: float, rng: np.random.Generator, **more: Any) -> Task:
    """The card's defaults for lines of this width [px]."""
    known = {"shortest": 8.0, "rate": 4.0, "bright": False, "level": 0.9, "band": "pan"}
    return Task(width=width * pixel, rng=rng, **(known | more))


def planted_run(
    ground: F4,
    rng: np.random.Generator,
    *,
    contrast: float,
    width: float,
    older: int = 2,
    sites: int = 12,
    pixel: float = 0.3,
) -> dict[str, Any]:
    """One run on one background: scores of both filters, length found over true length."""
    truth = works(ground.shape, rng, sites=sites, pixel=pixel)
    series = chips(ground, [truth], rng, older=older, width=width, contrast=contrast, pixel=pixel)
    return judged(series, truth, task(width, pixel, rng))


def judged(series: Sequence[Chip], truth: Sequence[F8], wanted: Task) -> dict[str, Any]:
    """Scores of the search and of the single image, and lengths; the last of the series is the new one."""
    new, pixel = series[-1], series[-1].pixel[0]
    width = wanted.width / pixel
    found = search(series[:-1], [new], wanted)
    lines = found.dates[0].counted
    pixels = [line.chain.pixels for line in lines]
    true = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in truth)
    mine, other = score(pixels, truth, new.values.shape[1:]), single_image(new.values[0], truth, width)
    return {
        "F1": mine.f1,
        "completeness": mine.completeness,
        "correctness": mine.correctness,
        "F1, one image": other.f1,
        "length found": sum(line.length for line in lines) / pixel / true,
        "width": float(np.median([line.width for line in lines])) / pixel if lines else None,
    }


def false_lines(ground: F4, runs: int, seed: int) -> dict[str, Any]:
    """Lines a km2 where nothing is new, of what was put up with, and what the finding would print as bounds."""
    rng = np.random.default_rng(seed)
    count, area, inside = 0, 0.0, 0
    for _ in range(runs):
        series = chips(ground, [[]], rng, older=3, width=5)
        found = search(series[:3], series[3:], task(5, 0.3, rng))
        own = len(found.dates[0].lines)
        count, area = count + own, area + found.dates[0].area
        inside += own / found.dates[0].area <= found.threshold.rate(0.9)[2]
    return {"false a km2": count / area, "put up with": 4.0, "under the printed bound": inside / runs}


def lengths(ground: F4, runs: int, seed: int, contrast: float = 0.4) -> dict[str, Any]:
    """Clear lines 4 px wide: how far the length told is off the true one, and how often its interval covers that."""
    off, covers = [], []
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        truth = works(ground.shape, rng, sites=4)
        series = chips(ground, [truth], rng, older=2 + run % 2, width=4, contrast=contrast)
        found = search(series[:-1], series[-1:], task(4, 0.3, rng))
        told = total(found, found.dates[0])
        true = 0.3 * sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in truth)
        off.append(told.best / true - 1)
        covers.append((told.low or 0) <= true <= (math.inf if told.high is None else told.high))
    within = float(np.mean(np.abs(off) <= 0.1))
    return {
        "contrast": contrast,
        "runs": runs,
        "length off, mean": float(np.mean(off)),
        "off by 10 % at most": within,
        "level": 0.9,
        "covers": float(np.mean(covers)),
    }


YEARLY = ("6214_13915", "6251_13993")
"""Tiles of the samples: little changes in the first from year to year, much is built in the second in every year."""


def yearly(tile: str, contrast: float, seed: int) -> dict[str, Any]:
    """Lines 3 px wide planted into the last of four real yearly pictures of 7.3 m, held against the first three."""
    from PIL import Image

    folder = SAMPLES / "optical" / "north_korea_sites"
    years = [np.asarray(Image.open(folder / f"{tile}_{y}.png").convert("L"), np.float32) for y in range(2016, 2020)]
    rng = np.random.default_rng(seed)
    truth = works(years[0].shape, rng, sites=5, pixel=7.3, long=500)
    still = Look(shift=0, gain=0, field=0, season=0, noise=0)
    years[3] = planted(years[3], truth, width=3, contrast=contrast)
    series = tuple(
        replace(
            chips(year, [], rng, older=1, pixel=7.3, look=still)[0],
            id=str(number),
            at=datetime(2030 + number, 5, 1, tzinfo=UTC),
        )
        for number, year in enumerate(years)
    )
    return judged(series, truth, task(3, 7.3, rng, shortest=60.0, rate=1.0))


def figures(runs: int = 3) -> list[dict[str, Any]]:
    """All figures of the proof, one row each."""
    rows: list[dict[str, Any]] = []
    grounds = {"made ground": made_ground(768, np.random.default_rng(5))}
    if SAMPLES.is_dir():
        grounds["town, 0.3 m"] = town()
    for name, ground in grounds.items():
        for contrast in (0.1, 0.15, 0.2, 0.3, 0.5):
            for width in (3.0, 5.0):
                found = [
                    planted_run(ground, np.random.default_rng([7, run]), contrast=contrast, width=width)
                    for run in range(runs)
                ]
                rows.append({"background": name, "contrast": contrast, "width, px": width, **_means(found)})
        rows.append({"what": "clear lines", "background": name, **lengths(ground, 8 * runs, 13)})
        rows.append({"what": "nothing new", "background": name, **false_lines(ground, runs, 11)})
    for tile in YEARLY if SAMPLES.is_dir() else ():
        for contrast in (0.15, 0.3):
            found = [yearly(tile, contrast, seed) for seed in range(runs)]
            rows.append(
                {
                    "background": f"four real years, 7.3 m, {tile}",
                    "contrast": contrast,
                    "width, px": 3.0,
                    **_means(found),
                }
            )
    return rows


def _means(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {key: float(np.mean([one[key] for one in found if one[key] is not None] or [np.nan])) for key in found[0]}

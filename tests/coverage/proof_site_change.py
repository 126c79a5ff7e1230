"""Simulated and real sites with known truth or none, and the figures of `site_change` for `make proof`.

Pairs of six bands, 256 px a side: season 0 to 0.5 of a full one, each band's gain off by up to 15 %, images off each
other by 0 to 2 px, 6 % of the ground in new works of 30 px each on average. Radar: the Californian town's own 21 dates,
in which nothing is known to have happened, as they are and with planted changes; the cloudy Sentinel-2 series. Shifts:
an aerial image averaged four times, moved by quarters of a pixel.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from odc.geo.geobox import GeoBox
from scipy import stats

from dateline.core.where import Where
from dateline.imagery.align.register import register
from dateline.imagery.chip import Chip
from dateline.imagery.resample import true_pixel
from dateline.methods.site_change import dated
from dateline.methods.site_change.pairs import spectral_change
from dateline.methods.site_change.stack import Stack, stack_of
from dateline.simulate.sites import BANDS, pair

PAIRS, SHIFTS, PLANTED = 24, 12, 12
LEVEL = 0.9


def figures() -> list[dict[str, Any]]:
    """Registration, pairs and series, in turn; without samples the simulated pairs alone."""
    rows = [*pairs(), *villages()]
    return [*shifts(), *rows, *series()] if samples() is not None else rows


def samples() -> Path | None:
    """The folder of real samples."""
    root = os.environ.get("DATELINE_SAMPLES")
    return Path(root) if root and (Path(root) / "MANIFEST.json").is_file() else None


def chip(values: np.ndarray, day: int, bands: tuple[str, ...] = BANDS) -> Chip:
    """A simulated chip of 30 m."""
    grid = GeoBox(values.shape[1:], Affine(30, 0, 500_000, 0, -30, 4_000_000), "EPSG:32652")
    return Chip(
        id=f"image {day}",
        at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day),
        sensor="simulated",
        bands=bands,
        quantity="reflectance",
        values=np.asarray(values, np.float32),
        states=np.zeros(values.shape[1:], np.uint8),
        geobox=grid,
        pixel=true_pixel(grid),
        simulated=True,
    )


def shifts(count: int = SHIFTS) -> list[dict[str, Any]]:
    """Root mean square errors of known shifts [px] beside scikit-image, and tie points a second of processor time."""
    import rasterio
    from skimage.registration import phase_cross_correlation

    root = samples()
    assert root is not None
    with rasterio.open(root / "sites" / "spacenet_roads" / "road_mask_input.tif") as raster:
        fine = raster.read(1).astype(np.float32)
    with rasterio.open(root / "optical" / "joplin_before_after" / "pre_tile_337-10160.tif") as raster:
        other = raster.read(1).astype(np.float32)[:512, :512]
    rows = []
    for scene in ("clean", "gain and noise", "30 % replaced"):
        rng = np.random.default_rng(5)
        ours, theirs, spent, windows = list[np.ndarray](), list[np.ndarray](), 0.0, 0
        for _ in range(count):
            move = rng.integers(1, 17, 2) * rng.choice([-1, 1], 2)
            first, second = (_averaged(fine, *one) for one in ((0, 0), tuple(move)))
            second = _spoiled(second, other, scene, rng)
            began = time.process_time()
            found = register(chip(first[None], 0, ("pan",)), chip(second[None], 1, ("pan",)), thorough=False)
            spent, windows = spent + time.process_time() - began, windows + found.tried
            ours.append(np.array(found.shift) + move / 4)
            theirs.append(-phase_cross_correlation(first, second, upsample_factor=100)[0] + move / 4)
        rows.append(
            {
                "scene": scene,
                "rmse_px": float(np.sqrt(np.mean(np.square(ours)))),
                "rmse_px_scikit_image": float(np.sqrt(np.mean(np.square(theirs)))),
                "tie_points_a_second": windows / spent,
            }
        )
    return rows


def _averaged(fine: np.ndarray, rows: int, columns: int, side: int = 312) -> np.ndarray:
    part = fine[20 + rows : 20 + rows + 4 * side, 20 + columns : 20 + columns + 4 * side]
    return part.reshape(side, 4, side, 4).mean(axis=(1, 3))


def _spoiled(image: np.ndarray, other: np.ndarray, scene: str, rng: np.random.Generator) -> np.ndarray:
    if scene == "gain and noise":
        return image * 1.3 + 20 + rng.normal(0, 0.05 * image.std(), image.shape)
    if scene == "clean":
        return image
    side = int(0.3**0.5 * len(image))
    top, left = rng.integers(0, len(image) - side, 2)
    made = image.copy()
    made[top : top + side, left : left + side] = other[:side, :side] * 2
    return made


def pairs(count: int = PAIRS, side: int = 256) -> list[dict[str, Any]]:
    """F1, and true against published and nominal false-alarm rates, registered and as the grids lie."""
    rows = []
    for season in (0.0, 0.3, 0.5):
        scores, loose, rates, published, nominal = (list[float]() for _ in range(5))
        for seed in range(count // 3):
            rng = np.random.default_rng([11, seed, int(10 * season)])
            move = tuple(rng.uniform(-2, 2, 2).tolist())
            truth = pair(rng, shape=(side, side), season=season, shift=(move[0], move[1]))
            chips = (chip(truth.first, 0), chip(truth.second, 400))
            laid = stack_of(chips, None, None).chips
            for images, into in ((laid, scores), (chips, loose)):
                moved = 0.2 if images is laid else 0.1
                made = spectral_change(
                    images[0].values, images[1].values, BANDS, rng=np.random.default_rng(0), displaced=moved
                )
                known = np.isfinite(made.score)
                hit = (made.mask & truth.changed).sum()
                into.append(float(2 * hit / (made.mask.sum() + (truth.changed & known).sum())))
                if images is laid:
                    quiet = known & ~truth.changed
                    rates.append(float(made.mask[quiet].mean()))
                    published.append(max(made.null.rate, 1e-3))
                    nominal.append(float((made.score[quiet] > stats.chi2.isf(0.001, len(BANDS))).mean()))
        rows.append(
            {
                "season": season,
                "pairs": len(scores),
                "f1_registered": float(np.mean(scores)),
                "f1_as_it_lies": float(np.mean(loose)),
                "false_rate": float(np.mean(rates)),
                "published": float(np.mean(published)),
                "worst_difference": float(np.max(np.abs(np.array(rates) - published))),
                "chi_square_at_0.001": float(np.mean(nominal)),
            }
        )
    return rows


@cache
def town() -> Stack:
    """The Californian chip's 21 dates, registered."""
    from dateline.imagery.chips import acquisitions, series

    root = samples()
    assert root is not None
    return stack_of(series(acquisitions([root / "radar" / "california_292319-IW2"])).chips, None, None)


def series() -> list[dict[str, Any]]:
    """Real series: how often a change is told at dates without an event, and the rate published there; planted ones."""
    from dateline.imagery.chips import acquisitions
    from dateline.imagery.chips import series as chips_of

    root = samples()
    assert root is not None
    cloudy = stack_of(chips_of(acquisitions([root / "optical" / "s2_series_68"])).chips, None, None)
    rows = [_quiet("Californian town, VV and VH", town(), 1), _quiet("cloudy Sentinel-2 series, NDVI", cloudy, 3)]
    return [*rows, *planted()]


def _quiet(name: str, stack: Stack, step: int) -> dict[str, Any]:
    layers = dated.layers_of(stack)
    told, dates, real, published = 0, 0, list[float](), list[float]()
    for date in np.unique(layers[0].times)[4:-2:step]:
        test = dated.test_at(layers, float(date), stack.extent, (-np.inf, np.inf))
        others = dated.other_dates(layers, float(date), stack.extent)
        if test is None or not others:
            continue
        chance = dated.placebo_dates(others, test.found, stack.extent, stack.area)
        site = float(np.isfinite(test.p).sum()) * stack.area
        strong = [
            i for i, mass in enumerate(test.found.mass, 1) if chance.chance(float(mass), site) <= 1 - LEVEL + 1e-9
        ]
        placebo = dated.placebo_dates(others, dated.only(test.found, strong), stack.extent, stack.area)
        dates += 1
        told += bool(strong)
        real.append(len(test.found.pixels) / site)
        published.append(len(placebo.mass) / placebo.exposure)
    return {
        "series": name,
        "dates": dates,
        "patches_per_km2": float(np.mean(real)),
        "published_per_km2": float(np.mean(published)),
        "dates_with_a_change_told": told / max(dates, 1),
    }


def planted(count: int = PLANTED) -> list[dict[str, Any]]:
    """Squares of the town's chip made brighter from 2023-10-16 on: how many are told."""
    rows = []
    for decibels, side in ((3, 4), (6, 4), (6, 2)):
        found = 0
        for seed in range(count):
            rng = np.random.default_rng([17, seed])
            row, column = rng.integers(10, 85, 2)
            place = np.s_[:, row : row + side, column : column + side]
            chips = []
            for chip_ in town().chips:
                values = chip_.values.copy()
                if chip_.at >= datetime(2023, 10, 16, tzinfo=UTC):
                    values[place] *= 10 ** (decibels / 10)
                chips.append(replace(chip_, values=values))
            stack = replace(town(), chips=tuple(chips))
            layers = dated.layers_of(stack)
            date = float(layers[0].times[13])
            test = dated.test_at(layers, date, stack.extent, (-np.inf, np.inf))
            assert test is not None
            others = dated.other_dates(layers, date, stack.extent)
            placebo = dated.placebo_dates(others, test.found, stack.extent, stack.area)
            labels = np.unique(test.found.labels[place[1], place[2]])
            masses = [float(test.found.mass[label - 1]) for label in labels if label]
            site = stack.extent.size * stack.area
            found += any(placebo.chance(mass, site) <= 1 - LEVEL + 1e-9 for mass in masses)
        rows.append({"planted_db": decibels, "side_px": side, "trials": count, "told": found / count})
    return rows


def villages(count: int = 6) -> list[dict[str, Any]]:
    """Footprints of villages of 100 roofs, 0.5 m: recall, precision, kinds, and false ones of placebo pairs."""
    from dateline.imagery.ground import place_on_earth
    from dateline.methods.site_change.footprints import outlines_of
    from dateline.methods.site_change.roof_signs import views_of
    from dateline.methods.site_change.roofs import KINDS, roofs_of
    from dateline.simulate.roofs import village

    rows = []
    for name, shares in (
        ("placebo", (0.0, 0.0, 0.0)),
        ("30 % changed", (0.1, 0.1, 0.1)),
        ("70 % gone", (0.0, 0.7, 0.0)),
    ):
        same, false, true, told, kinds = 0, 0, 0, 0, 0
        for seed in range(count):
            rng = np.random.default_rng([19, seed])
            move = (float(rng.uniform(-2, 2)), float(rng.uniform(-2, 2)))
            made = village(rng, shares=shares, shift=move)
            pair_ = [_picture(one, day) for one, day in ((made.first, 0), (made.second, 400))]
            stack = stack_of(pair_, None, None)
            places = {}
            for number, one in enumerate(made.corners):
                lon, lat = place_on_earth(one[:, 0], one[:, 1], stack.geobox)
                ring = [*zip(lon.tolist(), lat.tolist(), strict=True)]
                places[str(number)] = Where.area([[[*ring, ring[0]]]])
            views, _ = views_of(stack.chips[0], stack.chips[1], np.random.default_rng(0))
            found = roofs_of(views, outlines_of(places, stack.geobox, stack.pixel), LEVEL, np.random.default_rng(0))
            for state, roof in zip(made.states, found.each, strict=True):
                hit = roof.result in KINDS
                same, false = same + (state == "same"), false + (state == "same" and hit)
                true, told = true + (state != "same"), told + (state != "same" and hit)
                kinds += state == roof.result
        rows.append(
            {
                "villages": name,
                "roofs": 100 * count,
                "recall": told / true if true else None,
                "precision": told / (told + false) if told + false else None,
                "kind_right": kinds / told if told else None,
                "false_of_unchanged": false / same,
            }
        )
    return rows


def _picture(values: np.ndarray, day: int) -> Chip:
    grid = GeoBox(values.shape[1:], Affine(0.5, 0, 500_000, 0, -0.5, 4_000_000), "EPSG:32652")
    made = chip(values, day, ("red", "green", "blue"))
    return replace(made, geobox=grid, pixel=true_pixel(grid), quantity="relative")

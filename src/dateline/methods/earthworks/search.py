"""The search from chips to lines: older and new images, thresholds from placebo dates, planted lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np
import numpy.typing as npt

from dateline.core.state import seen
from dateline.imagery.chip import Chip
from dateline.imagery.ground import place_on_earth
from dateline.imagery.windowed import Plane, hidden, is_windowed
from dateline.methods.earthworks.calibrate import Threshold, threshold
from dateline.methods.earthworks.chain import Chain
from dateline.methods.earthworks.found import Date, Line, Search
from dateline.methods.earthworks.measures import azimuth, length, profile, redrawn, simplified
from dateline.methods.earthworks.novelty import Gauge, Layer, Thin, new_lines
from dateline.methods.earthworks.plant import FEWEST, Trial, plant, trials
from dateline.methods.earthworks.trace import chains

F4 = npt.NDArray[np.float32]
F8 = npt.NDArray[np.float64]

NARROWEST = 1.5
"""Lines thinner than this in an image are not looked for, and not told [px]."""
SURE = 2.0
"""Lines whose contrast is under this many standard errors may be chance, and are not told."""
SPUR = 3.0
"""Branches shorter than this many widths that lead nowhere are pruned."""
GAP = 4.0
"""Free ends that point at each other over less than this many widths are one line."""
WINDOW = 2048
"""Side of the part in which lines are planted, where the images are larger [px]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is looked for. width, shortest: [m]. rate: false lines allowed [km-2]. level: of intervals."""

    width: float
    shortest: float
    bright: bool
    rate: float
    level: float
    band: str
    rng: np.random.Generator
    tell: Callable[[float], None] = lambda _: None
    """Told the share that is done."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the main search used. older: how many of the images. width, least: of lines [px]."""

    images: Sequence[F4]
    older: int
    judged: npt.NDArray[np.bool_]
    gauge: Gauge
    width: float
    least: float


def search(older: Sequence[Chip], newer: Sequence[Chip], task: Task) -> Search:
    """Lines that each newer image shows and no older one does.

    older: two at least, on one grid with the newer ones. The placebo dates are the older ones, each against all other
    older ones and the last new one, so that as many images hide its lines as hide the new ones'.
    """
    pixel = pixel_of(newer[-1])
    width = task.width / pixel
    images = [values_of(chip, task.band) for chip in (*older, *newer)]
    layers = layers_of(images, len(older))
    placebo = range(len(older))
    judged = np.zeros(images[0].shape, np.bool_)
    thins, gauge = new_lines(
        layers, placebo, width=width, bright=task.bright, judged=judged, tell=lambda part: task.tell(0.9 * part)
    )
    area = float(judged.sum()) * pixel**2 / 1e6
    least = max(task.shortest / pixel, 1.0)
    found = [_long_enough(thin, width, least) for thin in thins]
    limit = threshold([chain.score for index in placebo for chain in found[index]], area * len(older), task.rate)
    dates = tuple(
        _date(chip, image, [one for one in lines if one.score >= limit.score], task, area)
        for chip, image, lines in zip(newer, images[len(older) :], found[len(older) :], strict=True)
    )
    tried, spread = _power(_Seen(images, len(older), judged, gauge, width, least), limit, task)
    return Search(
        dates=dates,
        older=tuple(older),
        band=task.band,
        threshold=limit,
        spread=spread,
        trials=tried,
        level=task.level,
        width=task.width,
    )


def pixel_of(chip: Chip) -> float:
    """Side of a square as large as the chip's middle pixel [m]."""
    return math.sqrt(chip.pixel[0] * chip.pixel[1])


def values_of(chip: Chip, band: str) -> F4:
    """(rows, columns) the band's values where they were seen, NaN elsewhere."""
    if is_windowed(chip.values):
        return cast(F4, Plane((chip.states.shape[0], chip.states.shape[1]), partial(_part_of, chip, band)))
    looked = seen(chip.states)
    return chip.band(band) if looked.all() else hidden(chip.band(band), ~looked)


def _part_of(chip: Chip, band: str, rows: slice, columns: slice) -> F4:
    made = chip.band(band)[rows, columns]
    made[~seen(chip.states[rows, columns])] = np.nan
    return made


def layers_of(images: Sequence[F4], older: int) -> list[Layer]:
    """Each image with those that hide its lines: for new ones all older, for an older one the others and the last."""
    last = len(images) - 1
    hides = [tuple(other for other in (*range(older), last) if other != index) for index in range(older)]
    return [Layer(image, hides[index] if index < older else tuple(range(older))) for index, image in enumerate(images)]


def _long_enough(thin: Thin, width: float, least: float) -> tuple[Chain, ...]:
    found = chains(thin.rows, thin.columns, thin.strength, spur=SPUR * width, gap=GAP * width)
    return tuple(chain for chain in found if length(chain.pixels) >= least)


def _date(chip: Chip, image: F4, found: Sequence[Chain], task: Task, area: float) -> Date:
    every = [line for chain in found if (line := _line(chip, image, chain, task)) is not None]
    lines = [line for line in every if line.snr >= SURE]
    pixel = pixel_of(chip)
    wide = tuple(line for line in lines if line.width >= NARROWEST * pixel)
    return Date(chip=chip, lines=wide, area=area, narrow=len(lines) - len(wide), weak=len(every) - len(lines))


def _line(chip: Chip, image: F4, chain: Chain, task: Task) -> Line | None:
    pixel = pixel_of(chip)
    across = profile(image, chain, task.width / pixel, bright=task.bright)
    if across is None:
        return None
    corners = simplified(chain.pixels)
    lon, lat = place_on_earth(corners[:, 0], corners[:, 1], chip.geobox)
    lonlat = np.stack([lon, lat], axis=1)
    return Line(
        chain=chain,
        corners=corners,
        lonlat=lonlat,
        length=length(redrawn(chain.pixels)) * pixel,
        width=across.width * pixel,
        azimuth=azimuth(_metres(lonlat)),
        contrast=across.contrast,
        snr=across.snr,
        one_sided=across.edge,
    )


def _metres(lonlat: F8) -> F8:
    """(n, 2) east and north of the first point [m], on a sphere: for directions."""
    away = lonlat - lonlat[0]
    return np.asarray(away * 111_195.0 * np.array([math.cos(math.radians(float(lonlat[0, 1]))), 1.0]))


def _power(seen_by: _Seen, limit: Threshold, task: Task) -> tuple[tuple[Trial, ...], float]:
    """Lines planted into the last older image, in the middle of the area, searched for by the same rule."""
    window = tuple(slice(max(0, (n - WINDOW) // 2), min(n, (n + WINDOW) // 2)) for n in seen_by.judged.shape)
    images, last = [image[window] for image in seen_by.images], seen_by.older - 1
    known = seen_by.judged[window]
    if not known.any():
        return (), 0.0
    made, planted, spread = plant(images[last], known, width=seen_by.width, bright=task.bright, rng=task.rng)
    if len(planted) < FEWEST:
        return (), spread
    hiding = [*range(last), len(images) - 1]
    layers = [*(Layer(images[index], ()) for index in hiding), Layer(made, tuple(range(len(hiding))))]
    gauge = replace(seen_by.gauge, gains=tuple(seen_by.gauge.gains[index] for index in (*hiding, last)))
    thins, _ = new_lines(layers, (), width=seen_by.width, bright=task.bright, gauge=gauge)
    found = _long_enough(thins[-1], seen_by.width, seen_by.least)

    strong = [chain for chain in found if chain.score >= limit.score]
    across = {id(chain): profile(made, chain, seen_by.width, bright=task.bright) for chain in strong}
    sure = [chain for chain in strong if (one := across[id(chain)]) is not None and one.snr >= SURE]

    def contrast(chain: Chain) -> float | None:
        one = across[id(chain)]
        return None if one is None else one.contrast / spread

    return trials(planted, sure, known.shape, contrast), spread

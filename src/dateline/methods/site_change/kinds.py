"""Of which kind a change is, as far as simple indices of the bands tell; what it is, people say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dateline.imagery.chip import Chip
from dateline.imagery.normalise import Normalisation
from dateline.methods.site_change.objects import Object


def spectral_kinds(
    objects: list[Object], labels: npt.NDArray[np.int32], scale: Normalisation, pair: tuple[Chip, Chip]
) -> list[Object]:
    """What kind of change each object is, by simple indices of its mean colours."""
    first, second = pair
    bands = [band for band in first.bands if band in second.bands]
    count = int(labels.max())
    if not count:
        return []
    weights = np.maximum(np.bincount(labels.ravel(), minlength=count + 1), 1)
    means: list[dict[str, npt.NDArray[np.float64]]] = []
    for chip, after in ((first, False), (second, True)):
        values = np.stack([chip.band(band) for band in bands])
        values = scale.apply(values) if after else values
        means.append(
            {
                band: np.bincount(labels.ravel(), np.nan_to_num(one).ravel(), minlength=count + 1) / weights
                for band, one in zip(bands, values, strict=True)
            }
        )
    words = [
        _kind({band: (float(means[0][band][i]), float(means[1][band][i])) for band in bands}) for i in range(count + 1)
    ]
    return [replace(one, kind=words[one.label]) for one in objects]


def _kind(levels: Mapping[str, tuple[float, float]]) -> str:
    red, near = (_first(levels, names) for names in (("B04", "red"), ("B08", "nir", "B8A")))
    green = _first(levels, ("B03", "green"))
    if red and near and min(*red, *near) > 0:
        plants = [(near[i] - red[i]) / (near[i] + red[i]) for i in (0, 1)]
        if green and min(green) > 0:
            water = [(green[i] - near[i]) / (green[i] + near[i]) for i in (0, 1)]
            if water[1] > 0.1 > water[0]:
                return "water where there was none"
            if water[0] > 0.1 > water[1]:
                return "no water where there was some"
        if plants[1] - plants[0] < -0.1:
            return "less vegetation"
        if plants[1] - plants[0] > 0.1:
            return "more vegetation"
    sums = [sum(pair[i] for pair in levels.values()) for i in (0, 1)]
    return "brighter ground" if sums[1] > sums[0] else "darker ground"


def _first(levels: Mapping[str, tuple[float, float]], names: tuple[str, ...]) -> tuple[float, float] | None:
    return next((levels[name] for name in names if name in levels), None)


def series_kinds(
    objects: list[Object], sign: npt.NDArray[np.float64], labels: npt.NDArray[np.int32], *, radar: bool
) -> list[Object]:
    """Whether each object's number rose or fell. sign: (rows, columns) of the change."""
    up, down = ("stronger return", "weaker return") if radar else ("higher values", "lower values")
    total = np.bincount(labels.ravel(), np.nan_to_num(sign).ravel())
    return [replace(one, kind=up if total[one.label] > 0 else down) for one in objects]

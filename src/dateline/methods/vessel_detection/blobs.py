"""From scores to single objects: clusters with a peak, their outline, length, beam and axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from dateline.imagery.cfar.ring import B1, F4

DROP = 20.0
"""Parts of a cluster fainter than its peak by this are its sidelobes [dB] (reference: SUMO and others use 15 to 25)."""
RISE = 6.0
"""What belongs to a target stands at least so far over the water [dB]."""
SPREADS = 2.7
"""… and so many standard deviations: four median deviations."""
BRIDGE = 15.0
"""Gaps of one pixel within a hull are closed where pixels are no larger than this [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One band: scores, contrast over the centre of the ring [dB], both (rows, columns); and its threshold."""

    name: str
    score: F4
    contrast: F4
    threshold: float
    weak: float = SPREADS
    rise: float = RISE
    fewest: int = 1
    """Raised pixels that a detection in this band needs, one of them over the threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """An object: rows and columns of its pixels, centre (row, column), size [m], axis and brightness.

    axis: of the long side, degrees clockwise from the grid's up, 0 to 180; None for a blob as wide as long.
    contrast: of the peak over the water [dB]. score: of the peak, in spreads. bands: those over their thresholds.
    """

    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    row: float
    column: float
    length: float
    beam: float
    axis: float | None
    contrast: float
    score: float
    band: str
    bands: tuple[str, ...]


def find(layers: Sequence[Layer], judged: B1, pixel: tuple[float, float]) -> list[Blob]:
    """All clusters of raised pixels with a peak over a threshold.

    layers: by preference for measuring. judged: (rows, columns) where detections may lie. pixel: height, width [m].
    """
    strong = [judged & (layer.score > layer.threshold) for layer in layers]
    if not any(part.any() for part in strong):
        return []
    weak = [judged & (layer.score > layer.weak) & (layer.contrast > layer.rise) for layer in layers]
    whole = np.logical_or.reduce([*weak, *strong])
    joined = ndimage.binary_closing(whole, iterations=1) if max(pixel) <= BRIDGE else whole
    labels, _ = ndimage.label(joined, np.ones((3, 3)))
    found = []
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        part = rows, columns
        inside = (labels[part] == number) & whole[part]
        chosen = [
            index
            for index, layer in enumerate(layers)
            if (strong[index][part] & inside).any()
            and ((weak[index] | strong[index])[part] & inside).sum() >= layer.fewest
        ]
        if not chosen:
            continue
        layer = layers[chosen[0]]
        shape = inside & (weak[chosen[0]][part] | strong[chosen[0]][part])
        found.append(_blob(layer, part, shape, tuple(layers[index].name for index in chosen), pixel))
    return found


def _blob(
    layer: Layer, part: tuple[slice, slice], shape: B1, bands: tuple[str, ...], pixel: tuple[float, float]
) -> Blob:
    contrast = np.where(shape, layer.contrast[part], -np.inf)
    peak = float(contrast.max())
    rows, columns = np.nonzero(contrast > peak - DROP)
    weights = 10 ** (contrast[rows, columns] / 10)
    length, beam, axis = rectangle(rows, columns, pixel)
    return Blob(
        rows=rows + part[0].start,
        columns=columns + part[1].start,
        row=float(np.average(rows, weights=weights)) + part[0].start,
        column=float(np.average(columns, weights=weights)) + part[1].start,
        length=length,
        beam=beam,
        axis=axis,
        contrast=peak,
        score=float(np.where(shape, layer.score[part], -np.inf).max()),
        band=layer.name,
        bands=bands,
    )


def rectangle(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], pixel: tuple[float, float]
) -> tuple[float, float, float | None]:
    """Long and short side [m] and axis [degrees clockwise from up, 0 to 180] of the least rectangle around pixels.

    Around the middles of pixels, and one pixel more on either side in all. Freeman and Shapira 1975
    (doi 10.1145/360881.360919).
    """
    size = (pixel[0] * pixel[1]) ** 0.5
    points = np.column_stack([columns * pixel[1], -rows * pixel[0]])
    if len(points) == 1:
        return size, size, None
    box: BaseGeometry = shapely.MultiPoint(points).minimum_rotated_rectangle
    if box.geom_type == "LineString":
        ends = shapely.get_coordinates(box)
        sides = np.array([ends[-1] - ends[0], (0.0, 0.0)])
    elif box.geom_type == "Point":
        return size, size, None
    else:
        corners = shapely.get_coordinates(box)
        sides = np.diff(corners[:3], axis=0)
    lengths = np.hypot(*sides.T)
    east, north = sides[int(lengths.argmax())]
    axis = float(np.degrees(np.arctan2(east, north)) % 180)
    long, short = float(lengths.max() + size), float(lengths.min() + size)
    return long, short, axis if long > 1.3 * short else None

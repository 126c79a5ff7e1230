"""Where vessels can be looked for: water as drawn or as seen, off the scene's border, off fixed structures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from odc.geo.geobox import GeoBox
from scipy import ndimage

from dateline.core.state import seen
from dateline.core.where import Where
from dateline.imagery.cfar.ring import B1, F4
from dateline.imagery.chip import Chip
from dateline.imagery.outlines import outlines

HOLE = 25
"""Missing pixels in one piece that make a border of the scene; fewer are single missing values."""
ALWAYS = 0.8
"""Share of the dates on which a fixed structure shows."""
RAISED = 2.0
"""Score over which a pixel counts as bright for that."""


def drawn(places: Mapping[str, Where], geobox: GeoBox) -> B1:
    """(rows, columns): pixels whose middle lies within one of the places."""
    from rasterio.features import rasterize
    from rasterio.transform import Affine

    shapes, _ = outlines(places, geobox)
    height, width = geobox.shape
    inside: B1 = rasterize(
        ((shape, 1) for shape in shapes if not shape.is_empty),
        out_shape=(height, width),
        transform=Affine.identity(),
        dtype="uint8",
    ).astype(bool)
    return inside


def off_border(chip: Chip, known: B1, metres: float) -> B1:
    """(rows, columns): pixels with a value farther than `metres` from where the scene has none.

    Single missing pixels make no border, nor does the edge of the chip, which is only where it was cut.
    """
    missing = ~(seen(chip.states) & known)
    labels, count = ndimage.label(missing)
    if count:
        sizes = np.bincount(labels.ravel())
        missing = (sizes >= HOLE)[labels] & missing
    if not missing.any():
        return known & seen(chip.states)
    apart = ndimage.distance_transform_edt(~missing, sampling=chip.pixel)
    return known & seen(chip.states) & (apart > metres)


def fixed(scores: Sequence[F4]) -> B1:
    """(rows, columns): what is bright on nearly every date, and the pixel around it: quays, rocks, buoys, pylons."""
    known = np.sum([np.isfinite(score) for score in scores], axis=0)
    bright = np.sum([score > RAISED for score in scores], axis=0)
    always: B1 = (bright >= ALWAYS * np.maximum(known, 1)) & (known >= 0.5 * len(scores))
    return ndimage.binary_dilation(always, np.ones((3, 3), bool))


def near_land(land: B1, pixel: tuple[float, float], metres: float) -> B1:
    """(rows, columns): pixels no farther than `metres` from land."""
    if not land.any():
        return np.zeros_like(land)
    apart: B1 = ndimage.distance_transform_edt(~land, sampling=pixel) <= metres
    return apart

"""A part of a chip, read whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from affine import Affine
from odc.geo.geobox import GeoBox

from dateline.imagery.chip import Chip


def part_of_chip(chip: Chip, part: tuple[slice, slice]) -> Chip:
    """Rows and columns of a chip [px], on their own grid; stops beyond the chip end with it."""
    rows, columns = part
    values = np.asarray(chip.values[:, rows, columns], np.float32)
    corner = Affine.translation(columns.start, rows.start)
    grid = GeoBox(values.shape[1:], chip.geobox.affine @ corner, chip.geobox.crs)
    return replace(chip, values=values, states=chip.states[rows, columns], geobox=grid)

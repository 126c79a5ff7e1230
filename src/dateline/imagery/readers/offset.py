"""Whether a Sentinel-2 image still carries the thousand that is added to every number since baseline 04.00."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError
from dateline.imagery.readers.acquisition import About
from dateline.imagery.readers.opened import Notes

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]

OFFSET = -0.1
"""The offset since baseline 04.00 [reflectance]: -1000 of 10000."""
SINCE = datetime(2022, 1, 25, tzinfo=UTC)
"""The day from which all new products are of baseline 04.00 or later (ESA, Sentinel-2 products specification)."""
_DARK = 600.0
"""Dark pixels below this cannot carry the thousand; water at 10 to 20 m is about 0 to 300 without it."""
_RAISED = 1000.0
_WATER = 6
_ENOUGH = 100


def baseline_offset(
    numbers: F4, bands: tuple[str, ...], classes: U1 | None, collection: str | None, about: About
) -> tuple[float, Notes]:
    """The offset [reflectance] to be added, by baseline or date, checked against the image's own dark pixels.

    numbers: (bands, rows, columns) as stored. classes: (rows, columns) of the scene classification, or None. Catalogue
    entries say falsely whether the offset was applied: the first percentile of water (or of everything) decides
    against what is told, with a note. Raises InputError `offset` where the user's own declaration contradicts it.
    """
    told = OFFSET if collection == "04" or (collection is None and about.at >= SINCE) else 0.0
    dark = _dark(numbers, bands, classes)
    if dark is None:
        return told, (("offset-unchecked", "No dark pixels: the offset of the numbers was not checked."),)
    if told and dark < _DARK:
        if collection == "04":
            raise InputError(
                "The image does not carry the offset that its baseline has.",
                saw=f"{about.id}: the darkest percent is at {dark:.0f}, not near 1000",
                do="If the offset was subtracted already, say so: --collection 03.",
                code="offset",
            )
        return 0.0, (("offset-applied", f"The darkest percent is at {dark:.0f}: the offset was subtracted before."),)
    if not told and dark >= _RAISED and classes is not None:
        text = f"Water is at {dark:.0f} or more: the numbers may still carry the offset of 1000 (--collection 04)."
        return told, (("offset-suspected", text),)
    return told, ()


def _dark(numbers: F4, bands: tuple[str, ...], classes: U1 | None) -> float | None:
    """The first percentile of the longest wave's band, over water where it is known; None without enough pixels."""
    longest = max(range(len(bands)), key=lambda index: bands[index])
    values = numbers[longest]
    water = np.isfinite(values) & (values > 0)
    if classes is not None and np.count_nonzero(water & (classes == _WATER)) >= _ENOUGH:
        water &= classes == _WATER
    if np.count_nonzero(water) < _ENOUGH:
        return None
    return float(np.percentile(values[water], 1))

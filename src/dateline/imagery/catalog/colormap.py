"""From the greys of a picture back to radiance, through the table that its publisher gives out: bins, never values.

Format: GIBS colour maps, version 1.3 (https://nasa-gibs.github.io/gibs-api-docs/access-advanced-topics/).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from xml.etree import ElementTree  # the parser of the standard library; declarations are refused before it sees them

import numpy as np
from numpy.typing import NDArray

from dateline.core.errors import InputError

_INTERVAL = re.compile(r"([\[(])\s*([^,\s]+)\s*(?:,\s*([^,\s]+)\s*)?([\])])")

OPEN = 9e5
"""An upper edge as high as this means "and more" (the published table says 999999)."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One colour and the values that it stands for: from `low` to `high` (excluded) [unit]; None: no upper edge."""

    rgb: tuple[int, int, int]
    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class Colormap:
    """All colours that stand for values; every other colour, and every transparent pixel, stands for none."""

    bins: tuple[Bin, ...]
    unit: str
    mended: tuple[tuple[int, int, int], ...] = ()
    """Colours whose published upper edge overlapped the next bin, and was set to where that one begins."""

    @property
    def saturation(self) -> float | None:
        """From this value on [unit] all values have one colour."""
        return next((bin_.low for bin_ in self.bins if bin_.high is None), None)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a picture says of each pixel: between `low` and `high` [unit], NaN where there is no value.

    Where it is `saturated`, `high` is infinite: the value is `low` or more.
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    saturated: NDArray[np.bool_]


def read_colormap(data: bytes) -> Colormap:
    """Reads a colour map. Raises InputError (code `colormap`) for one that is malformed, empty or ambiguous."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or len(data) > 5_000_000:
        raise _broken("a declaration, or five megabytes and more")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - entities are refused above
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise _broken(str(error)) from error
    found: list[Bin] = []
    unit = ""
    for table in root.iter("ColorMap"):
        bins = [bin_ for entry in table.iter("ColorMapEntry") if (bin_ := _bin(entry)) is not None]
        if bins:
            found, unit = found + bins, unit or table.get("units") or ""
    return _checked(sorted(found, key=lambda bin_: bin_.low), unit)


def _bin(entry: ElementTree.Element) -> Bin | None:
    """An entry that stands for values; None for those of no data and transparent ones."""
    if entry.get("nodata") == "true" or entry.get("transparent") == "true":
        return None
    interval = _INTERVAL.fullmatch((entry.get("value") or "").strip())
    colour = (entry.get("rgb") or "").split(",")
    if interval is None:
        return None
    try:
        red, green, blue = (int(part) for part in colour)
        low = -math.inf if interval[2].upper() == "-INF" else float(interval[2])
        high = low if interval[3] is None else math.inf if "INF" in interval[3].upper() else float(interval[3])
    except ValueError as error:
        raise _broken(f"{entry.get('rgb')}: {entry.get('value')}") from error
    if not all(0 <= part <= 255 for part in (red, green, blue)) or not low <= high or math.isnan(low + high):
        raise _broken(f"{entry.get('rgb')}: {entry.get('value')}")
    return Bin((red, green, blue), low, None if high >= OPEN else high)


def _checked(bins: Sequence[Bin], unit: str) -> Colormap:
    if not bins:
        raise _broken("no colour that stands for a value")
    if len({bin_.rgb for bin_ in bins}) < len(bins):
        raise _broken("one colour for two ranges of values")
    kept, mended = list(bins), []
    for number, (this, following) in enumerate(itertools.pairwise(bins)):
        if this.high is None or this.high > following.low:
            kept[number] = replace(this, high=following.low)
            mended.append(this.rgb)
    return Colormap(tuple(kept), unit, tuple(mended))


def decode(pixels: NDArray[np.uint8], colours: Colormap) -> Decoded:
    """(height, width, 4) red, green, blue, alpha to ranges of values; only colours of the table are values.

    Nothing is interpolated between two colours: a mixed colour is a resampled picture, and says nothing.
    Raises InputError (code `colormap`) for another shape.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
        raise _broken(f"a picture of shape {pixels.shape} and kind {pixels.dtype}, not height, width, 4 bytes")
    wide = pixels.astype(np.uint32)
    codes = (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]
    table = sorted((bin_.rgb[0] << 16 | bin_.rgb[1] << 8 | bin_.rgb[2], bin_) for bin_ in colours.bins)
    keys = np.array([key for key, _ in table], dtype=np.uint32)
    place = np.minimum(np.searchsorted(keys, codes), len(keys) - 1)
    known = (keys[place] == codes) & (pixels[..., 3] == 255)
    lows = np.array([bin_.low for _, bin_ in table], dtype=np.float32)
    highs = np.array([np.inf if bin_.high is None else bin_.high for _, bin_ in table], dtype=np.float32)
    low = np.where(known, lows[place], np.float32(np.nan))
    high = np.where(known, highs[place], np.float32(np.nan))
    return Decoded(low, high, np.isinf(high))


def _broken(saw: str) -> InputError:
    return InputError(
        "The colour map cannot be used.",
        saw=saw[:200],
        do="Fetch it again from the service; without it the picture may be shown and not measured.",
        code="colormap",
    )

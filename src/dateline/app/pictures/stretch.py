"""How values become grey or colour: as stored, or spread evenly between two values that are said with the picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from dateline.core.errors import UsageError

F4 = npt.NDArray[np.float32]
U1 = npt.NDArray[np.uint8]
Kind = Literal["stored", "linear", "decibel"]

ENDS = (2.0, 98.0)
"""Percentiles of what was seen that become black and white [%]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """stored: bytes are shown as they are. linear: low is black, high is white [unit]. decibel: 10 log10 first [dB]."""

    kind: Kind = "stored"
    low: float = 0.0
    high: float = 255.0
    unit: str = ""

    @property
    def words(self) -> str:
        """For people, with the figures."""
        if self.kind == "stored":
            return "Colours as stored in the file."
        unit = f" {self.unit}" if self.unit else ""
        how = "10 log10 of the file's values" if self.kind == "decibel" else "the file's values"
        return f"Stretched: {self.low:.4g}{unit} is black, {self.high:.4g}{unit} is white ({how})."

    @property
    def asked(self) -> str:
        """As a tile's address says it; read by `read`. Nothing where bytes are shown as they are."""
        return "" if self.kind == "stored" else f"{self.kind}:{self.low:.9g}:{self.high:.9g}"

    def to_json(self) -> dict[str, Any]:
        """For a script."""
        told = {"kind": self.kind, "low": self.low, "high": self.high, "unit": self.unit}
        return {**told, "words": self.words, "asked": self.asked}

    def bytes_of(self, values: npt.NDArray[Any]) -> U1:
        """Values (…) as bytes; what has none (NaN, or no logarithm) is 0 and must be left out by its mask."""
        if self.kind == "stored":
            return np.asarray(values, np.uint8)
        shown = levels_of(values, self.kind)
        with np.errstate(invalid="ignore"):
            share = np.clip((shown - np.float32(self.low)) / np.float32(self.high - self.low), 0, 1)
        return np.asarray(np.rint(255 * np.nan_to_num(share)), np.uint8)

    @classmethod
    def read(cls, asked: str, own: Self) -> Self:
        """What a tile's address asks for; the picture's own where it asks nothing. Raises UsageError `stretch`."""
        if not asked:
            return own
        kind, _, ends = asked.partition(":")
        try:
            low, high = (float(end) for end in ends.split(":"))
        except ValueError:
            low = high = math.nan
        if kind not in {"linear", "decibel"} or not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise UsageError(
                "This is no stretch.", saw=asked[:60], do="Ask linear:LOW:HIGH or decibel:LOW:HIGH.", code="stretch"
            )
        return cls(kind="linear" if kind == "linear" else "decibel", low=low, high=high, unit=own.unit)


def levels_of(values: npt.NDArray[Any], kind: Kind) -> F4:
    """What is spread: the values, or 10 log10 of them [dB], NaN where there is none."""
    real = np.asarray(np.abs(values) if np.iscomplexobj(values) else values, np.float32)
    if kind != "decibel":
        return real
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(real > 0, 10 * np.log10(real), np.nan), np.float32)


def stretch_of(values: npt.NDArray[Any], seen: npt.NDArray[np.bool_], *, radar: bool, unit: str = "") -> Stretch:
    """The stretch of one image by itself: the second and 98th percentile of all its bands together.

    values: (bands, rows, columns), a thinned read will do; seen: (rows, columns). Radar is shown in dB, unless it has
    negative values and so is in dB already. An image of one value gets a range around it, and no contrast.
    """
    if values.dtype == np.uint8:
        return Stretch()
    least = levels_of(values[:, seen], "linear")
    already = bool(np.isfinite(least).any() and np.nanpercentile(least, ENDS[0]) < 0)
    kind: Kind = "decibel" if radar and not already else "linear"
    known = levels_of(values[:, seen], kind)
    known = known[np.isfinite(known)]
    low, high = (float(end) for end in np.percentile(known, ENDS)) if known.size else (0.0, 1.0)
    if not low < high:
        low, high = low - max(abs(low), 1.0) / 2, low + max(abs(low), 1.0) / 2
    return Stretch(kind=kind, low=low, high=high, unit="dB" if radar else unit)


def together(first: Stretch, second: Stretch, *, alike: bool) -> tuple[Stretch | None, str]:
    """One stretch for two images, or None and why each keeps its own. alike: of one sensor, or of one kind of file."""
    if first.kind == second.kind == "stored":
        return None, "Both are drawn as stored: a difference of colour may be the makers', not the ground's."
    if (first.kind, first.unit) != (second.kind, second.unit):
        return None, "Not drawn alike: their values are of different kinds. Compare shapes, not brightness."
    if not alike:
        return None, "Not drawn alike: the images are of different sensors. Compare shapes, not brightness."
    made = Stretch(kind=first.kind, low=min(first.low, second.low), high=max(first.high, second.high), unit=first.unit)
    return made, f"Both drawn with one stretch. {made.words}"

"""A shadow as it was measured, and what length and direction the sun's place gives it.

The plane: an object of length h stands on ground that rises by the slope b along the shadow and leans by t away from
the sun. Its shadow of length L along the ground obeys L/h = (cos t + sin t tan e) / ((tan e + tan b) cos b), with e the
sun's apparent elevation; on level ground under an upright object that is L/h = 1/tan e.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dateline.core.errors import InputError

F8 = npt.NDArray[np.float64]

LONGEST = 100.0
"""A shadow longer than so many times its object has no end that could be seen: the sun stands on the horizon."""
SHORTEST = 0.005
RATIO_SIGMA, AZIMUTH_SIGMA = 0.05, 3.0
"""[1], [degrees] One standard deviation where nobody gave one; said so in a caveat."""
_EACH = RATIO_SIGMA / math.sqrt(2)
SLOPE_UNKNOWN, TILT_UNKNOWN, KNOWN = 2.0, 1.0, 0.5
"""[degrees] One standard deviation of slope and lean: unknown, and told without one."""
PENUMBRA = 0.27
"""[degrees] Half the width of the blur at a shadow's end, as elevation of the sun: the sun's own radius."""

_METRES = {"m": 1.0, "metre": 1.0, "metres": 1.0, "cm": 0.01, "mm": 0.001, "km": 1000.0, "ft": 0.3048, "'": 0.3048,
           "feet": 0.3048, "in": 0.0254, '"': 0.0254, "inch": 0.0254, "yd": 0.9144}  # fmt: skip
_LENGTH = re.compile(r"([-+]?\d+(?:[.,]\d+)?(?:e[-+]?\d+)?)\s*([^\d\s.,%]*|%)", re.IGNORECASE)
CELLS = ("id", "object", "height", "height_sigma", "length", "length_sigma", "ratio", "ratio_sigma", "azimuth",
         "azimuth_sigma", "slope", "slope_sigma", "tilt", "tilt_sigma", "penumbra", "time", "date", "zone",
         "after")  # fmt: skip
"""What may be told of one shadow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """One shadow. ratio: length over height [1], or None; length: alone, where the height is not known [any unit].

    sigma: one standard deviation of the ratio or length, relative to it [1]. azimuth: from the object's foot to the
    shadow's tip, clockwise from true north (or from any fixed line, where north is not known) [degrees]. slope: along
    the shadow, uphill positive; tilt: away from the sun, positive [degrees]; None: unknown. penumbra: half width of the
    blur at the tip [degrees of elevation]. after: since the first shadow's instant [s]. assumed: which sigmas nobody
    gave. object: shadows of one object share an unknown height.
    """

    id: str
    ratio: float | None = None
    length: float | None = None
    sigma: float = RATIO_SIGMA
    azimuth: float | None = None
    azimuth_sigma: float = AZIMUTH_SIGMA
    slope: float | None = None
    slope_sigma: float = SLOPE_UNKNOWN
    tilt: float | None = None
    tilt_sigma: float = TILT_UNKNOWN
    penumbra: float = PENUMBRA
    after: float = 0.0
    object: str = ""
    assumed: tuple[str, ...] = ()

    @property
    def elevation(self) -> float | None:
        """The sun's apparent elevation that the ratio means [degrees], with slope and tilt as told (else level)."""
        if self.ratio is None:
            return None
        b, t = math.radians(self.slope or 0.0), math.radians(self.tilt or 0.0)
        across = self.ratio * math.cos(b) - math.sin(t)  # the tip's distance from under the top, in heights
        return math.degrees(math.atan2(math.cos(t) - self.ratio * math.sin(b), across))


def ratio_of(elevation: F8, *, slope: float, tilt: float) -> F8:
    """Length of the shadow over that of the object [1] at the sun's apparent elevation [degrees]; NaN for no shadow.

    slope, tilt: [degrees], as in Shadow. On ground that falls faster than the light there is no end to the shadow.
    """
    e, b, t = np.radians(elevation), math.radians(slope), math.radians(tilt)
    tangent = np.tan(e)
    down = (tangent + math.tan(b)) * math.cos(b)
    up = math.cos(t) + math.sin(t) * tangent
    ok = (down > 1e-3) & (up > 0) & (elevation > 0)
    found: F8 = np.where(ok, up / np.where(ok, down, 1.0), np.nan)
    return found


def gains(elevation: F8, *, slope: float, tilt: float) -> tuple[F8, F8, F8]:
    """How the logarithm of the ratio changes with elevation, slope and tilt [1/degree]; finite where a ratio is."""
    e, b, t = np.radians(elevation), math.radians(slope), math.radians(tilt)
    tangent = np.tan(e)
    square = 1 + tangent * tangent
    down = np.maximum(tangent + math.tan(b), 1e-3)
    up = np.maximum(math.cos(t) + math.sin(t) * tangent, 1e-3)
    by_elevation = math.sin(t) * square / up - square / down
    by_slope = math.tan(b) - (1 + math.tan(b) ** 2) / down
    by_tilt = (math.cos(t) * tangent - math.sin(t)) / up
    return np.radians(by_elevation), np.radians(by_slope), np.radians(by_tilt)


def read_length(text: Any, what: str) -> tuple[float, str]:
    """A length or a share with its unit: "1.8 m" is (1.8, "m"), "5 %" is (0.05, "%"), "120" is (120.0, "").

    Metric and Anglo-American units become metres (unit "m"). Raises InputError `shadow-length`.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text), ""
    match = _LENGTH.fullmatch(str(text).strip())
    if match is None:
        raise _bad(what, repr(text), "Write a number and, where it is known, its unit: 1.8 m, 6 ft, 240 px, 5 %.")
    number, unit = float(match[1].replace(",", ".")), match[2].lower()
    if unit == "%":
        return number / 100, "%"
    if unit in _METRES:
        return number * _METRES[unit], "m"
    if unit not in {"", "px", "pixel", "pixels"}:
        raise _bad(what, repr(text), f"Give it in {', '.join(k for k in _METRES if k.isalpha())} or px.")
    return number, "px" if unit else ""


def read_shadow(cells: Mapping[str, Any], number: int = 1, *, penumbra: float = PENUMBRA) -> Shadow:
    """One shadow from named cells, as text or numbers; empty cells are not given. CELLS names them.

    Raises InputError: `shadow-length`, `shadow-unit`, `shadow-ratio`, `shadow-angle`, `shadow-sigma`, `shadow-empty`,
    each naming the shadow.
    """
    told = {key: value for key, value in cells.items() if value is not None and str(value).strip() != ""}
    name = str(told.get("id", f"shadow {number}")).strip()
    assumed: list[str] = []
    ratio, length, sigma = _proportion(told, name, assumed)
    azimuth = _angle(told, "azimuth", name, -360.0, 360.0)
    if ratio is None and length is None and azimuth is None:
        raise _bad(name, "neither a length nor an azimuth", "Give a ratio, or height and length, or an azimuth.",
                   "shadow-empty")  # fmt: skip
    azimuth_sigma = _angle(told, "azimuth_sigma", name, 0.01, 90.0)
    if azimuth is not None and azimuth_sigma is None:
        assumed.append("azimuth")
    slope, tilt = _angle(told, "slope", name, -60.0, 60.0), _angle(told, "tilt", name, -60.0, 60.0)
    blur = _angle(told, "penumbra", name, 0.0, 5.0)
    return Shadow(
        id=name,
        ratio=ratio,
        length=length,
        sigma=sigma,
        azimuth=None if azimuth is None else azimuth % 360.0,
        azimuth_sigma=AZIMUTH_SIGMA if azimuth_sigma is None else azimuth_sigma,
        slope=slope,
        slope_sigma=_spread(told, "slope_sigma", slope, SLOPE_UNKNOWN, name),
        tilt=tilt,
        tilt_sigma=_spread(told, "tilt_sigma", tilt, TILT_UNKNOWN, name),
        penumbra=penumbra if blur is None else blur,
        after=_seconds(told, name),
        object=str(told.get("object", "")).strip(),
        assumed=tuple(assumed),
    )


def _proportion(told: Mapping[str, Any], name: str, assumed: list[str]) -> tuple[float | None, float | None, float]:
    """Ratio, length alone, relative sigma."""
    if "ratio" in told:
        if "height" in told or "length" in told:
            raise _bad(name, "a ratio and a height or length", "Give one or the other.", "shadow-ratio")
        ratio, unit = read_length(told["ratio"], name)
        _check_ratio(ratio, name)
        if unit not in {"", "%"}:
            raise _bad(name, repr(told["ratio"]), "A ratio has no unit.", "shadow-unit")
        return (
            ratio,
            None,
            _relative(told, "ratio_sigma", of=ratio, unit=unit, name=name, assumed=assumed, default=RATIO_SIGMA),
        )
    if "length" not in told:
        if "height" in told:
            raise _bad(name, "a height without a length", "Give the shadow's length too.", "shadow-empty")
        return None, None, RATIO_SIGMA
    length, unit = read_length(told["length"], name)
    _check_length(length, name, "length")
    by_length = _relative(told, "length_sigma", of=length, unit=unit, name=name, assumed=assumed, default=_EACH)
    if "height" not in told:
        return None, length, by_length
    height, other = read_length(told["height"], name)
    _check_length(height, name, "height")
    if unit != other:
        raise _bad(name, f"length {told['length']!r}, height {told['height']!r}", "Give both in one kind of unit: "
                   "two of metres, feet and so on, or both in px.", "shadow-unit")  # fmt: skip
    _check_ratio(length / height, name)
    by_height = _relative(told, "height_sigma", of=height, unit=unit, name=name, assumed=assumed, default=_EACH)
    return length / height, None, math.hypot(by_length, by_height)


def _relative(
    told: Mapping[str, Any], key: str, *, of: float, unit: str, name: str, assumed: list[str], default: float
) -> float:
    """A standard deviation relative to the value; told in its unit, in another length, or in per cent."""
    if key not in told:
        assumed.append(key.removesuffix("_sigma"))
        return default
    sigma, other = read_length(told[key], name)
    if other not in {"%", unit, ""}:
        raise _bad(name, f"{key} {told[key]!r}", "Give it in the unit of its value, or in %.", "shadow-unit")
    relative = sigma if other == "%" and unit != "%" else sigma / of
    if not 0 <= relative <= 1:
        raise _bad(name, f"{key} {told[key]!r}", "Give one standard deviation, from 0 to the value.", "shadow-sigma")
    return max(relative, 1e-4)


def _check_length(value: float, name: str, what: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise _bad(name, f"{what} {value:g}", "Give a length above 0.", "shadow-ratio")


def _check_ratio(ratio: float, name: str) -> None:
    if not (math.isfinite(ratio) and ratio > 0):
        raise _bad(name, f"ratio {ratio:g}", "The ratio is the shadow's length over the object's height: above 0.",
                   "shadow-ratio")  # fmt: skip
    if not SHORTEST <= ratio <= LONGEST:
        raise InputError(
            f"{name}: no shadow of the sun is measured so {'long' if ratio > LONGEST else 'short'}.",
            saw=f"{ratio:g} times the height: a sun at {math.degrees(math.atan(1 / ratio)):.2f} degrees",
            do=f"Check the units and which is the height; from {SHORTEST:g} to {LONGEST:g} times can be read.",
            code="shadow-ratio",
        )


def _angle(told: Mapping[str, Any], key: str, name: str, low: float, high: float) -> float | None:
    if key not in told:
        return None
    try:
        value = float(str(told[key]).strip().rstrip("°").replace(",", "."))
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise _bad(name, f"{key} {told[key]!r}", f"Give degrees from {low:g} to {high:g}.", "shadow-angle")
    return value


def _spread(told: Mapping[str, Any], key: str, value: float | None, unknown: float, name: str) -> float:
    given = _angle(told, key, name, 0.0, 45.0)
    if given is not None:
        return given
    return unknown if value is None else KNOWN


def _seconds(told: Mapping[str, Any], name: str) -> float:
    """[s] "90", "1:30" or "0:01:30" after the first shadow."""
    parts = str(told.get("after", "0")).strip().split(":")
    try:
        value = math.fsum(float(part) * 60.0**place for place, part in enumerate(reversed(parts)))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and len(parts) <= 3 and abs(value) <= 86_400 * 366):
        raise _bad(name, f"after {told['after']!r}", "Give seconds, or hh:mm:ss.", "shadow-time")
    return value


def _bad(name: str, saw: str, do: str, code: str = "shadow-length") -> InputError:
    return InputError(f"{name} cannot be read.", saw=saw, do=do, code=code)

"""What names of images with bands say: the moment, the band, the orbit, the satellite. Names differ; stamps do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from dateline.core.errors import InputError
from dateline.imagery.sensor import Sensor

_MOMENT = re.compile(
    r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})[T_ ](\d{2})[:\-]?(\d{2})[:\-]?(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?(?!\d)"
)
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)")
_SENTINEL_1 = re.compile(r"(?<![A-Za-z0-9])S1([A-D])_(?:IW|EW|S\d)_.*?_\d{8}T\d{6}_(\d{6})_", re.IGNORECASE)
_OPERA = re.compile(r"_T(\d{3})-\d{6}-IW\d_.*?_S1([A-D])_")
_SENTINEL_2 = re.compile(r"(?<![A-Za-z0-9])S2([A-D])_")
_S2_ORBIT = re.compile(r"_R(\d{3})_")
_BASELINE = re.compile(r"_N(\d{2})(\d{2})_")
_RESOLUTION = re.compile(r"(?<![A-Za-z0-9])(10|20|30|60)m(?![A-Za-z0-9])", re.IGNORECASE)
_FIRST_ORBIT = {"A": 73, "B": 27}
"""Absolute minus relative orbit, modulo 175 (Sentinel-1A and 1B; Copernicus product naming)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment with its zone; of a plain day noon UTC, and `day_only`."""

    at: datetime
    day_only: bool = False


def moment_in(text: str) -> Moment | None:
    """The first moment in a text, UTC where it names no zone; else its first plain day; else None."""
    for found in _MOMENT.finditer(text):
        zone = (found[7] or "Z").replace("Z", "+00:00")
        if (at := _datetime(f"{'-'.join(found.group(1, 2, 3))}T{':'.join(found.group(4, 5, 6))}{zone}")) is not None:
            return Moment(at)
    for found in _DAY.finditer(text):
        if (at := _datetime(f"{'-'.join(found.groups())}T12:00:00+00:00")) is not None:
            return Moment(at, day_only=True)
    return None


def read_moment(text: str, origin: str) -> Moment:
    """A moment that somebody wrote down. Raises InputError `time` naming the origin."""
    found = moment_in(text.strip())
    if found is None:
        raise InputError(
            "This is no time.",
            saw=f"{origin}: {text!r}",
            do="Write it as 2024-02-04T23:28:12Z, or 2024-02-04 where only the day is known.",
            code="time",
        )
    return found


def _datetime(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def band_in(name: str, sensors: tuple[Sensor, ...]) -> str | None:
    """The band that a name holds as a word of its own, spelled as a sensor spells it; None where there is none.

    Where several fit the last counts: a product's polarisations come first, the file's own band at the end. B2 is B02.
    """
    words = {layer.name.lower(): layer.name for sensor in sensors for layer in sensor.layers_of(None)}
    words |= {f"b{name[2:]}": name for name in list(words.values()) if re.fullmatch(r"B0\d", name)}
    spelled = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    found = re.findall(rf"(?<![a-z0-9])(?:{spelled})(?![a-z0-9])", name.lower())
    return words[found[-1]] if found else None


def without_band(name: str, band: str | None) -> str:
    """A name without its band and resolution: files of one image then have one name."""
    plain = _RESOLUTION.sub("", name)
    if band is not None:
        plain = re.sub(rf"(?<![A-Za-z0-9]){re.escape(band)}(?![A-Za-z0-9])", "", plain, flags=re.IGNORECASE)
    return re.sub(r"[-_. ]{2,}", "_", plain).strip("-_. ")


def orbit_in(text: str) -> int | None:
    """The relative orbit (track) that a product's name tells; None where it tells none."""
    if found := _OPERA.search(text):
        return int(found[1])
    if (found := _SENTINEL_1.search(text)) and (first := _FIRST_ORBIT.get(found[1].upper())):
        return (int(found[2]) - first) % 175 + 1
    if _SENTINEL_2.search(text) and (found := _S2_ORBIT.search(text)):
        return int(found[1])
    return None


def platform_in(text: str) -> str | None:
    """The satellite that a product's name tells."""
    if found := _SENTINEL_2.search(text):
        return f"Sentinel-2{found[1]}"
    if found := _SENTINEL_1.search(text):
        return f"Sentinel-1{found[1].upper()}"
    if found := _OPERA.search(text):
        return f"Sentinel-1{found[2]}"
    return None


def baseline_in(text: str) -> str | None:
    """The processing baseline of a Sentinel-2 product's name: "04" for N0400 and every later one, "03" before."""
    found = _BASELINE.search(text)
    return None if found is None else "04" if int(found[1]) >= 4 else "03"

"""Grid references as text: MGRS, UTM and full Plus codes. The square that a reference names becomes the radius."""

from __future__ import annotations

import math
import re
import warnings
from functools import lru_cache

import mgrs
from pyproj import Transformer

from dateline.core import UsageError, Where
from dateline.places.coordinates import METRES_PER_DEGREE, latlon
from dateline.places.named import FINEST_RADIUS, Spot

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_MGRS = re.compile(r"(?:MGRS\s*:?\s*)?((?:[0-5]?\d|60)[C-HJ-NP-X]|[ABYZ])\s*([A-HJ-NP-Z]{2})\s*(\d{0,5})\s*(\d{0,5})")
_UTM = re.compile(
    r"(?:UTM\s*)?(?:ZONE\s*)?([0-5]?\d|60)\s*(NORTH|SOUTH|[C-HJ-NP-X])[\s,:]+"
    r"(?:E(?:ASTING)?[\s:=]*)?(\d{6})(\.\d+)?\s*(?:M?E\b)?[\s,;]+(?:N(?:ORTHING)?[\s:=]*)?(\d{1,8})(\.\d+)?\s*(?:M?N\b)?"
)
_PLUS_DIGITS = "23456789CFGHJMPQRVWX"
_PLUS = re.compile(rf"([{_PLUS_DIGITS}]{{2,8}}0*)\+([{_PLUS_DIGITS}]{{0,7}})")


def read_grid_reference(text: str) -> Spot | None:
    """The middle of the square that an MGRS, UTM or full Plus code names; None when the text is none of these.

    Radius [m]: half the diagonal of the square. UsageError (code `grid-reference`) for a reference that names no
    square, a Plus code without its region, or a UTM zone "S" that can be a band in the north or the south.
    """
    plain = " ".join(text.upper().split())
    if match := _PLUS.match(plain):
        return _plus_code(match, plain)
    if match := _MGRS.fullmatch(plain):
        return _mgrs(match, text)
    if match := _UTM.fullmatch(plain):
        return _utm(match, text)
    return None


def _mgrs(match: re.Match[str], text: str) -> Spot:
    zone, square, east, north = match.groups()
    digits = east + north
    if len(digits) % 2:
        raise _fault(text, "After the two letters MGRS has an even number of digits: 4, 6, 8 or 10.")
    half = len(digits) // 2
    east, north = digits[:half], digits[half:]
    side = 10.0 ** (5 - half)
    # Asked to the metre, because releases of the library differ in whether they return the corner or the middle.
    middle = "".join(f"{part}5".ljust(5, "0")[:5] for part in (east, north))
    try:
        with warnings.catch_warnings():
            # The library warns where the middle of a square lies just outside its band; we check the band ourselves.
            warnings.simplefilter("ignore", RuntimeWarning)
            lat, lon = mgrs.MGRS().toLatLon(f"{zone}{square}{middle}")
    except mgrs.core.MGRSError as error:
        raise _fault(text, "No square of the grid has these letters; compare them with the source.") from error
    if len(zone) > 1 and not _in_band(lat, zone[-1]):
        raise _fault(text, f"Band {zone[-1]} does not reach latitude {lat:.2f}; compare the letters with the source.")
    where = Where.point(lon=lon, lat=lat, radius=max(FINEST_RADIUS, round(side * math.sqrt(0.5), 1)))
    return Spot(where=where, form=f"MGRS, a square of {side:,.0f} m")


def _utm(match: re.Match[str], text: str) -> Spot:
    zone, letter, easting, east_part, northing, north_part = match.groups()
    x, y = float(easting + (east_part or "")), float(northing + (north_part or ""))
    if not 1 <= int(zone) <= 60 or y > 10_000_000:
        raise _fault(text, "Zones run from 1 to 60 and northings to 10,000,000 m.")
    band = letter if len(letter) == 1 else None
    north = _utm_position(int(zone), x, y, south=False)
    if band == "S" and 32 <= north[1] < 40:
        south = _utm_position(int(zone), x, y, south=True)
        raise UsageError(
            "S is a band in the northern hemisphere and also short for south.",
            saw=repr(text.strip()),
            do=f'Write "{zone} north {easting} {northing}" for {latlon(*north)}, '
            f'or "{zone} south {easting} {northing}" for {latlon(*south)}.',
            code="grid-reference",
        )
    is_south = letter == "SOUTH" or (band is not None and (band == "S" or band < "N"))
    lon, lat = _utm_position(int(zone), x, y, south=True) if is_south else north
    if band not in {None, "N", "S"} and not _in_band(lat, str(band)):
        raise _fault(text, f"Band {band} does not reach latitude {lat:.2f}; compare zone and northing with the source.")
    decimals = min(len((east_part or ".")[1:]), len((north_part or ".")[1:]))
    radius = max(FINEST_RADIUS, round(10.0**-decimals * math.sqrt(0.5), 1))
    return Spot(where=Where.point(lon=lon, lat=lat, radius=radius), form="UTM", notes=("Taken as WGS 84.",))


def _in_band(lat: float, band: str) -> bool:
    """Whether a latitude lies in an MGRS band, with half a degree to spare for positions on its edge."""
    south = -80 + 8 * _BANDS.index(band)
    return south - 0.5 <= lat <= south + (12 if band == "X" else 8) + 0.5


@lru_cache(maxsize=8)
def _from_utm(code: int) -> Transformer:
    return Transformer.from_crs(code, 4326, always_xy=True)


def _utm_position(zone: int, x: float, y: float, *, south: bool) -> tuple[float, float]:
    """Longitude, latitude [degrees] of an easting and northing [m]."""
    lon, lat = _from_utm((32700 if south else 32600) + zone).transform(x, y)
    return float(lon), float(lat)


def _plus_code(match: re.Match[str], plain: str) -> Spot:
    """Open Location Code (specification, Google, 2014): base 20 in pairs, then 5 x 4 cells of latitude x longitude."""
    before, after = match.groups()
    if len(before) < 8 or match.end() != len(plain):
        raise _fault(
            plain,
            "A short Plus code means something only near a town, and a code ends where it ends: "
            "paste the full code alone, with eight characters before the plus.",
        )
    code = (before + after).rstrip("0")
    south, west, height, width = -90.0, -180.0, 400.0, 400.0
    for index in range(0, min(len(code), 10), 2):
        height, width = height / 20, width / 20
        south += height * _PLUS_DIGITS.index(code[index])
        west += width * _PLUS_DIGITS.index(code[index + 1])
    for char in code[10:]:
        height, width = height / 5, width / 4
        south += height * (_PLUS_DIGITS.index(char) // 4)
        west += width * (_PLUS_DIGITS.index(char) % 4)
    lat, lon = south + height / 2, west + width / 2
    if lat > 90 or lon > 180:
        raise _fault(plain, "This Plus code lies outside the Earth; compare it with the source.")
    diagonal = math.hypot(height, width * math.cos(math.radians(lat))) * METRES_PER_DEGREE
    where = Where.point(lon=lon, lat=lat, radius=max(FINEST_RADIUS, round(diagonal / 2, 1)))
    return Spot(where=where, form="Plus code")


def _fault(text: str, do: str) -> UsageError:
    return UsageError("This grid reference cannot be read.", saw=repr(text.strip()), do=do, code="grid-reference")

"""Latitude and longitude as people write them: decimals, degrees-minutes-seconds, many signs, several languages.

The digits that somebody wrote say how finely the position is stated: half a unit of the last digit, in both
directions, becomes the radius [m]. That is a bound on the writing, not on the truth.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from dateline.core import UsageError, Where
from dateline.places.named import FINEST_RADIUS, Spot

Order = Literal["lat,lon", "lon,lat"]

METRES_PER_DEGREE = 111_319.49
"""[m] One degree of longitude on the equator of WGS 84; a degree of latitude is at most 0.7 % shorter or longer."""

_SIGNS = (
    (re.compile("[°º˚∘]|도|度"), "°"),
    (re.compile("[″”“„˝ʺ＂〃]|''|′′|’’|초|秒"), '"'),
    (re.compile("[′’‘ʹ´`‛＇ʼ]|분|分"), "'"),
    (re.compile("[−–—‐‑]"), "-"),
    (re.compile(r"[()\[\]{}]"), " "),
)
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), f" {letter} ")
    for pattern, letter in (
        (r"північно\w*\s*широт\w*|северн\w*\s*широт\w*|п(?:н|івн)\w*\.?\s*ш\b\.?|с\.?\s*ш\b\.?|북위|北[纬緯]", "N"),
        (r"південно\w*\s*широт\w*|южн\w*\s*широт\w*|п(?:д|івд)\w*\.?\s*ш\b\.?|ю\.?\s*ш\b\.?|남위|南[纬緯]", "S"),
        (r"східно\w*\s*довгот\w*|восточн\w*\s*долгот\w*|сх\w*\.?\s*д\b\.?|в\.?\s*д\b\.?|동경|东经|東[経經]", "E"),
        (r"західно\w*\s*довгот\w*|западн\w*\s*долгот\w*|зх\w*\.?\s*д\b\.?|з\.?\s*д\b\.?|서경|西[经経經]", "W"),
        (r"\bnorth\b|(?<![\w])С(?!\w)", "N"),
        (r"\bsouth\b|(?<![\w])Ю(?!\w)", "S"),
        (r"\beast\b|(?<![\w])В(?!\w)", "E"),
        (r"\bwest\b|(?<![\w])З(?!\w)", "W"),
        (r"\b(?:latitude|lat)\b\s*[:=.]?|широта\s*[:=]?", "Y"),
        (r"\b(?:longitude|long|lon|lng)\b\s*[:=.]?|долгота\s*[:=]?", "X"),
        (r"\bdeg(?:rees?)?\b\.?", "°"),
    )
)
_NUMBER = r"\d+(?:\.\d+)?"
_ANGLE = re.compile(
    rf"([+-])?\s*({_NUMBER})\s*(?:°?\s*|(?:°\s*-?|[\s:-])\s*({_NUMBER})\s*(?:'?|(?:'\s*-?|[\s:-])\s*({_NUMBER})\s*\"?))"
)
_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2}(?:\.\d+)?)?([NS])[\s,/]*(\d{3})(\d{2})(\d{2}(?:\.\d+)?)?([EW])")
_TWO_DEGREE_SIGNS = re.compile(r"([^°]*°[^°]*?)[\s,;]*([+-]?\s*\d+(?:\.\d+)?\s*°[^°]*)")
_READABLE = re.compile(r"[\d\s.,;:°'\"+\-NSEWXY/]+")
_COMPUTED = 5e-9
"""[degrees] A last digit finer than this (half a millimetre) was computed, not stated: 43.933333000000005."""
_FORMS = {False: "decimal degrees", True: "degrees, minutes and seconds"}
_GERMAN_OR_FRENCH_O = re.compile(r"\d[\d\s.,°'\"]*O\b")


@dataclass(frozen=True, slots=True)
class Angle:
    """One latitude or longitude: value and the step of its last written digit [degrees]."""

    value: float
    step: float
    text: str
    axis: Literal["lat", "lon"] | None = None
    has_minutes: bool = False


def read_coordinates(text: str, *, order: Order | None = None) -> Spot | None:
    """The position that a text states, or None when the text is not a pair of coordinates.

    A pair without letters or signs of hemisphere is read in the only order that is on Earth, or in `order`. Where
    both orders are possible (48.06, 37.37), nobody can know: UsageError with both readings, code
    `ambiguous-order`. Other faults (minutes past 60, a latitude past 90, S with a minus) have code `coordinates`.
    """
    plain = _plain(text)
    if compact := _COMPACT.fullmatch(plain.strip()):
        return _spot(*_compact_angles(compact), form=_FORMS[True])
    if _GERMAN_OR_FRENCH_O.search(plain) and _READABLE.fullmatch(plain.replace("O", "E")):
        raise _fault(text, "O is east in German and west in French or Spanish; write E or W instead.")
    if not _READABLE.fullmatch(plain) or not any(char.isdigit() for char in plain):
        return None
    halves = _halves(_with_decimal_points(plain).strip(" ,;"), text)
    if halves is None:
        return None
    first, second = (_angle(half, text) for half in halves)
    if first is None or second is None:
        return None
    form = _FORMS[first.has_minutes or second.has_minutes]
    if first.axis is not None:
        lat, lon = (first, second) if first.axis == "lat" else (second, first)
        return _spot(lat, lon, form=form)
    return _in_order(first, second, text, order, form=form)


def digits_radius(*, lat: float, lat_step: float, lon_step: float) -> float:
    """How far the true position may lie from one written with these last digits [degrees] at a latitude: [m]."""
    north = lat_step / 2 * METRES_PER_DEGREE
    east = lon_step / 2 * METRES_PER_DEGREE * math.cos(math.radians(lat))
    return max(FINEST_RADIUS, round(math.hypot(north, east), 1))


def latlon(lon: float, lat: float, *, decimals: int = 5) -> str:
    """A position with its hemispheres, so that nobody can swap it: 43.10562 N, 131.87353 E."""
    return f"{abs(lat):.{decimals}f} {'S' if lat < 0 else 'N'}, {abs(lon):.{decimals}f} {'W' if lon < 0 else 'E'}"


def number(text: str) -> Angle:
    """A plain decimal such as 131.8735, with the step of its last digit."""
    decimals = len(text.partition(".")[2])
    return Angle(float(text), 10.0**-decimals, text)


def decimal_spot(lat: str, lon: str, *, form: str, notes: tuple[str, ...] = (), name: str | None = None) -> Spot:
    """A position from two plain decimals whose order is known; UsageError when it is not on Earth."""
    return _spot(number(lat), number(lon), form=form, notes=notes, name=name)


def _plain(text: str) -> str:
    for pattern, sign in (*_SIGNS, *_WORDS):
        text = pattern.sub(sign, text)
    plain = unicodedata.normalize("NFKC", text).upper()
    if re.search("[NS]", plain) and re.search("[EW]", plain):
        plain = re.sub("[XY]", " ", plain)
    return re.sub(r"\s+", " ", plain)


def _with_decimal_points(plain: str) -> str:
    """Decimal commas made points: where signs or letters part the numbers, or two or three commas touch digits."""
    touching = re.findall(r"(?<=\d),(?=\d)", plain)
    if "." in plain or not touching:
        return plain
    if re.search("[°'\"NSEWXY]", plain):
        return re.sub(r"(?<=\d),(?=\d)", ".", plain)
    match len(touching):
        case 2:
            return re.sub(r"(?<=\d),(?=\d)", ".", plain)
        case 3:
            return re.sub(r"(\d+),(\d+),([+-]?\d+),(\d+)", r"\1.\2 , \3.\4", plain)
    return plain


def _halves(plain: str, text: str) -> tuple[str, str] | None:
    letters = list(re.finditer("[NSEWXY]", plain))
    if letters:
        return _halves_by_letters(plain, [match.start() for match in letters], text)
    if match := _TWO_DEGREE_SIGNS.fullmatch(plain):
        return match[1], match[2]
    for separator in (";", ","):
        if separator in plain:
            parts = [part.strip() for part in plain.split(separator)]
            return (parts[0], parts[1]) if len(parts) == 2 else None
    tokens = plain.split(" ")
    if len(tokens) not in {2, 4, 6}:
        return None
    middle = len(tokens) // 2
    return " ".join(tokens[:middle]), " ".join(tokens[middle:])


def _halves_by_letters(plain: str, at: list[int], text: str) -> tuple[str, str]:
    letters = "".join(plain[index] for index in at)
    if len(at) != 2 or len({_axis(letter) for letter in letters}) != 2:
        raise _fault(text, "Give each number its hemisphere once: one of N or S, and one of E or W.")
    cut = at[1] if at[0] == 0 else at[0] + 1
    return plain[:cut].strip(" ,;/"), plain[cut:].strip(" ,;/")


def _axis(letter: str) -> Literal["lat", "lon"]:
    return "lat" if letter in "NSY" else "lon"


def _angle(half: str, text: str) -> Angle | None:
    letter = next((char for char in half if char in "NSEWXY"), None)
    match = _ANGLE.fullmatch(half.replace(letter, " ").strip(" ,;") if letter else half)
    if match is None:
        return None
    sign, *parts = match.groups()
    given = [part for part in parts if part is not None]
    if any("." in part for part in given[:-1]):
        raise _fault(text, "Only the last of degrees, minutes and seconds may have a fraction.")
    if any(float(part) >= 60 for part in given[1:]):
        raise _fault(text, "Minutes and seconds run from 0 to 59.")
    if sign == "-" and letter is not None and letter in "NSEW":
        raise _fault(text, f"A minus and the letter {letter} say the same thing twice; drop one of them.")
    value = sum(float(part) / 60**index for index, part in enumerate(given))
    negative = sign == "-" or (letter is not None and letter in "SW")
    step = number(given[-1]).step / 60 ** (len(given) - 1)
    axis = None if letter is None else _axis(letter)
    return Angle(-value if negative else value, step, half.strip("° "), axis, has_minutes=len(given) > 1)


def _compact_angles(match: re.Match[str]) -> tuple[Angle, Angle]:
    """Aviation's DDMMSSN DDDMMSSE (ICAO Annex 15); seconds may be missing."""
    angles = []
    for degrees, minutes, seconds, letter in (match.groups()[:4], match.groups()[4:]):
        if float(minutes) >= 60 or float(seconds or 0) >= 60:
            raise _fault(match[0], "Minutes and seconds run from 0 to 59.")
        value = float(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
        step = 1 / 60 if seconds is None else number(seconds).step / 3600
        angles.append(Angle(-value if letter in "SW" else value, step, match[0], _axis(letter)))
    return angles[0], angles[1]


def _in_order(first: Angle, second: Angle, text: str, order: Order | None, *, form: str) -> Spot:
    """Which of two bare numbers is the latitude, and why."""
    if order is not None:
        lat, lon = (first, second) if order == "lat,lon" else (second, first)
        return _spot(lat, lon, form=form, notes=(f"Read as {order}, as asked.",))
    if abs(second.value) > 90:
        why = f"Read as latitude, longitude: {second.text} cannot be a latitude."
        return _spot(first, second, form=form, notes=(why,))
    if abs(first.value) > 90:
        why = f"Read as longitude, latitude: {first.text} cannot be a latitude."
        return _spot(second, first, form=form, notes=(why,))
    if first.value == second.value:
        return _spot(first, second, form=form)
    decimals = max(0, math.ceil(-math.log10(min(first.step, second.step)) - 1e-9))
    one = latlon(second.value, first.value, decimals=decimals)
    other = latlon(first.value, second.value, decimals=decimals)
    raise UsageError(
        "Either number can be the latitude, so these may be two different places.",
        saw=repr(text.strip()),
        do=f'Write "{one}" if the latitude comes first, or "{other}" if the longitude does.',
        code="ambiguous-order",
    )


def _spot(lat: Angle, lon: Angle, *, form: str, notes: tuple[str, ...] = (), name: str | None = None) -> Spot:
    if abs(lat.value) > 90 or abs(lon.value) > 180:
        swapped = " They look swapped." if abs(lon.value) <= 90 < abs(lat.value) <= 180 else ""
        raise _fault(
            f"latitude {lat.value:g}, longitude {lon.value:g}",
            f"A latitude lies within 90 degrees of the equator, a longitude within 180 of Greenwich.{swapped}",
        )
    radius: float | None = digits_radius(lat=lat.value, lat_step=lat.step, lon_step=lon.step)
    if min(lat.step, lon.step) < _COMPUTED:
        radius = None
        notes = (*notes, "So many digits come from a computation: they do not say how precise the position is.")
    where = Where.point(lon=lon.value, lat=lat.value, radius=radius)
    return Spot(where=where, form=form, notes=notes, name=name)


def _fault(text: str, do: str) -> UsageError:
    return UsageError("These coordinates cannot be read.", saw=repr(text.strip()), do=do, code="coordinates")

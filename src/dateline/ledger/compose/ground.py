"""Positions, lines and lengths in a place's texts, and their spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dateline.ledger.compose.brackets import Wrong

_PLAIN = re.compile(r"(\d{1,2}\.\d{5,}) ([NS]), (\d{1,3}\.\d{5,}) ([EW])")
"""As spelt_position writes it; fewer digits are read where the digits count."""
_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|km|metres?|meters?|kilomet(?:re|er)s?)?", re.IGNORECASE)
_SLOT = re.compile(r"(?P<id>\S+)\s+(?P<start>\d+(?:\.\d+)?)\s*[-–]\s*(?P<end>\d+(?:\.\d+)?)")

COARSE = 50.0
"""[m] A position that was written less finely than this is that uncertain, unless somebody says how far off it is."""


def read_plain(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of the plain form `42.23330 N, 130.30000 E`; None for any other."""
    match = _PLAIN.fullmatch(text.strip())
    if match is None:
        return None
    lat = float(match[1]) * (-1 if match[2] == "S" else 1)
    lon = float(match[3]) * (-1 if match[4] == "W" else 1)
    return lon + 0.0, lat + 0.0


def spelt_position(lon: float, lat: float) -> str:
    """A position with its hemispheres, to the last digit of the number [degrees]."""
    north, east = "S" if lat < 0 else "N", "W" if lon < 0 else "E"
    return f"{_digits(lat)} {north}, {_digits(lon)} {east}"


def _digits(value: float) -> str:
    """At least five decimals: fewer would say that it is known less finely."""
    whole, _, decimals = _decimal(abs(value)).partition(".")
    return f"{whole}.{decimals.ljust(5, '0')}"


def _decimal(value: float) -> str:
    """The number without an exponent, to its last digit."""
    return format(Decimal(repr(float(value))), "f")


def read_metres(text: str) -> float:
    """A length in metres: `500`, `500 m`, `2 km`. Raises Wrong."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise Wrong(repr(text), "a length: 500, 500 m, 2 km")
    value = float(match[1].replace(",", "."))
    return value * 1000 if (match[2] or "").lower().startswith("k") else value


def spelt_metres(value: float) -> str:
    """A length in metres as digits."""
    return str(int(value)) if float(value).is_integer() else _decimal(value)


def read_corners(text: str) -> list[list[float]]:
    """`130.29 42.22; 130.31 42.22`: longitude and latitude of each [degrees]. Raises Wrong."""
    found = []
    for corner in (part for part in re.split(r"[;\n]", text) if part.strip()):
        try:
            lon, lat = (float(number) for number in corner.replace(",", " ").split())
        except ValueError as error:
            raise Wrong(
                repr(corner.strip()), "longitude and latitude, parted by ; : 130.29 42.22; 130.31 42.22"
            ) from error
        found.append([lon, lat])
    return found


def spelt_corners(corners: Sequence[Sequence[float]]) -> str:
    """Corners as text."""
    return "; ".join(f"{lon!r} {lat!r}" for lon, lat in corners)


def read_slots(text: str) -> list[dict[str, Any]]:
    """`south 0-180; north 180-340` [m]. Raises Wrong."""
    found = []
    for part in (part.strip() for part in re.split(r"[;\n]", text) if part.strip()):
        match = _SLOT.fullmatch(part)
        if match is None:
            raise Wrong(repr(part), "a name and two lengths [m], parted by ; : south 0-180; north 180-340")
        found.append({"id": match["id"], "start": float(match["start"]), "end": float(match["end"])})
    return found


def spelt_slots(slots: Sequence[Mapping[str, Any]]) -> str:
    """Slots as text."""
    return "; ".join(f"{slot['id']} {spelt_metres(slot['start'])}-{spelt_metres(slot['end'])}" for slot in slots)

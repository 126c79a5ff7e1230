"""A place in a recording: seconds from its beginning, written as hh:mm:ss.mmm."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from dateline.ledger.record import refuse

LONGEST = 1_000 * 3600.0
"""[s] No recording is longer."""

A_TIME = "seconds from the beginning, such as 83.5, or 00:01:23.500"
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?", re.ASCII)


def read_clock(text: str) -> float | None:
    """Seconds [s] of hh:mm:ss.mmm, with or without hours and thousandths; None for anything else."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[2]) > 59 or int(match[3]) > 59:
        return None
    whole = 3600 * int(match[1] or 0) + 60 * int(match[2]) + int(match[3])
    return whole + int((match[4] or "0").ljust(3, "0")) / 1000


def spell_clock(seconds: float) -> str:
    """Seconds [s] as hh:mm:ss, with thousandths where there are any."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    whole, part = divmod(rest, 1000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{whole:02}" + (f".{part:03}" if part else "")


def _seconds(value: Any) -> float:
    found = read_clock(value) if isinstance(value, str) else value
    if isinstance(found, bool) or not isinstance(found, int | float):
        refuse(repr(value)[:70], A_TIME)
    if not math.isfinite(found) or not 0 <= found <= LONGEST:
        refuse(repr(value)[:70], A_TIME)
    return round(float(found), 3)


Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    PlainSerializer(spell_clock, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "string", "description": "hh:mm:ss.mmm"}, {"type": "number", "minimum": 0}]}),
]
"""A place in a recording [s]."""

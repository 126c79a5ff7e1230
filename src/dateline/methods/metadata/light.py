"""Where the sun stood at the time and place that a file states, against what a person sees in the picture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dateline.core.errors import InputError
from dateline.ledger.finding import Note
from dateline.media.facts import Facts
from dateline.media.sun import positions
from dateline.methods.metadata.clocks import Clock, first, shifted
from dateline.methods.metadata.position import position_of

DARK, LIT = -6.0, 0.0
"""The sun below the first: civil twilight has ended; above the second: it is up [degrees]."""


def sun_elevation(moment: datetime, position: tuple[float, float]) -> float | None:
    """The sun's elevation [degrees] at a moment and a place (longitude, latitude); None outside 1950 to 2050."""
    lon, lat = position
    try:
        return float(positions(moment.timestamp(), lon, lat).elevation)
    except InputError:
        return None


def light_notes(facts: Facts, clocks: tuple[Clock, ...], light: str) -> tuple[list[Note], float | None]:
    """What the sun says to the light that somebody sees, and its elevation [degrees] or None. Notes only.

    Whether a picture shows day or night is a person's statement, so it never makes the file contradict itself.
    """
    position, camera = position_of(facts), first(clocks, "taken", "digitised")
    if position is None:
        return [], None
    moment = _moment(clocks, camera)
    if moment is not None:
        elevation = sun_elevation(moment, position)
        return _against(elevation, light, "At the time and place in the file"), elevation
    if camera is None or camera.day_only or light == "unknown":
        return [], None
    local = sun_elevation(_read_at(camera, timedelta(hours=round(position[0] / 15))), position)
    as_utc = sun_elevation(_read_at(camera, timedelta(0)), position)
    notes = _against(local, light, "If the clock shows the time of the place")
    if notes and as_utc is not None and not _against(as_utc, light, ""):
        notes.append(Note(code="clock-may-be-utc", text="Read as UTC, the clock does fit the light."))
    return notes, None


def _moment(clocks: tuple[Clock, ...], camera: Clock | None) -> datetime | None:
    stated = camera.instant if camera is not None else None
    satellite = first(clocks, "satellite")
    return stated or (satellite.instant if satellite is not None else None)


def _read_at(camera: Clock, offset: timedelta) -> datetime:
    return shifted(camera.wall, -offset).replace(tzinfo=UTC)


def _against(elevation: float | None, light: str, when: str) -> list[Note]:
    if elevation is None:
        return []
    if light == "day" and elevation < DARK:
        text = (
            f"{when} the sun stood {-elevation:.0f} degrees below the horizon; somebody sees daylight in the picture."
        )
        return [Note(code="light-against-sun", text=text)]
    if light == "night" and elevation > LIT:
        text = f"{when} the sun stood {elevation:.0f} degrees above the horizon; somebody sees night in the picture."
        return [Note(code="light-against-sun", text=text)]
    return []

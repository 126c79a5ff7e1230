"""What people tell of an image, in the words of the command line, as the record wants it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from dateline.core.errors import UsageError
from dateline.evidence.intake import built
from dateline.evidence.provenance import Image


def image_of(
    *,
    sensor: str | None = None,
    scene: str | None = None,
    start: str | None = None,
    end: str | None = None,
    bounds: str | None = None,
    cloud: float | None = None,
    cloud_over: str | None = None,
    resolution: float | None = None,
    released: str | None = None,
) -> Image | None:
    """The facts of an image, or None where nothing is told. `bounds`: "west,south,east,north" [deg]; cloud: 0 to 1.

    A plain day stands for all of it, in UTC. Raises UsageError: "image-facts", "item-facts".
    """
    first, last = span(start, "start")
    moment, its_last = span(end, "end")
    told = {
        "sensor": sensor,
        "scene": scene,
        "start": first,
        "end": its_last or moment or last,
        "bounds": _bounds(bounds),
        "cloud": cloud,
        "cloud_over": (cloud_over or "scene") if cloud is not None else cloud_over,
        "resolution": resolution,
        "released": span(released, "released")[0],
    }
    if not any(value is not None for value in told.values()):
        return None
    return built(Image, told)


def span(text: str | None, key: str) -> tuple[datetime | None, datetime | None]:
    """The moment that is told, or the first and the last of a plain day, in UTC. Raises UsageError ("image-facts")."""
    if text is None:
        return None, None
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime.combine(day, time(), UTC), datetime.combine(day, time(23, 59, 59), UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _refused(
            key, repr(text), "a day (2023-10-01), or a moment with its zone (2023-10-01T02:10:00Z)"
        ) from error
    if moment.tzinfo is None:
        raise _refused(key, f"{text} without a zone", f"{text}Z if it is UTC, or a plain day")
    return moment.astimezone(UTC), None


def embargo_of(text: str | None) -> datetime | date | None:
    """A day, or a moment with its zone. Raises UsageError ("image-facts")."""
    if text is not None and len(text) == 10:
        span(text, "embargo")
        return date.fromisoformat(text)
    return span(text, "embargo")[0]


def _bounds(text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(word) for word in text.split(","))
    except ValueError as error:
        raise _refused("bounds", repr(text), "west,south,east,north in degrees: 130.2,42.2,130.4,42.4") from error
    return west, south, east, north


def _refused(key: str, saw: str, valid: str) -> UsageError:
    return UsageError(f"--{key} cannot be understood.", saw=saw, do=f"Give {valid}.", code="image-facts")

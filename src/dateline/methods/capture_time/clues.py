"""Evidence of when a picture was taken: what each piece allows, as intervals of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from dateline.core.when import When
from dateline.ledger.claim import Claim
from dateline.ledger.event import Event
from dateline.ledger.finding import Finding
from dateline.ledger.media_item import MediaItem
from dateline.methods.capture_time.sets import hull, whens

NOTHING = frozenset({"cannot tell", "refused", "no power"})
TIMES = ("times", "days", "captured")
"""Values of findings that say when a picture was taken."""
DAY_ONLY = len("2024-10-18")


@dataclass(frozen=True, slots=True)
class Clue:
    """One piece of evidence: what it is, and the times that it allows (any of `sets`). Weak ones only bear witness."""

    id: str
    kind: str
    sets: tuple[When, ...]
    text: str
    weak: bool = False


def not_after(name: str, kind: str, when: When | None, text: str) -> Iterator[Clue]:
    """Something that was there by then; nothing where that is open."""
    if when is not None and when.latest is not None:
        yield Clue(name, kind, (When.between(None, when.latest),), text)


def not_before(name: str, kind: str, when: When | None, text: str) -> Iterator[Clue]:
    """Something that was not there before; nothing where that is open."""
    if when is not None and when.earliest is not None:
        yield Clue(name, kind, (When(earliest=when.earliest, latest=None, after=when.after),), text)


def of_media(media: MediaItem, others: Iterable[MediaItem], claims: Iterable[Claim]) -> Iterator[Clue]:
    """The posts of the item and of earlier copies, and whoever spoke of it."""
    yield from not_after(media.id, "post", media.posted, "it was posted")
    for other in others:
        yield from not_after(other.id, "copy", other.posted, f"a copy, {other.id}, was posted")
    for claim in claims:
        yield from not_after(claim.id, "statement", claim.said, f"somebody spoke of it ({claim.id})")


def of_event(event: Event, *, follows: bool) -> Iterator[Clue]:
    """An event whose trace the picture shows (`follows`), or does not show yet though it would be seen."""
    if follows:
        yield from not_before(event.id, "event", event.when, f"it shows a trace of an event: {event.title}")
    else:
        yield from not_after(event.id, "event", event.when, f"it shows no trace yet of an event: {event.title}")


def of_bracket(finding: Finding, *, shows: bool) -> Iterator[Clue]:
    """A bracket between satellite images, of a thing that the picture shows or lacks."""
    came, went = (whens(finding.values.get(name)) for name in ("appeared", "gone"))
    appeared = hull(came) if came else None  # of several times that it may have come, all are open
    if shows:
        yield from not_before(finding.id, "satellite", appeared, f"it shows what came then ({finding.id})")
        gone = hull(went) if went else None
        yield from not_after(finding.id, "satellite", gone, f"it shows what went then ({finding.id})")
    else:
        yield from not_after(finding.id, "satellite", appeared, f"it lacks what came then ({finding.id})")


def of_finding(finding: Finding) -> Iterator[Clue]:
    """Another method's answer on this item: times that it allows, or that it excludes; a file's own clock, as weak.

    Of `copies` nothing is read here: the earlier items that it names bring their own posts.
    """
    if finding.result in NOTHING:
        return
    found = _times(finding)
    if finding.method == "weather_check":
        asked = whens(finding.values.get("when"))
        if finding.result == "inconsistent" and asked:
            yield Clue(finding.id, "weather", tuple(_outside(asked[0])), f"the weather was another then ({finding.id})")
    elif finding.method == "metadata":
        clock = _clock(finding.values.get("taken"))
        if clock is not None:
            yield Clue(finding.id, "clock", (clock,), f"the file’s own clock ({finding.id})", weak=True)
    elif found:
        yield Clue(finding.id, finding.method.replace("_", " "), found, f"{finding.method} ({finding.id})")


def _times(finding: Finding) -> tuple[When, ...]:
    """The times of the picture among a finding's values. Others are of other things: an onset, a change, a map."""
    return next((found for name in TIMES if (found := whens(finding.values.get(name)))), ())


def _clock(taken: Any) -> When | None:
    """What a file says of itself: an instant where it gives its zone, else the day somewhere on Earth."""
    if not isinstance(taken, Mapping) or not isinstance(taken.get("wall"), str):
        return None
    minutes = taken.get("offset_minutes")
    try:
        wall = datetime.fromisoformat(taken["wall"])
        if minutes is None or len(taken["wall"]) <= DAY_ONLY:
            return When.on(wall.date())
        return When.on(wall.replace(tzinfo=timezone(timedelta(minutes=float(minutes)))))
    except (ValueError, TypeError, OverflowError):  # no time, or an offset that no zone has
        return None


def _outside(when: When) -> Iterator[When]:
    """The times before and after an interval."""
    if when.earliest is not None:
        day = type(when.earliest) is date  # the day itself is excluded with all its hours
        yield When.between(None, when.earliest - timedelta(days=1) if day else when.earliest)
    if when.latest is not None:
        yield When(earliest=when.latest, latest=None, after=True)


def spoken(clue: Clue) -> str:
    """What a clue allows, in words."""
    allowed = hull(clue.sets)
    several = f" ({len(clue.sets)} sets)" if len(clue.sets) > 1 else ""
    return f"{clue.text}: {allowed.spoken()}{several}"

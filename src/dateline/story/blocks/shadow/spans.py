"""What a shadow's finding allows, as stretches on an axis: hours of a day, or days of the time asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateline.core.when import When
from dateline.ledger.finding import Finding
from dateline.story.blocks.shadow.draw import EDGE, Strip, strip
from dateline.story.chart import Scale, TimeScale, day_of
from dateline.story.page import Page

SIZES = {"wide": (720.0, 3), "narrow": (350.0, 6)}
"""Width of a strip [px], and every how many hours it has a tick."""
_DAY = 24.0
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?Z?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """Which times fit: words of each stretch, the strips for both sizes of screen, and what the axis counts."""

    words: tuple[str, ...]
    strips: tuple[Strip, ...]
    axis: str
    stated: str = ""


def fits(finding: Finding, page: Page) -> Fits | None:
    """The stretches of a finding; None where it has none, or where their zone cannot be read."""
    times, days = finding.values.get("times"), finding.values.get("days")
    if isinstance(times, dict) and times.get("sets"):
        zone = zone_of(str((finding.values.get("local") or {}).get("zone", "UTC")))
        return None if zone is None else _of_a_day(finding, times["sets"], zone, page)
    if isinstance(days, dict) and days.get("sets"):
        return _of_days(finding, days["sets"], page)
    return None


def zone_of(name: str) -> tzinfo | None:
    """A zone as findings name it: UTC, an offset (+10:00), an IANA name."""
    if name.upper() in {"UTC", "Z", "GMT"}:
        return UTC
    try:
        return datetime.fromisoformat(f"2000-01-01T00:00{name}").tzinfo or ZoneInfo(name)
    except ValueError:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None


def _of_a_day(finding: Finding, sets: Sequence[Sequence[str]], zone: tzinfo, page: Page) -> Fits:
    """Hours after midnight, of the day on which the first stretch begins there."""
    ends = [[datetime.fromisoformat(text).astimezone(zone) for text in pair] for pair in sets]
    midnight = ends[0][0].replace(hour=0, minute=0, second=0, microsecond=0)

    def hours(moment: datetime) -> float:
        return (moment - midnight).total_seconds() / 3600

    told = [page.word("interval.between", low=f"{first:%H:%M}", high=_clock(last, midnight)) for first, last in ends]
    spans = [(hours(first), hours(last), words) for (first, last), words in zip(ends, told, strict=True)]
    stated = _stated(finding)
    strips = []
    for size, (width, step) in SIZES.items():
        marks = [(float(hour), f"{hour:02}:00") for hour in range(0, 25, step)]
        scale = Scale(0.0, _DAY, EDGE + 20, width - EDGE - 20)
        strips.append(strip(size, width, at=scale, spans=spans, ticks=marks, stated=stated))
    day = page.language.day(midnight.date())
    name = str((finding.values.get("local") or {}).get("zone", "UTC"))
    axis = page.word("shadow.hours", day=day, zone=f"UTC{name}" if name[:1] in "+-" else name)
    return Fits(words=tuple(told), strips=tuple(strips), axis=axis.replace("-", "−") if name[:1] == "-" else axis,
                stated="" if stated is None else str(finding.parameters["time"]))  # fmt: skip


def _clock(moment: datetime, midnight: datetime) -> str:
    """The clock's reading; the end of the day is 24:00."""
    return "24:00" if (moment - midnight) == timedelta(days=1) else f"{moment:%H:%M}"


def _stated(finding: Finding) -> float | None:
    """The hour that was stated and checked [h after midnight], where it was told as a reading of that clock."""
    match = _CLOCK.fullmatch(str(finding.parameters.get("time") or ""))
    if match is None or match[0].endswith("Z"):
        return None
    return int(match[1]) + int(match[2]) / 60


def _of_days(finding: Finding, sets: Sequence[Sequence[str]], page: Page) -> Fits:
    ends = [tuple(date.fromisoformat(text) for text in pair) for pair in sets]
    first, last = _asked(finding.parameters.get("date")) or (ends[0][0], ends[-1][1])
    told = [page.language.when(When(earliest=one, latest=other)) for one, other in ends]
    spans: list[tuple[float, float, str]] = [
        (one.toordinal(), other.toordinal() + 1.0, words) for (one, other), words in zip(ends, told, strict=True)
    ]
    strips = []
    for size, (width, step) in SIZES.items():
        scale = TimeScale(first, last + timedelta(days=1), EDGE + 20, width - EDGE - 20)
        marks = [
            (float(day.toordinal()), page.language.year(day) if is_year else page.language.month_tick(day))
            for day, is_year in scale.marks(12 // step * 2)
        ]
        at = Scale(first.toordinal(), last.toordinal() + 1.0, EDGE + 20, width - EDGE - 20)
        strips.append(strip(size, width, at=at, spans=spans, ticks=marks))
    asked = page.language.when(When(earliest=first, latest=last))
    return Fits(words=tuple(told), strips=tuple(strips), axis=page.word("shadow.days", asked=asked))


def _asked(text: Any) -> tuple[date, date] | None:
    """The first and last day that was asked for."""
    if not text:
        return None
    when = When.from_edtf(str(text))
    return None if when.earliest is None or when.latest is None else (day_of(when.earliest), day_of(when.latest))

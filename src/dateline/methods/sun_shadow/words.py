"""The words of the answers: instants, days, shadows, and what each error costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from dateline.core.estimate import Estimate
from dateline.ledger.finding import Note
from dateline.media.shadow import Shadow
from dateline.methods.sun_shadow.clues import Case

SOURCES = {
    "length": "measured lengths",
    "azimuth": "measured direction",
    "penumbra": "blur of the shadow's end",
    "refraction": "refraction by unusual air",
    "clock": "error of the clock",
}


def utc(seconds: float) -> datetime:
    """An instant [s of Unix time] in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def whole_minutes(span: tuple[float, float]) -> tuple[datetime, datetime]:
    """Both ends [s] rounded outward to whole minutes, in UTC."""
    return utc(math.floor(span[0] / 60) * 60), utc(math.ceil(span[1] / 60) * 60)


def clock_span(span: tuple[float, float], zone: tzinfo) -> str:
    """ "14:02 to 14:31" on the clock of the zone."""
    first, last = (moment.astimezone(zone) for moment in whole_minutes(span))
    return f"{first:%H:%M} to {last:%H:%M}"


def listed(parts: Sequence[str]) -> str:
    """A, B or C."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} or {parts[-1]}"


def day_text(moment: datetime) -> str:
    """ "18 October 2024"."""
    return f"{moment.day} {moment:%B} {moment.year}"


def shadow_text(case: Case) -> str:
    """What the answer rests on: "the shadow's length and direction", "two shadows' lengths"."""
    kinds = [kind for kind in ("length", "azimuth") if any(clue.kind == kind for clue in case.clues)]
    what = " and ".join({"length": "length", "azimuth": "direction"}[kind] for kind in kinds)
    if len(case.shadows) == 1:
        return f"The shadow's {what}"
    return f"The {what}{'s' if len(kinds) == 1 else ''} of {len(case.shadows)} shadows"


def said_of(case: Case) -> dict[str, str]:
    """The subject of every sentence, and the ending of its verb."""
    text = shadow_text(case)
    return {"shadow": text, "s": "" if " and " in text or "lengths" in text or "directions" in text else "s"}


def source_name(source: str, shadows: Sequence[Shadow]) -> str:
    """A source of error in words; slope and tilt say whether they are unknown."""
    base = source.partition(" of ")[0].removesuffix(" to the side")
    if base in {"slope", "tilt"}:
        name = source.partition(" of ")[2].removesuffix(" to the side")
        meant = [one for one in shadows if one.id == name] or list(shadows)
        known = getattr(meant[0], base) is not None
        word = {"slope": "slope of the ground", "tilt": "lean of the object"}[base]
        return word if known else f"{word} unknown"
    return SOURCES.get(base, base)


def dominant(costs: Mapping[str, float], shadows: Sequence[Shadow], unit: str) -> str:
    """ "slope of the ground unknown: ±12 minutes", the largest source; sources of one kind are taken together."""
    grouped = by_name(costs, shadows)
    if not grouped:
        return ""
    name, value = max(grouped.items(), key=lambda pair: pair[1])
    return f"{name}: ±{_two(value)} {unit}"


def by_name(costs: Mapping[str, float], shadows: Sequence[Shadow]) -> dict[str, float]:
    """The costs in words, sources of one name added in quadrature, largest first."""
    grouped: dict[str, float] = {}
    for source, value in costs.items():
        name = source_name(source, shadows)
        grouped[name] = math.hypot(grouped.get(name, 0.0), value)
    return dict(sorted(grouped.items(), key=lambda pair: -pair[1]))


def _two(value: float) -> str:
    return f"{value:.0f}" if value >= 9.5 else f"{value:.1f}"


def chance(p: float) -> str:
    """A probability [1] in a sentence."""
    return "under 0.001" if p < 0.001 else f"{p:.2g}"


def round_two(value: float) -> str:
    """Two significant digits with commas: 785,000 becomes "790,000"."""
    if value <= 0:
        return "0"
    digits = 1 - math.floor(math.log10(value))
    return f"{round(value, digits):,.{max(0, digits)}f}"


def elevation(shadows: Sequence[Shadow], level: float, z: float) -> dict[str, Estimate]:
    """The sun's apparent elevation by the first ratio [degrees], from all that makes it uncertain."""
    from dateline.media.shadow import gains

    shadow = next((one for one in shadows if one.elevation is not None and 0 < one.elevation < 90), None)
    if shadow is None or shadow.elevation is None:
        return {}
    import numpy as np

    by_e, by_b, by_t = (
        float(one[0]) for one in gains(np.array([shadow.elevation]), slope=shadow.slope or 0, tilt=shadow.tilt or 0)
    )
    spread = math.hypot(shadow.sigma, by_b * shadow.slope_sigma, by_t * shadow.tilt_sigma) / abs(by_e)
    half = z * math.hypot(spread, shadow.penumbra / math.sqrt(3))
    low, high = max(0.0, shadow.elevation - half), min(90.0, shadow.elevation + half)
    how = f"length over height of {shadow.id}, with errors of length, slope, lean and blur"
    return {"sun_elevation": Estimate(best=shadow.elevation, low=low, high=high, unit="deg", level=level, n=1, how=how)}


def common(case: Case) -> list[Note]:
    """Caveats that every answer from these shadows carries."""
    notes = []
    for shadow in case.shadows:
        if shadow.assumed:
            notes.append(
                Note(
                    code="sigma-assumed",
                    text=f"{shadow.id}: nobody gave the error of {listed(shadow.assumed)};"
                    " 5 % of the ratio and 3 degrees of direction are assumed (one standard deviation).",
                )
            )
        lengths = shadow.ratio is not None or shadow.length is not None
        if lengths and shadow.slope is None:
            notes.append(
                Note(
                    code="slope-unknown",
                    text=f"{shadow.id}: the slope of the ground along the shadow is not "
                    f"known; level within {shadow.slope_sigma:g} degrees is assumed.",
                )
            )
        if shadow.tilt is None:
            notes.append(
                Note(
                    code="tilt-unknown",
                    text=f"{shadow.id}: whether the object stands upright is not known; "
                    f"within {shadow.tilt_sigma:g} degrees is assumed.",
                )
            )
        if shadow.elevation is not None and shadow.elevation < 5:
            notes.append(
                Note(
                    code="low-sun",
                    text=f"{shadow.id}: a sun of {max(shadow.elevation, 0):.1f} degrees. Its "
                    "shadow's end is blurred over metres, and small slopes weigh heavily.",
                )
            )
    return notes

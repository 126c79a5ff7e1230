"""Guards that the methods on night lights share: each looks at looks or profiles and returns a note, or None.

What a note does (refuse, cannot tell, caveat) stands on the card of the method that asks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np

from dateline.core.errors import UsageError
from dateline.core.when import Moment, When
from dateline.imagery.sensor import sensor_for
from dateline.imagery.tables import F8, Look, Profile
from dateline.ledger.finding import Note

RADIANCE_UNIT = "nW cm-2 sr-1"
SHORT_NIGHT_LATITUDE = 48.6
"""North of this the sun stays less than 108 degrees from the zenith at midnight of the solstice [degrees]."""
SHORT_NIGHT_MONTHS = (5, 6, 7)
PEDESTAL_ZEROS = 0.2
PEDESTAL_NO_ZEROS = 0.001
PEDESTAL_BUNCH = 2.5


def month_index(when: When) -> int:
    """Months since the year 0 of the first day of a look. Raises ValueError for a look without a date."""
    day = _day(when.earliest)
    if day is None:
        raise ValueError("A look needs a first day.")
    return day.year * 12 + day.month - 1


def _day(moment: Moment | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values)))


def _years(looks: Iterable[Look]) -> str:
    days = sorted(str(_day(look.when.earliest)) for look in looks)
    return f"{days[0]} to {days[-1]}" if len(days) > 1 else days[0]


def is_digital_number(look: Look) -> bool:
    """Whether a look's values are DMSP digital numbers (0 to 63): neither radiance nor a picture."""
    return look.product.upper().startswith("DMSP")


def picture_bytes(looks: Sequence[Look]) -> Note | None:
    """Byte pictures have no unit: their grey values cannot be compared as light."""
    pictures = [look for look in looks if look.unit != RADIANCE_UNIT and not is_digital_number(look)]
    if not pictures:
        return None
    units = _listed(look.unit or "no unit" for look in pictures)
    return Note(
        code="picture-bytes",
        text=f"The values are not radiance in {RADIANCE_UNIT} (unit: {units}). A picture's grey values "
        "have been stretched for the eye and cannot be compared as light.",
    )


def sensor_break(looks: Sequence[Look]) -> Note | None:
    """DMSP digital numbers and VIIRS radiances on one axis: the jump between them is the sensor's."""
    old = [look for look in looks if is_digital_number(look)]
    new = [look for look in looks if not is_digital_number(look)]
    units = {look.unit for look in looks}
    if not (old and new) and len(units) < 2:
        return None
    sides = f"{_listed(look.product for look in old)} ({_years(old)}) and " if old and new else ""
    rest = _listed(f"{look.product} [{look.unit}]" for look in (new if old else looks))
    return Note(
        code="sensor-break",
        text=f"Two instruments that do not measure the same quantity stand in one comparison: {sides}{rest}. "
        "The jump between them belongs to the sensors, not to the ground.",
    )


def family(look: Look) -> str:
    """The sensor family of a look's product, or the product itself where no sensor file knows it."""
    try:
        return sensor_for(look.product).id
    except UsageError:
        return look.product


def mixed_products(looks: Sequence[Look]) -> Note | None:
    """Different products or layers (monthly and yearly, masked and unmasked, near-nadir and all angles)."""
    kinds = {(family(look), look.layer) for look in looks}
    if len(kinds) < 2:
        return None
    return Note(
        code="mixed-products",
        text="The two sides come from different products or layers: "
        f"{_listed(f'{look.product} {look.layer}' for look in looks)}. They differ where nothing changed.",
    )


def mixed_collections(looks: Sequence[Look]) -> Note | None:
    """Collections 1 and 2 differ in scale and floor: 20 % steps at 0.5 nW in the one, exact zeros in the other."""
    known = {look.collection for look in looks if look.collection is not None}
    if len(known) < 2:
        return None
    return Note(
        code="mixed-collections",
        text=f"Collections {_listed(known)} stand in one comparison; they differ in scale, in what they set to zero "
        "and in which nights they use.",
    )


def platform_splice(looks: Sequence[Look]) -> Note | None:
    """Two satellites in one series: South Korea in 2025 is 16 % darker on NOAA-20 than on Suomi-NPP."""
    known = {look.platform for look in looks if look.platform is not None}
    if len(known) < 2:
        return None
    return Note(
        code="platform-splice",
        text=f"The looks come from {_listed(known)}, which disagree about the same ground (South Korea in 2025: 16 % "
        "less light on NOAA-20 than on Suomi-NPP), and no calibration on their overlap joins them here.",
    )


def collection_unknown(looks: Sequence[Look]) -> Note | None:
    """The file does not say which collection it is."""
    unknown = [look for look in looks if look.collection is None]
    if not unknown:
        return None
    return Note(
        code="collection-unknown",
        text=f"The collection of {_count(len(unknown), 'look')} is unknown; were the two sides of different "
        "collections, part of the change would be the product's.",
    )


def platform_unknown(looks: Sequence[Look]) -> Note | None:
    """The file does not say which satellite it is from."""
    unknown = [look for look in looks if look.platform is None]
    if not unknown:
        return None
    return Note(
        code="platform-unknown",
        text=f"The satellite of {_count(len(unknown), 'look')} is unknown; two satellites can differ by a sixth.",
    )


def digital_numbers(looks: Sequence[Look]) -> Note | None:
    """DMSP compared with DMSP: allowed, but its numbers are no radiance."""
    if not any(is_digital_number(look) for look in looks):
        return None
    return Note(
        code="digital-numbers",
        text="DMSP values are digital numbers from 0 to 63 without calibration in flight; bright centres are saturated "
        "and years from different satellites differ.",
    )


def simulated(looks: Sequence[Look]) -> Note | None:
    """Simulated input is said in every answer made from it."""
    if not any(look.simulated for look in looks):
        return None
    return Note(code="simulated", text="The input is simulated: this is an exercise, not a measurement of a place.")


def reader_notes(looks: Sequence[Look]) -> tuple[Note, ...]:
    """What the readers noticed (a doubled frame, nodata that was not declared), each once."""
    found = dict.fromkeys(pair for look in looks for pair in look.notes)
    return tuple(Note(code=code, text=text) for code, text in found)


def profile_of(values: F8) -> Profile:
    """The profile of a table's values; values: (P,) of any unit, NaN where unknown. Raises ValueError when empty."""
    known = values[np.isfinite(values)]
    if not len(known):
        raise ValueError("A profile needs at least one known value.")
    positive = known[known > 0]
    low, lower, middle, upper, high = (float(value) for value in np.quantile(known, [0.05, 0.25, 0.5, 0.75, 0.95]))
    return Profile(
        n=len(known),
        zero_share=float((known == 0).mean()),
        minimum=float(known.min()),
        smallest_positive=float(positive.min()) if len(positive) else math.nan,
        quantiles=(low, lower, middle, upper, high),
    )


def pedestal(before: Profile, after: Profile, *, floor: float) -> Note | None:
    """One side background-masked and the other not: zeros on one side, a thin layer of faint light on the other.

    Fires when (1) a fifth or more of one side is exactly 0, (2) the other side has no zeros, (3) its smallest value
    lies below the product's floor [unit], so that no floor made those zeros, and (4) its lower values are a thin layer:
    where the zeros' middle rank falls on it, the value is below the floor too, and under 2.5 times a positive minimum.
    A blackout in a floored product fails (2) or (3); one in an unmasked product makes no exact zeros and fails (1); new
    lights spread over decades of brightness and fail (4).
    """
    for masked, bare, sides in ((before, after, ("before", "after")), (after, before, ("after", "before"))):
        if masked.zero_share < PEDESTAL_ZEROS or bare.zero_share > PEDESTAL_NO_ZEROS:
            continue
        if bare.minimum >= floor:
            continue
        middle = np.interp(masked.zero_share / 2, (0.0, 0.05, 0.25, 0.5, 0.75, 0.95), (bare.minimum, *bare.quantiles))
        if 0 < middle < floor and (bare.minimum <= 0 or middle <= PEDESTAL_BUNCH * bare.minimum):
            return _pedestal_note(masked, bare, sides)
    return None


def _pedestal_note(masked: Profile, bare: Profile, sides: tuple[str, str]) -> Note:
    return Note(
        code="pedestal",
        text=f"One side has its background removed and the other has not: {100 * masked.zero_share:.0f} % of the "
        f"values {sides[0]} are exactly 0, while {sides[1]} none lies under {bare.minimum:.3f} and half lie under "
        f"{bare.quantiles[2]:.3f}. Dark ground would seem to change everywhere by that pedestal.",
    )


def different_months(pairs: Sequence[tuple[Look, Look]]) -> tuple[Note | None, bool]:
    """Whether pairs compare different months of the year; the flag says that they lie two months or more apart."""
    gaps = [(month_index(a.when) - month_index(b.when)) % 12 for a, b in pairs]
    apart = max((min(gap, 12 - gap) for gap in gaps), default=0)
    if not apart:
        return None, False
    return (
        Note(
            code="different-months",
            text=f"The two sides are not the same months of the year (up to {_count(apart, 'month')} apart): leaves, "
            "haze, heating, holidays and the length of the night differ with the season.",
        ),
        apart >= 2,
    )


def mixed_month(before: Sequence[Look], after: Sequence[Look], event: When | None) -> Note | None:
    """An event inside a compared look makes that look a mixture of before and after.

    Without a stated event, said of periods that touch: there the turn may lie inside either.
    """
    if event is not None:
        struck = [look for look in (*before, *after) if _inside(event, look.when)]
        if not struck:
            return None
        names = ", ".join(dict.fromkeys(look.when.spoken() for look in struck))
        return Note(
            code="mixed-month",
            text=f"The event ({event.spoken()}) lies inside {names}: that look already mixes nights before and after "
            "it, so the change printed here is smaller than the true one.",
        )
    last, first = max(month_index(look.when) for look in before), min(month_index(look.when) for look in after)
    if first - last > 1:
        return None
    return Note(
        code="mixed-month",
        text=f"The two periods touch ({before[-1].when.spoken()}, {after[0].when.spoken()}): if what changed the light "
        "happened inside one of them, that one is a mixture and the true change is larger. Composites also drop "
        "outlying nights.",
    )


def _inside(event: When, span: When) -> bool:
    first, last = _day(span.earliest), _day(span.latest)
    start, end = _day(event.earliest), _day(event.latest)
    if first is None or last is None:
        return False
    begins_before = start is None or start <= last
    ends_after = end is None or end > first
    return begins_before and ends_after


def short_nights(looks: Sequence[Look], latitude: float | None) -> Note | None:
    """Months in which nights so far from the equator are too short for a dark look.

    latitude: distance from the equator [degrees], either side; the months are the northern ones.
    """
    if latitude is None or latitude <= SHORT_NIGHT_LATITUDE:
        return None
    months = sorted({month_index(look.when) % 12 + 1 for look in looks} & set(SHORT_NIGHT_MONTHS))
    if not months:
        return None
    names = ", ".join(date(2000, month, 1).strftime("%B") for month in months)
    return Note(
        code="short-nights",
        text=f"At {latitude:.1f} degrees from the equator there is hardly a dark night in {names}; what was seen then "
        "rests on few nights, in twilight or stray light.",
    )


def latitude_of(pixel_km: F8) -> float | None:
    """Distance from the equator [degrees] of a pixel of a longitude-latitude grid, from its (height, width) [km]."""
    height, width = float(pixel_km[0]), float(pixel_km[1])
    if not (height > 0 and 0 < width < height):
        return None
    return math.degrees(math.acos(width / height))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

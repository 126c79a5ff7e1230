"""What a reader must know beside a trend: unknown origins, uneven looks, missing seasons."""

from __future__ import annotations

import numpy as np

from dateline.imagery.tables import F8, ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods import lights_guards as guards
from dateline.methods.lights_trend.axis import SPLICE, Axis
from dateline.methods.lights_trend.jumps import FEWEST_PLACES
from dateline.methods.lights_trend.kendall import seasonal_trend


def declared_one(series: ZonalSeries) -> bool:
    """Whether every look names its platform and collection (that they agree was already checked)."""
    return all(look.platform is not None and look.collection is not None for look in series.looks)


def too_small(series: ZonalSeries) -> Note | None:
    """Places smaller than one pixel: their light cannot be told from their neighbours'."""
    small = [place for place, size in zip(series.places, series.size, strict=True) if size < 1]
    if not small:
        return None
    return Note(code="smaller-than-pixel", text=f"{', '.join(small[:5])}: smaller than one pixel of the product.")


def caveats(series: ZonalSeries, axis: Axis, values: F8) -> tuple[Note, ...]:
    """What a reader must know beside the answer; series on its axis, values (T, P) with NaN where not used."""
    found = [
        guards.simulated(series.looks),
        guards.collection_unknown(series.looks),
        guards.platform_unknown(series.looks),
        guards.digital_numbers(series.looks),
        _nights_unknown(series),
        _uneven_nights(series, axis, values),
        _seasons_missing(axis, values),
        _few_places(series),
        _spliced(series),
    ]
    return (*(note for note in found if note is not None), *guards.reader_notes(series.looks))


def _nights_unknown(series: ZonalSeries) -> Note | None:
    if np.isfinite(series.nights).any():
        return None
    return Note(
        code="nights-unknown", text="How many nights stand behind each value is unknown, so none was left out for it."
    )


def _uneven_nights(series: ZonalSeries, axis: Axis, values: F8) -> Note | None:
    """More clear nights over the years can make light seem to grow (Patnaik et al. 2021)."""
    nights = np.where(np.isfinite(values), series.nights, np.nan)
    middle = np.array([np.nanmedian(row) if np.isfinite(row).any() else np.nan for row in nights])
    if np.isfinite(middle).sum() < 12:
        return None
    trend = seasonal_trend(axis.years(middle), level=0.9)
    if trend.p > 0.1 or trend.slope == 0:
        return None
    way = "rises" if trend.slope > 0 else "falls"
    return Note(
        code="uneven-nights",
        text=f"The number of nights behind a look {way} over the years (by {abs(trend.slope):.2g} a year); light is "
        "measured lower where few nights are clear, so part of a trend can come from that.",
    )


def _seasons_missing(axis: Axis, values: F8) -> Note | None:
    if axis.step == "year":
        return None
    seen = {int(time) % 12 for time in axis.time[np.isfinite(values).any(axis=1)]}
    missing = [axis.at(month).spoken().split()[0] for month in range(12, 24) if month % 12 not in seen]
    if not missing:
        return None
    return Note(
        code="seasons-missing",
        text=f"No {', no '.join(missing)} was seen well enough: the trend is that of the other months.",
    )


def _few_places(series: ZonalSeries) -> Note | None:
    if len(series.places) >= FEWEST_PLACES or declared_one(series):
        return None
    return Note(
        code="jump-unchecked",
        text=f"With fewer than {FEWEST_PLACES} places a change of sensor that nobody declared would not show.",
    )


def _spliced(series: ZonalSeries) -> Note | None:
    if SPLICE not in series.other:
        return None
    count = int((series.other[SPLICE] > 0).any(axis=1).sum())
    return Note(
        code="spliced",
        text=f"{count} looks were brought over from another satellite by calibration on the overlap; the calibration's "
        "own uncertainty is in the interval.",
    )

"""The series that is studied: one place's looks on their grid, alone or beside control places, gaps kept as gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from dateline.core.errors import Refusal, UsageError
from dateline.imagery.tables import F8, ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods.event_study.controls import usable_controls
from dateline.methods.event_study.grid import Grid, on_grid
from dateline.methods.lights_trend.axis import usable

Scale = Literal["unit", "ratio"]
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How values are read. place: of the series; controls: ids, or "all" others. seen_share, nights: what a look needs.

    scale: "unit" compares values, "ratio" their logarithms.
    """

    place: str | None = None
    controls: tuple[str, ...] = ()
    seen_share: float = 0.5
    nights: float = 4.0
    scale: Scale = "unit"


@dataclass(frozen=True, kw_only=True)
class Course:
    """One place and its controls on a grid. values: (T,) [unit], NaN where the look does not count; state: (T,) words.

    beside: (T, C) the controls' values, NaN where unknown. scaled: (T, 1 + C) all of them as they are compared, and
    `counts` (T,) where all are known.
    """

    place: str
    grid: Grid
    unit: str
    values: F8
    state: npt.NDArray[np.str_]
    controls: tuple[str, ...]
    beside: F8
    scaled: F8
    counts: npt.NDArray[np.bool_]
    notes: tuple[Note, ...] = field(default=())


def course_of(series: ZonalSeries, controls: ZonalSeries | None, reading: Reading) -> Course:
    """The place asked about and its controls.

    Raises UsageError `place` or `controls` for a place that is not in the series; Refusal: what on_grid raises, and
    `zeros` when logarithms are asked for of values that are not all above 0.
    """
    ordered, grid, notes = on_grid(series)
    place = _place(ordered, reading)
    found, state = usable(ordered, least_share=reading.seen_share, least_nights=reading.nights)
    here = ordered.places.index(place)
    columns = {name: found[:, ordered.places.index(name)] for name in _named(ordered, place, reading)}
    if controls is not None:
        columns |= _on_the_same_looks(ordered, controls, reading, taken={*columns, place})
    names = tuple(columns)
    beside = np.stack([columns[name] for name in names], axis=1) if names else np.zeros((len(found), 0))
    keep = usable_controls(found[:, here], beside)
    beside = beside[:, keep]
    scaled = _scaled(np.column_stack([found[:, here], beside]), reading.scale)
    return Course(
        place=place,
        grid=grid,
        unit=ordered.looks[0].unit,
        values=found[:, here],
        state=state[:, here],
        controls=tuple(name for name, kept in zip(names, keep, strict=True) if kept),
        beside=beside,
        scaled=scaled,
        counts=np.asarray(np.isfinite(scaled).all(axis=1)),
        notes=(*notes, *_dropped([name for name, kept in zip(names, keep, strict=True) if not kept])),
    )


def _place(series: ZonalSeries, reading: Reading) -> str:
    if reading.place in series.places:
        return reading.place
    if reading.place is None and len(series.places) == 1:
        return series.places[0]
    raise UsageError(
        "Say which place of the series is asked about; the others can be its controls.",
        saw=reading.place or f"{len(series.places)} places and no `place_asked`",
        do=f"place_asked = one of {', '.join(series.places[:10])}.",
        code="place",
    )


def _named(series: ZonalSeries, place: str, reading: Reading) -> tuple[str, ...]:
    others = tuple(name for name in series.places if name != place)
    if reading.controls == (ALL,):
        return others
    unknown = [name for name in reading.controls if name not in others]
    if unknown:
        raise UsageError(
            "A control must be another place of the series.",
            saw=", ".join(unknown),
            do=f'Choose from {", ".join(others) or "none: the series has one place"}, or "{ALL}".',
            code="controls",
        )
    return reading.controls


def _on_the_same_looks(
    series: ZonalSeries, controls: ZonalSeries, reading: Reading, *, taken: set[str]
) -> Mapping[str, F8]:
    """The places of another series at the looks of this one; NaN where it has none of that time."""
    ordered, _, _ = on_grid(controls)
    again = sorted(taken & set(ordered.places))
    if again:
        raise UsageError(
            "A control has the name of a place of the series.",
            saw=", ".join(again),
            do="Give the control series other names for its places, or leave those out.",
            code="controls",
        )
    found, _ = usable(ordered, least_share=reading.seen_share, least_nights=reading.nights)
    line = {look.when.earliest: index for index, look in enumerate(ordered.looks)}
    rows = [line.get(look.when.earliest, -1) for look in series.looks]
    padded = np.vstack([found, np.full((1, found.shape[1]), np.nan)])[rows]
    return {name: padded[:, index] for index, name in enumerate(ordered.places)}


def _scaled(values: F8, scale: Scale) -> F8:
    if scale == "unit":
        return values
    low = np.nanmin(values, initial=np.inf)
    if low <= 0:
        raise Refusal(
            "Values that are not all above 0 have no ratio.",
            saw=f"a smallest value of {low:g}",
            do='scale = "unit", or a series without zeros.',
            code="zeros",
        )
    logs: F8 = np.log(values)
    return logs


def _dropped(names: Sequence[str]) -> tuple[Note, ...]:
    if not names:
        return ()
    text = f"Seen at too few of the place's looks, and left out: {', '.join(names)}."
    return (Note(code="controls-dropped", text=text),)

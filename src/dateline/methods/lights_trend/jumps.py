"""Jumps that belong to the sensor: declared by the looks, or betrayed by nearly all places moving at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dateline.imagery.tables import F8, Look, ZonalSeries
from dateline.ledger.finding import Note
from dateline.methods import lights_guards as guards
from dateline.methods.lights_trend.axis import Axis

FEWEST_PLACES = 5
"""Fewer places cannot show that "nearly all" moved."""

SHARE = 0.9
OUTLYING = 3.0
"""A common step counts when it lies so many robust deviations from the other common steps of the same places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """A step common to nearly all places. first_new: index of the look. factor: median over places [1].

    share: of the places that moved the same way, 0 to 1. places: how many places that is a share of.
    """

    first_new: int
    factor: float
    share: float
    places: int


def declared_break(series: ZonalSeries) -> Note | None:
    """What the looks themselves say: two instruments, products, collections or satellites; with the size of the jump.

    series: in order of time.
    """
    looks = series.looks
    note = (
        guards.sensor_break(looks)
        or _mixed_products(looks)
        or guards.mixed_collections(looks)
        or guards.platform_splice(looks)
    )
    if note is None:
        return None
    seams = [index for index in range(1, len(looks)) if _made(looks[index]) != _made(looks[index - 1])]
    sizes = "; ".join(_size(series, index) for index in seams[:3])
    return Note(code=note.code, text=f"{note.text} {sizes}")


def _mixed_products(looks: tuple[Look, ...]) -> Note | None:
    """Products of different families. Layers are not compared: in a wide table each year is a column of its own."""
    names = sorted({look.product for look in looks})
    if len({guards.family(look) for look in looks}) < 2:
        return None
    return Note(code="mixed-products", text=f"The looks come from different products: {', '.join(names)}.")


def _made(look: Look) -> tuple[str, str, str | None, str | None]:
    return guards.family(look), look.unit, look.collection, look.platform


def _size(series: ZonalSeries, index: int) -> str:
    """The jump at a seam, as the sum of the places' means on either side."""
    mean = series.mean()
    both = np.isfinite(mean[index]) & np.isfinite(mean[index - 1])
    before, after = float(mean[index - 1, both].sum()), float(mean[index, both].sum())
    times = f", a factor of {after / before:.2f}" if before > 0 else ""
    last, first = series.looks[index - 1].when.spoken(), series.looks[index].when.spoken()
    count = int(both.sum())
    places = f"the means of {count} places sum to" if count > 1 else "the mean of the place is"
    return f"There {places} {before:,.1f} in {last} and {after:,.1f} in {first}{times}."


def common_jumps(values: F8, axis: Axis, *, factor: float) -> tuple[Jump, ...]:
    """Steps at which nearly all places moved the same way by a large factor, against their own history.

    values: (T, P) means, NaN where not seen. factor: the least common factor, up or down, that counts [1].
    Compared are the medians of the looks before and after (half a year, or three years), season taken out, so that
    one odd look does not count; the step must also stand out from the common steps at other times.
    """
    if (np.isfinite(values).sum(axis=0) > 0).sum() < FEWEST_PLACES:
        return ()
    width = 6 if axis.step == "month" else 3
    logs, floored = _deseasonalised(values, axis)
    steps = [_common_step(logs, floored, axis, at, width) for at in range(2, len(axis.time) - 1)]
    known = [step for step in steps if step is not None]
    sizes = np.array([np.log(step.factor) for step in known])
    found: list[Jump] = []
    for step, size in sorted(zip(known, sizes, strict=True), key=lambda pair: -abs(pair[1])):
        near = any(abs(int(axis.time[step.first_new] - axis.time[other.first_new])) < width for other in found)
        if near or abs(size) < np.log(factor) or step.share < SHARE:
            continue
        away = np.array([abs(int(axis.time[other.first_new] - axis.time[step.first_new])) >= width for other in known])
        if _stands_out(size, sizes[away]):
            found.append(replace(step, first_new=_sharpest(logs, axis, step, width)))
    return tuple(sorted(found, key=lambda jump: jump.first_new))


def _deseasonalised(values: F8, axis: Axis) -> tuple[F8, F8]:
    """Logarithms without season, zeros left out; and the same with zeros at half the least positive value."""
    positive = np.where(values > 0, values, np.nan)
    least = float(np.nanmin(positive)) if np.isfinite(positive).any() else 1.0
    logs = np.log(positive)
    floored = np.log(np.where(values > 0, values, np.where(np.isnan(values), np.nan, least / 2)))
    season = axis.time % axis.seasons
    out = []
    for table in (logs, floored):
        free = table.copy()
        for one in np.unique(season):
            free[season == one] -= _median(table[season == one])
        out.append(free + _median(table))
    return out[0], out[1]


def _median(table: F8) -> F8:
    """(P,) medians over known values; NaN for a column without any."""
    found = np.full(table.shape[1], np.nan)
    some = np.isfinite(table).any(axis=0)
    if some.any():
        found[some] = np.nanmedian(table[:, some], axis=0)
    return found


def _common_step(logs: F8, floored: F8, axis: Axis, at: int, width: int) -> Jump | None:
    here = axis.time[at]
    before = (axis.time < here) & (axis.time >= here - width)
    after = (axis.time >= here) & (axis.time < here + width)
    if before.sum() < 2 or after.sum() < 2:
        return None
    moved = _median(floored[after]) - _median(floored[before])
    size = _median(logs[after]) - _median(logs[before])
    known, sized = moved[np.isfinite(moved) & (moved != 0)], size[np.isfinite(size)]
    if len(known) < FEWEST_PLACES or len(sized) < FEWEST_PLACES:
        return None
    middle = float(np.median(sized))
    share = float(np.mean(np.sign(known) == np.sign(middle)))
    return Jump(first_new=at, factor=float(np.exp(middle)), share=share, places=len(known))


def _sharpest(logs: F8, axis: Axis, step: Jump, width: int) -> int:
    """The look at which the places' middle one moves most from one look to the next, around a step of medians."""
    moves = {
        at: np.sign(np.log(step.factor)) * float(np.median(jump[np.isfinite(jump)]))
        for at in range(1, len(axis.time))
        if 2 * abs(int(axis.time[at] - axis.time[step.first_new])) <= width
        and np.isfinite(jump := logs[at] - logs[at - 1]).any()
    }
    return max(moves, key=lambda at: moves[at], default=step.first_new)


def _stands_out(size: float, others: F8) -> bool:
    if len(others) < 4:
        return True
    middle = float(np.median(others))
    spread = 1.4826 * float(np.median(np.abs(others - middle)))
    return abs(size - middle) > OUTLYING * spread


def jump_text(jump: Jump, series: ZonalSeries) -> str:
    """One common jump in words, with the sums on either side."""
    factor = jump.factor if jump.factor >= 1 else 1 / jump.factor
    way = "up" if jump.factor >= 1 else "down"
    return (
        f"{100 * jump.share:.0f} % of {jump.places} places jump {way} together at "
        f"{series.looks[jump.first_new].when.spoken()}, the middle one by a factor of {factor:.1f}. "
        f"{_size(series, jump.first_new)}"
    )

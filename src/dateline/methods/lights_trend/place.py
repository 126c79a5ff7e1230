"""One place: what was seen of it, its trend, and its break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import stats

from dateline.core.estimate import Estimate
from dateline.core.when import When
from dateline.imagery.tables import F8
from dateline.ledger.finding import Note
from dateline.methods.lights_trend.axis import Axis
from dateline.methods.lights_trend.breaks import Break, Design, find_break
from dateline.methods.lights_trend.kendall import Trend, seasonal_trend

FEWEST_YEARLY = 8
"""Yearly looks below which even a steep trend cannot be told from chance."""

TRIM = {"month": 12, "year": 3}
"""Used looks that must stand on either side of a break."""

FEWEST_FOR_BREAK = {"month": 48, "year": 10}
DATED_AT = 0.01
"""A break is dated only when its gain is this unlikely without one: weaker ones were dated wrongly in simulation."""

WIDEST_SET = 0.5
"""A set of dates spanning more of the series than this is no date."""

Answer = Literal["found", "no break found", "cannot tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The parameters of the card that a single place needs."""

    level: float
    seen_share: float
    nights: float
    years: int
    floor: float
    draws: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakAnswer:
    """The break of one place. sets: runs of dates within which it lies. step: change of level [%], when found."""

    answer: Answer
    sets: tuple[When, ...] = ()
    p: float | None = None
    step: Estimate | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTrend:
    """What one place's series shows. slope: [unit a year]; relative: of the logarithm [1 a year], None with zeros.

    step: "month" or "year". span: first and last look that counted. used, looks: how many counted, and how many there
    are. stop: why nothing can be told, or None.
    """

    place: str
    step: str
    span: When | None
    used: int
    looks: int
    slope: Trend | None = None
    relative: Trend | None = None
    broken: BreakAnswer = BreakAnswer(answer="cannot tell")
    stop: Note | None = None
    needed: str = ""

    @property
    def p(self) -> float | None:
        """Chance of such a trend without one; None where there is no trend to judge."""
        if self.slope is None:
            return None
        return self.slope.p if self.relative is None else max(self.slope.p, self.relative.p)


def measure_place(
    place: str,
    values: F8,
    axis: Axis,
    settings: Settings,
    *,
    lit_mean: F8,
    splice: F8 | None,
    rng: np.random.Generator,
) -> PlaceTrend:
    """The trend and break of one place, or why there is none.

    values: (T,) mean values, NaN where not used. lit_mean: (T,) mean over lit pixels [nW cm-2 sr-1], NaN where
    unknown or where the unit is not radiance. splice: (T,) standard deviation of the logarithm of the calibration
    behind looks that were brought over from another satellite; None without such looks.
    """
    used = np.flatnonzero(np.isfinite(values))
    span = _span(axis, used)
    bare = PlaceTrend(place=place, step=axis.step, span=span, used=len(used), looks=len(values))
    if stop := _too_few(values, axis, settings):
        return replace(bare, stop=stop, needed="More years of looks in which the place was seen.")
    if stop := _mostly_zero(values[used]) or _too_dark(lit_mean, settings):
        return replace(bare, stop=stop, needed="Daily images of a product without a floor, summed over many nights.")
    shift = np.exp(np.zeros(len(values)) if splice is None else np.nan_to_num(splice))
    slope = _trend(values, values / shift, values * shift, axis, settings.level)
    relative = None
    if np.all(values[used] > 0):
        logs, moved = np.log(values), np.log(shift)
        relative = _trend(logs, logs - moved, logs + moved, axis, settings.level)
    broken = _break(values, axis, splice, settings, rng)
    return replace(bare, slope=slope, relative=relative, broken=broken)


def _span(axis: Axis, used: np.ndarray) -> When | None:
    if not len(used):
        return None
    return When.between(axis.when(int(used[0])).earliest, axis.when(int(used[-1])).latest)


def _too_few(values: F8, axis: Axis, settings: Settings) -> Note | None:
    years = int(np.isfinite(axis.years(values)).any(axis=1).sum())
    least = settings.years if axis.step == "month" else max(settings.years, FEWEST_YEARLY)
    used = int(np.isfinite(values).sum())
    if years >= least and (axis.step == "year" or used >= 2 * least):
        return None
    return Note(
        code="too-few-looks",
        text=f"Only {used} of {len(values)} looks saw the place well enough, in {years} different years; "
        f"{least} years are asked for. Not seen is not dark.",
    )


def _mostly_zero(values: F8) -> Note | None:
    zeros = int((values == 0).sum())
    if 2 * zeros <= len(values):
        return None
    return Note(
        code="below-floor",
        text=f"{zeros} of {len(values)} looks that count show exactly 0: the product prints nothing for what is faint.",
    )


def _too_dark(lit_mean: F8, settings: Settings) -> Note | None:
    known = lit_mean[np.isfinite(lit_mean)]
    if not len(known) or float(np.median(known)) >= 2 * settings.floor:
        return None
    return Note(
        code="below-floor",
        text=f"Where the place is lit at all it shows {float(np.median(known)):.2f} nW cm-2 sr-1 in the middle look, "
        f"less than twice the detection limit of {settings.floor:g}: stray light and the product's floor could make "
        "such a trend.",
    )


def _trend(values: F8, down: F8, up: F8, axis: Axis, level: float) -> Trend:
    """The trend of one series (T,), with the uncertainty of the calibration between two satellites added.

    down, up: the same values with the looks that were brought over moved by one standard deviation of the
    calibration, which moves them all together; equal to `values` where there are none.
    """
    trend = seasonal_trend(axis.years(values), level=level)
    if np.array_equal(down, up, equal_nan=True):
        return trend
    low, high = (seasonal_trend(axis.years(one), level=level).slope for one in (down, up))
    quantile = float(stats.norm.ppf((1 + level) / 2))
    moved = abs(high - low) / 2
    own = max((trend.high - trend.low) / (2 * quantile), 1e-12)
    p = float(2 * stats.norm.sf(abs(trend.slope) / np.hypot(own, moved)))
    return replace(
        trend,
        low=trend.slope - float(np.hypot(trend.slope - trend.low, quantile * moved)),
        high=trend.slope + float(np.hypot(trend.high - trend.slope, quantile * moved)),
        p=max(trend.p, p),
    )


def _break(values: F8, axis: Axis, splice: F8 | None, settings: Settings, rng: np.random.Generator) -> BreakAnswer:
    used = np.flatnonzero(np.isfinite(values))
    least = FEWEST_FOR_BREAK[axis.step]
    if len(used) < least:
        return BreakAnswer(answer="cannot tell", why=f"{len(used)} looks count; {least} are needed to date a break.")
    series = values[used]
    relative = bool(np.all(series > 0))
    time = axis.time[used]
    design = Design(time=time, season=time % axis.seasons, trim=TRIM[axis.step])
    found = find_break(
        design, np.log(series) if relative else series, level=settings.level, draws=settings.draws, rng=rng
    )
    if found.p > 1 - settings.level:
        return BreakAnswer(answer="no break found", p=found.p)
    sets = _sets(found, axis, used)
    step = _step(found, relative=relative, level=settings.level, n=len(used))
    answer = BreakAnswer(answer="found", sets=sets, p=found.p, step=step)
    if found.p > DATED_AT:
        why = f"A step fits better than a steady course (p {found.p:.2g}), but not clearly enough to date it."
        return BreakAnswer(answer="cannot tell", p=found.p, why=why)
    if splice is not None and any((splice[used[m]] > 0) != (splice[used[m - 1]] > 0) for m in found.members):
        return replace(answer, answer="cannot tell", why="The break may lie where the two satellites were joined.")
    if (max(found.members) - min(found.members)) > WIDEST_SET * len(used):
        return replace(answer, answer="cannot tell", why="There is a break, but its date could be almost anywhere.")
    return answer


def _sets(found: Break, axis: Axis, used: np.ndarray) -> tuple[When, ...]:
    """Runs of dates. A look may mix days before and after, so each run begins with the look before its first member."""
    runs: list[list[int]] = []
    for member in found.members:
        if runs and member == runs[-1][1] + 1:
            runs[-1][1] = member
        else:
            runs.append([member, member])
    return tuple(
        When.between(axis.when(int(used[first - 1])).earliest, axis.when(int(used[last])).latest)
        for first, last in runs
    )


def _step(found: Break, *, relative: bool, level: float, n: int) -> Estimate | None:
    if not relative:
        return None
    best, low, high = (float(100 * np.expm1(value)) for value in (found.step, found.step_low, found.step_high))
    how = "robust step fit with seasons, trend and autocorrelated noise; interval from simulated refits"
    return Estimate(best=best, low=min(low, best), high=max(high, best), unit="%", level=level, n=n, how=how)

"""Two satellites' series on one axis: common looks for calibrating, and the joint series after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dateline.imagery.tables import F8, Look, ZonalSeries
from dateline.methods.lights_splice.calibrate import Factor
from dateline.methods.lights_trend.axis import MONTHS_A_YEAR, SPLICE, Axis, on_axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A joint series in the second satellite's terms.

    series: all looks of the second, and those of the first where the second has none, brought over. log_variance:
    (T, P) variance of the logarithm of the factor behind each value [1]: 0 for the second's own looks, NaN where a
    place has no factor. Within one place (and quarter of the year) this error is the same one in all looks.
    spread: (P,) standard deviation of the logarithm of one look's own noise [1], half of the overlap's variance.
    """

    series: ZonalSeries
    log_variance: F8
    spread: F8


def month_of(axis: Axis, time: int) -> int | None:
    """Month of the year, 1 to 12, of a position on the axis; None for years."""
    return time % MONTHS_A_YEAR + 1 if axis.step == "month" else None


def join(first: ZonalSeries, second: ZonalSeries, calibration: Mapping[str, Factor]) -> Joined:
    """The joint series of the same places in the same order, in the second satellite's terms.

    A place without a factor keeps its looks of the second only: the first's become "not seen" there, never uncalibrated
    numbers. Lit pixels do not carry over from one satellite to another and are NaN in looks brought over. In the joint
    series `other` holds the standard deviation of each look's log factor, which lights_trend reads.
    Raises Refusal as `on_axis` does, and ValueError when the places differ.
    """
    if first.places != second.places:
        raise ValueError("The two series are of different places.")
    (one, axis_one, _), (two, axis_two, _) = on_axis(first), on_axis(second)
    older = [i for i, time in enumerate(axis_one.time) if int(time) not in set(axis_two.time.tolist())]
    factors = [[_at(calibration.get(place), axis_one, int(axis_one.time[i])) for place in one.places] for i in older]
    scale = np.exp(np.array([[log for log, _ in row] for row in factors]).reshape(len(older), len(one.places)))
    error = np.array([[error for _, error in row] for row in factors]).reshape(scale.shape)
    looks = (*(_brought_over(one.looks[i], two.looks[0]) for i in older), *two.looks)
    order = np.argsort(np.concatenate([axis_one.time[older], axis_two.time]), kind="stable")

    def stacked(name: str, times: F8 | float = 1.0) -> F8:
        both: F8 = np.concatenate([getattr(one, name)[older] * times, getattr(two, name)])[order]
        return both

    variance = np.concatenate([error**2, np.zeros(two.total.shape)])[order]
    series = replace(
        two,
        looks=tuple(looks[i] for i in order),
        total=stacked("total", scale),
        area_total=stacked("area_total", scale),
        weight=stacked("weight"),
        lit=stacked("lit", np.nan),
        nights=stacked("nights"),
        other={SPLICE: np.sqrt(variance)},
        profiles=(),
    )
    known = [calibration.get(place) for place in one.places]
    spread = np.array([np.nan if factor is None else factor.spread / np.sqrt(2) for factor in known])
    return Joined(series=series, log_variance=variance, spread=spread)


def _at(factor: Factor | None, axis: Axis, time: int) -> tuple[float, float]:
    return (np.nan, np.nan) if factor is None else factor.at(month_of(axis, time))


def _brought_over(look: Look, like: Look) -> Look:
    """The look as one of the other satellite's, saying so."""
    source = f"{look.product} ({look.platform or 'satellite unknown'})"
    return replace(
        like,
        when=look.when,
        files=look.files,
        simulated=look.simulated or like.simulated,
        notes=(*look.notes, ("brought-over", f"Looks of {source} were brought over to {like.product} by calibration.")),
    )

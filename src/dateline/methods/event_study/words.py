"""From numbers to results and sentences. Each result has its own rung of words, and none of them tells a cause."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from dateline.core.estimate import Estimate
from dateline.ledger.finding import Statement
from dateline.methods.card import Card
from dateline.methods.contract import say
from dateline.methods.event_study.grid import Grid
from dateline.methods.event_study.listing import Listed, Registration
from dateline.methods.event_study.study import Tested
from dateline.methods.event_study.windows import Group, Plan

RISE, FALL, LARGER = "rise", "fall", "larger than at other dates"
NONE, MIXED, CANNOT_TELL, REFUSED = "no change beyond its usual", "mixed", "cannot tell", "refused"
STEPS_A_YEAR = {"day": 365.25, "month": 12.0, "year": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the sentences of one study share. ratio: logarithms were compared. slope: slopes were."""

    card: Card
    what: str
    place: str
    unit: str
    grid: Grid
    level: float
    ratio: bool
    slope: bool
    events: int
    registration: Registration

    @property
    def measure(self) -> str:
        """What is compared, in words."""
        return "change of slope" if self.slope else "step"

    @property
    def same_step(self) -> str:
        """What "at the same time" means for this series: on the same day, in the same month."""
        return f"{'on' if self.grid.name == 'day' else 'in'} the same {self.grid.name}"

    @property
    def told_unit(self) -> str:
        """The unit in which changes are told."""
        unit = "%" if self.ratio else self.unit
        return f"{unit} year-1" if self.slope else unit

    def told(self, change: float) -> float:
        """A change of the compared scale in the unit in which it is told."""
        if self.slope:
            change *= STEPS_A_YEAR[self.grid.unit] / self.grid.length
        return 100 * math.expm1(change) if self.ratio else change


def result_of(tested: Tested, level: float) -> str:
    """The rung: a call needs the family's p and the rank among the other dates; the rank alone is the rung below."""
    limit = 1 - level + 1e-12
    if tested.p_dates > limit:
        return NONE
    if tested.p > limit:
        return LARGER
    return RISE if tested.change > 0 else FALL


def change_estimate(tested: Tested, told: Told, looks: int) -> Estimate:
    """The change at the event with its interval, in the unit in which it is told."""
    return Estimate(
        best=told.told(tested.change),
        low=told.told(tested.low),
        high=told.told(tested.high),
        unit=told.told_unit,
        level=told.level,
        n=looks,
        how=f"{told.measure} between the looks before and the lag window after, season and trend taken out; interval "
        "from a block bootstrap of whitened residuals",
    )


def sentence(event: Listed, tested: Tested, estimate: Estimate, result: str, told: Told, *, plan: Plan) -> Statement:
    """The sentence for one event that could be tested."""
    shown = (
        replace(estimate, best=-estimate.best, low=_minus(estimate.high), high=_minus(estimate.low))
        if result == FALL
        else estimate
    )
    unit = "" if estimate.unit == "1" else f" {estimate.unit}"
    best, low, high = shown.spoken()
    args: dict[str, Any] = {
        "what": told.what,
        "place": told.place,
        "measure": told.measure,
        "beside": beside(event, tested, told, plan, is_call=result in {RISE, FALL}),
        "change": f"{best}{unit}",
        "low": str(low),
        "high": f"{high}{unit}",
        "level": f"{100 * told.level:g}",
        "smaller": str(tested.others - tested.larger),
        "dates": str(tested.others),
        "list": told.registration.words(),
    }
    if result == LARGER:
        args["why"] = _why_not(tested, told)
    if result == NONE:
        args["smallest"] = f"{rounded(told.told(tested.smallest))}{unit}"
    return say(told.card, _key(result, told), **args)


def _minus(bound: float | None) -> float | None:
    return None if bound is None else -bound


def _key(result: str, told: Told) -> str:
    if result in {LARGER, NONE}:
        return "larger" if result == LARGER else "none"
    return {RISE: "turn-up", FALL: "turn-down"}[result] if told.slope else result


def beside(event: Listed, tested: Tested, told: Told, plan: Plan, *, is_call: bool) -> str:
    """How close in time: "in the same month as the landfall (8 November 2013)", or what the looks allow to say.

    Where the event may have begun on several steps, the change is larger from a date close by, or no look lies right
    before or right after, "in the same month" would say more than was seen.
    """
    named = f"{event.title} ({event.when.spoken()})"
    if next(group for group in plan.groups if _holds(plan, group, tested.row)).width > 1:
        return f"within the time given for {named}"
    if not is_call:
        return f"beside {named}"
    if tested.nearby is not None:
        return f"around {named}, best dated from {told.grid.since(int(plan.rows.onset[tested.nearby]))} on"
    onset = int(plan.rows.onset[tested.row])
    before = int(plan.at[plan.at < onset].max())
    after = int(plan.at[plan.at >= onset + plan.rules.first].min())
    if (before, after) == (onset - 1, onset):
        return f"{told.same_step} as {named}"
    first, last = told.grid.when(before).spoken(), told.grid.when(after).spoken()
    return f"around {named}, between the looks of {first} and {last}"


def _holds(plan: Plan, group: Group, row: int) -> bool:
    rows = plan.of_group[plan.groups.index(group)]
    return bool(rows.start <= row < rows.stop)


def _why_not(tested: Tested, told: Told) -> str:
    if tested.p_alone <= 1 - told.level and told.events > 1:
        return f"among {told.events} listed events chance alone shows such a one too often to count (p {tested.p:.2g})"
    return f"a series that moves like this one shows it by chance too often to count (p {tested.p:.2g})"


def rounded(value: float) -> str:
    """A number with two significant digits."""
    digits = 1 - math.floor(math.log10(abs(value))) if value else 0
    return f"{round(value, digits):,.{max(digits, 0)}f}".replace("-", "−")


def reason(tested: Tested, told: Told) -> str:
    """The p-values behind a result, in one line."""
    family = "" if told.events == 1 else f", {tested.p:.2g} when all {told.events} listed events are counted"
    return (
        f"Imitations of the series without any event show as large a {told.measure} with p {tested.p_alone:.2g}"
        f"{family}. It is as large at {tested.larger} of {tested.others} other dates (p {tested.p_dates:.2g})."
    )

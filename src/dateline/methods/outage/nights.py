"""From observed nights to dark nights: the baseline before each night, and where a run of darkness begins and ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from dateline.imagery.tables import F8

D8 = npt.NDArray[np.datetime64]
NORMAL, DARK, BETWEEN, TOO_FEW, TOO_FAINT, UNSTEADY, NOT_SEARCHED = range(7)
"""What an observed night is: as before, dark, neither clearly; or why it cannot be judged."""

WORDS = (
    "as before",
    "dark",
    "between",
    "too few nights before",
    "too faint before",
    "unsteady before",
    "not searched",
)
"""The same in words, by code."""

MISTAKES = 0.05
MOST_CONFIRMATIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When a night counts as dark.

    window: nights before it that make the baseline [day]. fewest: observed nights among them. faintest: level that the
    baseline must reach [unit]. dark_ratio: a dark night lies under this share of the baseline. confirmations: dark
    nights in a row among the observed, and as many normal ones for a return. back_ratio: share of the baseline that
    the middle of these must reach. tail: chance of an ordinary night under the prediction limit. unsteady: share of
    the baseline's own nights that may lie under the dark ratio.
    """

    window: int = 60
    fewest: int = 8
    faintest: float = 1.0
    dark_ratio: float = 0.5
    confirmations: int = 3
    back_ratio: float = 0.8
    tail: float = 0.025
    unsteady: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The ordinary level before a night. level: median [unit]. low: prediction limit [unit]. n: observed nights.

    middle, spread: of the logarithms. unsteady: share of its own nights under the dark ratio.
    """

    level: float
    low: float
    n: int
    middle: float
    spread: float
    unsteady: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """The first confirmed run of dark nights. All numbers are indices of observed nights.

    last_normal: the last normal night in the window before, None when there is none. first_dark: where the run
    begins. dark: its dark nights, up to the return or the last night there is. back: first of the normal nights that
    confirm the return, None when it is not confirmed.
    """

    last_normal: int | None
    first_dark: int
    dark: tuple[int, ...]
    back: int | None
    baseline: Baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a walk through the nights found. kinds: (n,) codes. outage: the first confirmed one, or None.

    single: dark nights that no further dark nights confirmed.
    """

    kinds: npt.NDArray[np.int8]
    outage: Outage | None
    single: tuple[int, ...]

    @property
    def judged(self) -> npt.NDArray[np.intp]:
        """The nights that had a baseline to be judged by."""
        return np.flatnonzero(self.kinds <= BETWEEN)

    def count(self, kind: int) -> int:
        """How many nights are of one kind."""
        return int((self.kinds == kind).sum())


def baseline_of(values: F8, rules: Rules) -> Baseline | int:
    """The baseline of the observed nights of a window (n,) [unit], or the code of why there is none.

    On logarithms, as nights differ by factors: median, robust spread (1.4826 times the median absolute deviation),
    and the prediction limit of one further night by Student's t (Hahn and Meeker 1991, section 4.2).
    """
    if len(values) < rules.fewest:
        return TOO_FEW
    level = float(np.median(values))
    if level <= 0 or level < rules.faintest:
        return TOO_FAINT
    logs = logarithms(values, level)
    middle = float(np.median(logs))
    spread = max(1.4826 * float(np.median(np.abs(logs - middle))), 0.05)
    low = float(np.exp(middle + stats.t.ppf(rules.tail, len(values) - 1) * spread * np.sqrt(1 + 1 / len(values))))
    unsteady = float(np.mean(values < rules.dark_ratio * level))
    if unsteady > rules.unsteady or low < 0.1 * level:
        return UNSTEADY
    return Baseline(level=level, low=low, n=len(values), middle=middle, spread=spread, unsteady=unsteady)


def logarithms(values: F8, level: float) -> F8:
    """Logarithms of values; zeros and less count as a thousandth of the level, which is dark by any rule."""
    logs: F8 = np.log(np.maximum(values, level / 1000))
    return logs


def kinds_of(values: F8, baseline: Baseline, rules: Rules) -> npt.NDArray[np.int8]:
    """(n,) whether observed nights are dark, normal or neither against a baseline."""
    faint, low = values < rules.dark_ratio * baseline.level, values < baseline.low
    return np.where(faint & low, DARK, np.where(faint | low, BETWEEN, NORMAL)).astype(np.int8)


def scan(days: D8, values: F8, searched: npt.NDArray[np.bool_], rules: Rules) -> Scan:
    """Walks through observed nights in order and stops at the first confirmed outage.

    days: (n,) dates, rising. values: (n,) observed means [unit]. searched: (n,) nights in which an onset may lie.
    A baseline is made of all observed nights of the window before; it is frozen where a dark run begins, so that the
    darkness does not become the measure of itself. Where single dark nights are common, more of them must follow
    each other (`needed`). A night that is neither dark nor normal confirms nothing and ends
    nothing.
    """
    kinds = np.full(len(days), NOT_SEARCHED, dtype=np.int8)
    single: list[int] = []
    for at in np.flatnonzero(searched):
        baseline = baseline_of(values[_start(days, int(at), rules) : at], rules)
        if isinstance(baseline, int):
            kinds[at] = baseline
            continue
        later = kinds_of(values[at:], baseline, rules)
        kinds[at] = later[0]
        if later[0] != DARK:
            continue
        normal = np.flatnonzero(later == NORMAL)
        run = later[: normal[0]] if len(normal) else later
        judged, odd = int((kinds[:at] <= BETWEEN).sum()), int(np.isin(kinds[:at], (DARK, BETWEEN)).sum())
        if (run == DARK).sum() < needed(rules, judged=max(judged, baseline.n), odd=odd):
            single.append(int(at))
            continue
        kinds[at:] = later
        return Scan(kinds=kinds, outage=_outage(days, values, int(at), baseline, rules), single=tuple(single))
    return Scan(kinds=kinds, outage=None, single=tuple(single))


def needed(rules: Rules, *, judged: int, odd: int) -> int:
    """Dark nights in a row that make an outage where `odd` of the nights judged before were not normal.

    Where haze is common, three hazy nights in a row are no rarity: as many are asked for as keep the number of such
    runs to be expected among the judged nights under MISTAKES.
    """
    share = (odd + 1) / (judged + 1)
    count = rules.confirmations
    while judged * share**count > MISTAKES and count < MOST_CONFIRMATIONS:
        count += 1
    return count


def _start(days: D8, at: int, rules: Rules) -> int:
    """Index of the first observed night of the window before a night."""
    return int(np.searchsorted(days, days[at] - np.timedelta64(rules.window, "D")))


def _outage(days: D8, values: F8, at: int, baseline: Baseline, rules: Rules) -> Outage:
    kinds = kinds_of(values, baseline, rules)
    back = _back(values, kinds, at, baseline, rules)
    end = len(values) if back is None else back
    start = _start(days, at, rules)
    normal = start + np.flatnonzero(kinds[start:at] == NORMAL)
    return Outage(
        last_normal=int(normal[-1]) if len(normal) else None,
        first_dark=at,
        dark=tuple(int(at + index) for index in np.flatnonzero(kinds[at:end] == DARK)),
        back=back,
        baseline=baseline,
    )


def _back(values: F8, kinds: npt.NDArray[np.int8], at: int, baseline: Baseline, rules: Rules) -> int | None:
    """First of so many normal nights in a row whose middle one is back at the baseline, or None."""
    normal: list[int] = []
    for index in range(at, len(values)):
        if kinds[index] == DARK:
            normal = []
        elif kinds[index] == NORMAL:
            normal = [*normal, index][-rules.confirmations :]
            if len(normal) == rules.confirmations and np.median(values[normal]) >= rules.back_ratio * baseline.level:
                return normal[0]
    return None

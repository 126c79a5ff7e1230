"""Which looks are compared: events that can be told apart, quiet stretches between them, and the other dates.

A date is judged by looks after it against looks before it. No window of one date reaches across another listed event,
so that one event's change never counts for another's, nor makes an other date look large.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dateline.imagery.tables import F8
from dateline.methods.event_study.grid import I8

MOST_DATES = 400
"""Other dates beyond this number are thinned evenly: a long daily series has thousands, all alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is compared, stated beforehand. before: steps of the baseline. first, last: lag of the looks after [step].

    fewest: looks needed on either side. slope: whether the slope is compared, instead of the level.
    """

    before: int = 12
    first: int = 0
    last: int = 11
    fewest: int = 4
    slope: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Events too close to be told apart, or one alone. start, end: first and last step on which it may have begun."""

    events: tuple[int, ...]
    start: int
    end: int

    @property
    def width(self) -> int:
        """How many steps are scanned."""
        return self.end - self.start + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Steps between two groups, `start` included and `end` not. cut: where the lag window before it ends."""

    start: int
    end: int
    cut: int


@dataclass(frozen=True, kw_only=True)
class Contrasts:
    """Comparisons of looks after with looks before. weights: (D, T). onset: (D,) steps. before, after: (D,) looks."""

    weights: F8
    onset: I8
    before: I8
    after: I8


def groups_of(onsets: Sequence[tuple[int, int]], at: I8, fewest: int) -> tuple[Group, ...]:
    """Events in order of time, those with fewer than `fewest` looks between them together. at: (T,) steps of looks."""
    order = sorted(range(len(onsets)), key=lambda index: onsets[index])
    found: list[Group] = []
    for index in order:
        start, end = onsets[index]
        last = found[-1] if found else None
        if last is not None and int(((at >= last.end) & (at < start)).sum()) < fewest:
            found[-1] = Group(events=(*last.events, index), start=last.start, end=max(last.end, end))
        else:
            found.append(Group(events=(index,), start=start, end=end))
    return tuple(found)


def stretches_of(groups: Sequence[Group], steps: int, rules: Rules) -> tuple[Stretch, ...]:
    """The stretches before, between and after the groups of a series of so many steps; one more than groups."""
    starts = [0, *(group.end + rules.first for group in groups)]
    cuts = [0, *(group.end + rules.last + 1 for group in groups)]
    ends = [*(group.start for group in groups), steps]
    return tuple(Stretch(start=start, end=end, cut=cut) for start, end, cut in zip(starts, ends, cuts, strict=True))


@dataclass(frozen=True, kw_only=True)
class Sides:
    """For each of D onsets the looks before and after, as bounds of slices into the looks: (D, 4)."""

    onset: I8
    bounds: I8

    def enough(self, fewest: int) -> npt.NDArray[np.bool_]:
        """(D,) whether both sides have looks enough."""
        sizes = np.minimum(self.bounds[:, 1] - self.bounds[:, 0], self.bounds[:, 3] - self.bounds[:, 2])
        return np.asarray(sizes >= fewest)


def sides(at: I8, onset: I8, within: tuple[int, int], rules: Rules) -> Sides:
    """The looks on either side of each onset that lie within these steps, the end excluded."""
    low, high = within
    edges = (
        np.maximum(low, onset - rules.before),
        onset,
        np.maximum(low, onset + rules.first),
        np.minimum(high, onset + rules.last + 1),
    )
    return Sides(onset=onset, bounds=np.searchsorted(at, np.stack(edges, axis=1)))


def contrasts(at: I8, parts: Sides, rules: Rules) -> Contrasts:
    """The comparison at each onset. at: (T,) steps of the looks.

    Level: mean of the looks after less mean of those before. Slope: the difference of the two least-squares slopes.
    """
    onset, bounds = parts.onset, parts.bounds
    weights = np.zeros((len(onset), len(at)))
    for row, (a, b, c, d) in zip(weights, bounds, strict=True):
        row[a:b] = -_weights(at[a:b], slope=rules.slope)
        row[c:d] = _weights(at[c:d], slope=rules.slope)
    return Contrasts(
        weights=weights, onset=onset, before=bounds[:, 1] - bounds[:, 0], after=bounds[:, 3] - bounds[:, 2]
    )


def _stacked(parts: Sequence[Contrasts]) -> Contrasts:
    return Contrasts(
        weights=np.concatenate([part.weights for part in parts]),
        onset=np.concatenate([part.onset for part in parts]),
        before=np.concatenate([part.before for part in parts]),
        after=np.concatenate([part.after for part in parts]),
    )


def _weights(at: I8, *, slope: bool) -> F8:
    if not slope:
        return np.full(len(at), 1 / len(at))
    centred = at - at.mean()
    weights: F8 = centred / np.sum(centred**2)
    return weights


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All comparisons of one study. rows: those at events, group by group; at other dates; and those for dating.

    of_group: for each group the rows at its steps (none where it cannot be judged). others: for each group (S, w) the
    rows of other dates, one window of the group's width a line. near: whether dates inside lag windows had to serve.
    dating: for each group the rows that say how well a change at each date close by, or at its own, fits the looks.
    """

    at: I8
    steps: int
    groups: tuple[Group, ...]
    stretches: tuple[Stretch, ...]
    rules: Rules
    rows: Contrasts
    of_group: tuple[slice, ...]
    others: tuple[I8, ...]
    dating: tuple[slice, ...]
    near: bool

    @property
    def elsewhere(self) -> slice:
        """The rows at other dates."""
        return slice(self.of_group[-1].stop, self.dating[0].start)

    @cached_property
    def fitted(self) -> npt.NDArray[np.bool_]:
        """(T,) looks that clearly lie before or after each event; those inside an event's own window do not."""
        inside = [(self.at >= one.start) & (self.at < one.end) for one in self.stretches]
        return np.asarray(np.any(inside, axis=0))

    def levels(self) -> F8:
        """(T, L): a level for each stretch; for an event's lag window too, where a baseline's length is left after."""
        columns = []
        for one in self.stretches:
            apart = one.start < one.cut and one.end - one.cut >= self.rules.before
            parts = [(one.start, one.cut), (one.cut, one.end)] if apart else [(one.start, one.end)]
            columns += [(self.at >= start) & (self.at < end) for start, end in parts]
        return np.array([column for column in columns if column.any()], dtype=float).T


def plan(at: I8, steps: int, groups: Sequence[Group], rules: Rules, *, needed: int) -> Plan:
    """The comparisons at all events and at the other dates. at: (T,) steps of the looks that count.

    needed: other dates that a call needs. Dates whose windows keep clear of every event's lag window are taken; where
    those are too few, dates inside lag windows too.
    """
    stretches = stretches_of(groups, steps, rules)
    made = [_at_group(at, group, stretches[j : j + 2], rules) for j, group in enumerate(groups)]
    widths = sorted({group.width for group in groups})
    clear = [sides(at, np.arange(one.cut + 1, one.end), (one.cut, one.end), rules) for one in stretches]
    near = len(_windows(clear, at, widths[-1], rules)) < needed
    if near:
        clear = [sides(at, np.arange(one.start + 1, one.end), (one.start, one.end), rules) for one in stretches]
    scans = {width: _windows(clear, at, width, rules) for width in widths}
    used = np.unique(np.concatenate([scan.ravel() for scan in scans.values()]))
    flat = Sides(
        onset=np.concatenate([one.onset for one in clear])[used],
        bounds=np.concatenate([one.bounds for one in clear])[used],
    )
    dating = [_dating_rows(at, group, stretches[j : j + 2], rules) for j, group in enumerate(groups)]
    rows = [*(contrasts(at, one, rules) for one in (*made, flat)), *dating]
    starts = np.cumsum([0, *(len(one.onset) for one in rows)]).tolist()
    runs = [slice(a, b) for a, b in pairwise(starts)]
    return Plan(
        at=at,
        steps=steps,
        groups=tuple(groups),
        stretches=stretches,
        rules=rules,
        rows=_stacked(rows),
        of_group=tuple(runs[: len(groups)]),
        others=tuple(starts[len(groups)] + np.searchsorted(used, scans[group.width]) for group in groups),
        dating=tuple(runs[len(groups) + 1 :]),
        near=near,
    )


def _at_group(at: I8, group: Group, around: Sequence[Stretch], rules: Rules) -> Sides:
    return _enough(at, np.arange(max(group.start, 0), max(group.end, 0) + 1), around, rules)


def _dating_rows(at: I8, group: Group, around: Sequence[Stretch], rules: Rules) -> Contrasts:
    """How well a step (or a bend) at each date close by fits the looks around an event, the same looks for every date.

    A row is the candidate's course with level (and line) taken out, of length 1: the squared product with the series is
    what it takes off the sum of squares. Looks between an event and its lag window, which mix before and after, are
    left out.
    """
    low, high = max(around[0].start, group.start - rules.before), min(around[1].end, group.end + rules.last + 1)
    use = np.flatnonzero((at >= low) & (at < high) & ((at < group.end) | (at >= group.end + rules.first)))
    here, fewest = at[use], rules.fewest
    found = np.arange(here[fewest], here[-fewest] + 1) if len(here) >= 2 * fewest else np.zeros(0, np.intp)
    weights = np.zeros((len(found), len(at)))
    if len(found):
        course = np.maximum(here - found[:, None], 0.0) if rules.slope else (here >= found[:, None]).astype(float)
        base = np.linalg.qr(np.vander(here - here.mean(), 2 if rules.slope else 1))[0]
        left = course - (course @ base) @ base.T
        weights[:, use] = left / np.linalg.norm(left, axis=1)[:, None]
    before = np.searchsorted(here, found)
    return Contrasts(weights=weights, onset=found, before=before, after=len(here) - before)


def _enough(at: I8, onset: I8, around: Sequence[Stretch], rules: Rules) -> Sides:
    found = sides(at, onset, (around[0].start, around[1].end), rules)
    keep = found.enough(rules.fewest)
    return Sides(onset=found.onset[keep], bounds=found.bounds[keep])


def _windows(clear: Sequence[Sides], at: I8, width: int, rules: Rules) -> I8:
    """(S, width) windows of other dates as wide as an event's, beginning at looks; numbered through all of `clear`."""
    found, before = [np.zeros(0, np.intp)], 0
    for one in clear:
        enough = np.concatenate([[0], np.cumsum(one.enough(rules.fewest))])
        start = np.flatnonzero(np.isin(one.onset, at))
        start = start[start + width <= len(one.onset)]
        found.append(before + start[enough[start + width] - enough[start] == width])
        before += len(one.onset)
    starts = np.concatenate(found)
    if len(starts) > MOST_DATES:
        starts = starts[np.linspace(0, len(starts) - 1, MOST_DATES).round().astype(np.intp)]
    return starts[:, None] + np.arange(width)

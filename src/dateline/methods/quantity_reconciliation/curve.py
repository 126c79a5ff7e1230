"""Can totals all be true? One rising curve must pass through them; if none does, the smallest clashing sets."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from dateline.methods.quantity_reconciliation.figure import Figure

PAD = timedelta(days=10)
"""How far either end of a period told roughly ("mid-August") may lie from where it was read."""
MOST_TRIED = 20_000
"""Sets that are tried one by one; beyond, a set is thinned out until nothing more can go."""

_Weight = tuple[float, int]
"""A bound and how often it is a strict one: (10, -1) is "less than 10". Pairs compare and add as the bounds do."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a rising count can be by a day, at least and at most; None is no bound."""

    day: date
    low: float
    high: float | None


def feasible(figures: Sequence[Figure]) -> bool:
    """Whether some never-falling count fits all totals: no negative cycle in their differences (Bellman 1958)."""
    days, edges = _system(figures)
    return _distances(len(days) + 1, edges, start=None) is not None


def bounds(figures: Sequence[Figure]) -> list[Bound]:
    """The count since the first of all periods by the end of each, if the totals can all be true; else nothing."""
    days, edges = _system(figures)
    count = len(days) + 1
    up = _distances(count, edges, start=0)
    down = _distances(count, [(head, tail, weight) for tail, head, weight in edges], start=0)
    if up is None or down is None:
        return []
    found = []
    for end in sorted({figure.end for figure in figures}):
        at = days.index(end + timedelta(days=1)) + 1
        high = up[at][0]
        found.append(Bound(end, max(0.0, -down[at][0]), None if math.isinf(high) else high))
    return found


def smallest_clashes(
    figures: Sequence[Figure], apart: Collection[frozenset[str]] = ()
) -> tuple[list[tuple[str, ...]], bool]:
    """All smallest sets of ids that cannot all be true, and whether that they are smallest was shown.

    Sets are tried by size while they are few; then one set is thinned out until it fits when any one goes. `apart`:
    pairs of ids that do not count the same; no set holds one.
    """
    ordered = sorted(figures, key=lambda figure: figure.id)
    tried = 0
    if feasible(ordered):
        return [], True
    for size in range(1, len(ordered) + 1):
        tried += math.comb(len(ordered), size)
        if tried > MOST_TRIED:
            thin = _thinned(ordered)
            return ([] if _parted(thin, apart) else [thin]), False
        sets = (some for some in combinations(ordered, size) if not _parted([one.id for one in some], apart))
        found = [tuple(one.id for one in some) for some in sets if not feasible(some)]
        if found:
            return found, True
    return [], True


def _parted(ids: Iterable[str], apart: Collection[frozenset[str]]) -> bool:
    return any(frozenset(pair) in apart for pair in combinations(ids, 2))


def _thinned(figures: Sequence[Figure]) -> tuple[str, ...]:
    kept = list(figures)
    for figure in figures:
        without = [one for one in kept if one is not figure]
        if not feasible(without):
            kept = without
    return tuple(one.id for one in kept)


_Edge = tuple[int, int, _Weight]
"""(tail, head, w): the count at head is at most the count at tail plus w."""


def _system(figures: Sequence[Figure]) -> tuple[list[date], list[_Edge]]:
    """Difference constraints on the count at the beginning (node 0) and at each end of a period."""
    days = sorted({day for figure in figures for day in _ends(figure)})
    at = {day: index + 1 for index, day in enumerate(days)}
    edges: list[_Edge] = [(index + 1, index, (0.0, 0)) for index in range(len(days))]
    if days and all(figure.start is not None for figure in figures):
        edges.append((0, 1, (0.0, 0)))  # counted since the first of all periods: nothing lies before
    for figure in figures:
        wide_start, wide_end, narrow_start, narrow_end = _nodes(figure, at)
        low, high = figure.quantity.low, figure.quantity.high
        if low is not None:
            edges.append((wide_end, wide_start, (-low, -1 if figure.quantity.low_open else 0)))
        if high is not None:
            edges.append((narrow_start, narrow_end, (high, -1 if figure.quantity.high_open else 0)))
    return days, edges


def _nodes(figure: Figure, at: dict[date, int]) -> tuple[int, int, int, int]:
    wide_start, wide_end, narrow_start, narrow_end = _windows(figure)
    return (
        0 if wide_start is None else at[wide_start],
        at[wide_end],
        0 if narrow_start is None else at[narrow_start],
        at[narrow_end],
    )


def _windows(figure: Figure) -> tuple[date | None, date, date | None, date]:
    """The widest and the narrowest period that the words allow; an end counts its own day."""
    end = figure.end + timedelta(days=1)
    start = figure.start
    if not figure.approximate:
        return start, end, start, end
    wide_start = None if start is None else start - PAD
    narrow_end = end if start is None else max(start, end - PAD)
    narrow_start = None if start is None else min(start + PAD, narrow_end)
    return wide_start, end + PAD, narrow_start, narrow_end


def _ends(figure: Figure) -> Iterator[date]:
    yield figure.end + timedelta(days=1)
    yield from (day for day in _windows(figure) if day is not None)


def _distances(count: int, edges: Iterable[_Edge], *, start: int | None) -> list[_Weight] | None:
    """Shortest distances from a node (from all at once with None); None when a cycle is negative."""
    far: _Weight = (math.inf, 0)
    reached: list[_Weight] = [far if start is not None else (0.0, 0) for _ in range(count)]
    if start is not None:
        reached[start] = (0.0, 0)
    listed = list(edges)
    for _ in range(count):
        changed = False
        for tail, head, (weight, strict) in listed:
            if math.isinf(reached[tail][0]):
                continue
            through = (reached[tail][0] + weight, reached[tail][1] + strict)
            if through < reached[head]:
                reached[head] = through
                changed = True
        if not changed:
            return reached
    return None

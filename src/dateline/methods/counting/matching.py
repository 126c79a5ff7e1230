"""Marks of several people joined into candidates: Hungarian matching with a gate, one mark a person in a candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]

CURVE = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Multiples of the gate at which the sensitivity curve is drawn."""
RAYLEIGH_95 = 2.4477 / 1.1774
"""95th percentile over median of the distance between two clicks with normal scatter (Rayleigh distribution)."""
FEWEST_PAIRS = 5
"""Pairs that the scatter of clicks needs to be estimated from."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The greatest distance at which two marks may be one object [px], and what it was made from."""

    distance: float
    half_spacing: float | None
    scatter: float | None


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may be objects on one part of an image. points: (n, 2) mean column and row [px]; marks: (n, people),
    the index of each person's mark in it, -1 for none."""

    points: F8
    marks: I8

    @property
    def seen(self) -> npt.NDArray[np.bool_]:
        """(n, people) who marked what."""
        seen: npt.NDArray[np.bool_] = self.marks >= 0
        return seen


def pairs(a: F8, b: F8, gate: float) -> I8:
    """(k, 2) indices of marks in a and b that are one object, none used twice.

    Minimises the sum over all marks of min(distance, gate)^2: leaving two marks alone costs as much as joining them at
    the gate, and beyond it a pair is never made. a, b: (n, 2) [px]. Kuhn 1955, 10.1002/nav.3800020109; solved apart for
    every group of marks within reach of each other, so that thousands of marks stay cheap.
    """
    if len(a) == 0 or len(b) == 0:
        return np.empty((0, 2), dtype=np.int64)
    near = cKDTree(a).sparse_distance_matrix(cKDTree(b), gate, output_type="ndarray")
    if len(near) == 0:
        return np.empty((0, 2), dtype=np.int64)
    lonely = (np.bincount(near["i"])[near["i"]] == 1) & (np.bincount(near["j"])[near["j"]] == 1)
    sure = near[lonely & (near["v"] < gate)]
    found = np.stack([sure["i"], sure["j"]], axis=1).astype(np.int64)
    groups = [_assigned(group, gate) for group in _groups(near[~lonely], len(a), len(b))]
    found = np.concatenate([found, *groups])
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def _groups(near: npt.NDArray[np.void], first: int, second: int) -> list[npt.NDArray[np.void]]:
    """Pairs within reach, parted into groups that have no mark in common."""
    if len(near) == 0:
        return []
    size = first + second
    graph = csr_array((np.ones(len(near)), (near["i"], near["j"] + first)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label[near["i"]], kind="stable")
    return np.split(near[order], np.flatnonzero(np.diff(label[near["i"]][order])) + 1)


def _assigned(near: npt.NDArray[np.void], gate: float) -> I8:
    rows, row = np.unique(near["i"], return_inverse=True)
    columns, column = np.unique(near["j"], return_inverse=True)
    gain = np.zeros((len(rows), len(columns)))
    gain[row, column] = near["v"] ** 2 - gate**2
    chosen = linear_sum_assignment(gain)
    kept = gain[chosen] < 0
    return np.stack([rows[chosen[0][kept]], columns[chosen[1][kept]]], axis=1).astype(np.int64)


def cluster(people: Sequence[F8], gate: float) -> Candidates:
    """Joins the marks of all people on one part of an image, the one with most marks first [px].

    Each next person is matched to the mean positions so far; what is not matched stands alone. So no candidate has two
    marks of one person.
    """
    order = sorted(range(len(people)), key=lambda index: (-len(people[index]), index))
    points, count = np.empty((0, 2)), np.empty(0)
    marks = np.empty((0, len(people)), dtype=np.int64)
    for index in order:
        own = people[index]
        found = pairs(points, own, gate)
        marks[found[:, 0], index] = found[:, 1]
        weight = count[found[:, 0], None]
        points[found[:, 0]] = (points[found[:, 0]] * weight + own[found[:, 1]]) / (weight + 1)
        count[found[:, 0]] += 1
        alone = np.setdiff1d(np.arange(len(own)), found[:, 1])
        new = np.full((len(alone), len(people)), -1, dtype=np.int64)
        new[:, index] = alone
        marks, points = np.concatenate([marks, new]), np.concatenate([points, own[alone]])
        count = np.concatenate([count, np.ones(len(alone))])
    return Candidates(points, marks)


def gate_of(parts: Sequence[Sequence[F8]]) -> Gate | None:
    """The least of half the usual spacing of objects and of the 95th percentile of click scatter; None without marks.

    parts: the marks of each person on each part of an image [px]. Spacing: median distance of a mark to the same
    person's next one. Scatter: of marks of two people that are each other's nearest within half the spacing, scaled
    from the median, which the cut at half the spacing hardly moves.
    """
    spacing = [_nearest(points) for part in parts for points in part if len(points) > 1]
    half = float(np.median(np.concatenate(spacing))) / 2 if spacing else None
    reach = half if half is not None else np.inf
    apart = [_mutual(a, b) for part in parts for i, a in enumerate(part) for b in part[i + 1 :]]
    near = np.concatenate([*apart, np.empty(0)])
    near = near[near <= reach]
    scatter = float(np.median(near)) * RAYLEIGH_95 if len(near) >= FEWEST_PAIRS else None
    given = [value for value in (half, scatter) if value is not None]
    if not given:
        return None
    return Gate(max(min(given), 1.0), half, scatter)


def _nearest(points: F8) -> F8:
    distance = np.asarray(cKDTree(points).query(points, k=2)[0], dtype=np.float64)
    return distance[:, 1]


def _mutual(a: F8, b: F8) -> F8:
    """Distances of the marks that are each other's nearest [px]."""
    if len(a) == 0 or len(b) == 0:
        return np.empty(0)
    distance, there = (np.asarray(each) for each in cKDTree(b).query(a))
    back = np.asarray(cKDTree(a).query(b)[1])
    return np.asarray(distance[back[there] == np.arange(len(a))], dtype=np.float64)

"""From one-pixel skeletons to lines: a graph of junctions and branches, spurs pruned, straight ways joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dateline.methods.earthworks.chain import Chain, joined

F8 = npt.NDArray[np.float64]
F4 = npt.NDArray[np.float32]
I8 = npt.NDArray[np.int64]

SHORTEST = 12
"""Chains of fewer pixels are noise of any threshold [px]."""
_AROUND = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


@dataclass(slots=True)
class _Edge:
    """A branch between two nodes of the graph, with the pixels from one to the other."""

    nodes: tuple[int, int]
    pixels: list[int]
    alive: bool = True


@dataclass(slots=True)
class _Graph:
    """Branches, and which of them meet at a node."""

    edges: list[_Edge] = field(default_factory=list)
    at: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, edge: _Edge) -> None:
        for node in edge.nodes:
            self.at[node].append(len(self.edges))
        self.edges.append(edge)

    def live(self, node: int) -> list[int]:
        return [index for index in self.at[node] if self.edges[index].alive]


def chains(rows: I8, columns: I8, strength: F4, *, spur: float, gap: float) -> tuple[Chain, ...]:
    """Lines of a skeleton, longest first; branches shorter than `spur` [px] that lead nowhere are pruned.

    rows, columns: (n,) pixels of the skeleton. At a junction the two branches that go on straightest are one line; so
    are two lines whose free ends point at each other over a gap of at most `gap` [px].
    """
    if not len(rows):
        return ()
    near = _neighbours(rows, columns)
    rows, columns, strength, near = _large_enough(rows, columns, strength, near)
    places = np.stack([columns, rows], axis=1)
    graph = _graph(near)
    _prune(graph, spur)
    found = [_chain(path, places, strength, ends) for path, ends in _ways(graph, places)]
    long = joined([one for one in found if len(one.pixels) >= SHORTEST], gap)
    return tuple(sorted(long, key=lambda one: -len(one.pixels)))


def _chain(path: Sequence[int], places: I8, strength: F4, ends: tuple[int, int]) -> Chain:
    index = np.asarray(path)
    return Chain(places[index], strength[index], ends).trimmed()


def _neighbours(rows: I8, columns: I8) -> I8:
    """(n, 8) index of each pixel's neighbour in the skeleton, -1 where there is none. Corners are not cut twice:
    a diagonal neighbour that can be reached over a straight one is left out."""
    wide = int(columns.max()) + 3
    flat = (rows + 1) * wide + columns + 1
    order = np.argsort(flat)
    ordered = flat[order]
    near = np.full((len(flat), 8), -1, np.int64)
    for side, (down, right) in enumerate(_AROUND):
        wanted = flat + down * wide + right
        at = np.minimum(np.searchsorted(ordered, wanted), len(flat) - 1)
        near[:, side] = np.where(ordered[at] == wanted, order[at], -1)
    has = near >= 0
    for corner, sides in ((0, (1, 3)), (2, (1, 4)), (5, (3, 6)), (7, (4, 6))):
        near[has[:, sides[0]] | has[:, sides[1]], corner] = -1
    return near


def _large_enough(rows: I8, columns: I8, strength: F4, near: I8) -> tuple[I8, I8, F4, I8]:
    """Only the connected parts that could hold a line."""
    count = len(rows)
    start, side = (near >= 0).nonzero()
    links = coo_array((np.ones(len(start), np.int8), (start, near[start, side])), shape=(count, count))
    _, labels = connected_components(links, directed=False)
    keep = np.bincount(labels)[labels] >= SHORTEST
    renamed = np.full(count + 1, -1, np.int64)
    renamed[:-1][keep] = np.arange(int(keep.sum()))
    return rows[keep], columns[keep], strength[keep], renamed[near[keep]]


def _graph(near: I8) -> _Graph:
    """Branches between ends and junctions; touching junction pixels are one node. Rings start anywhere."""
    degree = (near >= 0).sum(axis=1)
    node = _node_names(near, degree)
    graph, seen = _Graph(), np.zeros(len(degree), np.bool_)
    for start in np.flatnonzero(degree != 2):
        for nxt in near[start][near[start] >= 0]:
            if degree[nxt] == 2 and not seen[nxt]:
                path = _walk(int(start), int(nxt), near, degree, seen)
                graph.add(_Edge((int(node[path[0]]), int(node[path[-1]])), path))
            elif degree[nxt] != 2 and node[nxt] != node[start] and start < nxt:
                graph.add(_Edge((int(node[start]), int(node[nxt])), [int(start), int(nxt)]))
    for start in np.flatnonzero((degree == 2) & ~seen):
        if not seen[start]:
            seen[start] = True
            first = int(near[start][near[start] >= 0][0])
            path = _walk(int(start), first, near, degree, seen)
            graph.add(_Edge((int(start), int(start)), path))
    return graph


def _node_names(near: I8, degree: I8) -> I8:
    """A name for each pixel's node: touching junction pixels share one."""
    start, side = (near >= 0).nonzero()
    to = near[start, side]
    both = (degree[start] > 2) & (degree[to] > 2)
    count = len(degree)
    links = coo_array((np.ones(int(both.sum()), np.int8), (start[both], to[both])), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], np.int64)


def _walk(start: int, nxt: int, near: I8, degree: I8, seen: npt.NDArray[np.bool_]) -> list[int]:
    """Pixels from a node over pixels with two neighbours to the next node, or around a ring."""
    path = [start]
    before, here = start, nxt
    while degree[here] == 2 and not seen[here]:
        seen[here] = True
        path.append(here)
        onward = [int(one) for one in near[here] if one >= 0 and one != before]
        before, here = here, onward[0] if onward else before
    path.append(here)
    return path


def _prune(graph: _Graph, spur: float) -> None:
    """Takes away, shortest first, branches shorter than `spur` that end freely at a junction of three or more."""
    for edge in sorted(graph.edges, key=lambda one: len(one.pixels)):
        if len(edge.pixels) >= spur:
            break
        one, other = (len(graph.live(node)) for node in edge.nodes)
        if edge.nodes[0] != edge.nodes[1] and sorted((one, other))[0] == 1 and max(one, other) > 2:
            edge.alive = False


def _ways(graph: _Graph, places: I8) -> Iterator[tuple[list[int], tuple[int, int]]]:
    """Lines along the branches that go on straightest at each node, with how many others meet their ends."""
    onward = _onward(graph, places)
    done: set[int] = set()
    starts = [(index, end) for index, edge in enumerate(graph.edges) if edge.alive for end in (0, 1)]
    free = [one for one in starts if one not in onward]
    for index, end in [*free, *starts]:
        if index in done:
            continue
        path: list[int] = []
        here: tuple[int, int] | None = (index, end)
        last = end
        while here is not None and here[0] not in done:
            done.add(here[0])
            edge = graph.edges[here[0]]
            path += edge.pixels if here[1] == 0 else edge.pixels[::-1]
            last = 1 - here[1]
            tail = (here[0], last)
            here = onward.get(tail)
        meet = (
            len(graph.live(graph.edges[index].nodes[end])) - 1,
            len(graph.live(graph.edges[tail[0]].nodes[last])) - 1,
        )
        yield list(dict.fromkeys(path)), meet


def _onward(graph: _Graph, places: I8) -> dict[tuple[int, int], tuple[int, int]]:
    """For an end of a branch, the end of the branch in which it goes on; pairs by the smallest turn first."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for node in graph.at:
        ends = [
            (index, end)
            for index in dict.fromkeys(graph.live(node))
            for end in (0, 1)
            if graph.edges[index].nodes[end] == node
        ]
        if len(ends) < 2:
            continue
        ways = [_outward(graph.edges[index].pixels, end, places) for index, end in ends]
        turns = sorted(
            (float(ways[a] @ ways[b]), a, b) for a in range(len(ends)) for b in range(a) if ends[a][0] != ends[b][0]
        )
        for turn, a, b in turns:  # -1 is straight on
            if (turn < -0.5 or len(ends) == 2) and ends[a] not in found and ends[b] not in found:
                found[ends[a]], found[ends[b]] = ends[b], ends[a]
    return found


def _outward(pixels: Sequence[int], end: int, places: I8) -> F8:
    """Unit vector from an end of a branch into it, over its first eight pixels."""
    near = pixels[:8] if end == 0 else pixels[::-1][:8]
    way = (places[near[-1]] - places[near[0]]).astype(np.float64)
    return np.asarray(way / max(float(np.hypot(*way)), 1e-9))

"""How many origins, at least and at most; and what still stands when one of them falls."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from dateline.methods.independent_origins.roots import Resting, is_known
from dateline.methods.independent_origins.shares import Merge

N = TypeVar("N", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Count:
    """The least and the greatest number of independent origins, and the groups of roots that may be one."""

    minimum: int
    maximum: int
    groups: tuple[tuple[str, ...], ...] = ()


def groups_of(nodes: Iterable[N], together: Iterable[Iterable[N]]) -> list[list[N]]:
    """Nodes that are together directly or through others (union-find, Galler and Fischer 1964), in order of nodes."""
    above: dict[N, N] = {node: node for node in nodes}

    def top(node: N) -> N:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for members in together:
        there = [node for node in members if node in above]
        for other in there[1:]:
            above[top(other)] = top(there[0])
    found: dict[N, list[N]] = {}
    for node in above:
        found.setdefault(top(node), []).append(node)
    return list(found.values())


def count(needs: Iterable[frozenset[str]], merges: Sequence[Merge]) -> Count:
    """Counts roots, from what each statement needs. Unknown roots: none in the least number, one each in the greatest.

    What needs several roots at once (a calculation on two figures) counts once, and not beside one of them.
    """
    needed = set(needs)
    single = {root for need in needed if len(need) == 1 for root in need}
    joint = sorted(tuple(sorted(need)) for need in needed if len(need) > 1 and not need & single)
    joined = groups_of((root for need in joint for root in need), joint)
    known = sorted({root for root in (*single, *(root for group in joined for root in group)) if is_known(root)})
    groups = _least(known, merges, joint)
    return Count(len(groups), len(single) + len(joined), tuple(sorted(tuple(sorted(group)) for group in groups)))


def _least(known: Sequence[str], merges: Sequence[Merge], joint: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """The groups that are left when everything that may be one is one; a hub adds nothing to its members."""
    there = set(known)
    stars = [merge for merge in merges if merge.hub in there]
    hubs = {merge.hub for merge in stars}
    silent = {merge.hub for merge in stars if merge.roots & (there - hubs)}
    left = [root for root in known if root not in silent]
    together: list[Iterable[str]] = [merge.roots for merge in merges if merge.hub is None]
    together += [merge.roots & hubs for merge in stars if merge.hub not in silent]
    return groups_of(left, [*together, *joint])


@dataclass(frozen=True, slots=True)
class Without:
    """What is left when one origin, state, method or group falls; of each list of ids the first ones."""

    what: str
    name: str
    falls: int
    stands: int
    falling: tuple[str, ...]
    weakened: tuple[str, ...]
    standing: tuple[str, ...]
    count: Count


class Tally:
    """Statements by what they need, so that each fall is counted over roots and not over all statements again."""

    def __init__(self, resting: Mapping[str, Resting], merges: Sequence[Merge], *, listed: int) -> None:
        """`resting` by the statements' ids; at most `listed` ids are named in each list."""
        self._resting, self._ids, self._listed = resting, sorted(resting), listed
        self._by_need: dict[frozenset[str], list[str]] = {}
        for name in self._ids:
            self._by_need.setdefault(resting[name].needs, []).append(name)
        self._leaning = [name for name in self._ids if resting[name].leans]
        roots = frozenset(root for need in self._by_need for root in need)
        inside = (replace(merge, roots=merge.roots & roots) for merge in merges)
        self._merges = _without_repeats([merge for merge in inside if len(merge.roots) > 1])

    def without(self, what: str, name: str, gone: frozenset[str]) -> Without:
        """The statements that stand when the roots `gone` fall, on how many origins; those that lean on one."""
        fallen = [need for need in self._by_need if need & gone]
        falling = sorted(name for need in fallen for name in self._by_need[need])
        standing = (one for one in self._ids if not self._resting[one].needs & gone)
        leaning = (one for one in self._leaning if self._resting[one].leans & gone)
        return Without(
            what=what,
            name=name,
            falls=len(falling),
            stands=len(self._ids) - len(falling),
            falling=tuple(falling[: self._listed]),
            weakened=tuple(islice((one for one in leaning if not self._resting[one].needs & gone), self._listed)),
            standing=tuple(islice(standing, self._listed)),
            count=count((need for need in self._by_need if not need & gone), self._merges),
        )


def _without_repeats(merges: Sequence[Merge]) -> list[Merge]:
    """Merges without those that a larger one contains: they join nothing further, whoever falls."""
    kept: list[Merge] = []
    for merge in sorted(merges, key=lambda merge: -len(merge.roots)):
        if merge.hub is not None or not any(merge.roots <= other.roots for other in kept if other.hub is None):
            kept.append(merge)
    return kept

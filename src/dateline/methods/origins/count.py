"""How many origins, at least and at most."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dateline.methods.origins.roots import is_known
from dateline.methods.origins.shares import Merge

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

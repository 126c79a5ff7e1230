"""What still stands when one origin, state, method or group falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from dateline.methods.origins.count import Count, count
from dateline.methods.origins.roots import Resting
from dateline.methods.origins.shares import Merge


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
        staying = [need for need in self._by_need if not need & gone]
        falls = sum(len(self._by_need[need]) for need in fallen)
        leaning = (one for one in self._leaning if self._resting[one].leans & gone)
        return Without(
            what=what,
            name=name,
            falls=falls,
            stands=len(self._ids) - falls,
            falling=self._first_of(fallen, falls),
            weakened=tuple(islice((one for one in leaning if not self._resting[one].needs & gone), self._listed)),
            standing=self._first_of(staying, len(self._ids) - falls),
            count=count(staying, self._merges),
        )

    def _first_of(self, needs: Sequence[frozenset[str]], count: int) -> tuple[str, ...]:
        """The first ids of the `count` statements with these needs. Where these are most, the first are soon found."""
        if 2 * count < len(self._ids):
            return tuple(sorted(name for need in needs for name in self._by_need[need])[: self._listed])
        wanted = set(needs)
        return tuple(islice((name for name in self._ids if self._resting[name].needs in wanted), self._listed))


def _without_repeats(merges: Sequence[Merge]) -> list[Merge]:
    """Merges without those that a larger one contains: they join nothing further, whoever falls."""
    kept: list[Merge] = []
    for merge in sorted(merges, key=lambda merge: -len(merge.roots)):
        if merge.hub is not None or not any(merge.roots <= other.roots for other in kept if other.hub is None):
            kept.append(merge)
    return kept

"""Who may be taken out: each origin, each state and method that is told, each group that may be one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dateline.methods.origins.facts import Facts

MOST_ORIGINS = 60
"""Origins that fall one by one: those that most statements rest on. States and methods fall all."""


@dataclass(frozen=True, slots=True)
class Fall:
    """Roots that fall together: as one origin, state, method or group, and its name."""

    what: str
    name: str
    gone: frozenset[str]


def falls(
    needs: Iterable[frozenset[str]], facts: Mapping[str, Facts], groups: Iterable[Sequence[str]]
) -> Iterator[Fall]:
    """Every fall, from what each statement needs. A state or method takes the roots that have no other."""
    weight: dict[str, int] = {}
    for need in needs:
        for root in need:
            weight[root] = weight.get(root, 0) + 1
    roots = sorted(weight, key=lambda root: (-weight[root], root))
    for root in roots[:MOST_ORIGINS]:
        yield Fall("origin", facts[root].called(), frozenset({root}))
    for what, attribute in (("state", "states"), ("method", "methods")):
        values = sorted({value for root in roots for value in getattr(facts[root], attribute)})
        for value in values:
            gone = frozenset(root for root in roots if getattr(facts[root], attribute) == {value})
            yield Fall(what, value.replace("_", " "), gone)
    for group in groups:
        if len(group) > 1:
            yield Fall("group", " and ".join(facts[root].called() for root in group[:6]), frozenset(group))

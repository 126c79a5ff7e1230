"""What is known of each root: its names, states, methods and raw materials, from the claims that go back to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from dateline.ledger.claim import Claim, Origin
from dateline.ledger.source import Source
from dateline.methods.origins.roots import DERIVED, UNKNOWN_WORDS, own_root

STATE_BODIES = frozenset({"government", "intelligence", "military", "anonymous", "person"})
"""Types of sources whose state is also the state of what they know; a newspaper's home is not."""

_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"\s*(?:[,/(]|\bvia\b)\s*")


@dataclass(slots=True)
class Facts:
    """Of one root. `raw` are texts as they were told; `names` are what others may call it."""

    key: str
    spelled: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    raw: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    speakers: set[str] = field(default_factory=set)
    anonymous: bool = False
    declared: bool = False
    name: str = ""

    def called(self) -> str:
        """How a sentence calls it."""
        return self.name or min(self.spelled, default=self.key.lstrip("?"))

    def is_name_only(self) -> bool:
        """Whether it is only what a chain calls its end: no source of the case, and nobody declared it an origin."""
        return not self.declared

    def answers_to(self) -> set[str]:
        """Everything by which a declaration may mean it, in small letters."""
        return {word.casefold() for word in (self.key, *self.states, *self.names, *self.speakers)}


def facts_of(
    claims: Iterable[Claim], sources: Mapping[str, Source], stated: Iterable[tuple[str, Origin]] = ()
) -> dict[str, Facts]:
    """What the claims say of the roots that they name themselves. A retelling says nothing of its root.

    `stated`: roots of other things than claims, with what is told of them.
    """
    by_key = {source.id.casefold(): source for source in sources.values()}
    spelled = {name: frozenset(_names(source)) for name, source in sources.items()}
    found: dict[str, Facts] = {}
    fallback: dict[str, set[str]] = {}
    for claim in claims:
        if claim.retells is not None:
            continue
        root = own_root(claim, sources)
        facts = found.setdefault(root, Facts(root))
        _add(facts, claim)
        speaker = sources.get(claim.speaker)
        if speaker is not None:
            facts.names.update(spelled[claim.speaker])
            if speaker.state and speaker.type in STATE_BODIES:
                fallback.setdefault(root, set()).add(speaker.state)
            if speaker.id.casefold() == root.lstrip("?"):
                facts.anonymous |= speaker.type == "anonymous"
    for root, origin in stated:
        _add_origin(found.setdefault(root, Facts(root)), origin)
    for root, facts in found.items():
        _add_source(facts, by_key.get(root.lstrip("?")))
        if not facts.states:
            facts.states |= fallback.get(root, set())
    return found


def _add(facts: Facts, claim: Claim) -> None:
    facts.speakers.add(claim.speaker)
    end = claim.chain[-1] if claim.chain else None
    if claim.origin is not None:
        _add_origin(facts, claim.origin)
    elif end is not None and end.who.casefold() == facts.key:
        facts.spelled.add(end.who)


def _add_origin(facts: Facts, origin: Origin) -> None:
    facts.declared = True
    if origin.key.casefold() not in UNKNOWN_WORDS:
        facts.spelled.add(origin.key)
    if origin.state:
        facts.states.add(origin.state)
    facts.methods.update(methods_in(origin))
    if origin.raw_material and origin.raw_material.casefold() not in UNKNOWN_WORDS:
        facts.raw.add(origin.raw_material)


def methods_in(origin: Origin) -> frozenset[str]:
    """The methods by which something is known, as told; a retelling or a calculation adds none."""
    return frozenset() if origin.method is None else _methods(origin.method)


@lru_cache(maxsize=1024)
def _methods(told: str) -> frozenset[str]:
    if told in DERIVED:
        return frozenset()
    return frozenset(part for part in told.split("+") if part.casefold() not in UNKNOWN_WORDS)


def _add_source(facts: Facts, source: Source | None) -> None:
    if source is None:
        return
    facts.name, facts.declared = source.name(), True
    facts.names.update(_names(source))
    facts.anonymous |= source.type == "anonymous"
    if source.state and source.type in STATE_BODIES:
        facts.states.add(source.state)


def _names(source: Source) -> Iterator[str]:
    """What a source is called, whole and in its parts: "RUSI (open-source analysis group)" is RUSI."""
    for name in source.names.values():
        yield name
        yield from (part for part in _PARTS.split(name.replace(")", "")) if len(part) > 2)


def words(text: str) -> tuple[str, ...]:
    """The words of a text, in small letters."""
    return tuple(_WORD.findall(text.casefold()))


class Naming:
    """Finds names in texts by whole words; as fast for a thousand names as for one."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """(name, what it stands for) pairs."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, stands_for in sorted(set(names)):
            spelled = words(name)
            if spelled:
                self._by_first.setdefault(spelled[0], []).append((spelled, stands_for))

    def named_in(self, text: str) -> set[str]:
        """What the names in a text stand for."""
        told = words(text)
        return {
            stands_for
            for at, word in enumerate(told)
            for spelled, stands_for in self._by_first.get(word, ())
            if told[at : at + len(spelled)] == spelled
        }

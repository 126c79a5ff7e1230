"""What falls without a source: who speaks, which files, sensors and marks the page's sentences and figures rest on.

Worked out from the case's own records when the page is built. Whether what is left is enough stays a judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby
from typing import Literal

from dateline.evidence.amend import away
from dateline.evidence.item import Item
from dateline.ledger.agreed import standing
from dateline.ledger.citation import Citation
from dateline.ledger.claim import Claim
from dateline.ledger.event import Event
from dateline.ledger.finding import Finding, InputRef
from dateline.ledger.media_item import MediaItem
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.ledger.terms import OPEN
from dateline.methods import catalogue
from dateline.story.page import Page

Sort = Literal["source", "file", "sensor", "marks"]
SORTS: tuple[Sort, ...] = ("source", "file", "sensor", "marks")
_ENDS: Mapping[str, Sort] = {"item": "file", "sensor": "sensor", "observations": "marks"}
UNNAMED = "\0unnamed"
"""Everybody whose name may not stand beside their words, as one: telling them apart would lead to somebody."""


class Effect(IntEnum):
    """What happens to something when a source is taken away."""

    STANDS = 0
    LOSES = 1
    FALLS = 2


@dataclass(frozen=True, slots=True)
class Needs:
    """What one thing rests on. It falls when nothing is left of one of its groups; of `leans` it only loses."""

    groups: tuple[frozenset[str], ...] = ()
    leans: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Everything named here."""
        return self.leans.union(*self.groups)


@dataclass(frozen=True, slots=True)
class Hit:
    """One sentence, or link of a figure, that is touched: its words and the anchors in it."""

    words: str
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The page without one source, or without any one of several files that take the same away."""

    names: tuple[str, ...]
    falls: tuple[Hit, ...]
    loses: tuple[Hit, ...]


def without(page: Page) -> list[tuple[Sort, list[Without]]]:
    """For each sort of source, what of the page falls without each one, the heaviest first."""
    ground = Ground(page)
    owners = sorted({one.owner for one in page.printed})
    found: dict[Sort, dict[tuple[object, ...], Without]] = {}
    for root, sort in ground.roots(owners):
        effects = ground.effects(root, owners)
        falls, loses = _hits(page, effects, Effect.FALLS), _hits(page, effects, Effect.LOSES)
        if falls or loses:
            alike = found.setdefault(sort, {})
            key = (falls, loses) if sort == "file" else (root,)
            names = alike[key].names if key in alike else ()
            alike[key] = Without((*names, ground.name(root)), falls, loses)
    return [(sort, sorted(found[sort].values(), key=_weight)) for sort in SORTS if sort in found]


def _weight(one: Without) -> tuple[int, int, tuple[str, ...]]:
    return -len(one.falls), -len(one.loses), one.names


def _hits(page: Page, effects: Mapping[str, Effect], effect: Effect) -> tuple[Hit, ...]:
    """The sentences and figures that meet this effect, each once."""
    by_anchor: dict[str, list[Effect]] = {}
    for one in page.printed:
        by_anchor.setdefault(one.anchor, []).append(effects[one.owner])
    met = {anchor for anchor, each in by_anchor.items() if _together(each) is effect}
    found: dict[str, dict[str, None]] = {}
    for one in page.printed:
        if one.anchor in met:
            found.setdefault(one.within, {})[one.anchor] = None
    return tuple(Hit(words, tuple(anchors)) for words, anchors in found.items())


def _together(effects: Sequence[Effect]) -> Effect:
    """A figure falls when everything that it shows does; else it loses a part."""
    return Effect.FALLS if min(effects) is Effect.FALLS else Effect.LOSES if max(effects) else Effect.STANDS


class Ground:
    """The case's graph below the page, flattened: each record, finding and file once, with what it needs."""

    def __init__(self, page: Page) -> None:
        """Reads nothing yet; `page` gives the case and the language."""
        self._page, self._case = page, page.case
        self._needs: dict[str, Needs] = {}
        self._sorts: dict[str, Sort] = {}
        self._hidden = page.reading.off_record
        self._away = away(page.case.root, page.case.items)

    def roots(self, owners: Iterable[str]) -> Iterator[tuple[str, Sort]]:
        """Everything below these that can be taken away, with its sort."""
        todo, seen = list(owners), set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self.needs(name).all
        yield from sorted((name, sort) for name, sort in self._sorts.items() if name in seen)

    def effects(self, gone: str, owners: Iterable[str]) -> dict[str, Effect]:
        """What happens to each of these without `gone`."""
        known: dict[str, Effect] = {gone: Effect.FALLS}

        def of(name: str) -> Effect:
            if name not in known:
                known[name] = Effect.STANDS  # a circle does not hold itself up, and does not bring itself down
                known[name] = self._effect(self.needs(name), of)
            return known[name]

        return {owner: of(owner) for owner in owners}

    @staticmethod
    def _effect(needs: Needs, of: Callable[[str], Effect]) -> Effect:
        groups = [[of(name) for name in group] for group in needs.groups]
        if any(group and min(group) is Effect.FALLS for group in groups):
            return Effect.FALLS
        touched = any(max(group, default=Effect.STANDS) for group in groups) or any(of(name) for name in needs.leans)
        return Effect.LOSES if touched else Effect.STANDS

    def name(self, root: str) -> str:
        """What a source may be called on the page."""
        if root == UNNAMED:
            return self._page.word("without.unnamed")
        if root in self._case.sources:
            return self._page.source(root)
        item = self._case.items.get(root)
        return item.name if item is not None and root not in self._away else root

    def needs(self, name: str) -> Needs:
        """What something rests on, read once."""
        if name not in self._needs:
            self._needs[name] = self._read(name)
        return self._needs[name]

    def _read(self, name: str) -> Needs:
        if name == UNNAMED or name in self._hidden:
            return Needs()
        item = self._case.items.get(name)
        if item is not None:
            self._sorts[name] = "file"
            return _groups(*({parent} for parent in _parents(item) if parent in self._case.items))
        record = self._case.records.get(name)
        if record is not None and record.kind != "measure":
            return self._of_record(record)
        return self._of_finding(self._case.finding(name)) if self._case.has_finding(name) else Needs()

    def _of_record(self, record: Record) -> Needs:
        if standing(record, self._case.records).are != OPEN:
            self._sorts[UNNAMED] = "source"
            return _groups({UNNAMED})
        match record:
            case Source():
                self._sorts[record.id] = "source"
                return Needs(leans=frozenset(record.depends_on))
            case Claim():
                return self._of_claim(record)
            case Reply():
                return _groups({record.party}, set(record.evidence))
            case Event():
                pages = self._pages(record, record.sources)
                return _groups({*record.claims, *record.findings, *record.evidence, *pages})
            case MediaItem():
                return _groups({*record.items, *self._pages(record, record.sources)})
            case Place():
                return _groups(self._pages(record, record.sources))
        return Needs()

    def _of_claim(self, claim: Claim) -> Needs:
        """Its speaker, each step of its chain, and one page or file of those in which it can be read."""
        read = {*claim.evidence, *self._pages(claim, claim.sources)}
        if claim.original is not None and claim.original.media is not None:
            read.add(claim.original.media)
        steps = [{name} for link in claim.chain for name in (link.source, link.claim) if name is not None]
        return Needs(
            _groups({claim.speaker}, {claim.retells} if claim.retells else set(), read, *steps).groups,
            leans=frozenset(link.evidence for link in claim.chain if link.evidence is not None),
        )

    def _pages(self, record: Record, citations: Iterable[Citation]) -> set[str]:
        """Citations as things of their own: each needs who published it, and our copy where we have one."""
        found = set()
        for index, citation in enumerate(citations):
            named = [name for name in (citation.source, citation.evidence) if name is not None]
            if named:
                page = f"\0{record.id}.{index}"
                self._needs[page] = _groups(*({name} for name in named))
                found.add(page)
        return found

    def _of_finding(self, finding: Finding) -> Needs:
        """Its inputs by role. What a card does not require, and records about speakers, are no ground of their own."""
        card = catalogue.cards().get(finding.method)
        optional = (
            {name for name, spec in card.front.inputs.items() if not spec.required} if card is not None else set()
        )
        groups: list[set[str]] = []
        leans: set[str] = set()
        inputs = sorted((ref for ref in finding.inputs if ref.id not in self._case.sources), key=lambda ref: ref.role)
        for role, refs in groupby(inputs, key=lambda ref: ref.role):
            group = {self._input(ref) for ref in refs}
            if role in optional:
                leans |= group
            else:
                groups.append(group)
        return Needs(_groups(*groups).groups, leans=frozenset(leans))

    def _input(self, ref: InputRef) -> str:
        """The id of an input; files beside the case, sensors and whose marks they were end here."""
        if ref.id not in self._case.items and ref.kind in _ENDS:
            self._sorts[ref.id] = _ENDS[ref.kind]
        return ref.id


def _groups(*groups: set[str]) -> Needs:
    return Needs(tuple(frozenset(group) for group in groups if group))


def _parents(item: Item) -> tuple[str, ...]:
    """What a file was made from or taken out of."""
    parents = item.derived.parents if item.derived is not None else ()
    return parents if item.origin.inside is None else (*parents, item.origin.inside)

"""How we know this: one entry a finding, from its own record; and each method's card once, which entries link to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from dateline.ledger.finding import Finding, PlaceAnswer
from dateline.methods import catalogue
from dateline.methods.card import Card
from dateline.story.block import BlockModel, Prose
from dateline.story.markdown import markdown
from dateline.story.page import Embed, Page, safe

SECTIONS = {
    "What it does": "what",
    "Assumptions": "assumptions",
    "Limits": "limits",
    "What would change our mind": "change_mind",
    "Sources": "sources",
}
"""The card's headings and our words for them."""
SHOWN = ("limits", "change_mind")
"""Sections of a card that stand open: what an editor asks first. The others fold away."""
PARTS = 24
"""Places and inputs beyond this number are in the data that the page carries, not in the entry."""
FOLDED = 16
"""From this many entries on, those of each method fold away."""


class Model(BlockModel):
    """The body of a :::how block: empty, or a title of its own."""

    is_figure: ClassVar[bool] = False

    title: Prose = ""


@dataclass(frozen=True, slots=True)
class Fired:
    """A guard that fired: its code, what it does, and when it fires."""

    code: str
    does: str
    when: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding."""

    finding: Finding
    said: Markup
    title: str
    card: Card | None
    guards: tuple[Fired, ...]
    inputs: tuple[tuple[str, str, str, str, str], ...]
    anchors: tuple[str, ...]
    embed: Embed


@dataclass(frozen=True, slots=True)
class Method:
    """One method's card, printed once: its prose, and the guards that fired in any finding of the page."""

    card: Card
    sections: tuple[tuple[str, Markup], ...]
    guards: tuple[Fired, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one title with the methods that they are made by; without a title they stand open."""

    title: str
    entries: tuple[Entry, ...]
    methods: tuple[Method, ...]


def prepare(_block: Model, page: Page) -> Mapping[str, Any]:
    """An entry for each finding that the page prints anything of, in the order of the text."""
    names = [name for name in page.cited if page.case.has_finding(name)]
    entries = [_entry(page, page.case.finding(name)) for name in names]
    return {"groups": _groups(entries), "parts": PARTS, "shown": SHOWN}


def _groups(entries: Sequence[Entry]) -> list[Group]:
    """Many entries by method, in the order of the text; a few stand open, in one group without a title."""
    if len(entries) < FOLDED:
        return [Group("", tuple(entries), _methods(entries))]
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.finding.method, []).append(entry)
    return [Group(given[0].title, tuple(given), _methods(given)) for given in found.values()]


def _methods(entries: Sequence[Entry]) -> tuple[Method, ...]:
    """The cards of some entries, each once, in the order of the text."""
    cards = {entry.card.id: entry.card for entry in entries if entry.card is not None}
    fired = {name: [one for e in entries if e.card is card for one in e.guards] for name, card in cards.items()}
    return tuple(Method(card, _sections(card), tuple(dict.fromkeys(fired[name]))) for name, card in cards.items())


def _entry(page: Page, finding: Finding) -> Entry:
    card = catalogue.cards().get(finding.method)
    embed = page.carry_json(f"data-{finding.id}", f"{finding.id}.json", finding.to_json())
    return Entry(
        finding=finding,
        said=page.told(finding),
        title=card.front.title if card is not None else finding.method,
        card=card,
        guards=tuple(_guards(page, finding, card)),
        inputs=tuple(_inputs(page, finding)),
        anchors=tuple(page.cited[finding.id]),
        embed=embed,
    )


def _sections(card: Card) -> tuple[tuple[str, Markup], ...]:
    """The card's prose; a card is ours, and HTML in it is text all the same."""
    return tuple(
        (word, safe(markdown().render(card.sections[heading])))
        for heading, word in SECTIONS.items()
        if heading in card.sections
    )


def _guards(page: Page, finding: Finding, card: Card | None) -> list[Fired]:
    """What fired in a finding or in its answer for any place."""
    known = {guard.code: guard for guard in card.front.guards} if card is not None else {}
    parts: list[Finding | PlaceAnswer] = [finding, *finding.places.values()]
    notes = (note for part in parts for note in (*part.reasons, *part.caveats))
    fired = dict.fromkeys(note.code for note in notes if note.code in known)
    return [
        Fired(code, page.word("how.does_" + known[code].does.replace(" ", "_")), known[code].when.rstrip("."))
        for code in fired
    ]


def _inputs(page: Page, finding: Finding) -> list[tuple[str, str, str, str, str]]:
    """Role, kind, name, hash, and where on the page it is explained."""
    found: list[tuple[str, str, str, str, str]] = []
    for ref in finding.inputs:
        item = page.case.items.get(ref.id)
        if item is not None:
            page.items.add(ref.id)
            if item.attribution:
                page.credits.setdefault(item.attribution, item.licence.name)
        link = f"file-{ref.id}" if item is not None else page.anchor(ref.id) if ref.id in page.cited else ""
        found.append((ref.role, ref.kind, item.name if item is not None else ref.id, ref.sha256, link))
    return found

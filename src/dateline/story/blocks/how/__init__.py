"""How we know this: one entry a finding, made from the method's card and the finding's own record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from markupsafe import Markup

from dateline.ledger.finding import Finding
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
"""Sections that stand open: what an editor asks first. The others fold away."""
PARTS = 24
"""Places and inputs beyond this number are in the data that the page carries, not in the entry."""


FOLDED = 16
"""From this many entries on, those of each method fold away."""


class Model(BlockModel):
    """The body of a :::how block: empty, or a title of its own."""

    is_figure: ClassVar[bool] = False

    title: Prose = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding with its card."""

    finding: Finding
    said: Markup
    title: str
    card: Card | None
    sections: tuple[tuple[str, Markup], ...]
    guards: tuple[tuple[str, str, str, str], ...]
    inputs: tuple[tuple[str, str, str, str, str], ...]
    anchors: tuple[str, ...]
    embed: Embed


def prepare(_block: Model, page: Page) -> Mapping[str, Any]:
    """An entry for each finding that the page prints anything of, in the order of the text."""
    names = [name for name in page.cited if name in page.case.finding_ids()]
    entries = [_entry(page, page.case.finding(name)) for name in names]
    return {"groups": _groups(entries), "parts": PARTS, "shown": SHOWN}


def _groups(entries: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """Many entries by method, in the order of the text; a few stand open, in one group without a title."""
    if len(entries) < FOLDED:
        return [("", list(entries))]
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.title, []).append(entry)
    return list(found.items())


def _entry(page: Page, finding: Finding) -> Entry:
    card = catalogue.cards().get(finding.method)
    embed = page.carry_json(f"data-{finding.id}", f"{finding.id}.json", finding.to_json())
    return Entry(
        finding=finding,
        said=page.told(finding),
        title=card.front.title if card is not None else finding.method,
        card=card,
        sections=_sections(card) if card is not None else (),
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


def _guards(page: Page, finding: Finding, card: Card | None) -> list[tuple[str, str, str, str]]:
    """What fired: code, what it does, the sentence for this case, when it fires."""
    known = {guard.code: guard for guard in card.front.guards} if card is not None else {}
    fired = {note.code: note for note in (*finding.reasons, *finding.caveats) if note.code in known}
    for answer in finding.places.values():
        fired |= {
            note.code: note
            for note in (*answer.reasons, *answer.caveats)
            if note.code in known and note.code not in fired
        }
    return [
        (code, page.word("how.does_" + known[code].does.replace(" ", "_")), note.text, known[code].when)
        for code, note in fired.items()
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

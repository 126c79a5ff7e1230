"""Who said it: one entry for each claim, event, source, place or picture that the text refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from dateline.ledger.citation import Citation
from dateline.ledger.claim import Claim
from dateline.ledger.event import Event
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.story.block import BlockModel, Prose
from dateline.story.page import SAID, Page


class Model(BlockModel):
    """The body of a :::said block: empty, or a title of its own."""

    is_figure: ClassVar[bool] = False

    title: Prose = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the template prints it: rows of (word, text), and where it can be read."""

    record: Record
    title: str
    rows: tuple[tuple[str, str], ...]
    chain: tuple[tuple[str, str, bool], ...]
    citations: tuple[tuple[str, str], ...]
    anchors: tuple[str, ...]


def prepare(_block: Model, page: Page) -> Mapping[str, Any]:
    """An entry for each record that the page refers to, and for the claims that its events stand on."""
    names = [name for name in page.cited if name in page.case.records and page.case.records[name].kind in SAID]
    for name in list(names):
        record = page.case.records[name]
        names += [claim for claim in (record.claims if isinstance(record, Event) else ()) if claim not in names]
    return {"entries": [_entry(page, page.case.records[name]) for name in dict.fromkeys(names)]}


def _entry(page: Page, record: Record) -> Entry:
    name = getattr(record, "name", None)
    return Entry(
        record=record,
        title=str(name(page.language.code)) if callable(name) else record.title_text(),
        rows=tuple((word, text) for word, text in _rows(page, record) if text),
        chain=tuple((link.who, link.how, link.read) for link in record.chain) if isinstance(record, Claim) else (),
        citations=tuple(_citation(page, each) for each in getattr(record, "sources", ())),
        anchors=tuple(page.cited.get(record.id, ())),
    )


def _rows(page: Page, record: Record) -> list[tuple[str, str]]:
    when = page.language.when
    if isinstance(record, Claim):
        original = record.original
        return [
            ("said.speaker", page.case.sources[record.speaker].name(page.language.code)),
            ("said.said", when(record.said)),
            ("said.stance", page.word(f"stance.{record.stance}")),
            (
                "said.amount",
                f"{record.quantity.text} ({record.quantity.unit}, {record.quantity.kind.value})"
                if record.quantity
                else "",
            ),
            ("said.period", (record.period.text or when(record.period)) if record.period else ""),
            ("said.words", original.text if original else ""),
            ("said.translation", original.translation or "" if original else ""),
        ]
    if isinstance(record, Event):
        return [
            ("said.said", when(record.when)),
            ("said.stands_on", page.word(f"basis.{record.basis}")),
            ("said.event", record.in_own_words or ""),
        ]
    if isinstance(record, Place):
        return [("said.role", record.role.replace("_", " ")), ("said.located", record.located_by or "")]
    return []


def _citation(page: Page, citation: Citation) -> tuple[str, str]:
    """Words and address of a page."""
    source = page.case.sources[citation.source].name(page.language.code) if citation.source else ""
    date = page.language.when(citation.published) if citation.published else ""
    words = ", ".join(part for part in (source, citation.title or "", date) if part)
    return words or citation.url or "", citation.url or ""

"""Who said it: one entry for each claim, event, source, reply, place or picture that the text refers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from dateline.ledger.agreed import standing
from dateline.ledger.citation import Citation
from dateline.ledger.claim import Claim, Original
from dateline.ledger.event import Event
from dateline.ledger.place import Place
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source
from dateline.ledger.terms import OPEN
from dateline.ledger.transcript import Stretch, spoken
from dateline.story.block import BlockModel, Prose
from dateline.story.page import SAID, Page

KINDS = ("claim", "event", "reply", "media", "source", "place")
"""The order in which they stand."""
FOLDED = 12
"""From this many entries on, each kind folds away."""


class Model(BlockModel):
    """The body of a :::said block: empty, or a title of its own."""

    is_figure: ClassVar[bool] = False

    title: Prose = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words as they were said, their translation beside them where there is one, and whose work that is."""

    text: str
    language: str
    translation: str = ""
    by: str = ""
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the template prints it: rows of (word, text), and where it can be read."""

    record: Record
    title: str
    rows: tuple[tuple[str, str], ...]
    words: Words | None
    chain: tuple[tuple[str, str, bool], ...]
    citations: tuple[tuple[str, str], ...]
    anchors: tuple[str, ...]


def prepare(_block: Model, page: Page) -> Mapping[str, Any]:
    """An entry for each record that the page refers to, and for the claims that its events stand on."""
    away = page.reading.off_record
    names = [name for name in page.cited if name in page.case.records and page.case.records[name].kind in SAID]
    for name in list(names):
        record = page.case.records[name]
        names += record.claims if isinstance(record, Event) else ()
    records = sorted(
        (page.case.records[name] for name in dict.fromkeys(names) if name not in away),
        key=lambda record: KINDS.index(record.kind),
    )
    entries = [_entry(page, record) for record in records]
    return {
        "entries": entries,
        "groups": [(kind, list(given)) for kind, given in groupby(entries, key=lambda entry: entry.record.kind)],
        "folded": len(entries) >= FOLDED,
    }


def _entry(page: Page, record: Record) -> Entry:
    return Entry(
        record=record,
        title=_title(page, record),
        words=_words(page, record),
        rows=tuple((word, text) for word, text in _rows(page, record) if text),
        chain=tuple((link.who, link.how, link.read) for link in record.chain) if isinstance(record, Claim) else (),
        citations=tuple(_citation(page, each) for each in getattr(record, "sources", ())),
        anchors=tuple(page.cited.get(record.id, ())),
    )


def _title(page: Page, record: Record) -> str:
    match record:
        case Source():
            return page.source(record.id)
        case Reply():
            return page.source(record.party)
        case Place():
            return record.name(page.language.code)
    return record.title_text()


def _words(page: Page, record: Record) -> Words | None:
    match record:
        case Claim(original=original) if original is not None:
            heard = ""
            if original.media is not None:
                heard = f"{page.case.media[original.media].title}, {spoken(original.start, original.end)}"
            by = translated_by(page, original)
            return Words(original.text, original.language, original.translation or "", by, heard)
        case Reply(answer=answer) if answer is not None:
            by = page.word("said.translated_by", who=record.translator) if record.translator else ""
            return Words(answer, record.language or page.language.code, record.translation or "", by)
    return None


def translated_by(page: Page, told: Original | Stretch) -> str:
    """Who translated something, and what the second linguist found."""
    parts = [page.word("said.translated_by", who=told.translator)] if told.translator else []
    if told.second_linguist is not None:
        keys = {True: "said.checked_by", False: "said.disputed_by", None: "said.looked_at_by"}
        parts.append(page.word(keys[told.agrees], who=told.second_linguist))
    return "; ".join(parts)


def _rows(page: Page, record: Record) -> list[tuple[str, str]]:
    when = page.language.when
    if isinstance(record, Claim):
        terms = standing(record, page.case.records).are
        return [
            ("said.speaker", page.speaker(record)),
            ("said.said", when(record.said)),
            ("said.stance", page.word(f"stance.{record.stance}")),
            ("said.amount", _amount(page, record)),
            ("said.period", (record.period.text or when(record.period)) if record.period else ""),
            ("said.terms", "" if terms == OPEN else page.word(f"terms.{terms}")),
        ]
    if isinstance(record, Reply):
        return _reply_rows(page, record)
    if isinstance(record, Event):
        return [
            ("said.said", when(record.when)),
            ("said.stands_on", page.word(f"basis.{record.basis}")),
            ("said.event", record.in_own_words or ""),
        ]
    if isinstance(record, Place):
        return [("said.role", page.word(f"role.{record.role}")), ("said.located", record.located_by or "")]
    return []


def _amount(page: Page, claim: Claim) -> str:
    """How much a claim says, of what, and whether it counts, plans or tells a capacity."""
    if claim.quantity is None:
        return ""
    kind = page.word(f"kind.{claim.quantity.kind.value}")
    return f"{claim.quantity.text} ({page.look(f'{claim.id}.unit').value}, {kind})"


def _reply_rows(page: Page, reply: Reply) -> list[tuple[str, str]]:
    when = page.language.when
    return [
        ("said.asked", when(reply.asked) if reply.asked else ""),
        ("said.question", reply.question or ""),
        ("said.deadline", when(reply.deadline) if reply.deadline else ""),
        ("said.outcome", page.word(f"outcome.{reply.outcome}") if reply.outcome else ""),
        ("said.not_asked", reply.not_asked.why if reply.not_asked else ""),
    ]


def _citation(page: Page, citation: Citation) -> tuple[str, str]:
    """Words and address of a page."""
    source = page.source(citation.source) if citation.source else ""
    date = page.language.when(citation.published) if citation.published else ""
    words = ", ".join(part for part in (source, citation.title or "", date) if part)
    return words or citation.url or "", citation.url or ""

"""A quotation that stands in the case: the words as spoken beside their translation, whose, when, and how far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from dateline.ledger.agreed import called, standing
from dateline.ledger.clock_time import Seconds
from dateline.ledger.transcript import spoken
from dateline.story.block import BlockModel, ItemId, Plain, Prose, ReferenceText
from dateline.story.blocks.said import translated_by
from dateline.story.language import language, languages
from dateline.story.page import Page
from dateline.story.quoted import Quoted, quoted, speaker


class Model(BlockModel):
    """The body of a :::quote block."""

    is_figure: ClassVar[bool] = False

    of: ReferenceText = Field(description="id of the claim, the reply or the recording whose words they are")
    words: str = Field(default="", description="what is quoted of them, with … and [ ]; all of them when absent")
    translation: str = Field(default="", description="what is quoted of the translation, cut at the same places")
    start: Seconds | None = Field(default=None, description="of a recording: from where in it")
    end: Seconds | None = Field(default=None, description="to where")
    item: ItemId | None = Field(default=None, description="id of the document in which they can be read")
    at: Plain = Field(default="", description="where in it: [[page 3, line 12: as the document counts]]")
    standing: Prose = Field(description="who they are to this, and how they know it")
    unconfirmed: Prose = Field(description="what of it nobody else confirmed")

    @property
    def media(self) -> str:
        """The recording, for rules that ask what is heard in a block."""
        return self.of

    @property
    def part(self) -> tuple[Model, ...]:
        """The one stretch of it."""
        return (self,)


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The words between the quotation marks of their own languages, and what stands below them."""
    record = page.case.records[block.of]
    found = quoted(record, block.start, block.end)
    assert found is not None, "the rule `quote` has asked for it"
    own = page.language.code
    spoken_in = found.language or own
    text, translation = block.words or found.text, block.translation or found.translation
    is_own = spoken_in == own or not translation
    return {
        "simulated": page.case.head.exercise,
        "main": _marked(text if is_own else translation, spoken_in if is_own else own),
        "main_language": spoken_in if is_own else own,
        "original": "" if is_own else _marked(text, spoken_in),
        "spoken_in": spoken_in,
        "tongue": "" if is_own else _tongue(page, spoken_in),
        "by": "" if is_own else _by(page, found),
        "who": _who(block, page),
        "said": page.link(page.look(block.of), page.language.when(found.said) if found.said else block.of),
        "where": _where(block, found, page),
    }


def _who(block: Model, page: Page) -> str:
    """As they may be called for these words."""
    record = page.case.records[block.of]
    source = page.case.sources.get(speaker(record, block.start, block.end) or "")
    name = called(source, standing(record, page.case.records), page.language.code) if source is not None else None
    return name or page.word("said.unnamed")


def _marked(text: str, code: str) -> str:
    """Words between the marks of their language: ours where its table is not here."""
    own = language(code if code in languages() else "en")
    return own.word("quote.marks", text=text.strip())


def _tongue(page: Page, code: str) -> str:
    key = f"quote.tongue_{code}"
    return page.word("quote.original", language=page.word(key) if page.language.has(key) else code)


def _by(page: Page, found: Quoted) -> str:
    if found.by is not None:
        return translated_by(page, found.by)
    return page.word("said.translated_by", who=found.translator) if found.translator else ""


def _where(block: Model, found: Quoted, page: Page) -> str:
    """The recording with the time in it, or the document with page and line."""
    parts = []
    if found.heard is not None:
        parts.append(f"{page.case.media[found.heard].title}, {spoken(found.start, found.end)}")
    if block.at:
        parts.append(page.plain(block.at))
    return "; ".join(parts)

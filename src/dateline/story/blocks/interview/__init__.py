"""A conversation in its own words: question and answer, who the person is to this, and what was not confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field

from dateline.ledger.agreed import called, standing
from dateline.ledger.clock_time import Seconds, spell_clock
from dateline.ledger.media_item import MediaItem
from dateline.ledger.record import Many
from dateline.ledger.terms import OPEN, strictest
from dateline.ledger.transcript import Stretch, within
from dateline.story.block import BlockModel, BlockPart, Prose, ReferenceText
from dateline.story.blocks.said import translated_by
from dateline.story.page import Page


class Stretches(BlockPart):
    """One stretch of the conversation."""

    start: Seconds | None = Field(default=None, description="from the beginning, when absent")
    end: Seconds | None = Field(default=None, description="to the end, when absent")


class Model(BlockModel):
    """The body of an :::interview block."""

    is_figure: ClassVar[bool] = True

    title: Prose
    media: ReferenceText = Field(description="id of the recording, or of the notes, whose transcript is printed")
    person: ReferenceText = Field(description="id of the source who answers; called as was agreed")
    standing: Prose = Field(description="who they are to this, and how they know it")
    unconfirmed: Prose = Field(description="what of it nobody else confirmed")
    caption: Prose = ""
    part: Many[Stretches] = Field(default=(), description="stretches to print; all of it when absent")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one of the two says, or a gap where something is left out."""

    who: str = ""
    at: str = ""
    original: str = ""
    language: str = ""
    translation: str = ""
    by: str = ""
    is_answer: bool = False
    is_gap: bool = False


def prepare(block: Model, page: Page) -> Mapping[str, Any]:
    """The turns that may be printed. What is more closed than the whole conversation stays out, and leaves a mark."""
    media = page.case.media[block.media]
    items = [page.case.items[name] for name in media.items if name in page.case.items]
    return {
        "number": page.next_figure(),
        "simulated": page.case.head.exercise or any(item.simulated for item in items),
        "who": _called(block, page),
        "turns": list(_turns(block, media, page)),
        "source": page.link(page.look(block.media), _source(media, page)),
    }


def _called(block: Model, page: Page) -> str:
    media, person = page.case.media[block.media], page.case.sources[block.person]
    name = called(person, standing(media, page.case.records), page.language.code)
    return name or page.word("said.unnamed")


def _source(media: MediaItem, page: Page) -> str:
    told = page.word("interview.recorded", day=page.language.when(media.taken)) if media.taken is not None else ""
    notes = page.word("interview.notes") if media.type == "notes" else ""
    return ". ".join(part for part in (told, notes) if part) or media.title


def _turns(block: Model, media: MediaItem, page: Page) -> Iterator[Turn]:
    terms = standing(media, page.case.records).are
    person = page.case.sources[block.person]
    agreed = strictest([terms, person.terms.are if person.terms is not None else OPEN])
    before: Stretch | None = None
    is_cut = False
    for row in media.transcript:
        if not _is_asked_for(row, block, media) or (row.terms and strictest([row.terms, agreed]) != agreed):
            is_cut = True
            continue
        if is_cut and before is not None:
            yield Turn(is_gap=True)
        yield _turn(row, block, page)
        before, is_cut = row, False


def _is_asked_for(row: Stretch, block: Model, media: MediaItem) -> bool:
    parts = block.part or (Stretches(),)
    return any(row in within(media.transcript, part.start, part.end) for part in parts)


def _turn(row: Stretch, block: Model, page: Page) -> Turn:
    is_answer = row.speaker == block.person
    who = page.word("interview.answer" if is_answer else "interview.question" if row.voice else "interview.another")
    return Turn(
        who=who,
        at=spell_clock(row.start),
        original=row.original,
        language=row.language or page.language.code,
        translation=row.translation or "",
        by=translated_by(page, row),
        is_answer=is_answer,
    )

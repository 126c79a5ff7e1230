"""A story as it was written: front matter, passages of prose with references, blocks. Frozen; nothing resolved yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Annotated, Literal
from urllib.parse import urlsplit

from markdown_it.token import Token
from pydantic import AfterValidator, Field

from dateline.evidence.part import without_login
from dateline.ledger.record import Part, Text, refuse
from dateline.ledger.told import Day
from dateline.story.block import BlockModel
from dateline.story.fault import Fault, Spot

REFERENCE = "\ufffc"
"""Stands for a reference in a passage's flat text."""
FILLER = "\ufffd"
"""Stands, letter by letter, for code and for words that a writer let pass."""

_ALIKE = str.maketrans(dict.fromkeys("\u2010\u2011", "-"))
"""Hyphens that print like the one on the keyboard."""

RunKind = Literal["text", "reference", "exempt", "code"]


def _address(text: str) -> str:
    try:
        parts = urlsplit(without_login(text))
    except ValueError as error:
        refuse(repr(text), str(error))
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment or parts.query:
        refuse(repr(text), "a full web address such as https://example.org/story/, without ? and #")
    return text


class Front(Part):
    """The front matter of story.md."""

    title: Text
    standfirst: str = ""
    kicker: str = Field(default="", description="a word or two above the title")
    byline: str = ""
    language: str | None = Field(default=None, description="the page's language; the case's first one when absent")
    date: Day | None = Field(default=None, description="the day of publication; the case's as_of when absent")
    canonical: Annotated[str, AfterValidator(_address)] | None = Field(
        default=None, description="the web address at which the story is published; embeds, card and feed lead to it"
    )


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one passage: plain text, a reference, words let pass with a reason, or code."""

    kind: RunKind
    text: str
    spot: Spot
    forms: tuple[str, ...] = ()
    """For a reference: how to print it, the words behind the bar ({{x.ratio.change | size}})."""
    reason: str = ""
    """For words let pass: why."""

    @property
    def flat(self) -> str:
        """As it stands in the passage's flat text."""
        if self.kind == "reference":
            return REFERENCE
        return self.text if self.kind == "text" else FILLER * len(self.text)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage: flat text with a sign for each reference, and the references."""

    text: str
    start: int
    passage: Passage

    def spot(self, offset: int) -> Spot:
        """Where an offset of the sentence's text stands in the file."""
        return self.passage.spot_at(self.start + offset)

    def reference_at(self, offset: int) -> Run | None:
        """The reference whose sign stands at an offset of the text."""
        return next((run for at, run in self.passage.starts if at == self.start + offset), None)

    @property
    def references(self) -> tuple[Run, ...]:
        """The references in it, in order."""
        return tuple(
            run
            for at, run in self.passage.starts
            if run.kind == "reference" and self.start <= at < self.start + len(self.text)
        )


_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|No|vs|cf|e\.g|i\.e|approx|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec))\.$"
)
_END = re.compile(r"[.!?…]+[\"”’')\]]*(?=\s|$)")


@dataclass(frozen=True)
class Passage:
    """A paragraph, heading, list item, cell, or a text field of a block."""

    runs: tuple[Run, ...]
    role: str
    spot: Spot
    block: str | None = None
    """The name of the block whose field this is."""
    analysis: str | None = None
    """Whose analysis the passage stands in; "" where nobody signs it. None: it is the story's own."""

    @cached_property
    def starts(self) -> tuple[tuple[int, Run], ...]:
        """Each run with its offset in the flat text."""
        at, found = 0, []
        for run in self.runs:
            found.append((at, run))
            at += len(run.flat)
        return tuple(found)

    @cached_property
    def whole(self) -> str:
        """The flat text with the words that a writer let pass and with code: as long, letter for letter."""
        return "".join(run.flat if run.kind == "reference" else run.text for run in self.runs)

    @cached_property
    def flat(self) -> str:
        """The text with one sign for each reference."""
        return "".join(run.flat for run in self.runs)

    def spot_at(self, offset: int) -> Spot:
        """Where an offset of the flat text stands in the file."""
        spot = self.spot
        for at, run in self.starts:
            if at > offset:
                break
            spot = Spot(run.spot.line, run.spot.column + (offset - at if run.kind == "text" else 0))
        return spot

    def sentences(self) -> Iterator[Sentence]:
        """The passage cut at full stops that end a sentence; abbreviations and initials do not."""
        flat, start = self.flat.translate(_ALIKE), 0
        for match in _END.finditer(self.flat):
            if _ABBREVIATION.search(self.flat, start, match.end()):
                continue
            yield Sentence(flat[start : match.end()], start, self)
            start = match.end()
        if flat[start:].strip():
            yield Sentence(flat[start:], start, self)


@dataclass(frozen=True, slots=True)
class BlockUse:
    """A block as it stands in the story. `model` is None when its body cannot be read."""

    name: str
    model: BlockModel | None
    spot: Spot
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    """The line, in the file, of each key."""
    last: int = 0
    """Its last line."""
    tokens: tuple[Token, ...] = ()
    """The Markdown in it, where it holds prose."""


@dataclass(frozen=True)
class Story:
    """story.md as it was read, with everything that is wrong with its form."""

    file: str
    front: Front | None
    passages: tuple[Passage, ...]
    blocks: tuple[BlockUse, ...]
    tokens: tuple[Token, ...]
    """The Markdown tokens from which the page is made; a block's token carries its number in `meta`."""
    faults: tuple[Fault, ...]
    source: tuple[str, ...] = ()
    """The file line by line."""

    def column(self, line: int, text: str) -> int:
        """In which column of a line these words begin; the first where they do not stand there."""
        there = self.source[line - 1] if 0 < line <= len(self.source) else ""
        return max(there.find(text), 0) + 1

    def in_analysis(self, spot: Spot) -> bool:
        """Whether a place lies in a block that holds prose under somebody's name."""
        return any(use.spot.line <= spot.line <= use.last for use in self.blocks if use.tokens)

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence, those in blocks too, in order of passages."""
        return (sentence for passage in self.passages for sentence in passage.sentences())

    def references(self) -> Iterator[Run]:
        """Every reference in prose, in order of passages."""
        return (run for passage in self.passages for run in passage.runs if run.kind == "reference")

    def as_of(self, fallback: date | None) -> date | None:
        """The day that the page carries: never the clock's."""
        return (self.front.date if self.front else None) or fallback

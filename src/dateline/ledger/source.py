"""A source: who speaks, what they want, what they depend on, how reliable they have been."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from dateline.ledger.citation import Citations, citation_refs
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, refs_to
from dateline.ledger.terms import Terms
from dateline.ledger.told import Day, Names, name_in

Reliability = Literal["A", "B", "C", "D", "E", "F"]
"""Admiralty scale: A completely reliable … E unreliable; F cannot be judged, which is not "bad"."""


class Judgement(Part):
    """How reliable somebody found the source, on a day, and why."""

    grade: Reliability
    by: Text
    date: Day
    why: Text


class Source(Record):
    """A person or a body that says things: a government, an outlet, an agency, an official without a name."""

    kind: ClassVar[Kind] = "source"
    folder: ClassVar[str] = "sources"
    inline: ClassVar[frozenset[str]] = frozenset({"terms"})

    type: Literal[
        "person", "anonymous", "government", "intelligence", "military", "international", "party", "outlet", "wire",
        "think_tank", "ngo", "company", "laboratory", "imagery", "other",
    ]  # fmt: skip
    state: Text | None = Field(default=None, description="the state it belongs to, as a two-letter code")
    zone: Text | None = Field(default=None, description="its time zone, as in Asia/Seoul: whose Friday it is")
    terms: Terms | None = Field(default=None, description="what was agreed for everything it tells us")
    member_of: Many[RecordId] = Field(default=(), description="ids of the bodies that it speaks for")
    depends_on: Many[RecordId] = Field(default=(), description="ids of the sources from which it knows what it says")
    interests: Text | None = Field(default=None, description="what it stands to gain")
    scale: Text | None = Field(default=None, description="the scale of likelihood words it uses, such as icd-203 or uk")
    reliability: Reliability | None = None
    history: Many[Judgement] = ()
    sources: Citations = ()
    note: Text | None = None
    names: Names

    def name(self, language: str = "en") -> str:
        """The name in a language, else in English, else the first one given."""
        return name_in(self.names, language)

    def title_text(self) -> str:
        """The English name."""
        return self.name()

    def refs(self) -> Iterator[Ref]:
        """What it belongs to and depends on."""
        yield from refs_to("member_of", self.member_of, "source", chain=True)
        yield from refs_to("depends_on", self.depends_on, "source", chain=True)
        yield from citation_refs("sources", self.sources)

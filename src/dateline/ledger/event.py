"""An event of the timeline: what happened, when, and who says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from dateline.ledger.citation import Citations, citation_refs
from dateline.ledger.record import Kind, Many, Record, RecordId, Ref, Text, refs_to, refuse
from dateline.ledger.told import WhenField


class Event(Record):
    """Something dated. `basis` says what it stands on, so that a claim is never drawn as a fact."""

    kind: ClassVar[Kind] = "event"
    folder: ClassVar[str] = "events"
    inline: ClassVar[frozenset[str]] = frozenset({"when"})

    title: Text
    when: WhenField
    basis: Literal["reported", "claimed", "measured", "confirmed"] = Field(
        alias="kind", description="reported by outlets; claimed by a speaker; measured here; confirmed by rival sources"
    )
    in_own_words: Text | None = Field(default=None, description="what happened, in our own words")
    places: Many[RecordId] = ()
    claims: Many[RecordId] = Field(default=(), description="ids of the claims that say so")
    findings: Many[RecordId] = Field(default=(), description="ids of the measures that show it")
    evidence: Many[RecordId] = ()
    sources: Citations = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _stands_on_something(self) -> Self:
        if self.basis == "measured" and not self.findings:
            refuse("measured, without findings", "findings = [id of the measure that shows it]", at="findings")
        if self.basis != "measured" and not (self.claims or self.sources or self.evidence):
            refuse("nobody who says so", "claims, sources or evidence: an event needs at least one", at="sources")
        return self

    def title_text(self) -> str:
        """The title."""
        return self.title

    def refs(self) -> Iterator[Ref]:
        """Its places and whatever it stands on."""
        yield from refs_to("places", self.places, "place")
        yield from refs_to("claims", self.claims, "claim")
        yield from refs_to("findings", self.findings, "finding")
        yield from refs_to("evidence", self.evidence, "item")
        yield from citation_refs("sources", self.sources)

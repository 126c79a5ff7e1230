"""A photo, video or sound: what we have of it, and how far each of the four axes of verification has come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from dateline.ledger.citation import Citations, Url, citation_refs
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, ref_to, refs_to, refuse
from dateline.ledger.terms import Terms
from dateline.ledger.told import Day, WhenField
from dateline.ledger.transcript import Stretch, in_order


class Rung(Part):
    """How far one axis has come, by whose work, on what evidence."""

    state: str
    by: Text | None = None
    reviewer: Text | None = Field(default=None, description="a second person, who did not see the first one's answer")
    date: Day | None = None
    why: Text | None = None
    evidence: Many[RecordId] = ()
    findings: Many[RecordId] = ()

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if self.reviewer is not None and self.reviewer == self.by:
            refuse(f"{self.reviewer!r}, who also wrote it", "another person", at="reviewer")
        if self.state == "confirmed" and self.reviewer is None:
            refuse("confirmed by one person", "a reviewer: only a second person confirms", at="reviewer")
        return self


class LocationRung(Rung):
    """Where the camera stood."""

    state: Literal["unknown", "claimed", "candidate", "matched", "confirmed", "refuted", "cannot_be_located"]


class TimeRung(Rung):
    """When it was taken."""

    state: Literal["unknown", "bounded", "narrowed", "confirmed", "refuted"]


class AuthenticityRung(Rung):
    """Whether the file is what came out of the camera."""

    state: Literal["not_examined", "no_alteration_found", "original_obtained", "altered", "synthetic", "recycled"]


class DepictionRung(Rung):
    """Whether it shows what it is said to show."""

    state: Literal["attributed", "consistent", "corroborated", "confirmed", "contradicted"]


class Caption(Part):
    """The words it came with."""

    text: Text
    language: Text
    translation: Text | None = None
    translator: Text | None = None


class MediaItem(Record):
    """One picture or clip. An axis that is absent has not been worked on: unknown, not examined, only attributed."""

    kind: ClassVar[Kind] = "media"
    folder: ClassVar[str] = "media"
    inline: ClassVar[frozenset[str]] = frozenset({"posted", "taken", "terms"})

    title: Text
    type: Literal["photo", "video", "audio", "notes"] = Field(
        description="notes: what somebody wrote down while another spoke"
    )
    terms: Terms | None = Field(default=None, description="of an interview: what was agreed with whoever speaks in it")
    items: Many[RecordId] = Field(default=(), description="ids of the files we have of it")
    posted: WhenField | None = Field(default=None, description="when it was first posted, as far as we know")
    url: Url | None = None
    taken: WhenField | None = Field(default=None, description="the interval in which it was taken, from evidence")
    places: Many[RecordId] = ()
    copy_of: RecordId | None = Field(default=None, description="id of an earlier copy")
    graphic: bool = Field(default=False, description="blurred, grey and muted until asked for")
    mask: Many[Literal["faces", "plates", "name_tags"]] = Field(default=(), description="masked before publication")
    sources: Citations = ()
    note: Text | None = None
    transcript: Many[Stretch] = Field(default=(), description="what is heard, stretch by stretch, in order of time")
    caption: Caption | None = None
    location: LocationRung | None = None
    time: TimeRung | None = None
    authenticity: AuthenticityRung | None = None
    depiction: DepictionRung | None = None

    _rows_in_order = field_validator("transcript")(in_order)

    def title_text(self) -> str:
        """The title."""
        return self.title

    def refs(self) -> Iterator[Ref]:
        """The files, places and findings that it rests on."""
        yield from refs_to("items", self.items, "item")
        yield from refs_to("places", self.places, "place")
        yield from ref_to("copy_of", self.copy_of, "media", chain=True)
        yield from citation_refs("sources", self.sources)
        for index, row in enumerate(self.transcript):
            yield from ref_to(f"transcript.{index}.speaker", row.speaker, "source")
        for axis in ("location", "time", "authenticity", "depiction"):
            rung: Rung | None = getattr(self, axis)
            if rung is not None:
                yield from refs_to(f"{axis}.evidence", rung.evidence, "item")
                yield from refs_to(f"{axis}.findings", rung.findings, "finding")

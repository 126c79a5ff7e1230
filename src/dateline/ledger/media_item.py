"""A photo, video or sound: what we have of it, and how far each of the four axes of verification has come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from dateline.ledger.citation import Citations, Url, citation_refs
from dateline.ledger.faults import offer
from dateline.ledger.picture_mark import PictureMark
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, ref_to, refs_to, refuse
from dateline.ledger.second_person import same_person
from dateline.ledger.terms import Terms
from dateline.ledger.told import Day, WhenField
from dateline.ledger.transcript import Stretch, in_order
from dateline.ledger.verification import (
    AXES,
    AuthenticityStep,
    Axis,
    DepictionStep,
    LocationStep,
    Step,
    Steps,
    TimeStep,
    climbed,
)


class Relation(Part):
    """How this item stands to another one of the case."""

    to: RecordId = Field(description="id of the other media item")
    kind: Literal["same_place", "same_event", "other_camera", "earlier", "copy"] = Field(
        description="earlier: the other one was there before this one"
    )
    by: Text | None = None
    reviewer: Text | None = None
    date: Day | None = None
    why: Text | None = None
    evidence: Many[RecordId] = ()
    findings: Many[RecordId] = ()

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if same_person(self.reviewer, self.by):
            refuse(f"{self.reviewer!r}, who also wrote it", "another person", at="reviewer")
        return self


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
    said_to_show: Text | None = Field(default=None, description="what it is said to show: North Korean soldiers")
    relations: Many[Relation] = ()
    marks: Many[PictureMark] = Field(default=(), description="what somebody sees in it, with its size in pixels")
    location: Steps[LocationStep] = Field(default=(), description="where the camera stood")
    time: Steps[TimeStep] = Field(default=(), description="when it was taken")
    authenticity: Steps[AuthenticityStep] = Field(default=(), description="whether the file is the camera's own")
    depiction: Steps[DepictionStep] = Field(default=(), description="whether it shows what it is said to show")

    _rows_in_order = field_validator("transcript")(in_order)

    @field_validator(*AXES)
    @classmethod
    def _steps_in_order(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        climbed(steps)
        return steps

    @model_validator(mode="after")
    def _marks_are_there(self) -> Self:
        known = [mark.id for mark in self.marks]
        for index, name in enumerate(known):
            if name in known[:index]:
                refuse(f"{name!r} a second time", "an id of its own", at=f"marks.{index}.id")
        for index, step in enumerate(self.depiction):
            for name in step.marks:
                if name not in known:
                    refuse(
                        f"{name!r}, which is no mark of this picture", offer(name, known), at=f"depiction.{index}.marks"
                    )
        for index, relation in enumerate(self.relations):
            if relation.to == self.id:
                refuse("itself", "the id of another media item", at=f"relations.{index}.to")
        return self

    def steps(self, axis: Axis) -> tuple[Step, ...]:
        """The steps taken on one axis, in order."""
        found: tuple[Step, ...] = getattr(self, axis)
        return found

    def cited_findings(self) -> tuple[str, ...]:
        """Ids of the findings that its axes and relations rest on, each once."""
        rests = (
            *(step.findings for axis in AXES for step in self.steps(axis)),
            *(one.findings for one in self.relations),
        )
        return tuple(dict.fromkeys(name for names in rests for name in names))

    def cited_claims(self) -> tuple[str, ...]:
        """Ids of the claims that its axes rest on or that speak against them, each once."""
        rests = ((*step.claims, *step.against) for axis in AXES for step in self.steps(axis))
        return tuple(dict.fromkeys(name for names in rests for name in names))

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
        for index, relation in enumerate(self.relations):
            yield from ref_to(f"relations.{index}.to", relation.to, "media")
            yield from refs_to(f"relations.{index}.evidence", relation.evidence, "item")
            yield from refs_to(f"relations.{index}.findings", relation.findings, "finding")
        for axis in AXES:
            for index, step in enumerate(self.steps(axis)):
                yield from step.refs(f"{axis}.{index}")

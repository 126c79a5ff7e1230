"""The four axes on which a picture or clip is checked: ladders of rungs, climbed in steps that are never taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final, Literal, Self, TypeVar

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dateline.ledger.appearance import by_faces, looks_as_proof
from dateline.ledger.clock_time import Seconds, spell_clock
from dateline.ledger.one_or_many import OneOrMany
from dateline.ledger.record import Many, Part, RecordId, Ref, Text, ref_to, refs_to, refuse
from dateline.ledger.second_person import same_person
from dateline.ledger.told import Day, WhenField

T = TypeVar("T")

Axis = Literal["location", "time", "authenticity", "depiction"]
AXES: Final[tuple[Axis, ...]] = ("location", "time", "authenticity", "depiction")

LADDERS: Final[dict[Axis, tuple[str, ...]]] = {
    "location": ("unknown", "claimed", "candidate", "matched", "confirmed"),
    "time": ("unknown", "bounded", "narrowed", "confirmed"),
    "authenticity": ("not_examined", "no_alteration_found", "original_obtained"),
    "depiction": ("attributed", "consistent", "corroborated", "confirmed"),
}
"""The rungs of each axis, from the ground up. What nobody has worked on stands on the first."""

AGAINST: Final[dict[Axis, tuple[str, ...]]] = {
    "location": ("refuted", "cannot_be_located"),
    "time": ("refuted",),
    "authenticity": ("altered", "synthetic", "recycled"),
    "depiction": ("contradicted",),
}
"""Where an axis can end instead."""

APPEARANCE: Final = "appearance: how people look is no evidence of their nationality or identity"
"""What is refused wherever it stands alone."""


class Feature(Part):
    """One thing that stands both in the picture and on the ground, or on a map or satellite image."""

    what: Text = Field(description="a water tower with a red band")
    part_of: Text | None = Field(
        default=None, description="of several features of one building: which; they count once"
    )
    seen: Text | None = Field(default=None, description="where in the picture, or at which second")
    found: Text | None = Field(default=None, description="on what it was found: a map, an image, and its date")


class Examination(Part):
    """One examination of the file: what was looked for, what was found, and what it could have found."""

    what: Text
    found: Text
    power: Text = Field(description="what it would have shown, and what it cannot show")


class Heard(Part):
    """A stretch of a recording's transcript that a step rests on."""

    media: RecordId | None = Field(default=None, description="id of the recording; this one when absent")
    start: Seconds
    end: Seconds

    @field_validator("end")
    @classmethod
    def _after_it_begins(cls, value: float, info: ValidationInfo) -> float:
        start = info.data.get("start")
        if start is not None and value <= start:
            refuse(spell_clock(value), f"a time after the start, {spell_clock(start)}")
        return value


class Step(Part):
    """One step on an axis: how far, by whom, on what evidence. A later step stands below it; none is taken out."""

    axis: ClassVar[Axis]

    state: str
    by: Text | None = None
    reviewer: Text | None = Field(default=None, description="a second person")
    blind: bool = Field(default=False, description="the second person did not know the first one's answer")
    date: Day | None = None
    why: Text | None = Field(default=None, description="in words; a step down needs it")
    method: Text | None = None
    evidence: Many[RecordId] = Field(default=(), description="ids of files")
    findings: Many[RecordId] = ()
    claims: Many[RecordId] = Field(default=(), description="ids of claims that say so")
    against: Many[RecordId] = Field(default=(), description="ids of claims that say otherwise, or could not confirm it")

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if same_person(self.reviewer, self.by):
            refuse(f"{self.reviewer!r}, who also wrote it", "another person", at="reviewer")
        if self.blind and self.reviewer is None:
            refuse("blind, and nobody who was", "a reviewer: who did not know the answer", at="blind")
        if self.state == "confirmed" and self.reviewer is None:
            refuse("confirmed by one person", "a reviewer: only a second person confirms", at="reviewer")
        return self

    @property
    def rank(self) -> int:
        """Its height on the ladder; -1 where it ends instead."""
        ladder = LADDERS[self.axis]
        return ladder.index(self.state) if self.state in ladder else -1

    def refs(self, key: str) -> Iterator[Ref]:
        """The files, findings and claims that it rests on."""
        yield from refs_to(f"{key}.evidence", self.evidence, "item")
        yield from refs_to(f"{key}.findings", self.findings, "finding")
        yield from refs_to(f"{key}.claims", self.claims, "claim")
        yield from refs_to(f"{key}.against", self.against, "claim")


class LocationStep(Step):
    """Where the camera stood."""

    axis: ClassVar[Axis] = "location"

    state: Literal["unknown", "claimed", "candidate", "matched", "confirmed", "refuted", "cannot_be_located"]
    places: Many[RecordId] = Field(default=(), description="the place, or the candidates")
    features: Many[Feature] = Field(default=(), description="what was matched between the picture and the ground")
    radius: float | None = Field(default=None, gt=0, description="how far the camera may stand from the place [m]")

    def refs(self, key: str) -> Iterator[Ref]:
        """Its places too."""
        yield from super().refs(key)
        yield from refs_to(f"{key}.places", self.places, "place")


class TimeStep(Step):
    """When it was taken."""

    axis: ClassVar[Axis] = "time"

    state: Literal["unknown", "bounded", "narrowed", "confirmed", "refuted"]
    taken: WhenField | None = Field(default=None, description="the interval that this step's evidence leaves")
    not_before: Text | None = Field(default=None, description="which evidence sets the first end")
    not_after: Text | None = Field(default=None, description="which evidence sets the last end")


class AuthenticityStep(Step):
    """Whether the file is what came out of the camera."""

    axis: ClassVar[Axis] = "authenticity"

    state: Literal["not_examined", "no_alteration_found", "original_obtained", "altered", "synthetic", "recycled"]
    checks: Many[Examination] = Field(default=(), description="what the file was examined for, and with what power")


class DepictionStep(Step):
    """Whether it shows what it is said to show. How people look carries nothing."""

    axis: ClassVar[Axis] = "depiction"

    state: Literal["attributed", "consistent", "corroborated", "confirmed", "contradicted"]
    basis: Many[
        Literal["speech", "text", "insignia", "equipment", "documents", "witness", "event", "location", "appearance"]
    ] = Field(default=(), description="what it rests on; appearance may be named and never counts")
    heard: Many[Heard] = Field(default=(), description="stretches of transcripts in which it is heard")
    marks: Many[RecordId] = Field(default=(), description="ids of marks in the picture (this record's [[marks]])")

    @model_validator(mode="after")
    def _not_by_looks(self) -> Self:
        for _, words in by_faces(self.method or ""):
            refuse(f"{words!r}; {APPEARANCE}", "a method that reads no faces", at="method")
        if self.state == "attributed":
            return self
        if self.basis and set(self.basis) == {"appearance"}:
            refuse(APPEARANCE, "speech, text, insignia, equipment, documents, witness, event, location", at="basis")
        rests = (*self.evidence, *self.findings, *self.claims, *self.heard, *self.marks)
        for _, words in looks_as_proof(self.why or "") if not rests else ():
            refuse(f"{words!r}; {APPEARANCE}", "evidence, findings, claims, heard or marks beside it", at="why")
        return self

    def refs(self, key: str) -> Iterator[Ref]:
        """The recordings in which it is heard, too."""
        yield from super().refs(key)
        for index, stretch in enumerate(self.heard):
            yield from ref_to(f"{key}.heard.{index}.media", stretch.media, "media")


Steps = Annotated[Many[T], OneOrMany()]
"""The steps of one axis in the order in which they were taken."""


def climbed(steps: tuple[Step, ...]) -> None:
    """Refuses an order of steps that cannot be: dates that run back, a step down or out without its reason."""
    for index in range(1, len(steps)):
        above, step = steps[index - 1], steps[index]
        dated = next((one.date for one in reversed(steps[:index]) if one.date is not None), None)
        if step.date is not None and dated is not None and step.date < dated:
            refuse(str(step.date), f"a day not before that of the step above it, {dated}", at=f"{index}.date")
        if step.rank < above.rank and step.why is None:
            refuse(f"down from {above.state} to {step.state}, and no reason", "why", at=f"{index}.why")
    if steps and steps[0].state in AGAINST[steps[0].axis] and steps[0].why is None:
        refuse(f"{steps[0].state}, and no reason", "why", at="0.why")

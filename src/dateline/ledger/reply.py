"""The right of reply: asked, when, until when, and what came back; or why nobody asked, and who decided that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, ref_to, refs_to, refuse
from dateline.ledger.told import Day, WhenField


class NotAsked(Part):
    """Why nobody asked, and who decided that. The editor's sheet prints it."""

    why: Text
    by: Text
    date: Day


class Reply(Record):
    """One person or firm named in the story, and whether they were heard."""

    kind: ClassVar[Kind] = "reply"
    folder: ClassVar[str] = "replies"
    inline: ClassVar[frozenset[str]] = frozenset({"not_asked", "asked", "deadline", "answered"})

    party: RecordId = Field(description="id of the source that was asked")
    about: Many[RecordId] = Field(default=(), description="ids of the claims, events, media or findings put to them")
    not_asked: NotAsked | None = Field(default=None, description="why nobody asked them; instead of what follows")
    question: Text | None = Field(
        default=None, validate_default=True, description="what was put to them; required unless not_asked"
    )
    asked: WhenField | None = Field(default=None, validate_default=True, description="required unless not_asked")
    asked_by: Text | None = None
    channel: Text | None = Field(default=None, description="letter, e-mail, telephone")
    deadline: WhenField | None = Field(default=None, validate_default=True, description="required unless not_asked")
    outcome: Literal["waiting", "answered", "declined", "no_answer"] | None = Field(
        default=None, validate_default=True, description="required unless not_asked"
    )
    answered: WhenField | None = Field(default=None, validate_default=True)
    answer: Text | None = Field(default=None, validate_default=True, description="their words")
    language: Text | None = None
    translation: Text | None = None
    translator: Text | None = None
    evidence: Many[RecordId] = ()
    note: Text | None = None

    @field_validator("question", "asked", "deadline", "outcome")
    @classmethod
    def _asked_or_not(cls, value: object, info: ValidationInfo) -> object:
        if "not_asked" not in info.data:  # broken; its own fault says so
            return value
        not_asked = info.data["not_asked"] is not None
        if value is None and not not_asked:
            refuse("nothing", "it is required, or not_asked = {why = …, by = …, date = …}")
        if value is not None and not_asked:
            refuse("an answer beside not_asked", "one of them: they were asked, or they were not")
        return value

    @field_validator("deadline")
    @classmethod
    def _after_asking(cls, value: WhenField | None, info: ValidationInfo) -> WhenField | None:
        asked = info.data.get("asked")
        if value is not None and asked is not None and value.before(asked):
            refuse(value.spoken(), f"a day after they were asked ({asked.spoken()})")
        return value

    @field_validator("answered", "answer")
    @classmethod
    def _words_of_an_answer(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("outcome") == "answered":
            refuse("nothing", "the answer and its day, since they answered")
        return value

    def title_text(self) -> str:
        """What was put to them."""
        return self.question or "not asked"

    def refs(self) -> Iterator[Ref]:
        """Who was asked, about what, and the letters."""
        yield from ref_to("party", self.party, "source")
        yield from refs_to("about", self.about, "claim", "event", "media", "finding")
        yield from refs_to("evidence", self.evidence, "item")

"""The right of reply: asked, when, until when, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from dateline.ledger.record import Kind, Many, Record, RecordId, Ref, Text, ref_to, refs_to, refuse
from dateline.ledger.told import WhenField


class Reply(Record):
    """One person or firm named in the story, and whether they were heard."""

    kind: ClassVar[Kind] = "reply"
    folder: ClassVar[str] = "replies"
    inline: ClassVar[frozenset[str]] = frozenset({"asked", "deadline", "answered"})

    party: RecordId = Field(description="id of the source that was asked")
    about: Many[RecordId] = Field(default=(), description="ids of the claims, events, media or findings put to them")
    question: Text = Field(description="what was put to them")
    asked: WhenField
    asked_by: Text | None = None
    channel: Text | None = Field(default=None, description="letter, e-mail, telephone")
    deadline: WhenField
    outcome: Literal["waiting", "answered", "declined", "no_answer"]
    answered: WhenField | None = None
    answer: Text | None = Field(default=None, description="their words")
    language: Text | None = None
    evidence: Many[RecordId] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.outcome == "answered" and (self.answer is None or self.answered is None):
            refuse("answered, without the answer or its date", "answer and answered", at="outcome")
        if self.deadline.before(self.asked):
            refuse(self.deadline.spoken(), f"a day after they were asked ({self.asked.spoken()})", at="deadline")
        return self

    def title_text(self) -> str:
        """What was put to them."""
        return self.question

    def refs(self) -> Iterator[Ref]:
        """Who was asked, about what, and the letters."""
        yield from ref_to("party", self.party, "source")
        yield from refs_to("about", self.about, "claim", "event", "media", "finding")
        yield from refs_to("evidence", self.evidence, "item")

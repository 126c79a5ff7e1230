"""What is heard in a recording, stretch by stretch: who speaks, the words as spoken, the translation and its check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import Field, ValidationInfo, field_validator

from dateline.ledger.clock_time import Seconds, spell_clock
from dateline.ledger.record import Part, RecordId, Text, refuse
from dateline.ledger.second_person import same_person
from dateline.ledger.terms import Agreed


def another_person(value: str | None, info: ValidationInfo) -> str | None:
    """The second linguist, who is not the translator."""
    if same_person(value, info.data.get("translator")):
        refuse(f"{value!r}, who also translated it", "another person")
    return value


def somebody_looked(value: bool | None, info: ValidationInfo) -> bool | None:
    """Whether the second linguist agrees; nobody agrees where nobody looked."""
    if value is not None and info.data.get("second_linguist") is None:
        refuse(str(value).lower(), "second_linguist beside it: who looked")
    return value


class Stretch(Part):
    """One stretch of a recording with the words heard in it."""

    start: Seconds
    end: Seconds
    speaker: RecordId | None = Field(default=None, description="id of the source that speaks")
    voice: Text | None = Field(default=None, description="what the subtitles call the speaker, while nobody knows who")
    language: Text | None = None
    original: Text = Field(description="the words as they are heard")
    translation: Text | None = None
    translator: Text | None = None
    second_linguist: Text | None = Field(default=None, description="a second person, who knows the language")
    agrees: bool | None = Field(default=None, description="whether the second linguist agrees with the translation")
    terms: Agreed | None = Field(default=None, description="what was agreed of this stretch, where it is stricter")
    note: Text | None = None

    _another = field_validator("second_linguist")(another_person)
    _looked = field_validator("agrees")(somebody_looked)

    @field_validator("end")
    @classmethod
    def _after_it_begins(cls, value: float, info: ValidationInfo) -> float:
        start = info.data.get("start")
        if start is not None and value <= start:
            refuse(spell_clock(value), f"a time after the start, {spell_clock(start)}")
        return value


def in_order(rows: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The rows as they are. A row that begins before the one above it is a fault."""
    for index in range(1, len(rows)):
        if rows[index].start < rows[index - 1].start:
            above = spell_clock(rows[index - 1].start)
            refuse(spell_clock(rows[index].start), f"rows in order of time: {above} above it", at=f"{index}.start")
    return rows


def within(rows: Sequence[Stretch], start: float | None, end: float | None) -> Iterator[Stretch]:
    """The rows that a stretch from `start` to `end` [s] touches; None: from the beginning, to the end."""
    for row in rows:
        if (end is None or row.start < end) and (start is None or row.end > start):
            yield row


def spoken(start: float | None, end: float | None) -> str:
    """A stretch in words: 00:01:02 to 00:01:30."""
    if start is None and end is None:
        return "the whole recording"
    return f"{spell_clock(start or 0.0)} to {'the end' if end is None else spell_clock(end)}"

"""What somebody sees in a picture: a flag, letters on a box, a piece of kit; and whether it could be seen at all."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, Strict, field_validator

from dateline.ledger.clock_time import Seconds
from dateline.ledger.record import Part, RecordId, Text
from dateline.ledger.told import Day
from dateline.ledger.transcript import another_person, somebody_looked

Task = Literal["detect", "recognise", "identify"]

LEAST_PIXELS: Final[dict[Task, float]] = {"detect": 2.0, "recognise": 8.0, "identify": 12.8}
"""Pixels across the smallest dimension that matters, from which one in two observers manages: 1.0, 4.0 and 6.4 line
pairs of two pixels each (Johnson 1958, Image Intensifier Symposium, Fort Belvoir, 249-273)."""

Box = Annotated[tuple[float, float, float, float], Strict(False)]


class PictureMark(Part):
    """One mark in the picture, with its words as they stand there, and how large it is."""

    id: RecordId
    what: Text = Field(description="a wooden box with stencilled letters; never a person's face or build")
    kind: Literal["text", "flag", "insignia", "equipment", "vehicle", "building", "sign", "other"]
    task: Task = Field(default="recognise", description="what is asked of it: detect, recognise or identify")
    box: Box | None = Field(default=None, description="left, top, width, height in the picture [px]")
    size: float | None = Field(default=None, gt=0, description="its smallest dimension that matters [px]")
    at: Seconds | None = Field(default=None, description="in a clip: when")
    language: Text | None = None
    original: Text | None = Field(default=None, description="the words as they stand there")
    translation: Text | None = None
    translator: Text | None = None
    second_linguist: Text | None = Field(default=None, description="a second person, who knows the language")
    agrees: bool | None = Field(default=None, description="whether the second linguist agrees with the translation")
    by: Text | None = None
    reviewer: Text | None = None
    date: Day | None = None
    note: Text | None = None

    _another = field_validator("second_linguist")(another_person)
    _looked = field_validator("agrees")(somebody_looked)

    @property
    def pixels(self) -> float | None:
        """Across its smallest dimension [px]: as told, else the box's; None where nobody measured."""
        if self.size is not None:
            return self.size
        return None if self.box is None else min(self.box[2], self.box[3])

    @property
    def could_be_seen(self) -> bool | None:
        """Whether it is large enough for what is asked of it; None where nobody measured it."""
        return None if self.pixels is None else self.pixels >= LEAST_PIXELS[self.task]

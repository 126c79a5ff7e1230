"""An observation: one person's mark on one image. Append-only: superseded or withdrawn, never edited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, Strict, model_validator

from dateline.ledger.record import Kind, Many, Record, RecordId, Ref, Text, ref_to, refuse
from dateline.ledger.told import Instant

Pixel = Annotated[tuple[float, float], Strict(False)]
"""Column and row in the image [px], from the upper left corner."""


class Observation(Record):
    """What somebody saw, or could not see. "Not discernible" and "obscured" are not "absent"."""

    kind: ClassVar[Kind] = "observation"
    folder: ClassVar[str] = "observations"

    by: RecordId = Field(description="who, as the folder is named; may be a pseudonym")
    at: Instant
    item: RecordId = Field(description="id of the image")
    place: RecordId | None = None
    question: Text | None = Field(default=None, description="what was looked for")
    state: Literal["present", "absent", "not_discernible", "obscured", "withdrawn"]
    points: Many[Pixel] = ()
    lines: Many[Many[Pixel]] = ()
    count: int | None = Field(default=None, ge=0)
    independent: bool = Field(default=False, description="made without having seen anybody else's")
    date_hidden: bool = False
    tool: Text | None = None
    zoom: float | None = Field(default=None, gt=0, description="screen pixels per image pixel")
    reason: Text | None = None
    supersedes: RecordId | None = Field(default=None, description="id of the observation that this one replaces")

    @model_validator(mode="after")
    def _withdrawal(self) -> Self:
        if self.state == "withdrawn" and self.supersedes is None:
            refuse("nothing that is withdrawn", "the id of the observation", at="supersedes")
        return self

    def refs(self) -> Iterator[Ref]:
        """The image, the place, what it replaces."""
        yield from ref_to("item", self.item, "item")
        yield from ref_to("place", self.place, "place")
        yield from ref_to("supersedes", self.supersedes, "observation", chain=True)

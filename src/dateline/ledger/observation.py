"""An observation: one person's mark on one image. Append-only: superseded or withdrawn, never edited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, Strict, model_validator

from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, ref_to, refuse
from dateline.ledger.told import Instant

Pixel = Annotated[tuple[float, float], Strict(False)]
"""Column and row in the image [px], from the upper left corner."""
Area = Annotated[tuple[float, float, float, float], Strict(False)]
"""Left edge, upper edge, width and height of a part of the image [px]."""


class Match(Part):
    """One point of the image, found again: on the map (lon, lat), or in another image (other_x, other_y)."""

    x: float = Field(description="column [px]")
    y: float = Field(description="row [px]")
    name: Text | None = Field(default=None, description="what it is: north-east corner of the shed")
    lon: float | None = Field(default=None, ge=-180, le=180, description="[degrees]")
    lat: float | None = Field(default=None, ge=-90, le=90, description="[degrees]")
    height: float | None = Field(default=None, description="above sea level [m]")
    other_x: float | None = Field(default=None, description="column in the other image [px]")
    other_y: float | None = Field(default=None, description="row in the other image [px]")
    pixel_error: float | None = Field(default=None, gt=0, description="standard error of the mark [px]")
    map_error: float | None = Field(default=None, gt=0, description="standard error of the map position [m]")

    @model_validator(mode="after")
    def _found_again(self) -> Self:
        on_map = {self.lon is None, self.lat is None}
        on_other = {self.other_x is None, self.other_y is None}
        if len(on_map) > 1 or len(on_other) > 1 or on_map == on_other:
            refuse("a match without its other end, or with two", "lon and lat, or other_x and other_y")
        return self


class Observation(Record):
    """What somebody saw, or could not see. "Not discernible" and "obscured" are not "absent"."""

    kind: ClassVar[Kind] = "observation"
    folder: ClassVar[str] = "observations"

    by: RecordId = Field(description="who, as the folder is named; may be a pseudonym")
    at: Instant
    item: RecordId = Field(description="id of the image")
    place: RecordId | None = None
    question: Text | None = Field(default=None, description="what was looked for")
    image_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$", description="of the image's bytes")
    sitting: RecordId | None = Field(default=None, description="the marks of one person in one go")
    tile: Text | None = Field(default=None, description="name of the part of the image that was looked at")
    area: Area | None = Field(default=None, description="that part; absent: the whole image")
    checked: bool = Field(default=False, description="corrected against a closer look")
    submitted: bool = Field(
        default=False, description="ends a sitting: before it others' marks were hidden, and it was no answer yet"
    )
    state: Literal["present", "absent", "not_discernible", "obscured", "withdrawn"]
    points: Many[Pixel] = ()
    lines: Many[Many[Pixel]] = ()
    line_names: Many[Text] = Field(default=(), description="what each line follows: object, shadow, horizon, north")
    pixel_error: float | None = Field(
        default=None, gt=0, description="standard error of the ends of the lines, in column and row each [px]"
    )
    other: RecordId | None = Field(default=None, description="id of the image that the matches lead to")
    matches: Many[Match] = ()
    count: int | None = Field(default=None, ge=0)
    independent: bool = Field(default=False, description="made without having seen anybody else's")
    date_hidden: bool = False
    tool: Text | None = None
    zoom: float | None = Field(default=None, gt=0, description="screen pixels per image pixel")
    reason: Text | None = None
    supersedes: RecordId | None = Field(default=None, description="id of the observation that this one replaces")

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.state == "withdrawn" and self.supersedes is None:
            refuse("nothing that is withdrawn", "the id of the observation", at="supersedes")
        if self.submitted and self.sitting is None:
            refuse("the end of no sitting", "the id of the sitting", at="sitting")
        if self.matches and self.other is None and any(match.other_x is not None for match in self.matches):
            refuse("matches with an image that is not named", "the id of the other image", at="other")
        if self.line_names and len(self.line_names) != len(self.lines):
            refuse(f"{len(self.line_names)} names for {len(self.lines)} lines", "a name a line", at="line_names")
        return self

    @property
    def is_drawing(self) -> bool:
        """Whether it says where things lie (matched points, drawn lines): no answer to what somebody looked for."""
        return bool(self.matches or self.lines)

    def refs(self) -> Iterator[Ref]:
        """The images, the place, what it replaces."""
        yield from ref_to("item", self.item, "item")
        yield from ref_to("other", self.other, "item")
        yield from ref_to("place", self.place, "place")
        yield from ref_to("supersedes", self.supersedes, "observation", chain=True)

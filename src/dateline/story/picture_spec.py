"""What a block says about a picture and about the scale on which it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import Field, model_validator

from dateline.ledger.record import Text, refuse
from dateline.ledger.told import WhenField
from dateline.story.block import BlockModel, BlockPart, FindingId, ItemId, Plain


class PictureSpec(BlockPart):
    """One picture: where its bytes are (an item, a file of the case, or a finding's artifact), and what it is."""

    item: ItemId | None = Field(default=None, description="id of an archived item")
    file: Text | None = Field(default=None, description="path within the case")
    finding: FindingId | None = Field(
        default=None, description="id of a finding; `artifact` names the role of its file"
    )
    artifact: Text = Field(default="picture", description="role of the finding's file")
    layer: Text | None = Field(default=None, description="layer of a measured image, as in the file")
    product: Text | None = Field(default=None, description="product of a measured image whose name does not tell")
    sensor: str = Field(default="", description="what took it: VIIRS on Suomi-NPP, a phone, …")
    provider: str = Field(default="", description="who provides it; an item's attribution otherwise")
    date: WhenField | None = Field(default=None, description="when it was taken; not when it was posted")
    licence: str = Field(default="", description="an item's licence otherwise")
    alt: Plain = Field(description="what can be seen, for readers who do not see it")
    widest: int | None = Field(default=None, ge=100, description="the page carries it no wider than this [px]")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("item", "file", "finding") if getattr(self, name) is not None]
        if len(given) != 1:
            refuse(" and ".join(given) or "no picture", "one of: item, file, finding")
        return self


class Stretch(BlockPart):
    """The one logarithmic scale on which both sides of a comparison are drawn."""

    low: float
    high: float
    unit: Text = "nW cm-2 sr-1"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 < self.low < self.high:
            refuse(f"low {self.low}, high {self.high}", "low above 0 and below high: the scale is logarithmic")
        return self


def pictures_of(model: BlockModel) -> Iterator[tuple[str, PictureSpec]]:
    """The pictures of a block, by the names of their tables; of a list of them name and number."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, PictureSpec):
            yield name, value
        elif isinstance(value, tuple):
            yield from ((f"{name}.{n}", each) for n, each in enumerate(value) if isinstance(each, PictureSpec))

"""A measure: one question to one method, with what it is to be asked of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from dateline.ledger.one_or_many import OneOrMany
from dateline.ledger.record import Kind, Many, Part, Record, RecordId, Ref, Text, refs_to
from dateline.ledger.told import WhenField


class Selector(Part):
    """What an input is to be made of; the measure layer resolves it into items, records and findings by hash."""

    name: Text | None = Field(default=None, description="what a group of places is called")
    product: Text | None = Field(default=None, description="name of a sensor's product, such as VNP46A3")
    collection: Text | None = Field(default=None, description="processing version, where the files do not say")
    layer: Text | None = Field(default=None, description="name of the layer, as in the file")
    items: Many[RecordId] = Field(default=(), description="ids of archived items")
    files: Many[Text] = Field(default=(), description="file names or patterns, relative to folder or to the case")
    folder: Text | None = Field(default=None, description="a folder of files")
    crs: Text | None = Field(default=None, description="coordinate system of files that do not say it: EPSG:4326")
    counts: Text | None = Field(default=None, description="a file with the number of looks behind each value")
    table: Text | None = Field(default=None, description="a table of values that somebody measured")
    columns: dict[str, Text] = Field(default_factory=dict, description="what the table's columns stand for")
    period: WhenField | None = None
    months: Many[int] = Field(default=(), description="calendar months, 1 to 12")
    places: Many[RecordId] = ()
    sources: Many[RecordId] = ()
    claims: Many[RecordId] = ()
    events: Many[RecordId] = ()
    media: Many[RecordId] = ()
    matrices: Many[RecordId] = Field(default=(), description="ids of matrices of evidence and explanations")
    observations: Many[RecordId] = Field(default=(), description="whose observations: the folders' names")
    question: Text | None = Field(default=None, description="of observations: what was looked for, word for word")
    findings: Many[RecordId] = Field(default=(), description="ids of other measures, whose findings are read")


Selectors = Annotated[Many[Selector], OneOrMany()]

_NAMED: tuple[tuple[str, Kind], ...] = (
    ("items", "item"),
    ("places", "place"),
    ("sources", "source"),
    ("claims", "claim"),
    ("events", "event"),
    ("media", "media"),
)


class Measure(Record):
    """What `dateline measure` computes; its finding has the same id. The method's card checks the parameters."""

    kind: ClassVar[Kind] = "measure"
    folder: ClassVar[str] = "measures"

    method: Text = Field(description="name of the method; `dateline methods` lists them")
    question: Text | None = Field(default=None, description="in words; the card's own question otherwise")
    level: float | None = Field(default=None, gt=0, lt=1, description="level of confidence; the case's otherwise")
    seed: int = Field(default=1, ge=0, description="of the method's chance")
    note: Text | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    inputs: dict[str, Selectors] = Field(default_factory=dict, description="role -> selector")

    def title_text(self) -> str:
        """The question, or the method."""
        return self.question or self.method

    def refs(self) -> Iterator[Ref]:
        """Every record that a selector names."""
        for role, selectors in self.inputs.items():
            for index, selector in enumerate(selectors):
                at = f"inputs.{role}.{index}" if len(selectors) > 1 else f"inputs.{role}"
                for name, kind in _NAMED:
                    yield from refs_to(f"{at}.{name}", getattr(selector, name), kind)
                yield from refs_to(f"{at}.matrices", selector.matrices, "matrix", chain=True)
                yield from refs_to(f"{at}.findings", selector.findings, "finding", chain=True)

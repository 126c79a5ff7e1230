"""What every block shares: a model for its body, and marks on fields that say what a text in them is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel

from dateline.ledger.record import Part, Text

Sort = Literal["prose", "plain", "finding", "reference", "event", "place", "item"]


SECTIONS = ("corrections", "how", "said", "evidence", "credits")
"""Blocks that come after everything else, because they list what it used; added when the writer does not place them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the text of a field is."""

    sort: Sort


Prose = Annotated[str, Mark("prose")]
"""Words for readers: inline Markdown with references. Every rule on prose applies."""
Plain = Annotated[str, Mark("plain")]
"""Words for readers without markup: alt texts, labels in charts. References are printed as text."""
FindingId = Annotated[Text, Mark("finding")]
ReferenceText = Annotated[Text, Mark("reference")]
"""A reference without the braces: lights-port.ratio.change."""
EventId = Annotated[Text, Mark("event")]
PlaceId = Annotated[Text, Mark("place")]
ItemId = Annotated[Text, Mark("item")]

Path = tuple[str | int, ...]


class BlockPart(Part):
    """A table inside a block's body."""


class BlockModel(Part):
    """The body of a block. Unknown keys are errors."""

    is_figure: ClassVar[bool] = False
    """Whether it is numbered, and marked when anything in it is simulated."""
    holds_prose: ClassVar[bool] = False
    """Whether what stands in it is Markdown, and its keys stand behind its name (:::analysis by = "…")."""

    def marked(self) -> Iterator[tuple[Path, Sort, str]]:
        """Every text of a marked field, with its keys."""
        return _marked(self, ())


def _marked(part: BaseModel, above: Path) -> Iterator[tuple[Path, Sort, str]]:
    for name, info in type(part).model_fields.items():
        key = info.alias or name
        sort = _sort(info.annotation, list(info.metadata))
        yield from _values(getattr(part, name), (*above, key), sort)


def _values(value: Any, path: Path, sort: Sort | None) -> Iterator[tuple[Path, Sort, str]]:
    match value:
        case BaseModel():
            yield from _marked(value, path)
        case tuple():
            for index, item in enumerate(value):
                yield from _values(item, (*path, index), sort)
        case str() if sort is not None and value:
            yield path, sort, value


def _sort(annotation: Any, metadata: list[Any]) -> Sort | None:
    """The mark of a field, however deep it lies in Annotated, a union or a tuple."""
    for mark in metadata:
        if isinstance(mark, Mark):
            return mark.sort
    for inner in get_args(annotation):
        found = _sort(inner, list(getattr(inner, "__metadata__", ())))
        if found is not None:
            return found
    return None

"""What every record of a case shares: one text file, a schema version, an id, and what it refers to."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from dateline.core.identity import canonical, digest, is_id

Kind = Literal[
    "case", "place", "source", "claim", "event", "media", "reply", "matrix", "measure", "observation", "item",
    "finding", "signoff", "harm",
]  # fmt: skip
"""The kinds of things that a case holds; the word that error messages, the trace and the index use."""

T = TypeVar("T")


def refuse(found: str, valid: str, *, at: str = "") -> NoReturn:
    """Says what is wrong with a value while a record is being read; `at` names a key inside it.

    Raises the error that the reader turns into a RecordFault.
    """
    raise PydanticCustomError("record", "{found}; {valid}", {"found": found, "valid": valid, "at": at})


def _id(text: str) -> str:
    if not is_id(text):
        refuse(repr(text), "letters, digits, dot, dash and underscore, at most 128, beginning with a letter or digit")
    return text


def _told(text: str) -> str:
    if not text.strip():
        refuse("an empty text", "some words; leave the key out when nothing is known")
    return text


RecordId = Annotated[str, AfterValidator(_id)]
Text = Annotated[str, AfterValidator(_told)]
Many = Annotated[tuple[T, ...], Strict(False)]
"""A list in the file, a tuple here: records are frozen."""


class Part(BaseModel):
    """A piece of a record: frozen, strict about types and unknown keys, so that a typing error is an error."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, populate_by_name=True
    )


@dataclass(frozen=True, slots=True)
class Ref:
    """One record naming another: under which key, the kinds it may be, the id."""

    key: str
    kinds: tuple[Kind, ...]
    id: str
    chain: bool = False
    """Part of a chain that must come to an end: a loop of such references is a fault."""


def refs_to(key: str, ids: Iterable[str], *kinds: Kind, chain: bool = False) -> Iterator[Ref]:
    """The references of a key that holds a list of ids."""
    return (Ref(f"{key}.{index}", kinds, name, chain) for index, name in enumerate(ids))


def ref_to(key: str, name: str | None, *kinds: Kind, chain: bool = False) -> Iterator[Ref]:
    """The reference of a key that holds one id, or none."""
    if name is not None:
        yield Ref(key, kinds, name, chain)


class Record(Part):
    """One file of a case. The order of the fields is the canonical order of the keys."""

    kind: ClassVar[Kind]
    folder: ClassVar[str]
    """Where records of this kind lie, relative to the case."""
    current_schema: ClassVar[int] = 1
    inline: ClassVar[frozenset[str]] = frozenset()
    """Tables that are written in one line."""

    schema_: int = Field(default=1, alias="schema", ge=1, description="version of this kind of record")
    id: RecordId = Field(description="the record's name, and the file's")
    withheld: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] | None = Field(
        default=None, min_length=1, description="salted commitments in place of fields that are not given out, by path"
    )

    def title_text(self) -> str:
        """How a list of records shows this one."""
        return self.id

    def refs(self) -> Iterator[Ref]:
        """Every other record, item or finding that this one names."""
        return iter(())

    def to_json(self) -> dict[str, Any]:
        """Plain JSON of what is known: absent keys stay absent."""
        plain: dict[str, Any] = canonical(self.model_dump(by_alias=True, exclude_none=True))
        return plain

    def substance(self) -> dict[str, Any]:
        """What the identity is made of: all that the record says."""
        return self.to_json()

    def sha256(self) -> str:
        """The identity of what the record says: the same whatever its comments, spacing and key order.

        Worked out once for each record, since records are frozen and ten thousand are asked for at every question.
        """
        name = id(self)
        of, found = _HASHES.get(name, (None, ""))
        if of is None or of() is not self:
            found = digest(self.substance())
            _HASHES[name] = (weakref.ref(self, lambda _: _HASHES.pop(name, None)), found)
        return found


_HASHES: dict[int, tuple[weakref.ref[Record], str]] = {}
"""By object and not by value: to compare two records takes as long as to hash one. Gone with the record."""

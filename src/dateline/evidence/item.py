"""An evidence item: bytes that we have, or an image known to exist, and everything one must know to use them."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import tomlkit
from pydantic import (
    AfterValidator,
    Field,
    Strict,
    ValidationError,
    field_serializer,
    model_validator,
)

from dateline.core.errors import InputError, RecordError, RecordFault
from dateline.core.identity import canonical, digest
from dateline.evidence.atomic import write_atomic
from dateline.evidence.names import check_inside
from dateline.evidence.part import Id, Inside, Name, Part, Sha256, Told, Utc, without_login
from dateline.evidence.provenance import Capture, Derivation, Image, Origin, Sighting

FOLDER = "evidence/items"
"""Where item records lie in a case."""

SIMULATED = "simulated"
"""The word in the name of every simulated file."""


class Use(StrEnum):
    """What one may want to do with an item. A licence answers for each."""

    VIEW = "view"
    PUBLISH = "publish"
    EMBED = "embed"
    SHARE = "share"


class Status(StrEnum):
    """Whether we have the bytes, know that they exist somewhere else, or have them and do not give them out."""

    HAVE = "have"
    ELSEWHERE = "elsewhere"
    WITHHELD = "withheld"


class Leaf(Part):
    """One file of an item that is a folder."""

    path: Inside
    sha256: Sha256
    bytes: int = Field(ge=0)


class Permission(Part):
    """What a licence says about one use. Unknown is not a yes, and not a no that somebody said."""

    allowed: Literal["yes", "no", "unknown"] = "unknown"
    text: str | None = Field(default=None, description="the condition or the sentence that it rests on")


class Licence(Part):
    """The licence by use: an image may be viewed and published but not embedded, or its bytes not shared."""

    name: Told
    url: Annotated[str, AfterValidator(without_login)] | None = None
    view: Permission = Permission()
    publish: Permission = Permission()
    embed: Permission = Permission()
    share: Permission = Permission()

    def permits(self, use: Use) -> Literal["yes", "no", "unknown"]:
        """What it says about a use."""
        permission: Permission = getattr(self, use.value)
        return permission.allowed


class Item(Part):
    """evidence/items/ID.toml. The order of the fields is the canonical order of the keys."""

    folder: ClassVar[str] = FOLDER

    schema_: int = Field(default=1, alias="schema", ge=1, le=1)
    id: Id
    name: Name = Field(description="the product's name, which readers may need: VNP46A3.A2017244….h5")
    status: Annotated[Status, Strict(False)] = Status.HAVE
    why: Told | None = Field(default=None, description="who has it, or why it is withheld; needed unless we have it")
    sha256: Sha256 | None = None
    bytes: int | None = Field(default=None, ge=0)
    media_type: str | None = Field(default=None, pattern=r"^[a-z]+/[A-Za-z0-9.+-]+$")
    simulated: bool = False
    collected: Utc | None = None
    by: Told = Field(description="who collected it; may be a pseudonym")
    origin: Origin
    attribution: Told | None = None
    embargo: Utc | date | None = Field(default=None, description="not to be published before")
    licence: Licence
    capture: Capture | None = Field(default=None, description="how the program itself fetched the bytes")
    image: Image | None = Field(default=None, description="what the image log needs to know of an image")
    sighting: Sighting | None = Field(default=None, description="an image that is known and that we do not have")
    withheld: Annotated[dict[str, Sha256], Field(min_length=1)] | None = Field(
        default=None, description="salted commitments in place of fields that are not given out, by path"
    )
    derived: Derivation | None = None
    tree: Annotated[tuple[Leaf, ...], Strict(False)] = Field(default=(), description="the files of a folder (SAFE)")

    @model_validator(mode="after")
    def _consistent(self) -> Item:
        if (self.sha256 is not None) and self.tree:
            raise ValueError("sha256 for a file or tree for a folder, not both")
        self._check_known()
        if self.status is not Status.HAVE and self.why is None:
            raise ValueError(f"why is needed for an item that is {self.status}: who has it, or the reason")
        self._check_tree()
        if says_simulated(self) and not self.simulated:
            raise ValueError(f"simulated = true is needed: the name says {SIMULATED!r}")
        return self

    def _check_known(self) -> None:
        """What must be told of bytes that we have; of withheld ones a commitment may stand in place of each."""
        told = {"sha256": self.content, "bytes": self.bytes, "media_type": self.media_type, "collected": self.collected}
        missing = {name for name, value in told.items() if value is None}
        if self.status is Status.WITHHELD:
            missing -= {path.partition(".")[0] for path in self.withheld or {}}
        if missing and self.status is not Status.ELSEWHERE:
            raise ValueError("sha256 or tree, bytes, media_type and collected are needed for bytes that we have")

    def _check_tree(self) -> None:
        alike = [leaf.path.casefold() for leaf in self.tree]
        if len(set(alike)) < len(alike):
            raise ValueError("tree has two files of one name (large and small letters are one name on some disks)")
        if self.tree and self.bytes != sum(leaf.bytes for leaf in self.tree):
            raise ValueError("bytes must be the sum of the files of tree")

    @field_serializer("status")
    def _status(self, status: Status) -> str:
        return status.value

    @property
    def content(self) -> str | None:
        """The identity of the bytes: SHA-256 of the file, or of the canonical list of a folder's files."""
        return tree_sha256(self.tree) if self.tree else self.sha256

    def to_json(self) -> dict[str, Any]:
        """Plain JSON of what is known; absent keys are unknown."""
        plain: dict[str, Any] = canonical(self.model_dump(by_alias=True, exclude_none=True))
        return plain

    def record_sha256(self) -> str:
        """The identity of what the record says, whatever its spelling: the custody log covers it as meta_sha256."""
        return digest(self.to_json())

    def to_toml(self) -> str:
        """The text of evidence/items/ID.toml: canonical key order, nothing that is unknown or left at its default."""
        plain = self.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
        return tomlkit.dumps({"schema": self.schema_} | plain)

    def write(self, case: Path) -> Path:
        """Writes the record of a new item into a case folder and gives its path.

        Raises InputError (code "item-exists") when the case has another item of this id: records are changed by
        people, with their reasons in the custody log, and never overwritten.
        """
        path = check_inside(case / FOLDER / f"{self.id}.toml", case)
        if path.exists() and Item.read(path) != self:
            raise InputError(
                f"The case already has an item {self.id}, and it says something else.",
                saw=f"{FOLDER}/{path.name}",
                do="Give the new item another id.",
                code="item-exists",
            )
        if not path.exists():
            write_atomic(path, self.to_toml().encode())
        return path

    @classmethod
    def read(cls, path: Path) -> Item:
        """Reads evidence/items/ID.toml. Raises RecordError with everything that is wrong with it."""
        file, case = f"{FOLDER}/{path.name}", path.absolute().parents[2].name
        try:
            item = cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except ValidationError as error:
            raise RecordError(_faults(error, file), case=case) from error
        except (OSError, ValueError) as error:
            fault = RecordFault(file, None, "the file", str(error).splitlines()[0], "a TOML file in UTF-8")
            raise RecordError([fault], case=case) from error
        if item.id != path.stem:
            raise RecordError([RecordFault(file, None, "id", repr(item.id), repr(path.stem))], case=case)
        return item


def tree_sha256(tree: tuple[Leaf, ...]) -> str:
    """The identity of a folder: SHA-256 of the canonical JSON of its (path, sha256, bytes), in order of path."""
    return digest(sorted([leaf.path, leaf.sha256, leaf.bytes] for leaf in tree))


def says_simulated(item: Item) -> bool:
    """Whether a name in the item (its own, its file's, one in its folder) says that it is simulated."""
    names = [item.name, item.origin.file or "", *(leaf.path for leaf in item.tree)]
    return any(is_named_simulated(name) for name in names)


def is_named_simulated(name: str) -> bool:
    """Whether a file's name says that it is simulated."""
    return SIMULATED in name.casefold()


def _faults(error: ValidationError, file: str) -> list[RecordFault]:
    faults = []
    for detail in error.errors():
        key = ".".join(str(step) for step in detail["loc"]) or "the item"
        found = "nothing" if detail["type"] == "missing" else repr(detail["input"])
        found = "this record" if key == "the item" else found[:120]
        faults.append(RecordFault(file, None, key, found, detail["msg"].removeprefix("Value error, ")))
    return faults

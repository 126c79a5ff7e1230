"""The record of a seal: which lines of which chains it covers. Where seals lie, and what their files are called.

evidence/seals/keys/9a3f01c2.vkey               public keys, one a file
evidence/seals/roots/SHA256.pem                 root certificates of authorities that the case declares
evidence/seals/chains/SHA256.pem                other certificates of authorities, where replies lack them
evidence/seals/logs/WHO/000001/seal.toml        this record
evidence/seals/logs/WHO/000001/checkpoint       the signed note over the tree and over this record
evidence/seals/logs/WHO/000001/HOST.tsr         replies of authorities (RFC 3161), as they came
evidence/seals/logs/WHO/000001/checkpoint.ots   OpenTimestamps, and block-HEIGHT.header beside it
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import tomlkit
from pydantic import Field, Strict, ValidationError, field_validator

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.part import Id, Part, Sha256, Told

FOLDER = "evidence/seals"
"""Where everything about seals lies in a case. Git must keep its bytes: `evidence/seals/** -text`."""

LOGS = f"{FOLDER}/logs"
RECORD = "seal.toml"
CHECKPOINT = "checkpoint"
WITNESS = "checkpoint.ots"

LONGEST = 4_000_000
"""A file of a seal that is longer than this is not ours [bytes]."""

_NUMBER = re.compile(r"[0-9]{6}")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Covered(Part):
    """What a seal covers of one chain: its first `entries` lines, of which `before` were in the seal before."""

    name: Id
    before: int = Field(ge=0)
    entries: int = Field(ge=0)
    head: Sha256 = Field(description="SHA-256 of the last line that is covered; 64 zeros for none")


class Record(Part):
    """seal.toml. The order of the fields is the order of the keys; `size` and `root` are the checkpoint's."""

    schema_: int = Field(default=1, alias="schema", ge=1, le=1)
    origin: Told
    number: int = Field(ge=1, le=999_999)
    at: str = Field(pattern=_AT.pattern, description="when it was made, by the clock of the machine: somebody's word")
    by: Told
    tool: Told | None = None
    before: Sha256 | None = Field(default=None, description="SHA-256 of the checkpoint before; absent in the first")
    size: int = Field(ge=1)
    root: Sha256
    chain: Annotated[tuple[Covered, ...], Strict(False)] = Field(min_length=1)

    @field_validator("chain")
    @classmethod
    def _ordered(cls, chain: tuple[Covered, ...]) -> tuple[Covered, ...]:
        names = [covered.name for covered in chain]
        if names != sorted(set(names)):
            raise ValueError("chains are named once, in order of name")
        if any(covered.entries < covered.before for covered in chain):
            raise ValueError("a chain only grows")
        return chain

    def data(self) -> bytes:
        """The bytes of seal.toml, in their one spelling."""
        plain = {"schema": self.schema_} | self.model_dump(by_alias=True, exclude_none=True)
        return tomlkit.dumps(plain).encode()

    def entries(self) -> dict[str, int]:
        """How many lines of each chain it covers."""
        return {covered.name: covered.entries for covered in self.chain}


def extension(data: bytes) -> str:
    """The line by which a checkpoint covers a record, given as its bytes."""
    return f"seal sha256:{sha256_bytes(data)}"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one seal in a case."""

    case: Path = field(repr=False)
    log: str
    number: int

    @property
    def folder(self) -> Path:
        """Where its files lie."""
        return self.case / LOGS / self.log / f"{self.number:06}"

    @property
    def inside(self) -> str:
        """The folder as the custody log and reports write it."""
        return f"{LOGS}/{self.log}/{self.number:06}"

    def tokens(self) -> list[Path]:
        """The replies of authorities, in order of name."""
        return sorted(self.folder.glob("*.tsr"))


def logs(case: Path) -> list[str]:
    """The names of all seal logs of a case, in order."""
    folder = case / LOGS
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def places(case: Path, log: str) -> list[Place]:
    """The seals of a log that lie in the case, in order of number."""
    folder = case / LOGS / log
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return [Place(case, log, int(name)) for name in names if _NUMBER.fullmatch(name)]


def read_record(place: Place) -> Record:
    """The record of a seal. Raises InputError ("seal-record") unless it is exactly as we would have written it."""
    data = read_file(place.folder / RECORD)
    try:
        record = Record.model_validate(tomllib.loads(data.decode("utf-8")))
    except (ValidationError, ValueError) as error:
        raise _bad(place, str(error).splitlines()[0]) from None
    if record.data() != data:
        raise _bad(place, "a spelling that is not ours")
    if record.number != place.number:
        raise _bad(place, f"number {record.number}")
    return record


def read_file(path: Path) -> bytes:
    """A small file, whole. Raises InputError ("seal-file") when it is missing or too long."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LONGEST + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise _unread(path, "nothing is there") from None
    if len(data) > LONGEST:
        raise _unread(path, f"over {LONGEST:,} bytes")
    return data


def _unread(path: Path, why: str) -> InputError:
    return InputError(
        "A file of a seal is not there, or is not one.",
        saw=f"{path.parent.name}/{path.name}: {why}",
        do="Take it from git's history or a colleague's copy.",
        code="seal-file",
    )


def _bad(place: Place, why: str) -> InputError:
    return InputError(
        "The record of a seal is not as it was written.",
        saw=f"{place.inside}/{RECORD}: {why}",
        do="Take the file from git's history or a colleague's copy, and find out who or what changed it.",
        code="seal-record",
    )

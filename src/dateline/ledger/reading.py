"""One file becomes one record, or a list of everything that is wrong with it."""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from dateline.core.errors import RecordError, RecordFault
from dateline.core.identity import sha256_bytes
from dateline.core.where import Where
from dateline.ledger import toml_lines
from dateline.ledger.faults import faults_of, shown
from dateline.ledger.migrate import migrated, version_of
from dateline.ledger.record import Record
from dateline.ledger.shapes import read_shape
from dateline.ledger.terms import OFF

R = TypeVar("R", bound=Record)
M = TypeVar("M", bound=BaseModel)

LARGEST = 4 << 20
"""A record is written by people; a file above this size [bytes] is something else."""

_AT = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_SAYS_NOTHING = frozenset({"nothing", "an unknown key", "a table"})
_CONFLICT = re.compile(r"^(?:<{7} |={7}$|>{7} )", re.MULTILINE)
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Read(Generic[R]):
    """What came of reading one file: the record or None, every fault, and where its keys stand."""

    file: str
    record: R | None
    faults: tuple[RecordFault, ...]
    text: str = ""
    sha256: str = ""
    line: int | None = None
    """The record's own line, where one file holds many."""

    def line_of(self, key: str) -> int | None:
        """The line of a dotted key."""
        if self.line is not None or not self.text:
            return self.line
        steps: toml_lines.Path = tuple(int(step) if step.isdigit() else step for step in key.split("."))
        return toml_lines.line_of(_lines(self.text), steps)

    def fault(self, key: str, found: str, valid: str) -> RecordFault:
        """Something wrong at this key that only the other records show."""
        return RecordFault(file=self.file, line=self.line_of(key), key=key, found=found, valid=valid)


class Unreadable(Exception):
    """The file's text cannot be had; carries the fault. A step inside this module, never seen outside."""

    def __init__(self, fault: RecordFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read_record(path: Path, model: type[R], *, root: Path) -> Read[R]:
    """Reads the TOML file of one record. Never raises for what a person wrote: faults are returned."""
    file = name_in(path, root)
    try:
        text, sha256 = read_text(path, root=root)
    except Unreadable as error:
        return Read(file, None, (error.fault,))
    try:
        data = parsed(text, file)
    except Unreadable as error:
        return Read(file, None, unshown((error.fault,), text))
    record, faults = validated(data, model, file=file, text=text, shapes=shapes_of(root))
    if record is not None and model.folder:
        faults += misnamed(record.id, path.stem, file=file, text=text)
    return Read(file, record, unshown(faults, text), text, sha256)


def unshown(faults: tuple[RecordFault, ...], text: str) -> tuple[RecordFault, ...]:
    """The faults of a file; of one that speaks of words off the record, without what stands in it."""
    if OFF not in text:
        return faults
    told = "something that is not shown: the file has words off the record"
    return tuple(fault if fault.found in _SAYS_NOTHING else replace(fault, found=told) for fault in faults)


def misnamed(name: str, stem: str, *, file: str, text: str) -> tuple[RecordFault, ...]:
    """The fault of a record whose file is not named after its id, if it is one."""
    if name == stem:
        return ()
    line = toml_lines.line_of(_lines(text), ("id",))
    return (RecordFault(file, line, "id", repr(name), f"{stem!r}, as the file is named"),)


def load_record(path: Path, model: type[R], *, root: Path) -> R:
    """The record in one file. Raises RecordError with everything that is wrong with it."""
    read = read_record(path, model, root=root)
    if read.faults or read.record is None:
        raise RecordError(read.faults, case=str(root))
    return read.record


def validated(
    data: dict[str, Any], model: type[M], *, file: str, text: str = "", line: int | None = None, shapes: Any = None
) -> tuple[M | None, tuple[RecordFault, ...]]:
    """Plain data as a model (a record, or what the evidence layer keeps) of the current version, or its faults."""
    kind, current = getattr(model, "kind", "item"), getattr(model, "current_schema", 1)
    version = version_of(data)
    if version is None or version > current:
        newer = "; this record was written by a newer dateline: update the program" if version else ""
        valid = f"a whole number up to {current}{newer}"
        at = line if line is not None else toml_lines.line_of(_lines(text), ("schema",))
        return None, (RecordFault(file, at, "schema", shown(data["schema"]), valid),)
    try:
        record = model.model_validate(migrated(kind, data, to=current), context={"shapes": shapes})
    except ValidationError as error:
        return None, faults_of(error, model, file=file, lines=_lines(text), line=line)
    return record, ()


def name_in(path: Path, root: Path) -> str:
    """A file's name relative to the case, as faults and hashes write it."""
    return path.relative_to(root).as_posix()


def read_text(path: Path, *, root: Path) -> tuple[str, str]:
    """A file's text (UTF-8, with or without a byte-order mark) and the SHA-256 of its bytes.

    Raises Unreadable: outside the case, no plain file, too large, not UTF-8.
    """
    file = name_in(path, root)

    def unreadable(found: str, valid: str, line: int | None = None) -> Unreadable:
        return Unreadable(RecordFault(file, line, "the file", found, valid))

    try:
        state = _unlinked(file, root)
        if state is None:
            if not path.resolve().is_relative_to(root.resolve()):
                raise unreadable(f"a link to {path.resolve()}", "a file that lies within the case")
            state = path.stat() if path.exists() else None
        if state is None or not stat.S_ISREG(state.st_mode):
            raise unreadable("no plain file", "a text file")
        if state.st_size > LARGEST:
            raise unreadable(f"{state.st_size:,} bytes", f"a record of at most {LARGEST:,} bytes")
        data = path.read_bytes()
    except (OSError, RuntimeError) as error:  # no permission, a link that leads to itself
        raise unreadable(str(error), "a file that can be read") from error
    if data.startswith(_WIDE) or b"\0" in data:
        raise unreadable(
            "text in UTF-16, or a binary file", "text in UTF-8 (in the editor: save as, encoding UTF-8)", 1
        )
    try:
        return data.decode("utf-8-sig"), sha256_bytes(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise unreadable(f"the byte 0x{data[error.start]:02x}", "text in UTF-8", line) from error


def _unlinked(file: str, root: Path) -> os.stat_result | None:
    """The state of a file that no link leads to on its way from the case, and that must so lie within; else None.

    This is asked of ten thousand files, and to resolve a path from / on costs three times as much.
    """
    way, state = str(root), None
    for step in file.split("/"):
        way = f"{way}/{step}"
        try:
            state = os.lstat(way)
        except FileNotFoundError:
            return None
        if stat.S_ISLNK(state.st_mode) or step == "..":
            return None
    return state


def parsed(text: str, file: str) -> dict[str, Any]:
    """TOML as plain data. Raises Unreadable with the line where it stops being TOML."""
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        line = text.count("\n", 0, conflict.start()) + 1
        fault = RecordFault(
            file, line, "the file", "a merge conflict", "one version: take out the marks <<<<, ==== and >>>>"
        )
        raise Unreadable(fault)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, a number of 5,000 digits, a list in a list in …
        raise Unreadable(_syntax(error, text, file)) from error


def _syntax(error: Exception, text: str, file: str) -> RecordFault:
    message = str(error).splitlines()[0]
    match = _AT.search(message)
    rows = text.split("\n")
    line = None
    if match is not None:
        line = int(match[1]) if match[1] else max(1, len(rows) - (rows[-1] == ""))
    found = "something that is not TOML" if line is None else shown(rows[line - 1].strip())
    return RecordFault(file, line, "TOML", found, _AT.sub("", message))


def _lines(text: str) -> Mapping[toml_lines.Path, int]:
    try:
        return toml_lines.key_lines(text) if text else {}
    except RecursionError:  # pragma: no cover  tomllib gives up on such nesting first
        return {}


def shapes_of(root: Path) -> Callable[[str], Where]:
    """How the outlines that places name are read: from files of this case."""
    return lambda name: read_shape(name, root=root)


def read_lines(path: Path, model: type[R], *, root: Path) -> list[Read[R]]:
    """Reads a file of JSON lines, one record a line; faults carry the line's number."""
    file = name_in(path, root)
    try:
        text, sha256 = read_text(path, root=root)
    except Unreadable as error:
        return [Read(file, None, (error.fault,))]
    rows = text.split("\n")
    reads = [_read_line(row, model, file=file, line=number) for number, row in enumerate(rows, 1) if row.strip()]
    return [Read(read.file, read.record, read.faults, sha256=sha256, line=read.line) for read in reads]


def _read_line(row: str, model: type[R], *, file: str, line: int) -> Read[R]:
    try:
        data = json.loads(row, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        fault = RecordFault(file, line, "JSON", shown(row), f"one JSON object a line ({error})")
        return Read(file, None, (fault,), line=line)
    if not isinstance(data, dict):
        return Read(file, None, (RecordFault(file, line, "JSON", shown(data), "one JSON object a line"),), line=line)
    record, faults = validated(data, model, file=file, line=line)
    return Read(file, record, faults, line=line)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is not a number; leave the key out when it is unknown")

"""Writing what people see: whole lines at the end of one file a sitting, on the disk before anybody is told so."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from dateline.core.errors import InputError, RecordError
from dateline.core.identity import is_id, sha256_bytes
from dateline.evidence.atomic import sync_folder, write_atomic
from dateline.evidence.lock import exclusive
from dateline.evidence.names import check_inside
from dateline.ledger.faults import faults_of
from dateline.ledger.observation import Observation

FOLDER = "observations"
TORN = Path(".dateline") / "torn"
"""Where the beginning of a line goes that a crash cut off: nobody was told that it was saved, and nothing is lost."""


def read(line: object, *, file: str) -> Observation:
    """One observation as a program or a browser gives it. Raises RecordError with every fault."""
    try:
        return Observation.model_validate(line)
    except ValidationError as error:
        raise RecordError(faults_of(error, Observation, file=file, lines={}, line=None), case=file) from error


def log_path(root: Path, who: str, sitting: str) -> Path:
    """The file of one sitting. Raises InputError `observation-file` where either name could lead out of the folder."""
    for name in (who, sitting):
        if not is_id(name):
            raise InputError(
                "This cannot be the name of a file of observations.",
                saw=repr(name)[:80],
                do="Use letters, digits, dot, dash and underscore.",
                code="observation-file",
            )
    return root / FOLDER / who / f"{sitting}.jsonl"


def append(root: Path, who: str, sitting: str, marks: Sequence[Observation]) -> tuple[str, ...]:
    """Adds observations to a sitting and gives the ids that were new. A second time is no second mark.

    When this returns the lines lie on the disk. Raises InputError `observation-file` for a name that is none, for
    somebody else's mark, and for one id with two contents: what was seen is superseded, never edited; `link-out` where
    a link leads out of the case; `not-saved` where the disk takes nothing: what it took of it is mended the next time.
    """
    path = log_path(root, who, sitting)
    if any(mark.by != who for mark in marks):
        raise InputError(
            "Nobody writes down what somebody else saw.",
            saw=", ".join(sorted({mark.by for mark in marks} - {who})),
            do=f"Give observations by {who}.",
            code="observation-file",
        )
    for inside in (path, root / TORN):
        check_inside(inside, root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(root / ".dateline" / f"observations-{who}.lock"):
            return _add(root, path, marks)
    except OSError as error:
        raise InputError(
            "The observations could not be written to the disk.",
            saw=f"{FOLDER}/{who}: {error.strerror or type(error).__name__}",
            do="Make room, or see that the folder may be written to; then do it again: nothing is saved twice.",
            code="not-saved",
        ) from error


def _add(root: Path, path: Path, marks: Sequence[Observation]) -> tuple[str, ...]:
    """Writes what is new. The caller has the lock."""
    known = _known(root, path)
    new = [mark for mark in {mark.id: mark for mark in marks}.values() if mark.id not in known]
    changed = [mark.id for mark in marks if mark.id in known and _parsed(known[mark.id]) != mark]
    changed += _twice(marks)
    if changed:
        raise InputError(
            "An observation is never edited.",
            saw=f"{changed[0]} with other contents than were saved",
            do="Add one that supersedes it.",
            code="observation-file",
        )
    if marks:  # what was known may have been written by a program that was killed before it lay on the disk
        _write(path, "".join(spelled(mark) + "\n" for mark in new).encode())
    return tuple(mark.id for mark in new)


def _twice(marks: Sequence[Observation]) -> list[str]:
    """Ids that are given twice, with two contents."""
    first = {mark.id: mark for mark in reversed(marks)}
    return [mark.id for mark in marks if mark != first[mark.id]]


def spelled(mark: Observation) -> str:
    """An observation as its line says it: nothing that is unknown or left at its default."""
    told = mark.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    return json.dumps({"schema": mark.schema_, **told}, ensure_ascii=False, separators=(",", ":"))


def _write(path: Path, data: bytes) -> None:
    fresh = not path.exists()
    descriptor = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o666)
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent) if fresh else ():
        sync_folder(folder)


def _known(root: Path, path: Path) -> dict[str, str]:
    """Lines by id. A last line that a crash cut off is completed where it is whole, else put aside under TORN."""
    data = path.read_bytes() if path.exists() else b""
    whole, _, tail = data.rpartition(b"\n")
    if tail:
        if _parsed(tail.decode(errors="replace")) is not None:
            _write(path, b"\n")
            whole = data
        else:
            write_atomic(root / TORN / f"{path.parent.name}-{path.stem}-{sha256_bytes(tail)[:12]}", tail)
            write_atomic(path, whole + b"\n" if whole else b"")
    return dict(_by_id(whole))


def _by_id(data: bytes) -> Iterator[tuple[str, str]]:
    """Lines by id. One that somebody's hand has broken is passed over: the case names it, and marking goes on."""
    for line in data.decode(errors="replace").split("\n"):
        with suppress(ValueError, KeyError, TypeError):
            yield str(json.loads(line)["id"]), line


def _parsed(line: str) -> Observation | None:
    try:
        return Observation.model_validate(json.loads(line))
    except ValueError:
        return None

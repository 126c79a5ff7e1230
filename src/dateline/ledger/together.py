"""Many new records at once: all of them, or none; after a crash, the rest of them at the next start."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from dateline.core.errors import InputError
from dateline.evidence.atomic import sync_folder
from dateline.evidence.lock import exclusive
from dateline.ledger.record import Record
from dateline.ledger.toml_text import toml_text

FOLDER = Path(".dateline") / "adding"
"""Where records wait, in a case, until all of them are on the disk; a folder named *.whole has all it needs."""

_LOCK = Path(".dateline") / "adding.lock"
_WHOLE = ".whole"
_MANY = 64
"""From so many files on, one wait for the whole disk is shorter than one for each."""


def write_together(root: Path, records: Sequence[Record]) -> tuple[Path, ...]:
    """Writes new records and gives their paths, in the same order. A killed program leaves none, or `finish` the rest.

    The records must have come through their models' validation. Raises InputError (code "record-exists") when a file of
    that name is there; nothing is written then.
    """
    texts = {Path(record.folder) / f"{record.id}.toml": toml_text(record) for record in records}
    if not texts:
        return ()
    with exclusive(root / _LOCK):
        _finish(root)
        _check_new(root, texts)
        staged = _stage(root, texts)
        whole = staged.with_name(staged.name + _WHOLE)
        staged.replace(whole)  # from here on nothing can be lost
        sync_folder(whole.parent)
        _place(root, whole)
    return tuple(root / path for path in texts)


def finish(root: Path) -> tuple[Path, ...]:
    """Puts in place what a killed program left ready, and clears away what it did not; gives the paths."""
    if not (root / FOLDER).is_dir():
        return ()
    with exclusive(root / _LOCK):
        return _finish(root)


def _finish(root: Path) -> tuple[Path, ...]:
    placed: list[Path] = []
    for left in sorted((root / FOLDER).iterdir()) if (root / FOLDER).is_dir() else ():
        if left.suffix == _WHOLE:
            placed += _place(root, left)
        else:
            shutil.rmtree(left)
    return tuple(placed)


def _check_new(root: Path, paths: Iterable[Path]) -> None:
    there = [path.as_posix() for path in paths if (root / path).exists()]
    if there:
        raise InputError(
            f"The case already has {len(there)} of these records.",
            saw=", ".join(there[:8]),
            do="Give the new ones other ids, or edit those files. Nothing was written.",
            code="record-exists",
        )


def _stage(root: Path, texts: dict[Path, str]) -> Path:
    staged = root / FOLDER / secrets.token_hex(8)
    for folder in {path.parent for path in texts}:
        (staged / folder).mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        (staged / path).write_bytes(text.encode())
    if len(texts) >= _MANY and hasattr(os, "sync"):
        os.sync()
        return staged
    for path in texts:
        with (staged / path).open("rb") as stream:
            os.fsync(stream.fileno())
    for folder in {path.parent for path in texts}:
        sync_folder(staged / folder)
    return staged


def _place(root: Path, whole: Path) -> list[Path]:
    """Moves every file to where it belongs; one that somebody wrote meanwhile is never overwritten."""
    moved = []
    for staged in sorted({path.parent for path in whole.rglob("*.toml")}):
        folder = root / staged.relative_to(whole)
        folder.mkdir(parents=True, exist_ok=True)
        names = sorted(set(os.listdir(staged)) - set(os.listdir(folder)))  # noqa: PTH208 - ten thousand names
        for name in names:
            os.replace(f"{staged}/{name}", f"{folder}/{name}")  # noqa: PTH105
        moved += [folder / name for name in names]
        sync_folder(folder)
    shutil.rmtree(whole)
    return moved

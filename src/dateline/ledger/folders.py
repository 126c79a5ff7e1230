"""Which files of a case hold records, and which lie there by mistake."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dateline.core.errors import RecordFault
from dateline.core.identity import is_id

Listing = tuple[list[Path], list[RecordFault]]


def record_files(root: Path, folder: str, *, suffix: str = ".toml") -> Listing:
    """The record files of one folder in order of name, and a fault for everything that a reader would silently miss.

    Hidden files, notes (*.md) and editors' leftovers (*~) are passed over.
    """
    place = root / folder
    if not place.exists():
        return [], []
    if not place.is_dir() or not place.resolve().is_relative_to(root.resolve()):
        return [], [RecordFault(folder, None, "the folder", "no folder, or a link out of the case", "a folder")]
    files, faults = [], []
    for path in _entries(place):
        if path.suffix == suffix and not path.is_dir():
            files.append(path)
        elif not path.name.endswith(("~", ".md")):
            name = path.relative_to(root).as_posix()
            valid = f"files named ID{suffix}; take it out, or give its name this ending"
            faults.append(RecordFault(name, None, "the file", "a folder" if path.is_dir() else "no record", valid))
    return files, faults


def observation_files(root: Path) -> Listing:
    """observations/WHO/*.jsonl: one folder a person, any number of files."""
    files, faults = [], []
    place = root / "observations"
    for folder in _entries(place) if place.is_dir() else ():
        name = folder.relative_to(root).as_posix()
        if not folder.is_dir():
            if not folder.name.endswith(("~", ".md")):
                faults.append(RecordFault(name, None, "the file", "no folder", "a folder named after who observed"))
            continue
        found, wrong = record_files(root, name, suffix=".jsonl")
        files += found
        faults += wrong
    return files, faults


def finding_files(root: Path) -> dict[str, Path]:
    """The findings on disk by id; nothing is read."""
    return {name: _finding(root, name) for name in finding_ids(root)}


def finding_ids(root: Path) -> tuple[str, ...]:
    """The ids of the findings on disk, in order."""
    try:
        names = sorted(os.listdir(root / "findings"))  # noqa: PTH208 - asked for at every reference of a story
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return tuple(name[:-5] for name in names if name.endswith(".json") and is_id(name[:-5]))


def finding_file(root: Path, name: str) -> Path | None:
    """The file of the finding with this id, as the disk is now; None where there is none."""
    path = _finding(root, name)
    return path if is_id(name) and path.exists() else None


def _finding(root: Path, name: str) -> Path:
    return root / "findings" / f"{name}.json"


def _entries(place: Path) -> Iterator[Path]:
    return (place / name for name in sorted(os.listdir(place)) if not name.startswith("."))  # noqa: PTH208 - many names

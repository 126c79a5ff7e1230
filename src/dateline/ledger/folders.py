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
    place = root / "findings"
    return (
        {path.stem: path for path in _entries(place) if path.suffix == ".json" and is_id(path.stem)}
        if place.is_dir()
        else {}
    )


def _entries(place: Path) -> Iterator[Path]:
    return (place / name for name in sorted(os.listdir(place)) if not name.startswith("."))  # noqa: PTH208 - many names

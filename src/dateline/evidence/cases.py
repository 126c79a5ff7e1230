"""Which cases on this machine use the user's store: who removes bytes must know who else needs them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from dateline.core.identity import sha256_bytes
from dateline.evidence.atomic import write_atomic


def remember(case: Path) -> None:
    """Notes that a case lies here; done whenever something is entered in its log. Costs one look at the disk."""
    place = os.fsencode(case.resolve())
    note = _folder() / sha256_bytes(place)[:32]
    if not note.exists():
        write_atomic(note, place, mode=0o600)


def known_cases() -> Iterator[Path]:
    """The cases that were written to on this machine and are still where they were."""
    folder = _folder()
    for note in sorted(folder.iterdir()) if folder.is_dir() else ():
        case = Path(os.fsdecode(note.read_bytes()))
        if not note.name.startswith(".") and (case / "evidence").is_dir():
            yield case


def _folder() -> Path:
    return platformdirs.user_data_path("dateline") / "cases"

"""A new case: the folder, its head, an empty story, and what git should not keep."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomlkit

from dateline.core.errors import UsageError
from dateline.core.identity import is_id
from dateline.evidence.atomic import sync_folder, write_atomic
from dateline.evidence.item import FOLDER as ITEMS
from dateline.ledger.case import HEAD, MODELS
from dateline.ledger.head import Head, Person
from dateline.ledger.reading import validated
from dateline.ledger.write import canonical_text

ATTRIBUTES = """\
# what is hashed as it is stored must reach everybody with the same bytes
evidence/custody/*.jsonl -text
evidence/items/*.toml -text
evidence/seals/** -text
"""
IGNORED = "# what dateline can rebuild at any time\n.dateline/\nsite/\n"
FOLDERS = (*(model.folder for model in MODELS), ITEMS, "observations", "findings")


def new_case(
    folder: Path,
    *,
    title: str,
    question: str,
    worldview: str,
    name: str | None = None,
    level: float = 0.9,
    languages: Sequence[str] = ("en",),
    people: Sequence[Person] = (),
    exercise: bool = False,
) -> Path:
    """Makes a case in a folder that is empty or not there yet, all of it or nothing, and gives its path.

    `name` is the case's id; by default it is made from the folder's name. `worldview` says whose borders the maps
    draw: iso, de-facto, or a country's two-letter code. Raises UsageError when the folder holds anything, when no id
    can be made of its name, and when a value cannot stand in case.toml.
    """
    folder = folder.absolute()
    _check_empty(folder)
    told = {
        "id": name or _id_from(folder.name),
        "title": title,
        "question": question,
        "worldview": worldview,
        "level": level,
        "languages": tuple(languages),
        "exercise": exercise,
        "people": tuple(people),
    }
    _make(folder, _head(told))
    return folder


def _make(folder: Path, head: Head) -> None:
    """All of it or nothing: made beside, then given its name."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(made, head)
        made.chmod(0o755)
        made.replace(folder)  # onto an empty folder or none; fails when somebody filled it meanwhile
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    sync_folder(folder.parent)


def _head(told: dict[str, Any]) -> Head:
    head, faults = validated(told, Head, file=HEAD)
    if head is None:
        raise UsageError(
            "These values cannot stand at the head of a case.",
            saw="; ".join(f"{fault.key}: {fault.found}" for fault in faults),
            do="; ".join(f"{fault.key}: {fault.valid}" for fault in faults),
            code="case-head",
        )
    return head


def _check_empty(folder: Path) -> None:
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if there or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            f"{folder} is not empty; a new case would mix with what is there.",
            saw=", ".join(there[:5]) or "a file",
            do="Give a folder that does not exist yet.",
            code="not-empty",
        )


def _id_from(name: str) -> str:
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    made = re.sub(r"[^A-Za-z0-9._-]+", "-", flat).strip("-._").lower()
    if not is_id(made):
        raise UsageError(
            "The folder's name cannot be made into the id of a case.",
            saw=repr(name),
            do="Give an id of letters, digits and dashes beside it.",
            code="case-id",
        )
    return made


def _fill(root: Path, head: Head) -> None:
    for name in FOLDERS:
        (root / name).mkdir(parents=True)
    write_atomic(root / HEAD, canonical_text(head).encode())
    write_atomic(root / ".gitignore", IGNORED.encode())
    front = tomlkit.dumps({"title": head.title, "standfirst": head.question})
    write_atomic(root / "story.md", f"+++\n{front}+++\n\nWrite the story here.\n".encode())
    write_atomic(root / ".gitattributes", ATTRIBUTES.encode())

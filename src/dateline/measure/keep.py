"""Writes a finding and the files that belong to it: files first, so that a finding never names what is not there."""

from __future__ import annotations

from pathlib import Path

from dateline.core.identity import sha256_file
from dateline.evidence.atomic import write_atomic
from dateline.ledger.finding import Finding
from dateline.methods.contract import Produced


def keep(folder: Path, finding: Finding, files: tuple[Produced, ...]) -> Path:
    """Writes FOLDER/ID.json and the artifacts beside it, each atomically. Returns the finding's path."""
    for made in files:
        path = folder / made.name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, made.data)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{finding.id}.json"
    write_atomic(path, finding.pretty().encode())
    return path


def is_whole(folder: Path, finding: Finding) -> bool:
    """Whether the finding says what was computed, and every file that it names lies beside it unchanged."""
    return finding.is_intact and all(
        (folder / artifact.path).is_file() and sha256_file(folder / artifact.path) == artifact.sha256
        for artifact in finding.artifacts
    )

"""Changes that were checked are written: new records together, then changed files key by key."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dateline.core.errors import InputError
from dateline.core.identity import sha256_file
from dateline.ledger.case import HEAD, Case
from dateline.ledger.claim import Claim
from dateline.ledger.head import Head, Unit
from dateline.ledger.sheets.changes import Changes
from dateline.ledger.together import write_together
from dateline.ledger.write import update


@dataclass(frozen=True, slots=True)
class Written:
    """The files that are new and those that changed."""

    new: tuple[Path, ...]
    changed: tuple[Path, ...]

    def to_json(self, root: Path) -> dict[str, Any]:
        """Paths within the case."""
        return {
            "new": [path.relative_to(root).as_posix() for path in self.new],
            "changed": [path.relative_to(root).as_posix() for path in self.changed],
        }


def apply(case: Case, changes: Changes, *, units: Collection[str] = ()) -> Written:
    """Checks everything once more against the case, then writes. What a person did not change keeps its bytes.

    `units`: words of the case's own; those that a record counts in are declared in case.toml before it is written.
    Raises RecordError with every fault, InputError (codes "record-exists", "changed-meanwhile"); nothing is written
    then. A killed program leaves whole files; the same command goes on where it stopped.
    """
    head = declaring(case.head, changes, units)
    changes.checked(replace(case, head=head))
    for placed in changes.changed:
        file = case.paths[placed.record.id]
        if sha256_file(case.root / file) != case.files[file]:
            raise InputError(
                "Somebody changed a record while this command was reading.",
                saw=file,
                do="Run the command again; nothing was written.",
                code="changed-meanwhile",
            )
    update(case.root / HEAD, head, root=case.root)
    new = write_together(case.root, [placed.record for placed in changes.new])
    paths = [(case.root / case.paths[placed.record.id], placed.record) for placed in changes.changed]
    changed = [path for path, record in paths if update(path, record, root=case.root)]
    return Written(new, tuple(changed))


def declaring(head: Head, changes: Changes, units: Collection[str]) -> Head:
    """The head with those of `units` that the records count in and that it does not declare yet."""
    claims = [one.record for one in (*changes.new, *changes.changed) if isinstance(one.record, Claim)]
    counted = {claim.quantity.unit for claim in claims if claim.quantity is not None}
    missing = sorted((counted & set(units)) - {unit.name for unit in head.units})
    return head.model_copy(update={"units": (*head.units, *(Unit(name) for name in missing))}) if missing else head

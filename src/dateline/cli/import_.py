"""`dateline import BAG`: a case out of a package that dateline made, here or elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dateline.cli.output import AsJson, emit, progress
from dateline.cli.who import By, person


def import_(
    bag: Annotated[Path, typer.Argument(help="A bag: a folder or a zip file.")],
    *,
    into: Annotated[Path, typer.Option("--into", help="The case's new folder; must not be there, or be empty.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Check a package, byte by byte, and make its case again: records as they were, bytes in the store."""
    from dateline import __version__
    from dateline.core.clock import SystemClock
    from dateline.evidence.chain import Event
    from dateline.evidence.custody import Custody, chain_name, plain_name
    from dateline.evidence.package.read import import_case
    from dateline.evidence.store import default_store
    from dateline.ledger.case import Case

    name = person(by)  # before anything is made: who takes it in must be known

    def accept(folder: Path) -> None:
        Case.load(folder).findings()

    with progress(f"checking {bag.name}", quiet=as_json) as tell:
        done = import_case(bag, into, store=default_store(), accept=accept, progress=tell)
    # A chain of its own: the case may have brought one of ours.
    who = chain_name(f"{plain_name(name)}-{done.manifest_sha256[:8]}")
    custody = Custody(done.folder, who, name, SystemClock(), f"dateline {__version__}")
    custody.append(Event.TRANSFERRED, bag.name, sha256=done.manifest_sha256, note="taken in from a package")
    if as_json:
        emit(done.to_json())
        return
    print(f"made {done.folder}: {done.files} files as they were packed, bytes of {done.items} items in the store")
    print("Everything in the package is as it was packed. Whether it is true, and who packed it, this does not say.")

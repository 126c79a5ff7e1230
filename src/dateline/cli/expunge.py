"""`dateline expunge ITEM`: what the law says must go, goes; a tombstone and the log stay."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dateline.cli.measure import CaseFolder
from dateline.cli.output import AsJson, emit
from dateline.cli.redact import WORDS, KeyFile
from dateline.cli.who import By, custody

if TYPE_CHECKING:
    from dateline.evidence.expunge import Expunged
    from dateline.evidence.vault import Vault

ItemId = Annotated[str, typer.Argument(help="The item's id.", metavar="ITEM")]


def expunge(
    item: ItemId,
    *,
    why: Annotated[
        str, typer.Option(help="The legal ground; it stays in the log for good: name nothing that must go.")
    ],
    by: By = None,
    key: KeyFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the id again.")] = False,
    case: CaseFolder = Path(),
    as_json: AsJson = False,
) -> None:
    """Remove an item's bytes for good because the law says so; a tombstone stays. There is no way back."""
    from dateline.evidence.amend import read_item
    from dateline.evidence.expunge import expunge as remove
    from dateline.evidence.store import default_store

    read_item(case, item)
    log, opened = custody(case, by), _vault(case, key)
    if not yes and typer.prompt(f"Type {item} to remove its bytes for good", err=True) != item:
        typer.echo("That is not the id: nothing was removed.", err=True)
        raise typer.Exit(1)
    done = remove(log, item, why=why, store=default_store(), vault=opened)
    emit(asdict(done)) if as_json else _tell(done)


def _vault(case: Path, key: Path | None) -> Vault | None:
    """The case's vault, where there is one on this machine and something to open it with was given."""
    from dateline.evidence.vault import Passphrase, open_vault, read_keys, vault_path
    from dateline.measure.archive import open_head

    _, head = open_head(case)
    if not vault_path(head.id).is_file() or (key is None and WORDS not in os.environ):
        return None
    return open_vault(case, head.id, Passphrase(os.environ[WORDS]) if key is None else read_keys(key))


def _tell(done: Expunged) -> None:
    files = "1 file" if done.files == 1 else f"{done.files} files"
    print(f"{done.item}: {files} ({done.bytes:,} bytes) removed from this machine's store; its record is a tombstone.")
    if done.kept:
        print(f"\nStill in the store, because these need the same bytes: {', '.join(done.kept)}. Expunge them too.")
    if done.derived:
        print(f"\nMade from it, and may show the same: {', '.join(done.derived)}. Look at each.")
    if done.forgotten:
        print(f"\nThe vault forgot: {', '.join(done.forgotten)}.")
    if done.vault:
        print(f"\nStill in the vault, where the desk can open it: {', '.join(done.vault)}.")
        print(f"Run the same command again with --key FILE, or with the passphrase in {WORDS}: the vault forgets them.")
    print("\nNo program here can reach, so see to it yourself:")
    for place in done.beyond:
        print(f"  {place}")
    print("\nFindings that rest on it cannot be computed again; `dateline audit` names them.")

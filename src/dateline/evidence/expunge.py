"""Expunging, because the law says so: the bytes go, a tombstone stays in their place, and the log stays provable.

In this order, so that a kill at any moment leaves something that the next run completes: the entry in the log, the
bytes and their views on this machine, the record. The log's earlier lines stay as they are; they have hashes only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dateline.core.clock import Clock
from dateline.core.errors import RecordError, UsageError
from dateline.core.identity import sha256_bytes
from dateline.evidence.amend import read_item, reason_given
from dateline.evidence.atomic import write_atomic
from dateline.evidence.cases import known_cases
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.history import history
from dateline.evidence.item import FOLDER as ITEMS
from dateline.evidence.item import Item, Licence, Status
from dateline.evidence.names import check_inside
from dateline.evidence.provenance import Origin
from dateline.evidence.store import Store

if TYPE_CHECKING:
    from dateline.evidence.vault import Vault

_LEAF = "tree."
"""How the names of commitments to a folder's files begin."""

GONE = "expunged"
"""What stands in a tombstone where a name or a licence was."""

BEYOND = (
    "git's history, here and wherever the case was pushed (`git filter-repo` takes a file out of it)",
    "backups and snapshots of this disk",
    "the stores and checkouts of colleagues",
    "the file or folder that it was archived from, where that still lies on a disk",
    "the folder that `dateline imagery get` downloaded it to",
    "findings/ of this case, and pictures and tables in them that were made from it",
    "the vault, its backups, and openings of its fields that were given to people",
    "packages that were exported, and pages that were built or published",
    "what people wrote of it in claims, notes and the story",
)
"""Where copies may be that no program here can reach."""


@dataclass(frozen=True, slots=True)
class Expunged:
    """What was removed, what was not and why, and what people must look after themselves."""

    item: str
    files: int
    bytes: int
    kept: tuple[str, ...]
    """Items that need the same bytes, as CASE: ITEM; for their sake these bytes are still in the store.

    Known are the cases that this user wrote to or audited where they lie now."""
    derived: tuple[str, ...]
    """Items made from it: they may show the same."""
    vault: tuple[str, ...] = ()
    """Its redacted fields, by name in the vault, that still open."""
    forgotten: tuple[str, ...] = ()
    """Those that the vault forgot."""
    beyond: tuple[str, ...] = BEYOND


def expunge(custody: Custody, name: str, *, why: str, store: Store, vault: Vault | None = None) -> Expunged:
    """Removes an item's bytes from this machine's store and views and leaves a tombstone as its record.

    With the opened `vault` its redacted fields are forgotten too, also when all else was done before. `custody` names
    who decided. Bytes that another item needs, of this case or of another on this machine, stay and are told. Raises
    UsageError "item", "item-expunged" (it was done before); InputError "why", "custody-…", all of Store.remove().
    """
    item, reason = read_item(custody.case, name), reason_given(why)
    told = history(custody.case)
    logged = told.items.get(name)
    if name in told.expunged and logged is not None and logged.meta_sha256 == item.record_sha256():
        late = _forget_fields(vault, item)
        if late:
            return Expunged(name, 0, 0, (), (), forgotten=late)
        raise UsageError(
            "This item was expunged before.",
            saw=f"{told.expunged[name]}: {item.why}",
            do="There is nothing left of it here; see what the log says.",
            code="item-expunged",
        )
    stone = tombstone(item, why=reason, by=custody.actor, clock=custody.clock)
    text = stone.to_toml().encode()
    custody.append(
        Event.EXPUNGED,
        name,
        sha256=item.content,
        meta_sha256=stone.record_sha256(),
        file_sha256=sha256_bytes(text),
        was=item.record_sha256(),
        note=reason,
    )
    needed = list(needed_by_others(custody.case, _contents(item), but=item.id))
    files, size = _remove(item, store, keep={sha256 for sha256, _ in needed})
    _forget_views(custody.case, name)
    forgotten = _forget_fields(vault, item)
    write_atomic(check_inside(custody.case / ITEMS / f"{name}.toml", custody.case), text)
    kept, derived = tuple(sorted({who for _, who in needed})), tuple(_derived(custody.case, name))
    left = tuple(field for field in _fields(item) if vault is None)
    return Expunged(name, files, size, kept, derived, vault=left, forgotten=forgotten)


def tombstone(item: Item, *, why: str, by: str, clock: Clock) -> Item:
    """What may stay of a record: id, that there was something, of what size and kind, when collected and by whom.

    Its name, where it came from, its licence, and every description go: they may themselves be what must go. Of the
    files of a folder a salted commitment each stays, so that is_gone() knows them when somebody brings them back.
    """
    day = clock.now().date().isoformat()
    stays: dict[str, object] = {
        "id": item.id,
        "sha256": item.content,
        "bytes": item.bytes,
        "media_type": item.media_type,
    }
    stays |= {"collected": item.collected, "by": item.by, "simulated": item.simulated}
    status = Status.ELSEWHERE if item.status is Status.ELSEWHERE else Status.WITHHELD
    told: dict[str, object] = {"status": status, "why": f"expunged on {day}, decided by {by}: {why}", "name": GONE}
    told["withheld"] = _leaf_commitments(item) or None
    return Item.model_validate(stays | told | {"origin": Origin(), "licence": Licence(name=GONE)})


def is_gone(stone: Item, sha256: str) -> bool:
    """Whether bytes are those of a tombstone: its file, or a file of its folder."""
    if stone.content is None:
        return False
    return sha256 == stone.content or _commitment(stone.content, sha256) in (stone.withheld or {}).values()


def _leaf_commitments(item: Item) -> dict[str, str]:
    """Commitments to the hashes of a folder's files; of a tombstone those that it has."""
    if item.tree:
        told = sorted(_commitment(str(item.content), leaf.sha256) for leaf in item.tree)
        return {f"{_LEAF}{number}": commitment for number, commitment in enumerate(told, 1)}
    return {path: commitment for path, commitment in (item.withheld or {}).items() if path.startswith(_LEAF)}


def _commitment(salt: str, sha256: str) -> str:
    """SHA-256(salt || hash), both as hex; the salt is the folder's own identity, which no list of hashes has."""
    return sha256_bytes(f"{salt}{sha256}".encode())


def _fields(item: Item) -> tuple[str, ...]:
    """The names that an item's redacted fields have in the vault."""
    return tuple(f"{ITEMS}/{item.id}.toml#{path}" for path in item.withheld or {} if not path.startswith(_LEAF))


def _forget_fields(vault: Vault | None, item: Item) -> tuple[str, ...]:
    """Removes all fields of an item from the vault: those withheld now, and any that were withheld earlier."""
    prefix = f"{ITEMS}/{item.id}.toml#"
    found = tuple(name for name in vault.fields() if name.startswith(prefix)) if vault is not None else ()
    for name in found:
        assert vault is not None
        vault.forget(name)
    return found


def _contents(item: Item) -> set[str]:
    """The SHA-256 of every file of an item."""
    return {leaf.sha256 for leaf in item.tree} or ({item.content} if item.content else set())


def needed_by_others(case: Path, wanted: set[str], *, but: str | None = None) -> Iterator[tuple[str, str]]:
    """SHA-256 and CASE: ITEM of every item on this machine (`but` one of this case) that needs some of these bytes."""
    for root in dict.fromkeys((case.resolve(), *known_cases())):
        gone = history(root).expunged
        for path in sorted((root / ITEMS).glob("*.toml")):
            if (root == case.resolve() and path.stem == but) or path.stem in gone:
                continue
            yield from ((sha256, f"{root.name}: {path.stem}") for sha256 in sorted(wanted & _mentioned(path, wanted)))


def _mentioned(path: Path, wanted: set[str]) -> set[str]:
    """Which of the hashes a record needs. One that cannot be read needs all that it names in any way."""
    text = path.read_text(encoding="utf-8", errors="replace")
    named = {sha256 for sha256 in wanted if sha256 in text}
    if not named:
        return named
    try:
        return named & _contents(Item.read(path))
    except RecordError:
        return named


def _remove(item: Item, store: Store, *, keep: set[str]) -> tuple[int, int]:
    removed = [store.remove(sha256) for sha256 in sorted(_contents(item) - keep)]
    sizes = [size for size in removed if size is not None]
    return len(sizes), sum(sizes)


def _forget_views(case: Path, name: str) -> None:
    """Removes the item's named view, and the index of what records said; both are made again when needed."""
    computed = case / ".dateline"
    view = check_inside(computed / "view" / name, case)
    if view.exists():
        shutil.rmtree(view)
    for path in computed.glob("index.sqlite*") if computed.is_dir() else ():
        path.unlink(missing_ok=True)


def _derived(case: Path, name: str) -> Iterator[str]:
    for path in sorted((case / ITEMS).glob("*.toml")):
        if f'"{name}"' in path.read_text(encoding="utf-8", errors="replace"):
            try:
                item = Item.read(path)
            except RecordError:
                continue
            if item.derived is not None and name in item.derived.parents:
                yield item.id

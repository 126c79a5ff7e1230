"""Evidence items, seen by the ledger as records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from dateline.evidence.item import FOLDER, Item
from dateline.ledger.reading import Read, Unreadable, misnamed, name_in, parsed, read_text, validated
from dateline.ledger.record import Kind, Record, Ref, refs_to


class ItemRecord(Record):
    """An item of the evidence layer under the ledger's names."""

    kind: ClassVar[Kind] = "item"
    folder: ClassVar[str] = FOLDER

    item: Item

    def title_text(self) -> str:
        """The product's or file's name."""
        return self.item.name

    def refs(self) -> Iterator[Ref]:
        """The items that it was made from."""
        if self.item.derived is not None:
            yield from refs_to("derived.parents", self.item.derived.parents, "item", chain=True)

    def to_json(self) -> dict[str, Any]:
        """As in evidence/items/ID.toml."""
        return self.item.to_json()

    def sha256(self) -> str:
        """The identity of the bytes; of the record, when nobody has the bytes."""
        return self.item.content or self.item.record_sha256()


def read_item(path: Path, *, root: Path) -> Read[ItemRecord]:
    """Reads evidence/items/ID.toml. Never raises for what a person wrote: faults are returned."""
    file = name_in(path, root)
    try:
        text, sha256 = read_text(path, root=root)
        item, faults = validated(parsed(text, file), Item, file=file, text=text)
    except Unreadable as error:
        return Read(file, None, (error.fault,))
    if item is None:
        return Read(file, None, faults, text, sha256)
    record = ItemRecord(id=item.id, item=item)
    return Read(file, record, misnamed(item.id, path.stem, file=file, text=text), text, sha256)

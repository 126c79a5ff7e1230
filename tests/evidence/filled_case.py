"""A case with many small items, each archived, recorded and logged as the program does it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import platformdirs
import pytest

from dateline.core import FixedClock
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.item import Item, Leaf, Licence
from dateline.evidence.provenance import Origin
from dateline.evidence.store import Store

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


@contextmanager
def quick_user(home: Path) -> Iterator[None]:
    """A user of its own whose disk answers at once: nothing here is about power cuts."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(platformdirs, "user_data_path", lambda name: home / "data" / name)
        patched.setattr("os.fsync", lambda _descriptor: None)
        yield


def custody_of(case: Path, who: str = "mk") -> Custody:
    return Custody(case, f"{who}.a1b2c3d4", who, FixedClock(NOON), tool="dateline 0.2.0")


def plain_item(name: str, sha256: str, size: int) -> Item:
    """An item that is one small file."""
    return Item(
        id=name,
        name=f"{name}.txt",
        sha256=sha256,
        bytes=size,
        media_type="text/plain",
        collected=NOON,
        by="mk",
        origin=Origin(url=f"https://example.org/{name}", how="from the desk"),
        licence=Licence(name="MIT"),
    )


def collect_one(case: Path, store: Store, name: str, data: bytes, *, who: str = "mk") -> Item:
    """Stores bytes, writes the record, logs it."""
    stored = store.add(io.BytesIO(data))
    item = plain_item(name, stored.sha256, stored.bytes)
    item.write(case)
    custody_of(case, who).log(Event.COLLECTED, item)
    return item


def collect_folder(case: Path, store: Store, name: str, files: dict[str, bytes]) -> Item:
    """The same for an item that is a folder of files."""
    stored = [(path, store.add(io.BytesIO(data))) for path, data in sorted(files.items())]
    tree = tuple(Leaf(path=path, sha256=one.sha256, bytes=one.bytes) for path, one in stored)
    plain = plain_item(name, "0" * 64, 0).model_copy(update={"sha256": None, "tree": tree})
    item = Item.model_validate(plain.model_dump() | {"bytes": sum(leaf.bytes for leaf in tree)})
    item.write(case)
    custody_of(case).log(Event.COLLECTED, item)
    return item


def fill(case: Path, store: Store, count: int) -> None:
    """Two people's items, in turn; every hundredth is a folder of three files."""
    for number in range(count):
        data = f"bytes of item {number}\n".encode() * (1 + number % 7)
        if number % 100 == 99:
            collect_folder(case, store, f"E-{number:06}", {f"band{n}.txt": data + bytes([n]) for n in range(3)})
        else:
            collect_one(case, store, f"E-{number:06}", data, who=("mk", "olena")[number % 2])

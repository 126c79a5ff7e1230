"""A whole small case with everything that may and may not leave the house, and the ways out and in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dateline.core import FixedClock
from dateline.evidence.chain import Event
from dateline.evidence.custody import Custody
from dateline.evidence.item import Item, Leaf, Licence, Permission
from dateline.evidence.package.contents import Contents, Sharing, contents
from dateline.evidence.package.kinds import Made, Order, kind
from dateline.evidence.provenance import Derivation, Image, Origin
from dateline.evidence.store import Store
from dateline.ledger.case import Case
from dateline.measure.package import told

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)
CLOCK = FixedClock(NOON)
OPEN = Licence(name="CC-BY-4.0", share=Permission(allowed="yes"))
UNSAID = Licence(name="unknown")

FILES = {
    "case.toml": 'schema = 1\nid = "rason"\ntitle = "What the port shows"\nquestion = "Is it busier?"\n'
    'worldview = "ua"\n',
    "story.md": '+++\ntitle = "A title"\n+++\n\nText.\n',
    ".gitattributes": "evidence/custody/*.jsonl -text\n",
    "notes.txt": "a reporter's own notes: not part of the case\n",
    "sources/us.toml": '# spelled by hand\nid   = "us"\ntype = "government"\n[names]\nen = "US"\n',
    "places/najin.toml": 'id = "najin"\nrole = "port"\n[names]\nen = "Najin"\n[where]\nlon = 130.3\nlat = 42.23\n',
    "claims/C1.toml": 'id = "C1"\nspeaker = "us"\nsaid = 2024-02-23\nstance = "asserts"\n'
    'statement = "Containers were shipped"\nevidence = ["page"]\nnote = "told to us by a clerk"\n'
    '[original]\ntext = "the clerk\'s own words"\nlanguage = "en"\n',
    "measures/lights.toml": 'id = "lights"\nmethod = "night_lights"\n[inputs.lights]\nproduct = "VNP46A3"\n'
    'items = ["image"]\n[inputs.places]\nplaces = ["najin"]\n',
    "observations/mk/2024.jsonl": '{"id": "mk-1", "by": "mk", "at": "2024-11-01T10:00:00Z", "item": "image", '
    '"place": "najin", "state": "present", "points": [[10, 20.5]]}\n',
}

FINDING: dict[str, Any] = {
    "schema": 1, "id": "lights", "method": "night_lights", "method_version": "1", "question": "Did it grow?",
    "result": "increase", "statement": {"key": "night_lights.increase", "args": {}, "en": "Light grew by 40 %."},
    "inputs": [], "input_key": "00" * 32,
}  # fmt: skip


def lay(root: Path, files: Mapping[str, str]) -> Path:
    """Writes files into a folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return root


def custody(root: Path, who: str = "mk") -> Custody:
    """A chain of the case."""
    return Custody(root, f"{who}.0a1b2c3d", who, CLOCK, "dateline 0")


def add(root: Path, store: Store, ident: str, data: bytes, **more: Any) -> Item:
    """One item with its bytes, its record, its line in the log."""
    from io import BytesIO

    stored = store.add(BytesIO(data))
    told: dict[str, Any] = {"id": ident, "name": f"{ident}.bin", "by": "mk", "collected": NOON, "licence": OPEN}
    told |= {"sha256": stored.sha256, "bytes": stored.bytes, "media_type": "application/octet-stream"}
    told |= {"origin": Origin(url=f"https://example.org/{ident}")}
    item = Item(**(told | more))
    item.write(root)
    custody(root).log(Event.COLLECTED, item)
    return item


def lay_case(root: Path, store: Store) -> Path:
    """The case: a page, an image and what was made of it, a folder, and one item whose licence is unknown."""
    from io import BytesIO

    lay(root, FILES)
    add(root, store, "page", b"<html>a page</html>", media_type="text/html", name="CON: a page?.html")
    image = Image(
        sensor="VIIRS", start=NOON, end=NOON, bounds=(130.0, 42.0, 131.0, 43.0), cloud=0.2, cloud_over="scene"
    )
    picture = add(root, store, "image", b"II*\0 pixels", name="VNP46A3.tif", media_type="image/tiff", image=image)
    add(root, store, "crop", b"II*\0 crop", derived=Derivation(parents=("image",), command="crop 1 2 3 4"))
    add(root, store, "unsaid", b"whose licence nobody knows", licence=UNSAID)
    leaves = tuple(
        Leaf(path=f"MTD/{name}", sha256=store.add(BytesIO(data)).sha256, bytes=len(data))
        for name, data in (("a.xml", b"<a/>"), ("ü b.xml", b"<b/>"))
    )
    safe = Item(
        id="safe", name="S1.SAFE", by="mk", collected=NOON, licence=OPEN, tree=leaves, bytes=8,
        media_type="inode/directory", origin=Origin(how="a disk"),
    )  # fmt: skip
    safe.write(root)
    custody(root, "fox").log(Event.COLLECTED, safe)
    find(root, inputs=[{"kind": "item", "id": "image", "sha256": picture.content}])
    return root


def find(root: Path, name: str = "lights", **more: Any) -> None:
    """Writes a finding."""
    lay(root, {f"findings/{name}.json": json.dumps(FINDING | {"id": name} | more)})


def packed(root: Path) -> Contents:
    """What would leave the house today."""
    return contents(root, told(Case.load(root)), clock=CLOCK)


def send(
    root: Path, out: Path, store: Store, name: str = "bag", *, sharing: Sharing = "shareable", zipped: bool = False,
    items: tuple[str, ...] = (),
) -> Made:  # fmt: skip
    """Exports a case in one of the kinds."""
    order = Order(
        contents=packed(root), out=out, store=store, clock=CLOCK, tool="dateline 0", sharing=sharing, zipped=zipped,
        items=items,
    )  # fmt: skip
    made: Made = kind(name).export(order)
    return made


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }

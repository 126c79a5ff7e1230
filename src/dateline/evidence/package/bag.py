"""`dateline export bag`: the case as a BagIt bag with an RO-Crate in it: records, custody, seals, findings, bytes.

BagIt 1.0 (Kunze et al. 2018, RFC 8493). In data/ lie ro-crate-metadata.json, case/ (the files of the case, to the byte)
and bytes/ITEM/ (the files of items, under names that every system can open).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

from dateline.evidence.package.contents import bytes_of, stored
from dateline.evidence.package.crate import metadata
from dateline.evidence.package.kinds import Made, Order
from dateline.evidence.package.layout import CASE, paths
from dateline.evidence.package.parcel import Parcel, Written, parcel

OPTIONS = frozenset({"bytes", "zip"})

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
CRATE = "data/ro-crate-metadata.json"


def export(order: Order) -> Made:
    """Writes the bag, as a folder or a zip file. Never moves or changes a file of the case or the store.

    Raises InputError: "out-exists", "changed-bytes" (a file in the store is not what its name says).
    """
    found = order.contents
    absent = {name: why for name, item in found.items.items() if (why := bytes_of(item, order.store, order.sharing))}
    out = order.out if not order.zipped or order.out.suffix == ".zip" else Path(f"{order.out}.zip")
    with parcel(out, zipped=order.zipped, top=out.stem) as made:
        payload = list(_payload(order, made, frozenset(absent)))
        payload.append(made.write(CRATE, metadata(order, payload, absent)))
        tags = _tags(order, made, payload)
        listed = made.write("tagmanifest-sha256.txt", _manifest(tags))
    without = {name: found.kept_back.get(name, why) for name, why in absent.items()} | dict(found.left_out)
    total = sum(file.bytes for file in payload)
    return Made(path=out, files=len(payload), bytes=total, sha256=listed.sha256, without=MappingProxyType(without))


def _payload(order: Order, made: Parcel, absent: frozenset[str]) -> Iterator[Written]:
    found = order.contents
    steps = len(found.files) + len(found.items) or 1
    for done, path in enumerate(found.files):
        yield made.write(f"{CASE}/{path}", found.pieces(path))
        order.progress(done / steps)
    for done, (name, item) in enumerate(found.items.items(), len(found.files)):
        if name not in absent:
            yield from (made.write(path, stored(sha256, order.store)) for path, sha256 in paths(item))
        order.progress(done / steps)


def _tags(order: Order, made: Parcel, payload: list[Written]) -> list[Written]:
    """The tag files but for the tag manifest."""
    return [
        made.write("bagit.txt", [DECLARATION]),
        made.write("bag-info.txt", [_info(order, payload)]),
        made.write("manifest-sha256.txt", _manifest(payload)),
    ]


def _info(order: Order, payload: list[Written]) -> bytes:
    told = order.contents.told
    lines = {
        "Bag-Software-Agent": order.tool,
        "Bagging-Date": order.clock.now().date().isoformat(),
        "External-Identifier": told.case,
        "External-Description": told.title,
        "Payload-Oxum": f"{sum(file.bytes for file in payload)}.{len(payload)}",
    }
    one_line = {label: " ".join(value.split()) for label, value in lines.items()}
    return "".join(f"{label}: {value}\n" for label, value in one_line.items()).encode()


def _manifest(files: list[Written]) -> Iterator[bytes]:
    """One line a file, in order of path; none of our paths has a character that RFC 8493 wants encoded."""
    return (f"{file.sha256}  {file.path}\n".encode() for file in sorted(files, key=lambda file: file.path))

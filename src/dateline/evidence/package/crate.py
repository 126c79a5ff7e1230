"""`dateline export crate`: the case's description alone, as RO-Crate 1.2 metadata (JSON-LD): items, custody, findings.

RO-Crate 1.2 (Sefton et al. 2025, https://w3id.org/ro/crate/1.2). Within a bag the same file describes the files beside
it. Custody entries are actions: CreateAction where bytes came to be ours, UpdateAction where a record was changed.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from dateline.evidence.chain import Entry, Event
from dateline.evidence.item import Item
from dateline.evidence.package.kinds import Made, Order
from dateline.evidence.package.layout import paths
from dateline.evidence.package.parcel import Written, parcel

OPTIONS: frozenset[str] = frozenset()

VERSION = "1.2"
CONTEXT = f"https://w3id.org/ro/crate/{VERSION}/context"
PROFILE = f"https://w3id.org/ro/crate/{VERSION}"
NAME = "ro-crate-metadata.json"

_CREATED = frozenset({Event.COLLECTED, Event.DERIVED})
_CHANGED = frozenset({Event.CORRECTED, Event.REDACTED, Event.EXPUNGED})

Entity = dict[str, Any]


def export(order: Order) -> Made:
    """Writes a folder with ro-crate-metadata.json in it; the files themselves stay where they are."""
    absent = dict.fromkeys(order.contents.items, "the description alone")
    with parcel(order.out, zipped=False) as made:
        written = made.write(NAME, metadata(order, [], absent))
    without = MappingProxyType(dict(order.contents.kept_back) | dict(order.contents.left_out))
    return Made(path=order.out, files=1, bytes=written.bytes, sha256=written.sha256, without=without)


def metadata(order: Order, payload: Sequence[Written], absent: Mapping[str, str]) -> Iterator[bytes]:
    """The JSON-LD document, entity by entity. `payload` lies beside it under data/; `absent`: items without bytes."""
    files = {file.path.removeprefix("data/"): file for file in payload}
    yield f'{{"@context": {json.dumps(CONTEXT)}, "@graph": [\n'.encode()
    yield _json({
        "@id": NAME, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": PROFILE},
    })  # fmt: skip
    parts, mentions, contexts = [], [], _Contexts()
    for entity in _data(order, files, absent, contexts):
        parts.append(entity["@id"])
        yield b",\n" + _json(entity)
    for entity in _actions(order, files, contexts):
        mentions.append(entity["@id"])
        yield b",\n" + _json(entity)
    for entity in (*contexts.found.values(), _root(order, parts, mentions)):
        yield b",\n" + _json(entity)
    yield b"\n]}\n"


class _Contexts:
    """People, programs and licences, each once."""

    def __init__(self) -> None:
        self.found: dict[str, Entity] = {}

    def add(self, kind: str, type_: str, name: str, *, key: str | None = None, **more: Any) -> Entity:
        """A reference to it. `key` tells two of one name apart."""
        ident = f"#{kind}-{quote(key or name, safe='')}"
        self.found.setdefault(ident, {"@id": ident, "@type": type_, "name": name, **more})
        return {"@id": ident}

    def licence(self, item: Item) -> Entity:
        """By address where it has one, by name where not."""
        licence = item.licence
        uses = {use: getattr(licence, use).allowed for use in ("view", "publish", "embed", "share")}
        told = ", ".join(f"{use}: {allowed}" for use, allowed in uses.items())
        more = {"description": told} | ({"url": licence.url} if licence.url else {})
        key = " ".join([licence.name, *uses.values(), licence.url or ""])
        return self.add("licence", "CreativeWork", licence.name, key=key, **more)


def _data(
    order: Order, files: Mapping[str, Written], absent: Mapping[str, str], contexts: _Contexts
) -> Iterator[Entity]:
    placed = set()
    subjects = {name: _subject(item, files) for name, item in order.contents.items.items()}
    for name, item in order.contents.items.items():
        ours = [] if name in absent else [path.removeprefix("data/") for path, _ in paths(item)]
        placed.update(ours)
        parents = [subjects.get(parent, f"#item-{parent}") for parent in item.derived.parents] if item.derived else []
        for entity in _item(item, [files[path] for path in ours], absent.get(name), contexts):
            based = parents and entity.get("identifier") == item.id
            yield entity | ({"isBasedOn": [{"@id": parent} for parent in parents]} if based else {})
    for path, file in sorted(files.items()):
        if path not in placed:
            yield _file(file)


def _item(item: Item, files: Sequence[Written], why: str | None, contexts: _Contexts) -> Iterator[Entity]:
    """An item as a File, a Dataset of Files where it is a folder, or a CreativeWork where its bytes are not here."""
    about: Entity = {"name": item.name, "identifier": item.id, "license": contexts.licence(item)}
    about |= {"url": item.origin.url} if item.origin.url else {}
    about |= {"dateCreated": item.collected.isoformat()} if item.collected else {}
    about |= {"creditText": item.attribution} if item.attribution else {}
    if why is not None:
        told = {"sha256": item.content, "contentSize": item.bytes, "encodingFormat": item.media_type}
        known = {key: str(value) for key, value in told.items() if value is not None}
        yield {"@id": f"#item-{item.id}", "@type": "CreativeWork", **about, **known, "abstract": _absent(item, why)}
    elif item.tree:
        inside = [{"@id": _ref(file)} for file in files]
        yield {"@id": f"bytes/{item.id}/", "@type": "Dataset", **about, "hasPart": inside}
        yield from (_file(file) for file in files)
    else:
        yield _file(files[0]) | about | {"encodingFormat": item.media_type}


def _absent(item: Item, why: str) -> str:
    return f"The bytes are not in this package: {item.why or why}."


def _file(file: Written) -> Entity:
    kind = mimetypes.guess_type(file.path)[0] or "application/octet-stream"
    kind = {".toml": "application/toml", ".jsonl": "application/jsonl"}.get(file.path[file.path.rfind(".") :], kind)
    return {
        "@id": _ref(file), "@type": "File", "name": file.path.rpartition("/")[2], "sha256": file.sha256,
        "contentSize": str(file.bytes), "encodingFormat": kind,
    }  # fmt: skip


def _ref(file: Written) -> str:
    return quote(file.path.removeprefix("data/"))


def _actions(order: Order, files: Mapping[str, Written], contexts: _Contexts) -> Iterator[Entity]:
    subjects = {name: _subject(item, files) for name, item in order.contents.items.items()}
    for entry in order.contents.entries():
        yield _action(entry, subjects, contexts)
    for path, finding in order.contents.findings():
        yield _measured(path, finding, subjects, files, contexts)


def _subject(item: Item, files: Mapping[str, Written]) -> str:
    """The entity of an item: its file or folder in the bag, or what stands for it."""
    here = item.content is not None and all(path.removeprefix("data/") in files for path, _ in paths(item))
    if not here:
        return f"#item-{item.id}"
    return f"bytes/{item.id}/" if item.tree else quote(paths(item)[0][0].removeprefix("data/"))


def _action(entry: Entry, subjects: Mapping[str, str], contexts: _Contexts) -> Entity:
    made, changed = entry.event in _CREATED, entry.event in _CHANGED
    subject = {"@id": subjects.get(entry.subject, f"#subject-{quote(entry.subject, safe='')}")}
    if entry.subject not in subjects:
        subject = contexts.add("subject", "Thing", entry.subject)
    return {
        "@id": f"#custody-{entry.chain}-{entry.seq}",
        "@type": "CreateAction" if made else "UpdateAction" if changed else "Action",
        "name": entry.event.value,
        "agent": contexts.add("person", "Person", entry.actor),
        "endTime": entry.at,
        "result" if made else "object": subject,
        **({"instrument": contexts.add("tool", "SoftwareApplication", entry.tool)} if entry.tool else {}),
        **({"description": entry.note} if entry.note else {}),
    }


def _measured(
    path: str,
    finding: Mapping[str, Any],
    subjects: Mapping[str, str],
    files: Mapping[str, Written],
    contexts: _Contexts,
) -> Entity:
    """A finding: made by a method of a version, from items."""
    named = f"{finding['method']} {finding['method_version']}"
    rests_on = [ref["id"] for ref in finding.get("inputs", ()) if ref.get("kind") == "item"]
    result = (
        {"@id": quote(f"case/{path}")} if f"case/{path}" in files else contexts.add("finding", "CreativeWork", path)
    )
    return {
        "@id": f"#finding-{finding['id']}",
        "@type": "CreateAction",
        "name": finding["question"],
        "description": finding["statement"]["en"],
        "instrument": contexts.add("method", "SoftwareApplication", named, version=str(finding["method_version"])),
        "object": [{"@id": subjects[name]} for name in rests_on if name in subjects],
        "result": result,
    }


def _root(order: Order, parts: Sequence[str], mentions: Sequence[str]) -> Entity:
    told = order.contents.told
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": told.title,
        "description": told.question,
        "identifier": told.case,
        "datePublished": order.clock.now().date().isoformat(),
        "license": "Each file has its own licence; what a licence does not allow to be shared is not in it.",
        "hasPart": [{"@id": part} for part in parts],
        "mentions": [{"@id": mention} for mention in mentions],
    }


def _json(value: Entity) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()

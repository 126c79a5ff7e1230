"""What of a case leaves the house: which files, in which form, whose bytes; and what stays, with the reason.

Files are named, never swept up: notes that lie about in a case folder are not part of it. What is under embargo,
hidden or withheld goes as a stub that says only that something is there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from dateline.core.clock import Clock
from dateline.core.errors import InputError
from dateline.evidence import samples
from dateline.evidence.amend import kept_from
from dateline.evidence.chain import FOLDER as CUSTODY
from dateline.evidence.chain import Entry, Event, chains, read_whole
from dateline.evidence.history import history
from dateline.evidence.item import FOLDER as ITEMS
from dateline.evidence.item import Item, Status, Use
from dateline.evidence.names import check_inside
from dateline.evidence.package.kept_back import record_of
from dateline.evidence.redact import WITHHELD
from dateline.evidence.seal.record import FOLDER as SEALS
from dateline.evidence.store import Store
from dateline.evidence.stub import Stub

Sharing = Literal["all", "shareable", "none"]
"""Whose bytes go: everybody's that may, those whose licence says so, nobody's."""


_ABOUT_THE_STORY = ("published/", "signoffs/", "harm/")
"""Folders of what was said or shown of the case at some time: what names something that is kept back now stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the ledger says about a case that this layer cannot read itself.

    `files`: every record, findings and the story, relative to the case. `forms`: bytes in place of a file's own, where
    it would tell more than may be printed. `records`: the hashes of each record that has withheld fields as it is now,
    by every name under which the custody log speaks of it. `left_out`: files that stay, with the reason. `kept_back`:
    items that may not leave the house for a reason that only the ledger knows. `about`: of each record that speaks of
    items, which. `instead`: what goes in place of such a record when it stays and another record names it. `marks`:
    files of one JSON object a line, each about its "item".
    """

    case: str
    title: str
    question: str
    files: tuple[str, ...]
    forms: Mapping[str, bytes] = field(default_factory=dict)
    records: Mapping[str, frozenset[str]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    kept_back: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    instead: Mapping[str, bytes] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    embargo: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What goes, and what stays. `items` are as the package has them: stubs where they are kept back."""

    root: Path = field(repr=False)
    told: Told
    items: Mapping[str, Item]
    kept_back: Mapping[str, str]
    files: tuple[str, ...]
    left_out: Mapping[str, str]
    gone: frozenset[str] = frozenset()
    """Ids of the records that stay because they speak of an item that does: no finding that rests on one goes."""
    traces: re.Pattern[str] | None = None
    """Finds what would betray an item that is kept back."""
    guessable: int = 0
    """Withheld custody lines from before there were salts: who has the withheld file could find their hash."""

    def pieces(self, path: str) -> Iterator[bytes]:
        """The bytes of one file of the case, as they leave the house, line by line or as a whole."""
        if path in self.told.forms:
            yield self.told.forms[path]
        elif path.startswith(f"{CUSTODY}/") and path.endswith(".jsonl"):
            yield from (line + b"\n" for line, _ in self._lines(self.root / path))
        elif path.startswith(f"{ITEMS}/") and (name := Path(path).stem) in self.kept_back:
            yield self.items[name].to_toml().encode()
        else:
            with check_inside(self.root / path, self.root).open("rb") as stream:
                while piece := stream.read(1 << 20):
                    yield piece

    def entries(self) -> Iterator[Entry]:
        """The custody entries that go, chains in order of name."""
        for path in chains(self.root).values():
            yield from (entry for _, entry in self._lines(path) if entry is not None)

    def findings(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Path and content of the findings that go, as plain JSON."""
        for path in self.files:
            if path.startswith("findings/") and path.endswith(".json"):
                yield path, json.loads(b"".join(self.pieces(path)))

    def _lines(self, path: Path) -> Iterator[tuple[bytes, Entry | None]]:
        for line in read_whole(path):
            if line.entry is not None and self._betrays(line.entry, line.stored):
                yield Stub.of(line.stored, chain=path.stem, seq=line.entry.seq).line(), None
            else:
                yield line.stored, line.entry

    def _betrays(self, entry: Entry, stored: bytes) -> bool:
        named = self.traces is not None and self.traces.search(stored.decode()) is not None
        silent = entry.subject in self.left_out or entry.subject in self.gone
        return named or silent or tells(entry, self.kept_back, self.told.records)


def contents(root: Path, told: Told, *, clock: Clock, under_embargo: bool = False) -> Contents:
    """Looks through a case and decides.

    Raises InputError: "custody-broken", "kept-back-named", and "embargo" for a case under embargo, unless whoever
    takes it out says that it is for people who know.
    """
    if not under_embargo:
        check_embargo(told.embargo, clock.now())
    items = {path.stem: Item.read(path) for path in sorted((root / ITEMS).glob("[!.]*.toml"))}
    kept_back = {name: why for name, item in items.items() if (why := reason(item, clock.now()))}
    kept_back = {name: why for name, why in told.kept_back.items() if name in items} | kept_back
    kept_back |= {name: "hidden" for name in history(root).hidden if name in items}
    kept_back = kept_from(items, kept_back)
    told, gone = silenced(told, root, kept_back)
    files = sorted({*told.files, *_case_files(root)} - (set(told.left_out) - set(told.forms)))
    stubs = {name: _stub(items[name], kept_back[name]) for name in kept_back}
    traces = _traces(items, stubs)
    found = Contents(
        root=root,
        told=told,
        items=items | stubs,
        kept_back=kept_back,
        files=tuple(files),
        left_out=told.left_out,
        gone=gone,
        traces=_pattern(traces),
        guessable=_guessable(root, kept_back, told.records),
    )
    return _without_traces(found, traces)


def reason(item: Item, now: datetime) -> str | None:
    """Why an item may not leave the house today, in one word; None when it may."""
    if item.embargo is not None:
        until = item.embargo
        if now < (until if isinstance(until, datetime) else datetime.combine(until, datetime.min.time(), UTC)):
            return "embargo"
    return "withheld" if item.status is Status.WITHHELD else None


def check_embargo(embargo: datetime | None, now: datetime) -> None:
    """Raises InputError "embargo" while a case is under one."""
    if embargo is not None and now < embargo:
        raise InputError(
            "The case is under embargo: nothing of it leaves the house yet.",
            saw=f"embargo = {embargo.isoformat()} in case.toml",
            do="Wait; or say --under-embargo when it goes to somebody who knows, and tell them until when.",
            code="embargo",
        )


def _stub(item: Item, why: str) -> Item:
    """What goes in place of an item. The hash is open only of what is itself openly withheld, not of what it became."""
    return record_of(item if item.status is Status.WITHHELD else item.model_copy(update={"sha256": None}), why)


def silenced(told: Told, root: Path, kept_back: Mapping[str, str]) -> tuple[Told, frozenset[str]]:
    """The same without what records say about items that are kept back; and the ids of those records."""
    left_out, forms, gone = dict(told.left_out), dict(told.forms), set()
    for file, items in told.about.items():
        if subject := next((item for item in items if item in kept_back), None):
            left_out[file] = f"is about {subject}, which is kept back"
            gone.add(Path(file).stem)
            forms |= {file: told.instead[file]} if file in told.instead else {}
    for file in (file for file in told.marks if file not in told.left_out):
        lines = forms.get(file) or (root / file).read_bytes()
        marks = [(line, json.loads(line)) for line in lines.splitlines(keepends=True) if line.strip()]
        away = {mark["id"]: mark["item"] for _, mark in marks if mark["item"] in kept_back}
        if away:
            why = f"is about {', '.join(sorted({*away.values()}))}, which is kept back"
            left_out[file] = why if len(away) == len(marks) else f"without {len(away)} marks: each {why}"
            gone |= away.keys()
            forms[file] = b"".join(line for line, mark in marks if mark["id"] not in away)
            if not forms[file]:
                del forms[file]
    return replace(told, left_out=left_out, forms=forms), frozenset(gone)


def tells(entry: Entry, kept_back: Mapping[str, str], records: Mapping[str, frozenset[str]]) -> bool:
    """Whether a custody entry says something about what is withheld.

    Of an item that is kept back all of them do. Of a record with withheld fields those do that carry a hash of the
    record as it was before: who guesses the field could check the guess. `was` of a `shown` is the hash of a line.
    """
    if entry.subject in kept_back:
        return True
    was = None if entry.event is Event.SHOWN else entry.was
    hashes = [sha256 for sha256 in (entry.meta_sha256, entry.file_sha256, was) if sha256 is not None]
    return entry.subject in records and not records[entry.subject].issuperset(hashes)


def bytes_of(item: Item, store: Store, sharing: Sharing) -> str | None:
    """Why the bytes of an item do not go; None when they do."""
    if item.status is not Status.HAVE or item.content is None:
        return "not here"
    allowed = item.licence.permits(Use.SHARE)
    if sharing == "none":
        return "not asked for"
    if sharing == "shareable" and allowed != "yes":
        return f"licence to share: {allowed}"
    leaves = [leaf.sha256 for leaf in item.tree] or [item.content]
    return None if all(source(sha256, store) for sha256 in leaves) else "not on this machine"


def source(sha256: str, store: Store) -> Path | None:
    """The file with these bytes: in the store, or among the samples."""
    if sha256 in store:
        return store.path(sha256)
    sample = next((each for each in samples.registry().values() if each.sha256 == sha256), None)
    return samples.find(sample.path) if sample is not None else None


def stored(sha256: str, store: Store) -> Iterator[bytes]:
    """Bytes from the store or the samples, piece by piece.

    Raises InputError at their end (code "changed-bytes") when they are not what their name says any more.
    """
    place, digest = source(sha256, store), hashlib.sha256()
    with (place or store.path(sha256)).open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
            yield piece
    if digest.hexdigest() != sha256:
        raise InputError(
            "The bytes of an item have changed.",
            saw=f"SHA-256 {digest.hexdigest()[:16]}…, not {sha256[:16]}…",
            do="Run `dateline audit`, and archive the original again; no package was made.",
            code="changed-bytes",
        )


def _case_files(root: Path) -> Iterator[str]:
    """Items, custody and seals: what this layer keeps in a case."""
    found: Iterable[Path] = [
        *(root / ITEMS).glob("*.toml"),
        *(root / CUSTODY).glob("*.jsonl"),
        *(root / SEALS).rglob("*"),
        *(path for name in (".gitignore", ".gitattributes") if (path := root / name).is_file()),
    ]
    for path in found:
        inside = path.relative_to(root)
        if path.is_file() and (len(inside.parts) == 1 or not any(part.startswith(".") for part in inside.parts)):
            yield inside.as_posix()


def _guessable(root: Path, kept_back: Mapping[str, str], records: Mapping[str, frozenset[str]]) -> int:
    entries = (line.entry for path in chains(root).values() for line in read_whole(path))
    return sum(one is not None and one.salt is None and tells(one, kept_back, records) for one in entries)


def _traces(items: Mapping[str, Item], stubs: Mapping[str, Item]) -> Mapping[str, str]:
    """Names and hashes that would betray an item that is kept back, and whose they are."""
    found: dict[str, str] = {}
    for name, stub in stubs.items():
        item, shown = items[name], stub.sha256
        told = [item.name, item.origin.file, item.content]
        told += [trace for leaf in item.tree for trace in (leaf.path, leaf.sha256)]
        found |= {trace: name for trace in told if trace is not None and trace not in {WITHHELD, shown}}
    return found


def _pattern(traces: Mapping[str, str]) -> re.Pattern[str] | None:
    """Finds any of them as a whole word."""
    words = "|".join(re.escape(trace) for trace in sorted(traces, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if traces else None


def _without_traces(found: Contents, traces: Mapping[str, str]) -> Contents:
    """The same without findings that carry a trace of something kept back. Raises InputError ("kept-back-named")."""
    dropped: dict[str, str] = {}
    named = []
    for path in found.files:
        hit, rests = _hit(found, path), _rests_on(found, path)
        if rests is not None or (hit is not None and path.startswith("findings/")):
            why = f"rests on {rests or traces[hit[1] if hit else '']}, which is kept back"
            dropped |= dict.fromkeys([path, *_artifacts(found, path)], why)
        elif hit is not None and path.startswith(_ABOUT_THE_STORY):
            dropped |= dict.fromkeys(_version(found, path), f"names {traces[hit[1]]}, which is kept back")
        elif hit is not None:
            named.append(f"{path}:{hit[0]} ({traces[hit[1]]})")
    if named:
        raise InputError(
            "The case names files that are kept back from this package.",
            saw="; ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else ""),
            do="Write the item's id there instead of its name or hash, or lift what keeps it back.",
            code="kept-back-named",
        )
    files = tuple(path for path in found.files if path not in dropped)
    return replace(found, files=files, left_out={**found.left_out, **dropped})


def _version(found: Contents, path: str) -> list[str]:
    """A file; of a published version all its files, and its name, under which the custody log speaks of it."""
    if not path.startswith("published/"):
        return [path]
    name = "/".join(path.split("/")[:2])
    return [name, *(file for file in found.files if file.startswith(f"{name}/"))]


def _rests_on(found: Contents, path: str) -> str | None:
    """What a finding names among its inputs that stays, if anything."""
    if not (path.startswith("findings/") and path.endswith(".json")):
        return None
    inputs = json.loads(b"".join(found.pieces(path))).get("inputs", ())
    return next((ref["id"] for ref in inputs if ref["id"] in {*found.kept_back, *found.gone}), None)


def _artifacts(found: Contents, path: str) -> list[str]:
    """The files that belong to a finding."""
    if not path.endswith(".json"):
        return []
    told = json.loads(b"".join(found.pieces(path)))
    return [f"findings/{artifact['path']}" for artifact in told.get("artifacts", ())]


def _hit(found: Contents, path: str) -> tuple[int, str] | None:
    """Line and trace of the first hit in a file as it would leave the house."""
    if found.traces is None:
        return None
    text = b"".join(found.pieces(path)).decode("utf-8", "replace")
    hit = found.traces.search(text)
    return None if hit is None else (text.count("\n", 0, hit.start()) + 1, hit.group())

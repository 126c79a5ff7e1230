"""A case: a folder of text files, read whole, checked whole, frozen."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from dateline.core.errors import InputError, RecordError, RecordFault, UsageError
from dateline.evidence.item import Item
from dateline.ledger.claim import Claim
from dateline.ledger.crosscheck import AnyRead, crosscheck, cycles
from dateline.ledger.event import Event
from dateline.ledger.faults import offer
from dateline.ledger.finding import Finding
from dateline.ledger.folders import finding_file, finding_files, finding_ids, observation_files, record_files
from dateline.ledger.head import Head
from dateline.ledger.impossible import impossible
from dateline.ledger.items import ItemRecord, read_item
from dateline.ledger.matrix import Matrix
from dateline.ledger.measure import Measure
from dateline.ledger.media_item import MediaItem
from dateline.ledger.observation import Observation
from dateline.ledger.place import Place
from dateline.ledger.reading import Read, read_lines, read_record
from dateline.ledger.record import Record
from dateline.ledger.reply import Reply
from dateline.ledger.source import Source

R = TypeVar("R", bound=Record)

HEAD = "case.toml"
MODELS: tuple[type[Record], ...] = (Place, Source, Claim, Event, MediaItem, Reply, Matrix, Measure)
"""The records that are one TOML file each. Items and observations are read in their own way."""


MANY = 1_000
"""Records from which on a case is large."""


_Way = Callable[[Path], list[AnyRead]]
"""How the records of one file are read."""


class Reads:
    """What was read of files that have not changed since: for a program that reads one case again and again.

    Places are always read: their outlines lie in files of their own. One for one case, and one reader at a time.
    """

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int, int], list[AnyRead]]] = {}
        self._met: set[Path] = set()

    def of(self, path: Path, read: _Way) -> list[AnyRead]:
        """What `read` gives of this file, now or as it is. A file with faults is read again."""
        self._met.add(path)
        state = path.stat()
        signature = (state.st_mtime_ns, state.st_size, state.st_ino)
        found = self._known.get(path)
        if found is None or found[0] != signature:
            made = read(path)
            if any(each.faults for each in made):
                return made
            self._known[path] = found = (signature, made)
        return list(found[1])

    def forget_others(self) -> None:
        """Lets go of files that the last reading did not meet."""
        self._known = {path: told for path, told in self._known.items() if path in self._met}
        self._met.clear()


@dataclass(frozen=True)
class Case:
    """All records of a case as they stood when it was loaded. Findings are read from disk when asked for."""

    root: Path
    head: Head
    records: Mapping[str, Record]
    """Every record but the head, by id, in order of id."""
    paths: Mapping[str, str]
    """The file of each record, relative to the case, by id."""
    files: Mapping[str, str]
    """SHA-256 of each record file's bytes, by its path within the case."""
    _findings: dict[str, tuple[tuple[int, int], Finding]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def load(cls, folder: Path, *, reads: Reads | None = None) -> Case:
        """Reads and checks a case folder. The order of files on the disk does not matter.

        reads: what was read before, where the same program reads the case again. Raises UsageError when the folder is
        no case, RecordError with every fault of every file at once.
        """
        root = _case_folder(folder)
        with _uncollected():
            case = cls._load(root, folder, reads or Reads())
        if len(case.records) > MANY:
            gc.freeze()  # a million objects that stay: to look through them again makes every question a third slower
        return case

    @classmethod
    def _load(cls, root: Path, folder: Path, known: Reads) -> Case:
        head = read_record(root / HEAD, Head, root=root)
        reads, faults = _read_all(root, known)
        known.forget_others()
        faults += [fault for read in (head, *reads) for fault in read.faults]
        broken = {Path(read.file).stem for read in reads if read.faults}
        filed = [(read, read.record) for read in reads if read.record is not None]
        faults += crosscheck(filed, findings=finding_files(root), broken=broken)
        if head.record is not None:
            faults += impossible(filed, units=(unit.name for unit in head.record.units))
        if faults or head.record is None:
            raise RecordError(sorted(faults, key=_by_place), case=str(folder))
        records = {record.id: record for _, record in filed}
        return cls(
            root=root,
            head=head.record,
            records=MappingProxyType(dict(sorted(records.items()))),
            paths=MappingProxyType({record.id: read.file for read, record in filed}),
            files=MappingProxyType({read.file: read.sha256 for read in (head, *reads)}),
        )

    def of(self, model: type[R]) -> Mapping[str, R]:
        """All records of one kind, by id."""
        return MappingProxyType({name: record for name, record in self.records.items() if isinstance(record, model)})

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """The places, by id."""
        return self.of(Place)

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """The sources, by id."""
        return self.of(Source)

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """The claims, by id."""
        return self.of(Claim)

    @cached_property
    def events(self) -> Mapping[str, Event]:
        """The events, by id."""
        return self.of(Event)

    @cached_property
    def media(self) -> Mapping[str, MediaItem]:
        """The photos and clips, by id."""
        return self.of(MediaItem)

    @cached_property
    def replies(self) -> Mapping[str, Reply]:
        """The right-of-reply records, by id."""
        return self.of(Reply)

    @cached_property
    def matrices(self) -> Mapping[str, Matrix]:
        """The matrices of evidence against rival explanations, by id."""
        return self.of(Matrix)

    @cached_property
    def measures(self) -> Mapping[str, Measure]:
        """The measures, by id."""
        return self.of(Measure)

    @cached_property
    def observations(self) -> Mapping[str, Observation]:
        """All observations, by id; superseded ones too."""
        return self.of(Observation)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """The evidence items, by id."""
        return MappingProxyType({name: record.item for name, record in self.of(ItemRecord).items()})

    @property
    def story(self) -> Path:
        """Where the article lies; it may not have been written yet."""
        return self.root / "story.md"

    def record(self, name: str) -> Record:
        """The record of this id. Raises UsageError with the nearest ids."""
        if name not in self.records:
            raise unknown(name, self.records, case=self)
        return self.records[name]

    def finding_ids(self) -> tuple[str, ...]:
        """Ids of the findings on disk."""
        return finding_ids(self.root)

    def has_finding(self, name: str) -> bool:
        """Whether a finding of this id is on disk; asked for at every reference, so nothing is listed for it."""
        return finding_file(self.root, name) is not None

    def finding(self, name: str) -> Finding:
        """A finding, read from disk as it is now.

        Raises UsageError when nothing has that id, InputError when it has not been computed or cannot be read.
        """
        path = finding_file(self.root, name)
        if path is None and name in self.measures:
            raise InputError(
                f"The measure {name} has no finding yet.",
                saw=f"no findings/{name}.json",
                do=f"Run `dateline measure {name}`.",
                code="not-measured",
            )
        if path is None:
            raise unknown(name, {*self.measures, *self.finding_ids()}, case=self)
        return self._read_finding(name, path)

    def _read_finding(self, name: str, path: Path) -> Finding:
        state = path.stat()
        signature = (state.st_mtime_ns, state.st_size)
        if name not in self._findings or self._findings[name][0] != signature:
            if not path.resolve().is_relative_to(self.root.resolve()):
                raise InputError(
                    f"findings/{path.name} is a link out of the case.",
                    saw=str(path.resolve()),
                    do="Delete it and run `dateline measure` again.",
                    code="finding",
                )
            finding = Finding.read(path)
            if finding.id != name:
                raise InputError(
                    f"findings/{path.name} is the finding of another measure.",
                    saw=f"id {finding.id!r}",
                    do="Delete it and run `dateline measure` again.",
                    code="finding",
                )
            self._findings[name] = (signature, finding)
        return self._findings[name][1]

    def findings(self) -> Mapping[str, Finding]:
        """Every finding on disk, by id. Raises InputError when one cannot be read, or when they feed each other."""
        found = {name: self.finding(name) for name in self.finding_ids()}
        fed = {name: [ref.id for ref in finding.inputs if ref.kind == "finding"] for name, finding in found.items()}
        for loop in cycles(fed):
            raise circular([*loop, loop[0]])
        return MappingProxyType(found)


def unknown(name: str, known: Any, *, case: Case) -> UsageError:
    """The error for an id that nothing in the case answers to."""
    return UsageError(
        f"Nothing in the case {case.head.id} is called {name!r}.",
        saw=repr(name),
        do=f"Write the id of a record: {offer(name, known)}.",
        code="reference",
    )


def circular(names: list[str]) -> InputError:
    """The error for findings that feed each other."""
    return InputError(
        "Findings feed each other in a circle, so none of them can be computed first.",
        saw=" → ".join(names),
        do="Take one of these ids out of the inputs of its measure, delete the findings, and measure again.",
        code="circular",
    )


def _case_folder(folder: Path) -> Path:
    if (folder / HEAD).is_file():
        return folder
    above = next((parent for parent in folder.absolute().parents if (parent / HEAD).is_file()), None)
    raise UsageError(
        f"{folder} is not a case.",
        saw="no such folder" if not folder.is_dir() else f"a folder without {HEAD}",
        do=f"Give {above}, which is one."
        if above
        else f"Give the folder that holds {HEAD}, or run `dateline new FOLDER`.",
        code="no-case",
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Nothing that is read here goes out of use before the end: to look for garbage meanwhile costs a fifth."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read_all(root: Path, known: Reads) -> tuple[list[AnyRead], list[RecordFault]]:
    reads: list[AnyRead] = []
    faults: list[RecordFault] = []
    ways: list[tuple[str, _Way]] = [(model.folder, _reader(model, root)) for model in MODELS]
    for folder, way in (*ways, (ItemRecord.folder, lambda path: [read_item(path, root=root)])):
        files, wrong = record_files(root, folder)
        for path in files:
            reads += way(path) if folder == Place.folder else known.of(path, way)
        faults += wrong
    files, wrong = observation_files(root)
    for path in files:
        reads += known.of(path, lambda path: _observations(path, root))
    return reads, faults + wrong


def _reader(model: type[Record], root: Path) -> _Way:
    return lambda path: [read_record(path, model, root=root)]


def _observations(path: Path, root: Path) -> list[AnyRead]:
    return [_by_whom(read, path.parent.name) for read in read_lines(path, Observation, root=root)]


def _by_whom(read: Read[Observation], who: str) -> AnyRead:
    if read.record is None or read.record.by == who:
        return read
    fault = read.fault("by", repr(read.record.by), f"{who!r}, as the folder is named")
    return Read(read.file, read.record, (*read.faults, fault), sha256=read.sha256, line=read.line)


def _by_place(fault: RecordFault) -> tuple[str, int, str]:
    return (fault.file, fault.line or 0, fault.key)

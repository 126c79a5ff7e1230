"""Seal order: each seal appends, for each chain in order of name, the lines that came since the seal before.

So the tree of a log only ever grows at its end, while any number of chains grow and are merged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dateline.evidence.chain import FIRST, FOLDER, LONGEST, Difference, broken, chains, parse
from dateline.evidence.seal.merkle import leaf_hash
from dateline.evidence.seal.record import Covered, Record
from dateline.evidence.stub import parse_stub


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chain, as far as a tree needs to know it: a stub gives no more than this of a line."""

    sha256: str
    leaf: bytes

    @classmethod
    def of(cls, stored: bytes) -> Line:
        """Of the stored bytes, without the line feed: of an entry, or of the stub of a withheld one."""
        stub = parse_stub(stored)
        if stub is not None:
            return cls(stub.sha256, bytes.fromhex(stub.leaf))
        return cls(hashlib.sha256(stored).hexdigest(), leaf_hash(stored))


def read_lines(path: Path) -> Iterator[Line]:
    """The whole lines of a chain, in order; bytes after the last line feed are not a line yet."""
    return (Line.of(stored) for stored in stored_lines(path))


def stored_lines(path: Path) -> Iterator[bytes]:
    """The stored bytes of the whole lines of a chain, without their line feeds."""
    with path.open("rb") as stream:
        while (raw := stream.readline(LONGEST + 2)).endswith(b"\n"):
            yield raw[:-1]


@dataclass(slots=True)
class Cursors:
    """How far each chain of a case has been read. Every chain is read once, whatever the number of seals."""

    case: Path
    heads: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    _streams: dict[str, Iterator[Line]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, path in chains(self.case).items():
            self.heads[name], self.counts[name] = FIRST, 0
            self._streams[name] = read_lines(path)

    def up_to(self, name: str, entries: int) -> Iterator[Line]:
        """The next lines of a chain, until `entries` of it have been read, or there are no more."""
        for line in self._streams.get(name, iter(())):
            self.counts[name] += 1
            self.heads[name] = line.sha256
            yield line
            if self.counts[name] >= entries:
                return


def leaves(cursors: Cursors, record: Record) -> Iterator[bytes]:
    """The leaf hashes that a seal appends, in seal order."""
    for covered in record.chain:
        if covered.entries > covered.before:
            for line in cursors.up_to(covered.name, covered.entries):
                yield line.leaf


def new_lines(case: Path, done: dict[str, int]) -> Iterator[tuple[str, Iterator[Line]]]:
    """For each chain in order of name: the lines after the first `done[name]`, each checked.

    Raises InputError ("custody-broken") at a line that does not go on from the one before.
    """
    for name, path in chains(case).items():
        yield name, _checked(name, path, done.get(name, 0))


def _checked(name: str, path: Path, skip: int) -> Iterator[Line]:
    prev = FIRST
    for number, stored in enumerate(stored_lines(path)):
        line = Line.of(stored)
        if number >= skip:
            if not _goes_on(stored, name, number, prev):
                expected = f"entry {number} of {name}, bound to the line before"
                raise broken(Difference(name, number + 1, "changed", expected, f"{stored[:60]!r}"))
            yield line
        prev = line.sha256


def _goes_on(stored: bytes, name: str, number: int, prev: str) -> bool:
    entry = parse(stored)
    if entry is None:
        stub = parse_stub(stored)
        return stub is not None and (stub.chain, stub.seq) == (name, number)
    return (entry.chain, entry.seq, entry.prev) == (name, number, prev)


def follows(record: Record, before: Record | None) -> str | None:
    """Why a record cannot come right after another (or first, after None), in words; None when it can."""
    old = {} if before is None else before.entries()
    if before is not None and record.origin != before.origin:
        return f"its origin is {record.origin}; the log's is {before.origin}"
    if record.number != (1 if before is None else before.number + 1):
        return f"it is number {record.number}"
    lost = sorted(set(old) - {covered.name for covered in record.chain})
    if lost:
        return f"it does not name the chain {lost[0]}, which the seal before covers"
    for covered in record.chain:
        if covered.before != old.get(covered.name, 0):
            return f"its {covered.name} goes on from line {covered.before}, not from {old.get(covered.name, 0)}"
    grown = sum(covered.entries - covered.before for covered in record.chain)
    if record.size != (0 if before is None else before.size) + grown:
        return f"its size is {record.size}"
    return None


def covered_now(case: Path, before: Record | None, leaf: Callable[[bytes], None]) -> tuple[Covered, ...]:
    """Gives every new leaf hash to `leaf`, in seal order, and says what is covered then."""
    done = {} if before is None else before.entries()
    heads = {} if before is None else {covered.name: covered.head for covered in before.chain}
    found = []
    for name, lines in new_lines(case, done):
        count, last = done.get(name, 0), None
        for last in lines:
            leaf(last.leaf)
            count += 1
        head = heads.get(name, FIRST) if last is None else last.sha256
        found.append(Covered(name=name, before=done.get(name, 0), entries=count, head=head))
    return tuple(found)


def first_fault(cursors: Cursors, record: Record) -> Difference | None:
    """Where chains, read as far as a seal goes, are not what it covers: the first chain in order of name."""
    for covered in record.chain:
        count, head = cursors.counts.get(covered.name, 0), cursors.heads.get(covered.name, FIRST)
        if count < covered.entries:
            found = f"{count} lines" if covered.name in cursors.counts else f"no {FOLDER}/{covered.name}.jsonl"
            return Difference(covered.name, count + 1, "missing", f"{covered.entries} lines", found)
        if head != covered.head:
            expected = f"{covered.head[:16]}… as the hash of this line"
            return Difference(covered.name, covered.entries, "changed", expected, f"{head[:16]}…")
    return None

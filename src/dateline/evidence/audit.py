"""Is the evidence of a case what was written down? Custody chains, item records, stored bytes; offline, no key needed.

Nothing here says that evidence is true or authentic: only that it is, or is not, what was entered in the log.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from dateline.core.errors import RecordError
from dateline.core.identity import is_id, sha256_bytes
from dateline.evidence.chain import FOLDER as CHAINS
from dateline.evidence.hashing import Hashed, Told, sha256_files
from dateline.evidence.history import History
from dateline.evidence.item import FOLDER as ITEMS
from dateline.evidence.item import Item
from dateline.evidence.last_words import Logged
from dateline.evidence.nearest import one_slip_away
from dateline.evidence.package.kept_back import is_kept_back
from dateline.evidence.seal.check import check_seals
from dateline.evidence.seal.report import lines_withheld

State = Literal["same", "different", "stale", "not here", "not proven", "note"]

Find = Callable[[str], Path | None]
"""Where the bytes with a SHA-256 lie on this machine; None where they do not."""

LARGEST = 64 << 20
"""A record larger than this is not ours [bytes]."""

SEARCHES = 8
"""For how many changed records an audit tries to find out which byte slipped: each may take a second."""

_LINE = re.compile(r"\(at line (\d+),")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was looked at, and what is wrong with it: where, what was expected, what is there."""

    what: str
    state: State
    where: str = ""
    code: str = ""
    expected: str = ""
    found: str = ""

    @property
    def kind(self) -> str:
        """What sort of thing it is: custody, record, bytes, seal, seals (in words), finding …"""
        return self.what.split()[0]

    def to_json(self) -> dict[str, str]:
        """What is known of it, for a program."""
        return {key: value for key in self.__slots__ if (value := getattr(self, key))}

    def __str__(self) -> str:
        told = [part for part in (self.where, self.code) if part]
        told += [f"expected {self.expected}; found {self.found}" if self.expected else self.found]
        return ": ".join(part for part in (f"{self.state:<10} {self.what}", *told) if part)


@dataclass(frozen=True, slots=True)
class _Bytes:
    """A file of an item that must be looked at."""

    what: str
    sha256: str
    size: int | None
    path: Path


def chain_rows(case: Path, told: History) -> Iterator[Row]:
    """Each custody chain: the same, or every place at which it is not what was written.

    And, as notes, lines that whoever made a package withheld, and clocks that were set back.
    """
    broken = {difference.chain for difference in told.differences}
    for one in told.differences:
        where = f"{CHAINS}/{one.chain}.jsonl:{one.line}"
        yield Row(f"custody {one.chain}", "different", where, f"custody-{one.code}", one.expected, one.found)
    for name in sorted(set(told.lines) - broken):
        yield Row(f"custody {name}", "same")
    for name, count in sorted(told.withheld.items()):
        saw = f"{lines_withheld(count)} by whoever made the package"
        yield Row(f"custody {name}", "note", f"{CHAINS}/{name}.jsonl", "withheld", found=saw)
    for back in told.backwards:
        where = f"{CHAINS}/{back.chain}.jsonl:{back.line}"
        saw = f"{back.at} after {back.before}: a clock was set back; the order of the lines counts"
        yield Row(f"custody {back.chain}", "note", where, "clock", found=saw)
    for name in sorted(name for name in _names(case / CHAINS) if name.endswith(".jsonl")):
        if not (case / CHAINS / name).is_file():
            yield Row(f"custody {name[:-6]}", "different", f"{CHAINS}/{name}", "custody-unreadable", "a file", "none")
    yield from _strays(case, CHAINS, ".jsonl")


def seal_rows(case: Path, now: datetime) -> Iterator[Row]:
    """Each seal of a case and all that is wrong with seals; then in sentences what they prove and what they do not."""
    report = check_seals(case, now=now)
    for fault in report.faults:
        yield Row("seal", "different", fault.file, fault.code, found=fault.text)
    for seal in report.seals:
        if seal.sound:
            yield Row(f"seal {seal.log} {seal.number}", "same")
    for file in report.unentered:
        yield Row("seal", "note", file, "unentered", found="no line of the custody log names it (yet)")
    for sentence in report.proven():
        yield Row("seals", "same", found=sentence)
    for sentence in report.not_proven():
        yield Row("seals", "not proven", found=sentence)


def item_rows(case: Path, told: History, find: Find, *, quick: bool, on_progress: Told) -> Iterator[Row]:
    """Each item: its record against the log, then its bytes, read again unless `quick` (then: there, and their size).

    on_progress is told the number of bytes read. Memory does not grow with the number or the size of files.
    """
    ready: deque[Row] = deque()
    waiting: deque[_Bytes] = deque()

    def files() -> Iterator[Path]:
        for rows, jobs in _items(case, told, find, quick=quick):
            ready.extend(rows)
            for job in jobs:
                waiting.append(job)
                yield job.path

    looked = map(_sized, files()) if quick else sha256_files(files(), on_progress)
    for hashed in looked:
        while ready:
            yield ready.popleft()
        yield _compared(waiting.popleft(), hashed)
    yield from ready
    yield from _strays(case, ITEMS, ".toml")


def _items(case: Path, told: History, find: Find, *, quick: bool) -> Iterator[tuple[list[Row], list[_Bytes]]]:
    folder = case / ITEMS
    names = sorted(name[:-5] for name in _names(folder) if name.endswith(".toml"))
    searches = iter(range(SEARCHES))
    for name in names:
        logged = told.items.get(name)
        record = _read(folder / f"{name}.toml", logged, searches)
        if logged is None and told.withheld and record.item and is_kept_back(record.item, record.data):
            saw = f"{record.item.why}; the lines about it are withheld"
            record = _Record(
                Row(f"record of {name}", "note", f"{ITEMS}/{name}.toml", "withheld", found=saw), record.data
            )
        if name in told.expunged:
            yield [record.row, *_expunged(name, told.expunged[name], record.item, find)], []
            continue
        rows, jobs = _bytes_of(name, record, logged, find, quick=quick)
        yield [record.row, *rows], jobs
    for name, logged in told.items.in_order():
        at = bisect_left(names, name)  # a set of 100,000 names would take as much memory as they do
        if names[at : at + 1] != [name]:
            yield [_different(name, logged.where, "record-missing", f"{ITEMS}/{name}.toml", "no such file")], []


@dataclass(frozen=True, slots=True)
class _Record:
    """A record as it lies there, and what is to be said of it. `data` is None where it is no file."""

    row: Row
    data: bytes | None = None

    @property
    def is_same(self) -> bool:
        return self.row.state == "same"

    @property
    def item(self) -> Item | None:
        """The item, where the record can be read as one: reading takes longer than all else, so only where needed."""
        return None if self.data is None else _parsed(self.data)


def _read(path: Path, logged: Logged | None, searches: Iterator[int]) -> _Record:
    name, file = path.stem, f"{ITEMS}/{path.name}"
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            return _Record(_different(name, file, "record-unreadable", "a file with a record", "no file, or too large"))
        data = path.read_bytes()
    except OSError as error:
        return _Record(_different(name, file, "record-unreadable", "a file to read", error.strerror or str(error)))
    if logged is not None and logged.file_sha256 == sha256_bytes(data):
        return _Record(Row(f"record of {name}", "same"), data)
    return _Record(_said(path, data, logged, searches), data)


def _said(path: Path, data: bytes, logged: Logged | None, searches: Iterator[int]) -> Row:
    """What is to be said of a record whose bytes are not, or not known to be, those that were entered."""
    name, file, item = path.stem, f"{ITEMS}/{path.name}", _parsed(data)
    if logged is None:
        if item is None:
            return _unreadable(path, "a record")
        return _different(name, file, "not-logged", f"an entry `collected` in {CHAINS}", "none")
    meta = None if item is None else item.record_sha256()
    if meta == logged.meta_sha256 and logged.file_sha256 is None:
        return Row(f"record of {name}", "same")
    code = {None: "record-unreadable", logged.meta_sha256: "record-respelled"}.get(meta, "record-changed")
    written = _as_written(data, item, logged, searches)
    if written is not None:
        line, expected, found = first_line(written, data)
        return _different(name, f"{file}:{line}", code, expected, found)
    if meta is None:
        return _unreadable(path, f"a record as entered at {logged.where}")
    if meta == logged.meta_sha256:
        return _different(name, file, code, f"the file entered at {logged.where}", "the same in another spelling")
    expected = f"a record with SHA-256 {logged.meta_sha256[:16]}… ({logged.where})"
    return _different(name, file, code, expected, f"{meta[:16]}…")


def _as_written(data: bytes, item: Item | None, logged: Logged, searches: Iterator[int]) -> bytes | None:
    """The file as it was entered, where it can be told from its hash: our own spelling of it, or one slip away."""
    if logged.file_sha256 is None:
        return None
    ours = b"" if item is None else item.to_toml().encode()
    if sha256_bytes(ours) == logged.file_sha256:
        return ours
    return None if next(searches, None) is None else one_slip_away(data, logged.file_sha256)


def _parsed(data: bytes) -> Item | None:
    try:
        return Item.model_validate(tomllib.loads(data.decode()))
    except ValueError:  # not UTF-8, not TOML, or not an item
        return None


def _unreadable(path: Path, expected: str) -> Row:
    """What is wrong with a record that is none, at its line where the parser says it."""
    try:
        Item.read(path)
    except RecordError as error:
        fault = error.faults[0]
        at = _LINE.search(fault.found)
        where = f"{ITEMS}/{path.name}:{at[1]}" if at else f"{ITEMS}/{path.name}"
        found = f"{fault.key}: {fault.found}; {fault.valid}"
        return _different(path.stem, where, "record-unreadable", expected, found)
    return _different(path.stem, f"{ITEMS}/{path.name}", "record-unreadable", expected, "it changes while it is read")


def first_line(written: bytes, data: bytes) -> tuple[int, str, str]:
    """The first line at which two texts differ: its number from 1, as expected, as found."""
    ours, theirs = written.split(b"\n"), data.split(b"\n")
    number = next(
        (n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs))
    )
    expected, found = (repr(lines[number][:60]) if number < len(lines) else "the end" for lines in (ours, theirs))
    return number + 1, expected, found


def _bytes_of(
    name: str, record: _Record, logged: Logged | None, find: Find, *, quick: bool
) -> tuple[list[Row], list[_Bytes]]:
    """The files of an item that are here, and a row for those that are not."""
    content = logged.content if logged else None
    path = find(content) if content and record.is_same and not quick else None
    if content and path:
        return [], [_Bytes(f"bytes of {name}", content, None, path)]
    rows, jobs = [], []
    for what, sha256, size in _wanted(name, record, logged):
        path = find(sha256)
        if path is None:
            rows.append(Row(what, "not here", code="not-here", found=f"no file with SHA-256 {sha256[:16]}…"))
        else:
            jobs.append(_Bytes(what, sha256, size, path))
    return rows, jobs


def _wanted(name: str, record: _Record, logged: Logged | None) -> list[tuple[str, str, int | None]]:
    """The files of an item: what each is, its SHA-256 and size. Where the record was changed the log says which."""
    item = record.item
    if item is not None and item.tree:
        return [(f"bytes of {name}/{leaf.path}", leaf.sha256, leaf.bytes) for leaf in item.tree]
    if logged is not None and not record.is_same:
        return [] if logged.content is None else [(f"bytes of {name}", logged.content, None)]
    return [] if item is None or item.content is None else [(f"bytes of {name}", item.content, item.bytes)]


def _expunged(name: str, where: str, item: Item | None, find: Find) -> list[Row]:
    content = None if item is None else item.sha256
    if content is None or find(content) is None:
        return []
    saw = "bytes that were expunged are here (again, or for another item)"
    return [Row(f"bytes of {name}", "note", where, "expunged-here", found=saw)]


def _sized(path: Path) -> Hashed:
    try:
        return Hashed(path, None, path.stat().st_size)
    except OSError as error:
        return Hashed(path, None, 0, error.strerror or str(error))


def _compared(wanted: _Bytes, found: Hashed) -> Row:
    if found.error is not None:
        return Row(wanted.what, "different", str(wanted.path), "bytes-unreadable", "a file to read", found.error)
    right_size = wanted.size in {None, found.bytes}
    if right_size and found.sha256 in {None, wanted.sha256}:
        return Row(wanted.what, "same")
    expected = "" if wanted.size is None else f"{wanted.size} bytes, "
    saw = f"{found.bytes} bytes" + ("" if found.sha256 is None else f", SHA-256 {found.sha256}")
    return Row(wanted.what, "different", str(wanted.path), "bytes-changed", f"{expected}SHA-256 {wanted.sha256}", saw)


def _strays(case: Path, folder: str, suffix: str) -> Iterator[Row]:
    """What lies among records or chains and is neither: it is not looked at, and that is said."""
    place = case / folder
    for name in sorted(name for name in _names(place) if not (name.endswith(suffix) and is_id(name[: -len(suffix)]))):
        left = "left by a program that was killed; delete it" if name.endswith(".part") else "not looked at"
        yield Row(f"file {name}", "note", f"{folder}/{name}", "stray", found=left)


def _names(folder: Path) -> Iterator[str]:
    """The names in a folder; Path.iterdir() would keep ten times the memory in a folder of 100,000."""
    if folder.is_dir():
        with os.scandir(folder) as entries:
            yield from (entry.name for entry in entries)


def _different(name: str, where: str, code: str, expected: str, found: str) -> Row:
    return Row(f"record of {name}", "different", where, code, expected, found)

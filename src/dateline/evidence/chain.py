"""Custody chains as they lie in a case: who did what to which item, when; each line bound to the one before.

A stored line is the canonical JSON of one entry and a line feed. `prev` is the SHA-256 of the stored line before it,
without the line feed, and 64 zeros in the first. So a change anywhere but in the last line breaks the next one; the
last line, and lines cut off at the end, are what seals over `heads()` and `leaves()` are for.

In a case that came out of a package some lines may be withheld: a stub stands for each (see stub.py). They are lines
of the chain like the others, and only what they said is not known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes
from dateline.evidence.stub import Stub, parse_stub

FOLDER = "evidence/custody"
"""Where the chains of a case lie. Git must keep their bytes: `evidence/custody/*.jsonl -text` in .gitattributes."""

LONGEST = 65_536
"""A line longer than this is not ours [bytes]."""

FIRST = "0" * 64
"""What the first entry of a chain has in place of the hash of the line before."""


_SALT = re.compile(r"[0-9a-f]{32}")


class Event(StrEnum):
    """What can happen to evidence."""

    COLLECTED = "collected"
    ACCESSED = "accessed"
    DERIVED = "derived"
    EXPORTED = "exported"
    REDACTED = "redacted"
    CORRECTED = "corrected"
    FROZEN = "frozen"
    SIMULATED = "simulated"
    TRANSFERRED = "transferred"
    SEALED = "sealed"
    HIDDEN = "hidden"
    SHOWN = "shown"
    EXPUNGED = "expunged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a chain. `subject` is the id of an item, or the path of what was frozen or exported.

    `sha256` covers its bytes, `meta_sha256` what its record says: the part that a list of file hashes leaves open.
    `file_sha256` covers the bytes of the record's file, so that a change in its spelling shows too. `was` is the
    `meta_sha256` that a correction, a redaction or an expunction replaced: it puts two people's chains in order.
    `salt` is 32 random hex digits: with them the hash of a line gives away nothing of what the line says, so that a
    line can be withheld and the chain still be proven. `check` is of the line's other words: it shows a slip of the
    disk in a last line, which no other line is bound to yet. Lines from before there were these have none.
    """

    schema: int = 1
    chain: str
    seq: int
    prev: str
    at: str
    event: Event
    subject: str
    actor: str
    sha256: str | None = None
    meta_sha256: str | None = None
    file_sha256: str | None = None
    was: str | None = None
    tool: str | None = None
    note: str | None = None
    salt: str | None = None
    check: str | None = None

    def line(self) -> bytes:
        """Its stored bytes, without the line feed; what is unknown is left out."""
        said = {key: value for key in _KEYS if (value := getattr(self, key)) is not None}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()  # as canonical_json, but quick

    def checked(self) -> Entry:
        """The same with its `check`: the first 16 hex digits of the SHA-256 of its line without one."""
        return replace(self, check=sha256_bytes(replace(self, check=None).line())[:16])


_KEYS = tuple(sorted(field.name for field in fields(Entry)))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its number of entries and the hash of its last line. It stands for all before it."""

    chain: str
    entries: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One stored line, as a seal takes it; `line` is None where it is withheld."""

    chain: str
    seq: int
    line: bytes | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chain as it lies in the file: its number, counted from 1, its bytes, what they say.

    `entry` is None where a stub stands for the line.
    """

    number: int
    stored: bytes
    entry: Entry | None
    stub: Stub | None = None

    @property
    def sha256(self) -> str:
        """The hash of the line as it was written."""
        return sha256_bytes(self.stored) if self.stub is None else self.stub.sha256


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which a chain is not what was written. `line` counts from 1."""

    chain: str
    line: int
    code: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{FOLDER}/{self.chain}.jsonl:{self.line}: {self.code}: expected {self.expected}; found {self.found}"


def chains(case: Path) -> dict[str, Path]:
    """The files of all chains of a case, by name, in order of name."""
    files = sorted((case / FOLDER).glob("*.jsonl"), key=lambda path: path.stem)
    return {path.stem: path for path in files if path.is_file()}  # a pipe would be waited for without end


def read_chain(path: Path) -> Iterator[Entry]:
    """The entries of a chain, in order, each checked; withheld ones are left out.

    Raises InputError ("custody-broken") at the first difference.
    """
    return (line.entry for line in read_whole(path) if line.entry is not None)


def first_difference(path: Path) -> Difference | None:
    """Where a chain first is not what was written, or None. Reads line by line; needs no network and no key."""
    return next((step for step in survey(path) if isinstance(step, Difference)), None)


def heads(case: Path) -> dict[str, Head]:
    """The end of every chain of a case, in order of name. Raises InputError ("custody-broken") for a broken chain."""
    found = {}
    for name, path in chains(case).items():
        head = Head(name, 0, FIRST)
        for line in read_whole(path):
            head = Head(name, line.number, line.sha256)
        found[name] = head
    return found


def leaves(case: Path) -> Iterator[Leaf]:
    """Every stored line of a case: chains in order of name, lines in order. The seam for seals.

    A chain only ever grows at its end. Raises InputError ("custody-broken") at the first difference.
    """
    for name, path in chains(case).items():
        for line in read_whole(path):
            yield Leaf(name, line.number - 1, line.stored if line.stub is None else None)


def broken(difference: Difference) -> InputError:
    """The error for a chain that is not what was written."""
    return InputError(
        "The custody log is not what was written.",
        saw=str(difference),
        do="Take the file from git's history or a colleague's copy, and find out who or what changed it.",
        code="custody-broken",
    )


def parse(line: bytes) -> Entry | None:
    """The entry in a stored line (without its line feed); None unless it is exactly as we would have written it."""
    entry = _spelled_right(line)
    return entry if entry is not None and not _slipped(entry) else None


def _spelled_right(line: bytes) -> Entry | None:
    try:
        data = json.loads(line)
        texts = [value for key, value in data.items() if key not in {"seq", "schema"}]
        entry = Entry(**(data | {"event": Event(data["event"])}))
        good = all(isinstance(text, str) for text in texts) and type(entry.seq) is int and entry.schema == 1
        good = good and (entry.salt is None or _SALT.fullmatch(entry.salt) is not None)
        good = good and entry.line() == line and spelled(datetime.fromisoformat(entry.at)) == entry.at
        return entry if good else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _slipped(entry: Entry) -> bool:
    return entry.check is not None and entry.check != entry.checked().check


def spelled(moment: datetime) -> str:
    """A moment as entries write it: to the millisecond, in UTC with a Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def survey(path: Path) -> Iterator[Line | Difference]:
    """Every line that can be read, as an entry or a stub, and every place where the chain is not what was written.

    After a difference the chain is taken up again at the next line, so that one fault does not hide another. A
    difference comes before the entry of the line at which it was noticed, and after that of the line it names where
    only the next line shows that this one was changed. Between two stubs nothing binds one to the other: there only
    the tree under a seal shows an exchange.
    """
    seq, number = 0, 0
    prev: str | None = FIRST
    with path.open("rb") as stream:
        while raw := stream.readline(LONGEST + 2):
            number += 1
            line, fault = _step(raw, number, chain=path.stem, seq=seq, prev=prev)
            if fault is not None:
                code, expected, found = fault
                back = code == "changed" and number > 1 and _is_confirmed(raw, stream)
                yield Difference(path.stem, number - 1 if back else number, code, expected, found)
            if not raw.endswith(b"\n"):
                return
            if line is not None:
                yield line
                seq = _place(line).seq
            seq, prev = seq + 1, None if line is None else line.sha256


def read_whole(path: Path) -> Iterator[Line]:
    """The lines of a chain, withheld ones too. Raises InputError ("custody-broken") at the first difference."""
    for step in survey(path):
        if isinstance(step, Difference):
            raise broken(step)
        yield step


def _step(
    raw: bytes, number: int, *, chain: str, seq: int, prev: str | None
) -> tuple[Line | None, tuple[str, str, str] | None]:
    """What can be read of a stored line; code, expected, found of what is wrong with it, where something is.

    `prev` is None after a line that could not be read: then nobody knows what the hash of that line was.
    """
    if not raw.endswith(b"\n"):
        kind = f"a line of over {LONGEST:,} bytes" if len(raw) > LONGEST else f"{len(raw)} bytes without a line feed"
        return None, ("torn", "a whole line", kind)
    line = _line(number, raw[:-1])
    if line is None:
        return None, ("unreadable", "an entry in its one spelling", f"{len(raw) - 1} bytes: {raw[:60]!r}")
    entry, place = line.entry, _place(line)
    kept = None if entry is not None and _slipped(entry) else line
    if place.chain != chain:
        return None, ("foreign", f"an entry of {chain}", f"one of {place.chain}")
    if place.seq != seq:
        return kept, ("sequence", f"entry {seq}", f"entry {place.seq}")
    if entry is not None and kept is None:
        return None, ("changed", f"{entry.checked().check} as the check of this line's words", f"{entry.check}")
    if entry is not None and prev is not None and entry.prev != prev:
        return line, ("changed", f"{entry.prev[:16]}… as the hash of the line before", f"{prev[:16]}…")
    return line, None


def _line(number: int, stored: bytes) -> Line | None:
    entry = _spelled_right(stored)
    stub = parse_stub(stored) if entry is None else None
    return None if entry is None and stub is None else Line(number, stored, entry, stub)


def _place(line: Line) -> Entry | Stub:
    """What says of which chain it is and where in it."""
    place = line.entry or line.stub
    assert place is not None
    return place


def _is_confirmed(raw: bytes, rest: BinaryIO) -> bool:
    """Whether a line that does not fit the one before it fits the one after it: then the one before was changed."""
    place = rest.tell()
    following = parse(rest.readline(LONGEST + 2).removesuffix(b"\n"))
    rest.seek(place)
    return following is not None and following.prev == sha256_bytes(raw[:-1])

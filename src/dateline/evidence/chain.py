"""Custody chains as they lie in a case: who did what to which item, when; each line bound to the one before.

A stored line is the canonical JSON of one entry and a line feed. `prev` is the SHA-256 of the stored line before it,
without the line feed, and 64 zeros in the first. So a change anywhere but in the last line breaks the next one; the
last line, and lines cut off at the end, are what seals over `heads()` and `leaves()` are for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from dateline.core.errors import InputError
from dateline.core.identity import sha256_bytes

FOLDER = "evidence/custody"
"""Where the chains of a case lie. Git must keep their bytes: `evidence/custody/*.jsonl -text` in .gitattributes."""

LONGEST = 65_536
"""A line longer than this is not ours [bytes]."""

FIRST = "0" * 64
"""What the first entry of a chain has in place of the hash of the line before."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a chain. `subject` is the id of an item, or the path of what was frozen or exported.

    `sha256` covers its bytes, `meta_sha256` what its record says: the part that a list of file hashes leaves open.
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
    tool: str | None = None
    note: str | None = None

    def line(self) -> bytes:
        """Its stored bytes, without the line feed; what is unknown is left out."""
        said = {key: value for key in _KEYS if (value := getattr(self, key)) is not None}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()  # as canonical_json, but quick


_KEYS = tuple(sorted(field.name for field in fields(Entry)))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its number of entries and the hash of its last line. It stands for all before it."""

    chain: str
    entries: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One stored line, as a seal takes it."""

    chain: str
    seq: int
    line: bytes


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
    return {path.stem: path for path in files}


def read_chain(path: Path) -> Iterator[Entry]:
    """The entries of a chain, in order, each checked. Raises InputError ("custody-broken") at the first difference."""
    return (entry for _, entry in _whole(path))


def first_difference(path: Path) -> Difference | None:
    """Where a chain first is not what was written, or None. Reads line by line; needs no network and no key."""
    return next((step for step in _walk(path) if isinstance(step, Difference)), None)


def heads(case: Path) -> dict[str, Head]:
    """The end of every chain of a case, in order of name. Raises InputError ("custody-broken") for a broken chain."""
    found = {}
    for name, path in chains(case).items():
        head = Head(name, 0, FIRST)
        for line, entry in _whole(path):
            head = Head(name, entry.seq + 1, sha256_bytes(line))
        found[name] = head
    return found


def leaves(case: Path) -> Iterator[Leaf]:
    """Every stored line of a case: chains in order of name, lines in order. The seam for seals.

    A chain only ever grows at its end. Raises InputError ("custody-broken") at the first difference.
    """
    for path in chains(case).values():
        yield from (Leaf(entry.chain, entry.seq, line) for line, entry in _whole(path))


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
    try:
        data = json.loads(line)
        texts = [value for key, value in data.items() if key not in {"seq", "schema"}]
        entry = Entry(**(data | {"event": Event(data["event"])}))
        good = all(isinstance(text, str) for text in texts) and type(entry.seq) is int and entry.schema == 1
        return (
            entry if good and entry.line() == line and spelled(datetime.fromisoformat(entry.at)) == entry.at else None
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def spelled(moment: datetime) -> str:
    """A moment as entries write it: to the millisecond, in UTC with a Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _whole(path: Path) -> Iterator[tuple[bytes, Entry]]:
    for step in _walk(path):
        if isinstance(step, Difference):
            raise broken(step)
        yield step


def _walk(path: Path) -> Iterator[tuple[bytes, Entry] | Difference]:
    """Line by line: the stored bytes and their entry, or the first difference and nothing after it."""
    prev, number = FIRST, 0
    with path.open("rb") as stream:
        while raw := stream.readline(LONGEST + 2):
            number += 1
            step = _step(raw, chain=path.stem, seq=number - 1, prev=prev)
            if not isinstance(step, Entry):
                code, expected, found = step
                back = code == "changed" and number > 1 and _is_confirmed(raw, stream)
                yield Difference(path.stem, number - 1 if back else number, code, expected, found)
                return
            prev = sha256_bytes(raw[:-1])
            yield raw[:-1], step


def _step(raw: bytes, *, chain: str, seq: int, prev: str) -> Entry | tuple[str, str, str]:
    """The entry in a stored line where it fits; code, expected, found of what is wrong with it where it does not."""
    if not raw.endswith(b"\n"):
        kind = f"a line of over {LONGEST:,} bytes" if len(raw) > LONGEST else f"{len(raw)} bytes without a line feed"
        return "torn", "a whole line", kind
    entry = parse(raw[:-1])
    if entry is None:
        return "unreadable", "an entry in its one spelling", f"{len(raw) - 1} bytes: {raw[:60]!r}"
    if entry.chain != chain:
        return "foreign", f"an entry of {chain}", f"one of {entry.chain}"
    if entry.seq != seq:
        return "sequence", f"entry {seq}", f"entry {entry.seq}"
    if entry.prev != prev:
        return "changed", f"{entry.prev[:16]}… as the hash of the line before", f"{prev[:16]}…"
    return entry


def _is_confirmed(raw: bytes, rest: BinaryIO) -> bool:
    """Whether a line that does not fit the one before it fits the one after it: then the one before was changed."""
    following = parse(rest.readline(LONGEST + 2).removesuffix(b"\n"))
    return following is not None and following.prev == sha256_bytes(raw[:-1])

"""Writing the custody log: one file a person and machine, so that merging two people's work never forks it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from dateline.core.clock import Clock
from dateline.core.errors import InputError
from dateline.core.identity import is_id, sha256_bytes, sha256_file
from dateline.evidence.atomic import sync_folder
from dateline.evidence.cases import remember
from dateline.evidence.chain import FIRST, FOLDER, LONGEST, Difference, Entry, Event, broken, parse, spelled
from dateline.evidence.item import FOLDER as ITEMS
from dateline.evidence.item import Item
from dateline.evidence.lock import exclusive
from dateline.evidence.names import check_inside
from dateline.evidence.stub import parse_stub


@dataclass(frozen=True, slots=True)
class Mended:
    """A last line that a crash had torn: completed where all of it was there, cut off where it was not."""

    kept: bool
    bytes: int
    sha256: str

    def __str__(self) -> str:
        deed = "completed" if self.kept else "cut off"
        return f"A torn last line of {self.bytes} bytes (SHA-256 {self.sha256}) was {deed}."


@dataclass(frozen=True, slots=True)
class Appended:
    """What was written, and what had to be mended before; tell people of the second."""

    entry: Entry
    mended: Mended | None


@dataclass(frozen=True, slots=True)
class Custody:
    """The chain of one person on one machine in one case. The clock is an argument.

    `who` names the file: letters, digits, dot, dash, underscore (chain_name() makes one). `actor` is who is named in
    the entries; both may be pseudonyms.
    """

    case: Path
    who: str
    actor: str
    clock: Clock
    tool: str | None = None

    def __post_init__(self) -> None:
        _check_name(self.who)

    @property
    def path(self) -> Path:
        """The file of this chain."""
        return self.case / FOLDER / f"{self.who}.jsonl"

    def log(self, event: Event, item: Item, *, was: str | None = None, note: str | None = None) -> Appended:
        """Writes down what happened to an item, with the hashes of its bytes, of its record and of the record's file.

        Write the record first: a file that is there is covered as it is. `was` is the record_sha256() of the record
        that this one replaces.
        """
        hashes = {"sha256": item.content, "meta_sha256": item.record_sha256(), "was": was}
        return self.append(event, item.id, file_sha256=self._file_sha256(item), note=note, **hashes)

    def append(
        self,
        event: Event,
        subject: str,
        *,
        sha256: str | None = None,
        meta_sha256: str | None = None,
        file_sha256: str | None = None,
        was: str | None = None,
        note: str | None = None,
    ) -> Appended:
        """Writes one entry to the disk and gives it; one writer at a time, the sequence is not the caller's to pick.

        Mends a torn last line first, and enters that too. Raises InputError: "custody-broken" when the last line is
        not an entry of this chain, "custody-long" when the entry would not fit a line, "link-out" when the log is a
        link out of the case.
        """
        said: dict[str, Any] = {"event": event, "subject": subject, "sha256": sha256, "meta_sha256": meta_sha256}
        said |= {"file_sha256": file_sha256, "was": was, "note": note}
        check_inside(self.path, self.case)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        remember(self.case)
        with exclusive(_lock_of(self.path)):
            mended = _mend(self.path)
            if mended is not None:
                self._write({"event": Event.CORRECTED, "subject": self.path.name, "note": str(mended)})
            return Appended(self._write(said), mended)

    def _file_sha256(self, item: Item) -> str | None:
        path = self.case / ITEMS / f"{item.id}.toml"
        return sha256_file(path) if path.is_file() else None

    def _write(self, said: Mapping[str, Any]) -> Entry:
        last = _last_line(self.path)
        seq, prev = (0, FIRST) if last is None else (_seq(last, self.who) + 1, _hash(last))
        at = spelled(self.clock.now())
        named: dict[str, Any] = {"chain": self.who, "actor": self.actor, "tool": self.tool}
        entry = Entry(seq=seq, prev=prev, at=at, salt=secrets.token_hex(16), **named, **said).checked()
        line = entry.line()
        if len(line) > LONGEST:
            raise InputError(
                "The entry is too long for the custody log.",
                saw=f"{len(line):,} bytes",
                do=f"Shorten the note to well under {LONGEST:,} bytes; longer texts are items of their own.",
                code="custody-long",
            )
        _append_line(self.path, line)
        return entry


def plain_name(person: str) -> str:
    """A person's name as a chain's name takes it: what a file's name does not take becomes a dash."""
    made = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in person)
    return made.strip("-._")[:60].replace("..", "-") or "someone"


def chain_name(person: str) -> str:
    """The name of a person's chain on this machine: person.MACHINE. Raises InputError (code "custody-name")."""
    return _check_name(f"{person}.{machine_id()}")


def machine_id() -> str:
    """A short random word for this user's machine, made at first use: it tells machines apart and tells nothing else.

    The host's own name would tell readers of a published case about the newsroom.
    """
    place = platformdirs.user_data_path("dateline") / "machine-id"
    with exclusive(place.with_suffix(".lock")):
        if not place.is_file():
            place.write_text(secrets.token_hex(4), encoding="ascii")
        return place.read_text(encoding="ascii").strip()


def _check_name(who: str) -> str:
    if not is_id(who):
        raise InputError(
            "This cannot name a custody log.",
            saw=repr(who[:80]),
            do="Use letters, digits, dot, dash and underscore, at most 128; a pseudonym will do.",
            code="custody-name",
        )
    return who


def _seq(line: bytes, chain: str) -> int:
    entry = parse(line) or parse_stub(line)
    if entry is None or entry.chain != chain:
        found = f"{len(line)} bytes: {line[:60]!r}" if entry is None else f"an entry of {entry.chain}"
        raise broken(Difference(chain, 0, "last line", f"an entry of {chain}", found))
    return entry.seq


def _hash(line: bytes) -> str:
    """The hash of a line as it was written: of a withheld one the hash that its stub gives."""
    stub = parse_stub(line)
    return sha256_bytes(line) if stub is None else stub.sha256


def _lock_of(path: Path) -> Path:
    """One for each chain file, outside the case, so that no lock is ever committed."""
    name = sha256_bytes(os.fsencode(path.resolve()))[:32]
    return platformdirs.user_data_path("dateline") / "locks" / f"{name}.lock"


def _append_line(path: Path, line: bytes) -> None:
    new = not path.exists()
    with path.open("ab", buffering=0) as stream:
        rest = line + b"\n"
        while rest:
            rest = rest[stream.write(rest) :]
        os.fsync(stream.fileno())
    if new:
        sync_folder(path.parent)


def _last_line(path: Path) -> bytes | None:
    """The last stored line, read from the end; None for a chain that has not begun."""
    tail = _tail(path)
    return tail.removesuffix(b"\n").rpartition(b"\n")[2] if tail else None


def _tail(path: Path) -> bytes:
    """The end of the file: enough for the last whole line and a torn one after it."""
    if not path.is_file():
        return b""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 2 * (LONGEST + 2)))
        return stream.read()


def _mend(path: Path) -> Mended | None:
    """Completes or cuts off a last line without a line feed. The caller has the lock."""
    tail = _tail(path)
    if not tail or tail.endswith(b"\n"):
        return None
    whole, _, torn = tail.rpartition(b"\n")
    if len(torn) > LONGEST:
        found = f"over {LONGEST:,} bytes without a line feed"
        raise broken(Difference(path.stem, 0, "last line", f"an entry of {path.stem}", found))
    entry = parse(torn)
    before = _hash(whole.rpartition(b"\n")[2]) if whole else FIRST
    kept = parse_stub(torn) is not None if entry is None else entry.prev == before
    with path.open("r+b", buffering=0) as stream:
        end = stream.seek(0, os.SEEK_END)
        if kept:
            stream.write(b"\n")
        else:
            stream.truncate(end - len(torn))
        os.fsync(stream.fileno())
    return Mended(kept, len(torn), sha256_bytes(torn))

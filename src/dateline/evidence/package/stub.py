"""Custody lines that a package does not give out: what is left of a line, and the check of chains that have such lines.

A line is replaced by its hash, to which the next line is bound, and by its leaf in the tree that seals cover. Every
line ends in a random salt, so that neither says what the line says; shown the line itself, anybody can check both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dateline.core.identity import sha256_bytes
from dateline.evidence.chain import FIRST, LONGEST, Difference, Entry, chains, parse
from dateline.evidence.seal.coverage import Line
from dateline.evidence.seal.merkle import leaf_hash

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stub:
    """What a package says of a line that it withholds: its place, its hash, its leaf."""

    chain: str
    seq: int
    sha256: str
    leaf: str

    @classmethod
    def of(cls, stored: bytes, *, chain: str, seq: int) -> Stub:
        """Of a stored line, without its line feed."""
        return cls(chain, seq, sha256_bytes(stored), leaf_hash(stored).hex())

    def line(self) -> bytes:
        """Its one spelling, without the line feed."""
        told = {"chain": self.chain, "leaf": self.leaf, "seq": self.seq, "sha256": self.sha256, "withheld": True}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a chain: its bytes, and what they are: an entry, or what is left of one."""

    stored: bytes
    what: Entry | Stub

    @property
    def sha256(self) -> str:
        """The hash of the line as it was written."""
        return self.what.sha256 if isinstance(self.what, Stub) else sha256_bytes(self.stored)

    @property
    def leaf(self) -> bytes:
        """Its leaf in the tree, 32 bytes."""
        return bytes.fromhex(self.what.leaf) if isinstance(self.what, Stub) else leaf_hash(self.stored)


def parse_stub(line: bytes) -> Stub | None:
    """The stub in a stored line; None unless it is exactly as we would have written it."""
    try:
        data = json.loads(line)
        if data.pop("withheld") is not True:
            return None
        stub = Stub(**data)
        hashes = _HASH.fullmatch(stub.sha256) and _HASH.fullmatch(stub.leaf)
        return stub if hashes and type(stub.seq) is int and stub.line() == line else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def walk(path: Path) -> Iterator[Step | Difference]:
    """The lines of a chain in order, some of them stubs, up to the first difference.

    Between two stubs nothing binds one to the other: there only the tree under a seal shows an exchange.
    """
    prev, seq = FIRST, 0
    with path.open("rb") as stream:
        while raw := stream.readline(LONGEST + 2):
            step = _step(raw, chain=path.stem, seq=seq, prev=prev)
            yield step
            if isinstance(step, Difference):
                return
            prev, seq = step.sha256, seq + 1


def first_difference(case: Path) -> Difference | None:
    """Where the chains of a case, in a package or imported from one, first are not what was written."""
    return next((s for path in chains(case).values() for s in walk(path) if isinstance(s, Difference)), None)


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a chain as seals need them: hash and leaf, of what is there and of what is withheld."""
    for step in walk(path):
        if isinstance(step, Difference):
            return
        yield Line(step.sha256, step.leaf)


def _step(raw: bytes, *, chain: str, seq: int, prev: str) -> Step | Difference:
    def difference(code: str, expected: str, found: str) -> Difference:
        return Difference(chain, seq + 1, code, expected, found)

    if not raw.endswith(b"\n"):
        return difference("torn", "a whole line", f"{len(raw)} bytes without a line feed")
    stored = raw[:-1]
    what = parse(stored) or parse_stub(stored)
    if what is None:
        return difference("unreadable", "an entry, or what is left of one", f"{len(stored)} bytes")
    if what.chain != chain:
        return difference("foreign", f"an entry of {chain}", f"one of {what.chain}")
    if what.seq != seq:
        return difference("sequence", f"entry {seq}", f"entry {what.seq}")
    if isinstance(what, Entry) and what.prev != prev:
        return difference("changed", f"{what.prev[:16]}… as the hash of the line before", f"{prev[:16]}…")
    return Step(stored, what)

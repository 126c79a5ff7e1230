"""What is left of a custody line that a package does not give out.

A line is replaced by its hash, to which the next line is bound, and by its leaf in the tree that seals cover. Every
line ends in a random salt, so that neither says what the line says; shown the line itself, anybody can check both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dateline.core.identity import sha256_bytes
from dateline.evidence.seal.merkle import leaf_hash

_HASH = re.compile(r"[0-9a-f]{64}")
_END = b',"withheld":true}'


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
        """Its one spelling, without the line feed. `check` shows a slip of the disk, as in an entry."""
        told = {"chain": self.chain, "leaf": self.leaf, "seq": self.seq, "sha256": self.sha256, "withheld": True}
        return _spelled(told | {"check": sha256_bytes(_spelled(told))[:16]})


def parse_stub(line: bytes) -> Stub | None:
    """The stub in a stored line; None unless it is exactly as we would have written it."""
    if not line.endswith(_END):  # no entry ends so: nearly all lines are told apart without being read
        return None
    try:
        data = json.loads(line)
        stub = Stub(chain=data["chain"], seq=data["seq"], sha256=data["sha256"], leaf=data["leaf"])
        hashes = _HASH.fullmatch(stub.sha256) and _HASH.fullmatch(stub.leaf)
        return stub if hashes and type(stub.seq) is int and stub.line() == line else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _spelled(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

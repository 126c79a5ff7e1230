"""The sheet that readers write on while they go through a file: facts, faults, and how much may be read."""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field

from dateline.media.facts import Fact, Fault, Group, Value

Data = bytes | mmap.mmap
"""Bytes of a file: in memory, or mapped, so that a long video is never read whole."""

MOST_FACTS = 4000
MOST_FAULTS = 50
LONGEST_TEXT = 20_000
"""A longer text is cut [characters]."""
LONGEST_PACKET = 4 << 20
"""A larger block of metadata is not read [bytes]."""
MOST_UNPACKED = 16 << 20
"""Texts and packets of one file together, once they are unpacked; the rest is not read [bytes]."""
MOST_TEXT = 4_000_000
"""Texts of one file together; later ones are cut to BRIEF [characters]."""
BRIEF = 200


@dataclass(slots=True)
class Sheet:
    """Facts and faults in the order in which they were met."""

    facts: list[Fact] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    dimensions: tuple[int, int] | None = None
    thumbnail: bytes | None = None
    unpacked: int = 0
    text: int = 0

    @property
    def is_full(self) -> bool:
        """Whether further facts would not be written down."""
        return len(self.facts) >= MOST_FACTS

    def take(self, size: int, at: str) -> bool:
        """Counts bytes that are to be gone through; False, with a fault, where that would be too many."""
        self.unpacked += size
        if self.unpacked > MOST_UNPACKED and not any(one.code == "too-much" for one in self.faults):
            self.faults.append(Fault("too-much", f"More than {MOST_UNPACKED >> 20} MB of texts: not all was read.", at))
        return self.unpacked <= MOST_UNPACKED

    def add(self, group: Group, name: str, value: Value, at: str) -> None:
        """Writes one fact down; beyond MOST_FACTS only that there are more."""
        if len(self.facts) < MOST_FACTS:
            told = _bounded(value, LONGEST_TEXT if self.text < MOST_TEXT else BRIEF)
            self.text += len(told) if isinstance(told, str) else 0
            self.facts.append(Fact(group, name[:200], told, at))
        elif len(self.facts) == MOST_FACTS and not any(one.code == "too-much" for one in self.faults):
            self.faults.append(Fault("too-much", f"More than {MOST_FACTS} facts: the rest was not read.", at))

    def fault(self, code: str, text: str, at: str) -> None:
        """Writes down something broken."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(code, text, at))


def _bounded(value: Value, longest: int) -> Value:
    if isinstance(value, str):
        return clean(value, longest)
    return tuple(clean(one) if isinstance(one, str) else one for one in value) if isinstance(value, tuple) else value


def clean(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text without control characters and lone surrogates, at most so long."""
    kept = "".join(mark if mark.isprintable() or mark in "\n\t" else "�" for mark in text[:longest].rstrip("\x00"))
    return kept + ("…" if len(text) > longest else "")


def decoded(raw: bytes) -> str:
    """Text of a file: UTF-8 where it is that, else Latin-1; closing zeros cut."""
    raw = raw[: 4 * LONGEST_TEXT].rstrip(b"\x00")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")

"""What an export of another archiver says: files with where they came from and what they should hash to."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from dateline.core.identity import pieces
from dateline.evidence.handin.unpack import Tree

_DIGEST = re.compile(r"\b(?:(SHA-256|SHA3-512):)([0-9a-fA-F]{64,128})\b")
_LENGTHS = {"SHA-256": 64, "SHA3-512": 128}


@dataclass(frozen=True, slots=True)
class Handed:
    """One file of an export. `said`: what their list says it hashes to; any of them will do, none: nobody said."""

    at: str
    path: str
    url: str | None = None
    said: frozenset[str] = frozenset()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A file of an export that lists others: kept as an item of its own, word for word."""

    path: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A post that the list names and whose bytes are not in the export."""

    at: str
    url: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one row or one file; the others go on."""

    at: str
    what: str

    def __str__(self) -> str:
        return f"{self.at}: {self.what}"


Step = Handed | Listing | Elsewhere | Problem


@dataclass
class Places:
    """The files of an export, found by what a list calls them: a path on another machine, a key, an address."""

    tree: Tree
    _by_name: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self.tree.paths():
            self._by_name.setdefault(PurePosixPath(path).name, []).append(path)

    def find(self, names: Iterable[str]) -> str | None:
        """The one file that ends most like one of these names; None when there is none, or several as like."""
        for name in names:
            parts = PurePosixPath(name.replace("\\", "/").partition("?")[0]).parts
            alike = self._by_name.get(parts[-1], []) if parts else []
            scores = {path: _common(PurePosixPath(path).parts, parts) for path in alike}
            best = [path for path, score in scores.items() if score == max(scores.values())]
            if len(best) == 1:
                return best[0]
        return None


def _common(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    """How many parts two paths share at their ends."""
    count = 0
    for one, other in zip(reversed(left), reversed(right), strict=False):
        if one != other:
            break
        count += 1
    return count


def digests_in(text: str) -> frozenset[str]:
    """Every hash written as `SHA-256:…` or `SHA3-512:…` in a text, as algorithm:hex in small letters."""
    found = _DIGEST.findall(text)
    return frozenset(f"{name}:{value.lower()}" for name, value in found if len(value) == _LENGTHS[name])


def agrees(said: frozenset[str], sha256: str, stream: BinaryIO) -> bool:
    """Whether bytes are what a list says. `stream` is read only for an algorithm that is not SHA-256."""
    if f"SHA-256:{sha256}" in said:
        return True
    if not any(text.startswith("SHA3-512:") for text in said):
        return False
    running = hashlib.sha3_512()
    for piece in pieces(stream):
        running.update(piece)
    return f"SHA3-512:{running.hexdigest()}" in said

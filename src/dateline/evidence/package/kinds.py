"""The ways in which a case leaves the house. Each is one module in this folder, found by its first line.

A module whose docstring begins with "`dateline export NAME`: help" and that has `export(order) -> Made` is a kind; its
OPTIONS say which of the order's options it takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dateline.core.errors import UsageError

if TYPE_CHECKING:
    from dateline.core.clock import Clock
    from dateline.evidence.package.contents import Contents, Sharing
    from dateline.evidence.store import Store

_FIRST = re.compile(r'\A"""`dateline export (\w+)`: (.+?)(?:"""|\n)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for. `out` must not exist yet; `items` are ids (none: all of them)."""

    contents: Contents
    out: Path
    store: Store
    clock: Clock
    tool: str
    sharing: Sharing = "shareable"
    zipped: bool = False
    items: tuple[str, ...] = ()
    progress: Callable[[float], None] = field(default=lambda _share: None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was written: where, how many files and bytes, the hash that stands for all of it; what did not go, and why.

    `sha256` is of the file where there is one; of a bag, of its tag manifest.
    """

    path: Path
    files: int
    bytes: int
    sha256: str | None = None
    without: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "path": self.path,
            "files": self.files,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "without": dict(self.without),
        }


@cache
def kinds() -> Mapping[str, tuple[str, str]]:
    """Module and one line of help of every kind, by name. Reads first lines; imports nothing."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        with path.open(encoding="utf-8") as stream:
            first = _FIRST.match(stream.readline())
        if first:
            found[first[1]] = (path.stem, first[2])
    return found


def kind(name: str) -> Any:
    """The module of a kind. Raises UsageError (code "export-kind")."""
    if name not in kinds():
        raise UsageError(
            "There is no such kind of export.",
            saw=repr(name),
            do=f"Choose from {', '.join(kinds())}.",
            code="export-kind",
        )
    return import_module(f"{__package__}.{kinds()[name][0]}")

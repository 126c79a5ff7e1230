"""Where things lie in a bag, and names that every system can open."""

from __future__ import annotations

import hashlib

from dateline.evidence.item import Item

CASE, BYTES = "data/case", "data/bytes"

_RESERVED = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))})
_LONGEST = 100
"""Of a name that every system can open [characters]."""


def paths(item: Item) -> list[tuple[str, str]]:
    """Where the bytes of an item lie in a bag, and their hashes."""
    if not item.tree:
        return [(f"{BYTES}/{item.id}/{portable(item.name)}", item.content or "")]
    return [
        (f"{BYTES}/{item.id}/{'/'.join(portable(part) for part in leaf.path.split('/'))}", leaf.sha256)
        for leaf in item.tree
    ]


def portable(name: str) -> str:
    """A name that every system can open, made of any that one system allows. The record keeps the true one.

    Of a name that had to be changed the end of its hash keeps two such names apart.
    """
    plain = "".join("_" if letter in '<>:"|?*%\\' or ord(letter) < 32 else letter for letter in name)
    plain = plain.rstrip(". ") or "_"
    if plain.split(".")[0].upper() in _RESERVED:
        plain = f"_{plain}"
    if plain == name and len(plain) <= _LONGEST and plain.isascii():
        return name
    stem, dot, suffix = plain.encode("ascii", "replace").decode().replace("?", "_").rpartition(".")
    short = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{(stem or suffix)[: _LONGEST - 30]}-{short}{dot if stem else ''}{suffix[:20] if stem else ''}"

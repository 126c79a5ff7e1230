"""The Merkle tree of RFC 6962 (Laurie, Langley and Kasper 2013, section 2): roots and proofs over leaf hashes.

Every function takes hashes of leaves, never the leaves: a line that is withheld is as good as one that is here.
Leaves stream through; what is kept is one hash for each level of the tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

SIZE = 32
"""Length of every hash [bytes]."""

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): what stands for a leaf, 32 bytes (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): what stands for two subtrees, 32 bytes (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows at its right edge: the roots of its whole subtrees, biggest first, and its size."""

    __slots__ = ("_roots", "_size")

    def __init__(self) -> None:
        self._roots: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        """The number of leaves so far."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Adds a leaf hash at the end: as many steps as the old size has ones at its end in binary."""
        size = self._size
        while size & 1:
            leaf = node_hash(self._roots.pop(), leaf)
            size >>= 1
        self._roots.append(leaf)
        self._size += 1

    def root(self) -> bytes:
        """The root of the tree as it is now, 32 bytes."""
        if not self._roots:
            return EMPTY
        top = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            top = node_hash(left, top)
        return top


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order, 32 bytes."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion_proof(index: int, size: int, leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """PATH(index, first `size` leaves): what else one needs to come from a leaf to the root (section 2.1.1).

    index counts from 0. Raises ValueError for an index outside the tree, or fewer leaves than size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return _subtrees(_beside(index, size), leaves)


def consistency_proof(old: int, new: int, leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """PROOF(old, first `new` leaves): that the tree of `old` leaves is the beginning of that of `new` (section 2.1.2).

    Raises ValueError unless 0 < old <= new, or for fewer leaves than new.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} does not go on from one of {old}")
    return _subtrees(_between(old, new), leaves)


def is_included(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf hash stands at `index` of the tree with this root (RFC 9162, 2021, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node_hash(beside, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(*, old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a tree of `old` leaves is the beginning of one of `new` (RFC 9162, 2021, section 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    steps = ([old_root] if old & (old - 1) == 0 else []) + list(proof)
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node_hash(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(size: int) -> int:
    """The largest power of two below size: where a tree parts."""
    return 1 << ((size - 1).bit_length() - 1)


def _beside(index: int, size: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose subtrees lie beside the way from a leaf to the root, nearest first."""
    ranges, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    return ranges[::-1]


def _between(old: int, new: int) -> list[tuple[int, int]]:
    """The ranges of leaves whose subtrees prove that `old` is the beginning of `new`, in order of the proof."""
    ranges, low, high = [], 0, new
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:  # the old root itself is known to whoever checks, unless it is only a part of the old tree
        ranges.append((low, high))
    return ranges[::-1]


def _subtrees(ranges: list[tuple[int, int]], leaves: Iterable[bytes]) -> tuple[bytes, ...]:
    """The roots of ranges of leaves, in the order asked for; one pass over the leaves."""
    found: dict[tuple[int, int], bytes] = {}
    stream, at = iter(leaves), 0
    for low, high in sorted(ranges):
        _skip(stream, low - at)
        found[low, high] = _root_of_next(stream, high - low)
        at = high
    return tuple(found[each] for each in ranges)


def _skip(stream: Iterator[bytes], count: int) -> None:
    for _ in islice(stream, count):
        pass


def _root_of_next(stream: Iterator[bytes], count: int) -> bytes:
    tree = Frontier()
    for leaf in islice(stream, count):
        tree.append(leaf)
    if tree.size != count:
        raise ValueError("there are fewer leaves than the tree has")
    return tree.root()

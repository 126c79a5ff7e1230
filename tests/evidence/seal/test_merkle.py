"""The Merkle tree of RFC 6962: printed vectors, the definition itself, and proofs that prove nothing else."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.evidence.seal.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root,
)

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]

trees = st.integers(1, 70).map(lambda size: [leaf_hash(bytes([n])) for n in range(size)])


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 6962, section 2.1, defines it, over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(defined_root(leaves[:split]), defined_root(leaves[split:]))


def defined_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH as section 2.1.1 defines it."""
    if len(leaves) == 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*defined_path(index, leaves[:split]), defined_root(leaves[split:])]
    return [*defined_path(index - split, leaves[split:]), defined_root(leaves[:split])]


def defined_subproof(old: int, leaves: Sequence[bytes], *, known: bool) -> list[bytes]:
    """SUBPROOF as section 2.1.2 defines it."""
    if old == len(leaves):
        return [] if known else [defined_root(leaves)]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if old <= split:
        return [*defined_subproof(old, leaves[:split], known=known), defined_root(leaves[split:])]
    return [*defined_subproof(old - split, leaves[split:], known=False), defined_root(leaves[:split])]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_roots_are_those_of_certificate_transparency(size: int, expected: str) -> None:
    """The vectors that implementations of RFC 6962 share."""
    assert root(HASHES[:size]).hex() == expected
    assert root([]) == EMPTY


def test_proofs_are_those_of_certificate_transparency() -> None:
    """Inclusion of leaf 0 of 8 and consistency of 1 and 8, as the reference implementation prints them."""
    assert [step.hex() for step in inclusion_proof(0, 8, HASHES)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert consistency_proof(1, 8, HASHES) == inclusion_proof(0, 8, HASHES)


@given(trees, st.data())
def test_roots_and_proofs_are_as_defined_and_check(leaves: list[bytes], data: st.DataObject) -> None:
    """For every tree, leaf and older tree: the proof of the definition, and it checks."""
    size = len(leaves)
    top = root(leaves)
    assert top == defined_root(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path = inclusion_proof(index, size, leaves)
    assert list(path) == defined_path(index, leaves)
    assert is_included(leaves[index], index=index, size=size, proof=path, root=top)
    steps = consistency_proof(old, size, leaves)
    assert list(steps) == defined_subproof(old, leaves, known=True)
    assert is_consistent(old=old, old_root=root(leaves[:old]), new=size, new_root=top, proof=steps)


@given(trees, st.data())
def test_a_proof_proves_nothing_else(leaves: list[bytes], data: st.DataObject) -> None:
    """Another leaf, index, root or step, a step more or less: none of it checks."""
    size = len(leaves)
    top, index = root(leaves), data.draw(st.integers(0, size - 1))
    path = inclusion_proof(index, size, leaves)
    other = leaf_hash(b"other")
    assert not is_included(other, index=index, size=size, proof=path, root=top)
    assert not is_included(leaves[index], index=index, size=size, proof=path, root=other)
    assert not is_included(leaves[index], index=index, size=size, proof=(*path, other), root=top)
    assert not is_included(leaves[index], index=size, size=size, proof=path, root=top)
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not is_included(leaves[index], index=index, size=size, proof=path[:-1], root=top)
        wrong = (*path[:at], other, *path[at + 1 :])
        assert not is_included(leaves[index], index=index, size=size, proof=wrong, root=top)


@given(trees, st.data())
def test_a_changed_past_is_never_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    """No proof makes a tree consistent with one whose old leaves are others."""
    size = len(leaves)
    old = data.draw(st.integers(1, size))
    at = data.draw(st.integers(0, old - 1))
    steps = consistency_proof(old, size, leaves)
    changed = [*leaves[:at], leaf_hash(b"other"), *leaves[at + 1 :]]
    good = {"old": old, "old_root": root(leaves[:old]), "new": size, "new_root": root(leaves)}
    assert is_consistent(**good, proof=steps)
    assert not is_consistent(**(good | {"old_root": root(changed[:old])}), proof=steps)
    assert not is_consistent(**(good | {"new_root": root(changed)}), proof=steps)
    assert not is_consistent(**good, proof=(*steps, leaf_hash(b"more")))
    assert not steps or not is_consistent(**good, proof=steps[:-1])


def test_what_cannot_be_asked_is_refused() -> None:
    """A leaf outside, an older tree that is bigger, fewer leaves than said."""
    for call in (
        lambda: inclusion_proof(3, 3, HASHES),
        lambda: consistency_proof(0, 3, HASHES),
        lambda: consistency_proof(4, 3, HASHES),
        lambda: inclusion_proof(0, 20, HASHES),
    ):
        with pytest.raises(ValueError, match=r"leaf|tree|leaves"):
            call()
    assert not is_consistent(old=0, old_root=EMPTY, new=1, new_root=HASHES[0], proof=())
    assert not is_consistent(old=3, old_root=EMPTY, new=8, new_root=HASHES[0], proof=())


def test_a_long_log_takes_no_memory() -> None:
    """100,000 leaves stream through a frontier of at most 17 hashes."""
    tracemalloc.start()
    tree = Frontier()
    for number in range(100_000):
        tree.append(leaf_hash(number.to_bytes(4, "big")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tree.size == 100_000
    assert peak < 50_000
    assert len(tree.root()) == 32

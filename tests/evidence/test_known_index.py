"""The index of what a case has: quick, and never a liar; deleted, stale or damaged it is made anew."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dateline.evidence.item import Item, Leaf, Licence, Status, tree_sha256
from dateline.evidence.known import INDEX, Known
from dateline.evidence.provenance import Origin
from dateline.evidence.unfinished import FOLDER, Unfinished, left_behind


def item(name: str, sha256: str = "a" * 64, **more: Any) -> Item:
    fields = {"id": name, "name": "a.bin", "sha256": sha256, "bytes": 3, "media_type": "text/plain", "by": "mk"}
    fields |= {"collected": "2024-01-02T00:00:00Z", "origin": Origin(), "licence": Licence(name="unknown")}
    return Item.model_validate(fields | more, strict=False)


def find(case: Path, content: str) -> str | None:
    with Known(case) as known:
        found = known.find(content)
        return found.id if found else None


def test_what_is_there_is_found(case: Path) -> None:
    """Files and folders, records of the program and of people, added while open and found when opened again."""
    tree = (Leaf(path="x/y", sha256="b" * 64, bytes=3),)
    item("one").write(case)
    item("two", None, tree=tree, media_type="inode/directory").write(case)
    (case / "evidence/items/three.toml").write_text(item("three", "c" * 64).to_toml().replace('"', "'"))
    assert [find(case, content) for content in ("a" * 64, tree_sha256(tree), "c" * 64, "d" * 64)] == [
        "one",
        "two",
        "three",
        None,
    ]
    with Known(case) as known:
        item("four", "d" * 64).write(case)
        known.add(item("four", "d" * 64))
    assert find(case, "d" * 64) == "four"


def test_a_stale_index_never_lies(case: Path) -> None:
    """A record that is gone, changed, broken or elsewhere is not found, whatever was noted of it."""
    path = item("one").write(case)
    assert find(case, "a" * 64) == "one"
    path.write_text(item("one", "b" * 64).to_toml())
    os.utime(path, ns=(1, 1))
    assert (find(case, "a" * 64), find(case, "b" * 64)) == (None, "one")
    path.write_text("sha256 = '" + "b" * 64)
    assert find(case, "b" * 64) is None
    path.unlink()
    assert find(case, "b" * 64) is None
    item("far", status=Status.ELSEWHERE, why="Planet has it").write(case)
    assert find(case, "a" * 64) is None


@pytest.mark.parametrize("damage", [b"", b"not a database", None, "tail"])
def test_a_damaged_index_is_made_anew(case: Path, damage: Any) -> None:
    """Emptied, overwritten, deleted, or torn in the middle."""
    item("one").write(case)
    assert find(case, "a" * 64) == "one"
    path = case / INDEX
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:5000] + b"\xff" * 5000 if damage == "tail" else damage)
    assert find(case, "a" * 64) == "one"


def test_notes_of_unfinished_work(case: Path) -> None:
    """A program that ends well leaves none; one that does not leaves its ids; one that runs is left alone."""
    with Unfinished(case) as note:
        note.begin("one")
        assert list(left_behind(case)) == []
    assert list((case / FOLDER).iterdir()) == []
    with suppress(RuntimeError), Unfinished(case) as note:
        note.begin("one")
        note.begin("two")
        raise RuntimeError
    ((path, names),) = left_behind(case)
    assert names == ("one", "two")
    path.unlink()
    (case / FOLDER / "torn.ids").write_bytes(b"good\n../../bad\n\xff\xfe\nhalf-an-i")
    assert [names for _, names in left_behind(case)] == [("good", "half-an-i")]

"""The audit of evidence: what it finds, where it says it is, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from tests.evidence.filled_case import NOON, collect_folder, collect_one, custody_of, plain_item

from dateline.core.identity import sha256_bytes
from dateline.evidence import audit as audit_module
from dateline.evidence.audit import Row, chain_rows, first_line, item_rows, seal_rows
from dateline.evidence.chain import Event
from dateline.evidence.history import history
from dateline.evidence.item import Item
from dateline.evidence.nearest import one_slip_away
from dateline.evidence.store import Store


def audit(case: Path, store: Store, *, quick: bool = False) -> list[Row]:
    """All rows that say more than "the same"."""
    told = history(case)
    rows = [*chain_rows(case, told), *item_rows(case, told, store.find, quick=quick, on_progress=lambda _bytes: None)]
    return [row for row in rows if row.state != "same"]


def record(case: Path, name: str) -> Path:
    return case / "evidence" / "items" / f"{name}.toml"


@pytest.fixture
def three(case: Path, store: Store) -> Path:
    """A case of two files and a folder."""
    collect_one(case, store, "one", b"first bytes")
    collect_one(case, store, "two", b"second bytes", who="olena")
    collect_folder(case, store, "safe", {"a/b.txt": b"leaf one", "c.txt": b"leaf two"})
    return case


def test_what_was_not_touched_is_the_same(three: Path, store: Store) -> None:
    """Two chains, three records, four files: no row says otherwise, quick or not; also elsewhere."""
    assert audit(three, store) == audit(three, store, quick=True) == []
    told = history(three)
    rows = [*chain_rows(three, told), *item_rows(three, told, store.find, quick=False, on_progress=lambda _b: None)]
    assert sorted({row.kind for row in rows}) == ["bytes", "custody", "record"]
    assert len(rows) == 2 + 3 + 4
    assert audit(shutil.copytree(three, three.with_name("copy")), store) == []


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ('how = "from the desk"', 'how = "from the dusk"', "13: record-changed"),
        ("bytes = 11", "bytes = 12", "6: record-changed"),
        ('by = "mk"\n', 'by = "mk" \n', "9: record-respelled"),
        ('by = "mk"\n', 'by = "mk\n', "9: record-unreadable"),
        ('name = "one.txt"\nstatus = "have"', 'status = "have"\nname = "one.txt"', "3: record-respelled"),
    ],
)
def test_a_changed_byte_of_a_record_is_shown_at_its_line(
    three: Path, store: Store, old: str, new: str, at: str
) -> None:
    """The line, what stood there when it was entered, and what stands there now."""
    path = record(three, "one")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    (row,) = audit(three, store)
    assert (row.state, f"{row.where}: {row.code}") == ("different", f"evidence/items/one.toml:{at}")
    assert old.partition("\n")[0] in row.expected
    assert str(row).startswith(f"different  record of one: evidence/items/one.toml:{at}: expected ")


def test_a_record_that_says_something_else_altogether_names_the_line_of_the_log(three: Path, store: Store) -> None:
    """More than one slip: what was expected is known by its hash and by where it was entered."""
    path = record(three, "two")
    path.write_text(path.read_text().replace("from the desk", "from a friend"))
    (row,) = audit(three, store)
    assert (row.where, row.code) == ("evidence/items/two.toml", "record-changed")
    assert "evidence/custody/olena.a1b2c3d4.jsonl:1" in row.expected


def test_records_and_the_log_must_name_each_other(three: Path, store: Store) -> None:
    """A record that nobody entered, and an entry whose record is gone, are differences with their names."""
    plain_item("slipped-in", "a" * 64, 3).write(three)
    record(three, "one").unlink()
    assert {(row.what, row.code, row.where) for row in audit(three, store)} == {
        ("record of slipped-in", "not-logged", "evidence/items/slipped-in.toml"),
        ("bytes of slipped-in", "not-here", ""),
        ("record of one", "record-missing", "evidence/custody/mk.a1b2c3d4.jsonl:1"),
    }


def test_a_change_is_not_made_good_by_looking_at_the_item(three: Path, store: Store) -> None:
    """Only an entry that may change a record says what it is: exporting a tampered one does not."""
    path = record(three, "one")
    path.write_text(path.read_text().replace("from the desk", "from a friend"))
    custody_of(three).log(Event.EXPORTED, Item.read(path))
    assert [row.code for row in audit(three, store)] == ["record-changed"]


def test_changed_bytes_are_named_with_both_hashes(three: Path, store: Store) -> None:
    """A file of the same size, read again; a shorter one is found by a quick look as well; each leaf of a folder."""
    leaf = store.path(Item.read(record(three, "safe")).tree[1].sha256)
    one = store.path(str(Item.read(record(three, "one")).content))
    for path, data in ((leaf, b"leaf six"), (one, b"first")):
        path.chmod(0o644)
        path.write_bytes(data)
    rows = {row.what: row for row in audit(three, store)}
    assert sorted(rows) == ["bytes of one", "bytes of safe/c.txt"]
    assert rows["bytes of one"].where == str(one)
    assert rows["bytes of one"].expected == f"SHA-256 {one.parent.name}{one.name}"
    assert rows["bytes of one"].found.startswith("5 bytes, SHA-256 ")
    assert [(row.what, row.expected) for row in audit(three, store, quick=True)] == [
        ("bytes of one", f"11 bytes, SHA-256 {one.parent.name}{one.name}")
    ]


def test_bytes_that_are_not_here_are_no_difference(three: Path, tmp_path: Path) -> None:
    """A colleague's checkout has the records and not the store."""
    rows = audit(three, Store(tmp_path / "empty"))
    assert {row.state for row in rows} == {"not here"}
    assert len(rows) == 4


def test_a_file_that_cannot_be_read_is_a_difference(three: Path, store: Store) -> None:
    """A bad disk, missing rights, a file that went away: told as such, and the others are read."""
    told = history(three)
    find = {str(told.items["one"].content): three / "gone"}.get
    rows = [
        *item_rows(three, told, find, quick=False, on_progress=lambda _bytes: None),
        *item_rows(three, told, find, quick=True, on_progress=lambda _bytes: None),
    ]
    bad = [row for row in rows if row.state == "different"]
    assert [(row.what, row.code, row.found) for row in bad] == [
        ("bytes of one", "bytes-unreadable", "No such file or directory")
    ] * 2


def test_what_is_no_record_is_told(three: Path, store: Store) -> None:
    """A link, a folder and a file with another ending among the records; what a killed program left."""
    items = three / "evidence" / "items"
    (items / "link.toml").symlink_to("/dev/zero")
    (items / "folder.toml").mkdir()
    (items / "notes.txt").touch()
    (items / ".0123456789abcdef.part").touch()
    rows = {row.where: (row.state, row.code) for row in audit(three, store)}
    assert rows == {
        "evidence/items/link.toml": ("different", "record-unreadable"),
        "evidence/items/folder.toml": ("different", "record-unreadable"),
        "evidence/items/notes.txt": ("note", "stray"),
        "evidence/items/.0123456789abcdef.part": ("note", "stray"),
    }


def test_a_pipe_among_the_chains_is_told_and_not_waited_for(three: Path, store: Store) -> None:
    """A case from somebody else cannot make an audit wait for ever."""
    os.mkfifo(three / "evidence" / "custody" / "pipe.jsonl")
    (three / "evidence" / "custody" / "notes.txt").touch()
    assert [(row.where, row.code) for row in audit(three, store)] == [
        ("evidence/custody/pipe.jsonl", "custody-unreadable"),
        ("evidence/custody/notes.txt", "stray"),
    ]


def test_a_broken_chain_does_not_hide_its_items(three: Path, store: Store) -> None:
    """One changed line is one difference at that line; items entered on other lines are still the same."""
    collect_one(three, store, "three", b"third bytes")
    path = three / "evidence" / "custody" / "mk.a1b2c3d4.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0].replace(b'"one"', b'"eno"'), *lines[1:]]))
    rows = audit(three, store)
    assert [(row.where, row.code) for row in rows] == [
        ("evidence/custody/mk.a1b2c3d4.jsonl:1", "custody-changed"),
        ("evidence/items/one.toml", "not-logged"),
    ]


def test_without_a_seal_it_is_said_how_many_lines_nobody_sealed(three: Path) -> None:
    """The cut-off end of a chain, and a chain made anew, are found by seals only."""
    told = [row for row in seal_rows(three, NOON) if row.state == "not proven"]
    assert any("3 lines that no sound seal covers" in row.found for row in told)


def test_many_changed_records_do_not_take_for_ever(three: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What slipped is searched for in a few records only; the others are still found."""
    monkeypatch.setattr(audit_module, "SEARCHES", 1)
    for name in ("one", "two"):
        record(three, name).write_text(record(three, name).read_text().replace("desk", "dusk"))
    assert [row.where for row in audit(three, store)] == [
        "evidence/items/one.toml:13",
        "evidence/items/two.toml",
    ]


@pytest.mark.parametrize("bad", [b"ab\nxd\n", b"ab\nd\n", b"ab\ncxd\n", b"cd\nab\n", b"ab\ncd"])
def test_one_slip_is_undone_from_the_hash(bad: bytes) -> None:
    """Another byte, a lost one, one too many, two lines in turn, the end cut off."""
    good = b"ab\ncd\n"
    sha256 = sha256_bytes(good)
    assert one_slip_away(bad, sha256) == good
    assert one_slip_away(b"something else", sha256) is None
    assert one_slip_away(b"x" * 5000, sha256) is None


def test_the_first_line_apart_is_counted_from_one() -> None:
    """Also where one text ends before the other."""
    assert first_line(b"a\nb\n", b"a\nc\n") == (2, "b'b'", "b'c'")
    assert first_line(b"a\nb", b"a") == (2, "b'b'", "the end")


@pytest.mark.parametrize("name", ["rason", "maria", "exercise"])
def test_the_examples_are_what_their_logs_say(name: str, store: Store) -> None:
    """Who changes an example's record enters it: `dateline correct ITEM --why … --by dateline-desk --case …`."""
    example = Path(__file__).parents[2] / "examples" / name
    assert [row for row in audit(example, store) if row.state != "not here"] == []

"""Hiding, correcting, and expunging because the law says so: always a reason, always a line in the log."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from tests.evidence.filled_case import NOON, collect_folder, collect_one, custody_of, plain_item

from dateline.core import FixedClock, InputError, Refusal, UsageError
from dateline.evidence import expunge as expunge_module
from dateline.evidence.amend import away, correct, hidden, hide, show
from dateline.evidence.audit import Row, chain_rows, item_rows
from dateline.evidence.cases import known_cases, remember
from dateline.evidence.chain import Event, first_difference, read_chain
from dateline.evidence.expunge import expunge
from dateline.evidence.history import history
from dateline.evidence.intake import Form
from dateline.evidence.item import Item, Licence, Status
from dateline.evidence.provenance import Derivation
from dateline.evidence.store import Store
from dateline.evidence.vault import Passphrase, open_vault
from dateline.measure.archive import Archive

SECRET = "The Name Of A Witness"


def audit(case: Path, store: Store) -> list[Row]:
    told = history(case)
    rows = [*chain_rows(case, told), *item_rows(case, told, store.find, quick=False, on_progress=lambda _b: None)]
    return [row for row in rows if row.state != "same"]


def record(case: Path, name: str) -> Path:
    return case / "evidence" / "items" / f"{name}.toml"


def edit(case: Path, name: str, old: str, new: str) -> None:
    path = record(case, name)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_correction_enters_both_hashes_and_the_reason(case: Path, store: Store) -> None:
    """A record that somebody changed differs until the change is entered; then it is the same."""
    before = collect_one(case, store, "one", b"x")
    edit(case, "one", "from the desk", "by courier")
    assert [row.code for row in audit(case, store)] == ["record-changed"]
    entry = correct(custody_of(case), "one", why="the desk was wrong").entry
    assert (entry.event, entry.was, entry.note) == ("corrected", before.record_sha256(), "the desk was wrong")
    assert entry.meta_sha256 == Item.read(record(case, "one")).record_sha256()
    assert audit(case, store) == []


def test_a_comment_is_a_correction_too(case: Path, store: Store) -> None:
    """The file's spelling is covered: what a person adds is entered, and nothing else is needed."""
    collect_one(case, store, "one", b"x")
    edit(case, "one", "schema = 1", "# seen with the lawyer\nschema = 1")
    assert [row.code for row in audit(case, store)] == ["record-respelled"]
    correct(custody_of(case), "one", why="a comment")
    assert audit(case, store) == []


def test_a_record_that_was_never_entered_is_entered_late(case: Path, store: Store) -> None:
    """Written by hand before there was a log: collected, and the note says that it is late."""
    plain_item("old", store.add(io.BytesIO(b"x")).sha256, 1).write(case)
    entry = correct(custody_of(case), "old", why="written by hand").entry
    assert (entry.event, entry.note) == (Event.COLLECTED, "entered late: written by hand")
    assert audit(case, store) == []


def test_nothing_is_corrected_or_hidden_without_cause(case: Path, store: Store) -> None:
    """No reason, no change, no such item: refused, and nothing is entered."""
    collect_one(case, store, "one", b"x")
    lines = custody_of(case).path.read_bytes()
    for call, code in (
        (lambda: correct(custody_of(case), "one", why="nothing changed"), "item-unchanged"),
        (lambda: correct(custody_of(case), "two", why="no such item"), "item"),
        (lambda: hide(custody_of(case), "../one", why="a path"), "item"),
        (lambda: hide(custody_of(case), "one", why="  "), "why"),
        (lambda: show(custody_of(case), "one", why="not hidden"), "item-shown"),
        (lambda: expunge(custody_of(case), "one", why="", store=store), "why"),
    ):
        with pytest.raises((UsageError, InputError)) as error:
            call()
        assert error.value.code == code
    assert custody_of(case).path.read_bytes() == lines


def test_hiding_is_an_entry_and_can_be_undone(case: Path, store: Store) -> None:
    """Record and bytes stay; pages and packages ask hidden(); the log has both steps."""
    assert hidden(case) == frozenset()
    collect_one(case, store, "one", b"x")
    assert hidden(case) == frozenset()
    hide(custody_of(case), "one", why="a relative asked")
    assert hidden(case) == {"one"}
    assert audit(case, store) == []
    hide(custody_of(case, "olena"), "one", why="another asked")
    assert len(history(case).hidings["one"]) == 2
    assert show(custody_of(case), "one", why="both agreed").entry.seq == 3
    assert hidden(case) == frozenset()


def test_other_bytes_are_no_correction(case: Path, store: Store) -> None:
    """The hash in a record is not edited: refused, nothing is entered, and the audit goes on saying so."""
    item = collect_one(case, store, "one", b"x")
    edit(case, "one", str(item.content), store.add(io.BytesIO(b"y")).sha256)
    lines = custody_of(case).path.read_bytes()
    with pytest.raises(UsageError) as error:
        correct(custody_of(case), "one", why="the wrong file")
    assert error.value.code == "item-bytes"
    assert custody_of(case).path.read_bytes() == lines
    assert "record-changed" in {row.code for row in audit(case, store)}


def test_what_was_made_from_what_is_away_is_away(case: Path, store: Store) -> None:
    """At any remove, with the reason of what it came from."""
    items = {name: plain_item(name, "a" * 64, 1) for name in ("one", "crop", "clip", "free")}
    for name, parent in (("crop", "one"), ("clip", "crop")):
        items[name] = items[name].model_copy(update={"derived": Derivation(parents=(parent,), command="cut")})
    collect_one(case, store, "one", b"x")
    hide(custody_of(case), "one", why="a relative asked")
    assert away(case, items) == {"one": "hidden", "crop": "hidden", "clip": "hidden"}


def test_expunging_leaves_a_tombstone_and_a_provable_log(case: Path, store: Store) -> None:
    """Bytes gone; id, hash, size, kind and day stay; name, origin, licence gone; the chain is whole; audit agrees."""
    item = collect_one(case, store, "one", b"unlawful")
    edit(case, "one", "https://example.org/one", f"https://example.org/{SECRET.replace(' ', '-')}")
    edit(case, "one", "one.txt", f"{SECRET}.txt")
    correct(custody_of(case), "one", why="fuller")
    done = expunge(custody_of(case, "lawyer"), "one", why="order 7/24", store=store)
    assert (done.files, done.bytes, done.kept, done.derived) == (1, 8, (), ())
    assert any("git" in place for place in done.beyond)
    assert item.content is not None
    assert item.content not in store
    text = record(case, "one").read_text()
    assert SECRET not in text.replace("-", " ")
    stone = Item.read(record(case, "one"))
    assert (stone.status, stone.content, stone.bytes) == (Status.WITHHELD, item.content, 8)
    assert stone.why == "expunged on 2024-03-02, decided by lawyer: order 7/24"
    (entry,) = read_chain(case / "evidence" / "custody" / "lawyer.a1b2c3d4.jsonl")
    assert (entry.event, entry.sha256, entry.meta_sha256) == (Event.EXPUNGED, item.content, stone.record_sha256())
    assert first_difference(custody_of(case).path) is None
    assert audit(case, store) == []
    with pytest.raises(UsageError) as error:
        expunge(custody_of(case), "one", why="again", store=store)
    assert error.value.code == "item-expunged"


def test_views_of_the_bytes_are_emptied_too(case: Path, store: Store, tmp_path: Path) -> None:
    """A named view shares the file: it has nothing in it afterwards; the case's own view and index are gone."""
    item = collect_one(case, store, "one", b"unlawful")
    view = store.view([item], tmp_path / "view")
    own = case / ".dateline" / "view" / "one" / item.name
    own.parent.mkdir(parents=True)
    own.hardlink_to(store.path(str(item.content)))
    (case / ".dateline" / "index.sqlite").touch()
    expunge(custody_of(case), "one", why="order 7/24", store=store)
    assert (view / item.name).read_bytes() == b""
    assert sorted(path.name for path in (case / ".dateline").rglob("*")) == ["view"]


def test_bytes_that_another_item_needs_stay_and_are_told(case: Path, store: Store, tmp_path: Path) -> None:
    """In this case or another of this user's on this machine; when the last is expunged they go."""
    other = tmp_path / "other"
    other.mkdir()
    for folder, name in ((case, "one"), (case, "twin"), (other, "far")):
        collect_one(folder, store, name, b"shared")
    item = collect_folder(case, store, "safe", {"a.txt": b"shared", "b.txt": b"alone"})
    assert sorted(known_cases()) == sorted([case, other])
    assert expunge(custody_of(case), "safe", why="order", store=store).kept == (
        "case: one",
        "case: twin",
        "other: far",
    )
    shared, alone = (leaf.sha256 for leaf in item.tree)
    assert shared in store
    assert alone not in store
    assert audit(case, store) == []
    assert expunge(custody_of(case), "one", why="order", store=store).files == 0
    assert expunge(custody_of(case), "twin", why="order", store=store).kept == ("other: far",)
    assert expunge(custody_of(other), "far", why="order", store=store).files == 1
    assert shared not in store


def test_what_was_made_from_it_is_named(case: Path, store: Store) -> None:
    """A crop of an illegal image is one: people must look at each."""
    collect_one(case, store, "one", b"whole")
    crop = plain_item("crop", store.add(io.BytesIO(b"part")).sha256, 4)
    crop.model_copy(update={"derived": Derivation(parents=("one",), command="crop")}).write(case)
    assert expunge(custody_of(case), "one", why="order", store=store).derived == ("crop",)


@pytest.mark.parametrize("step", ["remove", "write_atomic"])
def test_killed_in_the_middle_it_is_finished_by_the_next_run(
    case: Path, store: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The log speaks first; then audit says that record and log differ, until the same command is run again."""
    item = collect_one(case, store, "one", b"unlawful")

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(*((Store, "remove") if step == "remove" else (expunge_module, "write_atomic")), dies)
        with pytest.raises(KeyboardInterrupt):
            expunge(custody_of(case), "one", why="order", store=store)
    assert "record-changed" in {row.code for row in audit(case, store)}
    expunge(custody_of(case), "one", why="order", store=store)
    assert str(item.content) not in store
    assert audit(case, store) == []


def test_an_item_that_we_never_had_can_be_expunged(case: Path, store: Store) -> None:
    """Known elsewhere, no bytes: its record is what must go."""
    told = {"status": Status.ELSEWHERE, "why": SECRET, "sha256": None, "bytes": None}
    item = plain_item("known", "a" * 64, 1).model_copy(update=told)
    item.write(case)
    custody_of(case).log(Event.COLLECTED, item)
    assert expunge(custody_of(case), "known", why="erasure asked for", store=store).files == 0
    stone = Item.read(record(case, "known"))
    assert stone.status is Status.ELSEWHERE
    assert SECRET not in record(case, "known").read_text()
    assert audit(case, store) == []


def test_bytes_that_come_back_are_noted(case: Path, store: Store) -> None:
    """Archived again under another id: no difference, but nobody should be surprised."""
    collect_one(case, store, "one", b"unlawful")
    expunge(custody_of(case), "one", why="order", store=store)
    store.add(io.BytesIO(b"unlawful"))
    (row,) = audit(case, store)
    assert (row.state, row.code) == ("note", "expunged-here")


def test_cases_that_moved_away_are_not_counted(case: Path, tmp_path: Path) -> None:
    """Known are those that lie where they were written to."""
    (case / "evidence").mkdir()
    remember(case)
    assert list(known_cases()) == [case]
    shutil.move(case, tmp_path / "moved")
    assert list(known_cases()) == []


def test_a_file_of_an_expunged_folder_does_not_come_back(case: Path, store: Store, tmp_path: Path) -> None:
    """Neither alone nor in another folder; the tombstone knows it by a salted commitment, not by its hash."""
    (case / "case.toml").write_text(
        'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\nexercise = true\n'
    )
    item = collect_folder(case, store, "safe", {"a.txt": b"unlawful", "b.txt": b"alone"})
    expunge(custody_of(case), "safe", why="order", store=store)
    assert item.tree[0].sha256 not in record(case, "safe").read_text()
    assert audit(case, store) == []
    back = tmp_path / "back"
    back.mkdir()
    (back / "a.txt").write_bytes(b"unlawful")
    (back / "new.txt").write_bytes(b"new")
    with Archive(case, by="mk", store=store, clock=FixedClock(NOON)) as archive:
        for source in (back / "a.txt", back):
            with pytest.raises(Refusal) as refused:
                archive.file(source, Form(by="mk", licence=Licence(name="MIT")))
            assert refused.value.code == "expunged"
            assert item.tree[0].sha256 not in store
        assert archive.file(back / "new.txt", Form(by="mk", licence=Licence(name="MIT"))).new


def test_redacted_fields_are_forgotten_or_named(case: Path, store: Store, tmp_path: Path) -> None:
    """With the vault they go, also in a later run; without it they are named. What no program reaches is listed."""
    vault = open_vault(case, "case", Passphrase("four words for tests"), folder=tmp_path / "vaults")
    names = [f"evidence/items/{name}.toml#origin.file" for name in ("one", "two")]
    for name, field in zip(("one", "two"), names, strict=True):
        item = plain_item(name, store.add(io.BytesIO(name.encode())).sha256, 3)
        item = item.model_copy(update={"withheld": {"origin.file": vault.put(field, SECRET)}})
        item.write(case)
        custody_of(case).log(Event.COLLECTED, item)
    done = expunge(custody_of(case), "one", why="order", store=store, vault=vault)
    assert (done.forgotten, done.vault, vault.fields()) == ((names[0],), (), (names[1],))
    done = expunge(custody_of(case), "two", why="order", store=store)
    assert (done.forgotten, done.vault, vault.fields()) == ((), (names[1],), (names[1],))
    assert expunge(custody_of(case), "two", why="order", store=store, vault=vault).forgotten == (names[1],)
    assert vault.fields() == ()
    told = " ".join(done.beyond)
    assert all(place in told for place in ("archived from", "imagery get", "findings/", "vault"))

"""The content-addressed store, and taking things into it."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dateline.core import FixedClock, InputError, Refusal
from dateline.core.identity import sha256_bytes
from dateline.evidence import store as store_module
from dateline.evidence.intake import Form, admit, collect
from dateline.evidence.item import Item, Leaf, Licence
from dateline.evidence.provenance import Derivation
from dateline.evidence.store import Store, default_store

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
TIFF = b"II*\x00\x08\x00\x00\x00"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def waiting(store: Store) -> list[str]:
    return names_in(store.root / "waiting")


def objects(store: Store) -> list[Path]:
    return sorted(path for path in (store.root / "objects").rglob("*") if path.is_file())


def test_bytes_lie_under_their_own_hash_once(store: Store) -> None:
    """ "abc" lies under the hash printed in FIPS 180-2; the same bytes again change nothing."""
    first, again = store.add(io.BytesIO(b"abc")), store.add(io.BytesIO(b"abc"))
    assert (first.sha256, first.bytes, first.new, again.new) == (ABC, 3, True, False)
    assert ABC in store
    assert objects(store) == [store.root / "objects" / ABC[:2] / ABC[2:]]
    with store.open(ABC) as stream:
        assert stream.read() == b"abc"
    assert waiting(store) == []


def test_stored_files_are_read_only(store: Store) -> None:
    """Nobody writes to them by accident, and other users of the machine do not see them."""
    place = store.path(store.add(io.BytesIO(b"abc")).sha256)
    assert place.stat().st_mode & 0o777 == 0o444
    assert store.root.stat().st_mode & 0o777 == 0o700


def test_a_file_of_300_mb_is_never_in_memory(store: Store, tmp_path: Path) -> None:
    """Memory stays under 16 MiB whatever the size (a sparse file stands for a big one)."""
    path = tmp_path / "big.bin"
    with path.open("wb") as stream:
        stream.truncate(300 << 20)
    tracemalloc.start()
    try:
        stored = store.add(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert stored.bytes == 300 << 20
    assert peak < 16 << 20


def test_a_crash_before_the_rename_stores_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """All bytes are on disk but the name is not given: the store does not have them; the next try does."""

    def dies(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            store.add(io.BytesIO(b"abc"))
    assert ABC not in store
    assert objects(store) == []
    assert waiting(store) == []
    assert store.add(io.BytesIO(b"abc")).new


def test_a_full_disk_is_told_and_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says that nothing was stored, and that is so."""

    def full(stream: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module, "settle", full)
    with pytest.raises(InputError) as error:
        store.add(io.BytesIO(b"abc"))
    assert error.value.code == "store-write"
    assert "No space left" in error.value.saw
    assert waiting(store) == []


def test_a_store_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the store's folder should be."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as error:
        Store(tmp_path / "file").add(io.BytesIO(b"abc"))
    assert error.value.code == "store-write"


def test_a_disk_that_cannot_be_read_is_not_called_a_full_store(store: Store) -> None:
    """An error of the source is told as one."""

    class Bad(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError) as error:
        store.add(Bad())
    assert error.value.code == "read"
    assert waiting(store) == []


def test_many_writers_at_once_store_each_file_once(store: Store) -> None:
    """Eight threads, the same four files, forty times: four objects, all whole."""
    bodies = [bytes([n]) * 100_000 for n in range(4)]
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda n: store.add(io.BytesIO(bodies[n % 4])), range(40)))
    assert {one.sha256 for one in stored} == {sha256_bytes(body) for body in bodies}
    assert len(objects(store)) == 4
    for one in stored:
        store.check(one.sha256)
    assert waiting(store) == []


def test_changed_bytes_are_found_and_a_shortened_file_is_mended_by_its_original(store: Store) -> None:
    """check() reads every byte; adding the original again replaces a damaged file."""
    place = store.path(store.add(io.BytesIO(b"abc")).sha256)
    place.chmod(0o644)
    place.write_bytes(b"abd")
    with pytest.raises(InputError) as error:
        store.check(ABC)
    assert error.value.code == "changed-bytes"
    place.write_bytes(b"ab")
    assert store.add(io.BytesIO(b"abc")).new
    store.check(ABC)


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_hash_leads_nowhere(store: Store, sha256: str) -> None:
    """A name is looked up only when it is 64 hexadecimal digits."""
    with pytest.raises(InputError) as error:
        store.path(sha256)
    assert error.value.code == "sha256"


def test_missing_bytes_are_told(store: Store) -> None:
    """Not in this store is an error with what to do."""
    with pytest.raises(InputError) as error:
        store.open("0" * 64)
    assert error.value.code == "not-in-store"


def test_only_plain_files_are_taken_in(store: Store, tmp_path: Path) -> None:
    """A folder, a pipe, a missing file: refused, and nobody waits for a pipe for ever."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "missing", "."):
        with pytest.raises(InputError) as error:
            store.add(tmp_path / name)
        assert error.value.code == "not-a-file"


def test_a_file_that_grows_while_it_is_read_is_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A download that still runs is not evidence yet."""
    path = tmp_path / "download.part"
    path.write_bytes(b"abc")
    original = store_module.settle

    def grow(stream: Any) -> None:
        original(stream)
        path.write_bytes(b"abcdef")

    monkeypatch.setattr(store_module, "settle", grow)
    with pytest.raises(InputError) as error:
        store.add(path)
    assert error.value.code == "changed-while-read"


def test_the_default_store_is_the_users(user: Path) -> None:
    """Asked when called, so that another user gets another store."""
    assert default_store().root == user / "data" / "dateline" / "store"


def folder_of(tmp_path: Path) -> Path:
    """A small SAFE-like folder with names in other scripts."""
    folder = tmp_path / "S1A_IW_GRDH.SAFE"
    (folder / "measurement").mkdir(parents=True)
    (folder / "manifest.safe").write_bytes(b"<xml/>")
    (folder / "measurement" / "📡 측정.tiff").write_bytes(TIFF)
    return folder


def test_a_folder_becomes_a_tree_of_hashes(store: Store, tmp_path: Path) -> None:
    """Every file once, in order of path, with names kept."""
    tree = store.add_folder(folder_of(tmp_path))
    assert [leaf.path for leaf in tree] == ["manifest.safe", "measurement/📡 측정.tiff"]
    assert all(leaf.sha256 in store for leaf in tree)


def test_a_folder_with_a_link_or_nothing_in_it_is_refused(store: Store, tmp_path: Path) -> None:
    """A link may lead to anything on this machine: it is named and nothing is followed."""
    folder = folder_of(tmp_path)
    (folder / "measurement" / "passwords").symlink_to("/etc/passwd")
    with pytest.raises(InputError) as error:
        store.add_folder(folder)
    assert error.value.code == "link"
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty folder"):
        store.add_folder(tmp_path / "empty")


def view_items(store: Store, tmp_path: Path, fields: dict[str, Any]) -> list[Item]:
    stored = store.add(io.BytesIO(TIFF))
    tree = store.add_folder(folder_of(tmp_path))
    return [
        Item(**(fields | {"id": "a", "sha256": stored.sha256, "bytes": stored.bytes})),
        Item(
            **(fields | {"id": "b", "name": "S1A_IW_GRDH.SAFE", "sha256": None, "tree": tree})
            | {"bytes": sum(leaf.bytes for leaf in tree)}
        ),
    ]


@pytest.mark.parametrize("links", [True, False])
def test_a_view_gives_items_their_names_and_cannot_be_written(
    store: Store, tmp_path: Path, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    """Product names and folders as delivered; no symbolic link; links or copies, whatever the disk has."""
    if not links:
        monkeypatch.setattr(os, "link", lambda source, name: (_ for _ in ()).throw(OSError(18, "Cross-device link")))
    folder = store.view(view_items(store, tmp_path, fields), tmp_path / "views" / "one")
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert sorted(files) == [
        "S1A_IW_GRDH.SAFE/manifest.safe",
        "S1A_IW_GRDH.SAFE/measurement/📡 측정.tiff",
        "VNP46A3_2017_09.tif",
    ]
    assert files["VNP46A3_2017_09.tif"].read_bytes() == TIFF
    for path in [folder, *folder.rglob("*")]:
        assert not path.is_symlink()
        assert path.stat().st_mode & 0o222 == 0
    assert names_in(folder.parent) == ["one"]


def test_a_view_never_takes_a_folder_that_is_there(store: Store, tmp_path: Path, fields: dict[str, Any]) -> None:
    """Nor a link in its place; a view that cannot be finished leaves nothing."""
    items = view_items(store, tmp_path, fields)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("store", "link"):
        with pytest.raises(InputError) as error:
            store.view(items, tmp_path / name)
        assert error.value.code == "view-exists"
    with pytest.raises(InputError) as error:
        store.view([items[0], items[0].model_copy(update={"id": "c"})], tmp_path / "view")
    assert error.value.code == "view-name"
    gone = items[0].model_copy(update={"sha256": "0" * 64})
    elsewhere = Item(**(fields | {"status": "elsewhere", "why": "not bought", "sha256": None}))
    for item in (gone, elsewhere):
        with pytest.raises(InputError) as error:
            store.view([item], tmp_path / "view")
        assert error.value.code == "not-in-store"
    assert not (tmp_path / "view").exists()


def test_a_view_that_dies_half_way_leaves_nothing(
    store: Store, tmp_path: Path, fields: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers see the whole view or none; the store keeps its bytes."""
    items = view_items(store, tmp_path, fields)

    def dies(self: Path, target: Path) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", dies)
        with pytest.raises(KeyboardInterrupt):
            store.view(items, tmp_path / "views" / "one")
    assert names_in(tmp_path / "views") == []
    assert len(objects(store)) == 2


def form(**changes: Any) -> Form:
    return Form(**({"id": "maria", "by": "mk", "licence": Licence(name="MIT")} | changes))


def test_a_file_becomes_an_item(store: Store, tmp_path: Path, clock: FixedClock) -> None:
    """Hash, size, media type and base name from the file; who and licence from the form; the time from the clock."""
    path = tmp_path / "Olena's laptop" / "VNP46A3.tif"
    path.parent.mkdir()
    path.write_bytes(TIFF)
    item = collect(path, form(url="https://example.org/a.tif"), store=store, clock=clock)
    assert (item.sha256, item.bytes, item.media_type) == (hashlib.sha256(TIFF).hexdigest(), 8, "image/tiff")
    assert (item.name, item.origin.file, item.collected) == ("VNP46A3.tif", "VNP46A3.tif", clock.now())
    assert "Olena" not in item.to_toml()


def test_a_folder_becomes_an_item_of_many_files(store: Store, tmp_path: Path, clock: FixedClock) -> None:
    """A SAFE folder is one item with a tree."""
    item = collect(folder_of(tmp_path), form(), store=store, clock=clock)
    assert item.bytes == 14
    assert len(item.tree) == 2
    assert item.media_type == "inode/directory"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("VNP46A3.h5", b"<!DOCTYPE html>", "login-page"),
        ("a.tif", b"version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"),
        ("a.tif", b"", "empty-file"),
        ("bad\u202ename.tif", TIFF, "name"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_not_stored(
    store: Store, tmp_path: Path, clock: FixedClock, *, name: str, body: bytes, code: str
) -> None:
    """Refused with its reason before a byte is stored."""
    (tmp_path / name).write_bytes(body)
    with pytest.raises(InputError) as error:
        collect(tmp_path / name, form(), store=store, clock=clock)
    assert error.value.code == code
    assert not store.root.exists()


def test_a_missing_file_is_told(store: Store, tmp_path: Path, clock: FixedClock) -> None:
    """No such file, in three parts."""
    with pytest.raises(InputError) as error:
        collect(tmp_path / "missing.tif", form(), store=store, clock=clock)
    assert error.value.code == "not-a-file"


def test_simulated_bytes_are_refused_as_evidence_outside_exercises(
    store: Store, tmp_path: Path, clock: FixedClock
) -> None:
    """By the file's name, by a name inside a folder, or by what its attributes say; nothing is stored."""
    named, plain = tmp_path / "VNP46A3.Simulated.tif", tmp_path / "a.tif"
    named.write_bytes(TIFF)
    plain.write_bytes(TIFF)
    folder = folder_of(tmp_path)
    (folder / "measurement" / "simulated.tiff").write_bytes(TIFF)
    for path, what in ((named, form()), (folder, form()), (plain, form(simulated=True))):
        with pytest.raises(Refusal) as error:
            collect(path, what, store=store, clock=clock)
        assert error.value.code == "simulated-evidence"
        assert not store.root.exists()
        assert collect(path, what, store=Store(tmp_path / "exercise"), clock=clock, exercise=True).simulated


def test_real_bytes_stay_real_in_an_exercise(store: Store, tmp_path: Path, clock: FixedClock) -> None:
    """An exercise may use real evidence, and it is not marked."""
    (tmp_path / "a.tif").write_bytes(TIFF)
    assert not collect(tmp_path / "a.tif", form(), store=store, clock=clock, exercise=True).simulated


def test_a_simulated_item_is_admitted_to_exercises_only(item: Item) -> None:
    """A record copied from an exercise into a real case is refused there."""
    made_up = item.model_copy(update={"simulated": True})
    assert admit(item, exercise=False) is item
    assert admit(made_up, exercise=True) is made_up
    with pytest.raises(Refusal) as error:
        admit(made_up, exercise=False)
    assert error.value.code == "simulated-evidence"


def test_an_unmarked_simulated_name_is_still_refused(item: Item) -> None:
    """A name that says simulated counts, even in a record built around its checks."""
    for changes in ({"name": "simulated.tif"}, {"tree": (Leaf(path="a/simulated.h5", sha256="b" * 64, bytes=1),)}):
        with pytest.raises(Refusal):
            admit(item.model_copy(update=changes), exercise=False)


def test_what_is_made_from_simulated_inputs_must_say_so(item: Item) -> None:
    """A derived item does not become real on the way, in no case."""
    parent = item.model_copy(update={"id": "sim", "simulated": True})
    child = item.model_copy(update={"id": "child", "derived": Derivation(parents=("sim",), command="warp")})
    for exercise in (True, False):
        with pytest.raises(InputError) as error:
            admit(child, exercise=exercise, parents=[parent])
        assert error.value.code == "simulated-unmarked"
    assert admit(child.model_copy(update={"simulated": True}), exercise=True, parents=[parent])
    assert admit(child, exercise=False, parents=[item]) is child

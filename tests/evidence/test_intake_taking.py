"""Bytes that somebody brings: looked at before they are kept, named by content, never half stored."""

from __future__ import annotations

import errno
import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core import FixedClock
from dateline.core.errors import InputError, Refusal
from dateline.core.identity import is_id
from dateline.evidence.intake import Form, collect, describe_elsewhere, id_of, take, take_stream
from dateline.evidence.item import Item, Licence, Status
from dateline.evidence.provenance import Sighting
from dateline.evidence.store import Store

FORM = Form(by="mk", licence=Licence(name="unknown"))
JPEG = b"\xff\xd8\xff" + b"x" * 100


def stored(store: Store) -> list[str]:
    return [path.name for path in (store.root / "objects").rglob("*") if path.is_file()]


def code(call: Any) -> str:
    with pytest.raises((InputError, Refusal)) as raised:
        call()
    return raised.value.code


def test_an_item_names_itself(tmp_path: Path, store: Store, clock: FixedClock) -> None:
    """Without an id the name and the hash make one; the record says what the bytes are."""
    (tmp_path / "Press Photo.jpg").write_bytes(JPEG)
    item = collect(tmp_path / "Press Photo.jpg", FORM, store=store, clock=clock)
    assert item.id.startswith("press-photo-")
    assert item.sha256 is not None
    assert item.id.endswith(item.sha256[:8])
    assert (item.media_type, item.bytes, item.origin.file) == ("image/jpeg", 103, "Press Photo.jpg")


@pytest.mark.parametrize(
    "name", ["🙂🙂.jpg", "é" * 120 + ".jpg", "CON.jpg", "порт.jpg", "-.jpg", "a" * 251 + ".jpg", "..x..jpg"]
)
def test_absurd_names_are_survived(tmp_path: Path, store: Store, clock: FixedClock, name: str) -> None:
    """Emoji, 255 bytes, names that other systems reserve: kept as they are, under an id that any disk takes."""
    (tmp_path / name).write_bytes(JPEG)
    item = collect(tmp_path / name, FORM, store=store, clock=clock)
    assert item.name == name
    assert is_id(item.id)
    assert "-" in item.id
    assert Item.model_validate(item.model_dump(by_alias=True)) == item


@pytest.mark.parametrize("name", ["a\nb.jpg", "photo\u202egpj.exe", "tab\t.jpg"])
def test_deceiving_names_are_refused_and_can_be_given_anew(tmp_path: Path, store: Store, name: str) -> None:
    """Line feeds and turned writing would lie to readers; another name can be said."""
    (tmp_path / name).write_bytes(JPEG)
    assert code(lambda: take(tmp_path / name, store=store)) == "name"
    assert stored(store) == []
    assert take(tmp_path / name, store=store, name="a.jpg").name == "a.jpg"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.jpg", b"<!doctype html><html>Log in</html>", "login-page"),
        ("a.h5", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "lfs-pointer"),
        ("a.tif", b"", "empty-file"),
        ("a.png", JPEG, "media-type"),
        ("a.xlsx", b"PK\x05\x06" + bytes(18), "media-type"),
    ],
)
def test_what_is_not_what_its_name_says(tmp_path: Path, store: Store, name: str, data: bytes, expected: str) -> None:
    """From a file and from a stream alike; a login page leaves nothing in the store."""
    (tmp_path / name).write_bytes(data)
    assert code(lambda: take(tmp_path / name, store=store)) == expected
    assert stored(store) == []
    assert code(lambda: take_stream(io.BytesIO(data), name=name, store=store)) == expected


def test_files_that_cannot_be_taken(tmp_path: Path, store: Store) -> None:
    """Not there, a pipe, a folder that is empty, a link inside a folder, no permission."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    (tmp_path / "links").mkdir()
    (tmp_path / "links/a").symlink_to("/etc/passwd")
    codes = [code(lambda path=path: take(tmp_path / path, store=store)) for path in ("no", "pipe", "empty", "links")]
    assert codes == ["not-a-file", "not-a-file", "not-a-file", "link"]
    (tmp_path / "locked").write_bytes(b"x")
    (tmp_path / "locked").chmod(0)
    if os.geteuid() != 0:  # root reads everything
        assert code(lambda: take(tmp_path / "locked", store=store)) == "not-a-file"


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, store: Store) -> None:
    """Whoever still writes it is waited for: nothing of it becomes an item."""
    path = tmp_path / "growing.bin"
    path.write_bytes(bytes(50_000_000))
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab") as stream:
            while not stop.is_set():
                stream.write(b"more")
                stream.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        assert code(lambda: take(path, store=store)) == "changed-while-read"
    finally:
        stop.set()
        writer.join()


def test_a_full_disk(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store says so, keeps what it had, and leaves nothing half."""
    (tmp_path / "a.bin").write_bytes(b"first")
    kept = take(tmp_path / "a.bin", store=store)

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "b.bin").write_bytes(b"second")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert code(lambda: take(tmp_path / "b.bin", store=store)) == "store-write"
    assert len(stored(store)) == 1
    assert kept.sha256 in store
    assert list((store.root / "waiting").iterdir()) == []


def test_simulated_files_stay_in_exercises(tmp_path: Path, store: Store, clock: FixedClock) -> None:
    """By name, also inside a folder; nothing is stored when it is refused."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/simulated_a.bin").write_bytes(b"x")
    assert code(lambda: collect(tmp_path / "folder", FORM, store=store, clock=clock)) == "simulated-evidence"
    assert stored(store) == []
    assert collect(tmp_path / "folder", FORM, store=store, clock=clock, exercise=True).simulated


def test_an_image_that_we_do_not_have() -> None:
    """State, who knows of it, where; no bytes, and an id that is the same each time."""
    sighting = Sighting(state="seen", by="mk", where="Planet Explorer", text="a ship")
    item, same = (describe_elsewhere(FORM, sighting, name="20240101_sky", why="seen, not stored") for _ in range(2))
    assert item == same
    assert (item.status, item.sha256, item.sighting) == (Status.ELSEWHERE, None, sighting)


@given(st.text(max_size=300), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_every_name_makes_an_id(name: str, content: str) -> None:
    """Property: an id always, with the hash at its end."""
    made = id_of(name, content)
    assert is_id(made)
    assert made.endswith(content[:8])

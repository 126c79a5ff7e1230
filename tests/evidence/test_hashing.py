"""Hashing many files on all cores: the right hashes, in order, in flat memory; and what killed writers left."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

from dateline.evidence import waiting as waiting_module
from dateline.evidence.hashing import sha256_files
from dateline.evidence.store import Store
from dateline.evidence.waiting import claim, sweep


def test_hashes_come_in_order_and_are_right(tmp_path: Path) -> None:
    """300 files of 0 to 600 kB against hashlib; one that cannot be read does not stop the others."""
    paths = []
    for number in range(300):
        path = tmp_path / f"{number:03}"
        path.write_bytes(bytes([number % 256]) * (number * 2_000))
        paths.append(path)
    paths.insert(7, tmp_path / "gone")
    told: list[int] = []
    found = list(sha256_files(iter(paths), told.append))
    assert [one.path for one in found] == paths
    assert found.pop(7).error == "No such file or directory"
    for one in found:
        data = one.path.read_bytes()
        assert (one.sha256, one.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert sum(told) == sum(one.bytes for one in found)


def test_memory_stays_flat_and_paths_are_drawn_as_needed(tmp_path: Path) -> None:
    """5,000 files, one of 200 MB (sparse): under 8 MiB; who stops early has not drawn them all."""
    big, small = tmp_path / "big", tmp_path / "small"
    with big.open("wb") as stream:
        stream.truncate(200 << 20)
    small.write_bytes(b"x")
    drawn = 0

    def paths() -> object:
        nonlocal drawn
        for number in range(5_000):
            drawn += 1
            yield big if number == 3 else small

    tracemalloc.start()
    try:
        assert sum(one.bytes for one in sha256_files(paths())) == (200 << 20) + 4_999
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
    drawn = 0
    for _ in sha256_files(paths()):
        break
    assert drawn < 1000


def aged(path: Path) -> None:
    old = path.stat().st_mtime - 2 * waiting_module.YOUNG
    os.utime(path, (old, old))


def test_what_a_killed_writer_left_is_swept_and_what_a_living_one_writes_is_not(store: Store) -> None:
    """A process dies by kill -9 in the middle of a file; the next add() sweeps it. An open one stays."""
    program = (
        "import os, pathlib, signal, sys\n"
        "from dateline.evidence.waiting import claim\n"
        f"path, stream = claim(pathlib.Path({str(store.root / 'waiting')!r}))\n"
        "stream.write(b'half'); stream.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    store.add(io.BytesIO(b"first"))
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    (left,) = (store.root / "waiting").iterdir()
    alive, stream = claim(store.root / "waiting")
    with stream:
        store.add(io.BytesIO(b"second"))
        assert left.exists()  # too young to be judged
        aged(left)
        aged(alive)
        store.add(io.BytesIO(b"third"))
        assert list((store.root / "waiting").iterdir()) == [alive]
    assert sweep(store.root / "waiting") == 1


def test_bytes_are_removed_once(store: Store) -> None:
    """Gone from the store; a second time there is nothing to remove."""
    stored = store.add(io.BytesIO(b"abc"))
    assert store.remove(stored.sha256) == 3
    assert stored.sha256 not in store
    assert store.remove(stored.sha256) is None
    assert store.add(io.BytesIO(b"abc")).new

"""kill -9 at random moments of `archive`: what it said was archived is whole, and an audit finds nothing else."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import platformdirs
import pytest
from tests.evidence.filled_case import NOON

from dateline.core import FixedClock
from dateline.evidence.audit import Row, chain_rows, item_rows
from dateline.evidence.history import history
from dateline.evidence.intake import Form
from dateline.evidence.item import Item, Licence
from dateline.evidence.store import Store
from dateline.ledger.skeleton import new_case
from dateline.measure.archive import Archive

AFTER_A_KILL = {"custody-torn", "not-logged", "stray"}
"""What an audit may say between a kill and the next run: a torn last line, a record not entered yet, a leftover."""


@dataclass(frozen=True)
class Box:
    """A case, its store, and files to take in: a few bytes to 2 MB."""

    case: Path
    store: Store
    files: tuple[Path, ...]

    def archive(self, tell: int, done: int) -> None:
        """Takes in all files but the first `done`; writes the id of each to a pipe once it is archived."""
        with Archive(self.case, by="mk", store=self.store, clock=FixedClock(NOON)) as archive:
            for path in self.files[done:]:
                kept = archive.file(path, Form(by="mk", licence=Licence(name="MIT")))
                os.write(tell, f"{kept.item.id}\n".encode())

    def audit(self) -> list[Row]:
        told = history(self.case)
        items = item_rows(self.case, told, self.store.find, quick=False, on_progress=lambda _bytes: None)
        return [row for part in (chain_rows(self.case, told), items) for row in part if row.state != "same"]


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)


def boxes(root: Path, random: Random) -> Iterator[Box]:
    """One case after another, each with 24 files of its own."""
    number = 0
    while True:
        number += 1
        home = root / f"{number:03}"
        case = new_case(home / "case", title="A", question="B", worldview="iso")
        (home / "in").mkdir()
        files = tuple(home / "in" / f"file-{count:02}.bin" for count in range(24))
        for path in files:
            path.write_bytes(random.randbytes(random.choice((1, 500, 40_000, 2_000_000))))
        yield Box(case, Store(home / "store"), files)


def killed(box: Box, seconds: float | None, done: int) -> tuple[bool, list[str]]:
    """Runs the archive in a child, killed after some seconds (None: never): whether it was, and what it said it did."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reading)
            box.archive(writing, done)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with os.fdopen(reading) as stream:
        said = stream.read().splitlines()
    assert status in {0, -9}, status
    return status == -9, said


def check(box: Box, recorded: list[str]) -> None:
    """What was said to be archived is there whole; nothing else is wrong than what a kill may leave."""
    rows = box.audit()
    assert {row.code for row in rows} <= AFTER_A_KILL, [str(row) for row in rows]
    assert len([row for row in rows if row.code == "not-logged"]) <= 1
    logged = history(box.case).items
    for name in recorded:
        item = Item.read(box.case / "evidence" / "items" / f"{name}.toml")
        assert name in logged
        box.store.check(str(item.content))


def kill_often(root: Path, times: int, seed: int) -> int:
    """Kills at so many random moments; each case is finished in spite of them. Gives the number of cases."""
    random, kills = Random(seed), 0
    for finished, box in enumerate(boxes(root, random), 1):
        recorded: list[str] = []
        was_killed = True
        while was_killed:
            seconds = random.uniform(0.0, 0.15) if kills < times else None
            was_killed, said = killed(box, seconds, len(recorded))
            recorded += said
            check(box, recorded)
            kills += was_killed
        assert len(set(recorded)) == len({path.read_bytes() for path in box.files})  # the same bytes are one item
        assert [row for row in box.audit() if row.state != "note"] == []
        if kills >= times:
            return finished
    raise AssertionError("there are always more cases")


def test_nothing_is_lost_by_kill_9_at_random_moments(tmp_path: Path) -> None:
    """12 kills; every file is archived in the end."""
    assert kill_often(tmp_path, 12, seed=5) >= 1


@pytest.mark.slow
def test_nothing_is_lost_by_kill_9_at_250_random_moments(tmp_path: Path) -> None:
    """250 kills, over as many cases as it takes."""
    print(f"250 kills, {kill_often(tmp_path, 250, seed=6)} cases finished, nothing lost")

"""A program that is killed at any moment has lost nothing, left nothing half, and the next run goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.measure.archive_desk import Desk, desk

from dateline.evidence.chain import Event, chains, first_difference
from dateline.evidence.intake import Form
from dateline.evidence.item import Item
from dateline.evidence.unfinished import FOLDER
from dateline.measure.archive import LATE, Archive, licence_of
from dateline.measure.archive_sources import Ask, archive_sources

__all__ = ["desk"]


def _no_door() -> None:
    raise AssertionError


def work(desk: Desk) -> tuple[str, ...]:
    """Archives every source, as the command does; gives the ids that were logged late."""
    with Archive(desk.case, by="mk", store=desk.store) as archive:
        ask = Ask(form=Form(by="mk", licence=licence_of("unknown")), door=_no_door, each=True)
        for _ in archive_sources(archive, [str(desk.sources)], ask):
            pass
        return archive.late


def killed_after(desk: Desk, seconds: float) -> bool:
    """Starts the work in a process of its own and kills it; whether it was still at it."""
    child = os.fork()
    if child == 0:
        try:
            work(desk)
        finally:
            os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def check(desk: Desk) -> None:
    """Every record is whole and its bytes are in the store as it says; no chain differs but for a torn last line."""
    for path in (desk.case / "evidence/items").glob("*.toml"):
        item = Item.read(path)
        for leaf in item.tree or (item,):
            desk.store.check(leaf.sha256 or "")
    for path in chains(desk.case).values():
        difference = first_difference(path)
        assert difference is None or difference.code == "torn", difference


def rounds(desk: Desk, kills: int, seed: int) -> int:
    """Kills the work again and again, new sources coming in all the while; gives how often it was hit."""
    chance, hits, number = random.Random(seed), 0, 0
    while hits < kills:
        for _ in range(6):
            number += 1
            desk.source(f"{number}.bin", chance.randbytes(chance.choice([10, 5_000, 300_000])))
        hits += killed_after(desk, chance.uniform(0.001, 0.06))
        check(desk)
    late = work(desk)
    check(desk)
    items, log = desk.items(), desk.log()
    assert len(items) == number
    assert {item.origin.file for item in items.values()} == {f"{one}.bin" for one in range(1, number + 1)}
    logged = [entry.subject for entry in log if entry.event is Event.COLLECTED]
    assert sorted(logged) == sorted(items)
    assert set(late) <= set(items)
    assert all(note.stat().st_size == 0 for note in (desk.case / FOLDER).iterdir())
    return sum(entry.note == LATE for entry in log)


def test_killed_at_random_moments(desk: Desk) -> None:
    """8 kills among everyday tests; each item is recorded and logged exactly once at the end."""
    rounds(desk, 8, seed=1)


@pytest.mark.slow
def test_killed_hundreds_of_times(desk: Desk) -> None:
    """300 kills."""
    late = rounds(desk, 300, seed=2)
    print(f"300 kills, {late} items logged late")


@pytest.mark.parametrize("moment", ["begin", "write", "log"])
def test_killed_between_two_steps(desk: Desk, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the record, between record and log, after the log: late entries are written once and say so."""
    desk.source("a.bin", b"hello")

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        target = {
            "begin": "dateline.evidence.item.Item.write",
            "write": "dateline.evidence.custody.Custody.log",
            "log": "dateline.evidence.known.Known.add",
        }[moment]
        patch.setattr(target, kill)
        with pytest.raises(Killed):
            work(desk)
    late = work(desk)
    ((name, _),) = desk.items().items()
    assert late == ((name,) if moment == "write" else ())
    assert [entry.note for entry in desk.log()] == [LATE if moment == "write" else None]
    assert work(desk) == ()


def test_two_programs_at_once(desk: Desk, tmp_path: Path) -> None:
    """Two archive into one case at the same time: every file once in the records, chains whole."""
    for number in range(40):
        desk.source(f"{number}.bin", b"x" * (number + 1))
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            try:
                work(desk)
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    check(desk)
    work(desk)
    assert len(desk.items()) == 40
    assert len({entry.subject for entry in desk.log()}) == 40


def test_a_disk_that_is_full(desk: Desk) -> None:
    """A real limit on the size of files: the command says so, exits 1, keeps what it had; afterwards it goes on."""
    desk.source("a.bin", b"small")
    desk.source("b.bin", bytes(3_000_000))
    script = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000));"
        "from dateline.cli.app import run; sys.exit(run(sys.argv[1:]))"
    )
    home = {"XDG_DATA_HOME": str(desk.store.root.parents[1]), "DATELINE_BY": "mk", "PATH": os.environ["PATH"]}
    arguments = ["archive", "--each", str(desk.sources), "--case", str(desk.case)]
    done = subprocess.run([sys.executable, "-c", script, *arguments], env=home, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout
    assert "The store cannot be written" in done.stderr
    check(desk)
    assert [item.name for item in desk.items().values()] == ["a.bin"]
    work(desk)
    assert len(desk.items()) == 2
    assert list((desk.store.root / "waiting").iterdir()) == []

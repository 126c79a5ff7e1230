"""Killed at any moment, and two at once: nothing half has a name, nothing is fetched twice, the next run goes on."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from tests.imagery.download.faulty import content
from tests.services.process import ROOT, running

from dateline.imagery.download import ledger
from dateline.imagery.download.unfinished import FOLDER

SIZE, COUNT = 400_000, 6


@pytest.fixture
def archive() -> Iterator[str]:
    with running("tests.imagery.download.faulty") as url:
        yield url


def start(archive: str, folder: Path, fault: str = "drip") -> subprocess.Popen[str]:
    """A run in its own process that has begun to work."""
    command = [
        sys.executable,
        "-m",
        "tests.imagery.download.getter",
        archive,
        str(folder),
        str(SIZE),
        str(COUNT),
        fault,
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def check_named(folder: Path) -> int:
    """Every file that has a name is whole and right; every entry of the ledger is of such a file. Their number."""
    named = sorted(folder.glob("*.h5"))
    for path in named:
        assert path.read_bytes() == content(path.name), f"{path.name} is not what the archive has"
    for name, entry in ledger.read(folder).items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry.sha256
    return len(named)


def asked(archive: str) -> list[dict[str, str]]:
    with urlopen(f"{archive}/log") as answer:
        found: list[dict[str, str]] = json.loads(answer.read())
        return found


def finish(archive: str, folder: Path) -> None:
    """A run that nobody kills: it also enters what a killed one had named and not entered."""
    process = start(archive, folder)
    process.communicate(timeout=60)
    assert process.returncode == 0


def kill_and_go_on(archive: str, folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kills runs at random moments, begins a new folder when one is done. Gives kills that hit, and ranges asked."""
    chance, hit, batch = random.Random(seed), 0, 0
    while hit < kills:
        place = folder / str(batch)
        process = start(archive, place)
        time.sleep(chance.uniform(0.0, 0.06))
        if process.poll() is None:
            process.kill()
            hit += 1
        process.communicate()
        if check_named(place) == COUNT:
            finish(archive, place)
            batch += 1
    for place in folder.iterdir():
        finish(archive, place)
        assert check_named(place) == COUNT
        assert len(ledger.read(place)) == COUNT
        assert not list((place / FOLDER).glob("*.part"))
        assert not list((place / FOLDER).glob("*.json"))
    return hit, sum(row["range"] is not None for row in asked(archive))


def test_killed_ten_times_it_goes_on_and_ends_right(archive: str, tmp_path: Path) -> None:
    """kill -9 at ten random moments: no half file ever has a name, parts are gone on with, the end is right."""
    hit, ranges = kill_and_go_on(archive, tmp_path, kills=10, seed=3)
    print(f"{hit} kills, {ranges} parts gone on with")
    assert ranges > 0


@pytest.mark.slow
def test_killed_two_hundred_times_it_goes_on_and_ends_right(archive: str, tmp_path: Path) -> None:
    """The same at 200 random moments."""
    hit, ranges = kill_and_go_on(archive, tmp_path, kills=200, seed=4)
    print(f"{hit} kills, {ranges} parts gone on with")
    assert hit == 200
    assert ranges > 20


def test_two_at_once_fetch_each_file_once(archive: str, tmp_path: Path) -> None:
    """Two processes with the same list in one folder: each file crosses the network once, both end well."""
    both = [start(archive, tmp_path) for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert check_named(tmp_path) == COUNT
    assert len(asked(archive)) == COUNT
    assert (tmp_path / ledger.NAME).read_bytes().count(b"\n") == COUNT

"""Many records are written together or not at all, however the program ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.ledger.source import Source
from dateline.ledger.together import FOLDER, finish, write_together

WRITER = """
import sys
from pathlib import Path
from dateline.ledger.source import Source
from dateline.ledger.together import write_together
write_together(Path(sys.argv[1]), [Source(id=f"s{n}", type="other", names={"en": str(n)}) for n in range(3000)])
"""


def many(count: int) -> list[Source]:
    """Sources of no importance."""
    return [Source(id=f"s{number}", type="other", names={"en": str(number)}) for number in range(count)]


@pytest.mark.parametrize("count", [0, 3, 70])
def test_new_records_are_there_and_nothing_else_is(rason: Path, count: int) -> None:
    """The case loads with them; nothing of the way there is left."""
    paths = write_together(rason, many(count))

    assert len(paths) == count
    assert all(path.is_file() for path in paths)
    assert {f"s{number}" for number in range(count)} <= Case.load(rason).sources.keys()
    assert not list((rason / FOLDER).glob("*"))


def test_nothing_is_written_where_one_is_there_already(rason: Path) -> None:
    """All or none, and no file of a person is touched."""
    (rason / "sources/s2.toml").write_text("mine")

    with pytest.raises(InputError, match="already has 1") as caught:
        write_together(rason, many(5))

    assert caught.value.code == "record-exists"
    assert (rason / "sources/s2.toml").read_text() == "mine"
    assert not (rason / "sources/s1.toml").exists()


def test_what_was_ready_is_put_in_place_and_what_was_not_is_cleared_away(rason: Path) -> None:
    """After a crash the next start finishes; a file that somebody wrote meanwhile wins."""
    for name, text in (("one.whole", "new"), ("two", "half")):
        (rason / FOLDER / name / "sources").mkdir(parents=True)
        (rason / FOLDER / name / "sources" / f"{text}.toml").write_text(text)
    (rason / FOLDER / "one.whole/sources/us-state.toml").write_text("another")
    before = (rason / "sources/us-state.toml").read_bytes()

    assert [path.name for path in finish(rason)] == ["new.toml"]
    assert (rason / "sources/us-state.toml").read_bytes() == before
    assert not (rason / "sources/half.toml").exists()
    assert not list((rason / FOLDER).glob("*"))


@pytest.mark.parametrize("after", [0.05, 0.2, 0.35])
def test_a_killed_writer_leaves_none_or_after_the_next_start_all(rason: Path, after: float) -> None:
    """kill -9 at any moment: never a part of them, never half a file."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(rason)])
    deadline = time.monotonic() + 20
    while not (rason / FOLDER).is_dir() and time.monotonic() < deadline and writer.poll() is None:
        time.sleep(0.005)
    time.sleep(after)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()

    finish(rason)
    there = list((rason / "sources").glob("s*.toml"))
    assert len(there) in {0, 3000}
    assert all(path.read_text().startswith("schema = 1") for path in there)

"""What people saw lies on the disk, once, whatever was killed, full or torn; and is never edited."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dateline.core.errors import InputError, RecordError
from dateline.ledger import observation_log
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import TORN, append, log_path, read, spelled


def mark(number: int, *, by: str = "ana", **told: Any) -> Observation:
    """One mark of a sitting."""
    given = {"id": f"s-{number}", "by": by, "at": "2024-05-01T10:00:00Z", "item": "crowd", "sitting": "s"}
    return Observation.model_validate({**given, "state": "present", "points": [[number, 2.5]], **told})


def lines(root: Path, who: str = "ana") -> list[Any]:
    """The log as a program without mercy reads it: every line whole."""
    text = log_path(root, who, "s").read_text()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def test_a_mark_is_saved_once(tmp_path: Path) -> None:
    """Sent again after a crash, alone, among others or twice in one go: one line; and only new ids are told."""
    assert append(tmp_path, "ana", "s", [mark(1), mark(2), mark(1)]) == ("s-1", "s-2")
    assert append(tmp_path, "ana", "s", [mark(2), mark(3)]) == ("s-3",)
    assert append(tmp_path, "ana", "s", []) == ()
    assert [line["id"] for line in lines(tmp_path)] == ["s-1", "s-2", "s-3"]
    assert Observation.model_validate(lines(tmp_path)[0]) == mark(1)


def test_an_id_with_other_contents_is_refused(tmp_path: Path) -> None:
    """What was seen is superseded, never edited: neither on the disk nor within one go; and nothing else is written."""
    append(tmp_path, "ana", "s", [mark(1)])
    for marks in ([mark(2), mark(1, state="absent")], [mark(4), mark(4, state="absent")]):
        with pytest.raises(InputError) as caught:
            append(tmp_path, "ana", "s", marks)
        assert caught.value.code == "observation-file"
    assert len(lines(tmp_path)) == 1


def test_nobody_writes_what_somebody_else_saw(tmp_path: Path) -> None:
    """A mark by another person is refused with the ones around it."""
    with pytest.raises(InputError, match="somebody else"):
        append(tmp_path, "ana", "s", [mark(1), mark(2, by="ben")])
    assert not (tmp_path / "observations").exists()


@pytest.mark.parametrize(
    "name", ["..", "../ben", "a/b", "", ".hidden", "a\x00b", "a" * 129, "/etc", "a\\b", "ä", "a\n"]
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    """Neither a person's name nor a sitting's can be a path."""
    for who, sitting in ((name, "s"), ("ana", name)):
        with pytest.raises(InputError) as caught:
            log_path(tmp_path, who, sitting)
        assert caught.value.code == "observation-file"


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    """A case folder that somebody sent may have links in it: nothing is written through them."""
    root, outside = tmp_path / "case", tmp_path / "outside"
    (root / "observations" / "ben").mkdir(parents=True)
    outside.mkdir()
    (root / "observations" / "ana").symlink_to(outside)
    (root / "observations" / "ben" / "s.jsonl").symlink_to(outside / "s.jsonl")
    for who in ("ana", "ben"):
        with pytest.raises(InputError) as caught:
            append(root, who, "s", [mark(1, by=who)])
        assert caught.value.code == "link-out"
    assert not list(outside.iterdir())


@given(cut=st.integers(1, 400))
def test_a_line_that_a_crash_cut_off_is_put_aside(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    """Wherever the file was cut: every later mark is saved, every whole one stays, what was torn is kept beside."""
    root = tmp_path_factory.mktemp("torn")
    append(root, "ana", "s", [mark(1, reason="naïve 눈"), mark(2, reason="눈 " * 40)])
    path = log_path(root, "ana", "s")
    whole = path.read_bytes()
    rest = whole[: max(1, len(whole) - cut)]
    path.write_bytes(rest)
    append(root, "ana", "s", [mark(1, reason="naïve 눈"), mark(2, reason="눈 " * 40), mark(3)])
    assert sorted(line["id"] for line in lines(root)) == ["s-1", "s-2", "s-3"]
    torn = rest.rpartition(b"\n")[2]
    kept = [one.read_bytes() for one in (root / TORN).glob("*")]
    assert kept == ([torn] if torn and not _is_whole(torn) else [])


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def test_a_whole_line_without_its_end_is_completed(tmp_path: Path) -> None:
    """Cut off between the line and its line feed: the mark is there, and the next one begins a line of its own."""
    path = log_path(tmp_path, "ana", "s")
    path.parent.mkdir(parents=True)
    path.write_text(spelled(mark(1)))
    assert append(tmp_path, "ana", "s", [mark(1), mark(2)]) == ("s-2",)
    assert [line["id"] for line in lines(tmp_path)] == ["s-1", "s-2"]
    assert not (tmp_path / TORN).exists()


def test_a_line_that_a_hand_has_broken_keeps_nobody_from_marking(tmp_path: Path) -> None:
    """The case names the fault; the marks of today are saved meanwhile, and the broken line is left as it is."""
    path = log_path(tmp_path, "ana", "s")
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"id": 3\n[]\n\xff\n' + spelled(mark(1)).encode() + b"\n")
    assert append(tmp_path, "ana", "s", [mark(1), mark(2)]) == ("s-2",)
    assert path.read_bytes().startswith(b'{"id": 3\n[]\n\xff\n')


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_told_in_three_parts(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a line may lie there then; nobody was told that it was saved, and the next time mends it."""
    append(tmp_path, "ana", "s", [mark(1)])
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        real(descriptor, data[:20])
        raise OSError(number, os.strerror(number), str(tmp_path))

    with monkeypatch.context() as patch:
        patch.setattr(observation_log.os, "write", full)
        with pytest.raises(InputError) as caught:
            append(tmp_path, "ana", "s", [mark(2)])
    assert caught.value.code == "not-saved"
    assert os.strerror(number) in caught.value.saw
    assert str(tmp_path) not in str(caught.value)
    assert append(tmp_path, "ana", "s", [mark(2)]) == ("s-2",)
    assert [line["id"] for line in lines(tmp_path)] == ["s-1", "s-2"]


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    """What lies where the folder should be is neither removed nor written over."""
    (tmp_path / "observations").write_text("mine")
    with pytest.raises(InputError) as caught:
        append(tmp_path, "ana", "s", [mark(1)])
    assert caught.value.code == "not-saved"
    assert (tmp_path / "observations").read_text() == "mine"


def test_what_is_told_to_be_saved_was_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the line was there already: a program that was killed may have written it and not waited."""
    synced: list[int] = []
    monkeypatch.setattr(observation_log.os, "fsync", synced.append)
    append(tmp_path, "ana", "s", [mark(1)])
    first = len(synced)
    append(tmp_path, "ana", "s", [mark(1)])
    assert first >= 1
    assert len(synced) > first


def test_a_browser_that_says_nonsense_is_told_every_fault() -> None:
    """Faults by key, without a traceback."""
    with pytest.raises(RecordError) as caught:
        read({"id": "../x", "state": "seen", "points": "no"}, file="observations/ana/s.jsonl")
    assert {fault.key for fault in caught.value.faults} >= {"id", "state", "by", "item"}


WRITER = """
import sys
from pathlib import Path
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append
root, number, end = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
while number < end:
    told = {"id": f"s-{number}", "by": "ana", "at": "2024-05-01T10:00:00Z", "item": "crowd", "sitting": "s"}
    append(root, "ana", "s", [Observation.model_validate({**told, "state": "present", "reason": "x" * 3000})])
    print(number, flush=True)
    number += 1
"""


def test_two_programs_at_once_lose_nothing(tmp_path: Path) -> None:
    """Two windows of one person, each with its own server: every mark is there, each once, each line whole."""
    ends = (("0", "25"), ("20", "45"))
    both = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), *end], stdout=subprocess.DEVNULL) for end in ends
    ]
    assert [one.wait(120) for one in both] == [0, 0]
    assert sorted(line["id"] for line in lines(tmp_path)) == sorted(f"s-{number}" for number in range(45))


def test_a_killed_program_has_kept_what_it_told(tmp_path: Path) -> None:
    """Killed in the middle of writing: what was told to be saved is in the file, and the next program goes on."""
    command = [sys.executable, "-c", WRITER, str(tmp_path), "0", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(12):
            told = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        for line in writer.stdout:
            told = int(line) if line.endswith("\n") else told
    append(tmp_path, "ana", "s", [mark(5000)])
    found = [line["id"] for line in lines(tmp_path)]
    assert found[: told + 1] == [f"s-{number}" for number in range(told + 1)]
    assert len(found) == len(set(found))
    assert found[-1] == "s-5000"

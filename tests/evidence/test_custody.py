"""The custody log: append-only, chained, mended after a crash, one writer at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from dateline.core import FixedClock, InputError
from dateline.core.identity import canonical_json, sha256_bytes
from dateline.evidence import custody as custody_module
from dateline.evidence.chain import (
    FIRST,
    LONGEST,
    Entry,
    Event,
    chains,
    first_difference,
    heads,
    leaves,
    parse,
    read_chain,
)
from dateline.evidence.custody import Custody, chain_name, machine_id
from dateline.evidence.item import Item

NOON = datetime(2024, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def log(case: Path, clock: FixedClock) -> Custody:
    return Custody(case, "mk.a1b2c3d4", "mk", clock, tool="dateline 0.1.0")


def filled(log: Custody, count: int) -> Path:
    for number in range(count):
        log.append(Event.ACCESSED, f"E-{number:04}", sha256="a" * 64)
    return log.path


def test_an_entry_is_one_line_bound_to_the_line_before(log: Custody, item: Item) -> None:
    """Sequence from 0, 64 zeros first, then the SHA-256 of the stored line; hashes of bytes and of the record."""
    first = log.log(Event.COLLECTED, item, note="from the desk's disk").entry
    second = log.append(Event.FROZEN, "events").entry
    lines = log.path.read_bytes().split(b"\n")
    assert lines[2:] == [b""]
    assert (first.seq, first.prev, second.seq) == (0, FIRST, 1)
    assert second.prev == sha256_bytes(lines[0])
    said = json.loads(lines[0])
    assert said == {
        "schema": 1,
        "chain": "mk.a1b2c3d4",
        "seq": 0,
        "prev": FIRST,
        "at": "2024-03-02T12:00:00.000Z",
        "event": "collected",
        "subject": item.id,
        "actor": "mk",
        "sha256": item.sha256,
        "meta_sha256": item.record_sha256(),
        "tool": "dateline 0.1.0",
        "note": "from the desk's disk",
        "salt": first.salt,
        "check": first.check,
    }
    assert first.salt is not None
    assert second.salt not in {None, first.salt}
    assert list(read_chain(log.path)) == [first, second]
    assert lines[0] == canonical_json(said)


def test_a_whole_chain_has_no_difference_and_its_head_stands_for_it(log: Custody, case: Path) -> None:
    """The head counts the entries and hashes the last line; the leaves are the stored lines in order."""
    path = filled(log, 5)
    Custody(case, "olena.ffff0000", "olena", log.clock).append(Event.EXPORTED, "bag")
    assert first_difference(path) is None
    last = path.read_bytes().splitlines()[-1]
    assert list(chains(case)) == list(heads(case)) == ["mk.a1b2c3d4", "olena.ffff0000"]
    assert heads(case)["mk.a1b2c3d4"].entries == 5
    assert heads(case)["mk.a1b2c3d4"].sha256 == sha256_bytes(last)
    found = list(leaves(case))
    assert [(leaf.chain, leaf.seq) for leaf in found] == [
        *(("mk.a1b2c3d4", n) for n in range(5)),
        ("olena.ffff0000", 0),
    ]
    assert found[4].line == last


def test_a_case_without_a_log_has_no_heads(case: Path) -> None:
    """An empty chain file has a head of no entries; no folder, no heads."""
    assert heads(case) == {}
    (case / "evidence" / "custody").mkdir(parents=True)
    (case / "evidence" / "custody" / "mk.jsonl").touch()
    assert heads(case)["mk"].sha256 == FIRST
    assert list(leaves(case)) == []


def test_every_random_fault_but_one_in_the_last_line_is_found_and_located(log: Custody) -> None:
    """Flip, drop, insert, double, swap: 400 seeded faults in 30 entries; each is found, at its line or the next."""
    path = filled(log, 30)
    good = path.read_bytes()
    lines = good.splitlines(keepends=True)
    ends = [sum(map(len, lines[: n + 1])) for n in range(30)]
    random = Random(20240302)
    for _ in range(400):
        at = random.randrange(ends[28])  # within the first 29 lines
        line = next(n for n, end in enumerate(ends) if at < end) + 1
        kind = random.choice(["flip", "cut", "insert", "drop line", "double line", "swap lines"])
        if kind == "flip":
            bad = good[:at] + bytes([good[at] ^ (1 << random.randrange(8))]) + good[at + 1 :]
        elif kind == "cut":
            bad = good[:at] + good[at + 1 :]
        elif kind == "insert":
            bad = good[:at] + b"x" + good[at:]
        else:
            some = lines.copy()
            if kind == "drop line":
                del some[line - 1]
            elif kind == "double line":
                some.insert(line - 1, some[line - 1])
            else:
                some[line - 1], some[line] = some[line], some[line - 1]
            bad = b"".join(some)
        path.write_bytes(bad)
        difference = first_difference(path)
        assert difference is not None, (kind, at)
        assert difference.line in {line, line + 1}, (kind, at, difference)
    path.write_bytes(good)
    assert first_difference(path) is None


def test_a_changed_line_is_named_and_not_the_one_after_it(log: Custody) -> None:
    """The line that fits neither neighbour is the one that was changed: in its words, or in its own link."""
    path = filled(log, 6)
    good = path.read_bytes()
    path.write_bytes(good.replace(b"E-0002", b"E-9992"))
    difference = first_difference(path)
    assert difference is not None
    assert (difference.code, difference.line) == ("changed", 3)
    assert "mk.a1b2c3d4.jsonl:3: changed" in str(difference)
    entry = list(map(json.loads, good.splitlines()))[3]
    path.write_bytes(good.replace(entry["prev"].encode(), b"0" * 64))
    difference = first_difference(path)
    assert difference is not None
    assert (difference.code, difference.line) == ("changed", 4)
    path.write_bytes(good.replace(FIRST.encode(), b"1" * 64))
    difference = first_difference(path)
    assert difference is not None
    assert (difference.code, difference.line) == ("changed", 1)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"chain":"mk.a1b2c3d4"', b'"chain":"ok.a1b2c3d4"', "foreign"),
        (b'"seq":0', b'"seq":7', "sequence"),
        (b'"seq":0', b'"seq":0.0', "unreadable"),
        (b'"seq":0', b'"seq": 0', "unreadable"),
        (b'"event":"accessed"', b'"event":"stolen"', "unreadable"),
        (b'"subject":"E-0000"', b'"subject":["E-0000"]', "unreadable"),
        (b'"subject":"E-0000"', b'"subject":"E-0000","surprise":"x"', "unreadable"),
        (b'"at":"2024-03-02T12:00:00.000Z"', b'"at":"yesterday"', "unreadable"),
        (b'"schema":1', b'"schema":2', "unreadable"),
        (b'"prev":"0', b'"prev":"1', "changed"),
    ],
)
def test_a_line_that_we_did_not_write_so_is_a_difference(log: Custody, old: bytes, new: bytes, code: str) -> None:
    """Another chain's entry, a wrong number, another spelling, unknown words: each has its code."""
    path = filled(log, 1)
    changed = path.read_bytes().replace(old, new)
    assert changed != path.read_bytes()
    path.write_bytes(changed)
    difference = first_difference(path)
    assert difference is not None
    assert (difference.code, difference.line) == (code, 1)
    with pytest.raises(InputError) as error:
        heads(log.case)
    assert error.value.code == "custody-broken"


@pytest.mark.parametrize("line", [b"[]", b"null", b"", b"{", b"[" * 100_000, b'{"event":"accessed"}', b"\xff"])
def test_what_is_no_entry_is_not_read_as_one(line: bytes) -> None:
    """Hostile lines are not entries, and do not crash the reader."""
    assert parse(line) is None


def test_a_line_without_end_is_not_read_into_memory(log: Custody) -> None:
    """A line of 10 MB is a difference after 64 KiB of it."""
    path = filled(log, 1)
    with path.open("ab") as stream:
        stream.write(b"x" * 10_000_000)
    difference = first_difference(path)
    assert difference is not None
    assert (difference.code, difference.line) == ("torn", 2)
    assert "65,536" in difference.found
    with pytest.raises(InputError) as error:
        log.append(Event.ACCESSED, "E")
    assert error.value.code == "custody-broken"
    assert path.stat().st_size > 10_000_000


@pytest.mark.parametrize("count", [1, 4])
def test_a_torn_last_line_is_cut_off_told_and_entered(log: Custody, count: int) -> None:
    """Torn at every byte: the next entry mends it, says so to the caller and to the log, and nothing whole is lost."""
    path = filled(log, count)
    good = path.read_bytes()
    start = good.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(start + 1, len(good) - 1, 37):
        path.write_bytes(good[:end])
        difference = first_difference(path)
        assert difference is not None
        assert (difference.code, difference.line) == ("torn", count)
        appended = log.append(Event.ACCESSED, "next")
        assert appended.mended is not None
        assert not appended.mended.kept
        assert appended.mended.bytes == end - start
        entries = list(read_chain(path))
        assert [entry.subject for entry in entries[count - 1 :]] == [path.name, "next"]
        assert entries[count - 1].event is Event.CORRECTED
        assert appended.mended.sha256 in str(entries[count - 1].note)


@pytest.mark.parametrize("count", [1, 4])
def test_a_last_line_that_lacks_only_its_end_is_completed(log: Custody, count: int) -> None:
    """All bytes of the entry are there: it is kept."""
    path = filled(log, count)
    path.write_bytes(path.read_bytes()[:-1])
    appended = log.append(Event.ACCESSED, "next")
    assert appended.mended is not None
    assert appended.mended.kept
    assert "completed" in str(appended.mended)
    assert [entry.seq for entry in read_chain(path)] == list(range(count + 2))


def test_a_crash_in_the_middle_of_a_write_is_survived(log: Custody, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half the bytes reach the disk and the program dies; the next one goes on."""
    path = filled(log, 2)

    def dies(path: Path, line: bytes) -> None:
        with path.open("ab") as stream:
            stream.write(line[: len(line) // 2])
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(custody_module, "_append_line", dies)
        with pytest.raises(KeyboardInterrupt):
            log.append(Event.ACCESSED, "lost")
    assert log.append(Event.ACCESSED, "next").mended is not None
    assert [entry.subject for entry in read_chain(path)] == ["E-0000", "E-0001", path.name, "next"]


@pytest.mark.parametrize("last", [b"not an entry\n", b""])
def test_nothing_is_appended_to_a_log_whose_end_is_not_ours(log: Custody, clock: FixedClock, last: bytes) -> None:
    """A broken last line, or another chain's file under our name, is left alone and told."""
    if last:
        path = filled(log, 1)
        path.write_bytes(path.read_bytes() + last)
    else:
        other = Custody(log.case, "other", "other", clock)
        filled(other, 1).rename(log.path)
    before = log.path.read_bytes()
    with pytest.raises(InputError) as error:
        log.append(Event.ACCESSED, "E")
    assert error.value.code == "custody-broken"
    assert log.path.read_bytes() == before


def test_two_threads_and_three_processes_write_one_unbroken_chain(log: Custody, user: Path) -> None:
    """Everybody's entries are there, in one sequence, whoever came first."""
    program = f"""
import platformdirs, pathlib
platformdirs.user_data_path = lambda name: pathlib.Path({str(user / "data")!r}) / name
from datetime import datetime, UTC
from dateline.core import FixedClock
from dateline.evidence.custody import Custody
from dateline.evidence.chain import Event
log = Custody(pathlib.Path({str(log.case)!r}), {log.who!r}, "mk", FixedClock(datetime(2024, 3, 2, tzinfo=UTC)))
for n in range(10):
    log.append(Event.ACCESSED, "process")
"""
    processes = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(3)]
    threads = [threading.Thread(target=filled, args=(log, 10)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(timeout=30) for process in processes] == [0, 0, 0]
    entries = list(read_chain(log.path))
    assert [entry.seq for entry in entries] == list(range(50))
    assert sum(entry.subject == "process" for entry in entries) == 30


def test_a_writer_killed_with_the_lock_does_not_keep_anybody_out(log: Custody, user: Path) -> None:
    """kill -9 in the middle of a write, lock in hand: the next writer goes on at once, and says what it mended."""
    filled(log, 1)
    program = f"""
import os, pathlib, platformdirs, signal
platformdirs.user_data_path = lambda name: pathlib.Path({str(user / "data")!r}) / name
from datetime import datetime, UTC
from dateline.core import FixedClock
from dateline.evidence import custody
from dateline.evidence.chain import Event
def dies(path, line):
    with path.open("ab") as stream:
        stream.write(line[:-20])
    os.kill(os.getpid(), signal.SIGKILL)
custody._append_line = dies
log = custody.Custody(pathlib.Path({str(log.case)!r}), {log.who!r}, "mk", FixedClock(datetime(2024, 3, 2, tzinfo=UTC)))
log.append(Event.ACCESSED, "lost")
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    mended = log.append(Event.ACCESSED, "next").mended
    assert mended is not None
    assert not mended.kept
    assert [entry.subject for entry in read_chain(log.path)] == ["E-0000", log.path.name, "next"]


def test_a_line_from_before_salts_and_checks_is_still_an_entry(log: Custody) -> None:
    """Old chains stay valid, byte for byte; new lines follow them."""
    old = Entry(
        chain=log.who, seq=0, prev=FIRST, at="2024-03-02T11:00:00.000Z", event=Event.ACCESSED, subject="E", actor="mk"
    )
    log.path.parent.mkdir(parents=True)
    log.path.write_bytes(old.line() + b"\n")
    assert b"salt" not in old.line()
    assert b"check" not in old.line()
    new = log.append(Event.ACCESSED, "F").entry
    assert list(read_chain(log.path)) == [old, new]
    assert new.salt is not None
    assert new.check is not None


def test_a_flip_in_the_last_line_is_found_without_a_seal(log: Custody) -> None:
    """In every byte of the last line, which no other line is bound to yet: its check finds it at its line."""
    path = filled(log, 2)
    good = path.read_bytes()
    start = good.index(b"\n") + 1
    for at in range(start, len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ (1 << at % 8)]) + good[at + 1 :])
        difference = first_difference(path)
        assert difference is not None, at
        assert difference.line == 2, at


def test_a_clock_that_goes_backwards_is_written_as_it_was(log: Custody, case: Path) -> None:
    """The order is that of the sequence; the time is what the machine said."""
    filled(log, 1)
    Custody(case, log.who, "mk", FixedClock(NOON - timedelta(days=1))).append(Event.ACCESSED, "E")
    assert [entry.at[:10] for entry in read_chain(log.path)] == ["2024-03-02", "2024-03-01"]


def test_an_entry_too_long_for_a_line_is_refused_whole(log: Custody) -> None:
    """Nothing of it is written."""
    with pytest.raises(InputError) as error:
        log.append(Event.CORRECTED, "E", note="x" * LONGEST)
    assert error.value.code == "custody-long"
    assert not log.path.exists()


@pytest.mark.parametrize("who", ["../mk", "mk@laptop", "", "Олена", "a/b"])
def test_a_chains_name_is_a_files_name(case: Path, clock: FixedClock, who: str) -> None:
    """What could leave the folder, or differ from machine to machine, cannot name a chain."""
    with pytest.raises(InputError) as error:
        Custody(case, who, "mk", clock)
    assert error.value.code == "custody-name"


def test_a_log_that_is_a_link_out_of_the_case_is_not_written(log: Custody, tmp_path: Path) -> None:
    """A case from somebody else cannot make us append to, or cut, another file."""
    outside = tmp_path / "authorized_keys"
    outside.write_bytes(b"a line without end")
    log.path.parent.mkdir(parents=True)
    log.path.symlink_to(outside)
    with pytest.raises(InputError) as error:
        log.append(Event.ACCESSED, "E")
    assert error.value.code == "link-out"
    assert outside.read_bytes() == b"a line without end"


def test_a_persons_chain_on_this_machine_keeps_its_name(user: Path) -> None:
    """A random word made once stands for the machine; the host's name is nowhere in it."""
    assert chain_name("mk") == chain_name("mk") == f"mk.{machine_id()}"
    assert len(machine_id()) == 8
    assert os.uname().nodename not in machine_id()
    with pytest.raises(InputError):
        chain_name("m/k")


def test_locks_lie_outside_the_case(log: Custody) -> None:
    """Nothing but the log itself is in the folder that goes to git."""
    path = filled(log, 2)
    assert [inside.name for inside in path.parent.iterdir()] == [path.name]

"""A case of 100,000 items: an audit and an archive of more take time in step with their work, and flat memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.evidence.filled_case import plain_item

from dateline.core.identity import sha256_bytes
from dateline.evidence.chain import FIRST, FOLDER, Entry, Event
from dateline.evidence.item import FOLDER as ITEMS
from dateline.ledger.skeleton import new_case

AUDIT = """
import json, resource, sys, time
from pathlib import Path
from datetime import datetime, UTC
from dateline.evidence.store import Store
from dateline.measure.audit import audit_case
case, store = Path(sys.argv[1]), Store(Path(sys.argv[2]))
calls = 0
def called(frame, event, argument):
    global calls
    calls += event in ("call", "c_call")
if sys.argv[3:] == ["calls"]:
    sys.setprofile(called)
started, count = time.process_time(), 0
for row in audit_case(case, now=datetime.now(UTC), find=store.find, quick=True):
    assert row.state == "same" or row.kind == "seals", row
    count += 1
sys.setprofile(None)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([calls or count, time.process_time() - started, peak]))
"""

ARCHIVE = """
import json, platformdirs, resource, sys, time
from pathlib import Path
case, root, count, turn = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
platformdirs.user_data_path = lambda name: root / "data" / name
from dateline.evidence.intake import Form
from dateline.evidence.item import Licence
from dateline.evidence.store import Store
from dateline.measure.archive import Archive
with Archive(case, by="mk", store=Store(root / "store")) as archive:
    pass
started = time.process_time()
with Archive(case, by="mk", store=Store(root / "store")) as archive:
    for number in range(count):
        path = root / "new.txt"
        path.write_text(f"{case} {turn} {number}")
        archive.file(path, Form(by="mk", licence=Licence(name="MIT")))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([count, time.process_time() - started, peak]))
"""


def grow(root: Path, count: int) -> Path:
    """A case of so many items with the same few bytes, and its log, written as the program would."""
    case = new_case(root / f"case-{count}", title="A", question="B", worldview="iso")
    data = b"the same few bytes"
    sha256 = sha256_bytes(data)
    place = root / "store" / "objects" / sha256[:2] / sha256[2:]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    model = plain_item("E-000000", sha256, len(data))
    text, prev = model.to_toml(), FIRST
    (case / FOLDER).mkdir(parents=True)
    with (case / FOLDER / "mk.jsonl").open("wb") as log:
        for number in range(count):
            name = f"E-{number:06}"
            record = text.replace("E-000000", name).encode()
            origin = model.origin.model_copy(update={"url": f"https://example.org/{name}"})
            item = model.model_copy(update={"id": name, "name": f"{name}.txt", "origin": origin})
            (case / ITEMS / f"{name}.toml").write_bytes(record)
            said = {"sha256": sha256, "meta_sha256": item.record_sha256(), "file_sha256": sha256_bytes(record)}
            at = "2024-03-02T12:00:00.000Z"
            entry = Entry(
                chain="mk", seq=number, prev=prev, at=at, event=Event.COLLECTED, subject=name, actor="mk", **said
            )
            line = entry.checked().line()
            log.write(line + b"\n")
            prev = sha256_bytes(line)
    return case


def ran(program: str, *arguments: object) -> tuple[int, float, float]:
    """Count, seconds and peak memory [MiB] of a program in a process of its own."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    count, seconds, peak = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return count, seconds, peak


def least(rounds: list[tuple[int, float, float]]) -> tuple[float, float]:
    """Seconds and memory of the round that was disturbed least."""
    return min(seconds for _, seconds, _ in rounds), min(peak for _, _, peak in rounds)


@pytest.mark.slow
def test_a_case_of_100_000_items_is_audited_and_grows_in_step(tmp_path: Path) -> None:
    """Ten times the items: a quick audit makes ten times the calls, to 1 %, in less than 40 MiB more.

    Work is counted and not timed: on a machine that others use too, the same audit takes twice the processor seconds
    from one minute to the next. The ceiling on time is there for what calls do not show: at ten times the items work
    that grows with the square takes 100 times as long. 1,000 more files into 100,000 items take at most twice what
    they take into 10,000, and less than 60 MiB more.
    """
    sizes = (10_000, 100_000)
    cases = {count: grow(tmp_path, count) for count in sizes}
    calls = {count: ran(AUDIT, cases[count], tmp_path / "store", "calls")[0] for count in sizes}
    rounds = range(3)
    audits = {count: [] for count in sizes}
    archives = {count: [] for count in sizes}
    for _ in rounds:
        for count in sizes:
            audits[count].append(ran(AUDIT, cases[count], tmp_path / "store"))
    for turn in rounds:
        for count in sizes:
            archives[count].append(ran(ARCHIVE, cases[count], tmp_path, 1000, turn))
    for count in sizes:
        print(f"{count:,} items: {calls[count] / count:.2f} calls an item")
        for what, found in (("quick audit", audits[count]), ("1,000 more archived", archives[count])):
            print(f"  {what}: {[(round(seconds, 1), round(peak)) for _, seconds, peak in found]} s, MiB")
    assert calls[100_000] / calls[10_000] == pytest.approx(10, rel=0.01)
    (short, low), (long, high) = (least(audits[count]) for count in sizes)
    assert long < 50 * short
    assert high - low < 40
    (short, low), (long, high) = (least(archives[count]) for count in sizes)
    assert long < 2 * short
    assert high - low < 60

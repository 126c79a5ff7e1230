"""A case of 10,000 claims: cold load with every check, a warm question, an index after 100 changes: ledger.py FOLDER.

The case is made up from a seed: 300 sources, 400 origins, chains, amounts, periods; half of the claims are retellings.
Cold: a process of its own, after the system was asked to forget the files. Warm: the case is loaded, and the question
was asked once before. All are seconds of the processor, so that neighbours on the machine do not count; the least of
the rounds counts. What people waited for the load stands beside it.
"""

from __future__ import annotations

import json
import os
import platform
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from dateline.core.quantity import Kind, Quantity
from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.citation import Citation
from dateline.ledger.claim import Claim, Link, Origin
from dateline.ledger.index import Index
from dateline.ledger.skeleton import new_case
from dateline.ledger.source import Source
from dateline.ledger.together import write_together
from dateline.measure.answer import Question
from dateline.measure.ask import ask, prepare
from dateline.measure.request import Request, Selection, asked_of, silent
from dateline.methods.catalogue import card, load
from dateline.methods.contract import Parameters

HERE = Path(__file__).resolve().parent
CLAIMS, CHANGED, ROUNDS = 10_000, 100, 3
MOST = {"cold load": 20.0, "warm question": 0.5, "index again": 1.0}
"""What each may take [s]."""

FIRST = date(2022, 9, 1)


def claims(count: int) -> list[Claim]:
    """Claims as a newsroom writes them, from a seed."""
    chance = random.Random(1)
    words = [f"word{number}" for number in range(3000)]
    made: list[Claim] = []
    for index in range(count):
        said = FIRST + timedelta(days=chance.randrange(900))
        low = float(chance.randrange(100, 20_000))
        made.append(
            Claim(
                id=f"C{index:05}",
                speaker=f"s{chance.randrange(300)}",
                said=When.on(said),
                stance="asserts",
                statement=" ".join(chance.choices(words, k=12)),
                quantity=Quantity(
                    text=f"more than {low:,.0f}", low=low, high=None, low_open=True, unit="container", kind=Kind.COUNT
                ),
                origin=Origin(
                    key=f"o{chance.randrange(400)}",
                    state=chance.choice([None, None, "US", "KR", "UA"]),
                    method=chance.choice(["intelligence", "documents", "own_imagery_analysis"]),
                    raw_material=chance.choice(["undisclosed", "imagery", f"set {chance.randrange(500)}"]),
                ),
                retells=f"C{chance.randrange(index):05}" if index > 10 and chance.random() < 0.5 else None,
                sources=(Citation(title="A page", url=f"https://example.org/{index}"),),
                chain=(
                    Link(who="A wire", how="names its source", read=True),
                    Link(who="An official", how="speaks", end=True),
                ),
                period=When(earliest=FIRST, latest=said, text="since September 2022", said=said, rule="since"),
            )
        )
    return made


def make(folder: Path) -> Path:
    """The case, made anew each time."""
    shutil.rmtree(folder, ignore_errors=True)
    root = new_case(folder, title="T", question="Q?", worldview="iso")
    sources = [Source(id=f"s{number}", type="government", names={"en": f"Speaker {number}"}) for number in range(300)]
    write_together(root, [*sources, *claims(CLAIMS)])
    return root


def forget(root: Path) -> None:
    """Asks the system to read the files from the disk the next time."""
    os.sync()
    for path in root.rglob("*.toml"):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def cold(root: Path) -> tuple[float, float]:
    """Seconds of a load in a process of its own, start of the program included; and those of the processor."""
    forget(root)
    code = f"from pathlib import Path; from dateline.ledger.case import Case; Case.load(Path({str(root)!r}))"
    before = os.times()
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, used


def question(case: Case) -> Request:
    """On how many origins do all of them rest?"""
    asked = card("independent_origins")
    roles = {"supporting": (Selection(records=tuple(case.claims.values())),)}
    given = Question(id="origins", text="?", card=asked, parameters=Parameters.of(asked, {}), asked=asked_of(roles))
    return Request(question=given, roles=roles, case=case)


def warm(case: Case) -> tuple[float, float]:
    """Seconds of the method on loaded claims, and of a whole finding with the hashes of all 10,000 inputs."""
    request = question(case)
    loaded = prepare(request).load(silent)
    run = load("independent_origins")

    def method() -> object:
        return run(loaded.inputs, request.question.parameters, rng=np.random.default_rng(1))

    return _least(method), _least(lambda: ask(question(case)))


def _least(job: Callable[[], object]) -> float:
    """The least of the rounds, once it was done before."""
    job()
    took = []
    for _ in range(ROUNDS):
        started = time.process_time()
        job()
        took.append(time.process_time() - started)
    return min(took)


def again(root: Path, case: Case) -> float:
    """Seconds until an index is current after 100 files changed, once the case is loaded."""
    took = []
    for turn in range(ROUNDS):
        Index.of(case).close()
        for name in list(case.claims)[:CHANGED]:
            path = root / case.paths[name]
            path.write_text(path.read_text(encoding="utf-8") + f"# turn {turn}\n", encoding="utf-8")
        case = Case.load(root)
        started = time.process_time()
        Index.of(case).close()
        took.append(time.process_time() - started)
    return min(took)


def main(folder: Path) -> int:
    """Measures, prints, writes results/ledger.json; 1 when a promise is broken."""
    root = make(folder / "claims")
    loads = [cold(root) for _ in range(ROUNDS)]
    case = Case.load(root)
    used = min(used for _, used in loads)
    query, finding = warm(case)
    seconds = {"cold load": used, "warm question": query, "index again": again(root, case)}
    promises = [
        {"text": f"{name}, {CLAIMS:,} claims: {took:.2f} s (at most {MOST[name]:g} s)", "kept": took <= MOST[name]}
        for name, took in seconds.items()
    ]
    machine = {"processors": os.cpu_count(), "python": platform.python_version(), "load": round(os.getloadavg()[0], 1)}
    told = {
        "machine": machine,
        "seconds": seconds,
        "waited_for_the_load": min(took for took, _ in loads),
        "warm_question_as_a_finding": finding,
        "promises": promises,
    }
    (HERE / "results" / "ledger.json").write_text(json.dumps(told, indent=2) + "\n")
    for promise in promises:
        print(f"{'kept  ' if promise['kept'] else 'BROKEN'}  {promise['text']}")
    print(
        f"        the load was waited for {told['waited_for_the_load']:.2f} s; the answer as a finding: {finding:.2f} s"
    )
    return 0 if all(promise["kept"] for promise in promises) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

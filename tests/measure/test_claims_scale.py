"""A case of 10,000 claims loads, answers and is indexed again in the time that people wait; three times the room."""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from dateline.core.when import When
from dateline.ledger.case import Case
from dateline.ledger.claim import Claim, Link, Origin
from dateline.ledger.index import Index
from dateline.ledger.skeleton import new_case
from dateline.ledger.source import Source
from dateline.ledger.together import write_together
from dateline.measure.answer import Question
from dateline.measure.ask import ask
from dateline.measure.request import Request, Selection, asked_of
from dateline.methods.catalogue import card
from dateline.methods.contract import Parameters

CHANGED = 100


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 sources, 400 origins, 10,000 claims of which half repeat another."""
    chance = random.Random(1)
    made = [
        Claim(
            id=f"C{index:05}",
            speaker=f"s{chance.randrange(300)}",
            said=When.on(date(2022, 9, 1) + timedelta(days=chance.randrange(900))),
            stance="asserts",
            statement=" ".join(f"w{chance.randrange(3000)}" for _ in range(12)),
            origin=Origin(key=f"o{chance.randrange(400)}", state=chance.choice([None, "US", "KR"]), method="documents"),
            retells=f"C{chance.randrange(index):05}" if index > 10 and chance.random() < 0.5 else None,
            chain=(Link(who="a wire", how="quotes", read=True), Link(who="an official", how="speaks", end=True)),
        )
        for index in range(10_000)
    ]
    folder = new_case(tmp_path_factory.mktemp("scale") / "c", title="T", question="Q?", worldview="iso")
    sources = [Source(id=f"s{number}", type="government", names={"en": f"S {number}"}) for number in range(300)]
    write_together(folder, [*sources, *made])
    return folder


def spent(began: float) -> float:
    """Seconds of the processor since then: neighbours on the machine hardly count."""
    return time.process_time() - began


@pytest.mark.slow
def test_ten_thousand_claims_load_answer_and_are_indexed_again_quickly(root: Path) -> None:
    """Meant without neighbours: 20 s to load with every check, 0.5 s for a warm question, 1 s for 100 changed files."""
    began = time.process_time()
    case = Case.load(root)
    assert spent(began) < 20  # [s]; 4 on a busy core of the machine it was written on

    asked = card("independent_origins")
    roles = {"supporting": (Selection(records=tuple(case.claims.values())),)}
    given = Question(id="origins", text="?", card=asked, parameters=Parameters.of(asked, {}), asked=asked_of(roles))
    ask(Request(question=given, roles=roles, case=case))
    began = time.process_time()
    finding, _ = ask(Request(question=given, roles=roles, case=case))
    assert finding.values["statements"] == 10_000
    assert spent(began) < 1.5  # [s]; 0.5

    Index.of(case).close()
    for name in list(case.claims)[:CHANGED]:
        path = root / case.paths[name]
        path.write_text(path.read_text(encoding="utf-8") + "# seen\n", encoding="utf-8")
    changed = Case.load(root)
    began = time.process_time()
    with Index.of(changed) as index:
        assert index.kinds()["claim"] == 10_000
    assert spent(began) < 3  # [s]; 0.1

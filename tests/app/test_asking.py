"""A question that a screen asks is kept as a measure in one way, whichever screen asks it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dateline.app.asking import as_json, ask_live, free_id, keep, kept, measure_of
from dateline.app.desk import Desk
from dateline.core.errors import DatelineError, InputError, RecordError, UsageError
from dateline.evidence.chain import Event
from dateline.ledger.measure import Measure
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append
from dateline.measure.looks import log_of

SITTING = "count-whole-20261122-0123abcd-fox"


def asked(name: str, *, item: str = "crowd", who: str = "fox") -> Measure:
    """How many people fox counted on the picture."""
    inputs = {"marks": {"observations": [who], "question": "people"}, "image": {"items": [item]}}
    return measure_of(name, "counting", inputs=inputs, parameters={"what": "people"})


@pytest.fixture
def counted(desk: Path) -> Desk:
    """The case with three marks that fox has submitted."""
    told: dict[str, Any] = {"by": "fox", "at": datetime(2026, 11, 22, 12, tzinfo=UTC), "item": "crowd"}
    told |= {"question": "people", "sitting": SITTING, "area": (0, 0, 300, 200)}
    marks = [Observation(id=f"{SITTING}-{n}", state="present", points=((n, n),), **told) for n in (40, 90, 150)]
    end = Observation(id=f"{SITTING}-end", state="present", submitted=True, **told)
    append(desk, "fox", SITTING, [*marks, end])
    return Desk(desk, 0)


def test_a_kept_question_has_the_live_answer_and_its_first_look_is_logged(counted: Desk) -> None:
    """The finding is on the disk, in the words of the live one; custody says who looked first."""
    live = ask_live(counted.case(), asked("live"))
    made = keep(counted, asked("people"), by="Ana")
    assert made.error is None
    assert made.finding is not None
    assert made.finding.statement == live.statement
    case = counted.case()
    again = kept(case, "people")
    assert again is not None
    assert again.finding is not None
    assert again.finding.input_key == made.finding.input_key
    assert kept(case, "nothing") is None
    looks = [entry for entry in log_of(case) if entry.event is Event.ACCESSED]
    assert [(entry.subject, entry.actor) for entry in looks] == [("crowd", "Ana")]
    told = made.to_json()
    assert told["finding"] == as_json(made.finding)
    assert told["finding"]["sentence"] == live.statement.en


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", ".", "x" * 200, "Ольга", "crowd/../../x"])
def test_what_is_no_id_is_refused_in_three_parts(name: str) -> None:
    """And never a failure of the program, on whatever screen it was typed."""
    with pytest.raises(UsageError) as error:
        asked(name)
    assert error.value.code == "measure"
    assert error.value.do


def test_a_name_that_is_taken_is_refused_and_nothing_is_written(counted: Desk) -> None:
    """By a measure, by another record whatever its capital letters; so that the case can still be read."""
    keep(counted, asked("people"), by="fox")
    before = (counted.root / "measures/people.toml").read_bytes()
    with pytest.raises(InputError) as taken:
        keep(counted, asked("people", who="ben"), by="ben")
    with pytest.raises(RecordError):
        keep(counted, asked("crowd"), by="fox")
    assert taken.value.code == "record-exists"
    assert (counted.root / "measures/people.toml").read_bytes() == before
    assert list((counted.root / "measures").iterdir()) == [counted.root / "measures/people.toml"]
    assert free_id(counted.case(), "people") == "people-2"
    assert free_id(counted.case(), "CROWD") == "CROWD-2"


def test_of_two_people_who_keep_one_name_at_once_one_does(counted: Desk) -> None:
    """The other is told; no half of a file is left."""

    def try_it(who: str) -> str:
        try:
            return str(keep(counted, asked("people"), by=who).id)
        except DatelineError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(try_it, ["ana", "ben", "cid", "dot"]))
    assert said == ["people", "record-exists", "record-exists", "record-exists"]


def test_a_measure_that_cannot_be_computed_stays_and_says_why(counted: Desk) -> None:
    """Bytes that are not here: the question is kept, the answer is missing, and both are said."""
    for path in (counted.root.parent / "data").rglob("*"):
        if path.is_file() and path.stat().st_size == (counted.root.parent / "crowd.png").stat().st_size:
            path.unlink()
    for path in (counted.root / ".dateline").rglob("crowd.png"):
        path.unlink()
    made = keep(counted, asked("people"), by="fox")
    assert made.finding is None
    assert made.error is not None
    assert made.to_json()["error"]["code"] == made.error.code == "missing-bytes"
    assert "people" in counted.case().measures

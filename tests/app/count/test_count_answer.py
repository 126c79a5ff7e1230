"""What submitted counts mean: the question asked of `counting`, gold tiles, plots, second counts, claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.app.conftest import crowd, put
from tests.app.count.count_desk import DOTS, counted_by, seen_by

from dateline.app.asking import try_live
from dateline.app.screens.count.answer import Asked, measure_for, rates, rows, spots, submitted
from dateline.app.screens.count.plan import Plan, drawn, grid
from dateline.app.screens.count.sittings import of_one, open_one, replaced, sittings
from dateline.ledger.case import Case
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append

SIZE = (960, 640)
ASKED = Asked(item="field", question="people")
TILES, BLIND = Plan(side=128), Plan(side=128, blind=True)


@pytest.fixture
def field(desk: Path) -> tuple[Path, list[tuple[float, float]]]:
    """The desk with a picture `field`, 960 by 640 px, and where its 200 dots are."""
    rng = np.random.default_rng(5)
    dots = [(float(int(x)), float(int(y))) for x, y in rng.uniform((5, 5), (955, 635), (200, 2))]
    put(desk, "field", crowd(SIZE, tuple((int(x), int(y)) for x, y in dots)))
    return desk, dots


def count(root: Path, who: str, points: Any, plan: Plan = BLIND, **more: Any) -> str:
    return counted_by(root, who, points, plan=plan, size=SIZE, item="field", **more)


def asked_of(root: Path, asked: Asked = ASKED) -> Any:
    case = Case.load(root)
    finding, error = try_live(case, measure_for(case, asked, size=SIZE))
    assert error is None, error
    return finding


def test_tiles_that_were_checked_correct_the_count_and_rate_the_people(field: Any) -> None:
    """Two blind counts and a random sample of checked tiles: a corrected number; each one's hits and false marks."""
    root, dots = field
    count(root, "ana", seen_by(dots, share=0.9, seed=1, size=SIZE))
    count(root, "ben", [*seen_by(dots, share=0.8, seed=2, size=SIZE), (1.0, 1.0)])
    plan = Plan(side=128, sample=12, checked=True)
    count(root, "chef", dots, plan)
    finding = asked_of(root)
    assert finding.result == "counted"
    assert finding.parameters["drawn"] == "random"
    assert finding.estimates["count"].low <= 200 <= finding.estimates["count"].high
    case = Case.load(root)
    marks = submitted(case, item="field", question="people")
    found, _ = spots(marks, gate=finding.values["gate"]["used"])
    ana, ben = rows(marks, found, rates(case, ASKED, finding))
    content = case.items["field"].content or ""
    gold = [tile.area for tile in drawn(grid(*SIZE, 128), 12, (content, "people", "128"))]
    there = sum(any(x <= a < x + w and y <= b < y + h for x, y, w, h in gold) for a, b in dots)
    assert ana.of == ben.of == there
    assert ana.false <= 5  # a mark beside an edge may fall into the next tile
    assert 0.7 * there < ana.found <= there
    assert ana.shared + ana.alone == ana.marks


def test_tiles_drawn_at_random_stand_for_the_whole(field: Any) -> None:
    """A sample of tiles is expanded to all of them, with an interval; nobody reads the sample's sum as the whole."""
    root, dots = field
    plan = Plan(side=128, sample=20, blind=True)
    count(root, "ana", dots, plan)
    count(root, "chef", dots, Plan(side=128, sample=12, blind=True, checked=True))
    finding = asked_of(root)
    assert finding.parameters["tiles"] == len(grid(*SIZE, 128))
    estimate = finding.estimates["count"]
    assert estimate.low < 200 < estimate.high
    people = rates(Case.load(root), ASKED, finding)
    assert people["ana"]["found"] == people["ana"]["of"] > 0
    assert asked_of(root, Asked(item="field", question="people", plots="ana")).estimates["count"].n == 20


def test_a_second_count_replaces_the_first(field: Any) -> None:
    """Who counts again takes the first count back: it is not counted twice, and it is not gone on with."""
    root, dots = field
    first = count(root, "ana", dots[:150])
    found = of_one(sittings(Case.load(root)), item="field", question="people")
    second = count(root, "ana", dots, TILES)
    (end,) = replaced(found, who="ana", sitting=second, checked=False)
    told = {"id": f"{second}-back", "by": "ana", "at": "2026-11-23T12:00:00Z", "item": "field", "sitting": second}
    append(root, "ana", second, [Observation.model_validate({**told, "state": "withdrawn", "supersedes": end})])
    case = Case.load(root)
    assert asked_of(root).statement.args["count"] == "200"
    assert {one.id: one.taken_back for one in sittings(case)} == {first: True, second: False}
    assert open_one(sittings(case), who="ana", checked=False) is None


def test_two_questions_on_one_picture_do_not_mix(field: Any) -> None:
    """Huts and people of one picture are two counts; a sitting that is not ended is none."""
    root, dots = field
    count(root, "ana", dots[:7], question="huts")
    count(root, "ana", dots)
    count(root, "ben", dots, submit=False)
    assert asked_of(root).statement.args["count"] == "200"
    assert asked_of(root, Asked(item="field", question="huts")).statement.args["count"] == "7"


@pytest.mark.parametrize("dots", [DOTS[:1], ()])
def test_one_object_or_none(desk: Path, dots: Any) -> None:
    """Two people who found one thing, or nothing at all, get an answer and no made-up interval."""
    for who in ("ana", "ben"):
        counted_by(desk, who, dots, plan=BLIND, size=(300, 200))
    case = Case.load(desk)
    finding, error = try_live(case, measure_for(case, Asked(item="crowd", question="people"), size=(300, 200)))
    assert error is None
    assert finding is not None
    assert finding.result == "cannot tell"
    assert "count" not in finding.estimates


def test_they_said_we_counted(field: Any) -> None:
    """The issuer's number and its own marks stand beside ours, and are in no number of ours."""
    root, dots = field
    for who, seed in (("ana", 1), ("ben", 2)):
        count(root, who, seen_by(dots, share=0.9, seed=seed, size=SIZE))
    path = root.parent / "theirs.csv"
    path.write_text("image,by,x,y\n" + "".join(f"field.png,ministry,{x},{y}\n" for x, y in (*dots[:30], (3, 3))))
    from dateline.measure.archive import archive_file

    archive_file(root, path, item="theirs", by="desk", licence="own", publish="yes")
    plain = asked_of(root)
    asked = Asked(item="field", question="people", said="about 600", said_by="the ministry", issuer="theirs")
    finding = asked_of(root, asked)
    assert finding.estimates == plain.estimates
    assert "The ministry said “about 600”, more than was counted here." in finding.statement.en
    (row,) = finding.values["they_marked"]
    assert row["marks"] == 31
    assert 20 <= row["on_ours"] <= 30


def test_tiles_that_could_not_be_judged_are_no_empty_ones(field: Any) -> None:
    """“Cannot tell” on tiles of a sample: the number is of the rest of the picture, and the sentence says so."""
    root, dots = field
    name = count(root, "ana", dots, Plan(side=128, sample=20, blind=True))
    whole = asked_of(root)
    case = Case.load(root)
    content = case.items["field"].content or ""
    gone = [tile.name for tile in drawn(grid(*SIZE, 128), 20, (content, "people", "128"))][:5]
    marks = [mark for mark in case.observations.values() if mark.tile in gone and mark.by == "ana"]
    changed = {"points": (), "state": "not_discernible", "reason": "glare"}
    append(root, "ana", name, [
        mark.model_copy(update={**changed, "id": f"{mark.id}-x", "supersedes": mark.id}) for mark in marks
    ])  # fmt: skip
    finding = asked_of(root)
    assert finding.parameters["tiles"] == round(len(grid(*SIZE, 128)) * 15 / 20)
    assert "On 5 of 20 tiles it could not be told" in finding.statement.en
    assert "not-seen" in {note.code for note in finding.caveats}
    assert finding.estimates["count"].best < whole.estimates["count"].best
    assert "could not be told" not in whole.statement.en


def test_a_line_drawn_on_the_picture_is_no_count_of_another_thing(field: Any) -> None:
    """Landmarks, shifts and lines of the same person on the same picture do not change the answer, nor its inputs."""
    root, dots = field
    count(root, "ana", dots)
    before = asked_of(root)
    told = {"by": "ana", "at": "2026-03-01T10:00:00Z", "item": "field", "state": "present", "question": "the shed"}
    drawings: list[dict[str, Any]] = [
        {"id": "d1", "lines": [[(0, 0), (50, 0)]], "line_names": ["shadow"]},
        {"id": "d2", "matches": [{"x": 1.0, "y": 1.0, "lon": 37.0, "lat": 48.0}]},
    ]
    append(root, "ana", "match-one", [Observation.model_validate(told | one) for one in drawings])
    measure = measure_for(Case.load(root), ASKED, size=SIZE)
    asked = {"inputs": {role: tuple(one.model_copy(update={"question": None}) for one in given)
                        for role, given in measure.inputs.items()}}  # fmt: skip
    bare = measure.model_copy(update=asked)
    after, error = try_live(Case.load(root), bare)
    assert error is None
    assert after is not None
    assert after.statement == before.statement
    assert [ref for ref in after.inputs if ref.kind == "observations"] == [
        ref for ref in before.inputs if ref.kind == "observations"
    ]


@pytest.mark.parametrize("again", [BLIND, Plan(side=256, blind=True), Plan(blind=True)])
def test_two_ended_counts_of_one_person_never_add_up(field: Any, again: Plan) -> None:
    """Counted on two computers and joined later, by one grid or two: refused with both names, and no object is two."""
    root, dots = field
    count(root, "ana", dots)
    log = root / "observations/ana"
    (first,) = log.iterdir()
    kept = first.read_bytes()
    first.unlink()  # the other computer does not know of it
    count(root, "ana", dots, again)
    first.write_bytes(kept)
    case = Case.load(root)
    _, error = try_live(case, measure_for(case, ASKED, size=SIZE))
    assert error is not None
    assert error.code == "same-tile-twice"

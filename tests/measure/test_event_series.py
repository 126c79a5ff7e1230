"""A case's series and its events, gathered for event_study, with what custody says of the list."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from dateline.core.clock import FixedClock
from dateline.core.errors import InputError, UsageError
from dateline.evidence.chain import Event as Logged
from dateline.evidence.custody import Custody
from dateline.imagery.tables import ZonalSeries
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, Note, Series, Statement
from dateline.measure.ask import ask
from dateline.measure.gather.event_series import prepare, series_of
from dateline.measure.request import Request, from_measure, silent
from dateline.methods.catalogue import load
from dateline.methods.event_study.listing import Listed, Registration, list_sha256

HEAD = 'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\nexercise = {exercise}\n'
EVENT = (
    'schema = 1\nid = "{id}"\ntitle = "{id}"\nwhen = "{when}"\nkind = "reported"\nsources = [{{ source = "desk" }}]\n'
)
SOURCE = 'schema = 1\nid = "desk"\ntype = "outlet"\n\n[names]\nen = "A desk"\n'
MEASURE = (
    'schema = 1\nid = "study"\nmethod = "event_study"\nlevel = 0.95\n\n[parameters]\nwhat = "number of trains"\n'
    "draws = 199\n{more}\n[inputs]\n{inputs}\n"
)
TABLE = 'series = {{ table = "{name}", columns = {{ date = "month", value = "trains", unit = "trains" }} }}\n'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with seven years of trains that double in January 2017, and two events."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    folder = tmp_path / "case"
    for name in ("events", "measures", "claims", "sources"):
        (folder / name).mkdir(parents=True)
    write(folder)
    rng = np.random.default_rng(4)
    rows = [
        f"{2013 + at // 12}-{at % 12 + 1:02},{20 + rng.standard_normal() + 20 * (at >= 48):.3f}" for at in range(84)
    ]
    for name in ("trains.csv", "trains.simulated.csv"):
        (folder / name).write_text("month,trains\n" + "\n".join(rows) + "\n")
    return folder


def write(folder: Path, *, exercise: bool = False, inputs: str = "", more: str = "", table: str = "trains.csv") -> None:
    """The records of the case."""
    (folder / "case.toml").write_text(HEAD.format(exercise=str(exercise).lower()))
    for name, when in (("opening", "2017-01"), ("visit", "2015-03")):
        (folder / "events" / f"{name}.toml").write_text(EVENT.format(id=name, when=when))
    (folder / "sources" / "desk.toml").write_text(SOURCE)
    given = TABLE.format(name=table) + (inputs or 'events = { events = ["opening", "visit"] }')
    (folder / "measures" / "study.toml").write_text(MEASURE.format(more=more, inputs=given))


def request(folder: Path) -> Request:
    """The measure as a request."""
    case = Case.load(folder)
    return from_measure(case, case.measures["study"])


def test_series_and_events_of_a_case_are_gathered_and_studied(root: Path) -> None:
    """Months from the table, events from the records, and the method's answer for each of them."""
    asked = request(root)
    loaded = prepare(asked).load(silent)
    assert loaded.inputs.one("series", ZonalSeries).total.shape == (84, 1)
    assert [one.id for one in loaded.inputs.many("events", Listed)] == ["opening", "visit"]
    outcome = load("event_study")(loaded.inputs, asked.question.parameters, rng=np.random.default_rng(1))
    assert outcome.places["opening"].result == "rise"
    assert outcome.places["visit"].result == "no change beyond its usual"
    finding, _ = ask(asked)
    assert finding.result == "mixed"
    assert {ref.id for ref in finding.inputs if ref.role == "events"} == {"opening", "visit"}


def test_a_measure_with_events_in_one_line_makes_a_finding(root: Path) -> None:
    """Without event records, by `dates` alone: a finding with its sentence, not pre-registered."""
    write(root, more='dates = "opening of the line = 2017-01"', inputs="\n")
    finding, _ = ask(request(root))
    assert finding.result == "rise"
    assert "number of trains rises in the same month as opening of the line" in finding.statement.en
    assert finding.values["pre_registered"] is False
    assert any(ref.role == "registration" for ref in finding.inputs)


def freeze(folder: Path, day: int, *names: str) -> None:
    """Log that these event records were frozen on a day of March 2024."""
    case = Case.load(folder)
    for name in names:
        log(folder, day).append(Logged.FROZEN, case.paths[name], meta_sha256=case.events[name].sha256())


def log(folder: Path, day: int) -> Custody:
    """The chain of one person, at noon of a day of March 2024."""
    return Custody(folder, "ana.1", "ana", FixedClock(datetime(2024, 3, day, 12, tzinfo=UTC)))


def registration(folder: Path) -> Registration:
    """What the gatherer makes of the log."""
    return prepare(request(folder)).load(silent).inputs.one("registration", Registration)


def test_a_list_frozen_before_the_series_was_opened(root: Path) -> None:
    """All events frozen on the 1st and 2nd, the table opened on the 5th: frozen on the 2nd, before."""
    freeze(root, 1, "opening")
    assert registration(root).frozen is None
    freeze(root, 2, "visit")
    assert not registration(root).before
    log(root, 5).append(Logged.ACCESSED, "trains.csv")
    found = registration(root)
    assert (found.frozen, found.opened) == (
        datetime(2024, 3, 2, 12, tzinfo=UTC),
        datetime(2024, 3, 5, 12, tzinfo=UTC),
    )
    assert found.before


def test_a_series_opened_first_is_not_pre_registered(root: Path) -> None:
    """The table's bytes were opened on the 1st, under whatever name; the list was frozen on the 2nd."""
    from dateline.core.identity import sha256_file

    log(root, 1).append(Logged.ACCESSED, "E-1", sha256=sha256_file(root / "trains.csv"))
    freeze(root, 2, "opening", "visit")
    assert not registration(root).before


def test_an_event_changed_after_freezing_is_not_the_frozen_one(root: Path) -> None:
    """The date is moved by a month: no record says that this list was frozen."""
    freeze(root, 1, "opening", "visit")
    path = root / "events" / "opening.toml"
    path.write_text(path.read_text().replace("2017-01", "2017-02"))
    assert registration(root).frozen is None


def test_a_list_frozen_as_a_whole(root: Path) -> None:
    """One entry with the list's hash does as well; a series collected only later was not opened before."""
    events = prepare(request(root)).load(silent).inputs.many("events", Listed)
    log(root, 1).append(Logged.FROZEN, "events", sha256=list_sha256(events))
    log(root, 3).append(Logged.COLLECTED, "trains.csv")
    assert registration(root).before


def test_a_frozen_event_that_is_left_out_is_named(root: Path) -> None:
    """Both were frozen, one is tested."""
    freeze(root, 1, "opening", "visit")
    write(root, inputs='events = { events = ["opening"] }')
    assert registration(root).left_out == ("visit",)


def test_a_new_line_in_the_log_changes_the_question(root: Path) -> None:
    """The finding says whether the list was frozen, so a finding from before the freezing is stale."""
    before = {(ref.role, ref.sha256) for ref in prepare(request(root)).refs}
    freeze(root, 1, "opening", "visit")
    after = {(ref.role, ref.sha256) for ref in prepare(request(root)).refs}
    assert {role for role, _ in before ^ after} == {"registration"}


def test_simulated_tables_are_marked_look_by_look(root: Path) -> None:
    """In an exercise the events are invented and the study runs; written in `dates` as real ones, it is refused."""
    write(root, exercise=True, table="trains.simulated.csv")
    asked = request(root)
    prepared = prepare(asked)
    inputs = prepared.load(silent).inputs
    assert prepared.simulated
    assert all(look.simulated for look in inputs.one("series", ZonalSeries).looks)
    assert all(one.invented for one in inputs.many("events", Listed))
    study = load("event_study")
    assert study(inputs, asked.question.parameters, rng=np.random.default_rng(1)).result == "mixed"
    write(root, exercise=True, table="trains.simulated.csv", more='dates = "war = 2014-02"')
    again = request(root)
    refused = study(prepare(again).load(silent).inputs, again.question.parameters, rng=np.random.default_rng(1))
    assert [note.code for note in refused.reasons] == ["simulated-real"]


def finding(rows: list[dict[str, object]]) -> Finding:
    """A finding with these looks."""
    return Finding(
        schema=1,
        id="light",
        method="lights_trend",
        method_version="1",
        question="?",
        result="rise",
        reasons=[Note(code="x", text="x")],
        statement=Statement(key="lights_trend.rise", en="…"),
        series=Series(rows=rows),
        input_key="0",
    )


def test_a_findings_looks_become_a_series() -> None:
    """Used values count; what was seen on too few nights, or not at all, is a gap and never a zero."""
    rows: list[dict[str, object]] = [
        {"place": "port", "when": "2013-01", "value": 4.0, "state": "used"},
        {"place": "port", "when": "2013-02", "value": 3.0, "state": "too few nights"},
        {"place": "port", "when": "2013-03", "value": None, "state": "not observed"},
        {"place": "town", "when": "2013-03", "value": "7.5", "state": "dark"},
    ]
    made = series_of(finding(rows), rows)
    assert made.places == ("port", "town")
    assert [look.when.edtf() for look in made.looks] == ["2013-01", "2013-02", "2013-03"]
    assert np.isnan(made.mean()).tolist() == [[False, True], [True, True], [True, False]]
    assert made.mean()[2, 1] == 7.5
    with pytest.raises(InputError) as error:
        series_of(finding([]), [{"place": "port", "ratio": 1.0}])
    assert error.value.code == "finding-series"


def test_one_series_and_no_more(root: Path) -> None:
    """Neither a table nor a finding, or events where there is no case: each says what to give."""
    asked = request(root)
    without = Request(question=asked.question, roles={}, case=asked.case)
    with pytest.raises(UsageError) as error:
        prepare(without)
    assert error.value.code == "series"

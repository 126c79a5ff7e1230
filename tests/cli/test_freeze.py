"""Events are frozen before a series is opened, or the page says that they were not: the commands, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from dateline.cli.app import run
from dateline.evidence.chain import Event, chains, read_chain
from dateline.ledger.case import Case
from dateline.measure.frozen import standing
from dateline.story.check import reading_of
from dateline.story.parse import parse
from dateline.story.render import render

RECORDS = {
    "case.toml": 'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\n',
    "sources/desk.toml": 'schema = 1\nid = "desk"\ntype = "outlet"\nnames = {en = "A desk"}\n',
    "measures/study.toml": 'schema = 1\nid = "study"\nmethod = "event_study"\nlevel = 0.95\n\n'
    '[parameters]\nwhat = "number of trains"\ndraws = 199\n\n[inputs]\nevents = {events = ["opening", "visit"]}\n'
    'series = {table = "trains.csv", columns = {date = "month", value = "trains", unit = "trains"}}\n',
} | {
    f"events/{name}.toml": f'schema = 1\nid = "{name}"\ntitle = "the {name}"\nwhen = "{when}"\nkind = "reported"\n'
    'sources = [{source = "desk"}]\n'
    for name, when in (("opening", "2017-01"), ("visit", "2015-03"))
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Seven years of trains and two events; nobody works here yet."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data" / name)
    monkeypatch.delenv("DATELINE_BY", raising=False)
    folder = tmp_path / "case"
    for name, text in RECORDS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    trains = 20 + np.random.default_rng(4).standard_normal(84)
    rows = [f"{2013 + at // 12}-{at % 12 + 1:02},{count:.3f}" for at, count in enumerate(trains)]
    (folder / "trains.csv").write_text("month,trains\n" + "\n".join(rows) + "\n")
    return folder


def log(root: Path) -> list[tuple[Event, str]]:
    """What the log says, in order."""
    return [(entry.event, entry.subject) for path in chains(root).values() for entry in read_chain(path)]


def sentence(root: Path, *by: str) -> str:
    """The event study's sentence, measured now."""
    assert run(["measure", "--case", str(root), *by]) == 0
    return Case.load(root).finding("study").statement.en


def frozen(root: Path, *arguments: str) -> int:
    return run(["freeze", "--case", str(root), "--by", "ana", *arguments])


def edit(root: Path) -> None:
    """Moves the opening by a month."""
    path = root / "events/opening.toml"
    path.write_text(path.read_text().replace("2017-01", "2017-02"))


def test_frozen_first_and_measured_then_is_pre_registered(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One entry an event and one for the list; the first look at the series after them; the sentence tells both."""
    assert frozen(root) == 0
    assert "opening: frozen now" in capsys.readouterr().out
    said = sentence(root, "--by", "ana")

    assert "before the series was opened" in said
    assert log(root) == [
        (Event.FROZEN, "events/opening.toml"),
        (Event.FROZEN, "events/visit.toml"),
        (Event.FROZEN, "events"),
        (Event.ACCESSED, "trains.csv"),
    ]
    assert sentence(root, "--by", "ana") == said
    assert len(log(root)) == 4, "only the first look is entered"


def test_measured_first_and_frozen_then_is_not_pre_registered(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nobody logged that look, the finding on disk proves it: freezing enters it before the events."""
    assert "not pre-registered" in sentence(root)
    assert chains(root) == {}, "nobody was named, and the case kept no custody"
    assert frozen(root) == 0
    assert log(root)[0] == (Event.ACCESSED, "trains.csv")
    assert "after the series was opened" in sentence(root)
    assert "note" not in capsys.readouterr().err


def test_an_event_edited_after_freezing_is_said_to_be_changed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The list says which key; the study says that it is not the frozen list; freezing again asks for a reason."""
    assert frozen(root) == 0
    edit(root)
    capsys.readouterr()
    assert frozen(root, "--list") == 0
    shown = capsys.readouterr().out
    assert "opening: CHANGED" in shown
    assert ": when\n" in shown
    assert "visit: frozen on" in shown
    before = log(root)
    assert frozen(root) == 2
    assert "opening (when)" in capsys.readouterr().err
    assert log(root) == before, "nothing is entered"
    assert "not pre-registered (changed since they were frozen: opening)" in sentence(root, "--by", "ana")
    assert frozen(root, "--again", "the opening was put off") == 0
    assert "frozen now again" in capsys.readouterr().out
    assert "after the series was opened" in sentence(root)


def test_freezing_twice_enters_nothing_twice(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is frozen and unchanged is said to be so; a part of the list is a list of its own."""
    assert frozen(root, "visit") == 0
    assert [subject for _, subject in log(root)] == ["events/visit.toml", "events"]
    assert frozen(root, "--json") == 0
    for _ in range(2):
        capsys.readouterr()
        assert frozen(root, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["id"], one["state"], one["was"]) for one in told["events"]] == [
        ("opening", "frozen", "frozen"),
        ("visit", "frozen", "frozen"),
    ]
    assert [subject for _, subject in log(root)][2:] == ["events/opening.toml", "events"]


def test_a_look_that_nobody_logs_is_told_once_and_never_entered_late(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a case with custody, without a name: a note. Later, with a name: no entry that would make the look later."""
    assert frozen(root) == 0
    assert "nothing tells when the series was opened" in sentence(root)
    assert capsys.readouterr().err.count("nobody is named") == 1
    assert run(["measure", "--case", str(root), "--force", "--by", "ana"]) == 0
    assert "a finding rested on it before" in capsys.readouterr().err
    assert (Event.ACCESSED, "trains.csv") not in log(root)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--by", "ana", "opnning"), "reference"), ((), "no-person"), (("--by", "ana", "--list", "x"), "reference")],
)
def test_what_cannot_be_frozen(
    root: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: str
) -> None:
    """An unknown event, with the nearest one; nobody who does it. Nothing is entered."""
    assert run(["freeze", "--case", str(root), "--json", *arguments]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert chains(root) == {}


def test_a_case_without_events_has_nothing_to_freeze(root: Path) -> None:
    """Exit 2, not an empty list that somebody could point to."""
    for path in (*root.glob("events/*"), root / "measures/study.toml"):
        path.unlink()
    assert frozen(root) == 2


def test_the_timeline_prints_since_when_its_list_is_frozen(root: Path) -> None:
    """Not frozen; frozen, with the hash of the list; not as it was frozen."""

    def page() -> str:
        case = Case.load(root)
        return render(reading_of(case, parse('+++\ntitle = "T"\n+++\n\n:::timeline\ntitle = "T"\n:::\n'))).decode()

    assert "is not frozen" in page()
    assert frozen(root) == 0
    sha256 = standing(Case.load(root)).sha256
    assert sha256[:16] in page()
    edit(root)
    assert "changed since: the opening" in page()

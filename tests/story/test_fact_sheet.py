"""The fact-checking sheet: what each sentence rests on, who looked, what is open; and nothing given in confidence."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dateline.cli.app import run
from dateline.ledger.case import Case
from dateline.ledger.review import reviewed
from dateline.ledger.write import update
from dateline.story.check import examine, read_story, reading_of
from dateline.story.fault import Faults, Report
from dateline.story.rules import exact_position
from dateline.story.sheet import NO_POSITION, NOT_SHOWN, FactSheet, Row, sheet_of
from dateline.story.sheet_page import sheet_page

NAME, WORDS = "Zyrtha Qelomane", "the vermilion ledger lies beneath the chapel floor at Corrin"
FRESH: dict[str, bool | None] = {"lights-arden": True, "lights-coast": False}


def sheet(root: Path, body: str | None = None) -> FactSheet:
    if body is not None:
        (root / "story.md").write_text(f'+++\ntitle = "Of {{{{arden.name}}}}"\n+++\n\n{body}', encoding="utf-8")
    case = Case.load(root)
    reading = reading_of(case, read_story(case))
    return sheet_of(reading, examine(reading), freshness=FRESH, records="a" * 64)


def row(made: FactSheet, words: str) -> Row:
    return next(row for row in made.rows if words in row.words)


def test_a_sentence_stands_beside_what_it_rests_on(own: Path) -> None:
    """The number with its finding, result, interval, files and caveats; the claim with who rated and who read it."""
    made = sheet(
        own, "Light grew by {{lights-arden.ratio.change}}.\n\n{{C001.speaker}} said {{C001.quantity}} crates.\n"
    )
    assert made.title.startswith("Of Arden")
    (number,) = row(made, "Light grew").support
    assert number.printed in row(made, "Light grew").words
    assert "90\u00a0% interval" in number.answer
    assert "up to date" in number.checked
    assert number.evidence
    assert number.simulated == made.simulated
    speaker, quantity = row(made, "crates").support
    assert quantity.open == ("C001: no second person has read it",)
    assert "not rated" in quantity.checked
    assert speaker.reference == "C001.speaker"


def test_a_review_is_named(own: Path) -> None:
    """Who rated the claim, and who signed it."""
    path = own / "claims/C001.toml"
    rated = (
        'assessment = {source_reliability = "B", info_credibility = 3, by = "ana", date = 2025-01-01, why = "seen"}\n'
    )
    path.write_text(path.read_text(encoding="utf-8").replace("\n[period]", f"{rated}\n[period]", 1), encoding="utf-8")
    claim = Case.load(own).claims["C001"]
    update(path, reviewed(claim, by="ben", day=date(2025, 1, 2), agrees=True), root=own)
    (speaker, quantity) = row(sheet(own, "{{C001.speaker}} said {{C001.quantity}} crates.\n"), "crates").support
    assert quantity.checked == "rated by ana on 2025-01-01; signed by a second person (ben)"
    assert quantity.open == speaker.open == ()


def test_what_is_open_is_said_where_it_is(own: Path) -> None:
    """Out of date, cannot tell, a fault, words let pass with their reason, a number typed by hand, nobody's harm."""
    made = sheet(
        own,
        "There were 77 lamps.\n\nOn [[3: counted in the text]] hills one saw it.\n\n{{lights-coast.result}}.\n\n"
        "It was so bright that one could read there there.\n\n:::refusal\nfindings = [\"lights-quarry\"]\n:::\n",
    )  # fmt: skip
    assert any("untraced-number" in what for what in row(made, "77").open)
    assert row(made, "hills").passed == ("“3”: counted in the text",)
    assert any("torn-text" in what for what in row(made, "there there").open)
    coast = next(one for each in made.rows for one in each.support if one.reference == "lights-coast.result")
    assert "OUT OF DATE" in coast.checked
    assert coast.open
    (quarry,) = next(each for each in made.rows if each.where == "block refusal").support
    assert any("cannot tell" in what for what in quarry.open)
    assert any("who could be hurt" in what for what in made.open)
    assert made.count_open >= 5


def test_every_sentence_of_the_sample_has_a_row(halm: Case) -> None:
    """Those in blocks too, and each reference of the story stands in one of them."""
    reading = reading_of(halm, read_story(halm))
    made = sheet_of(reading, examine(reading), freshness={}, records="")
    told = {one.reference.partition(" | ")[0] for each in made.rows for one in each.support}
    assert {run.text.strip() for run in reading.story.references()} <= told
    assert {named.text for named in reading.named() if reading.found(named.text)} <= told
    assert len(made.rows) >= len(list(reading.story.sentences()))


def test_the_page_is_one_file_for_paper(own: Path) -> None:
    """No script, nothing fetched, a box for initials in each row, text as text; the same bytes twice."""
    made = sheet(own, "Light <script>alert(1)</script> grew by {{lights-arden.ratio.change}}.\n")
    page = sheet_page(made, "en")
    assert page == sheet_page(made, "en")
    text = page.decode()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert "http:" not in text.replace("http-equiv", "")
    assert "https:" not in text
    assert text.count("initials</span>") == len(made.rows)


def test_the_sheet_is_silent(own: Path) -> None:
    """A name and words off the record, in a sentence, a reason and a finding's caveat, reach no form of it."""
    agreed = 'terms = {are = "off_the_record", agreed_by = "mk", agreed_on = 2025-01-02}\n'
    (own / "sources/s-9.toml").write_text(
        f'schema = 1\nid = "s-9"\ntype = "person"\n{agreed}\n[names]\nen = "{NAME}"\n', encoding="utf-8"
    )
    (own / "claims/C009.toml").write_text(
        f'schema = 1\nid = "C009"\nspeaker = "s-9"\nsaid = 2024-03-05\nstance = "asserts"\nstatement = "A ledger."\n\n'
        f'[original]\ntext = "{WORDS}"\nlanguage = "en"\n', encoding="utf-8",
    )  # fmt: skip
    made = sheet(own, f"{NAME} knew.\n\nSomebody said {WORDS}.\n\nOn [[3: {NAME} said so]] hills. {{{{C009.quote}}}}\n")
    forms = (made.text(), json.dumps(made.to_json()), sheet_page(made, "en").decode())
    for form in forms:
        assert NOT_SHOWN in form
        assert not [word for word in ("zyrtha", "qelomane", "vermilion", "chapel") if word in form.casefold()]


def test_a_position_that_must_not_be_told_is_not_told_to_checkers(own: Path) -> None:
    """Where a rule finds one, the row says so and shows neither the sentence nor the value."""
    (own / "story.md").write_text('+++\ntitle = "T"\n+++\n\nIt stood at {{lights-arden.ratio}}.\n', encoding="utf-8")
    reading = reading_of(case := Case.load(own), read_story(case))
    found = Faults(exact_position.RULE)
    found.add(reading.story.passages[-1].spot, "lights-arden tells exactly where a camera stood")
    made = sheet_of(reading, Report("story.md", tuple(found.found)), freshness={}, records="")
    assert reading.case.findings()["lights-arden"].estimates["ratio"].spoken()[0] not in made.text()
    last = made.rows[-1]
    assert (last.words, last.support[0].printed, last.support[0].answer) == (NO_POSITION, NO_POSITION, NO_POSITION)
    assert any("exact-position" in what for what in last.open)


def test_the_command_prints_or_writes_it(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text, JSON, or a page; exit 1 where a rule stops the story."""
    here = ["--case", str(own)]
    (own / "story.md").write_text('+++\ntitle = "T"\n+++\n\nIt was {{lights-arden.result}}.\n', encoding="utf-8")
    assert run(["check", "--report", *here]) == 0
    assert "[      ]" in capsys.readouterr().out
    assert run(["check", "--report", "--json", *here]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]
    out = tmp_path / "sheet.html"
    assert run(["check", "--report", "--out", str(out), *here]) == 0
    assert out.read_bytes().startswith(b"<!doctype html>")
    (own / "story.md").write_text('+++\ntitle = "T"\n+++\n\nThere were 77 lamps.\n', encoding="utf-8")
    assert run(["check", "--report", *here]) == 1

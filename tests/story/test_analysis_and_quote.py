"""Opinion under a person's name, words set apart, and where a fault points to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dateline.ledger.case import Case
from dateline.story.check import examine, read_story, reading_of
from dateline.story.fault import Report
from dateline.story.parse import parse
from dateline.story.render import render
from dateline.story.samples import sample_case
from dateline.story.sheet import sheet_of

OPINION = """
:::analysis by = "Ivo Marlen"
Clearly it {} because of trade: {{{{lights-quarry.result}}}}.
:::
"""


def codes(report: Report) -> set[str]:
    return {fault.rule.code for fault in report.faults}


def test_hedging_rules_rest_and_number_rules_stay(examined: Callable[..., Report]) -> None:
    """The same words are faults in the story's own prose, and none under a name; a typed number is one in both."""
    hedged = {"stronger-words", "cause", "proxy", "vague-words"}
    assert hedged <= codes(examined("Clearly it grew because of trade: {{lights-quarry.result}}."))
    assert not codes(examined(OPINION.format("grew")))
    assert codes(examined(OPINION.format("grew by 47 %"))) == {"untraced-number"}


def test_only_prose_stands_in_an_analysis(examined: Callable[..., Report]) -> None:
    """A heading or a block in it is refused where it stands, and what follows is not swallowed."""
    body = ':::analysis by = "Ivo Marlen"\n## Head\n\n- a point\n\n{{lights-ardn.ratio}}\n:::\n'
    found = [(fault.spot.line, fault.rule.code) for fault in examined(body).faults]
    assert found == [(6, "story-form"), (10, "unknown-reference")]


def test_the_page_and_the_sheet_say_whose_analysis_it_is(tmp_path: Path) -> None:
    """Its label and the name stand above it, in the linked data, and beside each sentence of the editor's sheet."""
    case = Case.load(sample_case(tmp_path / "halm", ["analysis"]))
    reading = reading_of(case, read_story(case))
    page = render(reading).decode()
    assert "<b>Analysis</b> <span>by Ivo Marlen</span>" in page
    assert '"genre":"Analysis","author":{"@type":"Person","name":"Ivo Marlen"}' in page
    sheet = sheet_of(reading, examine(reading), freshness={}, records="0" * 64)
    assert "analysis by Ivo Marlen" in {row.where for row in sheet.rows}


def test_a_quotation_is_printed_from_its_record(tmp_path: Path) -> None:
    """Translation and original between their marks, who translated it, the second; the name agreed on and no other."""
    case = Case.load(sample_case(tmp_path / "halm", ["quote"]))
    page = render(reading_of(case, read_story(case))).decode()
    assert "“Crates, always crates. […] nobody tells us.”" in page
    assert '<blockquote class="orig" lang="eo" dir="auto"><p>“Kestojn, ĉiam kestojn. […] neniu diras al ni.”' in page
    assert "translated by mk; read by fox, who agrees" in page
    assert "<cite>a crane driver at the new quay</cite>" in page
    assert "00:00:10 to 00:00:19.500" in page
    assert "Ada Brook" not in page


@pytest.mark.parametrize(
    ("body", "column", "near"),
    [
        ("Light at {{lights-ardn.ratio}}.", 10, "lights-arden"),
        ("Light at {{lights-arden.ratoi}}.", 10, "ratio"),
        ("{{arden.name}} and {{eskery.name}}.", 20, "eskerry"),
        ("Said by {{C01.speaker}}.", 9, "C001"),
        ("Since {{treety.when}}.", 7, "treaty"),
        ("Light: {{lights-arden.ratio | bear}}.", 8, "bare"),
        (":::serie\n:::", 4, "series"),
        (':::number\nvalue = "lights-arden.ratio"\nlabel = "x"\n  nott = "y"\n:::', 3, "note"),
        (':::number\nvalue = "lights-ardn.ratio"\nlabel = "x"\n:::', 10, "lights-arden"),
        (':::timeline\ntitle = "x"\nevents = ["treety"]\n:::', 12, "treaty"),
    ],
)
def test_a_fault_points_to_line_and_column_with_the_nearest_name(
    examined: Callable[..., Report], body: str, column: int, near: str
) -> None:
    """Of findings, estimates, places, claims, events, forms, blocks, their keys, and names in them."""
    wanted = next(at for at, line in enumerate(body.split("\n"), 5) if any(sign in line for sign in MISSPELT))
    found = [fault for fault in examined(body).faults if fault.rule.code in {"unknown-reference", "story-form"}]
    assert any((one.spot.line, one.spot.column) == (wanted, column) and near in one.do for one in found), found


MISSPELT = ("ardn", "ratoi", "eskery", "C01.", "treety", "bear", ":::serie", "nott")


def test_a_fence_that_opens_nothing_is_told() -> None:
    """One ::: too many."""
    (fault,) = parse('+++\ntitle = "T"\n+++\n\n:::\n').faults
    assert "opens nothing" in fault.saw

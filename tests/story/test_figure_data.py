"""The numbers behind a figure as a file: what the page prints, safe in a spreadsheet, with its licence."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from dateline.core.errors import InputError
from dateline.ledger.case import Case
from dateline.story.check import read_story, reading_of
from dateline.story.download import Table, as_csv, tables
from dateline.story.language import language
from dateline.story.render import render


@pytest.mark.parametrize("text", ["=1+1", "+HYPERLINK(1)", "-2+3", "@SUM(A1)", "\tx", "\r=1", '=cmd|"/c calc"!A1'])
def test_no_text_begins_a_formula(text: str) -> None:
    """Whatever stands in a cell, a spreadsheet sees words; commas and quotes come back as they were."""
    (row,) = csv.reader(as_csv(Table(rows=[(text, "a, b", 'c"d')]), (), language("en")).splitlines())
    assert row[0] == f"'{text}".replace("\r", "\n") or row[0].startswith("'")
    assert row[1:] == ["a, b", 'c"d']


@pytest.mark.parametrize(
    ("shown", "kept"),
    [("−1,234.5", "-1234.5"), ("1,000", "1000"), ("0.9", "0.9"), ("40 %", "40 %"), ("1 to 2", "1 to 2")],
)
def test_numbers_are_numbers(shown: str, kept: str) -> None:
    """A number alone is written as machines read it; with words it stays words."""
    assert as_csv(Table(rows=[(shown,)]), (), language("en")).strip() == kept


def test_a_table_is_read_as_printed() -> None:
    """Entities are letters, drawings and markup are left out, a wide cell keeps its columns, one header one table."""
    head = "<table><thead><tr><th>a</th><th>b &lt;km&gt;</th></tr></thead><tbody>"
    one = '<tr><td colspan="2">x<svg><text>no</text></svg></td></tr></tbody></table>'
    two = "<tr><td><b>1</b></td><td>2<br>3</td></tr></tbody></table>"
    (only,) = tables(head + one + head + two)
    assert only == Table(("a", "b <km>"), [("x", ""), ("1", "2 3")])


def test_the_series_file_says_units_simulation_licence_and_rounding(halm: Case) -> None:
    """Each value of the file stands on the page; its notes say what it is, from what, under which licence."""
    html = render(reading_of(halm, read_story(halm))).decode()
    files = [unquote(text) for text in re.findall(r'download="[^"]+" href="data:text/csv;[^,]+,([^"]*)"', html)]
    text = next(text for text in files if "nW/cm²/sr" in text)
    notes = [line for line in text.splitlines() if line.startswith("# ")]
    assert any("made by a computer" in note for note in notes)
    assert any("licence: " in note for note in notes)
    assert any("rounded as on the page" in note for note in notes)
    header, *rows = csv.reader(line for line in text.splitlines() if not line.startswith("# "))
    assert any("[nW/cm²/sr]" in name for name in header)
    assert rows
    plain = html.replace(",", "").replace("−", "-")
    assert [cell for row in rows for cell in row if re.fullmatch(r"-?[\d.]+", cell) and f">{cell}<" not in plain] == []


def test_a_file_that_would_betray_somebody_stops_the_page(own: Path) -> None:
    """An attribution that names who may not be named is found in the file, too; the error does not repeat it."""
    (own / "sources/s-9.toml").write_text(
        'schema = 1\nid = "s-9"\ntype = "person"\nterms = {are = "off_the_record", agreed_by = "mk", '
        'agreed_on = 2025-01-02}\n\n[names]\nen = "Zyrtha Qelomane"\n',
        encoding="utf-8",
    )
    (item,) = [path for path in (own / "evidence/items").glob("*.toml") if "2022" in path.name][:1]
    text = item.read_text(encoding="utf-8")
    item.write_text(re.sub(r'attribution = "[^"]*"', 'attribution = "Zyrtha Qelomane"', text), encoding="utf-8")
    assert "Zyrtha" in item.read_text(encoding="utf-8")
    case = Case.load(own)
    with pytest.raises(InputError) as caught:
        render(reading_of(case, read_story(case)))
    assert caught.value.code == "page-betrays"
    assert "zyrtha" not in str(caught.value).casefold()

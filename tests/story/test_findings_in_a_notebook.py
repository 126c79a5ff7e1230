"""A finding in a notebook: shows itself, becomes a table without inventing a number, and draws the page's figure."""

from __future__ import annotations

import builtins
import importlib
import json
import pickle
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import dateline
from dateline.core.errors import InputError, Refusal, UsageError
from dateline.core.estimate import Estimate
from dateline.core.identity import sha256_file
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding, Note, PlaceAnswer, Series, Statement


def finding(**said: Any) -> Finding:
    """A small finding."""
    told: dict[str, Any] = {
        "schema": 1, "id": "lights", "method": "night_lights", "method_version": "1", "question": "Did it grow?",
        "result": "increase", "statement": Statement(key="night_lights.increase", en="Light grew."),
        "input_key": "00" * 32, "estimates": {"ratio": ratio()},
    }  # fmt: skip
    return Finding.model_validate(told | said)


def ratio(low: float | None = 1.2) -> Estimate:
    """A ratio with its interval."""
    return Estimate(best=1.4, low=low, high=1.6, unit="1", level=0.9, n=24, how="bootstrap")


class Tags(HTMLParser):
    """Which tags are opened, and which are left open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_finding_of_the_sample_shows_itself(halm: Case) -> None:
    """Statement, result, interval, limits, inputs and method, as whole HTML, marked where it is simulated."""
    for name, one in halm.findings().items():
        html, tags = one._repr_html_(), Tags()
        tags.feed(html)
        assert not tags.open, name
        assert one.statement.en.split()[0] in html
        assert ("SIMULATED" in html) == one.simulated
    html = halm.finding("lights-arden").to_html()
    assert "90 % interval" in html
    assert "night_lights" in html
    assert "color-scheme:light dark" in html


def test_what_it_says_is_text() -> None:
    """HTML in any of its words is text."""
    bad = '<img src=x onerror=alert(1)>"'
    note = Note(code="x", text=bad)
    made = finding(
        question=bad, result=bad, reasons=[note], caveats=[note], needed=[bad], id=bad, method=bad,
        statement=Statement(key="x", en=bad), estimates={bad: ratio(None)}, places={bad: PlaceAnswer(result=bad)},
        inputs=[{"kind": "item", "id": bad, "sha256": bad}],
    )  # fmt: skip
    tags = Tags()
    tags.feed(made.to_html())
    assert "img" not in tags.seen
    assert "interval open to 1.6" in made.to_html()


def test_where_somebody_stood_is_hidden_until_asked_for() -> None:
    """All that a sensitive finding says stays off the screen, distances to landmarks and the plain text that a
    notebook's file keeps beside the HTML too; an invented one hides nothing."""
    caveat = Note(code="exact-position", text="It stood at 43.1 N.")
    rows = Series(rows=[{"landmark": "mast", "lon": 131.9, "lat": 43.1, "distance_m": 812.0, "unit": "m"}])
    made = finding(caveats=[caveat], statement=Statement(key="x", en="It stood at 43.1 N."), series=rows)
    assert not [word for word in ("43.1", "mast", "1.4") if word in made._repr_html_() + repr(made) + str(made)]
    assert "show_sensitive=True" in made._repr_html_()
    assert "43.1" in made.to_html(show_sensitive=True)
    assert made.columns() == {
        "landmark": [None], "lon": [None], "lat": [None], "distance_m": [None], "unit": ["m"], "simulated": [False]
    }  # fmt: skip
    assert made.columns("estimates")["best"] == [None]
    assert made.columns(show_sensitive=True)["lat"] == [43.1]
    with pytest.raises(Refusal) as refused:
        made.plot()
    assert refused.value.code == "sensitive"
    assert "43.1" in made.model_copy(update={"simulated": True}).to_html()


def test_a_name_off_the_record_is_on_no_screen(own: Path, tmp_path: Path) -> None:
    """Somebody who may not be named in a finding's sentence or rows: neither HTML nor table nor figure name them."""
    path = own / "findings/lights-arden.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["statement"]["en"] = "Ada Brook saw light."
    told["series"]["rows"][0]["who"] = "Ada Brook"
    path.write_text(Finding.model_validate(told).sealed().pretty(), encoding="utf-8")
    made = dateline.open(own).finding("lights-arden")
    assert "Brook" not in made._repr_html_() + repr(made)
    assert "Brook" in made.to_html(show_sensitive=True)
    assert made.columns()["who"][0] is None
    assert made.columns(show_sensitive=True)["who"][0] == "Ada Brook"
    with pytest.raises(Refusal) as refused:
        made.plot()
    assert refused.value.code == "sensitive"
    assert "Brook" in made.plot(show_sensitive=True).save(tmp_path / "a.html").read_text(encoding="utf-8")


def test_columns_never_invent_a_number() -> None:
    """Unknown is None and no 0; unseen looks have no value; months stay months; states stay words."""
    rows = [
        {"month": "2022-03", "value": 3, "low": 2.0, "state": "observed", "n": 4, "year": "2022", "extra": {"a": 1}},
        {"month": "2022-04", "value": 0.0, "low": 0.0, "state": "not observed", "n": None, "year": "", "extra": None},
        {"month": "2022-05", "value": "", "low": None, "state": "cloud", "n": 0, "year": "2022", "extra": None},
    ]
    made = finding(series=Series(rows=rows)).columns()
    assert made["month"] == ["2022-03", "2022-04", "2022-05"]
    assert made["value"] == [3, None, None]
    assert made["low"] == [2.0, None, None]
    assert made["state"] == ["observed", "not observed", "cloud"]
    assert made["n"] == [4, None, 0]
    assert made["year"] == ["2022", None, "2022"]
    assert made["extra"][0] == '{"a": 1}'
    assert made["simulated"] == [False] * 3


def test_places_and_estimates_keep_both_bounds() -> None:
    """An open side is None; a place without an answer has its word and no number; a refusal is a row too."""
    answers = {
        "a": PlaceAnswer(result="increase", estimates={"ratio": ratio(None)}),
        "b": PlaceAnswer(result="refused"),
    }
    made = finding(places=answers).columns()
    assert made["low"] == [None, None]
    assert made["best"] == [1.4, None]
    assert made["result"] == ["increase", "refused"]
    assert finding().columns("estimates")["high"] == [1.6]
    assert finding().columns("estimates")["unit"] == ["1"]
    none = finding(result="refused", estimates={}).columns()
    assert (none["result"], none["best"]) == (["refused"], [None])
    with pytest.raises(UsageError, match="no rows"):
        finding().columns("rows")


def test_a_frame_has_the_right_sorts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers as float with NaN, whole numbers whole, words as words; a stand-in takes what pandas would be given."""
    given: dict[str, str] = {}

    class Pandas:
        """What of pandas is used."""

        @staticmethod
        def Series(values: list[Any], dtype: str) -> tuple[list[Any], str]:
            return values, dtype

        @staticmethod
        def DataFrame(made: dict[str, tuple[list[Any], str]]) -> int:
            given.update({name: dtype for name, (_, dtype) in made.items()})
            return len(made)

    monkeypatch.setitem(sys.modules, "pandas", Pandas)
    rows = [{"day": "2022-03-01", "value": 1.5, "n": None, "m": 2, "seen": True}, {"value": None, "n": 3, "m": 1}]
    finding(series=Series(rows=rows)).to_frame()
    expected = {"day": "string", "value": "float64", "n": "Int64", "m": "int64", "seen": "boolean", "simulated": "bool"}
    assert given == expected


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """pandas is no dependency: the error says how to get it, and what does without."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError) as refused:
        finding().to_frame()
    assert refused.value.code == "pandas"
    assert "columns()" in refused.value.do


def test_rows_in_a_file_beside_it_are_read_and_hashed(own: Path) -> None:
    """From a case the rows are those of the file that the finding names; altered, they are refused; without, told."""
    table = own / "findings/night/rows.csv"
    table.parent.mkdir()
    table.write_text("month,value,state\n2022-03,1.5,observed\n2022-04,0,cloud\n", encoding="utf-8")
    beside = {"role": "rows", "path": "night/rows.csv", "sha256": sha256_file(table), "media_type": "text/csv"}
    made = finding(id="night", series={"artifact": "rows"}, artifacts=[beside])
    (own / "findings/night.json").write_text(made.sealed().pretty(), encoding="utf-8")
    one = dateline.open(own).finding("night")
    assert one.columns()["value"] == [1.5, None]
    table.write_text("month,value\n2022-03,9\n", encoding="utf-8")
    for there in (one, Finding.model_validate(one.to_json())):
        with pytest.raises(InputError) as refused:
            there.columns("rows")
        assert refused.value.code == "rows-elsewhere"


def test_where_it_lies_is_no_part_of_what_it_says(ground: Path) -> None:
    """A finding that was read equals one that was made of the same words, and is written as before."""
    path = ground / "findings/lights-arden.json"
    read = Finding.read(path)
    made = Finding.model_validate(json.loads(path.read_text(encoding="utf-8")))
    assert read == made
    assert read.pretty() == made.pretty()
    assert pickle.loads(pickle.dumps(read)) == read
    assert read.folder == ground / "findings"
    assert made.folder is None


def test_the_figure_is_the_page_s_own(own: Path, tmp_path: Path) -> None:
    """Series, places and a shadow draw what the page's block draws, with the mark in it; saved as SVG and HTML."""
    case = dateline.open(own)
    for name, block in (("lights-arden", "series"), ("lights-coast", "ranked"), ("shadow-quay", "shadow")):
        drawn = case.finding(name).plot()
        assert drawn.block == block
        assert "simulated" in drawn.html
        assert drawn._repr_html_().startswith("<iframe sandbox" if drawn.svg is None else "<img src=")
    drawn = case.finding("lights-arden").plot()
    svg = drawn._repr_svg_()
    assert svg is not None
    assert "SIMULATED" in svg
    assert (drawn.save(tmp_path / "a.svg").read_text(encoding="utf-8"), drawn.html) == (svg, drawn.html)
    assert "<table" in drawn.save(str(tmp_path / "a.html")).read_text(encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        drawn.save(tmp_path / "a.png")
    assert not (own / "site").exists()


def test_a_finding_without_a_case_is_drawn_too(ground: Path) -> None:
    """The answer of dateline.run: the same drawing, of itself alone; markup in its question is text."""
    told = json.loads((ground / "findings/lights-arden.json").read_text(encoding="utf-8"))
    alone = Finding.model_validate({**told, "question": "Is {{x}} [[y]] *bright* <b>?"})
    drawn = alone.plot()
    assert drawn.title.replace("\u2060", "") == "Is {{x}} [[y]] *bright* <b>?"
    assert drawn.svg is not None
    assert drawn.svg.count("<path") > 3


def test_what_has_no_figure_says_so(halm: Case) -> None:
    """A refusal is not drawn; a block that is none, or that takes no finding, is named."""
    for name, block in (("lights-since-2012", None), ("lights-arden", "nonesuch"), ("lights-arden", "timeline")):
        with pytest.raises(UsageError) as refused:
            halm.finding(name).plot(block)
        assert refused.value.code == "plot"


def test_the_door_costs_nothing_to_open() -> None:
    """`import dateline` loads none of its layers: the command line stays quick."""
    code = "import dateline, sys; print([m for m in sys.modules if m.startswith('dateline.') or m == 'pydantic'])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "['dateline._version']"
    assert importlib.import_module("dateline").open is not builtins.open

"""A matrix in a case: measured after the findings that it rates, kept fresh, refused without a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.core.errors import RecordError, UsageError
from dateline.ledger.case import Case
from dateline.ledger.trace import dependents
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.case_run import freshness, measure_case
from dateline.measure.request import from_measure
from dateline.methods.catalogue import card

FILES = {
    "case.toml": """id = "c"\ntitle = "t"\nquestion = "q"\nworldview = "iso"\n
[[sharing]]\nwhat = "staff"\namong = ["x", "y"]\nwhy = "one office"\n""",
    "sources/desk.toml": 'id = "desk"\ntype = "government"\nnames = {en = "Desk"}\n',
    "matrices/m.toml": """id = "m"
question = "q"
explanations = [{id = "a", text = "arms"}, {id = "b", text = "something else"}]
[[rows]]
claim = "C1"
why = "w"
by = "mk"
ratings = {a = "consistent", b = "inconsistent"}
[[rows]]
finding = "zz-origins"
why = "w"
by = "mk"
ratings = {a = "consistent", b = "inconsistent"}
[[rows]]
text = "A letter"
why = "w"
by = "mk"
origin = {key = "clerk"}
sources = [{source = "desk"}]
ratings = {a = "consistent", b = "inconsistent"}
""",
    "measures/cargo.toml": 'id = "cargo"\nmethod = "weighing"\n[inputs]\nmatrix = {matrices = ["m"]}\n',
    "measures/zz-origins.toml": 'id = "zz-origins"\nmethod = "independent_origins"\n'
    '[inputs]\nsupporting = {claims = ["C1", "C2"]}\n',
}
CLAIM = 'id = "{}"\nspeaker = "desk"\nsaid = 2024-01-01\nstance = "asserts"\nstatement = "s"\norigin = {{key = "{}"}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    told = FILES | {f"claims/{name}.toml": CLAIM.format(name, key) for name, key in (("C1", "x"), ("C2", "y"))}
    for name, text in told.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_what_it_rates_is_measured_first(folder: Path) -> None:
    """The finding of a row comes before the matrix, whatever their names; a claim that moves makes both stale."""
    done = list(measure_case(Case.load(folder)))
    assert [(one.id, one.status) for one in done] == [("zz-origins", "computed"), ("cargo", "computed")]
    finding = done[1].finding
    assert finding is not None
    assert finding.result == "one remains"
    assert finding.values["origins"] == {"kind": "range", "min": 2, "max": 2}
    assert {ref.id for ref in finding.inputs} == {"m", "C1", "C2", "desk", "sharing", "zz-origins"}
    case = Case.load(folder)
    assert freshness(case) == {"cargo": True, "zz-origins": True}
    assert {each.id for each in dependents(case, "C2")} == {"m", "cargo", "zz-origins"}
    path = folder / "claims" / "C2.toml"
    path.write_text(path.read_text().replace('"y"', '"unknown"'))
    assert freshness(Case.load(folder))["cargo"] is False


def test_a_matrix_that_rates_its_own_weighing_is_a_loop(folder: Path) -> None:
    """Told by file and line before anything is measured."""
    path = folder / "matrices" / "m.toml"
    path.write_text(path.read_text().replace('"zz-origins"', '"cargo"'))
    with pytest.raises(RecordError, match="circular reference"):
        Case.load(folder)


def test_without_a_case_it_is_refused(tmp_path: Path) -> None:
    """`dateline run weighing --matrix FILE`: a matrix is a record of a case; the answer says what to write."""
    path = tmp_path / "m.toml"
    path.write_text(FILES["matrices/m.toml"])
    request = request_of_flags(card("weighing"), roles={"matrix": str(path)}, named={}, parameters={})
    finding, _ = ask(request)
    assert (finding.result, finding.reasons[0].code) == ("refused", "no-matrix")
    assert "matrices/ID.toml" in finding.needed[0]


def test_what_was_said_off_the_record_is_not_shown(folder: Path) -> None:
    """A source on background stands in sentences under the description agreed on; a row off the record is refused."""
    terms = 'terms = {are = "background", described_as = "an official", agreed_by = "mk", agreed_on = 2024-01-01}'
    desk, said = folder / "sources" / "desk.toml", folder / "claims" / "C1.toml"
    desk.write_text(f'id = "desk"\ntype = "government"\n{terms}\nnames = {{en = "Erika Muster"}}\n')
    said.write_text(said.read_text().replace('key = "x"', 'key = "desk"'))
    done = {one.id: one.finding for one in measure_case(Case.load(folder))}
    for finding in done.values():
        assert finding is not None
        assert "Erika Muster" not in finding.pretty()
    assert done["cargo"] is not None
    assert "an official" in done["cargo"].pretty()
    said.write_text(said.read_text() + terms.replace("background", "off_the_record") + "\n")
    refused = {one.id: one.finding for one in measure_case(Case.load(folder), ["cargo"])}["cargo"]
    assert refused is not None
    assert refused.reasons[0].code == "off-record"


def test_one_matrix_at_a_time(folder: Path) -> None:
    """Two matrices are two questions; a selector reads no other keys."""
    text = (folder / "matrices" / "m.toml").read_text()
    (folder / "matrices" / "n.toml").write_text(text.replace('id = "m"', 'id = "n"').replace("zz-origins", "other"))
    (folder / "measures" / "other.toml").write_text(FILES["measures/zz-origins.toml"].replace("zz-origins", "other"))
    measure = folder / "measures" / "cargo.toml"
    measure.write_text(measure.read_text().replace('["m"]', '["m", "n"]'))
    statuses = {one.id: one for one in measure_case(Case.load(folder))}
    assert statuses["cargo"].error is not None
    assert statuses["cargo"].error.code == "several-matrices"
    measure.write_text(measure.read_text().replace('["m", "n"]', '["m"], claims = ["C1"]'))
    case = Case.load(folder)
    with pytest.raises(UsageError) as error:
        from_measure(case, case.measures["cargo"])
    assert error.value.code == "selector"

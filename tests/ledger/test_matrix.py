"""A matrix as people write it: what it refuses, all at once and by line; what it points at."""

from __future__ import annotations

from pathlib import Path

import pytest

from dateline.core.errors import RecordError
from dateline.ledger.case import Case
from dateline.ledger.matrix import Explanation, Matrix, Row
from dateline.ledger.reading import load_record
from dateline.ledger.record import Ref
from dateline.ledger.toml_text import toml_text

HEAD = """id = "m"
question = "What was carried?"
explanations = [{id = "arms", text = "arms"}, {id = "other", text = "something else"}]
"""
ROW = '[[rows]]\nwhy = "w"\nby = "mk"\n'


def faults(folder: Path, text: str) -> list[str]:
    """Every fault of matrices/m.toml: line, key and what was found."""
    path = folder / "matrices" / "m.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    with pytest.raises(RecordError) as caught:
        load_record(path, Matrix, root=folder)
    return [f"{fault.line} {fault.key}: {fault.found}" for fault in caught.value.faults]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Ratings of explanations that are not there, an id twice, one thing rated twice: each with its own line."""
    text = (
        HEAD.replace('"other"', '"arms"')
        + ROW + 'text = "a"\nratings = {armz = "neutral", no = "neutral"}\n'
        + ROW + 'text = "a"\nratings = {arms = "neutral"}\n'
    )  # fmt: skip
    assert faults(tmp_path, text) == [
        "3 explanations.1.id: 'arms' a second time",
        "8 rows.0.ratings.armz: 'armz', which is no explanation here",
        "8 rows.0.ratings.no: 'no', which is no explanation here",
        "12 rows.1.text: 'a', which row 1 rates too",
    ]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("", "4 rows.0: a row about nothing"),
        ('claim = "C1"\nitem = "I1"\n', "8 rows.0.item: claim and item"),
        ('claim = "C1"\norigin = {key = "us"}\n', "8 rows.0.origin: origin of a claim"),
        ('text = "a"\nstrength = "weak"\n', "8 rows.0.strength: strength alone"),
        ('text = "a"\nstrength_why = "w"\n', "8 rows.0.strength_why: strength_why alone"),
        ('text = "a"\nprobability = 0.7\n', "8 rows.0.probability: an unknown key"),
    ],
)
def test_a_row_is_about_one_thing(tmp_path: Path, row: str, told: str) -> None:
    """A row without a thing, with two, with an origin that is not its to state, graded without a reason."""
    assert faults(tmp_path, HEAD + ROW + row + 'ratings = {arms = "neutral"}\n') == [told]


@pytest.mark.parametrize(("given", "told"), [("[]", "no explanation"), ('[{id = "a", text = "a"}]', "one explanation")])
def test_an_explanation_needs_a_rival(tmp_path: Path, given: str, told: str) -> None:
    """With nothing to compare it with, any evidence seems to fit."""
    text = f'id = "m"\nquestion = "q"\nexplanations = {given}\n'
    assert faults(tmp_path, text) == [f"3 explanations: {told}"]


def test_a_rating_is_one_of_four_words(tmp_path: Path) -> None:
    """No number, no new word; and no rating twice."""
    assert faults(tmp_path, HEAD + ROW + 'text = "a"\nratings = {arms = "likely", other = 0.3}\n') == [
        "8 rows.0.ratings.arms: 'likely'",
        "8 rows.0.ratings.other: 0.3",
    ]
    (told,) = faults(tmp_path, HEAD + ROW + 'text = "a"\nratings = {arms = "neutral", arms = "consistent"}\n')
    assert "TOML" in told


def test_it_names_what_its_rows_point_at(rason: Path) -> None:
    """A claim that is not there is a fault of the case; so is a matrix that rates the finding that weighs it."""
    row = Row(claim="C9", why="w", by="mk", ratings={"arms": "neutral"})
    rivals = (Explanation(id="arms", text="arms"), Explanation(id="other", text="something else"))
    matrix = Matrix(id="m", question="q", explanations=rivals, rows=(row,))
    assert list(matrix.refs()) == [Ref("rows.0.claim", ("claim",), "C9")]
    looped = matrix.model_copy(update={"rows": (row, Row(finding="w", why="w", by="mk", ratings={}))})
    (rason / "matrices" / "m.toml").write_text(toml_text(looped))
    (rason / "measures" / "w.toml").write_text('id = "w"\nmethod = "weighing"\n[inputs.matrix]\nmatrices = ["m"]\n')
    with pytest.raises(RecordError) as caught:
        Case.load(rason)
    told = [fault.found for fault in caught.value.faults]
    assert told == ["'C9', which is not there", "a circular reference: m → w → m"]
    assert load_record(rason / "matrices" / "m.toml", Matrix, root=rason) == looped

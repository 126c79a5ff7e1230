"""What a place is: a ladder that nobody climbs alone, and words that say no more than the rung."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dateline.core.errors import UsageError
from dateline.ledger.case import Case
from dateline.ledger.identification import Identification, sentences
from dateline.ledger.place import Place
from dateline.ledger.reading import read_record
from dateline.ledger.reference import resolve

FITS: dict[str, Any] = {"what": "a military installation", "by": "mk", "evidence": ["E1", "E2"],
                        "could_also_be": ["a youth camp", "a farm"]}  # fmt: skip


def rung(**changed: Any) -> Identification:
    """An identification that stands, changed."""
    return Identification.model_validate({**FITS, **changed})


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"state": "named_by_others"}, "claims"),
        ({"state": "consistent", "evidence": []}, "evidence"),
        ({"state": "consistent", "by": None}, "evidence"),
        ({"state": "consistent", "could_also_be": []}, "could_also_be"),
        ({"state": "corroborated", "evidence": ["E1"]}, "evidence"),
        ({"state": "corroborated", "evidence": ["E1", "E1"]}, "evidence"),
        ({"state": "confirmed"}, "reviewer"),
        ({"state": "confirmed", "reviewer": "M.K."}, "reviewer"),
        ({"state": "confirmed", "reviewer": "mk"}, "reviewer"),
        ({"state": "contradicted"}, "why"),
        ({"state": "certain"}, "state"),
    ],
)
def test_no_rung_stands_on_too_little(changed: dict[str, Any], key: str) -> None:
    """Who, what, what else it could be, and a second person: each where its rung asks for it."""
    with pytest.raises(ValidationError) as error:
        rung(**changed)
    assert key in str(error.value)


def test_the_words_say_no_more_than_the_rung() -> None:
    """From "is called so by others" to "is", and the opposite."""
    said = {
        state: rung(state=state, reviewer="ab", claims=["C1"], why="a fence").sentence("Kestle Field")
        for state in ("named_by_others", "consistent", "corroborated", "confirmed", "contradicted")
    }
    assert said["named_by_others"].startswith("Kestle Field is called a military installation by others")
    assert "it could also be a youth camp or a farm" in said["consistent"]
    assert said["corroborated"] == "Kestle Field appears to function as a military installation."
    assert said["confirmed"] == "Kestle Field is a military installation."
    assert "contradicted" in said["contradicted"]
    assert rung(state="consistent", also=["an Army base"]).names == ("military installation", "army base")
    both = sentences([rung(state="consistent"), rung(state="confirmed", reviewer="ab", what="a farm")], "It")
    assert both.startswith("It is a farm. It has features")


PLACE = 'schema = 1\nid = "field"\nrole = "base"\n\n[names]\nen = "The field"\n\n[where]\nlon = 1.0\nlat = 2.0\n'
TAKEN = '\n[identification]\nwhat = "a camp"\nstate = "named_by_others"\nclaims = ["C1"]\n'


def place(folder: Path, text: str) -> Place:
    """A record from its file."""
    (folder / "places").mkdir(exist_ok=True)
    path = folder / "places" / "field.toml"
    path.write_text(text, encoding="utf-8")
    read = read_record(path, Place, root=folder)
    assert read.faults == ()
    assert read.record is not None
    return read.record


def test_what_a_place_is_taken_for_moves_no_measurement(tmp_path: Path) -> None:
    """The record changes, and the hash that findings carry does not: the ground is the same."""
    plain, taken = place(tmp_path, PLACE), place(tmp_path, PLACE + TAKEN)
    assert plain.sha256() != taken.sha256()
    assert plain.ground_sha256() == taken.ground_sha256()
    assert [(ref.key, ref.id) for ref in taken.refs()] == [("identification.0.claims.0", "C1")]


def test_a_story_can_ask_for_it(tmp_path: Path) -> None:
    """PLACE.identification is its sentence; of a place without one the error says what to add."""
    (tmp_path / "case.toml").write_text(
        'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\n', encoding="utf-8"
    )
    fits = '\n[identification]\nwhat = "a camp"\nstate = "contradicted"\nwhy = "a quarry by the tax rolls"\n'
    place(tmp_path, PLACE + fits)
    assert resolve(Case.load(tmp_path), "field.identification").value == sentences(
        place(tmp_path, PLACE + fits).identification, "The field"
    )
    place(tmp_path, PLACE)
    with pytest.raises(UsageError, match="identification"):
        resolve(Case.load(tmp_path), "field.identification")

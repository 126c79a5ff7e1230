"""A case is measured once, and again only where something changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dateline.cli.app import run
from dateline.ledger.case import Case
from dateline.ledger.skeleton import new_case
from dateline.measure.case_run import freshness, measure_case, stale
from dateline.simulate.black_marble import write_tile
from dateline.simulate.world import COAST_TILE, Window, invented_coast

PORT = """schema = 1
id = "haven"
role = "port"

[names]
en = "Haven"

[where]
lon = -122.72
lat = -47.55
radius = 4000
"""

MEASURE = """schema = 1
id = "light"
method = "night_lights"

[inputs]
before = { product = "VNP46A3", folder = "imagery", period = "2018-01" }
after = { product = "VNP46A3", folder = "imagery", period = "2023-01" }
places = { places = ["haven"] }
"""


@pytest.fixture
def exercise(tmp_path: Path) -> Path:
    """A case with two simulated months of an invented port."""
    root = new_case(tmp_path / "coast", title="A coast", question="Does it grow?", worldview="iso", exercise=True)
    world, window = invented_coast(seed=3), Window.around(COAST_TILE, lon=-122.72, lat=-47.55, size=160)
    (root / "imagery").mkdir()
    for year in (2018, 2023):
        write_tile(root / "imagery", world, "VNP46A3", date(year, 1, 1), window)
    (root / "places" / "haven.toml").write_text(PORT)
    (root / "measures" / "light.toml").write_text(MEASURE)
    return root


def test_a_new_case_builds_as_it_is(tmp_path: Path) -> None:
    """The first thing that a newcomer tries: `new`, then `build`, with quotes in the title."""
    assert run(["new", str(tmp_path / "mine"), "--title", 'A "quoted" title', "--question", "Does it work?"]) == 0
    assert run(["build", "--case", str(tmp_path / "mine")]) == 0
    assert "A &#34;quoted&#34; title" in (tmp_path / "mine" / "site" / "index.html").read_text()


def test_a_second_run_computes_nothing_and_changes_no_byte(exercise: Path) -> None:
    """Same inputs, same parameters: the finding is left as it is."""
    first = [measured.status for measured in measure_case(Case.load(exercise))]
    written = (exercise / "findings" / "light.json").read_bytes()
    second = [measured.status for measured in measure_case(Case.load(exercise))]
    assert (first, second) == (["computed"], ["unchanged"])
    assert (exercise / "findings" / "light.json").read_bytes() == written


def test_a_question_in_other_words_has_the_same_numbers(exercise: Path) -> None:
    """The finding takes the new words, and nothing else in it moves."""
    list(measure_case(Case.load(exercise)))
    before = Case.load(exercise).finding("light")
    measure = exercise / "measures" / "light.toml"
    measure.write_text(
        measure.read_text().replace('method = "night_lights"', 'method = "night_lights"\nquestion = "And?"')
    )
    assert stale(Case.load(exercise)) == ("light",)
    list(measure_case(Case.load(exercise)))
    after = Case.load(exercise).finding("light")
    assert after.question == "And?"
    assert after.is_intact
    assert after.estimates == before.estimates
    assert stale(Case.load(exercise)) == ()


def test_computing_again_from_nothing_gives_the_same_bytes(exercise: Path) -> None:
    """Findings can always be deleted: the same question on the same bytes has the same answer."""
    list(measure_case(Case.load(exercise)))
    written = (exercise / "findings" / "light.json").read_bytes()
    (exercise / "findings" / "light.json").unlink()
    list(measure_case(Case.load(exercise)))
    assert (exercise / "findings" / "light.json").read_bytes() == written


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("places/haven.toml", "radius = 4000", "radius = 3000"),
        ("measures/light.toml", 'method = "night_lights"\n', 'method = "night_lights"\nseed = 2\n'),
        ("measures/light.toml", 'method = "night_lights"\n', 'method = "night_lights"\nlevel = 0.95\n'),
    ],
)
def test_a_changed_record_makes_the_finding_stale(exercise: Path, file: str, old: str, new: str) -> None:
    """A place, a seed or a level that changed is seen by `check`, and measured again."""
    list(measure_case(Case.load(exercise)))
    assert stale(Case.load(exercise)) == ()
    path = exercise / file
    path.write_text(path.read_text().replace(old, new, 1))
    assert stale(Case.load(exercise)) == ("light",)
    assert [measured.status for measured in measure_case(Case.load(exercise))] == ["computed"]


def test_a_new_granule_in_the_folder_makes_the_finding_stale(exercise: Path) -> None:
    """A reprocessed tile is another input: the finding no longer rests on what is there."""
    list(measure_case(Case.load(exercise)))
    old = next((exercise / "imagery").glob("VNP46A3.A2023*"))
    world, window = invented_coast(seed=4), Window.around(COAST_TILE, lon=-122.72, lat=-47.55, size=160)
    write_tile(exercise / "imagery", world, "VNP46A3", date(2023, 1, 1), window, stamp="2027001000000")
    assert old.exists()
    assert stale(Case.load(exercise)) == ("light",)


def test_a_lost_artifact_makes_the_finding_stale(exercise: Path) -> None:
    """A map that lies no longer beside the finding is made again."""
    (measured,) = measure_case(Case.load(exercise))
    assert measured.finding is not None
    assert measured.finding.artifacts
    (exercise / "findings" / measured.finding.artifacts[0].path).unlink()
    assert freshness(Case.load(exercise)) == {"light": False}


def test_everything_made_from_simulated_tiles_says_so(exercise: Path) -> None:
    """The finding is marked, and its caveats name it."""
    (measured,) = measure_case(Case.load(exercise))
    assert measured.finding is not None
    assert measured.finding.simulated
    assert "simulated" in {note.code for note in measured.finding.caveats}


def test_simulated_tiles_are_refused_outside_an_exercise(exercise: Path) -> None:
    """A case that is no exercise takes no simulated file: refused, whatever its folder is called."""
    head = exercise / "case.toml"
    head.write_text(head.read_text().replace("exercise = true", "exercise = false"))
    (measured,) = measure_case(Case.load(exercise))
    assert measured.finding is not None
    assert (measured.finding.result, measured.finding.reasons[0].code) == ("refused", "simulated-evidence")


def test_missing_tiles_are_told_apart_from_failures(exercise: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without its imagery a measure is `missing`, says what it needs, and the command exits with 1."""
    for path in (exercise / "imagery").glob("*.h5"):
        path.unlink()
    (measured,) = measure_case(Case.load(exercise))
    assert measured.status == "missing"
    assert run(["measure", "--case", str(exercise)]) == 1
    assert "needed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('period = "2018-01" }', 'period = "2018-01", layer = "NearNadir_Composite_Snow_Free" }'),
        ("places = { places", 'controls = { places = ["haven"] }\nplaces = { places'),
    ],
)
def test_a_changed_selector_is_another_question(exercise: Path, old: str, new: str) -> None:
    """Another layer, or a place in another role, is never answered by the old finding."""
    list(measure_case(Case.load(exercise)))
    path = exercise / "measures" / "light.toml"
    path.write_text(path.read_text().replace(old, new))
    assert stale(Case.load(exercise)) == ("light",)


def test_a_finding_edited_by_hand_is_stale(exercise: Path) -> None:
    """A number changed in findings/ID.json is not what was computed, whatever its input key says."""
    list(measure_case(Case.load(exercise)))
    path = exercise / "findings" / "light.json"
    path.write_text(path.read_text().replace('"simulated": true', '"simulated": false'))
    assert stale(Case.load(exercise)) == ("light",)
    assert run(["audit", "--case", str(exercise)]) == 1


def test_a_selector_key_that_nothing_reads_is_refused(exercise: Path) -> None:
    """`places` inside a period of images would be ignored; silence would mislead."""
    path = exercise / "measures" / "light.toml"
    path.write_text(path.read_text().replace('period = "2018-01" }', 'period = "2018-01", places = ["haven"] }'))
    (measured,) = measure_case(Case.load(exercise))
    assert measured.error is not None
    assert measured.error.code == "selector"


def test_no_map_is_made_around_a_sensitive_place(exercise: Path) -> None:
    """A map centred on a secret place would give it away, and so would a hash of its position."""
    path = exercise / "places" / "haven.toml"
    path.write_text(path.read_text().replace('role = "port"', 'role = "port"\nsensitive = true'))
    (measured,) = measure_case(Case.load(exercise))
    assert measured.finding is not None
    assert measured.finding.artifacts == []
    assert "-122.72" not in (exercise / "findings" / "light.json").read_text()


def test_a_month_that_is_not_here_is_told(exercise: Path) -> None:
    """Two months asked for, one on this machine: the answer says which is missing."""
    path = exercise / "measures" / "light.toml"
    path.write_text(path.read_text().replace('period = "2018-01" }', 'period = "2018-01/2018-02" }'))
    (measured,) = measure_case(Case.load(exercise))
    assert measured.finding is not None
    missing = [note.text for note in measured.finding.caveats if note.code == "files-missing"]
    assert len(missing) == 1
    assert "February 2018" in missing[0]

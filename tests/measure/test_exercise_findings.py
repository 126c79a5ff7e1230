"""The exercise's port, crowd and base: their findings hold the truth of the simulator, and the story prints it."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shapely.geometry import Point, shape

from dateline.evidence.item import is_named_simulated
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.measure.case_run import measure_case
from dateline.simulate import exercise_crowd, exercise_media, exercise_port, exercise_trial, exercise_works
from dateline.simulate.exercise import ROOMS
from dateline.story.build import build

EXERCISE = Path(__file__).parents[2] / "examples" / "exercise"
ASKED = (
    "port-days", "parade", "parade-weighed", "trench-visible", "trenches-since", "trenches-new", "works-alike",
    "shadow-hours",
    "shadow-days", "photo-taken", "photo-camera", "photo-camera-coarse", "photo-copies", "axes-photo", "front-tor",
)  # fmt: skip
OF_WORDS = "origins-parade"
"""Made from what was said, and from no file."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A copy of the exercise with its port, crowd and base written and measured; without its lights."""
    left_out = shutil.ignore_patterns("site", "findings", ".dateline", "imagery")
    copy = Path(shutil.copytree(EXERCISE, tmp_path_factory.mktemp("exercise") / "exercise", ignore=left_out))
    for name, write in ROOMS.items():
        assert write(copy / "imagery" / name) > 0
    works = copy / "measures" / "trenches-new.toml"  # registration has tests of its own, and takes seconds
    works.write_text(works.read_text().replace("[parameters]", "[parameters]\nregister = false"))
    measured = list(measure_case(Case.load(copy), (*ASKED, OF_WORDS)))
    assert [(one.id, one.error) for one in measured if one.finding is None] == []
    return Case.load(copy)


@pytest.fixture(scope="module")
def found(case: Case) -> Mapping[str, Finding]:
    return {name: case.finding(name) for name in (*ASKED, "occupancy")}


def holds(finding: Finding, name: str, truth: float) -> bool:
    """Whether an estimate's interval holds the truth."""
    estimate = finding.estimates[name]
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= truth <= estimate.high


def test_what_is_there_is_not_written_again_and_all_of_it_is_marked(case: Case) -> None:
    """A second `demo` writes only what is missing; every file says in its name that it is simulated."""
    folder = case.root / "imagery"
    assert [write(folder / name) for name, write in ROOMS.items()] == [0] * len(ROOMS)
    lost = folder / "port" / "SIMULATED_looks.csv"
    before = lost.read_bytes()
    lost.unlink()
    assert ROOMS["port"](folder / "port") == 1
    assert lost.read_bytes() == before
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert all(is_named_simulated(path.name) for path in files)
    assert sum(path.stat().st_size for path in files) < 15e6


def test_days_with_ships_hold_the_truth(found: Mapping[str, Finding]) -> None:
    """Of the whole window, from fewer than a fifth of its days; each quay's radar dates come close to the truth."""
    days = exercise_port.days()
    assert holds(found["port-days"], "ship_days", sum(map(exercise_port.with_ships, days)))
    counts = found["port-days"].values["counts"]
    assert counts["observed"] < len(days) / 5
    truth, chips = exercise_port.stack()
    for berth in ("berth-1", "berth-2"):
        really = {chip.at.date().isoformat() for chip in chips if truth.count(berth, chip.at)}
        said = set(map(str, found["occupancy"].places[berth].values["ship_dates"]))
        assert len(said - really) <= 2
        assert len(really - said) <= len(really) / 3


def test_berths_are_called_by_their_names(found: Mapping[str, Finding]) -> None:
    """A sentence about one berth says its name and not its id."""
    statement = found["port-days"].places["berth-1"].statement
    assert statement is not None
    assert "the south quay of Tarrowmouth" in statement.en


def test_the_crowd_is_counted_and_the_issuer_is_not_borne_out(found: Mapping[str, Finding]) -> None:
    """The interval holds the number of dots that were drawn; “more than 500” lies above it."""
    parade = found["parade"]
    assert parade.result == "counted"
    assert holds(parade, "count", exercise_crowd.total())
    assert [row["agreement"] for row in parade.values["they_said"]] == ["above"]
    assert "The press office of the Pellworth garrison said “more than 500”" in parade.statement.en


def test_the_bracket_holds_the_day_of_digging(found: Mapping[str, Finding]) -> None:
    """Between the last fine image without and the first with; “absent” on coarse images does not narrow it."""
    since = found["trenches-since"]
    ((after, by),) = since.values["appeared"]["sets"]
    assert datetime.fromisoformat(after) < exercise_works.DUG[0] < datetime.fromisoformat(by)
    (naive,) = since.values["naive"]["sets"]
    assert not datetime.fromisoformat(naive[0]) < exercise_works.DUG[0]
    assert "incapable-absent" in {note.code for note in since.caveats}


def test_what_people_found_blind_decides_what_their_absent_is_worth(found: Mapping[str, Finding]) -> None:
    """Copies on the coarse image were found by nearly nobody, by people and program; on the fine one by nearly all."""
    tests = found["trenches-since"].values["blind_tests"]
    fine, coarse = ([one for one in tests if kind in one["image"]] for kind in ("fine", "coarse"))
    assert all(one["low"] <= exercise_trial.SEES["fine"] <= one["high"] for one in fine)
    assert all(one["low"] <= exercise_trial.SEES["coarse"] <= one["high"] for one in coarse)
    assert found["trench-visible"].result == "not visible"
    assert "assumed-rates" not in {note.code for note in found["trenches-since"].caveats}


def test_the_works_of_both_sites_are_alike(found: Mapping[str, Finding]) -> None:
    """Drawn from one template: the nearest of all, and never “the same”."""
    alike = found["works-alike"]
    assert alike.result == "more alike"
    assert "Kestle Field" in alike.statement.en
    assert "Orrin Down" in alike.statement.en


def test_the_lines_are_as_long_as_what_was_dug(found: Mapping[str, Finding]) -> None:
    """Length at each new date within an eighth of the truth, and growing."""
    rows = found["trenches-new"].series.rows
    truths = [exercise_works.length(2), exercise_works.length(4)]
    assert [row["length_m"] for row in rows] == [pytest.approx(truth, rel=0.125) for truth in truths]


def within(sets: Sequence[Sequence[str]], moment: str) -> bool:
    """Whether a time lies in one of the intervals, all written alike."""
    return any(first <= moment <= last for first, last in sets)


def test_the_shadow_fits_the_hour_and_the_day_on_which_it_fell(found: Mapping[str, Finding]) -> None:
    """Length alone leaves morning and afternoon, spring and autumn; the slope that nobody knows is named."""
    taken = exercise_media.TAKEN
    hours, days = found["shadow-hours"].values["times"]["sets"], found["shadow-days"].values["days"]["sets"]
    assert len(hours) == len(days) == 2
    assert any(datetime.fromisoformat(a) <= taken <= datetime.fromisoformat(b) for a, b in hours)
    assert within(days, taken.date().isoformat())
    assert "slope of the ground unknown" in found["shadow-hours"].statement.en


def test_sun_bracket_and_post_together_date_the_photograph(found: Mapping[str, Finding]) -> None:
    """Without the trenches, the first end would lie in the other season."""
    taken = found["photo-taken"]
    assert within(taken.values["captured"]["sets"], exercise_media.TAKEN.date().isoformat())
    assert set(taken.values["first_end"]) == {"shadow-days", "trenches-since"}
    assert taken.values["last_end"] == ["kestle-photo"]


def test_the_region_holds_the_camera_and_the_published_answer_is_coarse(
    case: Case, found: Mapping[str, Finding]
) -> None:
    """The truth lies in the region; told to the nearest kilometre it is told without the landmarks' names."""
    camera = found["photo-camera"]
    path = next(one.path for one in camera.artifacts if one.role == "camera")
    features = json.loads((case.root / "findings" / path).read_text(encoding="utf-8"))["features"]
    region = next(shape(one["geometry"]) for one in features if one["properties"]["what"].startswith("region"))
    assert region.covers(Point(exercise_media.CAMERA))
    coarse = found["photo-camera-coarse"]
    assert "exact-position" not in {note.code for note in coarse.caveats}
    assert "published to the nearest 1 km" in coarse.statement.en
    assert not any(name in coarse.pretty() for name in exercise_media.LANDMARKS)


def test_crop_and_mirror_are_found_and_the_other_picture_is_not_theirs(found: Mapping[str, Finding]) -> None:
    """Three files of one picture in one group, each edit named; the parade ground stays alone."""
    rows = found["photo-copies"].series.rows
    assert all(row["kind"] == "copy" and "kestle" in row["one"] and "kestle" in row["other"] for row in rows)
    told = {frozenset((row["one"], row["other"])): row["edits"] for row in rows}
    first = "SIMULATED_kestle.jpg"
    assert "cropped" in told[frozenset((first, "SIMULATED_kestle_crop.jpg"))]
    assert "mirrored" in told[frozenset((first, "SIMULATED_kestle_mirror.jpg"))]


def test_the_photograph_stands_as_far_as_its_evidence_carries(found: Mapping[str, Finding]) -> None:
    """Matched by one person, dated by one person, not examined; that the lines fit trenches says nobody who dug."""
    values = found["axes-photo"].values
    assert [values[axis]["position"] for axis in ("location", "time", "authenticity", "depiction")] == [
        "matched", "narrowed", "not_examined", "consistent",
    ]  # fmt: skip


def test_the_distance_from_the_front_holds_the_truth(found: Mapping[str, Finding]) -> None:
    """Two invented map-makers, one of them late: the range holds where the line ran at noon of that day."""
    front = found["front-tor"]
    assert front.result == "outside"
    assert holds(front, "distance", exercise_media.distance_from_front())
    assert {row["maker"] for row in front.series.rows} == set(exercise_media.MAKERS)


def test_all_of_it_says_that_it_is_simulated(found: Mapping[str, Finding]) -> None:
    """Every finding that was made from files of the simulator."""
    assert all(finding.simulated for finding in found.values())


def test_the_story_prints_the_truth_of_the_simulator(case: Case, found: Mapping[str, Finding]) -> None:
    """Numbers that were typed as the truth are the simulator's; the strip's words are the finding's."""
    text = (EXERCISE / "story.md").read_text(encoding="utf-8")
    days = exercise_port.days()
    assert f"[[{sum(map(exercise_port.with_ships, days))} days of {len(days)}:" in text
    assert f"[[{exercise_crowd.total()}:" in text
    assert f"[[{exercise_works.DUG[0].astimezone(UTC):%-d %B %Y}:" in text
    assert f"[[{exercise_works.length(4):.0f} m:" in text
    taken = exercise_media.TAKEN
    assert f"[[{taken - timedelta(hours=8):%H:%M}: as the exercise was drawn]]" in text
    assert f"[[{taken:%-d %B %Y}:" in text
    assert f"[[{exercise_media.distance_from_front():.1f} km:" in text
    rows = found["occupancy"].series.rows
    ships = {row["at"][:10] for row in rows if row["seen"] == "ships"}
    slider, strip = (text.partition(f":::{name}\n")[2].partition("\n:::\n")[0] for name in ("time_slider", "strip"))
    chips, shots = tomllib.loads(strip)["chips"], tomllib.loads(slider)
    passes = [chip.at.date() for chip in exercise_port.stack()[1][exercise_port.SHOWN]]
    assert [one["date"] for one in shots["images"]] == [day.isoformat() for day in passes]
    steps = {passes[0] + timedelta(days=6 * n) for n in range((passes[-1] - passes[0]).days // 6)} - {*passes}
    assert [one["date"] for one in shots["missing"]] == sorted(day.isoformat() for day in steps)
    assert all((case.root / one["file"]).is_file() for one in (*chips, *shots["images"]))
    assert {chip["of"] for chip in chips} == {"occupancy"}
    assert {chip["date"] for chip in chips} & ships
    assert len({chip["date"] for chip in chips} - ships) > 1


def test_the_page_shows_each_block_on_invented_ground(case: Case) -> None:
    """The story from its port on, without the lights before it and what sums them up at the end."""
    head, _, rest = (EXERCISE / "story.md").read_text(encoding="utf-8").removeprefix("+++").partition("+++")
    lights, mark, port = rest.partition("## The port that fills on some days")
    assert lights
    port, end, _ = port.partition("## What happened when")
    assert end
    (case.root / "story.md").write_text(f"+++{head}+++\n\n{mark}{port}", encoding="utf-8")
    page = build(Case.load(case.root)).read_text(encoding="utf-8")
    shown = ("calendar", "chips", "count", "bracket", "before-after", "interview", "camera", "drawing", "front")
    for block in (*shown, "verification", "time-slider", "origins", "weighing", "video", "shadow"):
        assert re.search(rf'<figure class="{block}[ "]', page), block


def test_faint_ships_that_the_caption_tells_of_were_there(found: Mapping[str, Finding]) -> None:
    """The strip's caption says that a ship lay at the southern quay on a day on which none was found."""
    truth, chips = exercise_port.stack()
    (told,) = (chip for chip in chips if chip.at.date().isoformat() == "2023-11-15")
    assert truth.count("berth-1", told.at) == 1

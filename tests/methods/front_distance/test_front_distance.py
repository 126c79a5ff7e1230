"""The distance from a drawn front is a dated range over makers, readings and maps; bad maps are named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dateline.core import Where
from dateline.core.errors import DatelineError
from dateline.ledger.finding import Finding
from dateline.measure.ask import ask, request_of_flags
from dateline.methods import catalogue
from dateline.places.front import side_of
from dateline.simulate.front import MovingFront, control_table, daily, days_from, derived, full_layers

START = datetime(2024, 10, 1, tzinfo=UTC)
FRONT = MovingFront(lon=-40.0, lat=-42.0, start=START, pace=0.5, grey=2.0)
"""In the middle of an ocean: nothing real is near, and no coast is either."""
DAY = datetime(2024, 11, 1, tzinfo=UTC)


def asked(
    files: list[Path], *, km_west: float, at: str = "2024-11-01", radius: float = 0.2, **parameters: object
) -> Finding:
    """The finding for a point so many kilometres west of the line at the start."""
    lon = FRONT.west_of(FRONT.lon, km_west)
    request = request_of_flags(
        catalogue.card("front_distance"), roles={"fronts": [str(path) for path in files]},
        named={"places": [f"{FRONT.lat}, {lon:.5f}"]}, parameters={"at": at, **parameters}, radius_km=radius,
    )  # fmt: skip
    return ask(request)[0]


@pytest.fixture(scope="module")
def maps(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two months of three makers."""
    folder = tmp_path_factory.mktemp("fronts")
    days = days_from(START, 60)
    return [
        *daily(folder, FRONT, days[::3]),
        *derived(folder, FRONT, days[::10]),
    ]


def test_the_range_holds_the_truth_and_says_who_drew_it_and_how_old(maps: list[Path]) -> None:
    """20 km west of a line that has come 15.5 km nearer: 4.5 km outside, on every map."""
    finding = asked(maps, km_west=20.0)
    far = finding.estimates["distance"]
    assert finding.result == "outside"
    assert far.low < 20.0 - 0.5 * 31 < far.high
    assert far.high - far.low < 8
    assert "2 map-makers" in finding.statement.en
    assert finding.simulated
    assert {row["maker"] for row in finding.series.rows} == {"DeepState", "ISW"}


def test_inside_is_told_with_its_own_sign(maps: list[Path]) -> None:
    """5 km east of where the line began."""
    finding = asked(maps, km_west=-5.0)
    assert finding.result == "inside"
    assert finding.estimates["distance"].high < 0
    assert "inside the land drawn as occupied" in finding.statement.en


def test_land_of_unknown_status_puts_a_place_on_both_sides(tmp_path: Path) -> None:
    """A village in the grey strip is outside by one reading and inside by the other: a range, and no side."""
    files = full_layers(tmp_path, FRONT, [DAY - timedelta(hours=5)])
    finding = asked(files, km_west=16.5)
    assert finding.result == "map-makers differ"
    assert finding.estimates["distance"].low < 0 < finding.estimates["distance"].high
    assert "layers-left" in {note.code for note in finding.caveats}
    assert "one-maker" in {note.code for note in finding.caveats}


def test_a_daily_file_holds_the_map_of_the_evening_before(tmp_path: Path) -> None:
    """The file of 1 November was published on 31 October, UTC."""
    (path,) = daily(tmp_path, FRONT, [DAY])
    finding = asked([path], km_west=20.0, at="2024-10-31")
    (row,) = finding.series.rows
    assert row["published"] == "2024-11-01T00:00:00+00:00"
    assert row["age_days"] == pytest.approx(0.0)


def test_old_maps_do_not_count(maps: list[Path]) -> None:
    """A gap is not bridged: a map of two months ago says nothing of today."""
    finding = asked(maps, km_west=20.0, at="2025-03-01")
    assert finding.result == "cannot tell"
    assert finding.reasons[0].code == "map-old"


def test_a_front_without_a_day_is_refused(maps: list[Path]) -> None:
    """No date, no answer."""
    assert asked(maps, km_west=20.0, at="").result == "refused"


def test_a_settlement_changes_hands_between_two_maps_of_each_maker(maps: list[Path], tmp_path: Path) -> None:
    """The line passes 12 km on day 24: each maker's interval holds it, and so does the table's."""
    lon = FRONT.west_of(FRONT.lon, 12.0)
    table = control_table(tmp_path / "control_viina.simulated.csv", FRONT, [("Stavnoye", lon)], days_from(START, 60, 5))
    finding = asked([*maps, table], km_west=12.0, radius=0.05)
    changed = finding.values["changed_hands"]
    assert {one["maker"] for one in changed} == {"DeepState", "ISW", "VIINA"}
    truth = START + timedelta(days=24)
    for one in changed:
        first, last = (datetime.fromisoformat(one["when"][key]) for key in ("earliest", "latest"))
        assert first - timedelta(days=1) <= truth <= last + timedelta(days=1)
    assert finding.values["speed_km_per_day"]["DeepState"] == pytest.approx(0.5, abs=0.02)


def test_seen_from_inside_the_coast_is_no_front() -> None:
    """Crimea's coast is near Simferopol; a front drawn at its neck is far."""
    from shapely.geometry import box

    side = side_of(box(32.0, 44.0, 36.9, 46.1), Where.point(lon=34.1, lat=44.95, radius=500))
    assert side is not None
    assert side.distance.best < -100


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("deepstate_20241301.simulated.geojson", '{"type":"FeatureCollection","features":[]}', "front-file"),
        ("deepstate_x.simulated.geojson", None, "front-date"),
        ("deepstate_20130101.simulated.geojson", None, "front-date"),
        ("somebody_20241101.simulated.geojson", None, "front-maker"),
        ("deepstate_20241101.simulated.geojson", "{not json", "front-file"),
        ("deepstate_20241101.simulated.geojson", "[]", "front-file"),
        ("control_20241101.simulated.csv", "a,b\n1,2\n", "front-file"),
        ("deepstate_20241101.simulated.zip", "PK", "zip"),
        (
            "deepstate_20241101.simulated.geojson",
            '{"type":"FeatureCollection","features":[{"properties":{"name":"x"},"geometry":null}]}',
            "front-empty",
        ),
        (
            "deepstate_20241101.simulated.geojson",
            '{"type":"Polygon","coordinates":[[[4000000,5],[4000001,5],[4000001,6],[4000000,5]]]}',
            "front-file",
        ),
    ],
)
def test_a_bad_map_is_named(tmp_path: Path, name: str, text: str | None, code: str) -> None:
    """Impossible dates, no maker, no land, metres for degrees, torn files: said, and nothing measured."""
    path = tmp_path / name
    if text is None:
        (made,) = daily(tmp_path, FRONT, [DAY])
        made.rename(path)
    else:
        path.write_text(text)
    with pytest.raises(DatelineError) as caught:
        asked([path], km_west=20.0)
    assert caught.value.code == code
    assert name in str(caught.value)


def test_an_index_names_maker_and_moment(tmp_path: Path) -> None:
    """Files of any name are read through a table beside them."""
    (made,) = daily(tmp_path, FRONT, [DAY])
    odd = made.rename(tmp_path / "layer.simulated.json")
    index = tmp_path / "fronts.csv"
    index.write_text("file,maker,published,drawn\nlayer.simulated.json,Somebody,2024-10-31T20:00:00+00:00,occupied\n")
    finding = asked([odd, index], km_west=20.0)
    assert finding.series.rows[0]["maker"] == "Somebody"
    index.write_text("file,maker,published,drawn\nlayer.simulated.json,Somebody,2024-10-31T20:00:00,occupied\n")
    with pytest.raises(DatelineError) as caught:
        asked([odd, index], km_west=20.0)
    assert "zone" in str(caught.value)


def test_invalid_rings_are_made_valid(tmp_path: Path) -> None:
    """A bow-tie, as simplified layers have them, is no reason to fail."""
    path = tmp_path / "isw_2024-11-01.simulated.geojson"
    ring = [[-40, -43], [-39, -41], [-39, -43], [-40, -41], [-40, -43]]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert asked([path], km_west=30.0).result == "outside"


def _layer(name: str, west: float, east: float) -> dict[str, object]:
    ring = [[west, -43.0], [east, -43.0], [east, -41.0], [west, -41.0], [west, -43.0]]
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def _layers(path: Path, *layers: dict[str, object]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": layers}))
    return path


@pytest.mark.parametrize("with_key", [True, False])
def test_layers_under_their_published_names_are_read_and_land_elsewhere_is_left(tmp_path: Path, with_key: bool) -> None:
    """The land of 2014 has no word for occupied in its name; a jest about Prussia and Transnistria have."""
    names = {
        "Окуповано /// Occupied": ("status.occupied", -39.0, -38.0),
        "ОРДЛО /// CADR and CALR": ("territories.ordlo", -40.0, -39.0),
        "Статус невідомий": ("status.unknown", -40.1, -40.0),
        "Тимчасово окупована східна Пруссія": ("territories.prussia", -42.0, -41.0),
        "Окуповане Придністров'я /// Occupied Transnistria": ("territories.transnistria", -41.0, -40.5),
    }
    layers = [_layer(f"{name} /// geoJSON.{key}" if with_key else name, *ends) for name, (key, *ends) in names.items()]
    path = _layers(tmp_path / "1730412000.simulated.geojson", *layers)
    finding = asked([path], km_west=20.0)
    far = {row["reading"]: row["distance"] for row in finding.series.rows}
    assert far["occupied"] == pytest.approx(20.0, abs=0.1)
    assert far["occupied or unknown"] == pytest.approx(20.0 - 8.27, abs=0.1)


def test_the_front_of_an_interval_is_that_of_all_its_days(tmp_path: Path) -> None:
    """It came 10 km nearer in twenty days: the range has both ends."""
    far = asked(derived(tmp_path, FRONT, days_from(START, 30)), km_west=30.0, at="2024-10-02/2024-10-21").estimates
    assert far["distance"].low < 30.0 - 0.5 * 19.5
    assert far["distance"].high > 30.0 - 0.5 * 1


def test_a_table_of_control_takes_its_positions_from_the_table_beside_it(tmp_path: Path) -> None:
    """As published: numbers, days and statuses here, where the places lie there; two villages share a name."""
    lon, other = FRONT.west_of(FRONT.lon, 12.0), FRONT.west_of(FRONT.lon, 60.0)
    rows = [
        f"{place},{day:%Y%m%d},UA,UA,UA,UA,{'RU' if place == 1 and number > 3 else 'UA'}"
        for number, day in enumerate(days_from(START, 40, 5))
        for place in (1, 2)
    ]
    table, places = tmp_path / "control_latest_2024.simulated.csv", tmp_path / "gn_places.simulated.csv"
    table.write_text("\n".join(["geonameid,date,status_wiki,status_boost,status_dsm,status_isw,status", *rows]))
    with pytest.raises(DatelineError) as caught:
        asked([table, *daily(tmp_path, FRONT, [DAY])], km_west=12.0, at="2024-11-01")
    assert "geonameid, latitude, longitude" in str(caught.value)
    lines = [f"1,Stavnoye,{FRONT.lat},{lon}", f"2,Stavnoye,{FRONT.lat},{other}"]
    places.write_text("\n".join(["geonameid,asciiname,latitude,longitude", *lines]))
    finding = asked([table, places, *daily(tmp_path, FRONT, [DAY])], km_west=12.0, at="2024-11-01")
    (changed,) = [one for one in finding.values["changed_hands"] if one["maker"] == "VIINA"]
    assert changed["to"] == "occupied"


def test_a_place_behind_the_occupier_s_own_border_is_told_with_a_caveat() -> None:
    """Taganrog is 45 km from occupied land and not 45 km from any front."""
    from shapely import union_all
    from shapely.geometry import box

    from dateline.places.borders import borders

    land = union_all([part.shape for part in borders().parts if part.code == "UKR"])
    area = land.intersection(box(37.3, 47.0, 41.0, 49.0))
    taganrog, west = (Where.point(lon=lon, lat=47.4, radius=500) for lon in (38.9, 36.8))
    behind, before = side_of(area, taganrog), side_of(area, west)
    assert behind is not None
    assert before is not None
    assert (behind.is_at_border, before.is_at_border) == (True, False)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("isw_2024-11-01.simulated.geojson", "[" * 200_000),
        ("isw_2024-11-01.simulated.geojson", '{"features": 5}'),
        ("isw_2024-11-01.simulated.geojson", '{"map": {"features": 5}}'),
        ("isw_2024-11-01.simulated.geojson", '{"features": [{"properties": [1], "geometry": [1]}]}'),
        ("viina_2024.simulated.csv", "date,status,lat,lon,id\n20241101,RU,1,2," + "x" * 200_000),
        ("fronts.csv", "file,published,drawn\nx.geojson,2024-11-01,Russian\n"),
    ],
)
def test_files_of_an_odd_make_are_named_and_not_a_crash(tmp_path: Path, name: str, text: str) -> None:
    """Depth without end, lists for mappings, endless fields, an index with its own words."""
    (tmp_path / name).write_text(text)
    with pytest.raises(DatelineError) as caught:
        asked([tmp_path / name], km_west=20.0)
    assert caught.value.code == "front-file"


def test_an_index_in_another_encoding_is_named(tmp_path: Path) -> None:
    """Not a crash."""
    (tmp_path / "fronts.csv").write_bytes("file,maker,published\nx,Кто,2024".encode("cp1251"))
    with pytest.raises(DatelineError) as caught:
        asked([tmp_path / "fronts.csv"], km_west=20.0)
    assert caught.value.code == "front-file"


def test_shapes_in_collections_count_and_empty_ones_are_told(tmp_path: Path) -> None:
    """Nothing is lost in silence; a number in the name of another maker's file does not make it DeepState's."""
    shape = _layer("", -40.0, -38.0)["geometry"]
    features = [
        {"properties": {}, "geometry": {"type": "GeometryCollection", "geometries": [shape]}},
        {"properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": []}},
    ]
    path = _layers(tmp_path / "isw_1730412000.simulated.geojson", *features)
    finding = asked([path], km_west=20.0)
    assert finding.series.rows[0]["maker"] == "ISW"
    assert "null-geometry" in {note.code for note in finding.caveats}

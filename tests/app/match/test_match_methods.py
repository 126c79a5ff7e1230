"""Pairs and lines that people marked give what the same numbers in a file give; and what is refused, kindly."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image

from dateline.app.asking import ask_live, keep
from dateline.app.desk import Desk
from dateline.app.screens.match.bench import Bench, bench_of, pairs_json, rough
from dateline.app.screens.match.camera import camera_live, camera_measure
from dateline.app.screens.match.grounds import ground_of, plan_around, read_text
from dateline.app.screens.match.keeping import measure_to_keep
from dateline.app.screens.match.shadow import shadow_live, shadow_measure, with_camera
from dateline.core.errors import InputError, RecordError, Refusal, UsageError
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append
from dateline.measure.archive import archive_file
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.files import item_path
from dateline.measure.gather.georeferenced import Georeference
from dateline.measure.gather.shadow_lines import cast_of, cells_of, drawn_on
from dateline.measure.gather.shadows_observed import scene_in
from dateline.measure.request import Selection, from_measure, site_of
from dateline.media.camera import project
from dateline.media.landmark import Plane
from dateline.media.upright import stored
from dateline.methods import catalogue

AT = (37.15, 48.05)
SIZE = (1600, 1200)
FOCAL = 1100.0
PLACES = ((-300, 700), (-120, 420), (60, 900), (180, 500), (420, 800), (520, 650))
"""[m] Six landmarks east and north of a camera that looks 10 degrees east of north."""
Row = dict[str, Any]


def rows(size: tuple[int, int] = SIZE) -> list[Row]:
    """Landmarks on the upright picture, as a file has them."""
    points = np.array(PLACES, float)
    offsets = project(np.zeros(2), 0.0, points, np.zeros(6), yaw=np.radians(10), pitch=0.0, roll=0.0)
    degrees = Plane(*AT).degrees(points)
    return [
        {"name": f"thing {n}", "x": float(size[0] / 2 + FOCAL * x), "y": float(size[1] / 2 + FOCAL * y),
         "lon": float(lon), "lat": float(lat), "map_error": 3.0, "pixel_error": 2.0}
        for n, ((x, y), (lon, lat)) in enumerate(zip(offsets, degrees, strict=True), 1)
    ]  # fmt: skip


def mark(number: int, **told: Any) -> Observation:
    """One observation of fox on the photo, made in its order."""
    whole = {"id": f"mark-{number}", "by": "fox", "at": f"2026-03-01T10:00:{number:02}Z", "item": "photo",
             "sitting": "match-one", "state": "present"} | told  # fmt: skip
    return Observation.model_validate(whole)


def photo(root: Path, *, orientation: int = 1, f35: int | None = None, name: str = "photo") -> None:
    """A grey photo of SIZE once it is turned upright."""
    (root / "places/quay.toml").write_text(QUAY)
    exif = Image.Exif()
    exif[0x0112] = orientation
    if f35 is not None:
        exif.get_ifd(0x8769).update({0xA405: f35})
    size = SIZE[::-1] if orientation >= 5 else SIZE
    path = root.parent / f"{name}.jpg"
    Image.new("RGB", size, "grey").save(path, exif=exif)
    archive_file(root, path, item=name, by="desk", licence="own", publish="yes")


def matched(root: Path, given: list[Row]) -> tuple[Case, Bench]:
    """The case after fox matched these."""
    append(root, "fox", "match-one", [mark(n, matches=[row]) for n, row in enumerate(given, 1)])
    case = Case.load(root)
    return case, bench_of(case, "fox", "photo")


def from_file(path: Path, **given: Any) -> Finding:
    """What `dateline run camera_position` says of a file."""
    size = {"width": SIZE[0], "height": SIZE[1]}
    request = request_of_flags(
        catalogue.card("camera_position"), roles={"landmarks": [str(path)]}, named={}, parameters=size | given
    )
    return ask(request)[0]


def table(path: Path, given: list[Row]) -> Path:
    """Rows as CSV."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(given[0]))
        writer.writeheader()
        writer.writerows(given)
    return path


def same(one: Finding, other: Finding) -> None:
    """Everything that an answer says, beside what it rests on."""
    assert (one.result, one.statement, one.reasons) == (other.result, other.statement, other.reasons)
    for name, told in one.estimates.items():
        their = other.estimates[name]
        assert (told.best, told.low, told.high) == pytest.approx((their.best, their.low, their.high), abs=1e-6), name
    assert one.values["places"][0] == pytest.approx(other.values["places"][0], abs=1e-6)


@pytest.mark.parametrize("orientation", [1, 6])
def test_marked_pairs_give_what_a_file_gives(desk: Path, tmp_path: Path, orientation: int) -> None:
    """Marks are made on the stored picture; a file's rows are of the upright one. Both are one answer."""
    photo(desk, orientation=orientation)
    given = rows()
    size = SIZE[::-1] if orientation >= 5 else SIZE
    turned = [
        {**row, "x": x, "y": y}
        for row, (x, y) in zip(
            given, stored(np.array([[r["x"], r["y"]] for r in given]), orientation, size).tolist(), strict=True
        )
    ]
    case, bench = matched(desk, turned)
    live = ask_live(case, camera_measure(bench, {"f_px": FOCAL}))
    assert live.result == "located"
    same(live, from_file(table(tmp_path / "pairs.csv", given), f_px=FOCAL))


def test_the_log_itself_is_a_file_of_landmarks(desk: Path) -> None:
    """`dateline run camera_position` reads the sitting's lines: moved pairs count once, withdrawn ones not."""
    photo(desk)
    given = rows()
    case, bench = matched(desk, given)
    off = {**given[1], "x": 10.0}
    append(desk, "fox", "match-one", [mark(20, matches=[off]), mark(21, state="withdrawn", supersedes="mark-20")])
    moved = {**given[0], "y": given[0]["y"] + 1}
    append(desk, "fox", "match-one", [mark(22, matches=[moved], supersedes="mark-1")])
    case = Case.load(desk)
    bench = bench_of(case, "fox", "photo")
    assert [pair.match.name for pair in bench.pairs] == [row["name"] for row in given]
    assert bench.pairs[0].match.y == moved["y"]
    live = ask_live(case, camera_measure(bench, {"f_px": FOCAL}))
    same(live, from_file(desk / "observations/fox/match-one.jsonl", f_px=FOCAL))


def test_what_is_drawn_is_the_methods_answer(desk: Path) -> None:
    """The region on the map holds the camera; arrows point along rows; the words are as coarse as may be published."""
    photo(desk)
    case, bench = matched(desk, rows())
    ground = ground_of(case, {"map": "plan"}, bench.positions)
    assert ground is not None
    told = camera_live(case, bench, ground, {"f_px": FOCAL})
    camera = ground.reference.pixels(np.array([AT]))[0]
    ring = np.array(next(one["points"] for one in told["drawing"]["shapes"] if one["kind"] == "Polygon"))
    assert (ring.min(axis=0) < camera).all()
    assert (camera < ring.max(axis=0)).all()
    assert all(start[1] == end[1] for start, end in told["drawing"]["photo"]["arrows"])
    assert "published to the nearest 1 km" in told["sentence"]
    assert "48.05000" not in json.dumps(told)


def test_arrows_on_the_map_lead_to_the_line_of_sight(desk: Path) -> None:
    """A pair moved to the right in the photo: its ray passes clockwise of the landmark, and the arrow says so."""
    photo(desk)
    given = rows()
    given[2]["x"] += 40
    case, bench = matched(desk, given)
    ground = ground_of(case, {"map": "plan"}, bench.positions)
    drawing = camera_live(case, bench, ground, {"f_px": FOCAL})["drawing"]
    (start, end), scale = drawing["photo"]["arrows"][2], drawing["photo"]["scale"]
    if drawing["photo"]["used"][2]:
        assert (end[0] - start[0]) / scale < -10
        (x, _), (to, _) = drawing["map"]["arrows"][2]
        assert to > x  # the camera looks north: clockwise is east, right on the map
    assert scale >= 1


def test_positions_are_masked_until_asked(desk: Path) -> None:
    """What the screen gets holds no position finer than 0.1 degree."""
    photo(desk)
    case, bench = matched(desk, rows())
    ground = ground_of(case, {"map": "plan"}, bench.positions)
    told = pairs_json(bench, ground, exact=False)
    assert told[0]["where"] == "about 48.1° N, 37.1° E"
    assert "lon" not in told[0]
    assert pairs_json(bench, ground, exact=True)[0]["where"].startswith("48.05")
    assert rough((-0.04, -78.46)) == "about 78.5° S, 0.0° E"


def test_a_kept_measure_names_no_position(desk: Path) -> None:
    """measures/ID.toml holds who and which picture; its finding is the live one, as coarse as may be published."""
    photo(desk)
    case, bench = matched(desk, rows())
    measure = measure_to_keep(case, bench, {"what": "camera", "id": "camera-photo", "lens": {"f_px": FOCAL}})
    told = keep(Desk(desk, 0), measure, by="ana").to_json()
    text = (desk / "measures/camera-photo.toml").read_text()
    assert "48.0" not in text
    assert "lon" not in text
    assert told["finding"]["sentence"] == ask_live(case, camera_measure(bench, {"f_px": FOCAL})).statement.en
    found = (desk / "findings/camera-photo.json").read_text()
    assert "48.05000" not in found
    assert all(f"thing {n}" not in found for n in range(1, 7))
    with pytest.raises(InputError, match="already"):
        keep(Desk(desk, 0), measure, by="ana")
    with pytest.raises(UsageError):
        measure_to_keep(case, bench, {"what": "camera", "id": "../x"})


def test_bad_pairs_are_said_and_not_solved(desk: Path) -> None:
    """Three pairs without a lens, pairs in one direction, a pair twice, longitude and latitude exchanged."""
    photo(desk)
    given = rows()
    case, bench = matched(desk, given[:3])
    assert ask_live(case, camera_measure(bench, {})).result == "refused"
    append(desk, "fox", "match-one", [mark(10, matches=[given[0]])])
    case = Case.load(desk)
    with pytest.raises(RecordError, match="again"):
        ask_live(case, camera_measure(bench, {"f_px": FOCAL}))
    append(desk, "fox", "match-one", [mark(11, state="withdrawn", supersedes="mark-10")])
    swapped = {**given[4], "lon": given[4]["lat"], "lat": given[4]["lon"]}
    append(desk, "fox", "match-one", [mark(12, matches=[swapped]), mark(13, matches=[given[5]])])
    with pytest.raises(RecordError, match="swapped"):
        ask_live(Case.load(desk), camera_measure(bench, {"f_px": FOCAL}))


def test_pairs_behind_one_another_are_refused(desk: Path) -> None:
    """Four pairs on one line of sight give no place."""
    photo(desk)
    one = rows()[2]
    line = [{**one, "name": str(n), "y": one["y"] + n, "lat": one["lat"] + n / 1000} for n in range(4)]
    case, bench = matched(desk, line)
    assert ask_live(case, camera_measure(bench, {"f_px": FOCAL})).reasons[0].code == "one-direction"


@pytest.mark.parametrize(
    "text",
    ["48°03′00″N 37°09′00″E", "48.05 N, 37.15 E", "\u200f48.05 N, 37.15 E\u202c", "48,05 с.ш. 37,15 в.д.",
     "37U CP 62117 23462"],
)  # fmt: skip
def test_positions_are_read_as_people_paste_them(text: str) -> None:
    """Degrees and minutes, decimals, marks of right-to-left writing, Cyrillic, MGRS: one position within 1 km."""
    (lon, lat), notes = read_text(text)
    assert (lon, lat) == (pytest.approx(37.15, abs=0.01), pytest.approx(48.05, abs=0.01))
    assert notes


def test_a_pair_of_numbers_that_can_be_read_both_ways_is_asked_about() -> None:
    """48.06, 37.37 has two readings: nobody chooses silently; a word is no position."""
    with pytest.raises(UsageError) as caught:
        read_text("48.06, 37.37")
    assert caught.value.code == "ambiguous-order"
    assert read_text("48.06, 37.37", order="lat,lon")[0] == (37.37, 48.06)
    with pytest.raises(UsageError):
        read_text("the shed")


def test_a_plain_map_leads_back_to_where_it_was_asked() -> None:
    """Pixels of the plain map are positions and back; a blunder far away does not make it wide."""
    plan = plan_around(None, [*((37.15 + n / 1000, 48.05) for n in range(5)), (-20.0, 10.0)])
    at = np.array([[37.16, 48.06], [37.0, 48.0]])
    np.testing.assert_allclose(plan.degrees(plan.pixels(at)), at, atol=1e-9)
    assert plan.way(np.array([[0.0, 0.0], [8000.0, 0.0]]))[0] < 50_000


def test_lines_of_a_map_are_drawn_or_refused(desk: Path) -> None:
    """GeoJSON of the case becomes lines in pixels; a broken file is said."""
    for name, data in (
        ("roads", {"type": "Feature", "geometry": {"type": "LineString", "coordinates": [AT, [37.16, 48.06]]}}),
        ("broken", {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Polygon"}}]}),
    ):
        path = desk.parent / f"{name}.geojson"
        path.write_text(json.dumps(data))
        archive_file(desk, path, item=name, by="desk", licence="own", publish="yes")
    case = Case.load(desk)
    ground = ground_of(case, {"map": "plan", "lines": "roads"}, [])
    assert ground is not None
    np.testing.assert_allclose(ground.reference.degrees(ground.lines[0])[0], AT, atol=1e-9)
    with pytest.raises(InputError) as caught:
        ground_of(case, {"map": "plan", "lines": "broken"}, [])
    assert caught.value.code == "map-lines"


def georeferenced(root: Path, name: str = "photo") -> Georeference:
    """A GeoTIFF of 0.5 m a pixel, turned by nothing, around AT."""
    plane = "+proj=utm +zone=37 +datum=WGS84 +units=m"
    path = root.parent / f"{name}.tif"
    (root / "places/quay.toml").write_text(QUAY)
    affine = Affine(0.5, 0, 436_000, 0, -0.5, 5_323_000)
    with rasterio.open(
        path, "w", driver="GTiff", width=400, height=300, count=3, dtype="uint8", crs=plane, transform=affine
    ) as made:
        made.write(np.full((3, 300, 400), 90, np.uint8))
    archive_file(root, path, item=name, by="desk", licence="own", publish="yes")
    return Georeference(crs=plane, affine=tuple(affine)[:6], width=400, height=300)


BESIDE = {"date": "2024-10-18", "zone": "UTC", "place": "quay"}
QUAY = """schema = 1
id = "quay"
role = "port"
located_by = "invented"

[names]
en = "Quay"

[where]
lon = 38.15
lat = 48.05
radius = 100
"""


def shadow_from_file(path: Path, root: Path, **given: Any) -> Finding:
    """What `dateline run sun_shadow` says of a file and the same place."""
    request = request_of_flags(
        catalogue.card("sun_shadow"), roles={"shadows": str(path)}, named={}, parameters={"level": 0.95} | given
    )
    quay = Selection(sites=(site_of(Case.load(root), "quay"),))
    return ask(replace(request, roles={**request.roles, "places": (quay,)}))[0]


def test_a_drawn_shadow_gives_what_its_numbers_give(desk: Path, tmp_path: Path) -> None:
    """On a georeferenced picture: metres and true north; with a stated height, the same finding as from a CSV."""
    reference = georeferenced(desk)
    line = ((100.0, 100.0), (160.0, 60.0))
    drawn = mark(1, lines=[line], line_names=["shadow"], pixel_error=1.0, question="Shadow of photo")
    append(desk, "fox", "match-one", [drawn])
    case = Case.load(desk)
    bench = bench_of(case, "fox", "photo")
    (metres, azimuth) = reference.way(np.array(line))
    assert metres == pytest.approx(0.5 * np.hypot(60, 40), rel=2e-3)
    live = ask_live(case, shadow_measure(bench, BESIDE | {"height": "15 m", "height_sigma": "5 %"}))
    scene = scene_in(case, "photo", case.root.parent / "photo.tif", None)
    (one,) = drawn_on(scene, bench.drawings)
    cells = cells_of(one, cast_of(one)[0]) | {"height": "15 m", "height_sigma": "5 %"}
    assert float(cells["azimuth"]) == pytest.approx(azimuth)
    other = shadow_from_file(table(tmp_path / "shadow.csv", [cells]), desk, date="2024-10-18", zone="UTC")
    assert live.result == other.result == "times"
    for name in ("result", "statement", "estimates", "values"):
        assert getattr(live, name) == getattr(other, name), name


def test_each_line_is_told_with_its_error_and_the_horizon_in_words(desk: Path) -> None:
    """A standing object through lens and horizon, roll and pitch; without a lens it says what would help."""
    photo(desk, f35=27)
    photo(desk, name="plain")
    lines = {
        "horizon": ((0, 500), (1600, 520)),
        "object": ((700, 900), (700, 600)),
        "shadow": ((700, 900), (1000, 980)),
    }
    for item, start in (("photo", 1), ("plain", 5)):
        drawn = [
            mark(start, item=item, lines=[lines["horizon"]], line_names=["horizon"]),
            mark(start + 1, item=item, lines=[lines["object"], lines["shadow"]], line_names=["object", "shadow"]),
        ]
        append(desk, "fox", "match-one", drawn)
    case = Case.load(desk)
    horizon, shadow = shadow_live(case, bench_of(case, "fox", "photo"), BESIDE)["lines"]
    assert "anticlockwise" in horizon["text"]
    assert "looked 4" in horizon["text"]
    assert "times" in shadow["text"]
    assert "95 %" in shadow["text"]
    horizon, shadow = shadow_live(case, bench_of(case, "fox", "plain"), BESIDE)["lines"]
    assert "lens is not known" in horizon["text"]
    assert shadow["error"]["code"] == "lens-unknown"


def test_a_camera_from_pairs_gives_a_shadow_its_direction(desk: Path) -> None:
    """With pairs the lens and the way the camera looked are known: the shadow gets a direction, with their error."""
    photo(desk)
    matched(desk, rows())
    append(
        desk, "fox", "match-one",
        [mark(30, lines=[((0, 600), (1600, 600))], line_names=["horizon"]),
         mark(31, lines=[((700, 900), (700, 750)), ((700, 900), (900, 950))], line_names=["object", "shadow"])],
    )  # fmt: skip
    case = Case.load(desk)
    told = shadow_live(case, bench_of(case, "fox", "photo"), BESIDE | {"lens": {"f_px": FOCAL}})
    assert "points to" in told["lines"][1]["text"]
    assert told["finding"]["result"] in {"times", "impossible"}


def test_lines_that_say_too_little_are_refused_kindly(desk: Path) -> None:
    """A shadow alone, one that starts elsewhere, the same thing told twice."""
    photo(desk)
    append(desk, "fox", "match-one", [mark(1, lines=[((100, 100), (300, 100))], line_names=["shadow"])])
    case = Case.load(desk)
    bench = bench_of(case, "fox", "photo")
    assert ask_live(case, shadow_measure(bench, BESIDE)).reasons[0].code == "no-north"
    both = [((100, 400), (100, 200)), ((300, 400), (600, 400))]
    append(desk, "fox", "match-one", [mark(2, supersedes="mark-1", lines=both, line_names=["object", "shadow"])])
    assert ask_live(Case.load(desk), shadow_measure(bench, BESIDE)).reasons[0].code == "feet-apart"
    good = [((100, 400), (100, 200)), ((100, 400), (500, 400))]
    append(desk, "fox", "match-one", [mark(3, supersedes="mark-2", lines=good, line_names=["object", "shadow"])])
    finding = ask_live(Case.load(desk), shadow_measure(bench, BESIDE))
    assert finding.reasons[0].code == "perspective"


def test_an_object_and_its_shadow_need_the_horizon(desk: Path) -> None:
    """From 30 m and eye height a shadow 60 degrees off the picture's plane lies flat: half of it is hidden."""
    photo(desk, f35=27)
    far, near = 30.0, 30.0 + 3 * math.sin(math.radians(60))
    foot, tip = (800.0, 600 + FOCAL * 1.6 / far), (800 + FOCAL * 1.5 / near, 600 + FOCAL * 1.6 / near)
    top = (800.0, foot[1] - FOCAL * 8 / far)
    append(desk, "fox", "match-one", [mark(1, lines=[(foot, top), (foot, tip)], line_names=["object", "shadow"])])
    case = Case.load(desk)
    (drawn,) = drawn_on(scene_in(case, "photo", item_path(case, "photo"), None), [case.observations["mark-1"]])
    with pytest.raises(Refusal) as caught:
        cast_of(drawn)
    assert caught.value.code == "perspective"


def test_a_camera_is_taken_at_its_own_level_and_of_its_own_picture(desk: Path) -> None:
    """An interval of 90 % and one of 95 % say the same error; another picture's camera is refused."""
    photo(desk)
    photo(desk, name="other", f35=27)  # other bytes
    case, bench = matched(desk, rows())
    measure = camera_measure(bench, {"f_px": FOCAL}, exact=True)
    wide, narrow = (
        ask_live(case, measure.model_copy(update={"parameters": {**measure.parameters, "level": level}}))
        for level in (0.95, 0.68)
    )
    path = item_path(case, "photo")
    yaws = [scene_in(case, "photo", path, one).yaw() for one in (wide, narrow)]
    assert yaws[0] is not None
    assert yaws[1] is not None
    assert yaws[0].sigma == pytest.approx(yaws[1].sigma, rel=0.05)
    lenses = [scene_in(case, "photo", path, one).lens() for one in (wide, narrow)]
    assert lenses[0] is not None
    assert lenses[1] is not None
    assert lenses[0].sigma == pytest.approx(lenses[1].sigma, rel=0.05)
    shadow = mark(40, item="other", lines=[((100, 400), (100, 200)), ((100, 400), (500, 400))],
                  line_names=["object", "shadow"])  # fmt: skip
    append(desk, "fox", "match-two", [shadow.model_copy(update={"sitting": "match-two"})])
    case = Case.load(desk)
    asked = shadow_measure(bench_of(case, "fox", "other"), BESIDE)
    with pytest.raises(InputError) as caught:
        ask(with_camera(from_measure(case, asked), wide))
    assert caught.value.code == "camera-elsewhere"

"""Images, berths and places of a request become nouns with hashes, from flags and from a case alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from dateline.core import InputError, State, UsageError
from dateline.core.errors import DatelineError
from dateline.core.identity import sha256_file
from dateline.imagery.berth import Berth
from dateline.imagery.chip import Chip
from dateline.ledger.case import Case
from dateline.ledger.skeleton import new_case
from dateline.measure.ask import request_of_flags
from dateline.measure.berths import berths_in_file, bounds_of_berths, line_length
from dateline.measure.gather import chips as gather
from dateline.measure.request import Loaded, Selection, berths_of, from_measure
from dateline.methods.card import Card, Front

QUAY = [[130.2990, 42.2330], [130.3010, 42.2330]]


def card() -> Card:
    """A card that takes images, berths and places, as those of ports do."""
    inputs = {
        "images": {"kind": "chips", "many": True, "help": "images"},
        "berths": {"kind": "berths", "required": False, "help": "quays"},
        "places": {"kind": "places", "many": True, "required": False, "help": "where"},
    }
    front = Front.model_validate(
        {"id": "looked", "version": "1", "title": "t", "question": "q?", "gather": "chips", "inputs": inputs,
         "parameters": {"stated": {"type": "text", "help": "where the images are said to be"}},
         "results": [{"id": "seen", "means": "m"}], "guards": [], "statements": {}}
    )  # fmt: skip
    return Card(front=front, prose="", folder=Path())


def berth_file(path: Path, **properties: Any) -> Path:
    """A GeoJSON file with one quay."""
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "LineString", "coordinates": QUAY}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def images(folder: Path, count: int = 3, size: int = 400) -> Path:
    """Passes over the quay, 12 days apart."""
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(1)
    for index in range(count):
        path = folder / f"2024-01-{1 + 12 * index:02}T232812Z_VV.tif"
        with rasterio.open(
            path, "w", driver="GTiff", height=size, width=size, count=1, dtype="float32", crs="EPSG:32652",
            transform=Affine(10, 0, 605_300, 0, -10, 4_678_000),
        ) as file:  # fmt: skip
            file.write(rng.gamma(4.4, 0.01, (size, size)).astype(np.float32), 1)
    return folder


def loaded(**flags: Any) -> tuple[Loaded, Any]:
    """What is gathered for these flags, and how it was prepared."""
    given = {"roles": {}, "named": {}, "parameters": {}} | flags
    request = request_of_flags(card(), **given)
    prepared = gather.prepare(request)
    return prepared.load(lambda share: None), prepared


def test_files_and_a_quay_become_chips_and_a_berth(tmp_path: Path) -> None:
    """A folder of images and a GeoJSON file: chips around the quay on one grid, each input by the hash of its bytes."""
    folder, quay = images(tmp_path / "passes"), berth_file(tmp_path / "q.geojson", id="q1", water="left", slots=2)
    given, prepared = loaded(roles={"images": [str(folder)], "berths": [str(quay)]}, product="sigma0")
    chips = given.inputs.many("images", Chip)
    assert [chip.at.day for chip in chips] == [1, 13, 25]
    assert chips[0].geobox == chips[2].geobox
    assert chips[0].values.shape[2] == pytest.approx(315, abs=8)
    assert chips[0].sha256 == sha256_file(folder / "2024-01-01T232812Z_VV.tif")
    (berth,) = given.inputs.many("berths", Berth)
    assert (berth.id, berth.water, len(berth.slots)) == ("q1", "left", 2)
    assert given.inputs.roles["names"] == ({"q1": "q1"},)
    kinds = sorted((ref.kind, ref.role) for ref in prepared.refs)
    assert kinds == [("item", "berths"), *[("item", "images")] * 3, ("place", "berths"), ("sensor", "images")]
    assert not prepared.simulated


def test_a_place_sets_the_bounds_and_is_handed_on(tmp_path: Path) -> None:
    """--place with a radius: chips of that size; the method gets the place itself by its id."""
    folder = images(tmp_path / "passes")
    given, _ = loaded(
        roles={"images": [str(folder)]}, named={"places": ["42.233, 130.300"]}, radius_km=0.5, product="sigma0"
    )
    assert given.inputs.many("images", Chip)[0].values.shape[1:] == pytest.approx((101, 101), abs=3)
    (places,) = given.inputs.roles["places"]
    assert [where.radius for where in places.values()] == [500.0]


def test_a_place_larger_than_the_images_is_cut_as_far_as_they_show_it(tmp_path: Path) -> None:
    """A sea of 200 km around images of 4 km: their own extent, not a chip of nothing."""
    folder = images(tmp_path / "passes")
    given, _ = loaded(roles={"images": [str(folder)]}, named={"places": ["42.233, 130.300"]}, radius_km=200.0)
    assert given.inputs.many("images", Chip)[0].values.shape[1:] == pytest.approx((400, 400), abs=20)


def test_without_berth_and_place_the_whole_image_is_cut(tmp_path: Path) -> None:
    """The bounds are then the image's own; what the images say of themselves is told once, with the count."""
    given, _ = loaded(roles={"images": [str(images(tmp_path / "passes", size=90))]})
    assert given.inputs.many("images", Chip)[0].values.shape == (1, 90, 90)
    (note,) = (one for one in given.notes if one.code == "quantity-undeclared")
    assert "3 of 3" in note.text


def test_a_berth_that_no_image_shows_is_outside_of_each(tmp_path: Path) -> None:
    """Images of another shore: every look is there, and saw nothing of the berth."""
    folder = images(tmp_path / "passes", size=60)
    quay = berth_file(tmp_path / "q.geojson", id="q1", water="left")
    data = json.loads(quay.read_text())
    data["features"][0]["geometry"]["coordinates"] = [[131.0, 43.0], [131.002, 43.0]]
    quay.write_text(json.dumps(data))
    given, _ = loaded(roles={"images": [str(folder)], "berths": [str(quay)]})
    assert all((chip.states == State.OUTSIDE).all() for chip in given.inputs.many("images", Chip))


def test_simulated_images_are_known_before_they_are_read(tmp_path: Path) -> None:
    """One marked file makes the whole answer simulated."""
    folder = images(tmp_path / "passes", count=2, size=60)
    path = next(iter(sorted(folder.iterdir())))
    path.rename(folder / "2024-01-01T232812Z_VV.simulated.tif")
    _, prepared = loaded(roles={"images": [str(folder)]})
    assert prepared.simulated


BERTH = """schema = 1
id = "{id}"
role = "berth"
quay = [[130.2990, 42.2330], [130.3010, 42.2330]]
[names]
en = "Pier one"
[where]
{where}
"""


def _case(tmp_path: Path, **wheres: str) -> Case:
    root = tmp_path / "case"
    new_case(root, title="Port", question="Were ships there?", worldview="iso")
    for name, where in wheres.items():
        (root / "places" / f"{name}.toml").write_text(BERTH.format(id=name, where=where))
    return Case.load(root)


def test_the_water_of_a_case_s_berth_is_where_its_place_lies(tmp_path: Path) -> None:
    """North of a quay drawn from west to east is left; an area also tells how far ships reach."""
    case = _case(
        tmp_path,
        north="lon = 130.300\nlat = 42.2335",
        south="polygon = [[130.299, 42.233], [130.301, 42.233], [130.301, 42.2325], [130.299, 42.2325]]",
    )
    north, south = berths_of(case)
    assert (north.water, south.water) == ("left", "right")
    assert north.depth == 40.0
    assert south.depth == pytest.approx(55.6, abs=0.5)
    assert north.sha256 == case.places["north"].ground_sha256()
    given = gather.berths_of((Selection(files=(case.root,)),))
    assert [berth.id for berth in given] == ["north", "south"]


def test_a_place_on_the_quay_does_not_tell_the_side(tmp_path: Path) -> None:
    """Where the position lies on the line nobody knows where ships lie: asked for, never guessed."""
    with pytest.raises(InputError) as error:
        berths_of(_case(tmp_path, on="lon = 130.300\nlat = 42.2330"))
    assert error.value.code == "berth-water"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"water": None}, "berth-water"),
        ({"water": "north"}, "berth-water"),
        ({"slots": [{"id": "a", "start": 0, "end": 900}]}, "berth-slots"),
        ({"slots": 0}, "geojson"),
        ({"slots": [{"id": "a"}]}, "geojson"),
        ({"depth": "deep"}, "geojson"),
        ({"depth": -4}, "geojson"),
    ],
)
def test_each_fault_of_a_berth_file_is_named(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    """No side, no slots on the quay, no numbers: each is told with the berth's name."""
    path = berth_file(tmp_path / "q.geojson", **({"id": "q1", "water": "left"} | change))
    with pytest.raises(InputError) as error:
        berths_in_file(path)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "geojson"),
        ("[]", "geojson"),
        ('{"type": "FeatureCollection", "features": []}', "doubled-berth"),
        ('{"type": "Feature", "properties": {"water": "left"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}',
         "berth-line"),
        ('{"type": "Feature", "properties": {"water": "left"}, "geometry": {"type": "LineString", "coordinates": '
         "[[600000, 4678000], [600100, 4678000]]}}", "berth-line"),
    ],
)  # fmt: skip
def test_files_that_hold_no_quay(tmp_path: Path, text: str, code: str) -> None:
    """Not JSON, no feature, a point, metres in place of degrees."""
    path = tmp_path / "q.geojson"
    path.write_text(text)
    with pytest.raises(DatelineError) as error:
        berths_in_file(path)
    assert error.value.code == code


def test_equal_slots_fill_the_quay(tmp_path: Path) -> None:
    """A number of slots cuts the line evenly; bounds around it reach as far as they are asked to."""
    (berth,) = berths_in_file(berth_file(tmp_path / "q.geojson", name="Pier", water="right", slots=3))
    length = line_length(berth.quay)
    assert length == pytest.approx(165, abs=1)
    assert berth.slots[-1].end == pytest.approx(length)
    assert berth.id == "pier"
    west, south, east, north = bounds_of_berths((berth,), 1000.0)
    assert (north - south) * 111_320 == pytest.approx(2000, abs=2)
    assert (east - west) * 111_320 * np.cos(np.radians(42.233)) == pytest.approx(2165, rel=0.01)


MEASURE = """schema = 1
id = "ships"
method = "looked"
[inputs.images]
files = ["passes/*.tif"]
product = "sigma0"
period = "2024-01-10/2024-01-31"
[inputs.berths]
places = ["north"]
"""


def test_a_measure_of_a_case_gathers_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files, a period and the case's own berth: two of three passes; a key that images do not read is refused."""
    monkeypatch.setattr("dateline.measure.request.catalogue.card", lambda name: card())
    case = _case(tmp_path, north="lon = 130.300\nlat = 42.2335")
    images(case.root / "passes")
    (case.root / "measures" / "ships.toml").write_text(MEASURE)
    case = Case.load(case.root)
    request = from_measure(case, case.measures["ships"])
    given = gather.prepare(request).load(lambda share: None)
    assert [chip.at.day for chip in given.inputs.many("images", Chip)] == [13, 25]
    assert given.inputs.roles["names"] == ({"north": "Pier one"},)
    assert request.question.asked["berths"][0]["berths"] == ["north"]
    (case.root / "measures" / "ships.toml").write_text(MEASURE.replace('product = "sigma0"', 'layer = "VV"'))
    case = Case.load(case.root)
    with pytest.raises(UsageError) as error:
        from_measure(case, case.measures["ships"])
    assert error.value.code == "selector"

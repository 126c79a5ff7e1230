"""Landmarks as people hand them in: three formats, and everything that goes wrong with them, by line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image

from dateline.core.errors import InputError, RecordError, Refusal
from dateline.core.where import Where
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.gather.landmarks import prepare
from dateline.measure.gather.landmarks_scene import read_elevation, read_frame
from dateline.measure.request import Loaded, Selection, Site, silent
from dateline.media.landmark import Frame, Landmark, Reference
from dateline.methods import catalogue

CARD = catalogue.card("camera_position")
HEAD = "name,x,y,lon,lat\n"
GOOD = ["church,100,900,37.10,48.05", "mast,2100,950,37.14,48.07", "mine,3900,870,37.19,48.06"]


def loaded(tmp_path: Path, text: str, *, name: str = "marks.csv", crs: str | None = None, **given: Any) -> Loaded:
    """What the gatherer makes of a file of landmarks."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    roles = {"landmarks": [str(path)], **{key: given.pop(key) for key in ("picture", "elevation") if key in given}}
    given = {"width": 4000, "height": 3000} | given if "picture" not in roles else given
    request = request_of_flags(CARD, roles=roles, named={}, parameters=given, crs=crs)
    return prepare(request).load(silent)


def landmarks(made: Loaded) -> tuple[Landmark, ...]:
    return made.inputs.many("landmarks", Landmark)


def test_csv_geojson_and_json_give_the_same_landmarks(tmp_path: Path) -> None:
    """Three ways to write one list; other spellings of columns, projected metres as well."""
    from pyproj import Transformer

    rows = [line.split(",") for line in GOOD]
    as_json = [{"name": n, "x": float(x), "y": float(y), "lon": float(o), "lat": float(a)} for n, x, y, o, a in rows]
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
         "properties": {key: one[key] for key in ("name", "x", "y")}}
        for one in as_json
    ]  # fmt: skip
    there = Transformer.from_crs("EPSG:4326", "EPSG:32637", always_xy=True)
    metres = [(n, x, y, *there.transform(float(o), float(a))) for n, x, y, o, a in rows]
    made = [
        loaded(tmp_path, HEAD + "\n".join(GOOD)),
        loaded(tmp_path, json.dumps(as_json), name="a.json"),
        loaded(tmp_path, json.dumps({"type": "FeatureCollection", "features": features}), name="b.geojson"),
        loaded(tmp_path, "Landmark;U;V;Easting;Northing\n" + "\n".join(";".join(map(str, m)) for m in metres),
               crs="EPSG:32637"),
    ]  # fmt: skip
    for other in made[1:]:
        for one, first in zip(landmarks(other), landmarks(made[0]), strict=True):
            assert (one.name, one.x, one.y) == (first.name, first.x, first.y)
            assert (one.lon, one.lat) == pytest.approx((first.lon, first.lat), abs=1e-9)
    assert "assumed-errors" in {note.code for note in made[0].notes}


FAULTS = {
    "they look swapped": "a,1,1,48.05,137.1\nb,2,2,37.1,148.05",
    "look swapped": "\n".join([*GOOD, "well,5,5,48.06,37.12"]),
    "metres without a crs": "a,1,1,557592,8707958",
    "4100, 900 on 4000 x 3000 px": "a,4100,900,37.1,48.0",
    "x and y swapped?": "a,900,3900,37.1,48.0",
    "y counted upward?": "a,900,-390,37.1,48.0",
    "'church' again": "\n".join([GOOD[0], "church,7,7,37.3,48.1"]),
    "the position of line 2": "\n".join([GOOD[0], "tower,7,7,37.10,48.05"]),
    "'twelve'": "a,twelve,900,37.1,48.0",
    "found nothing": "a,,900,37.1,48.0",
    "'1,5'": 'a,"1,5",900,37.1,48.0',
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_bad_row_is_named_with_its_line(tmp_path: Path, what: str) -> None:
    """Swapped columns, marks outside, y upward, duplicates, words for numbers: told, never mended."""
    with pytest.raises(RecordError) as stopped:
        loaded(tmp_path, HEAD + FAULTS[what])
    assert what in stopped.value.saw
    assert "marks.csv:" in stopped.value.saw


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("name,x,y,east,north\na,1,1,8707958,557592\n", "they look swapped"),
        ("name,x,y,lon,lat,height\na,1,1,37,48,29000\n", "feet?"),
        ("name,x,y,lon,lat,map_error\na,1,1,37,48,0\n", "no map is exact"),
        ("name,x,y,place,region\na,1,1,37,48\n", "lon and lat [degrees], or east and north"),
    ],
)
def test_units_and_columns_that_cannot_be_meant(tmp_path: Path, text: str, what: str) -> None:
    """Eastings for northings, feet for metres, an exact map, no position."""
    with pytest.raises(RecordError) as stopped:
        loaded(tmp_path, text, crs="EPSG:32633" if "east," in text else None)
    assert what in stopped.value.saw


@pytest.mark.parametrize("text", ["", "just words", "[1, 2]", '{"type": "FeatureCollection"}', "[" * 5000, "a,b\n1,2"])
def test_what_is_no_list_of_landmarks_is_refused(tmp_path: Path, text: str) -> None:
    """Hostile: empty, nested, without columns; one error in three parts, no traceback."""
    with pytest.raises(InputError) as stopped:
        loaded(tmp_path, text)
    assert stopped.value.code == "landmarks"


def test_a_picture_gives_size_and_lens(tmp_path: Path) -> None:
    """Exif: 35 mm equivalent and the size at capture, upright; a stated size that differs is refused."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8769).update({0xA405: 26, 0xA002: 400, 0xA003: 300})
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (400, 300), "grey").save(path, exif=exif)
    frame = read_frame(path, simulated=False)
    assert (frame.width, frame.height, frame.f35, frame.made) == (300, 400, 26.0, (400, 300))
    small = HEAD + "\n".join(["a,10,90,37.10,48.05", "b,210,95,37.14,48.07", "c,290,87,37.19,48.06"])
    made = loaded(tmp_path, small, picture=str(path))
    assert made.inputs.one("picture", Frame).f35 == 26.0
    for given in ({"width": 4000, "height": 3000, "picture": str(path)}, {"width": None}):
        with pytest.raises(InputError) as stopped:
            loaded(tmp_path, small, **given)
        assert stopped.value.code == "frame-size"


def test_heights_come_from_any_reference_system(tmp_path: Path) -> None:
    """A GeoTIFF in metres of UTM gives the same heights at the same places; what is no height is refused."""
    rows, _ = np.mgrid[0:200, 0:200]
    path = tmp_path / "dem.tif"
    shape = {"driver": "GTiff", "width": 200, "height": 200, "count": 1, "dtype": "float32", "crs": "EPSG:32637"}
    place = Affine(100, 0, 352_000, 0, -100, 5_330_000)
    with rasterio.open(path, "w", transform=place, **shape) as made:
        made.write((200 + rows).astype(np.float32), 1)
    ground = read_elevation(path, [(37.1, 48.05)])
    from pyproj import Transformer

    lon, lat = Transformer.from_crs("EPSG:32637", "EPSG:4326", always_xy=True).transform(362_000, 5_320_050)
    assert ground.at(np.array([lon]), np.array([lat]))[0] == pytest.approx(299, abs=1)
    with rasterio.open(path, "w", transform=place, **shape) as made:
        made.write(np.full((200, 200), 65_000, np.float32), 1)
    with pytest.raises(InputError) as stopped:
        read_elevation(path, [(37.1, 48.05)])
    assert stopped.value.code == "elevation"


def test_a_marked_file_makes_a_marked_answer(tmp_path: Path) -> None:
    """Simulated landmarks: the finding says so, and so do the picture's name and a caveat."""
    path = tmp_path / "SIMULATED_marks.csv"
    path.write_text(HEAD + "\n".join(GOOD))
    flags = {"width": 4000, "height": 3000, "f35": 26}
    finding, files = ask(request_of_flags(CARD, roles={"landmarks": [str(path)]}, named={}, parameters=flags))
    assert finding.simulated
    assert "simulated" in {note.code for note in finding.caveats}
    assert all("SIMULATED" in made.name for made in files if made.role == "picture")


def test_a_sensitive_place_is_not_what_the_sentence_measures_from(tmp_path: Path) -> None:
    """A witness's house beside a distance would tell where it is."""
    path = tmp_path / "marks.csv"
    path.write_text(HEAD + "\n".join(GOOD))
    flags = request_of_flags(
        CARD, roles={"landmarks": [str(path)]}, named={}, parameters={"width": 4000, "height": 3000}
    )
    home = Site(id="home", name="home", where=Where.point(lon=37, lat=48), sha256="0" * 64, sensitive=True)
    with pytest.raises(Refusal) as stopped:
        prepare(replace(flags, roles={**flags.roles, "places": (Selection(sites=(home,)),)}))
    assert stopped.value.code == "sensitive-reference"
    town = replace(home, sensitive=False)
    made = prepare(replace(flags, roles={**flags.roles, "places": (Selection(sites=(town,)),)}))
    assert [one.name for one in made.load(silent).inputs.many("places", Reference)] == ["home"]

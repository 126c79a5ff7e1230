"""Marks from files and from a case: every form, every fault with its line, and pixel spaces that are named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dateline.core.errors import DatelineError, RecordError, UsageError
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.ledger.marks import Marks
from dateline.measure.ask import ask, prepare, request_of_flags
from dateline.measure.gather.marks import PixelSpaceError
from dateline.measure.request import from_measure, silent
from dateline.methods import catalogue

RNG = np.random.default_rng(4)
SPOTS = RNG.uniform(10, 90, (30, 2)) * (3.0, 1.0)
"""Thirty places on a picture of 300 x 100 [px]."""


def picture(folder: Path, name: str = "yard.png", size: tuple[int, int] = (300, 100)) -> Path:
    """A grey picture."""
    path = folder / name
    Image.new("RGB", size, (120, 120, 120)).save(path)
    return path


def table(folder: Path, name: str, points: np.ndarray, head: str = "x,y") -> Path:
    """Marks of one person as CSV."""
    path = folder / name
    path.write_text("\n".join([head, *(f"{x:.2f},{y:.2f}" for x, y in points)]) + "\n", encoding="utf-8")
    return path


def marks(*files: Path, image: Path | None = None, columns: Mapping[str, str] | None = None, crs: str | None = None,
          role: str = "marks") -> tuple[Marks, ...]:  # fmt: skip
    """What the gatherer makes of files."""
    roles = {role: [str(file) for file in files]} | ({"image": [str(image)]} if image else {})
    request = request_of_flags(
        catalogue.card("counting"), roles=roles, named={}, parameters={}, columns=columns or {}, crs=crs
    )
    return prepare(request).load(silent).inputs.many(role, Marks)


def test_a_table_is_read_with_tiles_on_which_nothing_was(tmp_path: Path) -> None:
    """A row without a position is a look that found nothing; boxes become their middle; a score makes a detector."""
    path = tmp_path / "net.csv"
    path.write_text("image,tile,x1,y1,x2,y2,score,cov.size\np,a,1,2,3,6,0.5,7\np,b,,,,,,\n", encoding="utf-8")
    first, second = marks(path)
    assert (first.by, first.kind, first.points, first.scores) == ("net", "detector", ((2.0, 4.0),), (0.5,))
    assert first.covariates == (("size", (7.0,)),)
    assert (second.tile, second.points) == ("b", ())


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    """Two broken files, five faults, each with file and line."""
    (tmp_path / "a.csv").write_text("x,y,kind\n1,two,person\n3,,\n4,5,owl\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"id": "x"\n', encoding="utf-8")
    with pytest.raises(RecordError) as error:
        marks(tmp_path / "a.csv", tmp_path / "b.jsonl")
    assert [(fault.file, fault.line) for fault in error.value.faults] == [
        ("a.csv", 2), ("a.csv", 3), ("a.csv", 4), ("b.jsonl", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (SPOTS[:, ::-1], "row and column swapped"),
        (SPOTS * (1, -1), "y was counted upward"),
        (SPOTS + np.array([900, 0]), "outside the picture"),
    ],
)
def test_marks_in_another_pixel_space_are_named(tmp_path: Path, points: np.ndarray, words: str) -> None:
    """By the edges of the picture. Nothing is turned silently."""
    with pytest.raises(PixelSpaceError, match=words) as error:
        marks(table(tmp_path, "anna.csv", points), image=picture(tmp_path))
    assert error.value.code == "pixel-space"


def test_a_flip_inside_the_picture_is_seen_beside_somebody_else(tmp_path: Path) -> None:
    """Marks counted from the lower edge all lie on the picture: only the other person's give them away."""
    anna = table(tmp_path, "anna.csv", SPOTS)
    flipped = np.stack([SPOTS[:, 0], 100 - SPOTS[:, 1]], axis=1)
    with pytest.raises(PixelSpaceError, match="upward"):
        marks(anna, table(tmp_path, "ben.csv", flipped), image=picture(tmp_path))
    assert len(marks(anna, table(tmp_path, "cleo.csv", SPOTS + 1), image=picture(tmp_path))) == 2


def test_geojson_in_pixels_and_on_the_ground(tmp_path: Path) -> None:
    """Declared pixels are taken as they are; degrees need a georeferenced picture and are refused without one."""
    features = [
        {"type": "Feature", "properties": {"by": "anna"}, "geometry": {"type": "Point", "coordinates": [12.5, 40]}}
    ]
    path = tmp_path / "marks.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "space": "pixel", "features": features}), encoding="utf-8")
    (found,) = marks(path)
    assert (found.by, found.points) == ("anna", ((12.5, 40.0),))
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, indent=1), encoding="utf-8")
    with pytest.raises(RecordError, match="no georeferenced picture"):
        marks(path, image=picture(tmp_path))
    assert marks(path, crs="pixel")[0].points == ((12.5, 40.0),)


def test_geojson_on_the_ground_lands_on_its_picture(tmp_path: Path) -> None:
    """Degrees become columns and rows of the georeferenced picture."""
    import rasterio
    from affine import Affine

    tif = tmp_path / "yard.tif"
    with rasterio.open(
        tif, "w", driver="GTiff", width=50, height=40, count=3, dtype="uint8", crs="EPSG:4326",
        transform=Affine(0.01, 0.0, 10.0, 0.0, -0.01, 50.0),
    ) as made:  # fmt: skip
        made.write(np.full((3, 40, 50), 90, np.uint8))
    features = [{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [10.205, 49.905]}}]
    path = tmp_path / "marks.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    (found,) = marks(path, image=tif)
    assert found.points[0] == pytest.approx((20.5, 9.5))


def test_observations_are_read_as_the_desk_writes_them(tmp_path: Path) -> None:
    """The last of a chain stands; absent is a look that found nothing; obscured is no look at all."""
    base = {"schema": 1, "by": "anna", "at": "2024-03-01T10:00:00Z", "item": "yard", "independent": True}
    lines = [
        {**base, "id": "o1", "state": "present", "points": [[1, 2]]},
        {**base, "id": "o2", "state": "present", "points": [[1, 2], [3, 4]], "supersedes": "o1"},
        {**base, "id": "o3", "item": "shed", "state": "absent"},
        {**base, "id": "o4", "item": "roof", "state": "obscured"},
    ]
    path = tmp_path / "anna.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    found = {mark.image: mark for mark in marks(path)}
    assert {image: len(mark.points) for image, mark in found.items()} == {"yard": 2, "shed": 0}
    assert found["yard"].independent


def test_a_sitting_counts_when_it_is_submitted(tmp_path: Path) -> None:
    """Half a count is no count: its marks are left out and that is said; tiles keep their parts; an end is no row."""
    base = {
        "schema": 1,
        "by": "anna",
        "at": "2024-03-01T10:00:00Z",
        "item": "yard",
        "sitting": "s1",
        "independent": True,
    }
    part = {"tile": "a1", "area": [0, 0, 10, 10], "image_sha256": "b" * 64}
    lines = [
        {**base, **part, "id": "s1-1", "state": "present", "points": [[1, 2]], "zoom": 2.0},
        {**base, **part, "id": "s1-2", "state": "present", "points": [[3, 4]]},
        {**base, **part, "id": "s1-3", "state": "withdrawn", "supersedes": "s1-2"},
        {**base, **part, "id": "s1-4", "state": "present"},
        {**base, "id": "s1-5", "state": "absent", "tile": "a2", "area": [10, 0, 10, 10]},
    ]
    path = tmp_path / "anna.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        marks(path)
    assert "anna has not submitted the sitting s1" in refused.value.saw
    end = {**base, "id": "s1-6", "state": "present", "submitted": True}
    path.write_text("\n".join(json.dumps(line) for line in (*lines, end)), encoding="utf-8")
    found = {mark.tile: mark for mark in marks(path)}
    assert {tile: (len(mark.points), mark.area) for tile, mark in found.items()} == {
        "a1": (1, (0.0, 0.0, 10.0, 10.0)), "a2": (0, (10.0, 0.0, 10.0, 10.0))}  # fmt: skip
    assert found["a1"].sha256 == "b" * 64


def test_a_case_counts_what_its_people_marked(tmp_path: Path) -> None:
    """observations = [...] reads who is named, and its claim stands beside the count."""
    case = tmp_path / "case"
    for name in ("observations/anna", "observations/ben", "measures", "evidence/items", "sources", "claims"):
        (case / name).mkdir(parents=True)
    (case / "case.toml").write_text(
        'schema = 1\nid = "c"\ntitle = "C"\nquestion = "How many?"\nworldview = "un"\nlanguages = ["en"]\n',
        encoding="utf-8",
    )
    (case / "evidence/items/yard.toml").write_text(
        'schema = 1\nid = "yard"\nname = "yard.png"\nbytes = 10\nmedia_type = "image/png"\nby = "anna"\n'
        f'sha256 = "{"a" * 64}"\ncollected = 2024-03-01T09:00:00Z\n[origin]\nfile = "yard.png"\nhow = "given"\n'
        '[licence]\nname = "CC0-1.0"\n',
        encoding="utf-8",
    )
    for who, shift in (("anna", 0.0), ("ben", 0.8)):
        points = (SPOTS + shift).round(1).tolist()
        line = {"schema": 1, "id": f"obs-{who}", "by": who, "at": "2024-03-01T10:00:00Z", "item": "yard",
                "state": "present", "points": points, "independent": True}  # fmt: skip
        (case / f"observations/{who}/2024.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    (case / "measures/many.toml").write_text(
        'schema = 1\nid = "many"\nmethod = "counting"\n[inputs.marks]\nobservations = ["anna", "ben"]\n',
        encoding="utf-8",
    )
    loaded = Case.load(case)
    finding, _ = ask(from_measure(loaded, loaded.measures["many"]))
    assert finding.result == "counted, not checked"
    assert finding.values["matched"]["agreed"] == 30
    assert {ref.id for ref in finding.inputs if ref.kind == "observations"} == {"anna", "ben"}


def answer(roles: dict[str, list[str]], columns: Mapping[str, str], **parameters: object) -> Finding:
    """The finding for flags."""
    return ask(
        request_of_flags(catalogue.card("counting"), roles=roles, named={}, parameters=parameters, columns=columns)
    )[0]


def test_the_seals_as_they_lie_there(samples: Path) -> None:
    """The detector's JSON and the labels as the check of all tiles: the labelled 388, whatever the threshold."""
    home = samples / "sites" / "seals"
    roles = {"marks": [str(home / "model_detections.json")], "checked": [str(home / "annotations.csv")]}
    for score in (0.5, 0.7, 0.9):
        found = answer(roles, {"image": "file"}, score=score, what="seals")
        assert (found.result, found.estimates["count"].best) == ("counted", 388)
    alone = answer({"marks": roles["marks"]}, {})
    assert (alone.result, alone.reasons[0].code) == ("refused", "detector-unchecked")


def test_the_turtles_three_observers_and_a_day_that_one_missed(samples: Path, tmp_path: Path) -> None:
    """Counts without marks: NA is no count and no zero; who missed a day is left out of what is compared."""
    rows = (samples / "sites/turtles/PopulationCounts.txt").read_text().split("\n")
    path = tmp_path / "ground.csv"
    lines = [f"{cells[0]},{who},{count}" for row in rows[1:] if (cells := row.split())
             for who, count in zip(("g1", "g2", "g3"), cells[3:6], strict=True)]  # fmt: skip
    path.write_text("\n".join(["image,by,count", *lines]), encoding="utf-8")
    found = answer({"marks": [str(path)]}, {}, what="turtles")
    assert found.result == "several counts"
    assert not found.estimates
    assert "30-Sep" in found.values["counts"]
    assert "g3" not in found.values["counts"]["30-Sep"]
    assert {note.code for note in found.caveats} == {"not-all-tiles"}


def test_nothing_to_count_with_is_a_usage_error() -> None:
    """Neither marks nor checked tiles."""
    with pytest.raises(DatelineError) as error:
        marks()
    assert error.value.code in {"no-marks", "usage"}
    assert Counter([error.value.exit_code]) == {2: 1}

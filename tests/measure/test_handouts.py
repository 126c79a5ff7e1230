"""A picture that an issuer handed out: metres by landmarks, its marks as a claim, and our own image of that day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from dateline.core.clock import FixedClock
from dateline.core.errors import DatelineError, RecordError, UsageError
from dateline.core.when import When
from dateline.evidence.door.request import Reply
from dateline.evidence.intake import Form, describe_elsewhere
from dateline.evidence.item import Licence
from dateline.evidence.provenance import Image, Sighting
from dateline.evidence.store import default_store
from dateline.imagery.catalog import catalogue as services
from dateline.imagery.catalog.service import Ask
from dateline.imagery.download.session import Heard
from dateline.ledger.case import Case
from dateline.ledger.finding import Finding
from dateline.measure.archive import Archive
from dateline.measure.ask import ask, request_of_flags
from dateline.measure.imagery_case import keep_reply
from dateline.measure.own_looks import own_look
from dateline.methods import catalogue

RNG = np.random.default_rng(8)
SPOTS = RNG.uniform((20, 20), (280, 180), (40, 2))
CORNERS = np.array([(15, 12), (285, 20), (270, 190), (20, 180), (150, 60)], float)
METRE = 111_132.0 / 1.0
"""[m] in a degree of latitude at 45 degrees."""
BOX = (-125.2, -47.2, -124.8, -46.8)
NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A handout of 300 x 200 px, marks of two people, marks of its issuer, and landmarks of half a metre a pixel."""
    Pillow.new("RGB", (300, 200), (90, 90, 90)).save(tmp_path / "handout.png")
    for who, points in (("ana", SPOTS[:36]), ("bo", SPOTS[4:]), ("ministry", np.vstack([SPOTS[10:15], (5, 195)]))):
        rows = "".join(f"{x:.1f},{y:.1f},yes\n" for x, y in points)
        (tmp_path / f"{who}.csv").write_text("x,y,independent\n" + rows, encoding="utf-8")
    lon, lat = 12 + 0.5 * CORNERS[:, 0] / (METRE * np.cos(np.radians(45))), 45 - 0.5 * CORNERS[:, 1] / METRE
    rows = "".join(f"{x},{y},{a:.8f},{b:.8f},ana\n" for (x, y), a, b in zip(CORNERS, lon, lat, strict=True))
    (tmp_path / "pairs.csv").write_text("x,y,lon,lat,by\n" + rows, encoding="utf-8")
    return tmp_path


def counted(folder: Path, /, metres: str = "no", crs: str | None = None, **roles: str) -> Finding:
    """The finding on the handout and the two people's marks."""
    given = {"marks": ["ana.csv", "bo.csv"], "image": ["handout.png"], **{role: [name] for role, name in roles.items()}}
    request = request_of_flags(
        catalogue.card("counting"),
        roles={role: [str(folder / name) for name in names] for role, names in given.items()},
        named={},
        parameters={"metres": metres},
        crs=crs,
    )
    return ask(request)[0]


def test_landmarks_give_metres_with_their_error(folder: Path) -> None:
    """Scale, area and density beside the count; the finding says who matched, and how well."""
    finding = counted(folder, landmarks="pairs.csv", metres="yes")
    assert finding.estimates["scale"].best == pytest.approx(0.5, rel=0.01)
    assert finding.estimates["area"].best == pytest.approx(300 * 200 * 0.25, rel=0.02)
    count, density = finding.estimates["count"], finding.estimates["density"]
    assert density.unit == "1/ha"
    assert density.best == pytest.approx(count.best / 1.5, rel=0.02)
    assert finding.values["ground"]["handout.png"]["matched_by"] == ["ana"]
    assert {ref.id for ref in finding.inputs} >= {"pairs.csv", "handout.png"}


def test_without_landmarks_the_count_stands_and_metres_are_refused(folder: Path) -> None:
    """A press picture has no metres: the count as with them, or a refusal where they are asked for."""
    assert counted(folder).estimates["count"] == counted(folder, landmarks="pairs.csv").estimates["count"]
    assert set(counted(folder).estimates) == {"count"}
    refused = counted(folder, metres="yes")
    assert (refused.result, refused.reasons[0].code) == ("refused", "no-ground")


def test_a_coordinate_system_that_nobody_knows_is_named(folder: Path) -> None:
    """A slip in --crs is the writer's, and no fault of the program."""
    with pytest.raises(UsageError) as caught:
        counted(folder, crs="EPSG:99", landmarks="pairs.csv")
    assert (caught.value.code, "EPSG:99" in str(caught.value)) == ("landmarks", True)


def test_five_landmarks_do_not_test_the_slant(folder: Path) -> None:
    """Fewer than six take the plane as seen from above, and the answer says so."""
    codes = {note.code for note in counted(folder, landmarks="pairs.csv").caveats}
    assert "slant-untested" in codes


def test_marks_in_degrees_land_on_the_picture_by_its_landmarks(folder: Path) -> None:
    """Marks that somebody made on a map are counted with those that were made on the picture."""
    lon, lat = 12 + 0.5 * SPOTS[:, 0] / (METRE * np.cos(np.radians(45))), 45 - 0.5 * SPOTS[:, 1] / METRE
    features = ",".join(
        f'{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{a:.8f},{b:.8f}]}},"properties":{{}}}}'
        for a, b in zip(lon, lat, strict=True)
    )
    (folder / "bo.csv").unlink()
    (folder / "map.geojson").write_text(f'{{"type":"FeatureCollection","features":[{features}]}}', encoding="utf-8")
    (folder / "bo.csv").write_text("x,y\n" + "".join(f"{x:.1f},{y:.1f}\n" for x, y in SPOTS[4:]), encoding="utf-8")
    finding = counted(folder, marks="map.geojson", landmarks="pairs.csv")
    assert finding.values["people"]["map"]["marks"] == 40
    with pytest.raises(RecordError, match="landmarks"):
        counted(folder, marks="map.geojson")


def test_the_issuers_marks_are_a_claim(folder: Path) -> None:
    """Six arrows, five on something that was counted here; the count is the same as without them."""
    finding = counted(folder, issuer="ministry.csv")
    assert finding.values["they_marked"] == [{"by": "ministry", "marks": 6, "on_ours": 5}]
    assert finding.estimates == counted(folder).estimates


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x,y,lat\n1,2,3\n", "broken.csv:1: the header: found no column lon"),
        ("x,y,lon,lat\n1,2,there,4\n", "broken.csv:2: lon"),
        ("x,y,lon,lat,image\n1,2,3,4,other.png\n", "broken.csv:2: image"),
        ("x,y,lon,lat\n", "broken.csv:1: the file: found no landmark"),
    ],
)
def test_faults_of_landmark_files_are_told_with_their_line(folder: Path, text: str, fault: str) -> None:
    """Every one, before anything is counted."""
    (folder / "broken.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DatelineError) as error:
        counted(folder, landmarks="broken.csv")
    assert fault in str(error.value)


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with a place, and a handout of that place and 3 January 2024."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    root = tmp_path / "case"
    (root / "places").mkdir(parents=True)
    (root / "media").mkdir()
    (root / "case.toml").write_text(
        'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\nexercise = true\n'
    )
    (root / "places" / "pier.toml").write_text(
        'schema = 1\nid = "pier"\nrole = "port"\nlocated_by = "invented"\n\n[names]\nen = "The pier"\n\n'
        "[where]\nlon = -125.0\nlat = -47.0\nradius = 1000\n"
    )
    (root / "media" / "handed.toml").write_text(
        'schema = 1\nid = "handed"\ntitle = "Handed out"\ntype = "photo"\nitems = ["handout"]\ntaken = 2024-01-03\n'
        'places = ["pier"]\n'
    )
    known(root, "handout", 3)
    return root


def archive_of(root: Path) -> Archive:
    return Archive(root, by="ana", store=default_store(), clock=FixedClock(NOON))


def known(root: Path, name: str, day: int) -> None:
    """An image that is known and not here."""
    image = Image(sensor="WV03", start=datetime(2024, 1, day, 9, tzinfo=UTC), bounds=BOX)
    form = Form(by="ana", licence=Licence(name="unknown"), id=name, image=image)
    sighting = Sighting.model_validate({"state": "not-bought", "by": "ana", "where": "a catalogue"})
    with archive_of(root) as archive:
        archive.write(describe_elsewhere(form, sighting, name=f"{name}.tif", why="its maker has it"))


def searched(root: Path, period: str, area: tuple[float, float, float, float] = BOX) -> None:
    """A search of the place in a period, which found nothing."""
    asked = Ask(collections=("sentinel-2-l2a",), periods=(When.from_edtf(period),), areas=(area,))
    request = next(services.service("earth_search").search(asked))
    body = b'{"type": "FeatureCollection", "features": [], "links": []}'
    heard = Heard("earth_search", request, Reply(request.url, 200, (("content-type", "application/json"),), body), NOON)
    with archive_of(root) as archive:
        keep_reply(archive, heard, asked, services.cards()["earth_search"], page=0, of=1)


def answer(root: Path) -> str:
    look = own_look(Case.load(root), "handout", services=services.service)
    assert look is not None
    assert "The pier, 3 January 2024" in look.text()
    return look.answer


def test_our_own_image_is_asked_for(case: Path) -> None:
    """Not searched; searched in another month is not searched; then none found; then one that is known elsewhere."""
    assert answer(case) == "not searched"
    searched(case, "2023-12")
    assert answer(case) == "not searched"
    searched(case, "2024-01", (-125.05, -47.0, -124.0, -46.0))  # which holds a corner of the pier's ground
    assert answer(case) == "not searched"
    searched(case, "2024-01")
    assert answer(case) == "none found"
    known(case, "next-day", 4)
    assert answer(case) == "none found"
    known(case, "that-day", 3)
    assert answer(case) == "known elsewhere"


def test_a_picture_without_place_or_day_is_not_asked_about(case: Path) -> None:
    """Nothing is said where the record says nothing."""
    (case / "media" / "handed.toml").unlink()
    assert own_look(Case.load(case), "nothing", services=services.service) is None

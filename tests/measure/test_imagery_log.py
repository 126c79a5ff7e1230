"""The image log: every image the case knows of, had or not; its cloud is the place's; nobody writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from dateline.core.clock import FixedClock
from dateline.core.errors import InputError
from dateline.core.identity import sha256_file
from dateline.core.when import When
from dateline.core.where import Where
from dateline.evidence.capture import kept_headers
from dateline.evidence.door.request import Reply, Request
from dateline.evidence.intake import Form, describe_elsewhere
from dateline.evidence.item import Licence, Permission
from dateline.evidence.provenance import Hop, Image, Sighting
from dateline.evidence.store import Store
from dateline.imagery.catalog import catalogue
from dateline.imagery.catalog.footprint import from_bounds
from dateline.imagery.catalog.service import Ask, Asset, Offer
from dateline.imagery.download import ledger
from dateline.imagery.download.session import Heard
from dateline.imagery.download.sky import Sky
from dateline.imagery.download.work import Errand, Got
from dateline.ledger.case import Case
from dateline.measure import imagery_log
from dateline.measure.archive import Archive
from dateline.measure.imagery_case import ask_from_json, ask_to_json, keep_file, keep_reply, unsigned
from dateline.measure.imagery_log import Row, image_log, rows_as_table

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
PIER = Where.point(lon=-125.0, lat=-47.0, radius=1000)
BOX = (-125.2, -47.2, -124.8, -46.8)
OPEN = Licence(name="open", publish=Permission(allowed="yes"))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with one place, and a user's own store."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    folder = tmp_path / "case"
    (folder / "places").mkdir(parents=True)
    (folder / "case.toml").write_text(
        'schema = 1\nid = "case"\nworldview = "iso"\ntitle = "T"\nquestion = "Q?"\nexercise = true\n'
    )
    (folder / "places" / "pier.toml").write_text(
        'schema = 1\nid = "pier"\nrole = "port"\nlocated_by = "invented"\n\n[names]\nen = "The pier"\n\n'
        "[where]\nlon = -125.0\nlat = -47.0\nradius = 1000\n"
    )
    return folder


def archive_of(root: Path) -> Archive:
    from dateline.evidence.store import default_store

    store: Store = default_store()
    return Archive(root, by="ana", store=store, clock=FixedClock(NOON))


def offer(scene: str, day: int, key: str = "scl", bounds: tuple[float, float, float, float] = BOX) -> Offer:
    moment = datetime(2024, 1, day, 19, tzinfo=UTC)
    asset = Asset(service="earth_search", key=key, name=f"{scene}.{key}.tif", url=f"https://x/{scene}.{key}.tif")
    return Offer(
        service="earth_search", collection="sentinel-2-l2a", id=scene, name=scene, start=moment, end=moment,
        footprint=from_bounds(*bounds), cloud=0.9, sensor="msi", assets=(asset,), licence=OPEN,
    )  # fmt: skip


def got(folder: Path, made: Offer, values: np.ndarray) -> Got:
    """A fetched GeoTIFF of 20 m classes around the pier."""
    errand = Errand(made, made.assets[0], folder)
    folder.mkdir(exist_ok=True)
    side = 0.4 / values.shape[0]
    with rasterio.open(
        errand.target, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1, dtype="uint8",
        crs="EPSG:4326", transform=Affine(side, 0, -125.2, 0, -side, -46.8),
    ) as image:  # fmt: skip
        image.write(values, 1)
    entry = ledger.Entry(
        name=errand.name, sha256=sha256_file(errand.target), size=1, service="earth_search",
        collection="sentinel-2-l2a", made=None, url=made.assets[0].url,
        version='"1"', at=NOON.isoformat(), status=206, checked=("signature",),
    )  # fmt: skip
    return Got(errand, entry, None)


def log(root: Path, place: Where = PIER, name: str | None = "pier", period: str | None = None) -> dict[str, Row]:
    when = None if period is None else When.from_edtf(period)
    made = image_log(Case.load(root), place, services=catalogue.service, name=name, period=when)
    assert made.notes == ()
    return {row.scene: row for row in made.rows}


def classes(value: int) -> np.ndarray:
    return np.full((400, 400), value, "uint8")


def test_what_we_have_is_clear_cloudy_or_empty_over_the_place(root: Path, tmp_path: Path) -> None:
    """From the classes themselves, whatever the scene's own figure (90 %) says."""
    half = classes(6)
    half[:, :100] = 9  # cloud far from the pier
    with archive_of(root) as archive:
        for day, values in ((1, half), (2, classes(8)), (3, classes(0))):
            keep_file(archive, got(tmp_path / "f", offer(f"scene{day}", day), values))
    rows = log(root)
    assert [(rows[f"scene{day}"].state, rows[f"scene{day}"].cloud) for day in (1, 2, 3)] == [
        ("have", 0.0),
        ("cloudy", 1.0),
        ("empty", None),
    ]
    assert all(row.covers == 1.0 for row in rows.values())
    assert all(row.licence is not None and row.licence.publish.allowed == "yes" for row in rows.values())


def test_the_scenes_cloud_is_never_taken_for_the_places(root: Path, tmp_path: Path) -> None:
    """A band without classes: unknown, unless it was recorded over this very place."""
    with archive_of(root) as archive:
        keep_file(archive, got(tmp_path / "f", offer("plain", 1, "red"), classes(7)))
        sky = Sky(pixels=10, seen=1.0, cloud=0.2, shadow=0.0)
        keep_file(archive, got(tmp_path / "f", offer("looked", 2, "red"), classes(8)), sky=sky, place="pier")
        keep_file(archive, got(tmp_path / "f", offer("other", 3, "red"), classes(9)), sky=sky, place="elsewhere")
    rows = log(root)
    assert {name: row.cloud for name, row in rows.items()} == {"plain": None, "looked": 0.2, "other": None}


def test_images_that_we_do_not_have_are_in_the_log(root: Path) -> None:
    """Not bought, and seen but not stored: with who has them or saw them, and without bytes."""
    with archive_of(root) as archive:
        for state in ("not-bought", "seen"):
            image = Image(sensor="Vantor WV03", start=datetime(2024, 1, 5, tzinfo=UTC), bounds=BOX)
            form = Form(by="ana", licence=Licence(name="unknown"), id=f"it-{state}", image=image)
            sighting = Sighting.model_validate({"state": state, "by": "ana", "where": "the provider's catalogue"})
            archive.write(describe_elsewhere(form, sighting, name=f"{state}.tif", why="Vantor has it"))
    rows = log(root)
    assert {name: row.state for name, row in rows.items()} == {
        "it-not-bought": "not bought",
        "it-seen": "seen, not stored",
    }
    assert {row.why for row in rows.values()} == {"Vantor has it"}


def stac_reply(scenes: Mapping[str, str]) -> bytes:
    """What Earth Search answers for some scenes and their days."""
    west, south, east, north = BOX
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    features = [
        {
            "type": "Feature",
            "id": name,
            "collection": "sentinel-2-l2a",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"datetime": f"{day}T19:00:00Z", "platform": "sentinel-2a", "eo:cloud_cover": 90},
            "assets": {},
        }
        for name, day in scenes.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, "links": []}).encode()


def heard(ask: Ask, body: bytes) -> Heard:
    """That answer, as it was heard."""
    steps = catalogue.service("earth_search").search(ask)
    request: Request = next(steps)
    return Heard("earth_search", request, Reply(request.url, 200, (("content-type", "application/json"),), body), NOON)


def archive_search(root: Path, scenes: Mapping[str, str], area: tuple[float, float, float, float] = BOX) -> None:
    ask = Ask(collections=("sentinel-2-l2a",), periods=(When.from_edtf("2024-01"),), areas=(area,))
    with archive_of(root) as archive:
        keep_reply(
            archive, heard(ask, stac_reply(scenes)), ask, catalogue.cards()["earth_search"], page=0, of=1
        )  # fmt: skip


def test_what_a_search_told_of_and_nobody_fetched_is_in_the_log(root: Path, tmp_path: Path) -> None:
    """From the archived reply, read again: the scene that we have once, the other one as not fetched."""
    archive_search(root, {"scene1": "2024-01-01", "scene2": "2024-01-02"})
    with archive_of(root) as archive:
        keep_file(archive, got(tmp_path / "f", offer("scene1", 1), classes(6)))
    rows = log(root)
    assert {name: row.state for name, row in rows.items()} == {"scene1": "have", "scene2": "not fetched"}
    assert rows["scene2"].cloud is None, "the catalogue's figure is the scene's"
    assert list(log(root, period="2024-01-02")) == ["scene2"]


def test_a_reply_that_cannot_be_read_again_is_named(root: Path) -> None:
    """Bytes that are gone, or of another shape: a note, and the rest of the log."""
    archive_search(root, {"scene1": "2024-01-01"})
    record = next((root / "evidence" / "items").glob("search-*.toml"))
    record.write_text(record.read_text().replace("sentinel-2-l2a", "sentinel-9"))
    made = image_log(Case.load(root), PIER, services=catalogue.service)
    assert made.rows == ()
    assert "cannot be read again" in made.notes[0]


def test_images_beside_the_place_are_left_out(root: Path, tmp_path: Path) -> None:
    """What does not touch the place is not in its log; what touches a part says which share."""
    beside, part = (-124.0, -47.2, -123.5, -46.8), (-125.0, -47.2, -124.8, -46.8)
    with archive_of(root) as archive:
        keep_file(archive, got(tmp_path / "f", offer("beside", 1, "red", beside), classes(6)))
        keep_file(archive, got(tmp_path / "f", offer("part", 2, "red", part), classes(7)))
    rows = log(root)
    assert list(rows) == ["part"]
    assert rows["part"].covers == pytest.approx(0.5, abs=0.01)


def test_marks_and_findings_stand_beside_the_image(root: Path, tmp_path: Path) -> None:
    """Who looked and what they could say; a withdrawn mark is gone; findings that rest on it are named."""
    with archive_of(root) as archive:
        item = keep_file(archive, got(tmp_path / "f", offer("scene1", 1), classes(6)))
    marks = root / "observations" / "mk"
    marks.mkdir(parents=True)
    common = {"schema": 1, "by": "mk", "at": "2024-02-02T10:00:00Z", "item": item.id, "place": "pier"}
    rows = [
        common | {"id": "O1", "state": "not_discernible"},
        common | {"id": "O2", "state": "present"},
        common | {"id": "O3", "state": "withdrawn", "supersedes": "O2"},
    ]
    (marks / "o.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert log(root)["scene1"].marks == ("mk: not discernible",)


def test_the_table_has_one_value_a_cell(root: Path, tmp_path: Path) -> None:
    """For CSV: unknown is empty, lists are joined, the licence has a column a use."""
    (row,) = rows_as_table([Row(scene="s", state="have", items=("a", "b"), licence=OPEN, start=NOON)])
    assert row["items"] == "a; b"
    assert (row["licence_publish"], row["licence_share"], row["cloud_over_place"]) == ("yes", "unknown", "")
    assert all(isinstance(value, str | float | int) for value in row.values())


def test_a_granule_without_image_facts_is_known_by_its_name(root: Path) -> None:
    """Items of cases from before the image facts: product, month and tile are in the name."""
    with archive_of(root) as archive:
        form = Form(by="ana", licence=OPEN, id="g")
        sighting = Sighting(state="seen", by="ana", where="a shelf")
        name = "VNP46A3.A2024032.h05v13.002.2024100000000.h5"
        item = describe_elsewhere(form, sighting, name=name, why="on another machine")
        archive.write(item)
    image = imagery_log.image_of(item)
    assert image is not None
    assert (image.sensor, image.bounds) == ("VNP46A3", (-130, -50, -120, -40))
    assert list(log(root)) == [name.removesuffix(".h5")]


def test_nothing_that_lets_others_in_is_recorded() -> None:
    """Signatures go, cookies stay by name only."""
    assert unsigned("https://h/p/x.tif?se=1&sig=abc#f") == "https://h/p/x.tif"
    told = (("Set-Cookie", "a=b"), ("ETag", '"1"'), ("Content-Location", "https://h/x?sig=1"))
    kept: Any = dict(kept_headers(told))
    assert kept == {"Set-Cookie": "", "ETag": '"1"', "Content-Location": "https://h/x?sig="}


def test_other_bytes_in_the_folder_never_bear_the_catalogues_name(root: Path, tmp_path: Path) -> None:
    """Changed since the download, same size: refused, and nothing of it stays in the store."""
    with archive_of(root) as archive:
        fetched = got(tmp_path / "f", offer("scene1", 1), classes(6))
        target = fetched.errand.target
        target.write_bytes(target.read_bytes()[:-1] + b"!")
        with pytest.raises(InputError) as raised:
            keep_file(archive, fetched)
        assert raised.value.code == "granule-changed"
        assert sha256_file(target) not in archive.store
        assert log(root) == {}


def test_a_replys_addresses_are_kept_without_keys(root: Path) -> None:
    """Of the request, the answer and every hop."""
    ask = Ask(collections=("sentinel-2-l2a",), periods=(When.from_edtf("2024-01"),), areas=(BOX,), most=9)
    told, url = heard(ask, b"{}"), "https://x/search?token=SECRET&page=2#id_token=SECRET"
    told = replace(
        told,
        request=Request(url),
        reply=replace(told.reply, url=url, hops=(Hop(url=url, status=302, to=url),)),
    )
    with archive_of(root) as archive:
        item = keep_reply(archive, told, ask, catalogue.cards()["earth_search"], page=0, of=1)
    assert "SECRET" not in item.to_toml()
    assert item.origin.url == "https://x/search?token=&page=2"


def test_an_ask_is_kept_as_it_was_shown() -> None:
    """What was coarsened for the service is not written down more exactly; it reads back as it was."""
    ask = Ask(
        collections=("c",), periods=(When.from_edtf("2024-01"),), areas=((0.1, 0.2, 0.3, 0.4),), grain=0.5, cloud=0.4
    )  # fmt: skip
    told = ask_to_json(ask)
    assert told["areas"] == [[0.0, 0.0, 0.5, 0.5]]
    assert ask_from_json(json.loads(json.dumps(told))) == replace(ask, areas=((0.0, 0.0, 0.5, 0.5),), grain=None)


def test_a_file_that_was_only_found_is_not_said_to_be_downloaded(root: Path, tmp_path: Path) -> None:
    """Nobody saw the server answer: no status is made up, and the record says that how it came is not known."""
    with archive_of(root) as archive:
        fetched = got(tmp_path / "f", offer("scene1", 1), classes(6))
        item = keep_file(archive, replace(fetched, entry=replace(fetched.entry, status=None, checked=())))
    assert item.capture is not None
    assert item.capture.status is None
    assert item.capture.parameters["told_by"] == "nobody: the file was found here"
    assert item.origin.how is not None
    assert item.origin.how.endswith("how it came is not known")

"""A port with images: georeferenced pictures of two berths, some with ships, and images that nobody has."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine
from odc.geo.geobox import GeoBox

from dateline.evidence.intake import Form
from dateline.evidence.provenance import Image, Sighting
from dateline.ledger.observation import Observation
from dateline.ledger.observation_log import append
from dateline.measure.archive import Archive, licence_of
from dateline.measure.archive_seen import note_sighting

FIRST = datetime(2024, 3, 1, 2, 10, tzinfo=UTC)
WEST, NORTH, STEP = -123.001, -48.006, 0.00002
"""Upper left corner and pixel of the pictures [degrees], in the open ocean."""
SIZE = (150, 100)
"""Columns and rows [px]."""
PLACES = {
    "quayside": ("port", "Quayside", (-122.9995, -48.0070, 130), ""),
    "east": ("berth", "동쪽 부두", (-122.9990, -48.0070, 25), "[[-122.9992, -48.0068], [-122.9992, -48.0072]]"),
    "west": ("berth", "الرصيف الغربي", (-123.0005, -48.0070, 25), "[[-123.0007, -48.0068], [-123.0007, -48.0072]]"),
}


def write_places(root: Path, names: Sequence[str] = tuple(PLACES)) -> None:
    """The port and its berths as records."""
    (root / "places").mkdir(exist_ok=True)
    for name in names:
        role, spoken, (lon, lat, radius), quay = PLACES[name]
        lines = ["schema = 1", f'id = "{name}"', f'role = "{role}"']
        lines += ['within = "quayside"', f"quay = {quay}"] if role == "berth" else []
        lines += [
            "",
            "[names]",
            f'en = "{spoken}"',
            "",
            "[where]",
            f"lon = {lon}",
            f"lat = {lat}",
            f"radius = {radius}",
        ]
        (root / "places" / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def picture(path: Path, seed: int, ships: int) -> Path:
    """Dark water, and bright ships."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(20, 40, (3, SIZE[1], SIZE[0]), dtype=np.uint8)
    for ship in range(ships):
        pixels[:, 45:57, 88 + 9 * ship : 93 + 9 * ship] = 220
    options: dict[str, Any] = {"driver": "GTiff", "width": SIZE[0], "height": SIZE[1], "count": 3, "dtype": "uint8"}
    transform = Affine(STEP, 0.0, WEST, 0.0, -STEP, NORTH)
    with rasterio.open(path, "w", crs="EPSG:4326", transform=transform, photometric="RGB", **options) as file:
        file.write(pixels)
    return path


def put_images(root: Path, count: int, *, undated: bool = False) -> None:
    """Archives images img-00, img-01 …, one every second day; every third shows a ship or two."""
    with Archive(root, by="desk") as archive:
        for number in range(count):
            path = picture(root.parent / f"scene{number:02d}.tif", number, ships_on(number))
            facts = Image(
                sensor="PlanetScope",
                scene=f"scene-{number:02d}",
                start=None if undated else FIRST + timedelta(days=2 * number),
                resolution=3.0,
                bounds=(WEST, NORTH - SIZE[1] * STEP, WEST + SIZE[0] * STEP, NORTH),
            )
            archive.file(path, Form(id=f"img-{number:02d}", by="desk", licence=licence_of("own"), image=facts))


def put_cloudy(root: Path, count: int) -> None:
    """Archives pictures that their maker calls cloudy over the place."""
    with Archive(root, by="desk") as archive:
        for number in range(count):
            path = picture(root.parent / f"cloudy{number}.tif", 100 + number, 0)
            facts = Image(sensor="PlanetScope", start=FIRST + timedelta(days=number), cloud=0.9, cloud_over="place")
            archive.file(path, Form(id=f"cloudy-{number}", by="desk", licence=licence_of("own"), image=facts))


def put_data(root: Path) -> None:
    """Archives a file that has the facts of an image and is none."""
    path = root.parent / "night.csv"
    path.write_text("row,column,radiance\n1,1,0.5\n")
    with Archive(root, by="desk") as archive:
        facts = Image(sensor="VIIRS", scene="night-1", start=FIRST)
        archive.file(path, Form(id="night", by="desk", licence=licence_of("own"), image=facts))


def grid(west: float = WEST) -> GeoBox:
    """The grid of the pictures, or the same farther west or east."""
    return GeoBox((SIZE[1], SIZE[0]), Affine(STEP, 0.0, west, 0.0, -STEP, NORTH), "EPSG:4326")


def put_unseen(root: Path, count: int) -> None:
    """Notes images that were not bought, at noon of days between the others."""
    with Archive(root, by="desk") as archive:
        for number in range(count):
            start = FIRST + timedelta(days=2 * number + 1)
            form = Form(by="desk", licence=licence_of("unknown"), image=Image(sensor="SkySat", start=start))
            sighting = Sighting(state="not-bought", by="desk", where="the seller's catalogue")
            note_sighting(archive, form, sighting, name=f"unbought-{number:02d}")


def ships_on(number: int) -> int:
    """What the picture of this number shows."""
    return 0 if number % 3 else 1 + number % 2


@pytest.fixture(scope="session")
def _thirty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A case of thirty images and four that nobody bought, made once."""
    from dateline.cli.app import run

    home = tmp_path_factory.mktemp("port")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.delenv("DATELINE_BY", raising=False)
        root = home / "case"
        assert run(["new", str(root), "--title", "A quay that nobody knows", "--question", "When do ships come?"]) == 0
        write_places(root)
        put_images(root, 30)
        put_unseen(root, 4)
        yield home


@pytest.fixture
def port_case(_thirty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case with a port, two berths and thirty images of it, in a store of its own."""
    shutil.copytree(_thirty, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("DATELINE_BY", raising=False)
    return tmp_path / "case"


@pytest.fixture
def looked(port_case: Path) -> Callable[..., None]:
    """Writes looks as somebody made them: looked("ana", {"img-00": "present"}, sitting="port-1st-…", ended=True)."""

    def write(who: str, said: dict[str, str], *, sitting: str, place: str = "quayside", ended: bool = True) -> None:
        at = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
        marks = [
            Observation.model_validate(
                {
                    "id": f"{sitting}-{number:03d}{end:d}", "by": who, "at": at + timedelta(seconds=number),
                    "item": item, "place": place, "question": f"ships at {place}", "state": state, "sitting": sitting,
                    "independent": not end, "submitted": end,
                    **({"reason": "cloud"} if state == "obscured" else {}),
                }
            )
            for end in ((False, True) if ended else (False,))
            for number, (item, state) in enumerate(said.items())
        ]  # fmt: skip
        append(port_case, who, sitting, marks)

    return write


@pytest.fixture
def made() -> SimpleNamespace:
    """What the tests know of the case: its writers, and what the pictures show."""
    return SimpleNamespace(
        first=FIRST, ships_on=ships_on, write_places=write_places, put_images=put_images, put_unseen=put_unseen,
        put_cloudy=put_cloudy, put_data=put_data, grid=grid,
    )  # fmt: skip

"""A case that somebody sent: links, planted files, addresses and pictures that are made to do harm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image
from tests.app.security.asked import asking

from dateline.app import server
from dateline.app.pictures.kinds import kind_of
from dateline.app.pictures.picture import tile_window
from dateline.app.pictures.still import LARGEST, open_still
from dateline.core.errors import InputError
from dateline.evidence.item import Item
from dateline.evidence.provenance import Derivation
from dateline.ledger.case import Case
from dateline.ledger.graphic import is_graphic
from dateline.measure.files import VIEW, item_path
from dateline.measure.gather.georeferenced import georeference_of

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize("at", ["", ".dateline", VIEW.as_posix(), (VIEW / "crowd").as_posix()])
def test_the_views_of_files_are_never_written_through_a_link(desk: Path, tmp_path: Path, at: str) -> None:
    """A link in the program's own folder to somebody's: their file of the same name is neither replaced nor removed."""
    theirs = tmp_path / "theirs"
    (theirs / "view" / "crowd").mkdir(parents=True)
    lost = [theirs / "crowd.png", theirs / "view" / "crowd" / "crowd.png", theirs / "crowd" / "crowd.png"]
    for path in lost:
        path.parent.mkdir(exist_ok=True)
        path.write_text("dear")
    case = Case.load(desk)
    if not at:  # the file itself is the link
        (desk / VIEW / "crowd").mkdir(parents=True, exist_ok=True)
        (desk / VIEW / "crowd" / "crowd.png").unlink(missing_ok=True)
        (desk / VIEW / "crowd" / "crowd.png").symlink_to(lost[0])
        assert item_path(case, "crowd").read_bytes().startswith(b"\x89PNG")
    else:
        link = desk / at
        link.parent.mkdir(parents=True, exist_ok=True)
        if link.exists():
            link.rename(tmp_path / "away")
        link.symlink_to(theirs, target_is_directory=True)
        with pytest.raises(InputError) as caught:
            item_path(case, "crowd")
        assert caught.value.code == "outside-case"
        if at != VIEW.as_posix() and at != (VIEW / "crowd").as_posix():
            with pytest.raises(InputError):
                server.check_folders(desk)
    assert [path.read_text() for path in lost] == ["dear"] * 3


@pytest.mark.parametrize(
    "folder", ["site", "findings", "places", "evidence/items", "observations/ana", ".dateline/uploads"]
)
def test_a_case_with_folders_that_lead_out_is_not_opened(desk: Path, tmp_path: Path, folder: str) -> None:
    """The app writes at a click; a link within the case, or to a file that a person put beside it, is no matter."""
    (desk / folder).parent.mkdir(parents=True, exist_ok=True)
    if (desk / folder).exists():
        (desk / folder).rename(tmp_path / "away")
    server.check_folders(desk)
    (desk / folder).symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(InputError) as caught:
        server.listen(desk)
    assert caught.value.code == "outside-case"
    assert folder in caught.value.saw


def test_planted_files_beside_a_picture_say_nothing_of_it(desk: Path) -> None:
    """GDAL believes a file beside another of where it lies (.aux.xml, world files): in our folder there are none."""
    case = Case.load(desk)
    path = item_path(case, "crowd")
    planted = Path(f"{path}.aux.xml")
    planted.write_text("<PAMDataset><SRS>EPSG:4326</SRS><GeoTransform>1,0.1,0,2,0,-0.1</GeoTransform></PAMDataset>")
    (path.parent / "deep").mkdir()
    found = item_path(case, "crowd")
    assert [one.name for one in found.parent.iterdir()] == ["crowd.png"]
    assert georeference_of(found) is None


def test_a_map_that_names_other_files_is_not_followed(tmp_path: Path) -> None:
    """A VRT is text that tells GDAL what to open, on this machine or elsewhere; whatever the end of its name says."""
    other = tmp_path / "other.tif"
    told = {"driver": "GTiff", "width": 4, "height": 4, "count": 1, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(other, "w", transform=Affine(0.1, 0, 1, 0, -0.1, 2), **told) as file:
        file.write(np.ones((1, 4, 4), np.uint8))
    assert georeference_of(other) is not None
    source = f"<SourceFilename>{other}</SourceFilename><SourceBand>1</SourceBand>"
    band = f'<VRTRasterBand dataType="Byte" band="1"><SimpleSource>{source}</SimpleSource></VRTRasterBand>'
    place = "<SRS>EPSG:4326</SRS><GeoTransform>1,0.1,0,2,0,-0.1</GeoTransform>"
    for name in ("map.vrt", "map.tif"):
        path = tmp_path / name
        path.write_text(f'<VRTDataset rasterXSize="4" rasterYSize="4">{place}{band}</VRTDataset>')
        assert georeference_of(path) is None
        with pytest.raises(InputError):
            kind_of(path)


def test_a_picture_that_fills_the_memory_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its head says how large it is: a PNG is decoded where somebody asks for its metadata, so nobody does."""
    Image.new("1", (LARGEST // 8000 + 1, 8000)).save(tmp_path / "large.png")

    def decoded(_: object) -> None:
        pytest.fail("it was decoded")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", decoded)
    with pytest.raises(InputError) as caught:
        open_still(tmp_path / "large.png")
    assert caught.value.code == "picture-too-large"


def test_no_number_in_an_address_costs_memory_or_fails(desk: Path) -> None:
    """Levels whose power of two fills the memory, numbers too long to be read, names too long for a disk."""
    assert tile_window((300, 200), 10**15, 0, 0) is None
    ask = asking(desk)
    for number in ("40", "99999999999999", "9" * 5000):
        for path in (
            f"/pictures/crowd/{number}/0/0.webp",
            f"/pictures/crowd/0/{number}/0.webp",
            f"/mask/crowd/0/0/{number}.webp",
        ):
            assert ask("GET", path).status in {404, 414}, path
    for path in (f"/home/site/{'a' * 500}", f"/home/site/{'a' * 5000}", "/home/site/a\x00b", "/home/site/../case.toml"):
        assert ask("GET", path).status in {404, 414}, path


def test_items_made_from_each_other_are_no_circle_without_end(desk: Path) -> None:
    """A record may name its own child as its parent: whether either is graphic is told all the same."""
    case = Case.load(desk)
    one: Item = case.items["crowd"]
    circle = {
        name: one.model_copy(update={"id": name, "derived": Derivation(parents=(parent,), command="x")})
        for name, parent in (("crowd", "other"), ("other", "crowd"))
    }
    object.__setattr__(case, "items", circle)
    assert is_graphic(case, "crowd") is False

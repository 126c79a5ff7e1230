"""Only the place crosses the network, of one version of the image; and its cloud is the place's, not the scene's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.request import Request as Plain
from urllib.request import urlopen

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rasterio.control import GroundControlPoint
from tests.services.process import running
from tests.services.stac import PLACE, footprint

from dateline.core.errors import InputError
from dateline.core.when import When
from dateline.core.where import Where
from dateline.evidence.door.client import Door
from dateline.evidence.door.request import Reply, Request
from dateline.imagery.catalog.service import Ask, Asset, Offer
from dateline.imagery.download.mirrors import Mirrors
from dateline.imagery.download.plan import plan
from dateline.imagery.download.ranged import BLOCK, Remote
from dateline.imagery.download.session import Session, Setup, opened
from dateline.imagery.download.sky import CLOUD, sky, sky_over
from dateline.imagery.download.window import cut
from dateline.imagery.download.work import Failed, Fetcher, Got, Result, fetch_all
from dateline.imagery.extent import bounds_around

HERE = Where.point(lon=PLACE[0], lat=PLACE[1], radius=600)
SIZE = 1024


@pytest.fixture(scope="module")
def stac() -> Iterator[str]:
    days = "2024-01-05,2024-01-15"
    with running("tests.services.stac", "--days", days, "--cloudy", "2024-01-15", "--expire", "1") as url:
        yield url


def log(url: str) -> list[dict[str, object]]:
    with urlopen(f"{url}/__log") as answer:
        found: list[dict[str, object]] = json.loads(answer.read())
        return found


def told(url: str, **faults: object) -> None:
    """Empties the stand-in's log and sets its faults."""
    urlopen(Plain(f"{url}/__reset", data=b"", method="POST")).close()
    urlopen(Plain(f"{url}/__faults", data=json.dumps(faults).encode(), method="POST")).close()


@pytest.fixture
def session(stac: str) -> Iterator[Session]:
    there = Mirrors(
        {
            "earth_search": {"stac": f"{stac}/earth-search/v1"},
            "planetary_computer": {"stac": f"{stac}/pc/api/stac/v1", "sas": f"{stac}/pc/api/sas/v1"},
        },
        private=True,
    )
    told(stac)
    with opened(Setup(mirrors=there), ["earth_search", "planetary_computer"], logged_in=False) as made:
        yield made


def offers(session: Session, service: str, collection: str) -> tuple[Offer, ...]:
    ask = Ask(
        collections=(collection,), periods=(When.from_edtf("2024-01"),), areas=(bounds_around(HERE),)
    )  # fmt: skip
    return session.search(service, ask)[0].offers


def get(session: Session, found: tuple[Offer, ...], folder: Path, *keys: str, whole: bool = False) -> list[Result]:
    bounds = None if whole else bounds_around(HERE)
    errands = plan(found, folder, assets=keys, bounds=bounds).lacking()
    fetcher = Fetcher(session.door, session.services, lambda _more: None)
    return list(fetch_all(fetcher, errands))


def test_a_window_has_the_images_own_pixels_and_is_a_part_of_it(session: Session, stac: str, tmp_path: Path) -> None:
    """Each pixel equals the whole image's at the same place on the ground; less than half of the file was read."""
    (first, _) = offers(session, "earth_search", "sentinel-2-l2a")
    (got,) = get(session, (first,), tmp_path, "red")
    assert isinstance(got, Got)
    asset = first.asset("red")
    assert asset is not None
    with urlopen(asset.url) as answer:
        whole = answer.read()
    with rasterio.open(got.errand.target) as part, rasterio.MemoryFile(whole) as memory, memory.open() as all_of_it:
        values = part.read(1)
        row, column = all_of_it.index(part.transform.c + 5, part.transform.f - 5)
        assert (values == all_of_it.read(1)[row : row + part.height, column : column + part.width]).all()
        assert (part.crs, part.nodata, part.dtypes) == (all_of_it.crs, all_of_it.nodata, all_of_it.dtypes)
        west, south, east, north = rasterio.warp.transform_bounds("EPSG:4326", part.crs, *bounds_around(HERE))
        assert part.bounds.left <= west
        assert part.bounds.bottom <= south
        assert part.bounds.right >= east
        assert part.bounds.top >= north
        assert values.size < 0.03 * SIZE * SIZE
    read = got.entry.window["bytes_read"]
    print(f"window {got.entry.window}: {read:,} of {len(whole):,} bytes")
    assert int(read) < 0.5 * len(whole)
    asked = [row["range"] for row in log(stac) if "/cogs/" in str(row["path"])]
    assert all(asked[:-1]), "each request of ours was for a part; the last one is this test's"


def test_a_window_that_a_crash_left_without_its_entry_is_read_again(session: Session, tmp_path: Path) -> None:
    """Killed between the name and the ledger: what it is a window of is asked again, never guessed."""
    found = offers(session, "earth_search", "sentinel-2-l2a")[:1]
    (first,) = get(session, found, tmp_path, "red")
    assert isinstance(first, Got)
    (first.errand.folder / "downloads.jsonl").unlink()
    (again,) = fetch_all(Fetcher(session.door, session.services, lambda _more: None), [first.errand])
    assert isinstance(again, Got)
    assert again.entry.window is not None
    assert again.entry.sha256 == first.entry.sha256


def test_cloud_is_the_places_and_not_the_scenes(session: Session, tmp_path: Path) -> None:
    """The scene says 60 %; over a place in its clear half it is 0, in its cloudy half 1, on the border a half."""
    found = offers(session, "earth_search", "sentinel-2-l2a")
    (got,) = get(session, found[1:], tmp_path, "scl", whole=True)
    assert isinstance(got, Got)
    assert found[1].cloud == pytest.approx(0.6)
    west, _, east, _ = footprint(SIZE)
    shares = []
    for lon in (PLACE[0] - (east - west) / 4, PLACE[0], PLACE[0] + (east - west) / 4):
        seen = sky_over(got.errand.target, Where.point(lon=lon, lat=PLACE[1], radius=600))
        shares.append(seen.cloud)
    assert shares == pytest.approx([1.0, 0.5, 0.0], abs=0.02)
    outside = sky_over(got.errand.target, Where.point(lon=PLACE[0] + 1, lat=PLACE[1], radius=600))
    assert (outside.cloud, outside.seen) == (None, 0.0)


def test_a_place_smaller_than_a_pixel_still_has_a_sky(session: Session, tmp_path: Path) -> None:
    """The pixels that it touches count: never no pixel at all, never a guess."""
    (got,) = get(session, offers(session, "earth_search", "sentinel-2-l2a")[:1], tmp_path, "scl")
    assert isinstance(got, Got)
    seen = sky_over(got.errand.target, replace(HERE, radius=1.0))
    assert seen.pixels >= 1
    assert seen.cloud == 0.0


@given(arrays(np.uint8, (6, 7), elements=st.integers(0, 11)), arrays(np.bool_, (6, 7)))
def test_shares_of_the_sky_are_counts(classes: np.ndarray, inside: np.ndarray) -> None:
    """Against a count by hand: of seen pixels only; with none seen it is unknown and not zero."""
    found = sky(classes, inside)
    rows = [value for value, within in zip(classes.ravel(), inside.ravel(), strict=True) if within]
    seen = [value for value in rows if value not in {0, 1}]
    assert found.pixels == len(rows)
    if not seen:
        assert (found.cloud, found.shadow) == (None, None)
    else:
        assert found.cloud == pytest.approx(sum(value in CLOUD for value in seen) / len(seen))
        assert found.seen == pytest.approx(len(seen) / len(rows))


def test_signatures_that_run_out_are_renewed_and_kept_nowhere(session: Session, stac: str, tmp_path: Path) -> None:
    """Signed for one second: windows and whole files arrive; no ledger, mark or file name has the signature."""
    found = offers(session, "planetary_computer", "sentinel-1-rtc")
    results = get(session, found, tmp_path) + get(session, found, tmp_path / "whole", "vv", whole=True)
    assert all(isinstance(result, Got) for result in results)
    assert len(results) == 6
    assert all("sig=" in str(row["query"]) for row in log(stac) if "/blob/" in str(row["path"]))
    for path in tmp_path.rglob("*"):
        assert "sig=" not in path.name
        assert path.is_dir() or b"sig=" not in path.read_bytes()


def test_a_signature_that_is_never_taken_ends_in_an_error(session: Session, stac: str, tmp_path: Path) -> None:
    """Refused twice: named, without the signature in the message."""
    found = offers(session, "planetary_computer", "sentinel-1-rtc")[:1]
    bad = replace(found[0].assets[0], url=found[0].assets[0].url.replace("sentinel-1-rtc", "other"))
    (window,) = get(session, (replace(found[0], assets=(bad,)),), tmp_path, bad.key)
    (whole,) = get(session, (replace(found[0], assets=(bad,)),), tmp_path, bad.key, whole=True)
    for result in (window, whole):
        assert isinstance(result, Failed)
        assert "sig=" not in str(result.error)
    assert whole.error.code == "login-refused"


@pytest.mark.parametrize(
    ("faults", "code"), [({"changing": True}, "changed-while-read"), ({"no_range": True}, "no-ranges")]
)
def test_an_image_that_changes_or_has_no_parts_is_refused(
    session: Session, stac: str, tmp_path: Path, faults: dict[str, object], code: str
) -> None:
    """Pixels of two versions are never put together; a server without ranges does not send us the whole."""
    found = offers(session, "earth_search", "sentinel-2-l2a")[:1]
    told(stac, **faults)
    (result,) = get(session, found, tmp_path, "red")
    assert isinstance(result, Failed)
    assert result.error.code == code
    assert not list(tmp_path.rglob("*.tif"))


def test_a_third_of_requests_fails_and_the_windows_are_right(session: Session, stac: str, tmp_path: Path) -> None:
    """500, 503, broken connections, cut bodies at 30 %: all ten windows arrive with the bytes of a quiet day."""
    found = offers(session, "earth_search", "sentinel-2-l2a")
    quiet = {got.entry.name: got.entry.sha256 for got in get(session, found, tmp_path / "a") if isinstance(got, Got)}
    told(stac, fail=0.3)
    rough = {got.entry.name: got.entry.sha256 for got in get(session, found, tmp_path / "b") if isinstance(got, Got)}
    assert len(quiet) == 10
    assert rough == quiet


def test_a_place_beside_the_image_is_named(session: Session, tmp_path: Path) -> None:
    """Footprints are rough: a window that would be empty is an error and no file."""
    found = offers(session, "earth_search", "sentinel-2-l2a")[:1]
    far = (PLACE[0] + 1, PLACE[1] + 1, PLACE[0] + 1.1, PLACE[1] + 1.1)
    errands = plan(found, tmp_path, assets=["red"], bounds=far).lacking()
    (result,) = fetch_all(Fetcher(session.door, session.services, lambda _more: None), errands)
    assert isinstance(result, Failed)
    assert result.error.code == "outside-image"


def test_private_addresses_are_refused_before_gdal_sees_them(stac: str, tmp_path: Path) -> None:
    """A catalogue that points into our own network gets no request from us."""
    told(stac)
    with Door() as door, pytest.raises(InputError) as caught:
        cut(Remote(door, lambda _again: Request(f"{stac}/cogs/x/B04.tif"), "x"), (0, 0, 1, 1), tmp_path / "x.part")
    assert caught.value.code in {"private-address", "address"}
    assert log(stac) == []


class Bytes:
    """A door in front of some bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self.data, self.asked = data, []

    def ask(self, request: Request, *, most: int) -> Reply:
        first, last = map(int, dict(request.headers)["Range"].removeprefix("bytes=").split("-"))
        body = self.data[first : last + 1]
        self.asked.append((first, len(body)))
        span = ("Content-Range", f"bytes {first}-{first + len(body) - 1}/{len(self.data)}")
        return Reply(request.url, 206, (span, ("ETag", '"1"')), body)


@given(st.data())
def test_any_part_of_a_remote_file_is_the_files_own_bytes(data: st.DataObject) -> None:
    """Reads at any place and length give what slicing gives, and no byte is asked for twice."""
    size = data.draw(st.integers(1, 4 * BLOCK))
    content = np.random.default_rng(size).bytes(size)
    door = Bytes(content)
    remote = Remote(door, lambda _again: Request("https://x/y.tif"), "https://x/y.tif")
    remote.bytes_at(0, 1)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, size))
        stop = data.draw(st.integers(start, size + 10))
        assert remote.bytes_at(start, stop) == content[start:stop]
    assert sum(length for _, length in door.asked) <= size
    assert remote.read == sum(length for _, length in door.asked)


def in_memory(write: Callable[[Path], None], folder: Path) -> Remote:
    """A remote file that something wrote."""
    write(folder / "whole.tif")
    door = Bytes((folder / "whole.tif").read_bytes())
    return Remote(door, lambda _again: Request("https://x/y.tif"), "https://x/y.tif")


def test_an_image_located_by_control_points_is_cut_too(tmp_path: Path) -> None:
    """Sentinel-1 GRD has no transform: the window keeps its points, shifted, and holds the place."""
    values = np.arange(500 * 600, dtype="uint16").reshape(500, 600)
    points = [
        GroundControlPoint(row, col, 130 + col * 1e-4, 42 - row * 1e-4, 0)
        for row in (0, 250, 500)
        for col in (0, 300, 600)
    ]

    def write(path: Path) -> None:
        with rasterio.open(
            path, "w", driver="GTiff", width=600, height=500, count=1, dtype="uint16", gcps=points, crs="EPSG:4326"
        ) as made:
            made.write(values, 1)

    cut(in_memory(write, tmp_path), (130.02, 41.97, 130.021, 41.971), tmp_path / "window.part")
    with rasterio.open(tmp_path / "window.part") as part:
        found, system = part.gcps
        assert system.to_epsg() == 4326
        row, column = round(-found[0].row), round(-found[0].col)
        assert (part.read(1) == values[row : row + part.height, column : column + part.width]).all()
        assert row < 290
        assert row + part.height > 300
        assert column < 200
        assert column + part.width > 210


@pytest.mark.parametrize("kind", ["noise", "cut"])
def test_what_is_no_image_is_named(tmp_path: Path, kind: str) -> None:
    """Random bytes, or the first half of an image: an error in three parts and no file."""

    def write(path: Path) -> None:
        with rasterio.open(
            path, "w", driver="GTiff", width=400, height=400, count=1, dtype="uint16", crs="EPSG:4326",
            transform=Affine(1e-4, 0, 130, 0, -1e-4, 42),
        ) as made:  # fmt: skip
            made.write(np.ones((400, 400), "uint16"), 1)
        data = path.read_bytes()
        path.write_bytes(np.random.default_rng(1).bytes(2000) if kind == "noise" else data[: len(data) // 2])

    with pytest.raises(InputError) as caught:
        cut(in_memory(write, tmp_path), (130.03, 41.965, 130.031, 41.966), tmp_path / "window.part")
    assert caught.value.code == "not-an-image"


def test_the_files_of_one_name_of_two_scenes_do_not_meet(tmp_path: Path) -> None:
    """Every scene has a B04.tif: each lies under its scene's name."""
    from datetime import UTC, datetime

    from dateline.evidence.item import Licence

    asset = Asset(service="x", key="red", name="B04.tif", url="https://x/B04.tif")
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    made = [
        Offer(
            service="x", collection="c", id=f"id{number}", name=f"scene/{number}", start=moment, end=moment,
            footprint=None, assets=(asset,), licence=Licence(name="open"),
        )
        for number in (1, 2)
    ]  # fmt: skip
    names = [errand.name for errand in plan(made, tmp_path).lacking()]
    assert names == ["scene-1.B04.tif", "scene-2.B04.tif"]

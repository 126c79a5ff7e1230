"""Pictures are drawn in their own pixels, of any kind and size, and what has no value is never dark."""

from __future__ import annotations

import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine
from PIL import Image

from dateline.app.pictures.picture import drawn, levels_of, open_picture, own_stretch, tile_window
from dateline.app.pictures.still import Kept
from dateline.app.pictures.stretch import Stretch, together
from dateline.app.pictures.tiles import thumbnail_of, tile_of
from dateline.core.errors import DatelineError, UsageError


def write_tiff(path: Path, bands: Any, **profile: Any) -> Path:
    """A GeoTIFF of these bands (bands, rows, columns), 10 m pixels."""
    import rasterio

    told = {"driver": "GTiff", "count": len(bands), "height": bands.shape[1], "width": bands.shape[2]}
    told |= {"dtype": str(bands.dtype), "crs": "EPSG:32652", "transform": Affine(10, 0, 400_000, 0, -10, 4_700_000)}
    with rasterio.open(path, "w", **(told | profile)) as file:
        file.write(bands)
    return path


def test_a_still_has_the_pixels_that_the_methods_read(tmp_path: Path) -> None:
    """Full-resolution tiles of a PNG are its pixels, unturned; its thumbnail has the asked side."""
    pixels = np.random.default_rng(1).integers(0, 255, (300, 520, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    picture = open_picture(tmp_path / "a.png")
    tile = tile_of(picture, own_stretch(picture), 0, 1, 1)
    assert tile is not None
    np.testing.assert_array_equal(tile[:44, :256, :3], pixels[256:, 256:512])
    assert (tile[44:, :, 3] == 0).all(), "beyond the picture a tile is clear, and as large as the others"
    assert thumbnail_of(picture, 64).size == (64, 37)


def test_orientation_is_told_and_not_applied(tmp_path: Path) -> None:
    """A photo that asks to be turned is shown as stored, where marks lie, and says so."""
    photo = Image.new("RGB", (40, 20), "white")
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.save(tmp_path / "a.jpg", exif=exif)
    picture = open_picture(tmp_path / "a.jpg")
    assert picture.size == (40, 20)
    assert "turned right" in picture.told["turned"]


@pytest.mark.parametrize("overviews", [True, False])
def test_a_raster_is_read_by_windows_at_all_levels(tmp_path: Path, *, overviews: bool) -> None:
    """A level is the mean of its pixels, with the file's overviews or without."""
    import rasterio
    from rasterio.enums import Resampling

    bands = np.random.default_rng(2).integers(0, 255, (3, 1200, 2600), dtype=np.uint8)
    path = write_tiff(tmp_path / "a.tif", bands, tiled=True, blockxsize=256, blockysize=256)
    if overviews:
        with rasterio.open(path, "r+") as file:
            file.build_overviews([2, 4, 8], Resampling.average)
    picture = open_picture(path)
    values, seen = picture.read((256, 512, 512, 256), 1)
    mean = bands[:, 512:768, 256:768].reshape(3, 128, 2, 256, 2).mean(axis=(2, 4))
    assert seen.all()
    assert np.abs(values.astype(float) - mean).max() <= 1
    assert picture.ground is not None
    assert tile_of(picture, own_stretch(picture), levels_of(picture.size), 0, 0) is not None


def test_what_has_no_value_is_clear(tmp_path: Path) -> None:
    """NaN and a declared nodata are transparent in a tile; what is darkest is opaque."""
    values = np.random.default_rng(3).random((1, 100, 100)).astype(np.float32)
    values[0, :10] = np.nan
    picture = open_picture(write_tiff(tmp_path / "a.tif", values))
    made = drawn(*picture.read((0, 0, 100, 100), 0), own_stretch(picture))
    assert (made[:10, :, 3] == 0).all()
    assert (made[10:, :, 3] == 255).all()
    counts = np.full((1, 100, 100), 500, np.uint16)
    counts[0, 50:] = 0
    picture = open_picture(write_tiff(tmp_path / "b.tif", counts, nodata=0))
    assert (drawn(*picture.read((0, 0, 100, 100), 0), own_stretch(picture))[50:, :, 3] == 0).all()


def test_radar_is_shown_in_decibels(tmp_path: Path) -> None:
    """Backscatter is spread between the 2nd and 98th percentile of 10 log10 of it; zeros have no value."""
    power = np.random.default_rng(4).gamma(4, 0.02, (1, 200, 200)).astype(np.float32)
    power[0, 0, :3] = 0
    picture = open_picture(write_tiff(tmp_path / "scene_VV.tif", power))
    stretch = own_stretch(picture)
    low, high = np.percentile(10 * np.log10(power[power > 0]), [2, 98])
    assert (stretch.kind, stretch.unit) == ("decibel", "dB")
    assert (stretch.low, stretch.high) == pytest.approx((low, high), abs=0.01)
    assert picture.bands == ("VV",)
    assert (drawn(*picture.read((0, 0, 200, 200), 0), stretch)[0, :3, 3] == 0).all()


def test_one_stretch_for_two_only_where_they_can_be_compared() -> None:
    """Of one kind and sensor: the range of both. Of others: none, and the reason in words."""
    first, second = Stretch(kind="linear", low=1, high=5), Stretch(kind="linear", low=0, high=4)
    both, words = together(first, second, alike=True)
    assert both == Stretch(kind="linear", low=0, high=5)
    assert "one stretch" in words
    assert together(first, second, alike=False)[0] is None
    assert together(first, Stretch(kind="decibel", low=0, high=4, unit="dB"), alike=True)[0] is None
    assert Stretch.read(both.asked, Stretch()) == both
    for asked in ("linear:1", "linear:nan:3", "linear:5:5", "x:1:2", "linear:1:2:3"):
        with pytest.raises(UsageError):
            Stretch.read(asked, Stretch())


HEADS = {
    "hdf5": b"\x89HDF\r\n\x1a\n", "pdf": b"%PDF-1.7", "film": b"\0\0\0\x20ftypisom", "nothing": b"",
    "tiff": b"II*\0\x08\0\0\0garbage", "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "jpeg": b"\xff\xd8\xff",
}  # fmt: skip


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_what_cannot_be_drawn_is_refused_in_three_parts(tmp_path: Path, head: bytes) -> None:
    """HDF5, PDF, film, an empty file, and files that only begin as a picture."""
    path = tmp_path / "a.bin"
    path.write_bytes(head)
    with pytest.raises(DatelineError) as caught:
        open_picture(path)
    assert caught.value.code == "picture"
    assert caught.value.saw
    assert caught.value.do


def test_a_picture_made_to_fill_the_memory_is_refused(tmp_path: Path) -> None:
    """A small PNG that says it has 40,000 by 40,000 pixels, and a TIFF stored in one huge block."""
    import struct
    import zlib

    chunk = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + b"IHDR" + chunk + struct.pack(">I", zlib.crc32(b"IHDR" + chunk))
    (tmp_path / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + header + b"\0\0\0\0IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))
    )
    with pytest.raises(DatelineError) as caught:
        open_picture(tmp_path / "bomb.png")
    assert caught.value.code == "picture-too-large"
    import rasterio

    with rasterio.open(
        tmp_path / "bomb.tif", "w", driver="GTiff", width=30_000, height=30_000, count=1, dtype="uint8",
        blockysize=30_000, compress="deflate", SPARSE_OK=True, crs="EPSG:4326",
        transform=Affine(1e-5, 0, 0, 0, -1e-5, 1),
    ):  # fmt: skip
        pass
    with pytest.raises(DatelineError) as caught:
        open_picture(tmp_path / "bomb.tif")
    assert caught.value.code == "picture-too-large"


def test_kept_pixels_are_bounded() -> None:
    """What is decoded is given up by bytes, the longest unused first; each is made once."""
    kept, made = Kept(3_000), []

    def make(name: str) -> tuple[Any, ...]:
        made.append(name)
        return (np.zeros(1_000, np.uint8),)

    for name in "abcadea":
        kept.get(name, partial(make, name))
    assert kept.bytes <= 3_000
    assert made == ["a", "b", "c", "d", "e"]


def test_a_large_cog_takes_memory_for_its_windows_only(tmp_path: Path) -> None:
    """10,000 by 10,000 pixels (300 MB decoded): all levels are drawn while little of them is in memory."""
    import rasterio
    from rasterio.enums import Resampling

    path = tmp_path / "large.tif"
    profile: dict[str, Any] = {"driver": "GTiff", "width": 10_000, "height": 10_000, "count": 3, "dtype": "uint8"}
    with rasterio.open(
        path, "w", **profile, tiled=True, compress="deflate", SPARSE_OK=True, crs="EPSG:32652",
        transform=Affine(1, 0, 500, 0, -1, 900),
    ) as file:  # fmt: skip
        file.write(np.full((3, 256, 256), 200, np.uint8), window=((5_120, 5_376), (5_120, 5_376)))
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8, 16, 32, 64], Resampling.average)
    picture = open_picture(path)
    tracemalloc.start()
    for level in range(levels_of(picture.size) + 1):
        at = 5_120 // (256 << level)
        assert tile_window(picture.size, level, at, at) is not None
        tile = tile_of(picture, own_stretch(picture), level, at, at)
        assert tile is not None
        assert tile[..., :3].max() >= 180
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6, "what is read of 300 MB is the tile"

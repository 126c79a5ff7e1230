"""Files that are not what they claim to be get three sentences and a code, before anything is measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image as Picture

from dateline.core import DatelineError, InputError, Refusal
from dateline.imagery.open import open_image, open_images

NAME = "VNP46A3.A2021060.h31v04.002.2021101000000.h5"
PAGE = b"\xef\xbb\xbf\n<!DOCTYPE html><html><title>Earthdata Login</title></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 20148909\n"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        (NAME, PAGE, "login-page"),
        (NAME, b'<?xml version="1.0"?><html xmlns="x">', "login-page"),
        (NAME, b"\x89HDF\r\n\x1a\n" + bytes(500), "truncated"),
        (NAME, b"", "empty-file"),
        ("VNP46A3_2021-07.tif", POINTER, "lfs-pointer"),
        ("VNP46A3_2021-07.tif", b"II*\0" + bytes(40), "truncated"),
        ("VNP46A3_2021-07.tif", b"PK\x03\x04 a zip", "unknown-format"),
        (NAME, b"SIMPLE  =  T", "unknown-format"),
    ],
)
def test_what_is_not_an_image_says_what_it_is(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    """A login page, half a file, an LFS pointer: known by the first bytes, answered with what to do."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_image(path)
    assert caught.value.code == code
    assert caught.value.what
    assert name in caught.value.saw
    assert caught.value.do


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """No traceback for a wrong path, nor for a folder."""
    for path in (tmp_path / "none.tif", tmp_path):
        with pytest.raises(InputError) as caught:
            open_image(path)
        assert caught.value.code == "no-file"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WebP"])
def test_pictures_are_refused_whatever_they_are_called(tmp_path: Path, kind: str) -> None:
    """Picture bytes offered as radiance are refused by content, not by name."""
    path = tmp_path / "VNP46A3_2021-07.tif"
    Picture.new("RGB", (8, 8), (200, 180, 90)).save(path, kind)
    with pytest.raises(Refusal) as caught:
        open_image(path)
    assert caught.value.code == "picture-bytes"


@pytest.mark.samples
def test_the_samples_byte_pictures_are_refused(samples: Path) -> None:
    """Oracle: the optical samples whose README says "show them, do not measure"."""
    pictures = sorted((samples / "optical").glob("*/*.tif"))[:4] + sorted((samples / "optical").glob("*/*.png"))[:4]
    assert pictures
    for path in pictures:
        with pytest.raises(DatelineError) as caught:
            open_image(path, "VNP46A3")
        assert caught.value.code in {"picture-bytes", "no-date"}


def test_several_files_come_in_order_of_time(tmp_path: Path) -> None:
    """Order of files does not matter; order of time does."""
    for month in ("2021-09", "2021-07", "2021-08"):
        with rasterio.open(
            tmp_path / f"VNP46A3_{month}.tif",
            "w",
            driver="GTiff",
            height=2,
            width=2,
            count=1,
            dtype="float32",
            crs="EPSG:4326",
            transform=Affine(1 / 240, 0, -130, 0, -1 / 240, -40),
        ) as file:
            file.write(np.ones((2, 2), np.float32), 1)
    images = open_images(sorted(tmp_path.iterdir(), reverse=True), minimum_nights=2)
    assert [image.scene.when.edtf() for image in images] == ["2021-07", "2021-08", "2021-09"]
    assert all(image.minimum_nights == 2 for image in images)

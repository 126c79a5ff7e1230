"""Pixels of pictures: upright, on white, within limits."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from dateline.core.errors import InputError
from dateline.media import photo
from dateline.media.photo import read_photo


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture."""
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def scene() -> Image.Image:
    """A picture that is different in all eight turns."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:10, :30] = (250, 20, 20)
    pixels[30:, :15] = (20, 250, 20)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("turn", range(1, 9))
def test_pictures_stand_upright(turn: int) -> None:
    """Each of the eight orientations is applied as Pillow applies it, and the whole size is that of the upright one."""
    exif = Image.Exif()
    exif[0x0112] = turn
    data = saved(scene(), exif=exif)
    read = read_photo(data, name="a")
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image)
    assert np.array_equal(read.pixels, np.asarray(upright))
    assert read.size == upright.size
    assert read.orientation == turn


def test_large_pictures_are_shrunk_and_their_size_is_kept() -> None:
    """A reduced picture tells how large the whole one is."""
    read = read_photo(saved(scene().resize((600, 400)), "JPEG"), name="a", longest=60)
    assert read.pixels.shape == (40, 60, 3)
    assert read.size == (600, 400)


def test_transparent_is_white_and_grey_is_grey() -> None:
    """Every common mode becomes RGB."""
    assert read_photo(saved(Image.new("RGBA", (4, 4), (0, 0, 0, 0))), name="a").pixels.min() == 255
    assert read_photo(saved(Image.new("L", (4, 4), 90)), name="a").pixels.max() == 90
    assert read_photo(saved(Image.new("P", (4, 4), 0)), name="a").pixels.shape == (4, 4, 3)


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be huge."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("sides", [(12_000, 11_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_decompression_bombs_are_refused_by_their_size(sides: tuple[int, int]) -> None:
    """A few bytes that claim more pixels than the limit are not decoded."""
    with pytest.raises(InputError) as refused:
        read_photo(bomb(*sides), name="bomb.png")
    assert refused.value.code == "picture-size"


def test_long_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit of bytes is not read as a picture."""
    monkeypatch.setattr(photo, "LARGEST", 100)
    with pytest.raises(InputError, match="larger than"):
        read_photo(saved(scene()), name="a.png")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-a-picture"),
        (b"<html><body>Log in</body></html>", "not-a-picture"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "heic"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1miaf", "heic"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "broken-picture"),
        (saved(scene(), "JPEG")[:400], "broken-picture"),
        (saved(Image.new("I;16", (4, 4))), "broken-picture"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data: bytes, code: str) -> None:
    """Each kind of file that gives no pixels is refused with its code and what to do."""
    with pytest.raises(InputError) as refused:
        read_photo(data, name="a.jpg")
    assert refused.value.code == code
    assert "a.jpg" in refused.value.saw
